"""Entries of one kind by city, read from the index (``directory.index``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from directory.index import ALL, CITY, key_of
from directory.registry import Kind
from places.addresses import address_of
from places.languages import current
from places.models import City
from places.querysets import CityQuerySet

TALLY = """
FROM directory_tally AS tally JOIN directory_kind AS kind ON kind.id = tally.kind
WHERE kind.key = %s AND tally.given = %s AND tally.n > 0
"""
NUMBER = f"SELECT tally.n {TALLY} AND tally.key = %s + places_city.id"
CITIES = f"SELECT tally.key - %s {TALLY} AND tally.key BETWEEN %s AND %s"
# The few of a city are found by their key and then put in order; + 0 keeps PostgreSQL from
# reading all of the kind beside it.
FIRST = """
SELECT wanted.key, entry.slug, entry.name_it, entry.name_en
FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted (key, place)
CROSS JOIN LATERAL (
    SELECT listed.entry_id, listed.sort_{language} AS sort
    FROM directory_listed AS listed CROSS JOIN directory_kind AS kind
    WHERE kind.key = %s AND listed.kind + 0 = kind.id
        AND (listed.keys @> ARRAY[wanted.key] OR listed.crowd @> ARRAY[wanted.key])
    ORDER BY listed.sort_{language}, listed.entry_id LIMIT %s
) AS first
JOIN {table} AS entry ON entry.id = first.entry_id
ORDER BY wanted.place, first.sort, first.entry_id
"""


@dataclass(frozen=True)
class NamedEntry:
    """As much of an entry as a link to it needs."""

    kind: Kind
    slug: str
    name_it: str
    name_en: str

    def get_absolute_url(self) -> str:
        return address_of(self.kind.detail, self.slug)


def inhabited(cities: CityQuerySet, kind: Kind, everywhere: bool = False) -> CityQuerySet:
    """The cities to which entries of the kind are tied, with their number ``n``, from the kept
    counts: by a look for each city, or, among those of the whole country, by reading all counts
    of cities once."""
    first, last = key_of(CITY, 0), key_of(CITY + 1, 0) - 1
    # The texts hold nothing that anybody wrote.
    number = RawSQL(NUMBER, [kind.key, ALL, first], output_field=IntegerField())  # noqa: S611
    counted = cities.annotate(n=number)
    if not everywhere:
        return counted.filter(n__gt=0)
    there = RawSQL(CITIES, [first, kind.key, ALL, first, last])  # noqa: S611
    return counted.filter(pk__in=there)


def first_in(cities: Iterable[City], kind: Kind, shown: int) -> dict[int, list[NamedEntry]]:
    """Key of city → its first entries of the kind, by name. One query."""
    keys = {key_of(CITY, city.pk): city.pk for city in cities}
    sql = FIRST.format(language=current(), table=kind.model._meta.db_table)
    found: dict[int, list[NamedEntry]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(keys), kind.key, shown])
        for key, slug, name_it, name_en in cursor:
            found[keys[key]].append(NamedEntry(kind, slug, name_it or "", name_en or ""))
    return found
