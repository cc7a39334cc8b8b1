"""The API: the same entries as the pages, for programs."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client

from api.openapi import document
from directory.registry import kinds
from exports.columns import columns_of
from tests import builders as make
from tests.api_client import API, PLURALS, PROBLEM, every, got, refused

pytestmark = pytest.mark.django_db


def test_drafts_archived_entries_and_internal_contacts_are_nowhere():
    network = make.make_network("Rete")
    one = make.make_organization(
        "Pubblica", email="dentro@example.org", email_public=False, internal_note="nota segreta"
    )
    hidden = make.make_organization("Bozza", status="draft")
    for organization in (one, hidden):
        make.join(organization, network)
    make.take_part(make.make_project("Progetto nascosto", status="draft"), one)
    paths = ["/organizations/", "/networks/", "/projects/", "/ties/", "/organizations/pubblica/"]
    said = json.dumps([got(path) for path in paths])
    for secret in ("bozza", "Bozza", "nascosto", "dentro@", "segreta"):
        assert secret not in said
    assert len(got("/ties/")["results"]) == 1
    refused("/organizations/bozza/", 404)
    make.make_organization("Vecchia", status="archived")
    refused("/organizations/vecchia/", 410)


def test_a_former_slug_leads_to_the_entry_with_its_parameters(client):
    one = make.make_organization("Prima")
    one.slug = "seconda"
    one.save()
    response = client.get(f"{API}/organizations/prima/?fields=slug")
    assert response.status_code == 301
    assert response["Location"] == f"{API}/organizations/seconda/?fields=slug"
    assert response["Cache-Control"] == "no-cache", "a merge is taken back"


def test_ties_have_roles_and_dates_and_are_found_by_their_ends():
    one, network = make.make_organization("Una"), make.make_network("Rete")
    other, project = make.make_organization("Altra"), make.make_project("Co-City")
    make.join(one, network, "Promotore", since="2015-03")
    make.join(other, network)
    make.take_part(project, one, "Capofila", part_it="guida")
    make.take_part(project, "Una scuola")
    ties = every("/ties/", page_size=1)
    assert [tie["type"] for tie in ties] == ["membership"] * 2 + ["participation"] * 2
    assert ties[0]["organization"] == "una"
    assert ties[0]["roles"] == ["promotore"]
    assert ties[0]["since"] == "2015-03"
    assert ties[2]["roles"] == ["capofila"]
    assert ties[2]["part_it"] == "guida"
    assert ties[3]["name"] == "Una scuola"
    assert [tie["type"] for tie in every("/ties/", organization="una")] == [
        "membership",
        "participation",
    ]
    assert len(every("/ties/", network="rete")) == 2
    assert len(every("/ties/", project="co-city")) == 2
    assert every("/ties/", type="participation", organization="altra") == []
    assert "atlantide" in refused("/ties/?organization=atlantide")


# ------------------------------------------------------------------ what is refused
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/organizations/?city=atlantide", "atlantide"),
        ("/organizations/?sort=relevance", "sort"),
        ("/organizations/?page_size=0", "page_size"),
        ("/organizations/?page_size=101", "page_size"),
        ("/organizations/?page_size=²", "page_size"),
        ("/organizations/?fields=slug,secret", "secret"),
        ("/organizations/?expand=slug", "expand"),
        ("/organizations/?cursor=x", "cursor"),
        ("/organizations/?cursor=%00", "cursor"),
        ("/organizations/?cursor=WyJhIl0", "cursor"),
        ("/organizations/?q=%00", "Words"),
        ("/projects/?year=99999", "99999"),
        ("/cities/?region=atlantide", "atlantide"),
        ("/cities/?province=%00", "province"),
        ("/ties/?type=x", "type"),
        ("/ties/?network=%00", "network"),
    ],
)
def test_what_cannot_be_is_a_problem_with_a_sentence(path, said):
    assert said in refused(path)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_taken_in(client, method):
    response = getattr(client, method)(f"{API}/organizations/")
    assert response.status_code == 405
    assert response["Content-Type"] == PROBLEM
    assert "GET" in response["Allow"]


def test_unknown_addresses_are_problems_and_unknown_parameters_nothing():
    refused("/nothing/", 404)
    refused("/organizations/none/", 404)
    refused("/cities/nowhere/", 404)
    assert got("/organizations/", nonsense="1")["count"] == 0


# ------------------------------------------------------------------ how it is answered
def test_programs_of_other_sites_may_read(client):
    for path in ("/organizations/", "/nothing/"):
        response = client.get(f"{API}{path}")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in response["Access-Control-Expose-Headers"]
        assert "Set-Cookie" not in response
        assert "Cookie" not in response.get("Vary", "")
    asked = client.options(f"{API}/organizations/")
    assert asked.status_code == 204
    assert "GET" in asked["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Origin" not in client.get("/it/")


def test_what_has_not_changed_is_not_sent_again(settings, transactional_db):
    settings.PAGE_CACHE_MB = 8
    make.make_organization("Una")
    visitor = Client()
    first = visitor.get(f"{API}/organizations/")
    again = visitor.get(f"{API}/organizations/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"
    make.make_organization("Due")
    later = visitor.get(f"{API}/organizations/", headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200
    assert later.json()["count"] == 2


def test_who_asks_too_much_waits_and_nobody_else_does(client, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    told = [client.get(f"{API}/themes/") for _time in range(4)]
    assert [response.status_code for response in told] == [200, 200, 200, 429]
    assert [response["RateLimit"].split(";")[1] for response in told] == [
        "r=2",
        "r=1",
        "r=0",
        "r=0",
    ]
    assert told[0]["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert told[3]["Content-Type"] == PROBLEM
    assert 0 < int(told[3]["Retry-After"]) <= 60
    assert client.get(f"{API}/themes/", REMOTE_ADDR="192.0.2.9").status_code == 200
    assert client.get("/it/").status_code == 200
    # Behind a proxy it is the visitor who counts; of IPv6 a household.
    settings.PROXY_ADDRESS_HEADER = "X-Real-IP"
    here = [client.get(f"{API}/themes/", headers={"X-Real-IP": f"2001:db8::{n}"}) for n in range(4)]
    assert [response.status_code for response in here] == [200, 200, 200, 429]
    with connection.cursor() as cursor:
        cursor.execute("SELECT visitor FROM api_visit")
        assert all(len(visitor) == 16 for (visitor,) in cursor.fetchall())


def test_visits_are_forgotten():
    from api.limits import forget

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO api_visit VALUES ('a', now() - interval '3 minutes', 1)")
        cursor.execute("INSERT INTO api_visit VALUES ('b', now(), 1)")
    assert forget() == "1 deleted"


def test_queries_do_not_grow_with_the_page(django_assert_max_num_queries):
    network, theme = make.make_network("Rete"), make.make_theme("Orti")
    for number in range(30):
        one = make.make_organization(f"Numero {number}", themes=[theme], city=make.make_city())
        make.join(one, network)
    asked = {"expand": "city,themes,networks", "page_size": 30, "q": "numero"}
    with django_assert_max_num_queries(12):
        assert len(got("/organizations/", **asked)["results"]) == 30


# ------------------------------------------------------------------ its description
def test_the_schema_names_every_column_and_parameter():
    told = got("/schema/")
    assert told["openapi"] == "3.1.0"
    for kind, plural in PLURALS.items():
        members = told["components"]["schemas"][kind.capitalize()]["properties"]
        assert set(members) == {column.name for column in columns_of(kind)} | {"licence"}
        listed = told["paths"][f"/{plural}/"]["get"]["parameters"]
        named = {one["name"] for one in listed}
        pages = set(kinds[kind].filterset.base_filters) - {"type"}
        assert {name for name in pages if not name.startswith("find_")} - {"sort"} <= named
        assert all(one["description"] for one in listed)


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_docs_are_a_page_of_ours_in_the_reader_s_language(client, language):
    response = client.get(f"{API}/docs/", headers={"Accept-Language": language})
    said = response.content.decode()
    assert f'<html lang="{language}"' in said
    assert "Accept-Language" in response["Vary"]
    for path in document()["paths"]:
        assert f"GET {API}{path}" in said
    asked = client.get(f"{API}/docs/?lang=it", headers={"Accept-Language": "en"})
    assert '<html lang="it"' in asked.content.decode()
