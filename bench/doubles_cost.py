"""What the triggers that doubles are found with add to saving an entry.

    python -m bench.doubles_cost [--number N] [--rounds N]

saves entries of a copy of the database of ``make bench``, in rounds that take turns with these
triggers (``directory.called_triggers``) and without them, and says of each way of saving the middle
of both times and of their ratios, round by round. Goal: at most 1.2 times a save without them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

import django
import psycopg
from psycopg import sql

from bench import database
from civicnet.embedded import EmbeddedServer

SAVES = 20
FORMS = 4
SAVED = 302
TABLES = ("", "place", "webaddress", "identifier")

Save = Callable[[], Any]
Prepare = Callable[[int], Save]


class Ways:
    """Each is a way of saving: what is to be timed, ready to run, for one entry."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.test import Client

        from places.models import City
        from staff.models import User

        self.written = 0
        self.city = City.objects.get(slug="torino")
        self.staff = Client(headers={"host": "127.0.0.1"})
        user = User.objects.create(username="saves", is_staff=True, is_superuser=True)
        self.staff.force_login(user, settings.AUTHENTICATION_BACKENDS[-1])

    def _changed(self, entry: int, field: str) -> Save:
        from orgs.models import Organization

        one = Organization.objects.get(pk=entry)
        self.written += 1
        setattr(one, field, f"Scritto {self.written} di {entry}")
        return one.save

    def text(self, entry: int) -> Save:
        return self._changed(entry, "summary_it")

    def name(self, entry: int) -> Save:
        return self._changed(entry, "name_it")

    def new(self, entry: int) -> Save:
        from orgs.models import Organization

        self.written += 1
        one = Organization(name_it=f"Nuova {self.written} di {entry}", city=self.city)

        def save() -> None:
            one.save()
            one.places.create(city=self.city)
            one.web_addresses.create(url=f"https://nuova{self.written}.example/")
            one.identifiers.create(scheme="other", value=f"{self.written}")

        return save

    def form(self, entry: int) -> Save:
        from tests.admin_form import fields

        path = f"/admin/orgs/organization/{entry}/change/"
        self.written += 1
        sent = fields(self.staff.get(path)) | {"summary_it": f"Scritto {self.written}"}

        def save() -> None:
            if self.staff.post(path, sent).status_code != SAVED:
                raise RuntimeError(f"{path} was not saved")

        return save


def turn(on: bool) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        tables = [f"orgs_organization{part}" for part in TABLES]
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE tgrelid::regclass::text = ANY(%s) AND tgname LIKE 'call\\_%%'",
            [tables],
        )
        for table, trigger in cursor.fetchall():
            how = "ENABLE" if on else "DISABLE"
            cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {trigger}")


def spent(prepare: Prepare, entries: Iterable[int]) -> float:
    from django.db import transaction

    taken = []
    for entry in entries:
        save = prepare(entry)
        began = time.perf_counter()
        with transaction.atomic():
            save()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def measure(rounds: int) -> None:
    from orgs.models import Organization

    ways, pks = Ways(), Organization.objects.published().values_list("pk", flat=True)
    pks = list(pks.order_by("pk")[: SAVES * 4])
    drafts = Organization.objects.filter(pk__in=pks[: SAVES * 2])
    drafts.update(status="draft")
    asked: dict[str, tuple[Prepare, list[int]]] = {
        "another text of a draft": (ways.text, pks[:SAVES]),
        "another name of a draft": (ways.name, pks[SAVES : SAVES * 2]),
        "another text of what is published": (ways.text, pks[SAVES * 2 : SAVES * 3]),
        "another name of what is published": (ways.name, pks[SAVES * 3 :]),
        "new, with a place, an address and a code": (ways.new, pks[:SAVES]),
        "another text, by the form of the admin": (ways.form, pks[-FORMS:]),
    }
    load = os.getloadavg()[0]
    print("| what is saved | without | with | ratio |")
    print("|---|---:|---:|---:|")
    for name, (prepare, entries) in asked.items():
        turns: dict[bool, list[float]] = {True: [], False: []}
        for number in range(rounds):
            for on in (True, False) if number % 2 else (False, True):
                turn(on)
                turns[on].append(spent(prepare, entries))
        turn(True)
        ratio = statistics.median(
            one / other for one, other in zip(turns[True], turns[False], strict=True)
        )
        before, after = (statistics.median(turns[on]) for on in (False, True))
        print(f"| {name} | {before:.1f} | {after:.1f} | {ratio:.2f} |", flush=True)
    print(f"\nMilliseconds; {rounds} rounds; load average {load:.1f}.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.doubles_cost")
    parser.add_argument("--number", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    database.VAR.mkdir(parents=True, exist_ok=True)
    server = EmbeddedServer(database.VAR, settings=database.MEMORY)
    server.acquire()
    original = database.name(arguments.number)
    copy = f"{original}_saves"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy))
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    try:
        database.have(server, arguments.number)
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute(drop)
            connection.execute(make.format(sql.Identifier(copy), sql.Identifier(original)))
        address = server.address(copy)
        database.manage(address, "collectstatic", "--no-input", "-v0")
        os.environ.update(database.environment(address, SECOND_FACTOR="optional"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "civicnet.settings"
        django.setup()
        measure(arguments.rounds)
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute(drop)
    finally:
        server.release()


if __name__ == "__main__":
    main()
