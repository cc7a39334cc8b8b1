"""The files of ``fixtures/places`` read into rows of the territory, not yet written anywhere.

Columns are described in that folder's README. Where a row refers to another, the other's code
comes beside it, and ``places.loading`` puts the reference in its place.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from places.keys import key_of, loose_key_of
from places.models import City, CityName, OfficialLanguage, Province, Region
from places.slugs import slug_of

Line = dict[str, str]

MACRO_AREAS = {
    "Nord-ovest": Region.MacroArea.NORTH_WEST,
    "Nord-est": Region.MacroArea.NORTH_EAST,
    "Centro": Region.MacroArea.CENTRE,
    "Sud": Region.MacroArea.SOUTH,
    "Isole": Region.MacroArea.ISLANDS,
}
# By the region's code: of the names that Istat writes after a bar.
LANGUAGES_OF_REGIONS = {"02": OfficialLanguage.FRENCH, "04": OfficialLanguage.GERMAN}
LOCAL_LANGUAGES = {
    "BZ": City.LocalLanguage.GERMAN,
    "TN": City.LocalLanguage.LADIN,
    "GO": City.LocalLanguage.SLOVENE,
    "TS": City.LocalLanguage.SLOVENE,
}


@dataclass(frozen=True)
class Sources:
    """One folder's files, each read once."""

    folder: Path

    def lines(self, name: str) -> list[Line]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def cities(self) -> list[Line]:
        return self.lines("comuni.csv")

    @cached_property
    def former_cities(self) -> list[Line]:
        return self.lines("comuni_former.csv")

    @cached_property
    def former_provinces(self) -> list[Line]:
        return self.lines("province_former.csv")

    @cached_property
    def english_city_names(self) -> dict[str, str]:
        """By Italian name: a province that bears its capital's name has its English one too."""
        return {line["name"]: line["name_en"] for line in self.cities if line["name_en"]}

    @cached_property
    def other_names(self) -> dict[str, list[str]]:
        """By a city's code: its names in other languages, local ones and those abroad."""
        names = defaultdict(list)
        for line in self.lines("other_names.csv"):
            names[line["istat_code"]].append(line["name"])
        for line in self.cities:
            if line["name_alt"]:
                names[line["istat_code"]].append(line["name_alt"])
        return names

    def region_rows(self) -> Iterator[Region]:
        for line in self.lines("regioni.csv"):
            name, _slash, local_name = line["region_name"].partition("/")
            yield Region(
                istat_code=line["region_code"],
                slug=slug_of(name),
                name_it=name,
                name_en=line["region_name_en"],
                local_name=local_name,
                local_language=language_of(local_name, line["region_code"]),
                macro_area=MACRO_AREAS[line["macro_area"]],
                population=int(line["population_2022"]),
                latitude=float(line["lat"]),
                longitude=float(line["lon"]),
            )

    def province_rows(self) -> Iterator[tuple[Province, str]]:
        """Each province with its region's code."""
        region_names = {
            line["region_name"]: line["region_name_en"] for line in self.lines("regioni.csv")
        }
        former = defaultdict(list)
        for line in self.former_provinces:
            former[line["province_sigla"]].append(line)
        for line in self.lines("province.csv"):
            sigla = line["province_sigla"]
            name, _slash, local_name = line["province_name"].partition("/")
            english = region_names.get(line["province_name"]) or self.english_city_names.get(name)
            siglas = [old["former_sigla"] for old in former[sigla] if old["former_sigla"]]
            former_names = [old["former_name"] for old in former[sigla] if old["former_name"]]
            capitals = line["capital_name"].split(" | ")
            codes = line["capital_istat_code"].split(" | ")
            abroad = [other for code in codes for other in self.other_names[code]]
            called = [
                *(line["province_name"], name, local_name, english or ""),
                *(*former_names, *capitals, *abroad),
            ]
            province = Province(
                istat_code=line["province_code"],
                uts_code=line["province_uts_code"],
                sigla=sigla,
                former_siglas=siglas,
                name_it=name,
                name_en=english or "",
                local_name=local_name,
                local_language=language_of(local_name, line["region_code"]),
                keys=province_keys([sigla, *siglas], called),
                population=int(line["population_2022"]),
                latitude=float(line["lat"]),
                longitude=float(line["lon"]),
            )
            yield province, line["region_code"]

    def city_rows(self) -> Iterator[tuple[City, str]]:
        """Each city with its province's code."""
        slugs = Counter(slug_of(line["name"]) for line in self.cities)
        for line in self.cities:
            slug = slug_of(line["name"])
            if slugs[slug] > 1:
                slug = slug_with_province(slug, line["province_sigla"])
            former_sigla = line["province_sigla_2025"]
            city = City(
                istat_code=line["istat_code"],
                slug=slug,
                name_it=line["name"],
                name_en=line["name_en"],
                local_name=line["name_alt"],
                local_language=local_language(line),
                sigla=line["province_sigla"],
                former_sigla="" if former_sigla == line["province_sigla"] else former_sigla,
                catasto_code=line["catasto_code"],
                latitude=float(line["lat"]),
                longitude=float(line["lon"]),
                population=int(line["population_2022"]),
                area_km2=float(line["area_km2"]),
                is_province_capital=line["is_province_capital"] == "1",
                is_region_capital=line["is_region_capital"] == "1",
                geonames_id=int(line["geonames_id"]) if line["geonames_id"] else None,
            )
            yield city, line["province_code"]

    def name_rows(self) -> Iterator[tuple[CityName, str]]:
        """Each name with its city's code; the same name of the same kind may come twice."""
        kinds = CityName.Kind
        for line in self.cities:
            code = line["istat_code"]
            yield CityName(kind=kinds.CURRENT, name=line["name"], language="it"), code
            if line["name_alt"]:
                yield (
                    CityName(
                        kind=kinds.LOCAL, name=line["name_alt"], language=local_language(line)
                    ),
                    code,
                )
            if line["name_full"] != line["name"]:
                yield CityName(kind=kinds.FULL, name=line["name_full"]), code
            if line["name_en"]:
                yield CityName(kind=kinds.ENGLISH, name=line["name_en"], language="en"), code
            if line["istat_code_2025"] not in ("", code) or line["name_2025"]:
                yield (
                    CityName(
                        kind=kinds.FORMER,
                        name=line["name_2025"] or line["name"],
                        language="it",
                        istat_code=line["istat_code_2025"],
                        catasto_code=line["catasto_code"],
                        sigla=line["province_sigla_2025"],
                    ),
                    code,
                )
        for line in self.former_cities:
            yield (
                CityName(
                    kind=kinds.FORMER,
                    name=line["former_name"],
                    language="it",
                    istat_code=line["former_istat_code"],
                    catasto_code=line["former_catasto_code"],
                    sigla=line["former_province_sigla"],
                ),
                line["istat_code"],
            )
        for line in self.lines("common_names.csv"):
            yield (
                CityName(kind=kinds.COMMON, name=line["name"], language=line["language"]),
                line["istat_code"],
            )
        for line in self.lines("other_names.csv"):
            yield (
                CityName(kind=line["kind"], name=line["name"], language=line["language"]),
                line["istat_code"],
            )


def language_of(local_name: str, region: str) -> str:
    return LANGUAGES_OF_REGIONS[region] if local_name else ""


def local_language(line: Line) -> str:
    return LOCAL_LANGUAGES[line["province_sigla"]] if line["name_alt"] else ""


def slug_with_province(slug: str, sigla: str) -> str:
    return f"{slug}-{sigla.lower()}"


def province_keys(siglas: list[str], names: list[str]) -> list[str]:
    """What ``places.matching`` compares a written province with: exact and loose, sorted."""
    keys = {sigla.lower() for sigla in siglas}
    for name in filter(None, names):
        keys |= {key_of(name), loose_key_of(name).replace(" ", "")}
    return sorted(keys)
