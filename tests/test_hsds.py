"""``format=hsds``: organizations for those who read Open Referral's HSDS 3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from exports import hsds
from tests import builders as make
from tests.files import LISTS, ORGS, body, read
from tests.published_hsds import looser

pytestmark = pytest.mark.django_db
SHAPE = json.loads((Path(hsds.__file__).parent / "shapes/hsds.json").read_text())


def told(client: Any, path: str = ORGS, **asked: Any) -> dict[str, Any]:
    said = json.loads(body(read(client, path, "hsds", **asked)))
    shape().validate(said)
    return said


def shape() -> Any:
    return jsonschema_rs.Draft202012Validator(SHAPE, validate_formats=True)


@pytest.fixture
def asilo() -> Any:
    owner = make.make_organization("Fondazione", summary_it="Una fondazione")
    one = make.make_organization(
        "L'asilo",
        name_en="The nursery",
        summary_it="Bene comune",
        city=make.make_city("Torino", make.make_province("TO")),
        kind=make.make_kind("Associazione", name_en="Association"),
        themes=[make.make_theme("Orti")],
        founded="2012-03",
        parent=owner,
        address="Via Aperta 1",
        address_public=True,
        email="dentro@example.org",
        telephone="+39 011 5",
        telephone_public=True,
    )
    one.web_addresses.create(url="https://example.org/")
    one.identifiers.create(scheme="fiscal_code", value="97500000018")
    make.make_organization("Bozza segreta", status="draft", parent=owner)
    return one


def test_an_organization_is_had_as_the_specification_has_it(client, asilo):
    said = told(client, "/en/organizations/", q="asilo")
    assert (said["total_items"], said["size"], said["empty"]) == (1, 1, False)
    assert said["licence"] == "CC BY 4.0"
    [one] = said["contents"]
    assert (one["name"], one["alternate_name"]) == ("The nursery", "L'asilo")
    assert one["description"] == "Bene comune"
    assert one["year_incorporated"] == 2012
    assert one["website"] == "https://example.org/"
    assert one["phones"][0]["number"] == "+39 011 5"
    assert "email" not in one
    [place] = one["locations"]
    assert place["addresses"][0]["address_1"] == "Via Aperta 1"
    assert place["addresses"][0]["state_province"] == "TO"
    assert one["organization_identifiers"][0]["identifier"] == "97500000018"
    terms = {tag["taxonomy_term"]["name"] for tag in one["attributes"]}
    assert terms == {"Orti", "Association"}
    [owner] = told(client, q="fondazione")["contents"]
    assert one["parent_organization_id"] == owner["id"]


def test_the_same_organization_has_the_same_key_in_both_languages(client, asilo):
    italian, english = (
        {one["id"] for one in told(client, path)["contents"]}
        for path in (ORGS, "/en/organizations/")
    )
    assert italian == english
    assert len(italian) == 2


def test_no_draft_and_nothing_internal_is_there(client, asilo):
    said = body(read(client, ORGS, "hsds")).decode()
    for hidden in ("segreta", "dentro@"):
        assert hidden not in said


def test_an_empty_result_is_a_whole_answer(client):
    said = told(client, q="nessuno")
    assert (said["total_items"], said["contents"], said["empty"]) == (0, [], True)


def test_only_organizations_are_had_so(client, asilo):
    for kind in ("network", "project", "all"):
        refused = client.get(f"{LISTS[kind]}?format=hsds")
        assert refused.status_code == 400
        assert "csv" in refused.content.decode()
        assert "hsds" not in refused.content.decode()
        assert "format=hsds" not in client.get(LISTS[kind]).content.decode()
    assert "format=hsds" in client.get(ORGS).content.decode()


def test_what_is_not_as_the_specification_says_is_found(client, asilo):
    said = told(client)
    for path, wrong in (("id", "1"), ("name", ""), ("website", "no address"), ("services", [])):
        broken = json.loads(json.dumps(said))
        broken["contents"][0][path] = wrong
        assert not shape().is_valid(broken), path


@pytest.fixture
def fullest() -> Any:
    """All that can be said of an organization, in signs that an address may not have."""
    city = make.make_city("Nardò", make.make_province("LE", make.make_region("Puglia")))
    parent = make.make_theme("Beni comuni", description_it="Di chi li usa")
    one = make.make_organization(
        "L'asilo “di tutti” 🌍",
        name_en="The nursery",
        other_names=["Ex convento"],
        former_names=["Collegio"],
        short_names=["LA"],
        **{f"{name}_{code}": "Un testo,\ncon «segni» & <b>" for code in ("it", "en")
           for name in ("summary", "description", "purpose", "vision", "story", "activities")},
        city=city,
        address="Via Aperta, 1 – scala B",
        address_public=True,
        email="aperta+posta@example.org",
        email_public=True,
        telephone="+39 0833 5",
        telephone_public=True,
        kind=make.make_kind("Associazione", name_en="Association"),
        themes=[parent, make.make_theme("Orti", parent)],
        places=[city, make.make_province("BR"), make.make_region("Puglia"), None],
        founded="1999-12-31",
        ended="2024-05",
        life="merged",
        parent=make.make_organization("Fondazione"),
        successor=make.make_organization("Erede"),
        checked_on="2026-01-02",
        newsletter_url="https://example.org/posta",
        sources=[{"title_it": "Statuto", "url": "https://example.org/statuto"}],
    )  # fmt: skip
    one.web_addresses.create(url="https://città.example/perché no/[1]?di=100%#là")
    one.web_addresses.create(url="https://social.example/@asilo", kind="social", order=1)
    for scheme in ("fiscal_code", "vat", "runts", "wikidata", "other"):
        one.identifiers.create(scheme=scheme, value=f"{scheme} 1")
    one.milestones.create(text_it="Nasce", date="1999-12-31", date_precision="day")
    one.figures.create(label_it="Persone", value="100", year=2020)
    make.join(one, make.make_network("Rete", places=[city]), "Promotore", since="2015")
    project = make.make_project("Co-City", programme=make.make_programme())
    make.take_part(project, one, "Capofila")
    return one


@pytest.mark.parametrize("path", [ORGS, "/en/organizations/"])
def test_the_fullest_organization_keeps_to_the_shape(client, fullest, path):
    [one] = told(client, path, q="asilo")["contents"]
    assert set(one) == set(SHAPE["$defs"]["organization"]["properties"])
    assert one["website"] == (
        "https://xn--citt-3na.example/perch%C3%A9%20no/%5B1%5D?di=100%25#l%C3%A0"
    )
    assert {tag["taxonomy_term"]["code"] for tag in one["attributes"]} == {
        *("associazione", "beni-comuni", "orti"),
    }
    assert len(one["organization_identifiers"]) == 5


def test_where_the_shape_is_looser_than_what_is_published_is_found():
    """Which ``python -m tests.published_hsds`` asks of the published schema itself."""
    organization = SHAPE["$defs"]["organization"]
    theirs = {"type": "object", "required": ["id"], "properties": {}}
    for name in organization["properties"]:
        theirs["properties"][name] = {"type": "string"}
    found = [*looser({**organization, "required": []}, theirs, SHAPE)]
    assert ".id: required" in found
    assert ".phones: type string" in found
    assert ".year_incorporated: type string" in found
    assert not any(one.startswith(".name") for one in found)
    theirs["properties"].pop("website")
    theirs["properties"]["uri"] = {"type": "string", "format": "uuid"}
    found = [*looser({**organization, "additionalProperties": True}, theirs, SHAPE)]
    assert {".website: unknown", ".uri: format uuid", ": other properties"} <= set(found)


def test_the_first_content_keeps_to_the_shape(client, content):
    said = told(client)
    assert said["total_items"] > 20
