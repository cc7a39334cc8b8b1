"""The database's demand on what is published, in tests.

Most name only what they are about, and what they publish says no more: for them the demand is
lifted. Tests of the ways to the public make it again; the demo and its content are made under it.
"""

from __future__ import annotations

from django.db import connection

from directory.demands import KEEPER, NO_KEEPER, NO_TEXTS, TEXTS
from directory.registry import kinds


def lift() -> None:
    _say(NO_KEEPER, NO_TEXTS)


def make() -> None:
    """As the migrations do, within the transaction of a test, and asked of all that is there."""
    _say(KEEPER, TEXTS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.civicnet_touch_all()")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _say(once: str, for_each: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(once)
        for kind in kinds.values():
            cursor.execute(for_each.format(entries=kind.model._meta.db_table))
