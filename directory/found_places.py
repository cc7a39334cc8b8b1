"""By which other names the places of entries are called, for their cards to show what was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from directory.models import Entry
from directory.registry import kind_of
from places.languages import fallback_order


class Called(NamedTuple):
    """What readers call a place, and what others do, or did."""

    own: str
    name: str


# (kind's key, primary key) → the names
Names = dict[tuple[str, int], list[Called]]

# What stands before a kind's key in rows of these arms.
PLACE = "place "
ARM = """
SELECT '{place}{key}', tie.entry_id, said.own, said.name FROM public.{app}_territory AS tie
CROSS JOIN LATERAL (
    SELECT {own}, called.name FROM public.places_city AS place
    JOIN public.places_cityname AS called ON called.city_id = place.id
    WHERE place.id = tie.city_id
    UNION
    SELECT {own}, called.name FROM public.places_province AS place
    CROSS JOIN LATERAL unnest(ARRAY[name_it, name_en, local_name]) AS called (name)
    WHERE place.id = tie.province_id
    UNION
    SELECT {own}, called.name FROM public.places_region AS place
    CROSS JOIN LATERAL unnest(ARRAY[name_it, name_en, local_name]) AS called (name)
    WHERE place.id = tie.region_id
) AS said (own, name)
WHERE tie.entry_id = ANY(%s::bigint[]) AND tie.meaning <> 'member' AND said.name <> said.own
"""


def names_of_places(entries: Iterable[Entry], language: str) -> tuple[list[str], list[list[int]]]:
    """Arms of a statement that give, of each place of an entry, what readers of the language call
    it and another of its names; and their parameters."""
    keys: dict[type[Entry], list[int]] = defaultdict(list)
    for entry in entries:
        keys[type(entry)].append(entry.pk)
    columns = (f"nullif(place.name_{code}, '')" for code in fallback_order(language))
    own = f"coalesce({', '.join(columns)})"
    arms = [
        ARM.format(place=PLACE, key=kind_of(model).key, app=model._meta.app_label, own=own)
        for model in keys
    ]
    return arms, [*keys.values()]


def told_by(rows: Iterable[tuple[str, int, str, str]]) -> Names:
    """What the arms gave, the shortest first: Bozen before Bolzano/Bozen."""
    names: Names = defaultdict(list)
    for kind, pk, own, name in sorted(rows, key=lambda row: (len(row[3]), row)):
        if kind.startswith(PLACE) and Called(own, name) not in names[kind.removeprefix(PLACE), pk]:
            names[kind.removeprefix(PLACE), pk].append(Called(own, name))
    return names
