"""All kinds together: what a place or a theme gathers, and how many entries there are.

Every number starts from ``published()`` and uses the verbs of the listings, so that it is the
number of entries behind the link it stands on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.functions import Cast, Extract

from directory.filters import ThemeFacet, arm
from directory.listing import entries_in_order
from directory.querysets import EntryQuerySet
from directory.registry import Kind, kind_of, kinds
from places.languages import current

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


def gather(narrow: Callable[[EntryQuerySet], EntryQuerySet], shown: int = SHOWN) -> list[Group]:
    """The first entries of each kind, by name, and their totals.

    One query for the totals; for each kind that has entries, one and those of its cards.
    """
    found = {kind.key: narrow(published(kind)) for kind in kinds.values()}
    numbers = count(arm(entries, "total", Value(key)) for key, entries in found.items())
    groups = []
    for key, entries in found.items():
        total = numbers[key]["total"]
        if total:
            first = list(entries.for_listing().named_first(current())[:shown])
            groups.append(Group(kinds[key], first, total))
    return groups


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


def count(arms: Iterable[QuerySet]) -> Numbers:
    """Runs counting arms in one query: choice → facet (here a kind) → number."""
    first, *others = arms
    numbers: Numbers = defaultdict(Counter)
    for facet, choice, _it, _en, n in first.union(*others, all=True):
        numbers[choice][facet] += n
    return numbers


def totals() -> Counter[str]:
    """kind → number of entries. One query."""
    numbers = count(arm(published(kind), key, Value("")) for key, kind in kinds.items())
    return numbers[""]


def by_territory(territory: str) -> Numbers:
    """Slug of city or region → kind → number of entries tied to it. One query."""
    path = f"territory__{territory}__slug"
    return count(arm(published(kind), key, F(path)) for key, kind in kinds.items())


def by_theme() -> Numbers:
    """Slug of theme → kind → number of entries; parents gather their children. One query."""
    facet = ThemeFacet()
    arms = []
    for key, kind in kinds.items():
        facet.field_name = key
        arms.extend(facet.arms(published(kind)))
    return count(arms)
