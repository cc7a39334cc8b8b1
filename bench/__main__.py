"""Makes the rows, starts the targets, measures, writes RESULTS.md."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bench import report, servers
from bench.client import Job, Line, measure
from bench.database import MEMORY, ROOT, VAR, environment, have, have_sqlite, loaded, manage
from bench.scenes import KEPT, Facts, Scene, facts, scenes
from bench.servers import Server
from civicnet.embedded import EmbeddedServer

HERE = Path(__file__).resolve().parent
BEFORE = HERE / "before.json"
RESULTS = HERE / "RESULTS.md"
CACHE_MB = 24
NOT_FOUND = 404


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure civicnet beside its peers.")
    parser.add_argument("--number", type=int, default=400_000)
    parser.add_argument("--small", type=int, default=4_000, help="what N is compared with")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument(
        "--as-before", action="store_true", help="keep the figures as the column of before"
    )
    options = parser.parse_args()
    VAR.mkdir(parents=True, exist_ok=True)
    server = EmbeddedServer(VAR, settings=MEMORY)
    server.acquire()
    try:
        run = bench(server, options.number, options.small, options.quick)
    finally:
        server.release()
    if options.as_before:
        BEFORE.write_text(json.dumps(report.summary(run), indent=1) + "\n")
    (VAR / "results.json").write_text(json.dumps(report.summary(run), indent=1) + "\n")
    RESULTS.write_text(report.page(run))
    missed = [goal for goal in report.goals(run) if not goal.is_met]
    print(f"bench: {RESULTS.relative_to(ROOT)} is written; {len(missed)} goals are missed.")


def bench(server: EmbeddedServer, number: int, small: int, quick: bool) -> report.Run:
    address, few = have(server, number), have(server, small)
    rows = have_sqlite(address, number)
    manage(address, "collectstatic", "--noinput", "-v0")
    known = facts(address)
    every = scenes(known)
    load = [os.getloadavg()]
    with contextlib.ExitStack() as stack:
        start = stack.enter_context
        bare = start(servers.site(address, 0))
        kept = start(servers.site(address, CACHE_MB, servers.WORKERS))
        bare_few = start(servers.site(few, 0))
        there = [one for one in every if status(bare, one.site[0]) != NOT_FOUND]
        page = Line(kept.port).ask(every[0].site[0]).body
        jobs = site_jobs(there, bare, bare_few, kept)
        jobs += peer_jobs(
            [one for one in every if one in there or one.datasette],
            known,
            start(servers.floor(address)),
            start(servers.plain(address)),
            start(servers.datasette(rows)),
            kept,
        )
        if stored := start(servers.nginx(page)):
            jobs.append(Job(report.NGINX, "stored page", stored.port, ["/page.html"]))
        measure(jobs, 3 if quick else 7, 0.3 if quick else 1.0)
        load.append(os.getloadavg())
        slow = {job.scene for job in jobs if job.too_slow}
        quick_enough = {one.key: one.site[0] for one in there if one.key not in slow}
        looked = inside(address, ["look"], quick_enough)
        ports = [str(bare.port), str(kept.port)]
        published = inside(address, ["publish", *ports, known.small_city], {})
        memory = [*servers.worker_megabytes(kept), *servers.worker_megabytes(bare)]
        load.append(os.getloadavg())
    return report.Run(
        number=number,
        small=small,
        jobs=[job for job in jobs if not job.too_slow],
        too_slow=[(job.target, job.scene) for job in jobs if job.too_slow],
        titles={one.key: one.title for one in every},
        wordless=[one.key for one in there if one.wordless and one.listing],
        looked=looked,
        published=published,
        memory=memory,
        left_out=[one.title for one in every if one not in there],
        load=load,
        date=f"{datetime.date.today():%-d %B %Y}",
        loading=loaded(number),
        before=before(number),
    )


def site_jobs(there: list[Scene], bare: Server, few: Server, kept: Server) -> list[Job]:
    jobs = [Job(report.SITE, one.key, bare.port, one.site) for one in there]
    for one in there:
        # The middling city and the entries are none of the small directory's.
        if one.wordless and one.small and one.key != "detail" and ok(few, one.site[0]):
            jobs.append(Job(report.SMALL, one.key, few.port, one.site))
        if one.key in KEPT and ok(kept, one.site[0]):
            path = one.site[:1]
            etag = Line(kept.port).ask(path[0]).headers[b"etag"].decode()
            jobs.append(Job(report.CACHED, one.key, kept.port, path))
            known = f"If-None-Match: {etag}\r\n"
            jobs.append(Job(report.CONFIRMED, one.key, kept.port, path, known, 304))
    return jobs


def peer_jobs(
    every: list[Scene], known: Facts, floor: Server, plain: Server, datasette: Server, kept: Server
) -> list[Job]:
    table = f"/{Path(have_name(datasette)).stem}/organizations"
    jobs = [
        Job(report.FLOOR, "small city", floor.port, [f"/?city={known.small_city}"]),
        Job(report.EMPTY, "one", kept.port, ["/bench/one/"]),
    ]
    for one in every:
        if one.plain:
            jobs.append(Job(report.PLAIN, one.key, plain.port, [one.plain]))
            jobs.append(Job(report.SLUGS, one.key, plain.port, [f"/slug{one.plain}"]))
        for target, query in ((report.DATASETTE, one.datasette), (report.BARE, one.bare)):
            if query:
                have_narrowed(datasette, table, query)
                jobs.append(Job(target, one.key, datasette.port, [f"{table}?{query}"]))
    return jobs


def have_narrowed(datasette: Server, table: str, query: str) -> None:
    """Datasette drops without a word what it does not know; nothing can be compared with that."""
    asked = [pair for pair in parse_qsl(query) if pair[0] != "_facet"]
    path = f"{table}.json?{urlencode([*asked, ('_size', '0')])}"
    found = json.loads(Line(datasette.port).ask(path).body)["filtered_table_rows_count"]
    every = json.loads(Line(datasette.port).ask(f"{table}.json?_size=0").body)
    if asked and not 0 < found < every["filtered_table_rows_count"]:
        raise SystemExit(f"bench: Datasette finds {found} rows for {asked}")


def have_name(datasette: Server) -> str:
    """The file that a Datasette serves."""
    return next(str(part) for part in datasette.process.args if str(part).endswith(".db"))  # type: ignore[union-attr]


def status(server: Server, path: str) -> int:
    return Line(server.port).ask(path).status


def ok(server: Server, path: str) -> bool:
    return status(server, path) == 200


def inside(address: str, arguments: list[str], given: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.inside", *arguments],
        cwd=ROOT,
        env=environment(address, DJANGO_SETTINGS_MODULE="bench.settings", PAGE_CACHE_MB="0"),
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def before(number: int) -> dict[str, Any]:
    told = json.loads(BEFORE.read_text()) if BEFORE.exists() else {}
    return told if told.get("number") == number else {}


if __name__ == "__main__":
    main()
