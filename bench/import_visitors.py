"""How long visitors wait while a list of 50,000 rows is imported, beside what they wait else.

    python -m bench.import_visitors [ROWS]

makes a database ``bench_import`` beside the one of DATABASE_URL, as ``bench.import_rate`` does,
and serves it with two workers. One visitor after another asks for one page of many (lists with a
filter, cities, entries, searches), half a minute with nothing else, then for as long as the import
takes. Of so many pages the cache, of a megabyte, keeps hardly any: what is measured is making them.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from bench import database, import_rate, servers
from bench.client import Line

QUIET_SECONDS = 30
PAUSE = 0.05
PAGES = ("SELECT '/it/citta/' || slug || '/' FROM places_city WHERE id IN"
         " (SELECT DISTINCT city_id FROM orgs_territory WHERE city_id IS NOT NULL)",
         "SELECT '/it/organizzazioni/' || slug || '/' FROM orgs_organization"
         " WHERE status = 'published'",
         "SELECT '/it/progetti/' || slug || '/' FROM projects_project WHERE status = 'published'",
         "SELECT '/en/organizations/?region=' || slug FROM places_region",
         "SELECT '/it/organizzazioni/?theme=' || slug FROM directory_theme",
         "SELECT '/it/cerca/?q=' || slug FROM directory_theme")  # fmt: skip


def asked(line: Line, pages: list[str], until: Callable[[], bool]) -> list[float]:
    """Milliseconds of each."""
    taken = []
    while not until():
        page = random.choice(pages)  # noqa: S311
        start = time.perf_counter()
        answer = line.ask(page)
        taken.append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            sys.exit(f"bench: {answer.status} for {page}")
        time.sleep(PAUSE)
    return taken


def told(title: str, taken: list[float]) -> float:
    median = statistics.median(taken)
    high = statistics.quantiles(taken, n=20)[-1]
    print(f"{title}: {len(taken)} pages, median {median:.0f} ms, one in twenty over {high:.0f} ms,"
          f" longest {max(taken):.0f} ms; load {os.getloadavg()[0]:.1f}")  # fmt: skip
    return median


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=50_000)
    rows = parser.parse_args().rows
    address = import_rate.make_database()
    database.VAR.mkdir(parents=True, exist_ok=True)
    database.manage(address, "collectstatic", "--noinput", "-v0")
    with psycopg.connect(address) as connection:
        pages = [page for query in PAGES for (page,) in connection.execute(query)]
    with tempfile.TemporaryDirectory() as folder, servers.site(address, 1, workers=2) as site:
        path = Path(folder, "rows.csv")
        import_rate.write(path, rows)
        line = Line(site.port)
        for page in pages:
            line.ask(page)
        end = time.monotonic() + QUIET_SECONDS
        quiet = told("nothing else", asked(line, pages, lambda: time.monotonic() > end))
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "import_organizations", str(path), "--report",
             str(Path(folder, "report.csv"))],
            cwd=database.ROOT, env=database.environment(address), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        busy = told("during the import", asked(line, pages, lambda: process.poll() is not None))
        if process.returncode:
            sys.exit(process.communicate()[0])
        print(f"import of {rows:,} rows: {time.monotonic() - started:.0f} s;"
              f" pages {busy / quiet:.2f} times as slow meanwhile")  # fmt: skip


if __name__ == "__main__":
    main()
