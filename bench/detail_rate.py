"""How fast a detail page is beside a view that does nothing, under the same middleware.

    python -m bench.detail_rate

needs the demo as it is now (run ``make demo`` after a change), or ``DATABASE_URL``. Two gunicorn
workers serve in turn, one that keeps rendered pages and one that keeps none, in shuffled rounds
of one run; a ratio is the page's rate over the empty view's in the same round.
"""

from __future__ import annotations

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

from civicnet import demo

ROUNDS = 9
SECONDS = 1.0
EMPTY = "/bench/empty/"
PAGES = [
    "/it/organizzazioni/officina-comune/",
    "/en/networks/rete-nazionale-per-la-prossimita/",
    "/it/progetti/co-city-beni-comuni/",
]


def serve(port: int, cache_mb: int) -> subprocess.Popen:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PAGE_CACHE_MB": str(cache_mb),
        "BASE_URL": "http://127.0.0.1:8000",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "gunicorn", "civicnet.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "1", "--log-level", "error"]
    root = Path(__file__).resolve().parent.parent
    server = subprocess.Popen(command, cwd=root, env=environment)
    for _attempt in range(100):
        try:
            connection(port).request("GET", "/healthz")
            return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("gunicorn did not start")


def connection(port: int) -> http.client.HTTPConnection:
    made = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    made.connect()
    made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def rate(port: int, address: str) -> float:
    """Requests a second over one connection that is kept open."""
    line, done, started = connection(port), 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        line.request("GET", address)
        answer = line.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{address}: {answer.status}")
        done += 1
    line.close()
    return done / (time.perf_counter() - started)


def main() -> None:
    if not os.environ.get("DATABASE_URL"):
        demo.lend(Path(__file__).resolve().parent.parent / "var")
    ports = {"kept": 8771, "rendered": 8772}
    servers = [serve(ports["kept"], 24), serve(ports["rendered"], 0)]
    ratios: dict[tuple[str, str], list[float]] = {}
    try:
        for _round in range(ROUNDS + 1):
            scenes = [(way, page) for way in ports for page in PAGES]
            random.shuffle(scenes)
            for way, page in scenes:
                floor = rate(ports[way], EMPTY)
                ratios.setdefault((way, page), []).append(rate(ports[way], page) / floor)
    finally:
        for server in servers:
            server.terminate()
            server.wait()
    print(f"load average {os.getloadavg()[0]:.1f}; ratio of rates, median (range), {ROUNDS} rounds")
    for (way, page), found in sorted(ratios.items()):
        counted = found[1:]  # the first round warms up
        spread = f"{min(counted):.2f}–{max(counted):.2f}"
        print(f"{way:9} {page:50} {statistics.median(counted):.2f} ({spread})")


if __name__ == "__main__":
    main()
