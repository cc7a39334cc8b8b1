"""The targets, each a process of its own on a free port of 127.0.0.1."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.database import ROOT, VAR, environment

START_SECONDS = 60
GUNICORN = [
    "-m",
    "gunicorn",
    "--worker-class",
    "gthread",
    "--keep-alive",
    "120",
    "--log-level",
    "error",
]
THREADS, WORKERS = 4, 2
DATASETTE = VAR / "datasette"
PINS = ROOT / "requirements" / "bench.txt"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command: list[str], port: int, **environ: str) -> Iterator[Server]:
    with (VAR / "servers.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"bench: this did not start (see {log.name}): {' '.join(command)}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def gunicorn(
    application: str, address: str, workers: int = 1, **environ: str
) -> contextlib.AbstractContextManager[Server]:
    port = free_port()
    command = [sys.executable, *GUNICORN, application, "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", str(THREADS)]
    return running(command, port, **environment(address, **environ))


def site(address: str, cache_mb: int, workers: int = 1):
    return gunicorn(
        "civicnet.wsgi",
        address,
        workers,
        DJANGO_SETTINGS_MODULE="bench.settings",
        PAGE_CACHE_MB=str(cache_mb),
    )


def plain(address: str):
    return gunicorn("civicnet.wsgi", address, DJANGO_SETTINGS_MODULE="bench.plain_settings")


def floor(address: str):
    return gunicorn("bench.floor:application", address)


def datasette(rows: Path):
    """Installed from its pins the first time. Nothing that it counts is cut short."""
    program = DATASETTE / "bin" / "datasette"
    mark = DATASETTE / "installed"
    if not mark.exists() or mark.read_text() != PINS.read_text():
        print("bench: installing Datasette …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", DATASETTE], check=True)
        pip = [DATASETTE / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input"]
        pip += ["--disable-pip-version-check", "--require-hashes", "--requirement", PINS]
        subprocess.run(pip, check=True)
        mark.write_text(PINS.read_text())
    port = free_port()
    command = [str(program), "serve", "--immutable", str(rows), "--port", str(port)]
    for name, value in {
        "suggest_facets": "off",
        "facet_time_limit_ms": "60000",
        "sql_time_limit_ms": "60000",
        "default_page_size": "24",
    }.items():
        command += ["--setting", name, value]
    return running(command, port, PATH=os.environ.get("PATH", os.defpath), HOME=str(VAR))


@contextlib.contextmanager
def nginx(page: bytes) -> Iterator[Server | None]:
    """The stored page; None where there is no nginx."""
    if NGINX is None:
        yield None
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        # Started by root it serves as somebody else, who must reach the page.
        Path(folder).chmod(0o755)
        (Path(folder) / "page.html").write_bytes(page)
        (Path(folder) / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;\n"
            "events {}\nhttp { access_log off; keepalive_requests 1000000;\n"
            + "".join(
                f"{kind}_temp_path {folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + f"server {{ listen 127.0.0.1:{port}; root {folder}; default_type text/html; }} }}\n"
        )
        command = [NGINX, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/log"]
        with running(command, port, PATH=os.defpath) as server:
            yield server


def worker_megabytes(server: Server) -> list[float]:
    """Resident memory of each worker of a gunicorn, shared pages included."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not children.exists():
        return []
    found = []
    for pid in children.read_text().split():
        status = Path(f"/proc/{pid}/status").read_text()
        found.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
    return found
