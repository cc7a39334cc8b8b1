"""What is near: organizations around a city, and still maps."""

from __future__ import annotations

import gzip
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from places.models import City
from tests import builders as make
from tests.test_drawings import assert_plain

pytestmark = pytest.mark.django_db

NEAR = re.compile(
    r'<h[23]><a href="/it/citta/([\w-]+)/">.*?<span class="distance">([\d.]+)\xa0km', re.S
)
STILL = re.compile(r'<svg class="italy italy-still".*?</svg>', re.S)


def near(path: str) -> list[tuple[str, int]]:
    html = Client().get(path).content.decode()
    return [(slug, int(km.replace(".", ""))) for slug, km in NEAR.findall(html)]


@pytest.fixture
def cities() -> dict[str, City]:
    made = {
        name: make.make_city(name, latitude=latitude, longitude=longitude)
        for name, latitude, longitude in (
            ("Torino", 45.07, 7.69),
            ("Moncalieri", 45.0, 7.68),
            ("Ivrea", 45.47, 7.88),
            ("Asti", 44.9, 8.2),
            ("Lecce", 40.35, 18.17),
        )
    }
    for name in ("Torino", "Ivrea", "Lecce"):
        make.make_organization(f"Casa di {name}", city=made[name])
    make.make_organization("Bozza", city=made["Moncalieri"], status="draft")
    make.make_project("Progetto", places=[made["Moncalieri"]])
    make.make_organization("Va ad Asti", places=[made["Asti"]])
    return made


def test_the_nearest_organizations_come_first_and_far_ones_too(cities):
    # Moncalieri has no organization that may be seen; who acts in Asti is there.
    assert near("/it/citta/torino/") == [("asti", 44), ("ivrea", 47), ("lecce", 1003)]
    assert near("/it/citta/torino/intorno/") == near("/it/citta/torino/")
    # A city of its own without any says what is around it.
    assert near("/it/citta/moncalieri/")[0] == ("torino", 8)
    html = Client().get("/it/citta/torino/").content.decode()
    part = html[html.index("near-heading") :]
    assert "Va ad Asti" in part
    assert "Casa di Torino" not in part
    assert "Bozza" not in html
    assert 'href="/it/citta/torino/intorno/"' in part


def test_many_in_one_city_are_counted_and_the_first_named(cities):
    for n in range(9):
        make.make_organization(f"Ente {n}", city=cities["Ivrea"])
    html = Client().get("/it/citta/torino/").content.decode()
    part = html[html.index("near-heading") :]
    assert "Ente 0" in part
    assert "Ente 2" not in part
    assert "e altre 7" in part
    more = Client().get("/it/citta/torino/intorno/").content.decode()
    assert "Ente 4" in more
    assert "Ente 5" not in more
    assert 'name="robots" content="noindex"' in more
    english = Client().get("/en/cities/torino/nearby/").content.decode()
    assert 'hreflang="it" href="http://127.0.0.1:8000/it/citta/torino/intorno/"' in english


def test_queries_do_not_grow_with_what_is_near(cities):
    taken = []
    for n in (2, 12):
        for number in range(n):
            city = make.make_city(f"Paese {number}", latitude=45.1, longitude=7.7 + number / 100)
            make.make_organization(f"Ente {n} {number}", city=city)
        for path in ("/it/citta/torino/", "/it/citta/torino/intorno/"):
            with CaptureQueriesContext(connection) as captured:
                Client().get(path)
            taken.append(len(captured))
    assert taken[2:] <= taken[:2]
    # The city; the nearest, twice at most, and names; whether some is invented.
    assert taken[1] <= 5


def test_positions_are_those_of_cities_with_entries(cities):
    answer = Client().get("/it/citta/positions.json")
    found = {slug: (latitude, longitude) for slug, latitude, longitude in answer.json()["cities"]}
    assert set(found) == {"torino", "moncalieri", "ivrea", "asti", "lecce"}
    assert found["torino"] == (45.07, 7.69)
    assert not answer.cookies


# ------------------------------------------------------------------ still maps
def stills(path: str) -> list[str]:
    return STILL.findall(Client().get(path).content.decode())


def test_still_maps_show_where_and_are_small(cities):
    """On the pages of a city, a region, a network and a project."""
    network = make.make_network("Rete")
    for n, city in enumerate(cities.values()):
        make.join(make.make_organization(f"Membro {n}", city=city), network)
    make.join(make.make_organization("Senza sede"), network)
    make.make_project("Viaggio", places=[cities["Lecce"], make.make_province("BO"), None])
    expected = {
        "/it/citta/torino/": ["Torino"],
        "/it/regioni/piemonte/": ["Torino", "Ivrea", "Asti"],
        "/it/reti/rete/": list(cities),
        "/it/progetti/viaggio/": ["Lecce", "Provincia BO"],
    }
    for path, names in expected.items():
        (svg,) = stills(path)
        assert_plain(svg)
        for name in names:
            assert f">{name}" in svg, path
        assert len(gzip.compress(svg.encode())) <= 4096, path
        is_picture = 'role="img"' in svg
        assert is_picture or "<a " in svg
        # What is drawn is said on the page too, with links.
        html = Client().get(path).content.decode().replace(svg, "")
        for name in names:
            assert name in html


def test_a_place_that_is_all_of_italy_has_no_map():
    make.make_project("Ovunque", places=[None])
    make.make_network("Rete vuota")
    assert stills("/it/progetti/ovunque/") == []
    assert stills("/it/reti/rete-vuota/") == []


def test_a_crowd_of_cities_is_a_map_of_the_largest(cities):
    for n in range(90):
        city = make.make_city(
            f"Paese numero {n}", latitude=44.5 + n % 9 / 9, longitude=7 + n // 9 / 9
        )
        make.make_organization(f"Ente {n}", city=city)
    make.make_organization("Altra casa", city=cities["Torino"])
    (svg,) = stills("/it/regioni/piemonte/")
    assert svg.count("<circle") == 60
    assert "Torino: 2" in svg
    assert len(gzip.compress(svg.encode())) <= 4096


def test_thousands_of_cities_are_no_endless_list(cities):
    """Those with the most entries are on the page of all and on their region's, all on the map."""
    for n in range(70):
        make.make_organization(f"Ente {n}", city=make.make_city(f"Paese {n:02}"))
    for n in range(3):
        make.make_organization(f"Torinese {n}", city=cities["Torino"])
    html = Client().get("/it/citta/").content.decode()
    assert html.count('class="sigla"') == 24
    assert 'href="/it/citta/torino/"' in html
    assert 'href="/it/citta/paese-39/"' not in html
    assert "Tutte le 75 città con schede" in html
    html = Client().get("/it/regioni/piemonte/").content.decode()
    listed = html[html.index("cities-heading") : html.index("group-organization")]
    assert listed.count('class="sigla"') == 60
    assert "su 75 città" in listed
    assert 'href="/it/mappa/?region=piemonte"' in listed
    assert 'href="/it/citta/torino/"' in listed
    assert 'href="/it/citta/paese-69/"' not in listed
