"""What one request does to PostgreSQL, and what publishing costs. Runs within Django, alone:

python -m bench.inside look < paths.json        queries, buffers and plans of each path
python -m bench.inside publish PORT PORT CITY   seconds, with the index and without
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

TIMES = 15
BUFFERS = re.compile(r"^ *Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?", re.M)
SPENT = re.compile(r"Execution Time: ([\d.]+) ms")


class Looker:
    """Explains every statement before it runs."""

    def __init__(self) -> None:
        self.statements: list[dict[str, Any]] = []

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        told = {"sql": sql, "buffers": 0, "milliseconds": 0.0, "plan": ""}
        if sql.lstrip("( \n").upper().startswith(("SELECT", "WITH")) and not many:
            # As the statement itself is sent: with its values in it, or apart.
            kind = type(context["cursor"].cursor)
            with kind(context["connection"].connection) as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
                plan = "\n".join(line for (line,) in cursor.fetchall())
            executed = plan.partition("\nPlanning")[0]
            if found := BUFFERS.search(executed):
                told["buffers"] = sum(int(number or 0) for number in found.groups())
            if spent := SPENT.search(plan):
                told["milliseconds"] = float(spent[1])
            told["plan"] = plan
        self.statements.append(told)
        return execute(sql, params, many, context)


def look(paths: dict[str, str]) -> dict[str, Any]:
    """The second time each: the first fills what a process keeps for good."""
    from django.db import connection
    from django.test import Client

    found: dict[str, Any] = {}
    client = Client(headers={"host": "127.0.0.1"})
    for key, path in paths.items():
        client.get(path)
        looker = Looker()
        with connection.execute_wrapper(looker):
            status = client.get(path).status_code
        worst = max(looker.statements, key=lambda one: one["milliseconds"], default=None)
        found[key] = {
            "status": status,
            "queries": len(looker.statements),
            "buffers": sum(one["buffers"] for one in looker.statements),
            "worst": worst,
        }
    return found


def publish(ports: list[int], city: str) -> dict[str, Any]:
    """Milliseconds of publishing, in turns with every trigger and with none; seen at once."""
    from django.db import connection, transaction

    from bench.client import Line
    from directory.models import Theme
    from orgs.models import Organization
    from places.models import City

    themes = list(Theme.objects.exclude(parent=None).order_by("slug")[:3])
    seat = City.objects.get(slug=city)
    lines = [Line(port) for port in ports]

    def triggers(on: bool) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET session_replication_role = {'origin' if on else 'replica'}")

    def pages(path: str) -> list[str]:
        return [line.ask(path).body.decode() for line in lines]

    def published() -> int:
        return Organization.objects.published().in_place(seat).count()

    taken: dict[bool, list[float]] = {True: [], False: []}
    seen = True
    for turn in range(TIMES):
        entry = Organization(name_it=f"Aaa pubblicata adesso {turn}", city=seat, invented=True)
        entry.summary_it = "Inventata per misurare."
        entry.save()
        entry.sources.create(title_it="Il banco di prova")
        entry.themes.set(themes)
        for on in (False, True):
            triggers(on)
            entry.status = "published"
            start = time.perf_counter()
            with transaction.atomic():
                entry.save()
            taken[on].append((time.perf_counter() - start) * 1000)
            if on:
                listing = f"/it/organizzazioni/?city={city}"
                number = f"{published():,}".replace(",", ".")
                detail = entry.get_absolute_url()
                seen &= all(entry.name_it in page for page in pages(listing))
                seen &= all(number in page for page in pages(listing))
                seen &= all(entry.name_it in page for page in pages(detail))
            entry.status = "draft"
            entry.save()
        triggers(True)
        entry.themes.clear()
        entry.delete()
    return {
        "with": statistics.median(taken[True]),
        "without": statistics.median(taken[False]),
        "seen": seen,
    }


def main() -> None:
    django.setup()
    if sys.argv[1] == "look":
        answer = look(json.load(sys.stdin))
    else:
        *ports, city = sys.argv[2:]
        answer = publish([int(port) for port in ports], city)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
