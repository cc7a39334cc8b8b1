"""The API over the first content: pages, filters, and what its description promises."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests import builders as make
from tests.api_client import API, PLURALS, every, got, refused
from tests.files import LISTS, entries
from tests.generated_client import GeneratedClient

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ what is in it
@pytest.mark.parametrize("kind", PLURALS)
def test_pages_one_after_another_are_the_file(client, content, kind):
    records = entries(client, LISTS[kind], sort="name")
    assert records
    by_slug = {record["slug"]: record for record in records}
    found = every(f"/{PLURALS[kind]}/", page_size=2)
    assert {record["slug"]: record for record in found} == by_slug
    assert len(found) == len(records)
    assert got(f"/{PLURALS[kind]}/")["count"] == len(records)


@pytest.mark.parametrize("sort", ["name", "-updated"])
@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("organization", {"q": "torino"}),
        ("organization", {"region": "piemonte", "life": "active"}),
        ("organization", {"theme": ["beni-comuni-e-citta", "ecologia"]}),
        ("organization", {"city": "torino", "where": "seat"}),
        ("project", {"q": "città"}),
        ("project", {"year": "2017"}),
        ("network", {"region": "trentino-alto-adige"}),
    ],
)
def test_filters_and_words_find_what_the_pages_find(client, content, kind, asked, sort):
    there = [row["slug"] for row in entries(client, LISTS[kind], **asked, sort=sort)]
    here = [row["slug"] for row in every(f"/{PLURALS[kind]}/", **asked, sort=sort, page_size=3)]
    # A file of Italian pages is in Italian order.
    assert sorted(here) == sorted(there)
    if sort == "-updated" or not here:
        assert set(here) == set(there)


def test_a_page_goes_on_where_the_last_ended_whatever_was_added(content):
    first = got("/organizations/", page_size=5)
    rest = first["next"]
    make.make_organization("AAA la prima")
    parts = urlsplit(rest)
    second = Client().get(f"{parts.path}?{parts.query}").json()
    there = {row["slug"] for row in first["results"]}
    assert not there & {row["slug"] for row in second["results"]}
    assert len(second["results"]) == 5


def test_fields_are_chosen_and_slugs_expanded(content):
    (one,) = got("/organizations/", q="asilo", fields="slug,city,themes,networks")["results"][:1]
    assert set(one) == {"slug", "city", "themes", "networks"}
    said = got("/organizations/l-asilo/", fields="name_it,city,themes", expand="city,themes")
    assert said["name_it"]
    assert said["city"]["name_en"] == "Naples"
    assert said["city"]["url_it"].endswith("/it/citta/napoli/")
    assert all(theme["name_it"] for theme in said["themes"])
    projects = got("/projects/", fields="partners,programme", expand="partners,programme")
    partners = [partner for one in projects["results"] for partner in one["partners"]]
    assert any(
        partner["organization"] and partner["organization"]["name_it"] for partner in partners
    )
    assert any(partner["organization"] is None for partner in partners)


def test_places_and_themes_say_how_many_entries_they_have(content):
    cities = every("/cities/", page_size=7)
    assert [city["slug"] for city in cities] == sorted(city["slug"] for city in cities)
    torino = next(city for city in cities if city["slug"] == "torino")
    assert torino == {key: torino[key] for key in torino} | {
        "istat_code": "001272",
        "name_en": "Turin",
        "province": "TO",
        "region": "piemonte",
    }
    assert {"name": "Turin", "language": "en", "kind": "english"} in torino["names"]
    listed = got("/organizations/", city="torino")["count"]
    assert torino["organizations"] == listed > 0
    assert got("/cities/torino/")["organizations"] == listed
    within = every("/cities/", region="piemonte")
    assert {city["region"] for city in within} == {"piemonte"}
    assert len(got("/regions/")["results"]) == 20
    theme = next(one for one in every("/themes/") if one["organizations"])
    assert got("/organizations/", theme=theme["slug"])["count"] == theme["organizations"]


def test_a_cursor_of_another_order_is_refused(content):
    cursor = got("/organizations/", page_size=1)["next"].partition("cursor=")[2]
    for path in ("/organizations/?sort=-updated", "/networks/?"):
        assert "another" in refused(f"{path}&cursor={cursor}")


def test_a_client_made_of_the_description_alone_reads_everything(content):
    """Every operation, with answers as promised; what it reads is what the pages list."""
    client = GeneratedClient(f"{API}/schema/")
    lists = [name for name in client.operations if name.startswith("list_")]
    read = {name: client.every(name, page_size=50) for name in lists}
    assert all(read.values())
    assert {len(read[f"list_{plural}"]) for plural in PLURALS.values()} == {
        len(entries(Client(), LISTS[kind])) for kind in PLURALS
    }
    for name, (path, _method, _operation) in client.operations.items():
        if "{slug}" in path:
            plural = path.split("/")[1]
            first = read[f"list_{plural}"][0]
            assert client.call(name, {"slug": first["slug"]})["slug"] == first["slug"]
            said = client.call(name, {"slug": "nothing-has-this-name"})
            assert said["status"] == 404
    assert client.root()["links"]
    found = client.every(
        "list_organizations", city=["torino"], fields=["slug", "city"], expand=["city"]
    )
    assert found
    assert {one["city"]["name_en"] for one in found} == {"Turin"}
    assert client.list_organizations(city=["atlantide"])["status"] == 400


def test_schemathesis_finds_nothing(content):
    schema = schemathesis.openapi.from_dict(got("/schema/"))
    tried = 0

    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=8, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck]
        )
        @given(case=operation.as_strategy())
        def answers_as_described(case: Any) -> None:
            nonlocal tried
            # A slug of the right shape may be nobody's.
            case.validate_response(asked(case), excluded_checks=[positive_data_acceptance])
            tried += 1

        answers_as_described()
    assert tried > 60


def asked(case: Any) -> Response:
    """The answer of the test's own transaction, as if it had come over the net."""
    told = case.as_transport_kwargs(base_url=f"http://127.0.0.1:8000{API}")
    request = requests.Request(
        told["method"], told["url"], headers=told["headers"], params=told.get("params")
    ).prepare()
    address = urlsplit(request.url)
    said = Client().generic(
        request.method, address.path, headers=dict(request.headers), QUERY_STRING=address.query
    )
    headers = {name: [value] for name, value in said.headers.items()}
    return Response(said.status_code, headers, said.content, request, 0.0, verify=False)


def test_random_filters_agree_with_the_files(client, content):
    chance = random.Random(3)
    for _time in range(12):
        kind = chance.choice([*PLURALS])
        asked = {
            name: value
            for name, value in {
                "region": chance.choice(["piemonte", "campania", "lombardia"]),
                "theme": chance.choice(["ecologia", "salute-e-cura"]),
                "life": chance.choice(["active", "ended"]),
                "q": chance.choice(["città", "rete", "comune"]),
            }.items()
            if chance.random() < 0.4
        }
        here = {row["slug"] for row in every(f"/{PLURALS[kind]}/", **asked)}
        assert here == {row["slug"] for row in entries(client, LISTS[kind], **asked)}, asked
