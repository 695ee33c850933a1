#!/usr/bin/env python3
"""Lintel side by side with nginx and HAProxy: CPU per request, in one interleaved run.

    bench.py [SCENARIO,...]    A B C D Ef Er F F1 G SCALE, or ALL; default A,D,SCALE

Environment: BENCH_ROUNDS (5), BENCH_SECONDS (6), BENCH_WARM (16): rounds, seconds of each and of the warm-up;
BENCH_SUBJECT: a command to measure in Lintel's place, with {http} {https} {admin} {dir} {backend} {tls} filled in.
"""

import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import manifests
import scale
from proxies import (HERE, ROOT, SBIN, Client, await_answer, build_load, free_ports, heap_megabytes, start_backend,
                     start_haproxy, start_lintel, start_nginx, tool)

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "6"))
WARM = int(os.environ.get("BENCH_WARM", "16"))
RSS_GOAL = 160
BIG_BUFFERS_GOAL = 1.15  # of scenario C, against an nginx with buffers of 64 KB

# name: (what, the load's command, goal against nginx, goal against HAProxy)
SCENARIOS = {
    "A": ("h1 keep-alive, 64 connections, 100 B", "wrk -t1 -c64 -d{s}s http://localhost:{http}/b100", 0.90, 0.92),
    "B": ("h1 keep-alive, 512 connections, 100 B", "wrk -t1 -c512 -d{s}s http://localhost:{http}/b100", 0.85, 0.87),
    "C": ("h1, 64 connections, 100 KB bodies", "wrk -t1 -c64 -d{s}s http://localhost:{http}/b100k", 0.25, 0.95),
    "D": ("A over TLS 1.3", "wrk -t1 -c64 -d{s}s https://localhost:{https}/b100", 0.88, 0.91),
    "Ef": ("a full TLS handshake for each request", "load -handshakes full -connections 64 -seconds {s} https://localhost:{https}/b100", 0.85, 0.80),
    "Er": ("a resumed TLS handshake for each request", "load -handshakes resumed -connections 64 -seconds {s} https://localhost:{https}/b100", 0.92, 0.85),
    "F": ("h2, 16 connections of 32 streams", "h2load -t1 -c16 -m32 -D{s} https://localhost:{https}/b100", 0.50, 0.90),
    "F1": ("h2, 64 connections of 1 stream", "h2load -t1 -c64 -m1 -D{s} https://localhost:{https}/b100", 0.85, 1.00),
    "G": ("5,000 requests a second, h1 keep-alive, 64 connections", "load -rate 5000 -connections 64 -seconds {s} http://localhost:{http}/b100", 1.00, 1.00),
}


class Void(Exception):
    """A run with errors counts for nothing."""


def load(command, cores):
    """Runs the load and counts the requests that were answered."""
    output = subprocess.run(
        ["taskset", "-c", ",".join(map(str, cores)), *command.split()], capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": f"{HERE}/target:{SBIN}"})
    text = output.stdout + output.stderr
    if output.returncode != 0:
        raise Void(text[-500:])
    if command.startswith("wrk"):
        if re.search(r"Socket errors|Non-2xx", text):
            raise Void("; ".join(re.findall(r"(?:Socket errors|Non-2xx).*", text)))
        answered = int(re.search(r"(\d+) requests in", text).group(1))
        if answered == 0:
            raise Void("no answer")
        return answered
    if command.startswith("load"):
        answered, failed = map(int, re.search(r"(\d+) succeeded, (\d+) failed", text).groups())
        if failed or not answered:
            raise Void(text[-500:])
        return answered
    counts = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", text)
    codes = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", text)
    if any(int(n) for n in counts.groups()[1:]) or any(int(n) for n in codes.groups()[1:]):
        raise Void(f"{counts.group(0)}; {codes.group(0)}")
    return int(counts.group(1))


class Subject:
    def __init__(self, name, running, http, https):
        self.name, self.running, self.http, self.https = name, running, http, https
        self.micros = {}

    def measure(self, scenario, seconds, cores):
        command = SCENARIOS[scenario][1].format(s=seconds, http=self.http, https=self.https)
        threads, processes = self.running.cpu_seconds()
        requests = load(command, cores)
        threads_after, processes_after = self.running.cpu_seconds()
        for log in self.running.output, self.running.output.with_suffix(".log"):
            if log.exists():
                os.truncate(log, 0)
        # Whoever has threads that come and go is charged for those as well.
        return max(threads_after - threads, processes_after - processes) / requests * 1e6

    def median(self, scenario):
        return statistics.median(self.micros[scenario])

    def ratio(self, scenario, rival):
        """Taken within each round, where the machine was the same for both; their median counts."""
        return statistics.median(own / other for own, other in zip(self.micros[scenario], rival.micros[scenario]))


def warm_up(subjects, scenario, cores):
    """On a machine that others use as well, a second on the clock is less than one on a CPU: the latter count."""
    for subject in subjects:
        target = subject.running.cpu_seconds()[0] + 0.7 * WARM
        for _ in range(6):
            run_round([subject], scenario, WARM, cores, keep=False)
            if subject.running.cpu_seconds()[0] >= target:
                break


def run_round(subjects, scenario, seconds, cores, keep):
    for subject in subjects:
        for attempt in range(3):
            try:
                micros = subject.measure(scenario, seconds, cores)
                break
            except Void as error:
                print(f"  {scenario} {subject.name}: void, {error}", flush=True)
        else:
            raise SystemExit(f"{subject.name} answers {scenario} with errors; see {subject.running.output}")
        if keep:
            subject.micros.setdefault(scenario, []).append(micros)


def compare(scenarios, run, cores, rows, notes):
    """All run all the time, each works while the others are idle, and who comes first changes."""
    proxy_core, load_core = [cores[0]], [cores[-1]]
    ports = free_ports(10)
    backend = start_backend(run, ports[0], load_core)
    running = [backend]
    try:
        certificate, key = manifests.self_signed(run / "tls", "localhost")
        (run / "tls/cert.pem").write_bytes(certificate.read_bytes())
        (run / "tls/key.pem").write_bytes(key.read_bytes())
        (run / "tls/bundle.pem").write_bytes(certificate.read_bytes() + key.read_bytes())
        manifests.load_folder(run / "manifests", certificate, key, ports[0])
        subjects = [
            Subject("nginx", start_nginx(run, ports[1], ports[2], ports[0], proxy_core), ports[1], ports[2]),
            Subject("haproxy", start_haproxy(run, ports[3], ports[4], ports[0], proxy_core), ports[3], ports[4]),
            Subject("lintel", start_lintel(run, run / "manifests", ports[5], ports[6], ports[7], ports[0], proxy_core),
                    ports[5], ports[6]),
        ]
        big = Subject("nginx64k", start_nginx(run, ports[8], ports[9], ports[0], proxy_core, big=True), ports[8], ports[9])
        running += [subject.running for subject in [*subjects, big]]
        for subject in [*subjects, big]:
            await_answer(subject.running, Client(subject.http, "localhost", tls=False), "/b100")
            await_answer(subject.running, Client(subject.https, "localhost"), "/b100")
        lintel = subjects[2]
        for scenario in scenarios:
            taking_part = [*subjects, big] if scenario == "C" else subjects
            print(f"{scenario}: {SCENARIOS[scenario][0]}; warming up {WARM} s each", flush=True)
            warm_up(taking_part, scenario, load_core)
            for number in range(ROUNDS):
                shift = number % len(taking_part)
                run_round(taking_part[shift:] + taking_part[:shift], scenario, SECONDS, load_core, keep=True)
                last = ", ".join(f"{s.name} {s.micros[scenario][-1]:.2f}" for s in taking_part)
                print(f"  round {number + 1} of {ROUNDS}: {last} us/request", flush=True)
            rows.append(row(scenario, subjects))
            if scenario == "C":
                notes.append(big_buffers(lintel, big))
        return {subject.name: subject.running.rss_megabytes() for subject in subjects}, lintel.running.command
    finally:
        for process in reversed(running):
            process.stop()


def row(scenario, subjects):
    what, _, *goals = SCENARIOS[scenario]
    *rivals, lintel = subjects
    ratios = [lintel.ratio(scenario, rival) for rival in rivals]
    met = all(ratio <= goal for ratio, goal in zip(ratios, goals))
    return [scenario, what, *(f"{s.median(scenario):.2f}" for s in subjects), *(f"{r:.2f}" for r in ratios),
            f"{goals[0]:.2f} / {goals[1]:.2f}", "yes" if met else "NO"]


def big_buffers(lintel, big):
    ratio = lintel.ratio("C", big)
    return (f"C beside an nginx with buffers of 64 KB: {big.median('C'):.2f} us/request, Lintel takes {ratio:.2f} of it "
            f"(goal {BIG_BUFFERS_GOAL:.2f}, {'met' if ratio <= BIG_BUFFERS_GOAL else 'NOT met'}).")


def first_line(*command):
    output = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": SBIN})
    return (output.stdout + output.stderr).strip().splitlines()[0]


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def report(rows, notes, rss, command, scale_rows):
    java = subprocess.run([ROOT / "bin/find-jdk"], capture_output=True, text=True, check=True).stdout.strip()
    version = first_line(f"{java}/bin/java", "-version")
    processor = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    text = [
        "# Results",
        "Written by `make bench`. Ratios of one interleaved run count, not the times: they hold for one machine and one hour.",
        f"\n{time.strftime('%Y-%m-%d', time.gmtime())}, {processor.group(1) if processor else platform.machine()}, "
        f"{os.cpu_count()} cores, Linux {platform.release()}.",
        f"{first_line('nginx', '-v')}; {first_line('haproxy', '-v')}; {version}.",
    ]
    if rows:
        text += [
            f"\n## CPU per request\nMicroseconds on a CPU of all threads of the proxy, divided by the requests; medians of "
            f"{ROUNDS} rounds of {SECONDS} s after {WARM} s of the same load. One core for the proxy, one for load and backend. "
            "nginx and Lintel write an access log to a file; Lintel has 1,000 hosts configured and its metrics on. "
            "All keep connections for as many requests as they may bring.\n",
            table(["", "what", "nginx us", "HAProxy us", "Lintel us", "of nginx", "of HAProxy", "goals", "met"], rows),
            *(f"\n{note}" for note in notes),
            "\nResident memory after the load: " + ", ".join(f"{name} {size:.0f} MB" for name, size in rss.items())
            + f" (goal for Lintel: {RSS_GOAL} MB, {'met' if rss['lintel'] <= RSS_GOAL else 'NOT met'}).",
            f"\nLintel: `{' '.join(command).replace(str(ROOT) + '/', '')}` with the options of "
            f"`ingress-controller/src/main/dist/jvm.args` and `-Xmx{heap_megabytes()}m`, the heap that the chart's default gives.",
            "\nLoads: " + "; ".join(f"{r[0]} `{SCENARIOS[r[0]][1].format(s=SECONDS, http='PORT', https='PORT')}`" for r in rows) + ".",
        ]
    if scale_rows:
        text += [
            "\n## 5,000 Ingresses from a folder\n1,000 hosts with a certificate each, 500 Services, a file for each of 100 namespaces.\n",
            table(["what", "measured", "goal", "met"], scale_rows),
        ]
    return "\n".join(text) + "\n"


def main():
    wanted = (sys.argv[1] if len(sys.argv) > 1 else "A,D,SCALE").replace("ALL", ",".join([*SCENARIOS, "SCALE"])).split(",")
    unknown = [name for name in wanted if name != "SCALE" and name not in SCENARIOS]
    if unknown:
        raise SystemExit(f"unknown scenario {unknown[0]} (known: {', '.join(SCENARIOS)}, SCALE)")
    for command, package in (("nginx", "nginx"), ("haproxy", "haproxy"), ("wrk", "wrk"), ("h2load", "nghttp2-client"),
                             ("openssl", "openssl"), ("taskset", "util-linux")):
        tool(command, package)
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("The bench needs two cores: one for the proxy, one for the load.")
    run = pathlib.Path(tempfile.mkdtemp(prefix="lintel-bench-"))
    if any(SCENARIOS[name][1].startswith("load") for name in wanted if name in SCENARIOS):
        build_load()
    rows, notes, rss, command, scale_rows = [], [], {}, [], []
    try:
        compared = [name for name in wanted if name in SCENARIOS]
        if compared:
            rss, command = compare(compared, run, cores, rows, notes)
        if "SCALE" in wanted:
            scale_rows = scale.measure(run, HERE / "target/certificates")
    finally:
        shutil.rmtree(run, ignore_errors=True)
    text = report(rows, notes, rss, command, scale_rows)
    print("\n" + text)
    if "BENCH_SUBJECT" not in os.environ:
        (HERE / "RESULTS.md").write_text(text)


if __name__ == "__main__":
    main()
