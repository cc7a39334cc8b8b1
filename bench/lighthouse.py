"""Lighthouse, as on a phone, on four pages of the site served as in production.

    python -m bench.lighthouse

starts the demo, measures each page three times in turn, and prints medians and ranges as a table
for ``docs/quality.md``; the exit status is 1 where a median misses its goal. Needs npm, which
brings Lighthouse in the version that ``bench/npm`` pins into ``var/``, and Chromium.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "bench" / "npm"
INSTALLED = ROOT / "var" / "lighthouse"
PORT = 8773
ROUNDS = 3
ATTEMPTS = 3
PAGES = {
    "home": "/it/",
    "listing": "/it/organizzazioni/",
    "detail": "/it/organizzazioni/officina-comune/",
    "city": "/it/citta/torino/",
}
# What is measured, the most or the least that is wanted, and how it is written.
SCORES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
TIMES = {
    "largest-contentful-paint": 1200.0,
    "cumulative-layout-shift": 0.0,
    "total-blocking-time": 0.0,
}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"


def install() -> Path:
    """Lighthouse, without the browser that it would download."""
    lock = (PINNED / "package-lock.json").read_text()
    marker = INSTALLED / "installed.json"
    if not marker.exists() or marker.read_text() != lock:
        INSTALLED.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PINNED / name, INSTALLED / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        environment = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
        subprocess.run(command, cwd=INSTALLED, env=environment, check=True)
        marker.write_text(lock)
    return INSTALLED / "node_modules" / ".bin" / "lighthouse"


def serve() -> subprocess.Popen:
    command = [sys.executable, "-m", "civicnet.demo", "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    for _attempt in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz"):
                return server
        except OSError:
            time.sleep(0.2)
        if server.poll() is not None:
            break
    server.kill()
    raise SystemExit("The demo did not start; `make demo` says why.")


def measure(lighthouse: Path, browser: str, path: str) -> dict[str, float]:
    command = [lighthouse, f"http://127.0.0.1:{PORT}{path}", "--quiet", "--output=json"]
    command += [f"--chrome-flags={FLAGS}", f"--only-categories={','.join(SCORES)}"]
    environment = os.environ | {"CHROME_PATH": browser}
    # Chromium itself does not always start.
    for _attempt in range(ATTEMPTS):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode == 0:
            break
        print(f"{path}: Lighthouse failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
    report = json.loads(done.stdout)
    for name, category in report["categories"].items():
        for ref in category["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"{path} {name}: {audit['title']} {audit.get('displayValue', '')}")
    scores = {name: round(report["categories"][name]["score"] * 100) for name in SCORES}
    return scores | {name: report["audits"][name]["numericValue"] for name in TIMES}


def written(name: str, values: list[float]) -> str:
    """The median, and where they differ the range."""

    def one(value: float) -> str:
        return f"{value / 1000:.2f} s" if name == "largest-contentful-paint" else f"{value:.3g}"

    low, middle, high = one(min(values)), one(statistics.median(values)), one(max(values))
    return middle if low == high else f"{middle} ({low} to {high})"


def main() -> None:
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not browser or not shutil.which("npm"):
        raise SystemExit("Chromium or npm is missing.")
    lighthouse = install()
    server = serve()
    found: dict[str, dict[str, list[float]]] = {
        page: {name: [] for name in SCORES | TIMES} for page in PAGES
    }
    try:
        for _round in range(ROUNDS):
            for page, path in PAGES.items():
                for name, value in measure(lighthouse, browser, path).items():
                    found[page][name].append(value)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    print("| page | " + " | ".join(SCORES | TIMES) + " |")
    print("|---" * (1 + len(SCORES | TIMES)) + "|")
    for page, numbers in found.items():
        cells = [written(name, values) for name, values in numbers.items()]
        print(f"| {page} | " + " | ".join(cells) + " |")
    missed = [
        f"{page}: {name}"
        for page, numbers in found.items()
        for name, values in numbers.items()
        if (name in SCORES and statistics.median(values) < SCORES[name])
        or (name in TIMES and statistics.median(values) > TIMES[name])
    ]
    if missed:
        raise SystemExit("Short of the goal: " + ", ".join(missed))


if __name__ == "__main__":
    main()
