"""The processes of the bench: nginx, HAProxy, Lintel and the backend, and what they cost."""

import os
import pathlib
import random
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SBIN = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin"
TICKS = os.sysconf("SC_CLK_TCK")


def tool(command, package):
    subprocess.run([ROOT / "bin/ensure-tool", command, package], check=True)
    return shutil.which(command, path=SBIN)


def free_ports(count):
    """Below those that the kernel gives to clients: who tries to connect to one of them can meet himself there."""
    ports = []
    while len(ports) < count:
        port = random.randrange(12_000, 30_000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        if port not in ports:
            ports.append(port)
    return ports


def heap_megabytes():
    """The heap that the chart's default memory limit gives: the image takes a third of the limit."""
    values = (ROOT / "charts/lintel/values.yaml").read_text()
    limit = re.search(r"limits:\s+memory: (\d+)Mi", values)
    return int(int(limit.group(1)) * 0.33)


class Running:
    """A process and its children, on some cores, with its output in a file that may be truncated while it runs."""

    def __init__(self, name, command, folder, cores=None, environment=None):
        self.name, self.command = name, [str(part) for part in command]
        self.output = folder / f"{name}.out"
        pinned = ["taskset", "-c", ",".join(map(str, cores))] if cores else []
        with open(self.output, "ab") as output:
            self.started = time.perf_counter()
            self.process = subprocess.Popen(
                pinned + self.command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})})

    def pids(self):
        result = [self.process.pid]
        for pid in result:
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                result += [int(child) for child in children.read_text().split()]
        return result

    def cpu_seconds(self):
        """Time on a CPU of all threads. A thread that ended is missing in the first sum, not in the second."""
        threads = processes = 0
        for pid in self.pids():
            for statistics in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
                threads += int(statistics.read_text().split()[0])
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            processes += int(fields[11]) + int(fields[12])
        return threads / 1e9, processes / TICKS

    def rss_megabytes(self):
        total = 0
        for pid in self.pids():
            total += int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))
        return total / 1024

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Client:
    """One kept-alive connection that sends GETs by hand: fast to open, and exact about when the answer came."""

    def __init__(self, port, host, tls=True):
        self.port, self.host, self.tls, self.socket = port, host, tls, None

    def get(self, path):
        """The status, or 0 if there was no answer."""
        try:
            if self.socket is None:
                plain = socket.create_connection(("127.0.0.1", self.port), 5)
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                self.socket = context.wrap_socket(plain, server_hostname=self.host) if self.tls else plain
            self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode())
            answer = b""
            while b"\r\n\r\n" not in answer:
                piece = self.socket.recv(65536)
                if not piece:
                    raise OSError("closed")
                answer += piece
            head, body = answer.split(b"\r\n\r\n", 1)
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            chunked = re.search(rb"(?i)transfer-encoding: *chunked", head)
            while (length and len(body) < int(length.group(1))) or (chunked and not body.endswith(b"0\r\n\r\n")):
                body += self.socket.recv(65536)
            if b"connection: close" in head.lower():
                self.close()
            return int(head.split()[1])
        except OSError:
            self.close()
            return 0

    def close(self):
        if self.socket:
            self.socket.close()
            self.socket = None


def await_answer(running, client, path, status=200, seconds=60):
    """Seconds from the start of the process to the answer."""
    until = time.perf_counter() + seconds
    while client.get(path) != status:
        if not running.alive() or time.perf_counter() > until:
            tail = running.output.read_text(errors="replace")[-2000:]
            raise SystemExit(f"{running.name} does not answer {client.host}{path} on {client.port} with {status}:\n{tail}")
        time.sleep(0.001)
    return time.perf_counter() - running.started


def fill(template, run, **values):
    text = (HERE / "peers" / template).read_text()
    for key, value in {"run": run, **values}.items():
        text = text.replace(f"@{key}@", str(value))
    file = run / values.get("name", template)
    file.write_text(text)
    return file


def start_backend(run, port, cores):
    (run / "www").mkdir()
    (run / "www/b100k").write_bytes(b"z" * 100_000)
    config = fill("backend.nginx.conf", run, backend=port, body100="x" * 100)
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    return Running("backend", [tool("nginx", "nginx"), "-e", run / "backend.err", "-c", config, *user], run, cores)


def build_load():
    """The client for what wrk and h2load cannot do."""
    go = subprocess.run([ROOT / "e2e/cluster/find-go"], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run([go, "build", "-o", HERE / "target/load", "."], cwd=HERE / "load", check=True)


def start_nginx(run, http, https, backend, cores, big=False):
    """`big`: with buffers of 64 KB, which few use, in place of ingress-nginx's 4 KB."""
    name, buffers = ("nginx64k", "8 64k; proxy_busy_buffers_size 128k") if big else ("nginx", "4 4k")
    config = fill("nginx.conf", run, name=name, http=http, https=https, backend=backend,
                  buffer="64k" if big else "4k", buffers=buffers)
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    return Running(name, [tool("nginx", "nginx"), "-e", run / f"{name}.err", "-c", config, *user], run, cores)


def start_haproxy(run, http, https, backend, cores):
    config = fill("haproxy.cfg", run, http=http, https=https, backend=backend)
    return Running("haproxy", [tool("haproxy", "haproxy"), "-db", "-f", config], run, cores)


def start_lintel(run, folder, http, https, admin, backend, cores, name="lintel"):
    """Lintel with the flags and the heap of its image; BENCH_SUBJECT names another command to put in its place."""
    subject = os.environ.get("BENCH_SUBJECT")
    if subject:
        filled = subject.format(http=http, https=https, admin=admin, backend=backend, dir=folder, tls=run / "tls")
        return Running(name, shlex.split(filled), run, cores)
    options = f"-Xms8m -Xmx{heap_megabytes()}m {os.environ.get('LINTEL_JVM_OPTIONS', '')}".strip()
    command = [ROOT / "bin/lintel", "serve", folder, f"--http-port={http}", f"--https-port={https}", f"--admin-port={admin}"]
    return Running(name, command, run, cores, {"LINTEL_JVM_OPTIONS": options})
