"""Bringing the territory in the database to what ``fixtures/places`` says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from django.db import connection, models
from django.utils import translation

from places.models import City, CityName, Province, Region
from places.sources import Sources, slug_with_province

BATCH = 1000

PLACE_FIELDS = ("name", "name_it", "name_en", "population", "latitude", "longitude")
REGION_FIELDS = (*PLACE_FIELDS, "local_name", "local_language", "macro_area")
PROVINCE_FIELDS = (
    *PLACE_FIELDS,
    *("uts_code", "sigla", "former_siglas", "local_name", "local_language", "keys", "region_id"),
)
CITY_FIELDS = (
    *PLACE_FIELDS,
    *("istat_code", "local_name", "local_language", "province_id", "region_id", "sigla"),
    *("former_sigla", "area_km2", "is_province_capital", "is_region_capital", "geonames_id"),
)
NAME_KEY = ("city_id", "kind", "language", "name", "istat_code")
NAME_FIELDS = ("key", "loose_key", "catasto_code", "sigla")


@dataclass(frozen=True)
class LoadReport:
    """How many rows were created, updated, left as they were, removed; reports add up.

    ``gone`` names the cities that the files know no longer. They stay, since entries may
    refer to them, but a written name leads to their successor.
    """

    created: int = 0
    updated: int = 0
    left: int = 0
    removed: int = 0
    gone: tuple[str, ...] = ()

    def __add__(self, other: LoadReport) -> LoadReport:
        return LoadReport(
            *(getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )


def load_places(folder: Path) -> LoadReport:
    """Create and update what differs; a second run writes nothing.

    The caller opens the transaction. A city is known by its land registry code, which
    outlives reforms of the provinces; its slug never changes once given. Names that staff
    added stay. 9 queries when nothing differs, and one for each thousand rows written.
    """
    sources = Sources(folder)
    # The bare ``name`` column takes the active language's value.
    with translation.override("it"):
        report = (
            _load_regions(sources)
            + _load_provinces(sources)
            + _load_cities(sources)
            + _load_names(sources)
        )
    if report.created or report.updated or report.removed:
        _tell_the_planner()
    return report


def _tell_the_planner() -> None:
    """Until PostgreSQL has counted the new rows it takes seconds to look a name up."""
    tables = ", ".join(model._meta.db_table for model in (Region, Province, City, CityName))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def _load_regions(sources: Sources) -> LoadReport:
    return _bring(list(sources.region_rows()), ("istat_code",), REGION_FIELDS)


def _load_provinces(sources: Sources) -> LoadReport:
    region_ids = dict(Region.objects.values_list("istat_code", "pk"))
    rows = []
    for province, region_code in sources.province_rows():
        province.region_id = region_ids[region_code]
        rows.append(province)
    return _bring(rows, ("istat_code",), PROVINCE_FIELDS)


def _load_cities(sources: Sources) -> LoadReport:
    provinces = {province.istat_code: province for province in Province.objects.all()}
    rows = []
    for city, province_code in sources.city_rows():
        province = provinces[province_code]
        city.province_id, city.region_id = province.pk, province.region_id
        rows.append(city)
    there = dict(City.objects.values_list("catasto_code", "slug"))
    taken = set(there.values())
    for city in rows:
        # Slugs are no column to update: those that are there stay.
        if city.catasto_code not in there and city.slug in taken:
            city.slug = slug_with_province(city.slug, city.sigla)
    listed = {city.catasto_code for city in rows}
    unlisted = [code for code in there if code not in listed]
    gone = tuple(sorted(map(str, City.objects.filter(catasto_code__in=unlisted))))
    return _bring(rows, ("catasto_code",), CITY_FIELDS) + LoadReport(gone=gone)


def _load_names(sources: Sources) -> LoadReport:
    city_ids = dict(City.objects.values_list("istat_code", "pk"))
    once: dict[tuple[Any, ...], CityName] = {}
    for name, city_code in sources.name_rows():
        name.city_id = city_ids[city_code]
        name.set_keys()
        once.setdefault(_values(name, NAME_KEY), name)
    there = {_values(name, NAME_KEY): name for name in CityName.objects.all()}
    by_staff = {key: name for key, name in there.items() if name.by_staff}
    stale = [name.pk for key, name in there.items() if key not in once and key not in by_staff]
    CityName.objects.filter(pk__in=stale).delete()
    for name in by_staff.values():
        # Theirs to keep; only how names are reduced may have changed.
        name.set_keys()
    report = _bring(list((once | by_staff).values()), NAME_KEY, NAME_FIELDS)
    return report + LoadReport(removed=len(stale))


def _bring(rows: Sequence[Any], key: Sequence[str], columns: Sequence[str]) -> LoadReport:
    """Insert the rows whose ``key`` is new and update those that differ in ``columns``."""
    if not rows:
        return LoadReport()
    model = type(rows[0])
    # The bare ``name`` says again what the two languages say.
    said = [column for column in columns if column != "name"]
    # To make a model of each row, as the managers do even for values, takes longer than to read it.
    stored: Any = models.QuerySet(model).values_list(*key, *said)
    there = {values[: len(key)]: values[len(key) :] for values in stored}
    new, changed = [], []
    for row in rows:
        known = there.get(_values(row, key))
        if known is None:
            new.append(row)
        elif known != _values(row, said):
            changed.append(row)
    model.objects.bulk_create(
        [*new, *changed],
        batch_size=BATCH,
        update_conflicts=True,
        update_fields=columns,
        unique_fields=key,
    )
    return LoadReport(len(new), len(changed), len(rows) - len(new) - len(changed))


def _values(row: models.Model, names: Iterable[str]) -> tuple[Any, ...]:
    """JSON columns hold lists, which are compared here and never used as keys."""
    return tuple(getattr(row, name) for name in names)
