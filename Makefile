# The front door. `make` alone prints what there is; Maven does the work.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
MVN := bin/maven
VERIFY_FLAGS ?=
# Tests on sockets, of some name, in what was built: $(call it,NAME OF ITS REPORTS,MODULE,TESTS).
it = $(MVN) -q -Dquick -pl $(2) -am verify -Dtest=none -Dit.reports=$(1)-reports -Dit.test='$(3)'
# For tests that wait more than they compute: the optimizing compiler would not pay for itself.
FIRST_COMPILER = -Dit.jvm=-XX:TieredStopAtLevel=1

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## compile and pack what bin/lintel runs (no tests, no checks)
	@$(MVN) -q -Dquick -Dmaven.test.skip=true -pl ingress-controller -am package
	@echo "Built: bin/lintel is ready."

.PHONY: demo
demo: build ## serve examples/demo on http://localhost:8080 and https://localhost:8443
	@exec bin/lintel demo --http-port 8080 --https-port 8443 --admin-port 10254

.PHONY: check
check: scripts ## the quick part: compile with all checks, unit tests, tests on loopback sockets (no cluster)
	@$(MVN) verify -Dit.forks=4 $(FIRST_COMPILER) $(VERIFY_FLAGS)

.PHONY: test
test: check ## everything
	@bin/side-by-side image='$(MAKE) image-test' h2='$(MAKE) h2spec'
	@$(MAKE) alone-it
	@bin/side-by-side cluster=e2e/run sockets='$(MAKE) -k slow-it rest-it'

.PHONY: rest-it
rest-it: # what is quick, or waits, beside the cluster's tests: in two lanes
	@bin/side-by-side tools='$(MAKE) tool-it' others='$(MAKE) -k chart-lint cluster-it fuzz'

.PHONY: fuzz
FUZZ_SECONDS ?= 10
fuzz: ## everything that reads strangers' bytes against made-up input, FUZZ_SECONDS=10 for each reader, or FUZZ_TARGET=frame alone
	@$(call it,fuzz,http-proxy,FuzzIT) -Pfuzz -Dlintel.fuzz.seconds=$(FUZZ_SECONDS) -Dlintel.fuzz.target=$(FUZZ_TARGET)

.PHONY: cluster-it
cluster-it: # what talks to Kubernetes, against a real API server that is killed, frozen and forgotten
	@e2e/cluster/build && bin/ensure-tool etcd etcd-server && . e2e/cluster/versions && PATH=$$PATH:/usr/sbin \
	  $(call it,cluster-it,ingress-controller,*ClusterIT) $(FIRST_COMPILER) -Dlintel.cluster.programs=$$BIN

# Its bound is a tenth above what it measures: beside others it would measure who else wants the processor.
ALONE = SlowHeadsSlowIT
.PHONY: alone-it
alone-it: # what cannot be measured beside other tests (`make slow-it FULL=1` runs it among the others, one at a time)
	@$(call it,alone-it,ingress-controller,$(ALONE))

SLOW = *SlowIT$(if $(FULL),,$(COMMA)!$(ALONE))
COMMA = ,
# In full, what is left in memory is measured to the byte: what the allocator keeps for later would hide what is lost.
EXACT = -Dit.jvm=-Dio.netty.allocator.type=unpooled
.PHONY: slow-it
slow-it: # tests on loopback sockets that take long or make load (FULL=1: all the load docs/limits.md speaks of)
	@$(call it,slow-it,ingress-controller,$(SLOW)) -Dit.forks=$(if $(FULL),1,3) \
	  -Djunit.jupiter.execution.parallel.enabled=true -Djunit.jupiter.execution.parallel.config.strategy=fixed \
	  -Djunit.jupiter.execution.parallel.config.fixed.parallelism=16 $(if $(FULL),-Dlintel.load.full=true $(EXACT))

.PHONY: tool-it
tool-it: # curl, h2load, OpenSSL and Go in front of the product, nginx and PHP behind it
	@bin/ensure-tool curl curl && bin/ensure-tool openssl openssl && bin/ensure-tool h2load nghttp2-client && \
	  bin/ensure-tool nginx nginx && bin/ensure-tool php-cgi php-cgi && \
	  $(call it,tool-it,ingress-controller,*ToolIT) -Dit.forks=2 $(FIRST_COMPILER)

.PHONY: e2e
e2e: image ## the cluster tests, on a Kubernetes that they bring (e2e/README.md)
	@e2e/run

.PHONY: e2e-soak
e2e-soak: image ## five thousand Ingresses for ten minutes
	@e2e/run -Dit.test=ScaleE2E -De2e.soak.seconds=600 -De2e.ready.millis=4000

.PHONY: image
HTTP3 ?= false
image: ## build the container image, image/target/lintel-image.tar, without a container engine (HTTP3=true: with HTTP/3)
	@echo "Building the image: Java runtime, Debian packages, then a training run of about a minute ..."
	@$(MVN) -q -Dquick -Pimage,sbom -pl image -am package -DskipTests -Dimage.http3=$(HTTP3)
	@ls -lh image/target/lintel-image.tar

.PHONY: image-test
image-test: # builds the image and checks what is in it and how it starts
	@$(MVN) -q -Dquick -Pimage,sbom -pl image -am verify -Dtest=none -Dit.test='ImageIT,StartIT'

.PHONY: chart-lint
chart-lint: ## helm lint, and the tests of what charts/lintel renders
	@helm=$$(bin/find-helm) && $$helm lint --strict --quiet charts/lintel && \
	  $(call it,chart-it,image,ChartIT) -Pimage -Dimage.skip -Dlintel.helm=$$helm

.PHONY: corpus
CASES ?= ingress-controller/src/test/resources/http1-corpus/cases.jsonl
corpus: ## hostile requests against the product (CASES=FILE, ONLY=regex of "id class kind")
	@$(MVN) -q -Dquick -pl ingress-controller -am test-compile dependency:build-classpath \
	  -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath
	@"$$(bin/find-jdk)/bin/java" -XX:+UseSerialGC -Xmx512m --enable-native-access=ALL-UNNAMED \
	  --sun-misc-unsafe-memory-access=allow $(if $(ONLY),-Dcorpus.only='$(ONLY)') \
	  -cp "ingress-controller/target/test-classes:ingress-controller/target/classes:$$(cat ingress-controller/target/test.classpath)" \
	  dev.lintel.corpus.Corpus "$(CASES)" ingress-controller/src/test/resources/http1-corpus/errata.tsv

.PHONY: bench
SCENARIOS ?= A,D,SCALE
bench: build ## Lintel beside nginx and HAProxy (SCENARIOS=A,B,C,D,Ef,Er,F,F1,G,SCALE or ALL), into bench/RESULTS.md
	@bin/ensure-tool python3 python3
	@python3 bench/bench.py $(SCENARIOS)

.PHONY: h2spec
h2spec: build ## h2spec, strict, against what was built: on the TLS port and on the plain one
	@http-proxy/src/h2spec/run

.PHONY: docs
docs: ## rewrite the generated pages and golden files from the code
	@$(MVN) -Dquick verify -Ddocs.update -Dgolden.update -DskipITs

.PHONY: format
format: ## format all Java sources
	@$(MVN) -q -Pimage spotless:apply

.PHONY: scripts
scripts: # every script is at least well-formed
	@for f in $$(git ls-files 2>/dev/null | xargs -r grep -lE '^#!.*\bbash' 2>/dev/null); do bash -n "$$f"; done

.PHONY: clean
clean: ## remove what the build made
	@$(MVN) -q -Dquick clean
