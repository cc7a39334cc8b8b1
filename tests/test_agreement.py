"""Pages, counts, choices, maps and files say what an obvious query over the rows says."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import feedparser
import pytest
from django.db import connection, transaction

from directory.marks import KEYS, LEVELS, marks
from dumps.writing import dump
from exports import result as results
from exports.result import Result
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.api_client import PLURALS, every
from tests.conftest import settle_now
from tests.files import LISTS, body, entries, features, read, sheet, table
from tests.test_parameters import listing

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def directory_once(django_db_setup: None, django_db_blocker: Any):
    with django_db_blocker.unblock(), transaction.atomic():
        spread()
        settle_now(connection.connection)
        yield
        transaction.set_rollback(True)


def spread() -> None:
    """Seventy entries that differ in everything a filter asks."""
    chance = random.Random(4)
    provinces = [
        make.make_province(sigla, make.make_region(region))
        for sigla, region in (("TO", "Piemonte"), ("CN", "Piemonte"), ("LE", "Puglia"))
    ]
    cities = [
        make.make_city(name, provinces[n % 3])
        for n, name in enumerate(("Torino", "Cuneo", "Lecce", "Ivrea", "Alba", "Nardò"))
    ]
    parent = make.make_theme("Beni comuni")
    themes = [
        parent,
        make.make_theme("Orti", parent),
        make.make_theme("Case", parent),
        make.make_theme("Scuole"),
    ]
    kinds = [make.make_kind("Associazione"), make.make_kind("Cooperativa"), None]
    lives = ["active", "ended", "merged", "unknown"]
    words = ["fontana", "mulino", "piazza"]

    def common(n: int) -> dict[str, Any]:
        return {
            "themes": chance.sample(themes, chance.randint(0, 3)),
            "life": chance.choice(lives),
            "status": "published" if chance.random() < 0.85 else "draft",
            "summary_it": chance.choice(words),
        }

    networks = [
        make.make_network(f"Rete {n}", places=chance.sample(cities, n % 3), **common(n))
        for n in range(6)
    ]
    organizations = []
    for n in range(50):
        places: list[Any] = chance.sample([*cities, *provinces, None], chance.choice([0, 0, 1, 2]))
        organizations.append(
            make.make_organization(
                f"{chance.choice(words)} {n}",
                city=chance.choice([*cities, None]),
                places=places,
                kind=chance.choice(kinds),
                **common(n),
            )
        )
        for network in chance.sample(networks, chance.choice([0, 0, 1, 2])):
            make.join(
                organizations[-1],
                network,
                chance.choice(["Aderente", "Promotore"]),
                current=chance.choice(["yes", "no", "unstated"]),
            )
    programmes = [make.make_programme("Urbact"), make.make_programme("Pon"), None]
    for n in range(14):
        start = chance.choice(["2015", "2019", None])
        project = make.make_project(
            f"Progetto {n}",
            places=chance.sample(cities, n % 3),
            founded=start,
            ended=chance.choice(["2021", None]) if start else None,
            programme=chance.choice(programmes),
            **common(n),
        )
        for partner in [*chance.sample(organizations, 2), *chance.sample(networks, n % 2)]:
            make.take_part(project, partner)


def facts(entry: Any) -> dict[str, set[str]]:
    """Every value that a filter could ask of the entry, from its rows."""
    kind = entry._meta.model_name
    found: dict[str, set[str]] = {
        name: set()
        for name in (
            "region",
            "province",
            "city",
            "theme",
            "kind",
            "network",
            "partner",
            "programme",
            "year",
            "life",
        )
    }
    near = [place.territory for place in entry.places.all()]
    if kind == "organization":
        near.append(entry.city)
        found["kind"] = {entry.kind.slug} if entry.kind else set()
        found["network"] = {
            row.network.slug for row in entry.memberships.all() if row.network.is_published
        }
    elif kind == "network":
        near += [
            row.organization.city
            for row in entry.memberships.all()
            if row.current == "yes" and row.organization.is_published
        ]
    else:
        found["programme"] = {entry.programme.slug} if entry.programme else set()
        ties = list(entry.participations.all())
        found["network"] = {
            tie.network.slug for tie in ties if tie.network and tie.network.is_published
        }
        found["partner"] = {
            tie.organization.slug
            for tie in ties
            if tie.organization and tie.organization.is_published
        }
        if entry.founded:
            last = entry.ended or entry.founded
            found["year"] = {str(year) for year in range(entry.founded.year, last.year + 1)}
    for place in filter(None, near):
        width = place._meta.model_name
        names = {
            "city": width == "city" and place.slug,
            "province": (place.province if width == "city" else place).sigla
            if width != "region"
            else "",
            "region": (place if width == "region" else place.region).slug,
        }
        for name, value in names.items():
            if value:
                found[name].add(value)
    for theme in entry.themes.all():
        found["theme"] |= {theme.slug, *([theme.parent.slug] if theme.parent else [])}
    found["life"] = {{"merged": "ended"}.get(entry.life, entry.life)} - {"unknown"}
    return found


OFFERED = {
    "region": ["piemonte", "puglia"],
    "province": ["TO", "CN", "LE"],
    "city": ["torino", "cuneo", "lecce", "ivrea"],
    "theme": ["beni-comuni", "orti", "scuole"],
    "life": ["active", "ended"],
    "kind": ["associazione", "cooperativa"],
    "network": ["rete-0", "rete-1", "rete-2"],
    "programme": ["urbact", "pon"],
    "year": ["2015", "2016", "2021"],
}
ASKED = {
    "organization": ["region", "province", "city", "theme", "life", "kind", "network"],
    "network": ["region", "province", "city", "theme", "life"],
    "project": ["region", "province", "city", "theme", "life", "network", "programme", "year"],
    # What only some kinds know, too: it leaves out the others.
    "all": [*OFFERED],
}


def test_a_thousand_combinations_agree_with_a_slow_query(directory_once, db, monkeypatch):
    models = {"organization": Organization, "network": Network, "project": Project}
    entries = [
        (kind, one, facts(one))
        for kind, model in models.items()
        for one in model.objects.published()
    ]
    assert all(one.is_published for _kind, one, _facts in entries)
    public = {one.slug for kind, one, _facts in entries if kind == "network"}
    offered = {**OFFERED, "network": [one for one in OFFERED["network"] if one in public]}
    chance, found_some, marked = random.Random(9), 0, 0
    for _combination in range(1000):
        kind = chance.choice([*ASKED])
        chosen = {
            name: chance.sample(offered[name], chance.choice([1, 1, 2]))
            for name in ASKED[kind]
            if chance.random() < 0.25 and len(offered[name]) > 1
        }
        word = chance.choice(["fontana", "mulino"]) if chance.random() < 0.2 else ""
        barred = chance.choice(["mulino", "piazza"]) if chance.random() < 0.1 else ""

        def fits(
            entry: Any,
            told: dict[str, set[str]],
            ignoring: str = "",
            chosen=chosen,
            word=word,
            barred=barred,
            kind=kind,
        ) -> bool:
            wanted = {name: values for name, values in chosen.items() if name != ignoring}
            said = f"{entry.name_it} {entry.summary_it}".lower()
            if word not in said or (barred and barred in said):
                return False
            return all(told[name] & set(values) for name, values in wanted.items())

        words = f"{word} {f'-{barred}' if barred else ''}".strip()
        asked = "&".join(f"{name}={value}" for name, values in chosen.items() for value in values)
        sort = chance.choice(["", "&sort=-updated", "&sort=name"])
        shown = listing(kind, f"{asked}&q={words}{sort}" if words else f"{asked}{sort}")
        mine = [(one, told) for key, one, told in entries if kind in (key, "all")]
        expected = {one for one, told in mine if fits(one, told)}
        assert shown.total == len(expected), asked
        page = shown[0:100]
        assert set(page) == expected, asked
        if sort == "&sort=name" or not (words or sort):
            assert [one.sort_it for one in page] == sorted(one.sort_it for one in expected)
        monkeypatch.setattr(results, "MANY", chance.choice([0, 10**6]))
        in_file = exported(shown)
        assert set(in_file) == {(one._meta.model_name, one.slug) for one in expected}, asked
        assert in_file == [(one._meta.model_name, one.slug) for one in page], asked
        level = chance.choice(LEVELS)
        for mark in marks(shown, level).shown:
            value = getattr(mark.place, KEYS[level])
            assert mark.n == sum(value in facts[level] for one, facts in mine if one in expected)
            marked += 1
        for facet in shown.facets:
            if facet.name not in offered:
                continue
            slow = Counter(
                value
                for one, told in mine
                if fits(one, told, facet.name)
                for value in told[facet.name]
            )
            fast = {choice.value: choice.n for choice in flat(facet.choices)}
            chosen_here = set(chosen.get(facet.name, ()))
            assert {
                value: n for value, n in fast.items() if n or value not in chosen_here
            } == slow, (asked, facet.name)
        found_some += bool(expected)
    assert found_some > 300
    assert marked > 300


def test_the_keys_of_an_entry_stand_in_order(directory_once, db):
    """Those of its places come first: no more of them are read than a list asks for."""
    with connection.cursor() as cursor:
        for table, keys in (("listed", "coalesce(crowd, keys)"), ("document", "keys")):
            cursor.execute(f"SELECT {keys} FROM directory_{table}")
            rows = [row for (row,) in cursor]
            assert len(rows) > 50
            assert [row for row in rows if row != sorted(row)] == []


MORE_OFFERED = {
    **OFFERED,
    "where": ["seat", "reach"],
    "role": ["aderente", "promotore"],
    "partner": [],
    "type": ["organization", "network", "project"],
}
MORE_ASKED = {
    "organization": [*ASKED["organization"], "where", "role", "network"],
    "network": ASKED["network"],
    "project": [*ASKED["project"], "partner"],
    "all": [*ASKED["all"], "type", "where", "role", "partner"],
}


def test_a_number_is_that_of_the_list_its_choice_gives(directory_once, db):
    """Also of what speaks of another filter: a role in a network, what a place means."""
    public = set(Network.objects.published().values_list("slug", flat=True))
    partners = Project.objects.published().values_list("participations__organization", flat=True)
    offered = MORE_OFFERED | {
        "network": sorted(public),
        "partner": sorted(
            Organization.objects.published().filter(pk__in=partners).values_list("slug", flat=True)
        ),
    }
    chance, seen = random.Random(5), Counter[str]()
    for _combination in range(50):
        kind = chance.choice(["organization", *MORE_ASKED])
        chosen = {
            name: chance.sample(offered[name], chance.choice([1, 1, 2]))
            for name in MORE_ASKED[kind]
            if chance.random() < 0.3 and len(offered[name]) > 1
        }
        if "role" in chosen:
            chosen.setdefault("network", offered["network"])
        if chance.random() < 0.2:
            chosen["q"] = ["fontana"]
        for facet in listing(kind, urlencode(chosen, doseq=True)).facets:
            choices = flat(facet.choices)
            for choice in chance.sample(choices, min(2, len(choices))):
                other = urlencode({**chosen, facet.name: choice.value}, doseq=True)
                assert listing(kind, other).total == choice.n, (kind, chosen, other)
                seen[facet.name] += 1
    assert min(seen[name] for name in ("role", "network", "city", "type", "year")) > 2


def exported(shown: Any) -> list[tuple[str, str]]:
    """What a file of the listing holds, in its order, as the database answers it."""
    wanted = {"type": 'record."type"', "slug": 'record."slug"'}
    with connection.cursor() as cursor:
        cursor.execute(*Result(shown).query(wanted))
        return cursor.fetchall()


@pytest.mark.parametrize("many", [10**6, 0], ids=["one by one", "at once"])
def test_files_agree_with_the_page_for_random_filters(
    client, directory_once, monkeypatch, many, db
):
    monkeypatch.setattr(results, "MANY", many)
    chance, found_some = random.Random(11), 0
    for _combination in range(50):
        kind = chance.choice([*ASKED])
        asked: dict[str, Any] = {
            name: chance.sample(OFFERED[name], chance.choice([1, 2]))
            for name in ASKED[kind]
            if chance.random() < 0.2
        }
        if chance.random() < 0.3:
            asked["q"] = chance.choice(["fontana", "mulino", "rete"])
        asked["sort"] = chance.choice(["name", "-updated"])
        shown = listing(kind, urlencode(asked, doseq=True))
        if shown.problems:
            continue
        wanted = [(one._meta.model_name, one.slug) for one in shown[0:100]]
        assert len(wanted) == shown.total
        path = LISTS[kind]
        rows = table(client, path, **asked)
        assert [(row["type"], row["slug"]) for row in rows] == wanted, asked
        assert [(one["type"], one["slug"]) for one in entries(client, path, **asked)] == wanted
        found = [feature["id"] for feature in features(client, path, **asked)]
        assert found == [f"{one}/{slug}" for one, slug in wanted]
        cells = sheet(read(client, path, "xlsx", **asked))
        place = cells[0].index("slug")
        assert [row[place] for row in cells[1:]] == [slug for _kind, slug in wanted]
        ids = linked(body(read(client, path, "jsonld", **asked)))
        assert ids == {f"http://127.0.0.1:8000/id/{one}/{slug}" for one, slug in wanted}, asked
        if kind == "organization":
            said = json.loads(body(read(client, path, "hsds", **asked)))
            assert [one["uri"].rpartition("/")[2] for one in said["contents"]] == [
                slug for _kind, slug in wanted
            ]
            assert said["total_items"] == len(wanted)
        if kind != "all":
            plain = {name: value for name, value in asked.items() if name not in ("sort",)}
            there = every(f"/{PLURALS[kind]}/", **plain, fields="slug")
            assert {row["slug"] for row in there} == {slug for _kind, slug in wanted}, asked
        feed = feedparser.parse(body(read(client, path, "atom", **asked)))
        slugs = {entry.link.rstrip("/").rpartition("/")[2] for entry in feed.entries}
        by_date = listing(kind, urlencode({**asked, "sort": "-updated"}, doseq=True))
        assert slugs == {one.slug for one in by_date[0:50]}
        found_some += bool(wanted)
    assert found_some > 8


# ------------------------------------------------------------------ the dump
def test_a_hundred_filters_leave_what_the_dump_says_by_itself(directory_once, db, tmp_path):
    """Its tables alone, read with nothing of ours."""
    dump(tmp_path / "dump")
    told = dict(facts_in(tmp_path / "dump"))
    public = {slug for kind, slug in told if kind == "network"}
    offered = {**OFFERED, "network": [one for one in OFFERED["network"] if one in public]}
    chance, found_some, asked_of = random.Random(23), 0, set()
    for _combination in range(100):
        kind = chance.choice([*ASKED])
        asked = {
            name: chance.sample(offered[name], chance.choice([1, 2]))
            for name in ASKED[kind]
            if chance.random() < 0.25 and len(offered[name]) > 1
        }
        word = chance.choice(["fontana", "mulino"]) if chance.random() < 0.2 else ""
        expected = {
            (of, slug)
            for (of, slug), (said, values) in told.items()
            if kind in (of, "all")
            and word in said
            and all(values.get(name, set()) & set(wanted) for name, wanted in asked.items())
        }
        shown = listing(kind, urlencode({**asked, **({"q": word} if word else {})}, doseq=True))
        assert not shown.problems
        assert {(one._meta.model_name, one.slug) for one in shown[0:100]} == expected, asked
        assert shown.total == len(expected), asked
        found_some += bool(expected)
        asked_of |= set(asked)
    assert found_some > 40
    assert asked_of == set(offered)


Told = tuple[str, dict[str, set[str]]]


def facts_in(folder: Path) -> Iterator[tuple[tuple[str, str], Told]]:
    """Of each entry of a dump, by kind and slug: its words, and every value that a filter could
    ask of it."""

    def rows(table: str, **only: str) -> list[dict[str, str]]:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if only.items() <= row.items()]

    region_of = {row["sigla"]: row["region"] for row in rows("provinces")}
    province_of = {row["slug"]: row["province"] for row in rows("cities")}
    wider = {row["slug"]: row["parent"] for row in rows("themes")}
    seats = {row["slug"]: row["city"] for row in rows("organizations")}
    for kind in ("organization", "network", "project"):
        for row in rows(f"{kind}s"):
            own = {kind: row["slug"]}
            near = rows(f"{kind}_places", **own)
            values: dict[str, set[str]] = {}
            if kind == "organization":
                near.append({"city": row["city"]})
                values["kind"] = {row["kind"]}
                values["network"] = {tie["network"] for tie in rows("memberships", **own)}
            elif kind == "network":
                members = rows("memberships", **own, current="yes")
                near += [{"city": seats[tie["organization"]]} for tie in members]
            else:
                values["programme"] = {row["programme"]}
                values["network"] = {tie["network"] for tie in rows("participations", **own)}
                start, end = row["founded"][:4], row["ended"][:4]
                last = str(date.today().year) if row["ongoing"] == "t" else end or start
                years = range(int(start), int(last) + 1) if start else ()
                values["year"] = {str(year) for year in years}
            values["city"] = {place.get("city", "") for place in near}
            values["province"] = {place.get("province", "") for place in near} | {
                province_of[city] for city in values["city"] if city
            }
            values["region"] = {place.get("region", "") for place in near} | {
                region_of[sigla] for sigla in values["province"] if sigla
            }
            themes = {tie["theme"] for tie in rows(f"{kind}_themes", **own)}
            values["theme"] = themes | {wider[theme] for theme in themes}
            values["life"] = {"ended" if row["life"] == "merged" else row["life"]}
            yield (kind, row["slug"]), (f"{row['name_it']} {row['summary_it']}".lower(), values)


def linked(said: bytes) -> set[str]:
    """The entries of a graph; their ties and what else is said has other names."""
    kinds = ("/id/organization/", "/id/network/", "/id/project/")
    nodes = [node["@id"] for node in json.loads(said)["@graph"]]
    return {one for one in nodes if "#" not in one and any(kind in one for kind in kinds)}


def flat(choices: Any) -> list[Any]:
    return [one for choice in choices for one in (choice, *choice.children)]


def test_a_chosen_city_has_its_count_however_small_it_is():
    """Among many choices only the largest are read, and what was chosen."""
    theme, province = make.make_theme("Orti"), make.make_province("TO")
    for number in range(45):
        city = make.make_city(f"Borgo {number}", province)
        city.names.create(kind="current", name=city.name_it)
        for copy in range(2 if number else 1):
            make.make_organization(f"Casa {number} {copy}", city=city, themes=[theme])
    for query in ("city=borgo-0", "city=borgo-0&theme=orti", "city=borgo-0&theme=orti&q=casa"):
        facet = next(one for one in listing("organization", query).facets if one.name == "city")
        assert {one.value: one.n for one in facet.choices if one.chosen} == {"borgo-0": 1}, query
        assert facet.more
        assert len(facet.choices) == 13
    sought = listing("organization", "theme=orti&find_city=BORGO 4")
    facet = next(one for one in sought.facets if one.name == "city")
    assert {one.value for one in facet.choices} == {
        "borgo-4",
        *(f"borgo-{number}" for number in range(40, 45)),
    }
