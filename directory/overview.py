"""All kinds together: what a place or a theme gathers, and how many entries there are.

Every number is one of the index, as the listings read it, so that it is the number of entries
behind the link it stands on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import connection
from django.db.models import F, FloatField, Model, QuerySet, Value
from django.db.models.functions import Cast, Extract

from directory.card_rows import entries_in_order
from directory.counting import MASK, Counted, Counting
from directory.index import ALL, CITY, REGION, THEME, key_of
from directory.models import Theme
from directory.querysets import EntryQuerySet
from directory.registry import Kind, kind_of, kinds
from directory.selection import Group as Keys
from directory.selection import Groups, first_of_each
from places.languages import current
from places.models import City, Region

SHOWN = 12

# value → kind → number of entries
Numbers = dict[str, Counter[str]]


@dataclass
class Group:
    """The entries of one kind on a page that gathers all kinds."""

    kind: Kind
    entries: list[Any]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.entries)


def published(kind: Kind) -> EntryQuerySet:
    return kind.model._default_manager.published()


def gather(groups: Groups, shown: int = SHOWN) -> list[Group]:
    """The first entries of each kind that have these keys, by name, and their totals.

    One query for the totals and one for the first entries; then those of their cards.
    """
    counting = Counting()
    everything = list(kinds.values())
    counting.add_total("left", everything, groups)
    counting.add_total("whole", everything, {})
    numbers = read(counting)
    left = {
        kind: (numbers[kind.key]["left"], numbers[kind.key]["whole"])
        for kind in everything
        if numbers[kind.key]["left"]
    }
    found = first_of_each(left, groups, current(), shown)
    keys = {kind.number: kind.key for kind in left}
    entries = entries_in_order([(keys[number], pk) for number, pk in found])
    return [
        Group(kind, [one for one in entries if kind_of(one) is kind], total)
        for kind, (total, _whole) in left.items()
    ]


def gather_place(code: int, place: Any) -> list[Group]:
    return gather({"place": Keys((key_of(code, place.pk),))})


def gather_theme(theme: Any) -> list[Group]:
    return gather({"theme": Keys((key_of(THEME, theme.pk),))})


@dataclass
class Highlights:
    """What the home page shows of all that there is."""

    PARTS: ClassVar = ("newest", "checked", "featured")

    newest: list[Any]
    checked: list[Any]
    featured: list[Any]


def highlights(shown: int, featured: dict[str, QuerySet]) -> Highlights:
    """The latest published or changed entries, the lately checked ones, and those to feature: for
    a kind, its entries with a ``weight``, the heaviest first.

    One query for all, and those of cards.
    """
    arms = [part_of("featured", key, entries, F("weight")) for key, entries in featured.items()]
    for key, kind in kinds.items():
        latest = published(kind).newest_first()[:shown]
        checked = published(kind).lately_checked()[:shown]
        arms.append(part_of("newest", key, latest, epoch("updated")))
        arms.append(part_of("checked", key, checked, epoch("checked_on")))
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    rows = arms[0].union(*arms[1:], all=True).order_by("-heaviness", "-pk")
    for part, key, pk, _weight in rows:
        if part == "featured" or len(found[part]) < shown:
            found[part].append((key, pk))
    entries = {
        (kind_of(entry).key, entry.pk): entry
        for entry in entries_in_order(list({one for part in found.values() for one in part}))
    }
    return Highlights(*([entries[one] for one in found[part]] for part in Highlights.PARTS))


def part_of(part: str, key: str, entries: QuerySet, weight: Any) -> QuerySet:
    """An arm of the one query: which part of the page, which kind, which entry, how early."""
    said = {"part": Value(part), "key": Value(key), "heaviness": Cast(weight, FloatField())}
    return entries.annotate(**said).values_list("part", "key", "pk", "heaviness")


def epoch(field: str) -> Extract:
    return Extract(field, "epoch")


def read(counting: Counting) -> Numbers:
    """Runs the counts in one query: value → what was asked (here a kind) → number."""
    numbers: Numbers = defaultdict(Counter)
    for name, value, _it, _en, n in counting.rows():
        numbers[value][name] += n or 0
    return numbers


def totals() -> Counter[str]:
    """kind → number of entries. One query."""
    counting = Counting()
    counting.add_total("total", list(kinds.values()), {})
    return Counter({key: n["total"] for key, n in read(counting).items()})


def of_each_kind(code: int, model: type[Model]) -> Numbers:
    counting = Counting()
    for key, kind in kinds.items():
        counting.add(Counted(key, code, model), [kind], {})
    return read(counting)


def by_territory(territory: str) -> Numbers:
    """Slug of city or region → kind → number of entries tied to it. One query."""
    return of_each_kind(*{"city": (CITY, City), "region": (REGION, Region)}[territory])


def by_theme() -> Numbers:
    """Slug of theme → kind → number of entries; parents gather their children. One query."""
    return of_each_kind(THEME, Theme)


def largest(kind: str, code: int, most: int) -> list[int]:
    """The ids that most entries of a kind have under a code, the largest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key & %s FROM directory_tally WHERE kind = %s AND given = %s"
            " AND key >> 48 = %s"
            " ORDER BY n DESC, key LIMIT %s",
            [MASK, kinds[kind].number, ALL, code, most],
        )
        return [pk for (pk,) in cursor.fetchall()]


def largest_cities(most: int) -> list[tuple[str, int]]:
    """(slug, number of entries of all kinds), the largest first. One query."""
    counting = Counting()
    counting.add(Counted("city", CITY, City, many=True), list(kinds.values()), {})
    numbers = [(value, n or 0) for _name, value, _it, _en, n in counting.rows()]
    return sorted(numbers, key=lambda pair: (-pair[1], pair[0]))[:most]


def number_of_cities() -> int:
    """How many cities have entries. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT key) FROM directory_tally"
            " WHERE given = %s AND key >= %s AND key < %s",
            [ALL, key_of(CITY, 0), key_of(CITY + 1, 0)],
        )
        return cursor.fetchone()[0]
