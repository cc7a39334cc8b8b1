"""The map: the same entries as the lists, counted where they are, with and without a script."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from html import unescape
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from directory.listing import Listing
from orgs.models import Organization
from places.models import City
from projects.models import Project
from tests import builders as make
from tests.test_parameters import listing

pytestmark = pytest.mark.django_db

MARK = re.compile(r'<a class="map-mark" href="([^"]+)"[^>]*><title>([^<]+)</title>')
ROW = re.compile(
    r'<th scope="row"><a href="([^"]+)"[^>]*>([^<]+)</a>.*?<td><a href="([^"]+)".*?'
    r'<span aria-hidden="true">([\d.,]+)</span>',
    re.S,
)
ITALY = "6,35,19,48"
# What a page or an answer may hold.
MOST = 300


def page(query: str = "", path: str = "/it/mappa/") -> str:
    answer = Client().get(f"{path}?{query}" if query else path)
    assert answer.status_code == 200
    return answer.content.decode()


def marks_of(html: str) -> dict[str, str]:
    """Query string → name, as the drawing says them."""
    return {unescape(href).partition("?")[2]: unescape(name) for href, name in MARK.findall(html)}


def numbers_of(html: str) -> dict[str, int]:
    """Query string → number, as the table says them."""
    return {
        unescape(href).partition("?")[2]: int(re.sub(r"\D", "", n))
        for href, _name, _list, n in ROW.findall(html)
    }


def from_script(level: str, query: str = "", box: str = ITALY) -> Any:
    answer = Client().get(f"/it/mappa/marks.json?level={level}&box={box}&{query}")
    return answer.json() if answer.status_code == 200 else answer.status_code


@pytest.fixture
def places() -> dict[str, Any]:
    piemonte, puglia = make.make_region("Piemonte", name_en="Piedmont"), make.make_region("Puglia")
    provinces = {
        "TO": make.make_province("TO", piemonte),
        "CN": make.make_province("CN", piemonte),
        "LE": make.make_province("LE", puglia),
    }
    cities = [
        make.make_city(name, provinces[sigla], latitude=latitude, longitude=longitude)
        for name, sigla, latitude, longitude in (
            ("Torino", "TO", 45.07, 7.69),
            ("Ivrea", "TO", 45.47, 7.88),
            ("Cuneo", "CN", 44.39, 7.55),
            ("Lecce", "LE", 40.35, 18.17),
        )
    ]
    return {
        "regions": [piemonte, puglia],
        "provinces": list(provinces.values()),
        "cities": cities,
        "torino": cities[0],
        "lecce": cities[3],
    }


# ------------------------------------------------------------------ the same as the lists
def spread(places: dict[str, Any]) -> None:
    """Entries of all kinds: with seats, places of every width, members, or nowhere."""
    chance = random.Random(7)
    themes = [make.make_theme("Orti"), make.make_theme("Scuole")]
    anywhere = [*places["cities"], *places["provinces"], *places["regions"], None]
    kind = make.make_kind("Associazione")

    def some(rows: list[Any], most: int) -> list[Any]:
        return chance.sample(rows, chance.randint(0, most))

    for n in range(30):
        make.make_organization(
            f"Casa {n}",
            city=chance.choice([*places["cities"], None]),
            places=some(anywhere, 2),
            themes=some(themes, 2),
            kind=chance.choice([kind, None]),
            life=chance.choice(["active", "ended"]),
            status=chance.choice(["published"] * 4 + ["draft"]),
        )
    for n in range(6):
        network = make.make_network(f"Rete {n}", places=some(anywhere, 1), life="active")
        for member in some(list(Organization.objects.all()), 3):
            make.join(member, network, current=chance.choice(["yes", "no"]))
    for n in range(10):
        make.make_project(f"Progetto {n}", places=some(anywhere, 3), themes=some(themes, 2))


def ties(entry: Any) -> dict[str, set[int]]:
    """Where an entry is, row by row: what the views of the database say in one query."""
    found: dict[str, set[int]] = {"region": set(), "province": set(), "city": set()}
    near = [place.territory for place in entry.places.all()]
    if entry._meta.model_name == "organization":
        near.append(entry.city)
    if entry._meta.model_name == "network":
        near += [
            row.organization.city
            for row in entry.memberships.all()
            if row.current == "yes" and row.organization.status == "published"
        ]
    for place in filter(None, near):
        found[place._meta.model_name].add(place.pk)
        for wider in ("province", "region"):
            if pk := getattr(place, f"{wider}_id", None):
                found[wider].add(pk)
    return found


def random_query(chance: random.Random) -> str:
    offered = {
        "region": ["piemonte", "puglia"],
        "province": ["to", "CN", "LE"],
        "city": ["torino", "ivrea", "lecce"],
        "theme": ["orti", "scuole"],
        "life": ["active", "ended"],
        "type": ["organization", "network", "project"],
        "q": ["casa", "progetto"],
    }
    chosen = []
    for name, values in offered.items():
        if chance.random() < 0.3:
            most = 1 if name == "q" else 2
            chosen += [f"{name}={one}" for one in chance.sample(values, chance.randint(1, most))]
    return "&".join(chosen)


def test_map_list_and_a_slow_count_agree_for_random_filters(places):
    spread(places)
    keys = {
        "region": {one.pk: one.slug for one in places["regions"]},
        "province": {one.pk: one.sigla for one in places["provinces"]},
        "city": {one.pk: one.slug for one in places["cities"]},
    }
    chance = random.Random(11)
    seen: Counter[str] = Counter()
    chosen = ["region=piemonte", "region=puglia", "province=TO", "region=puglia&type=organization"]
    for query in ["", *chosen, *(random_query(chance) for _ in range(12))]:
        entries = listing("all", query)[0:100]
        answer = Client().get(f"/it/mappa/?{query}")
        html = answer.content.decode()
        assert answer.context["listing"].total == len(entries)
        slow = {level: Counter[str]() for level in keys}
        for entry in entries:
            for level, pks in ties(entry).items():
                slow[level].update(keys[level][pk] for pk in pks)
        drawn, told = marks_of(html), numbers_of(html)
        assert list(drawn) == list(told)
        for to, n in told.items():
            level, _is, key = to.rpartition("&")[2].partition("=")
            assert n == slow[level][key], (query, to)
            # A circle leads to as many as it says.
            assert listing("all", to).total == n, (query, to)
            assert drawn[to].endswith(f": {n} {'scheda' if n == 1 else 'schede'}") or "type=" in to
            seen[level] += 1
        if "region=" not in query and "province=" not in query and "city=" not in query:
            # Every place is there, and who has none is listed.
            shown = {to.rpartition("=")[2]: n for to, n in told.items()}
            assert shown == dict(slow["region"])
            nowhere = [entry for entry in entries if not any(ties(entry).values())]
            found = re.search(r'id="nowhere-heading">[^<]*<span[^>]*>(\d+)<', html)
            assert (int(found[1]) if found else 0) == len(nowhere)
        elif "city=" not in query:
            level = "city" if "province=" in query else "province"
            drawn_places = {to.rpartition("=")[2] for to in told}
            without = [
                entry
                for entry in entries
                if not {keys[level][pk] for pk in ties(entry)[level]} & drawn_places
            ]
            found = re.search(r'id="nowhere-heading">[^<]*<span[^>]*>(\d+)<', html)
            assert (int(found[1]) if found else 0) == len(without), query
            seen["without"] += bool(without)
        for level, counted in slow.items():
            for latitude, longitude, n, name, href, _language in from_script(level, query)["marks"]:
                key = unescape(href).rpartition("=")[2]
                assert f"{counted[key]}" == n, (query, name)
                there = href.partition("?")[2]
                if f"{level}=" not in query:
                    assert f"{listing('all', there).total}" == n, (query, there)
                assert 35 < latitude < 48
                assert 6 < longitude < 19
    assert min(seen.values()) > 3


@pytest.mark.parametrize(
    ("path", "kind", "query", "same"),
    [
        ("/it/organizzazioni/", "organization", "kind=associazione", "orgs:list"),
        # A filter that an upper room gives to the list of a lower one.
        ("/it/organizzazioni/", "organization", "network=rete-0", "orgs:list"),
        ("/it/progetti/", "project", "theme=orti", "projects:list"),
        ("/it/reti/", "network", "life=active", "networks:list"),
    ],
)
def test_a_list_and_its_map_lead_to_each_other_with_the_filters(places, path, kind, query, same):
    spread(places)
    html = page(query, path)
    total = listing(kind, query).total
    assert total
    link = re.search(r'class="other-view" href="([^"]+)"', html)
    assert link
    there = unescape(link[1])
    assert there.startswith("/it/mappa/?")
    assert set(there.partition("?")[2].split("&")) == {query, f"type={kind}"}
    on_map = Client().get(there).content.decode()
    assert Client().get(there).context["listing"].total == total
    back = re.search(r'class="other-view" href="([^"]+)"', on_map)
    assert back
    with override("it"):
        assert unescape(back[1]) == f"{reverse(same)}?{query}"
    # The facets are those of the list, and the numbers of places lead into the list.
    assert ('id="facet-kind"' in on_map) == (kind == "organization")
    for _map, _name, listed, n in ROW.findall(on_map):
        assert unescape(listed).startswith(f"{path}?")
        assert Client().get(unescape(listed)).context["listing"].total == int(n)


def test_search_and_map_lead_to_each_other(places):
    make.make_organization("Casa", city=places["torino"])
    assert 'href="/it/mappa/?q=casa&amp;type=organization"' in page(
        "q=casa&type=organization&sort=name", "/it/cerca/"
    )
    assert 'class="other-view" href="/it/cerca/?q=casa"' in page("q=casa")


# ------------------------------------------------------------------ what the page says
def test_from_italy_to_a_region_a_province_and_a_city(places):
    make.make_organization("Casa", city=places["torino"])
    make.make_organization("Orto", city=places["torino"])
    make.make_project("Viaggio", places=[places["lecce"]])
    english = marks_of(page(path="/en/map/"))
    assert english == {"region=piemonte": "Piedmont: 2 entries", "region=puglia": "Puglia: 1 entry"}
    assert marks_of(page("region=piemonte")) == {"province=TO": "Provincia TO: 2 schede"}
    html = page("province=TO")
    assert marks_of(html) == {"city=torino": "Torino: 2 schede"}
    wider = html[html.index("map-wider") : html.index('id="map"')]
    assert 'href="/it/mappa/"' in wider
    assert 'href="/it/mappa/?region=piemonte"' in wider
    assert 'href="/it/mappa/?province=TO"' in page("city=torino")
    assert marks_of(page("city=torino&type=organization")) == {
        "type=organization&city=torino": "Torino: 2 organizzazioni"
    }


def test_what_has_no_place_is_counted_and_listed(places):
    make.make_organization("Casa", city=places["torino"])
    assert "nowhere-heading" not in page()
    for n in range(26):
        make.make_organization(f"Ovunque {n:02}", places=[None] if n % 2 else [])
    make.make_organization("Bozza", status="draft")
    html = page()
    beside = html[html.index("nowhere-heading") :]
    assert ">26</span>" in beside
    assert 'href="/it/organizzazioni/ovunque-00/"' in beside
    assert "Ovunque 23" in beside
    assert "Ovunque 24" not in beside
    assert "Bozza" not in beside
    assert "Casa" not in beside
    # Who asked for a place did not ask for them.
    assert "nowhere-heading" not in page("region=piemonte")


def test_what_is_in_no_part_of_the_chosen_place_is_counted_and_listed(places):
    """So that the numbers add up: it is among the results, and in no circle."""
    piemonte, provinces = places["regions"][0], places["provinces"]
    make.make_organization("Casa", city=places["torino"])
    make.make_organization("Anche in regione", city=places["torino"], places=[piemonte])
    make.make_organization("In tutta la regione", places=[piemonte])
    make.make_organization("In provincia", places=[provinces[0]])
    make.make_project("Bozza", places=[piemonte], status="draft")
    make.make_project("Altrove", places=[places["lecce"]])

    def beside(query: str) -> set[str]:
        html = page(query)
        part = html[html.index("nowhere-heading") :] if "nowhere-heading" in html else ""
        names = {"Casa", "Anche in regione", "In tutta la regione", "In provincia", "Bozza"}
        return {name for name in names if f">{name}<" in part}

    assert beside("region=piemonte") == {"In tutta la regione"}
    assert beside("region=piemonte&type=organization&q=regione") == {"In tutta la regione"}
    assert beside("region=piemonte&where=seat") == set()
    assert beside("province=TO") == {"In provincia"}
    assert beside("city=torino") == set()
    assert beside("region=puglia") == set()
    framed = page("region=piemonte", "/it/incorpora/mappa/")
    assert "Non sulla mappa: 1" in framed


@pytest.mark.parametrize("query", ["", "q=ovunque&", "type=organization&"])
def test_all_that_has_no_place_comes_page_by_page(places, query):
    for n in range(30):
        make.make_organization(f"Ovunque {n:02}")
    first = page(query.rstrip("&"))
    [(address, words)] = re.findall(r'<a href="([^"]+#nowhere-heading)"[^>]*>([^<]+)', first)
    assert (unescape(address), words) == (
        f"/it/mappa/?{query}nowhere=2#nowhere-heading",
        "e altre 6",
    )
    second = Client().get(unescape(address)).content.decode()
    named = [set(re.findall(r"Ovunque \d\d", html)) for html in (first, second)]
    assert [len(one) for one in named] == [24, 6]
    assert not named[0] & named[1]
    assert ">30</span>" in second
    assert 'name="robots" content="noindex"' in second
    assert "nowhere=1#nowhere-heading" in second
    assert "nowhere=3" not in second
    for number in ("3", "0", "x", "999999"):
        assert Client().get(f"/it/mappa/?{query}nowhere={number}").status_code == 404


def test_a_map_of_nothing_says_so(places):
    make.make_organization("Casa", city=places["torino"])
    html = page("q=zzz")
    assert "senza Parole: zzz</a>" in html
    assert "<figure" not in html
    assert "<table" not in html
    html = page("city=atlantide")
    assert "«atlantide»" in html
    assert "<figure" not in html


@pytest.mark.parametrize(
    ("query", "indexed"),
    [("", True), ("region=piemonte", True), ("region=piemonte&theme=orti", False), ("q=a", False)],
)
def test_robots_and_twins_as_in_the_lists(places, query, indexed):
    make.make_theme("Orti")
    html = page(query)
    assert ('name="robots" content="noindex"' in html) is not indexed
    there = "/en/map/" + (f"?{query.replace('&', '&amp;')}" if query else "")
    assert f'hreflang="en" href="http://127.0.0.1:8000{there}"' in html


# ------------------------------------------------------------------ bounds
def test_never_more_marks_than_a_page_can_bear(places):
    torino = places["torino"]
    made = City.objects.bulk_create(
        City(
            istat_code=f"8{n:05}",
            catasto_code=f"{'ABC'[n // 900]}{100 + n % 900}",
            slug=f"paese-{n}",
            name_it=f"Paese {n}",
            province=torino.province,
            region=torino.region,
            sigla="TO",
            latitude=44.5 + n % 30 / 30,
            longitude=7 + n // 30 / 30,
        )
        for n in range(MOST + 50)
    )
    make.make_many(
        Organization,
        (
            {"slug": f"o-{n}", "name_it": f"O {n}", "city": city}
            for n, city in enumerate(chain(made, made[:5]))
        ),
    )
    html = page("province=TO")
    assert len(marks_of(html)) == len(numbers_of(html)) == MOST
    assert list(numbers_of(html).values())[:6] == [2] * 5 + [1]
    # They have as many as the last of those that are shown.
    assert "Altri 50 luoghi, con altrettante schede o meno, non sono mostrati." in html
    assert len(gzip.compress(html.encode())) < 30_000
    told = from_script("city")
    assert (len(told["marks"]), told["hidden"]) == (MOST, 50)
    assert len(gzip.compress(json.dumps(told).encode())) < 12_000
    # A part of the map has the marks of that part.
    part = from_script("city", box="7,44.5,7.1,45.5")["marks"]
    assert part
    assert all(7 <= longitude <= 7.1 for _latitude, longitude, *_rest in part)


def test_a_script_gets_long_numbers_as_the_page_writes_them(places, monkeypatch):
    make.make_organization("Casa", city=places["torino"])
    monkeypatch.setattr(Listing, "numbers_of", lambda self, level: {"piemonte": 1234})
    assert marks_of(page()) == {"region=piemonte": "Piemonte: 1.234 schede"}
    [[_latitude, _longitude, number, name, *_rest]] = from_script("region")["marks"]
    assert (number, name) == ("1.234", "Piemonte: 1.234 schede")


def test_a_script_gets_the_languages_of_names_that_are_not_the_page_s(places):
    make.make_organization("Casa", city=places["torino"])
    make.make_organization("Orto", city=places["lecce"])
    html = page(path="/en/map/")
    assert re.findall(r'<a class="map-mark"[^>]*?( lang="it")?><title>(\w+)', html) == [
        ("", "Piedmont"),
        (' lang="it"', "Puglia"),
    ]
    answer = Client().get(f"/en/map/marks.json?level=region&box={ITALY}").json()
    told = [(name, language) for *_where, name, _href, language in answer["marks"]]
    assert told == [("Piedmont: 1 entry", ""), ("Puglia: 1 entry", "it")]


def test_places_with_as_many_entries_are_in_the_order_of_their_names_for_the_reader(places):
    more = [make.make_region("Lazio"), make.make_region("Sardegna", name_en="Sardinia")]
    for number, region in enumerate([make.make_region("Zuglia", name_en="Apulia"), *more]):
        make.make_organization(f"Casa {number}", places=[region])

    def named(path: str) -> list[str]:
        return [name.partition(":")[0] for name in marks_of(page(path=path)).values()]

    assert named("/it/mappa/") == ["Lazio", "Sardegna", "Zuglia"]
    assert named("/en/map/") == ["Apulia", "Lazio", "Sardinia"]


@pytest.mark.parametrize(
    ("level", "box", "query"),
    [
        ("comune", ITALY, ""),
        ("", ITALY, ""),
        ("city", "", ""),
        ("city", "1,2,3", ""),
        ("city", "a,b,c,d", ""),
        ("city", "nan,nan,nan,nan", ""),
        ("city", "9,45,7,46", ""),
        ("city", "-1e309,35,19,48", ""),
        ("city", ITALY, "city=atlantide"),
        ("city", ITALY, "theme=%00"),
    ],
)
def test_what_a_script_cannot_mean_is_refused(level, box, query):
    assert from_script(level, query, box) == 400


@pytest.mark.parametrize("n", [3, 30])
def test_queries_of_a_map(places, n):
    """Counts, themes; marks and their places; who has no place, the first of them, their names;
    what was chosen and what that lies in."""
    for number in range(n):
        make.make_organization(f"Casa {number}", city=places["cities"][number % 4])
        make.make_organization(f"Ovunque {number}")
        make.make_project(f"Progetto {number}", places=[places["cities"][number % 4]])
    for query, most in (("", 8), ("region=piemonte", 8), ("province=TO", 8), ("city=torino", 8)):
        with CaptureQueriesContext(connection) as taken:
            page(query)
        assert len(taken) <= most, query
    with CaptureQueriesContext(connection) as taken:
        from_script("city", "type=organization&region=piemonte")
    assert len(taken) <= 4


def test_no_cookie_and_an_etag_as_on_pages(settings, places):
    settings.PAGE_CACHE_MB = 8
    client = Client()
    for address in ("/it/mappa/", f"/it/mappa/marks.json?level=region&box={ITALY}"):
        first = client.get(address)
        assert first["Cache-Control"] == "public, no-cache"
        assert not first.cookies
        again = client.get(address, headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304


def test_a_project_without_a_place_of_its_own_is_not_lost(places):
    """Counted in the total, and beside the map."""
    make.make_project("Senza luogo")
    html = page()
    assert "Senza luogo" in html
    assert Project.objects.count() == 1


def test_a_map_of_one_kind_is_in_the_language_of_each_page(places):
    """Also where the page before it was in the other language: its filters are made only once."""
    for path, said, other in (
        ("/it/mappa/", "Tipo di scheda", "Kind of entry"),
        ("/en/map/", "Kind of entry", "Tipo di scheda"),
    ):
        html = page("type=organization", path)
        assert said in html
        assert other not in html
