"""How long the lists of staff take with 100,000 invented entries.

    python -m bench.staff_lists [--number N] [--times N] [--plans PAGE]

makes the database of ``make bench`` unless it is there, and asks for each page as one who may do
everything, with Django's test client, the pages in turns. What is said of each is the smallest and
the middle of its times, how many queries it asked, how long PostgreSQL worked on them and how many
buffers it looked at. ``--plans`` says instead how it found what one page shows.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from typing import Any

import django

from bench import database
from civicnet.embedded import EmbeddedServer

USER = "bench"
ORGANIZATIONS = "/admin/orgs/organization/"
PAGES = {
    "the first page": "/admin/",
    "list of organizations": ORGANIZATIONS,
    "its page 500": f"{ORGANIZATIONS}?p=500",
    "what was not checked for a year": f"{ORGANIZATIONS}?work=unchecked",
    "sorted by the day of the last check": f"{ORGANIZATIONS}?o=-7",
    "one theme": f"{ORGANIZATIONS}?theme={{theme}}",
    "a region": f"{ORGANIZATIONS}?place=region-{{region}}",
    "a city": f"{ORGANIZATIONS}?place=city-{{city}}",
    "a region and a theme": f"{ORGANIZATIONS}?place=region-{{region}}&theme={{theme}}",
    "a search for two words": f"{ORGANIZATIONS}?q=orti+urbani",
    "a search for a word in every sixth entry": f"{ORGANIZATIONS}?q=orti",
    "nothing stale in English": f"{ORGANIZATIONS}?work=stale-en",
    "a text is missing in English": f"{ORGANIZATIONS}?work=missing-en",
    "no theme": f"{ORGANIZATIONS}?work=no-theme",
    "no picture": f"{ORGANIZATIONS}?work=no-picture",
    "drafts": f"{ORGANIZATIONS}?status__exact=draft",
    "with counts beside every choice": f"{ORGANIZATIONS}?_facets=True",
    "the same in a region": f"{ORGANIZATIONS}?_facets=True&place=region-{{region}}",
    "an autocomplete": "/admin/autocomplete/?term=orti&app_label=orgs&model_name=organization"
    "&field_name=parent",
}


def client() -> Any:
    from django.test import Client

    from staff.models import User

    user, _is_new = User.objects.get_or_create(
        username=USER, defaults={"is_staff": True, "is_superuser": True}
    )
    asking = Client(headers={"host": "127.0.0.1"})
    asking.force_login(user)
    return asking


def addresses() -> dict[str, str]:
    from directory.models import Theme
    from places.models import City, Region

    given = {
        "region": Region.objects.get(slug="piemonte").pk,
        "city": City.objects.get(slug="torino").pk,
        "theme": Theme.objects.filter(parent=None).order_by("order", "pk")[0].slug,
    }
    return {name: page.format(**given) for name, page in PAGES.items()}


def measure(times: int) -> None:
    from django.db import connection

    from bench.inside import Looker

    asking, pages = client(), addresses()
    taken: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(times + 1):
        for name, page in pages.items():
            start = time.perf_counter()
            answer = asking.get(page)
            if turn:  # The first fills what a process keeps for good.
                taken[name].append((time.perf_counter() - start) * 1000)
            if answer.status_code != 200:
                sys.exit(f"bench: {answer.status_code} for {page}")
    load = os.getloadavg()[0]
    print("| page | smallest | median | queries | in PostgreSQL | buffers |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, page in pages.items():
        looker = Looker()
        with connection.execute_wrapper(looker):
            asking.get(page)
        said = [one for one in looker.statements if "SAVEPOINT" not in one["sql"]]
        worked = sum(one["milliseconds"] for one in said)
        buffers = sum(one["buffers"] for one in said)
        print(
            f"| {name} | {min(taken[name]):.0f} | {statistics.median(taken[name]):.0f}"
            f" | {len(said)} | {worked:.0f} | {buffers:,} |"
        )
    print(f"\nMilliseconds; {times} times each; load average {load:.1f}.")


def plans(name: str) -> None:
    from django.db import connection

    from bench.inside import Looker

    asking, page = client(), addresses()[name]
    asking.get(page)
    looker = Looker()
    with connection.execute_wrapper(looker):
        asking.get(page)
    for one in looker.statements:
        print(f"{one['milliseconds']:.1f} ms\n{one['sql']}\n{one['plan']}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.staff_lists")
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=12)
    parser.add_argument("--plans", metavar="PAGE", choices=PAGES)
    arguments = parser.parse_args()
    database.VAR.mkdir(parents=True, exist_ok=True)
    server = EmbeddedServer(database.VAR, settings=database.MEMORY)
    server.acquire()
    try:
        address = database.have(server, arguments.number)
        os.environ.update(database.environment(address, SECOND_FACTOR="optional"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "civicnet.settings"
        database.manage(address, "collectstatic", "--no-input", "-v0")
        django.setup()
        if arguments.plans:
            plans(arguments.plans)
        else:
            measure(arguments.times)
    finally:
        server.release()


if __name__ == "__main__":
    main()
