"""Regions, cities and themes, each with how many entries are tied to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.http import QueryDict

from api import cursors
from api.entries import page_of
from api.problems import BadRequest
from directory.index import ALL, CITY, REGION, SHIFT, THEME, key_of
from directory.models import Theme
from places.languages import LANGUAGES
from places.models import City, Province, Region

MASK = (1 << SHIFT) - 1
COUNTED = """
SELECT kind.key, tally.key & %s, tally.n
FROM directory_tally AS tally JOIN directory_kind AS kind ON kind.id = tally.kind
WHERE tally.given = %s AND tally.key = ANY(%s)
"""
INHABITED = f"""
SELECT DISTINCT key & {MASK} FROM directory_tally
WHERE given = {ALL} AND key >= {key_of(CITY, 0)} AND key < {key_of(CITY + 1, 0)} AND n > 0
"""
NUMBERS = {"organizations": "organization", "networks": "network", "projects": "project"}


@dataclass(frozen=True)
class Vocabulary:
    """``said``: the members of a record besides those that all have, and how each is read;
    ``types``: what they are in JSON, or the members, all texts, of the objects in a list."""

    name: str
    model: type[Model]
    code: int
    said: dict[str, Callable[[Any], Any]]
    types: dict[str, str | tuple[str, ...]]
    joins: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, str | tuple[str, ...]]:
        """Member → type in JSON."""
        texts: dict[str, str | tuple[str, ...]] = {
            f"{name}_{language}": "string" for name in ("name", "url") for language in LANGUAGES
        }
        return {"slug": "string", **texts, **self.types, **dict.fromkeys(NUMBERS, "integer")}

    def rows(self) -> QuerySet:
        found = self.whole.order_by("slug")
        if self.code == CITY:
            with connection.cursor() as cursor:
                cursor.execute(INHABITED)
                found = found.filter(pk__in=[pk for (pk,) in cursor.fetchall()])
        return found

    @property
    def whole(self) -> QuerySet:
        return self.model._default_manager.select_related(*self.joins).prefetch_related(*self.lists)

    def page(self, data: QueryDict, cursor: str, size: int) -> tuple[list[dict[str, Any]], str]:
        rows = self.rows()
        for name in self.filters:
            if slugs := [value.strip() for value in data.getlist(name) if value.strip()]:
                rows = rows.filter(**{f"{name}__in": territories(name, slugs)})
        if place := cursors.read(cursor, self.name, str):
            rows = rows.filter(slug__gt=place[0])
        found = list(rows[: size + 1])
        last = cursors.written(self.name, [found[size - 1].slug]) if len(found) > size else ""
        return self.records(found[:size]), last

    def one(self, slug: str) -> dict[str, Any] | None:
        rows = self.whole.filter(slug=slug)
        return next(iter(self.records(list(rows))), None)

    def records(self, rows: list[Any]) -> list[dict[str, Any]]:
        numbers: dict[tuple[str, int], int] = {}
        with connection.cursor() as cursor:
            keys = [key_of(self.code, row.pk) for row in rows]
            cursor.execute(COUNTED, [MASK, ALL, keys])
            numbers = {(kind, pk): n for kind, pk, n in cursor}
        return [
            {
                "slug": row.slug,
                **{
                    f"name_{language}": getattr(row, f"name_{language}") or ""
                    for language in LANGUAGES
                },
                **{
                    f"url_{language}": page_of(self.model, row.slug, language)
                    for language in LANGUAGES
                },
                **{name: read(row) for name, read in self.said.items()},
                **{name: numbers.get((kind, row.pk), 0) for name, kind in NUMBERS.items()},
            }
            for row in rows
        ]


def territories(name: str, slugs: list[str]) -> list[Any]:
    """Regions by slug, provinces by their two letters. ``BadRequest`` for one that is not."""
    model: type[Model] = {"region": Region, "province": Province}[name]
    field = {"region": "slug", "province": "sigla"}[name]
    wanted = [slug.upper() if name == "province" else slug for slug in slugs]
    if any("\x00" in one or len(one) > 200 for one in wanted):
        raise BadRequest(f"{name}: not understood.")
    found = {
        getattr(row, field): row
        for row in model._default_manager.filter(**{f"{field}__in": wanted})
    }
    for one in wanted:
        if one not in found:
            raise BadRequest(f"{name}: “{one[:60]}” is not known.")
    return list(found.values())


def texts(name: str) -> dict[str, Callable[[Any], Any]]:
    def reading(field: str) -> Callable[[Any], Any]:
        return lambda row: getattr(row, field) or ""

    return {f"{name}_{language}": reading(f"{name}_{language}") for language in LANGUAGES}


NAME = ("name", "language", "kind")
POINT: dict[str, Callable[[Any], Any]] = {
    "latitude": lambda row: row.latitude,
    "longitude": lambda row: row.longitude,
}
PLACE: dict[str, str | tuple[str, ...]] = {
    "istat_code": "string",
    "population": "integer?",
    "latitude": "number?",
    "longitude": "number?",
}
VOCABULARIES = {
    one.name: one
    for one in (
        Vocabulary(
            "cities",
            City,
            CITY,
            {
                "istat_code": lambda row: row.istat_code,
                "province": lambda row: row.province.sigla,
                "region": lambda row: row.region.slug,
                "population": lambda row: row.population,
                **POINT,
                # Of today and of before, in whatever language.
                "names": lambda row: [
                    {member: getattr(name, member) for member in NAME} for name in row.names.all()
                ],
            },
            {"province": "string", "region": "string", **PLACE, "names": NAME},
            joins=("province", "region"),
            lists=("names",),
            filters=("region", "province"),
        ),
        Vocabulary(
            "regions",
            Region,
            REGION,
            {
                "istat_code": lambda row: row.istat_code,
                "population": lambda row: row.population,
                **POINT,
            },
            PLACE,
        ),
        Vocabulary(
            "themes",
            Theme,
            THEME,
            {"parent": lambda row: row.parent.slug if row.parent else "", **texts("description")},
            {"parent": "string", "description_it": "string", "description_en": "string"},
            joins=("parent",),
        ),
    )
}
