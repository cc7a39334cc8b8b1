"""Where the entries of a listing are: marks for regions, provinces or cities.

A mark counts the entries that are tied to its place by the one verb of places, under all filters
of the listing; an entry in two places is in both marks. What no place is known of, or only the
whole country, has no mark and is listed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.http import QueryDict

from directory.around import NamedEntry
from directory.index import NOWHERE, key_of
from directory.listing import MOST_PAGES, Listing
from directory.planned import rows_of
from directory.registry import Kind, kinds
from directory.selection import Group, keys_of
from places.languages import current, translated
from places.models import City, Province, Region
from places.querysets import Box

LEVELS = ("region", "province", "city")
TERRITORIES: dict[str, Any] = {"region": Region, "province": Province, "city": City}
KEYS = {"region": "slug", "province": "sigla", "city": "slug"}
# A page or an answer never holds more.
MOST = 300
NOWHERE_SHOWN = 24
# Of more entries in a place those that are in no part of it are not told apart: all are read.
MOST_READ = 2000


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


def deepest(listing: Listing) -> str:
    """The narrowest kind of place that was chosen: ``""``, ``region``, ``province`` or ``city``."""
    chosen = [level for level in LEVELS if listing.cleaned.get(level)]
    return chosen[-1] if chosen else ""


def chosen_places(listing: Listing) -> list[Any]:
    """The rows of the narrowest places that were chosen. One query, if there are any, once."""
    level = deepest(listing)
    if not level:
        return []
    if "chosen_places" not in listing.kept:
        chosen = [place.pk for place in listing.cleaned[level]]
        listing.kept["chosen_places"] = list(TERRITORIES[level].objects.filter(pk__in=chosen))
    return listing.kept["chosen_places"]


def usual_level(listing: Listing) -> str:
    """Regions; inside a chosen region its provinces; inside a province its cities."""
    return {"": "region", "region": "province"}.get(deepest(listing), "city")


def widest_of(*levels: str) -> str:
    return next((level for level in LEVELS if level in levels), "")


def marks(listing: Listing, level: str = "", box: Box | None = None) -> Marks:
    """The marks of a level inside what was chosen, and inside the box if there is one. Those
    with as many entries are in the order of the reader's names.

    Two queries at most: the numbers, and the places; one more for what was chosen.
    """
    level, own = level or usual_level(listing), current()
    if not listing.is_understood:
        return Marks(level, [])
    found, key = listing.numbers_of(level), KEYS[level]
    places = TERRITORIES[level].objects.inside(chosen_places(listing))
    if box:
        places = places.in_box(box)
    ranked = sorted(
        ((n, place) for place in places.as_points() if (n := found.get(getattr(place, key)))),
        key=lambda pair: (-pair[0], translated(pair[1], "name", own)[0], pair[1].pk),
    )
    # A wider place than the one that gives way stays, and so does a narrower one: only together do
    # they say the same.
    base = query_beside(listing, widest_of(level, deepest(listing)))
    base = f"{base}&" if base else ""
    shown = [Mark(place, n, f"{base}{level}={getattr(place, key)}") for n, place in ranked[:MOST]]
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
    """Entries that no mark counts, by name, some at a time; ``number`` says which page of them."""

    n: int
    shown: list[NamedEntry]
    number: int = 1

    @property
    def pages(self) -> int:
        """How many pages of them there are; there is one of none, too."""
        return min(max(1, ceil(self.n / NOWHERE_SHOWN)), MOST_PAGES)

    @property
    def before(self) -> int:
        """The number of the page before, if there is one."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The number of the next page, or 0: so far as a list goes, too."""
        is_last = self.n <= self.number * NOWHERE_SHOWN or self.number >= MOST_PAGES
        return 0 if is_last else self.number + 1

    @property
    def more(self) -> int:
        return self.n - (self.number - 1) * NOWHERE_SHOWN - len(self.shown)


def nowhere(listing: Listing, found: Marks, number: int = 1) -> Nowhere:
    """One query for how many there are, one for those of the page and one for their names."""
    group = without_mark(listing, found)
    if group is None or number > MOST_PAGES:
        return Nowhere(0, [], number)
    start, stop = (number - 1) * NOWHERE_SHOWN, number * NOWHERE_SHOWN
    n, some = listing.of_group(group, start, stop)
    names = {(key, pk): said for key, pk, *said in named(listing.listed, some)} if n else {}
    shown = [NamedEntry(kinds[one[0]], *names[one]) for one in some if one in names]
    return Nowhere(n, shown, number)


def without_mark(listing: Listing, found: Marks) -> Group | None:
    """The entries without a place; inside a region or a province, those that have none of the
    places with a mark, if that can be told."""
    level = deepest(listing)
    if not listing.is_understood or not listing.total:
        return None
    if not level:
        return Group((key_of(NOWHERE, 1),))
    if level == found.level or found.hidden or not listing.is_counted or listing.total > MOST_READ:
        return None
    code = listing.set.filters[found.level].counted_code
    return Group(keys_of(code, [mark.place for mark in found.shown]), barred=True)


def named(listed: Sequence[Kind], wanted: Sequence[tuple[str, int]]) -> list[Any]:
    """(kind's key, id, slug, Italian name, English name) of published entries. One query."""
    arms = [
        f"SELECT '{kind.key}', id, slug, coalesce(name_it, ''), coalesce(name_en, '')"
        f" FROM {kind.model._meta.db_table} WHERE id = ANY(%s) AND status = 'published'"
        for kind in listed
    ]
    keys = [[pk for key, pk in wanted if key == kind.key] for kind in listed]
    return rows_of(" UNION ALL ".join(arms), keys)
