package dev.lintel.ingress.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.PlanPrinter;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is taken over from the last compilation never shows in the next one, except that it is
/// taken over.
class IncrementalCompilerTest {
  private static final int SEEDS = 1_000;
  private static final int ROUNDS = 8;

  private static final List<String> FLAGS =
      List.of(
          "",
          "--configmap=default/lintel",
          "--configmap=default/lintel --default-backend-service=default/web",
          "--default-ssl-certificate=default/shop-tls --default-backend-service=other/web",
          "--watch-namespace-selector=team=shop --configmap=default/lintel",
          "--configmap=default/lintel --tcp-services-configmap=default/tcp --enable-ssl-passthrough",
          "--watch-namespace=other --disable-catch-all");

  private static final String HOST =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: %1$s, namespace: default}
      spec:
        ingressClassName: nginx
        tls: [{hosts: ["%2$s"], secretName: %3$s}]
        rules:
          - host: "%2$s"
            http: {paths: [{path: %4$s, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
      """;

  @Test
  void anySequenceOfEditsComesToWhatACompilationFromNothingComesTo() {
    Set<String> plans = new HashSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      CompileOptions options = CompileCase.options(FLAGS.get(seed % FLAGS.size()));
      IncrementalCompiler compiler = new IncrementalCompiler();
      ObjectStore store = new ObjectStore(() -> {});
      RandomEdits edits = new RandomEdits(random, store);
      for (int round = 0; round < ROUNDS; round++) {
        for (int edit = round == 0 ? 6 : 1 + random.nextInt(2); edit > 0; edit--) {
          edits.make();
        }
        KubernetesSnapshot snapshot = store.snapshot();
        Compilation anew = PlanCompiler.compile(snapshot, options);
        Compilation next = compiler.compile(snapshot, options);
        String plan = PlanPrinter.print(anew.plan());
        assertThat(PlanPrinter.print(next.plan()))
            .as("seed %s, round %s", seed, round)
            .isEqualTo(plan);
        assertThat(next).as("seed %s, round %s", seed, round).isEqualTo(anew);
        plans.add(plan);
      }
    }
    assertThat(plans).hasSizeGreaterThan(SEEDS * ROUNDS / 4);
  }

  @Test
  void otherOptionsAreObeyedAtOnce() {
    KubernetesSnapshot snapshot = snapshot(HOST.formatted("a", "a.example.com", "gone", "/"));
    IncrementalCompiler compiler = new IncrementalCompiler();
    assertThat(compiler.compile(snapshot, CompileCase.options()).ingresses()).hasSize(1);
    assertThat(
            compiler.compile(snapshot, CompileCase.options("--watch-namespace=other")).ingresses())
        .isEmpty();
  }

  @Test
  void hostsThatNothingChangesForAreTheVerySame() {
    ObjectStore store = new ObjectStore(() -> {});
    put(store, HOST.formatted("one", "shop.example.com", "shop-tls", "/"));
    put(store, HOST.formatted("two", "b.example.com", "gone", "/"));
    put(store, HOST.formatted("three", "c.elsewhere.com", "gone", "/"));
    store.change(edit -> CompileCase.cluster().forEach(edit::put));
    IncrementalCompiler compiler = new IncrementalCompiler();
    Compilation first = compiler.compile(store.snapshot(), CompileCase.options());
    put(store, HOST.formatted("more", "b.example.com", "gone", "/more"));
    Compilation second = compiler.compile(store.snapshot(), CompileCase.options());
    assertThat(changed(first, second)).containsExactly("b.example.com");

    // The wildcard's certificate comes: every host under it has one from now on.
    put(store, HOST.formatted("wild", "*.example.com", "wildcard-tls", "/"));
    Compilation third = compiler.compile(store.snapshot(), CompileCase.options());
    assertThat(changed(second, third)).contains("*.example.com").doesNotContain("c.elsewhere.com");
    assertThat(third).isEqualTo(PlanCompiler.compile(store.snapshot(), CompileCase.options()));
  }

  /// Hosts whose plan is another object.
  @SuppressWarnings("ReferenceEquality") // taken over means the very same
  private static Set<String> changed(Compilation before, Compilation after) {
    Map<String, HostPlan> plans = new HashMap<>();
    before.plan().hosts().forEach(host -> plans.put(host.host(), host));
    Set<String> changed = new HashSet<>();
    for (HostPlan host : after.plan().hosts()) {
      if (plans.get(host.host()) != host) {
        changed.add(host.host());
      }
    }
    return changed;
  }

  private static void put(ObjectStore store, String manifests) {
    store.change(edit -> CompileCase.objects(manifests).forEach(edit::put));
  }

  private static KubernetesSnapshot snapshot(String manifests) {
    ObjectStore store = new ObjectStore(() -> {});
    store.change(edit -> CompileCase.cluster().forEach(edit::put));
    put(store, manifests);
    return store.snapshot();
  }
}
