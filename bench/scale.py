"""5,000 Ingresses from a folder: how long until they are served, what a compile takes, how fast an edit is live."""

import json
import os
import pathlib
import re
import statistics
import subprocess
import time
import urllib.request

import manifests
from proxies import ROOT, Client, await_answer, free_ports, start_backend, start_lintel

EDITS = 20
START_GOAL, COLD_GOAL, WARM_GOAL, EDIT_GOAL = 8.0, 1.0, 0.150, 0.100


def compile_and_link(admin, quiet=False):
    """Seconds that the last configuration took to compile and to link, as the debug page says; None if it does not."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{admin}/debug/times", timeout=5) as answer:
            told = dict(line.split(" ", 1) for line in answer.read().decode().splitlines())
    except OSError:
        return None
    if not quiet:
        print(f"  generation {told['generation']}: compile {int(told['compileNanos']) / 1e6:.1f} ms, "
              f"link {int(told['linkNanos']) / 1e6:.1f} ms", flush=True)
    return (int(told["compileNanos"]) + int(told["linkNanos"])) / 1e9


def heap_after_collection(running):
    java = subprocess.run([ROOT / "bin/find-jdk"], capture_output=True, text=True, check=True).stdout.strip()
    jcmd = pathlib.Path(java) / "bin/jcmd"
    pid = str(running.process.pid)
    subprocess.run([jcmd, pid, "GC.run"], capture_output=True, check=False)
    info = subprocess.run([jcmd, pid, "GC.heap_info"], capture_output=True, text=True, check=False).stdout
    used = [int(kilobytes) for kilobytes in re.findall(r"(?:DefNew|Tenured)\s+total \d+K, used (\d+)K", info)]
    return sum(used) / 1024 if used else None


def edit(scale, client, index, path):
    """Seconds from the rename that makes a path of a host exist to the first answer that says so."""
    if client.get(path) != 404:
        raise SystemExit(f"{client.host}{path} is answered with {client.get(path)} before it exists (expected: 404)")
    namespace = index % scale.NAMESPACES
    file = scale.folder / f"ns-{namespace}.yaml"
    draft = scale.folder / f"ns-{namespace}.draft"
    draft.write_text("\n---\n".join(json.dumps(document) for document in scale.edit(index, path)) + "\n")
    begin = time.perf_counter()
    draft.rename(file)
    while client.get(path) != 200:
        if time.perf_counter() - begin > 30:
            raise SystemExit(f"{client.host}{path} is not live 30 s after the edit")
        time.sleep(0.0005)
    return time.perf_counter() - begin


def measure(run, certificates):
    print("SCALE: writing 5,000 Ingresses and 1,000 certificates", flush=True)
    backend_port, http, https, admin = free_ports(4)
    scale = manifests.Scale(run / "scale", certificates, backend_port)
    scale.write()
    backend = start_backend(run / "scale-run", backend_port, None) if (run / "scale-run").mkdir() is None else None
    for part in [f"p{p}" for p in range(scale.PATHS)] + [f"edit{n}" for n in range(EDITS)]:
        (run / "scale-run/www" / part).write_text("here")
    lintel = start_lintel(run, scale.folder, http, https, admin, backend_port, None, "lintel-scale")
    try:
        for index in (0, 499, 999):
            live = await_answer(lintel, Client(https, scale.host(index)), "/p4")
        ready = await_answer(lintel, Client(admin, "localhost", tls=False), "/healthz")
        cpu = lintel.cpu_seconds()[0]
        print(f"  live after {live:.2f} s, ready after {ready:.2f} s, on a CPU for {cpu:.2f} s", flush=True)
        cold = compile_and_link(admin)
        edits, works = [], []
        before = lintel.cpu_seconds()[1]
        for number in range(EDITS):
            index = 37 * number % scale.HOSTS
            edits.append(edit(scale, Client(https, scale.host(index)), index, f"/edit{number}"))
            time.sleep(0.05)
            works.append(compile_and_link(admin, quiet=True) or 0)
        spent = (lintel.cpu_seconds()[1] - before) / EDITS
        print("  edits, ms until seen (of it compile and link): "
              + ", ".join(f"{e * 1000:.0f} ({w * 1000:.0f})" for e, w in zip(edits, works)), flush=True)
        warm = compile_and_link(admin)
        heap = heap_after_collection(lintel)
        rss = lintel.rss_megabytes()
    finally:
        lintel.stop()
        backend.stop()

    def line(what, value, goal, unit=1.0, name="s"):
        if value is None:
            return [what, "not told", f"{goal * unit:g} {name}", "NO"]
        return [what, f"{value * unit:.3g} {name}", f"{goal * unit:g} {name}", "yes" if value <= goal else "NO"]

    return [
        line("start of the process to the last file's host answered over HTTPS", live, START_GOAL),
        line("start of the process to ready", ready, START_GOAL),
        ["time on a CPU until then, all threads", f"{cpu:.2f} s", "", ""],
        line("compile and link of all, cold", cold, COLD_GOAL, 1000, "ms"),
        line("compile and link, warm: after the edits", warm, WARM_GOAL, 1000, "ms"),
        line(f"rename of a file to the first changed answer, median of {EDITS} edits", statistics.median(edits), EDIT_GOAL, 1000, "ms"),
        ["the same, slowest", f"{max(edits) * 1000:.3g} ms", "", ""],
        ["of it compile and link, median", f"{statistics.median(works) * 1000:.3g} ms", "", ""],
        ["time on a CPU for one edit, all threads", f"{spent * 1000:.0f} ms", "", ""],
        ["heap in use after a collection", f"{heap:.0f} MB" if heap else "not told", "", ""],
        ["resident memory", f"{rss:.0f} MB", "", ""],
    ]
