"""What somebody who is still typing may be after: an entry by its name, a city, a region, a theme.

Only what has a page and published entries, a handful of each; the page it leads to, in the
reader's language. At most eight queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils.text import capfirst
from django.utils.translation import gettext

from directory.finding import WITHIN, nearness
from directory.index import CITY, REGION, THEME, key_of
from directory.models import Theme
from directory.registry import kinds
from directory.said_of_places import place_in
from directory.search import Words
from places.languages import translated
from places.models import City, Region
from places.slugs import sigla_in

FEWEST_LETTERS, MOST_LETTERS = 2, 100
MOST_NAMES, MOST_CITIES, MOST_REGIONS, MOST_THEMES = 6, 3, 2, 3
# Names with a common word are not all looked at.
MOST_LOOKED_AT = 200

# First what begins like the text, by the index; then what has its words anywhere in the name.
NAMES = """
SELECT kind.key, found.entry_id FROM (
    (SELECT 0 AS place, document.kind, document.entry_id, document.sort_{language} AS sort
     FROM public.directory_document AS document, (SELECT lower(public.civicnet_unaccent(%s))) AS
        typed (text)
     WHERE document.public AND document.sort_{language} >= typed.text
        AND document.sort_{language} < typed.text || U&'\\+01FFFF'
        AND starts_with(document.sort_{language}, typed.text)
     ORDER BY document.sort_{language} LIMIT %s)
    UNION ALL
    (SELECT 1, document.kind, document.entry_id, document.sort_{language}
     FROM public.directory_document AS document WHERE {in_name} LIMIT %s)
) AS found JOIN public.directory_kind AS kind ON kind.id = found.kind
GROUP BY kind.key, found.entry_id
ORDER BY min(found.place), min(length(found.sort)), min(found.sort), found.entry_id LIMIT %s
"""
CITY_HAS_ENTRIES = """
EXISTS (
    SELECT FROM public.directory_kind AS kind
    JOIN public.directory_tally AS tally ON tally.kind = kind.id
        AND tally.given = 0 AND tally.key = {key} | places_city.id)
"""
REGIONS = """
SELECT region.* FROM public.places_region AS region WHERE EXISTS (
    SELECT FROM public.directory_kind AS kind
    JOIN public.directory_tally AS tally ON tally.kind = kind.id
        AND tally.given = 0 AND tally.key = {key} | region.id)
"""
THEMES = """
SELECT theme.id FROM public.directory_theme AS theme
WHERE public.civicnet_names(concat_ws(E'\\n', theme.name_it, theme.name_en))
    @@ public.civicnet_query(%s::text[], true) AND EXISTS (
    SELECT FROM public.directory_kind AS kind
    JOIN public.directory_tally AS tally ON tally.kind = kind.id
        AND tally.given = 0 AND tally.key = {key} | theme.id)
ORDER BY theme.order, theme.id LIMIT %s
"""


@dataclass(frozen=True)
class Suggestion:
    name: str
    language: str
    kind: str
    address: str


def suggestions(text: str, language: str) -> list[Suggestion]:
    text = " ".join(text.replace("\x00", " ").split())
    words = Words(text, language)
    if not FEWEST_LETTERS <= len(text) <= MOST_LETTERS or not words.wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(THEMES.format(key=key_of(THEME, 0)), [words.wanted, MOST_THEMES])
        themes = [pk for (pk,) in cursor]
        in_name = words.in_name
        cursor.execute(
            NAMES.format(language=language, in_name=in_name.sql),
            [text, MOST_NAMES, *in_name.params, MOST_LOOKED_AT, MOST_NAMES],
        )
        names = cursor.fetchall()
    return [
        *_places(place_in(text), language),
        *_shown(Theme.objects.in_bulk(themes), themes, gettext("theme"), language),
        *_entries(names, language),
    ]


def _places(text: str, language: str) -> list[Suggestion]:
    """Regions and cities with a name or a word of it that begins so, or what else ``called_like``
    reads. The nearest first, so that Rome comes before Emilia-Romagna; as near, the regions."""
    found = [*_regions(text, language), *_cities(text, language)]
    return [one for _near, one in sorted(found, key=lambda pair: pair[0])]


def _cities(text: str, language: str) -> Iterator[tuple[int, Suggestion]]:
    there = RawSQL(CITY_HAS_ENTRIES.format(key=key_of(CITY, 0)), [], BooleanField())  # noqa: S611
    near: Any = City.objects.called_like(text).filter(there)
    for city in near[:MOST_CITIES]:
        if city.closeness >= WITHIN:
            break
        name, written_in = translated(city, "name", language)
        sigla = sigla_in(city.slug, city.name_it)
        name = f"{name} ({sigla})" if sigla else name
        one = Suggestion(name, written_in, capfirst(gettext("city")), city.get_absolute_url())
        yield city.closeness, one


def _regions(text: str, language: str) -> Iterator[tuple[int, Suggestion]]:
    """In any language."""
    rows: Any = Region.objects.raw(REGIONS.format(key=key_of(REGION, 0)))
    near = {row: nearness(text, [row.name_it, row.name_en or "", row.local_name]) for row in rows}
    begun = sorted((row for row in near if near[row] < WITHIN), key=lambda row: near[row])
    for row in begun[:MOST_REGIONS]:
        name, written_in = translated(row, "name", language)
        one = Suggestion(name, written_in, capfirst(gettext("region")), row.get_absolute_url())
        yield near[row], one


def _shown(
    rows: Mapping[Any, Any], order: Iterable[Any], kind: str, language: str
) -> Iterator[Suggestion]:
    for key in order:
        if row := rows.get(key):
            name, written_in = translated(row, "name", language)
            yield Suggestion(name, written_in, capfirst(kind), row.get_absolute_url())


def _entries(names: list[tuple[str, int]], language: str) -> Iterator[Suggestion]:
    """In the order given. A query for each kind among them."""
    rows: dict[tuple[str, int], Any] = {}
    for key, kind in kinds.items():
        if pks := [pk for one, pk in names if one == key]:
            entries = kind.model._default_manager.published().named_with_seat()
            rows.update({(key, pk): entry for pk, entry in entries.in_bulk(pks).items()})
    shown = [
        (one, rows[name])
        for name in names
        if name in rows
        for one in _shown(rows, [name], str(kinds[name[0]].label), language)
    ]
    times = Counter((one.name, one.kind) for one, _entry in shown)
    for one, entry in shown:
        # Of one name there are many, as of parishes and of choirs.
        if times[one.name, one.kind] > 1 and (city := getattr(entry, "city", None)):
            yield replace(one, name=f"{one.name} ({translated(city, 'name', language)[0]})")
        else:
            yield one
