"""What there is to do with entries: lists that rooms register and that the admin counts and opens.

The front page of the admin counts each worklist for each kind, and each count opens the list of
the kind with ``?work=<slug>``. A room registers its own when it is ready, with
``register_worklist``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.expressions import RawSQL

from directory.models import Entry
from directory.roles import within_scope


class Part(StrEnum):
    """Where on the front page a worklist stands."""

    MINE = "mine"
    WORK = "work"


@dataclass(frozen=True)
class Worklist:
    """``rows`` is a verb on entries: it gets a QuerySet of a kind and the user who asks, and does
    not ask what is theirs; see ``work_of``.

    It may be counted for 100,000 entries each time the front page opens (up to a bound, so that
    many are no matter; few among many need an index), and must not double rows. ``open_to`` says
    for whom it is work at all. ``kinds`` are those that can be in it, by key; none means all.
    ``order`` is how its list is sorted unless somebody sorts it otherwise.
    """

    slug: str
    label: Any
    rows: Callable[[Any, Any], Any]
    part: Part = Part.WORK
    kinds: frozenset[str] = frozenset()
    order: tuple[Any, ...] = ()
    open_to: Callable[[Any], bool] = field(default=lambda user: True)
    # Where it stands among the others of its part; the same: as they were registered.
    place: int = 100

    def is_for(self, model: type[Entry]) -> bool:
        return not self.kinds or model._meta.model_name in self.kinds


worklists: dict[str, Worklist] = {}


def register_worklist(worklist: Worklist) -> None:
    worklists[worklist.slug] = worklist


def worklists_for(model: type[Entry], user: Any) -> Iterator[Worklist]:
    """Those that a kind can be in and that are the user's work, in the order of the front page."""
    for part in Part:
        for worklist in sorted(worklists.values(), key=lambda one: one.place):
            if worklist.part == part and worklist.is_for(model) and worklist.open_to(user):
                yield worklist


def work_of(worklist: Worklist, entries: Any, user: Any) -> Any:
    """What of a worklist is the user's: within their places and themes, if any are set."""
    return within_scope(user, worklist.rows(entries, user))


# What is wanted is whether there is work, and whether it is much.
COUNTED_AT_MOST = 1000


HELD_KEYS = "SELECT id FROM held"


def counted(wanted: dict[Any, Any], among: Any = None) -> dict[Any, int]:
    """How many rows each queryset has, up to one more than ``COUNTED_AT_MOST``. One query.

    ``among`` is a queryset that the database finds once and holds: those of ``wanted`` that start
    from ``held_rows`` of its model ask only for what is in it.
    """
    counts = dict.fromkeys(wanted, 0)
    parts, held = {}, ""
    values: list[Any] = []
    if among is not None:
        try:
            held, values = holding(among)
        except EmptyResultSet:
            return counts
    for key, rows in wanted.items():
        some = rows.order_by().values("pk")[: COUNTED_AT_MOST + 1]
        try:
            sql, params = some.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts[key] = f"(SELECT count(*) FROM ({sql}) AS found)"  # noqa: S608
        values.extend(params)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"{held}SELECT {', '.join(parts.values())}", values)
            counts |= dict(zip(parts, cursor.fetchone() or (), strict=True))
    return counts


def holding(rows: Any) -> tuple[str, list[Any]]:
    """How a statement begins that finds the rows once and holds them, and its parameters.

    Raises ``EmptyResultSet`` where Django knows that there are none.
    """
    sql, params = rows.order_by().values("pk").query.sql_with_params()
    return f"WITH held (id) AS MATERIALIZED ({sql}) ", list(params)


def held_rows(model: Any) -> Any:
    """What such a statement holds, for querysets that it is given, and for nothing else."""
    return model._default_manager.filter(pk__in=RawSQL(HELD_KEYS, ()))  # noqa: S611
