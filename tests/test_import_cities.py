"""Every city of Italy as the lists of others write it: right or reported, never wrong."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.territory import Territory
from places.keys import key_of
from places.models import City, CityName

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


@pytest.fixture(scope="module", autouse=True)
def territory(content_once: None, django_db_blocker: Any) -> Territory:
    """The whole of it, as it comes with the first content."""
    with django_db_blocker.unblock():
        return Territory()


@pytest.fixture(scope="module")
def cities(territory: Territory) -> list[City]:
    return list(City.objects.select_related("province").order_by("pk"))


def bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def with_apostrophes(text: str) -> str:
    """``FORLI'``, as on a keyboard without accents."""
    return "".join(
        sign if bare(sign) == sign or len(bare(sign)) > 1 else f"{bare(sign)}'" for sign in text
    )


Asked = tuple[str, str, str]


def ways_to_write(city: City, names: list[CityName]) -> Iterator[tuple[str, Asked]]:
    sigla, province = city.sigla, city.province.name_it
    for name in names:
        capitals = bare(name.name).upper()
        yield "name", (name.name, "", "")
        yield "name", (with_apostrophes(name.name).upper(), "", "")
        yield "with province", (capitals, sigla, "")
        yield "with province", (f"{capitals} ({sigla})", "", "")
        yield "with province", (f"Comune di {name.name}", province, "")
        yield "with code", (capitals, "", name.istat_code or city.istat_code)
        yield "code", ("", "", (name.istat_code or city.istat_code).lstrip("0"))


def cut_short(city: City) -> Iterator[tuple[str, Asked]]:
    """At the widths of columns, where that leaves no other city's name."""
    whole = city.name_it.upper()
    for width in (6, 12, 18):
        cut = whole[:width].rstrip()
        if len(whole) > width:
            yield "cut short", (cut, "", "")
            yield "cut short with province", (f"{cut} ({city.sigla})", "", "")
            yield "cut short with province", (f"{cut}.", city.sigla, "")


def test_right_or_reported_never_wrong(territory: Territory, cities: list[City]) -> None:
    names = defaultdict(list)
    for name in CityName.objects.all():
        names[name.city_id].append(name)
    keys = {key_of(name.name) for several in names.values() for name in several}
    wrong: list[Any] = []
    asked, found = Counter[str](), Counter[str]()
    for city in cities:
        written = list(ways_to_write(city, names[city.pk]))
        for way, said in cut_short(city):
            if key_of(said[0].split(" (")[0]) not in keys:
                written.append((way, said))
        for way, said in written:
            asked[way] += 1
            answer = territory.city(*said)
            found[way] += answer == city.pk
            if answer not in (None, city.pk):
                wrong.append((str(city), said, territory.names[answer]))
    assert wrong == []
    missed = {way: asked[way] - found[way] for way in asked}
    # Names that more than one city has or had, and accents typed where none belong.
    assert missed["with code"] == missed["code"] == 0
    assert missed["with province"] < 10
    assert missed["name"] < 60
    assert found["cut short with province"] > 3000


@pytest.mark.parametrize(
    ("written", "city"),
    [
        # Cut off behind a small word, which is no province.
        ("ALA DI", None),
        ("BREMBATE DI", None),
        ("BREMBATE DI (BG)", "Brembate di Sopra (BG)"),
        # Cut off, or two letters of a province.
        ("CAMINO AL", None),
        ("CAMINO (AL)", "Camino (AL)"),
        ("CAMINO AL (UD)", "Camino al Tagliamento (UD)"),
        # The province is not the beginning of a word.
        ("BALDISSERO (TO)", None),
        ("BALDISSERO CAN (TO)", "Baldissero Canavese (TO)"),
        ("CASTIGLIONE (CH)", None),
        ("CASTELFRANCO (PI)", None),
    ],
)
def test_what_is_cut_off(territory: Territory, written: str, city: str | None) -> None:
    found = territory.city(written)
    assert (territory.names[found] if found else None) == city
