#!/usr/bin/env python3
"""What tracing adds to the CPU of a request: one process, two routes that differ in it alone, loads in turn.

    observe.py [RATIO]    the share of traces that is sampled; 0.01

Environment: BENCH_ROUNDS (7), BENCH_SECONDS (6), BENCH_WARM (16). Needs what bench.py needs.
"""

import http.server
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import manifests
from proxies import Client, await_answer, free_ports, start_backend, start_lintel

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "6"))
WARM = int(os.environ.get("BENCH_WARM", "16"))
CORES = [[core] for core in sorted(os.sched_getaffinity(0))]


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes spans over HTTP and throws them away."""
    protocol_version = "HTTP/1.1"
    bytes_taken = 0

    def do_POST(self):
        Collector.bytes_taken += len(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def ingress(host, traced):
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": manifests.meta(host, "default", {"enable-opentelemetry": str(traced).lower(), "ssl-redirect": "false"}),
            "spec": {"ingressClassName": manifests.CLASS, "rules": [{"host": host, "http": {"paths": [
                {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}}


def load(host, port, seconds):
    text = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", "-c64", f"-d{seconds}s", "-H", f"Host: {host}", f"http://127.0.0.1:{port}/b100"],
        capture_output=True, text=True, check=True).stdout
    if re.search(r"Socket errors|Non-2xx", text):
        sys.exit(text)
    return int(re.search(r"(\d+) requests in", text).group(1))


def measure(lintel, host, port, seconds):
    """Microseconds of CPU for a request."""
    before = lintel.cpu_seconds()[0]
    count = load(host, port, seconds)
    return (lintel.cpu_seconds()[0] - before) / count * 1e6


def main():
    ratio = sys.argv[1] if len(sys.argv) > 1 else "0.01"
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    run = pathlib.Path(tempfile.mkdtemp(prefix="lintel-observe-"))
    web, plain, secure, admin = free_ports(4)
    config = manifests.many_requests()
    config["data"].update({
        "otlp-collector-host": "otel.default.svc", "otlp-collector-port": "4318",
        "otel-sampler": "TraceIdRatioBased", "otel-sampler-ratio": ratio})
    otel = manifests.service("default", "otel", collector.server_port)
    otel[0]["spec"]["ports"][0]["port"] = 4318
    (run / "site").mkdir()
    manifests.write(run / "site/all.yaml", [
        manifests.ingress_class(), config, *manifests.service("default", "web", web), *otel,
        ingress("plain.test", False), ingress("traced.test", True)])
    backend = start_backend(run, web, CORES[1])
    lintel = start_lintel(run, run / "site", plain, secure, admin, web, CORES[0])
    try:
        await_answer(lintel, Client(plain, "traced.test", tls=False), "/b100")
        time.sleep(3)
        for host in ("plain.test", "traced.test"):
            load(host, plain, WARM)
        rounds = []
        for number in range(ROUNDS):
            order = ("plain.test", "traced.test") if number % 2 == 0 else ("traced.test", "plain.test")
            cost = {host: measure(lintel, host, plain, SECONDS) for host in order}
            rounds.append(cost)
            print(f"  plain {cost['plain.test']:.2f}  traced {cost['traced.test']:.2f}", flush=True)
        added = [each["traced.test"] - each["plain.test"] for each in rounds]
        print(f"tracing, {ratio} of it sampled: {statistics.median(added):+.2f} µs a request in the median of {ROUNDS} rounds "
              f"({min(added):+.2f} to {max(added):+.2f}); plain {statistics.median(e['plain.test'] for e in rounds):.2f} µs; "
              f"the collector took {Collector.bytes_taken} bytes")
    finally:
        lintel.stop()
        backend.stop()


main()
