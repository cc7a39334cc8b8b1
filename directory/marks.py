"""Where the entries of a listing are: marks for regions, provinces or cities.

A mark counts the entries that are tied to its place by the one verb of places, under all filters
of the listing; an entry in two places is in both marks. What no place is known of, or only the
whole country, has no mark and is listed by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Value
from django.http import QueryDict

from directory.filters import arm
from directory.listing import Listing
from directory.registry import Kind, kinds
from places.languages import current
from places.models import City, Province, Region
from places.querysets import Box

LEVELS = ("region", "province", "city")
TERRITORIES: dict[str, Any] = {"region": Region, "province": Province, "city": City}
KEYS = {"region": "slug", "province": "sigla", "city": "slug"}
# A page or an answer never holds more.
MOST = 300
NOWHERE_SHOWN = 12


@dataclass(frozen=True)
class Mark:
    """A place and its number of entries. ``query`` chooses the place, beside the other filters."""

    place: Any
    n: int
    query: str


@dataclass(frozen=True)
class Marks:
    """The largest first. ``hidden``: how many places more have entries."""

    level: str
    shown: list[Mark]
    hidden: int = 0


def numbers(listing: Listing, level: str) -> Mapping[int, int]:
    """Key of a region, province or city → number of entries. One query."""
    arms = []
    for filterset in listing.sets.values():
        entries = filterset.narrowed()
        if meanings := listing.cleaned.get("where"):
            entries = entries.filter(territory__meaning__in=meanings)
        arms.append(arm(entries, level, F(f"territory__{level}")))
    found: Counter[int] = Counter()
    for _level, place, _it, _en, n in arms[0].union(*arms[1:], all=True):
        found[int(place)] += n
    return found


def deepest(listing: Listing) -> str:
    """The narrowest kind of place that was chosen: ``""``, ``region``, ``province`` or ``city``."""
    chosen = [level for level in LEVELS if listing.cleaned.get(level)]
    return chosen[-1] if chosen else ""


def usual_level(listing: Listing) -> str:
    """Regions; inside a chosen region its provinces; inside a province its cities."""
    return {"": "region", "region": "province"}.get(deepest(listing), "city")


def marks(listing: Listing, level: str = "", box: Box | None = None) -> Marks:
    """The marks of a level inside what was chosen, and inside the box if there is one.

    Two queries: the numbers, and the places.
    """
    level = level or usual_level(listing)
    if not listing.is_understood:
        return Marks(level, [])
    found = numbers(listing, level)
    chosen = deepest(listing)
    places = TERRITORIES[level].objects.inside(listing.cleaned[chosen] if chosen else ())
    if box:
        places = places.in_box(box)
    ranked = sorted(
        ((found[place.pk], place) for place in places.as_points() if found.get(place.pk)),
        key=lambda pair: (-pair[0], pair[1].name_it, pair[1].pk),
    )
    # A wider place than the one that gives way stays: only together do they say the same.
    base = query_beside(listing, chosen)
    base = f"{base}&" if base else ""
    shown = [
        Mark(place, n, f"{base}{level}={getattr(place, KEYS[level])}") for n, place in ranked[:MOST]
    ]
    return Marks(level, shown, len(ranked) - len(shown))


def query_beside(listing: Listing, *names: str) -> str:
    """The query string in force without some parameters, and without an order."""
    asked = QueryDict(listing.query, mutable=True)
    for name in (*names, "sort"):
        asked.pop(name, None)
    return asked.urlencode()


# ------------------------------------------------------------------ without a place
@dataclass(frozen=True)
class Nowhere:
    """Entries that no mark counts; the first of them by name."""

    n: int
    shown: list[NamedEntry]

    @property
    def more(self) -> int:
        return self.n - len(self.shown)


@dataclass(frozen=True)
class NamedEntry:
    kind: Kind
    slug: str
    name_it: str
    name_en: str


def nowhere(listing: Listing) -> Nowhere:
    """One query for their number, and one for their names if there are any."""
    if not listing.is_understood or not listing.total or deepest(listing):
        return Nowhere(0, [])
    found = {key: each.narrowed().nowhere() for key, each in listing.sets.items()}
    counted = union(arm(entries, "nowhere", Value(key)) for key, entries in found.items())
    n = sum(row[-1] for row in counted)
    if not n:
        return Nowhere(0, [])
    columns = ("key", "slug", "name_it", "name_en", "first", "pk")
    named = union(
        entries.order_by()
        .annotate(key=Value(key), first=F(f"sort_{current()}"))
        .values_list(*columns)
        for key, entries in found.items()
    ).order_by("first", "pk")
    return Nowhere(n, [NamedEntry(kinds[row[0]], *row[1:4]) for row in named[:NOWHERE_SHOWN]])


def union(arms: Iterable[Any]) -> Any:
    first, *others = arms
    return first.union(*others, all=True) if others else first
