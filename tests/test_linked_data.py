"""Entries and the whole directory as linked data, read with rdflib and held to their shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pyshacl import validate
from rdflib import DCTERMS, OWL, RDF, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from exports import catalogue
from tests import builders as make
from tests.files import LISTS, body, read
from tests.test_page_data import edition

pytestmark = pytest.mark.django_db
BASE = "http://127.0.0.1:8000"
ID = Namespace(f"{BASE}/id/")
ORG = Namespace("http://www.w3.org/ns/org#")
COV = Namespace("https://w3id.org/italia/onto/COV/")
CLV = Namespace("https://w3id.org/italia/onto/CLV/")
SCHEMA = Namespace("https://schema.org/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
TIME = Namespace("http://www.w3.org/2006/time#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SHAPES = Path(catalogue.__file__).parent / "shapes"
NAMES = {"ttl": "turtle", "jsonld": "json-ld"}
MEDIA_TYPES = {"ttl": "text/turtle", "jsonld": "application/ld+json"}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def graph(path: str, form: str = "ttl", **asked: Any) -> Graph:
    response = Client().get(path, **asked)
    assert response.status_code == 200, path
    assert response["Content-Type"].startswith(MEDIA_TYPES[form])
    return Graph().parse(data=body(response), format=NAMES[form])


def complaints(data: Graph, shapes: str) -> str:
    conforms, _graph, said = validate(data, shacl_graph=str(SHAPES / f"{shapes}.ttl"))
    return "" if conforms else said


@pytest.fixture
def asilo() -> Any:
    """An organization with something in every place, and ties."""
    city = make.make_city("Torino", make.make_province("TO"))
    owner = make.make_organization("Fondazione")
    one = make.make_organization(
        "L'asilo “di tutti” \\ 🌍",
        slug="l-asilo",
        name_en="The nursery",
        summary_it="Bene comune\ndi tutti",
        city=city,
        kind=make.make_kind("Associazione"),
        themes=[make.make_theme("Orti", make.make_theme("Beni comuni"))],
        places=[make.make_region("Puglia"), None, city],
        founded="2012-03",
        parent=owner,
        email="aperta@example.org",
        email_public=True,
        telephone="+39 999888",
        address="Via Dentro 1",
        other_names=["Ex asilo"],
        short_names=["LA"],
        internal_note="nota segreta",
        sources=[
            {
                "title_it": "Statuto",
                "url": "https://example.org/statuto",
                "read_on": "2026-01-02",
            }
        ],
    )
    one.web_addresses.create(url='https://example.org/a b"<x>')
    one.identifiers.create(scheme="fiscal_code", value="97500000018")
    one.identifiers.create(scheme="runts", value="12345")
    network = make.make_network("Rete", places=[city])
    make.join(one, network, "Promotore", since="2015")
    make.join(one, make.make_network("Rete nascosta", status="draft"))
    project = make.make_project("Co-City", founded="2019-05-01", programme=make.make_programme())
    make.take_part(project, one, "Capofila", part_it="guida")
    make.take_part(project, network)
    make.take_part(project, "Una scuola")
    make.take_part(make.make_project("Progetto nascosto", status="draft"), one)
    edition(project, "Prima", "2020-05")
    make.make_organization("Bozza segreta", status="draft", parent=one)
    return one


PAGES = {
    "organization": "/it/organizzazioni/l-asilo",
    "network": "/it/reti/rete",
    "project": "/en/projects/co-city",
}


# ------------------------------------------------------------------ an entry
@pytest.mark.parametrize("kind", PAGES)
def test_turtle_and_json_ld_say_the_same_and_keep_to_the_shapes(asilo, kind):
    turtle, json_ld = (graph(f"{PAGES[kind]}.{form}", form) for form in NAMES)
    assert isomorphic(turtle, json_ld)
    assert complaints(turtle, "entries") == ""


def test_an_organization_is_told_in_org_schema_and_the_italian_profile(asilo):
    found = graph("/en/organizations/l-asilo.ttl")
    one = ID["organization/l-asilo"]
    types = set(found.objects(one, RDF.type))
    assert types == {ORG.Organization, COV.Organization, SCHEMA.NGO}
    names = set(found.objects(one, SKOS.prefLabel))
    assert names == {Literal("L'asilo “di tutti” \\ 🌍", "it"), Literal("The nursery", "en")}
    assert found.value(one, SCHEMA.foundingDate) == Literal("2012-03", datatype=XSD.gYearMonth)
    assert found.value(one, COV.taxCode) == Literal("97500000018")
    assert found.value(one, COV.orgAcronym) == Literal("LA")
    assert found.value(one, ORG.classification) == ID["organization-kind/associazione"]
    assert found.value(one, COV.subOrganizationOf) == ID["organization/fondazione"]
    seat = found.value(one, ORG.hasPrimarySite)
    city = found.value(found.value(seat, ORG.siteAddress), CLV.hasCity)
    assert city == ID["city/torino"]
    assert len(str(found.value(city, DCTERMS.identifier))) == 6
    assert ID["city/torino"] in set(found.objects(one, SCHEMA.areaServed))
    # Written so that no sign of an address can end it.
    assert URIRef("https://example.org/a%20b%22%3Cx%3E") in set(found.objects(one))
    assert str(found.value(one, SCHEMA.email)) == "aperta@example.org"


def test_a_membership_has_its_ends_its_role_and_its_dates(asilo):
    for path in ("/it/organizzazioni/l-asilo.ttl", "/it/reti/rete.ttl"):
        found = graph(path)
        tie = ID["network/rete#l-asilo.promotore.2015"]
        assert found.value(tie, ORG.member) == ID["organization/l-asilo"]
        assert found.value(tie, ORG.organization) == ID["network/rete"]
        assert found.value(tie, ORG.role) == ID["membership-role/promotore"]
        start = found.value(found.value(tie, ORG.memberDuring), TIME.hasBeginning)
        assert found.value(start, TIME.inXSDgYear) == Literal("2015", datatype=XSD.gYear)


def test_nothing_internal_and_no_draft_is_in_any_of_it(asilo):
    paths = [f"{page}.{form}" for page in PAGES.values() for form in NAMES]
    paths += [f"/{name}.{form}" for name in ("directory", "vocabularies") for form in NAMES]
    paths += [f"{path}?format={form}" for path in LISTS.values() for form in NAMES]
    for path in paths:
        said = body(Client().get(path)).decode()
        for hidden in ("nascost", "segret", "999888", "Dentro"):
            assert hidden not in said, (path, hidden)
    client = Client()
    assert client.get("/it/organizzazioni/bozza-segreta.ttl").status_code == 404
    assert client.get("/id/organization/bozza-segreta").status_code == 404


def test_what_breaks_a_rule_is_found(asilo):
    """The shapes can tell."""
    whole = graph("/it/organizzazioni/l-asilo.ttl")
    one = ID["organization/l-asilo"]
    tie = ID["network/rete#l-asilo.promotore.2015"]
    for broken in (
        (one, SKOS.prefLabel, Literal("senza lingua")),
        (one, SCHEMA.foundingDate, Literal("marzo 2012")),
        (one, SCHEMA.email, Literal("nessuna")),
        (tie, ORG.member, ID["organization/altra"]),
        (ID["city/torino"], DCTERMS.identifier, Literal("12")),
    ):
        whole.add(broken)
        assert "Constraint" in complaints(whole, "entries"), broken
        whole.remove(broken)
    assert complaints(whole, "entries") == ""
    whole.remove((None, DCTERMS.license, None))
    assert "Constraint" in complaints(whole, "entries")
    listed = graph("/catalog.ttl")
    listed.remove((ID["dataset/projects"], DCTERMS.rightsHolder, None))
    assert "Constraint" in complaints(listed, "catalogue")


# ------------------------------------------------------------------ who asks for what
@pytest.mark.parametrize(
    ("accepted", "kind"),
    [
        (BROWSER, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        ("application/json", "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle;q=0.5, application/ld+json", "application/ld+json"),
        ("text/html;q=0.4, text/turtle;q=0.9", "text/turtle"),
        ("text/turtle;q=0.4, text/html", "text/html"),
        ("text/turtle;q=x, \x00/;;=", "text/turtle"),
    ],
)
def test_a_page_is_had_in_the_form_that_is_preferred(client, asilo, accepted, kind):
    response = client.get("/it/organizzazioni/l-asilo/", headers={"Accept": accepted})
    assert response["Content-Type"].startswith(kind)
    assert "Accept" in response["Vary"].split(", ")
    if kind != "text/html":
        form = {"text/turtle": "ttl"}.get(kind, "jsonld")
        assert response["Content-Location"] == f"/it/organizzazioni/l-asilo.{form}"


def test_the_page_announces_its_other_forms(client, asilo):
    html = client.get("/it/organizzazioni/l-asilo/").content.decode()
    for form, media_type in MEDIA_TYPES.items():
        link = f'<link rel="alternate" type="{media_type}" href="/it/organizzazioni/l-asilo.{form}"'
        assert link in html
        assert f'<a href="/it/organizzazioni/l-asilo.{form}"' in html


# ------------------------------------------------------------------ names
def test_what_is_named_leads_to_what_is_said_of_it(client, asilo):
    for name, accepted, language, there in (
        ("organization/l-asilo", "text/html", "it", "/it/organizzazioni/l-asilo/"),
        ("organization/l-asilo", "text/html", "en", "/en/organizations/l-asilo/"),
        ("organization/l-asilo", "text/turtle", "en", "/en/organizations/l-asilo.ttl"),
        ("network/rete", "application/ld+json", "it", "/it/reti/rete.jsonld"),
        ("theme/orti", "text/html", "it", "/it/temi/orti/"),
        ("theme/orti", "text/turtle", "it", "/vocabularies.ttl"),
        ("city/torino", "text/html", "en", "/en/cities/torino/"),
        ("province/to", "text/html", "it", "/it/cerca/?province=to"),
        ("organization-kind/associazione", "", "it", "/it/organizzazioni/?kind=associazione"),
        ("membership-role/promotore", "text/html", "it", "/vocabularies.ttl"),
        ("dataset/organizations", "text/html", "it", "/catalog.ttl"),
        ("theme/", "text/turtle", "it", "/vocabularies.ttl"),
    ):
        headers = {"Accept": accepted, "Accept-Language": language}
        response = client.get(f"/id/{name}", headers=headers)
        assert (response.status_code, response["Location"]) == (303, there), name
        assert response["Vary"] == "Accept, Accept-Language"
        if "membership" not in name:
            assert client.get(there).status_code == 200, there
    for unknown in ("organization/niente", "cosa/orti", "cosa/", "organization/"):
        assert client.get(f"/id/{unknown}").status_code == 404, unknown
    assert client.get("/directory")["Location"] == "/it/fonti/"
    turtle = client.get("/directory", headers={"Accept": "text/turtle"})
    assert turtle["Location"] == "/directory.ttl"


def test_a_former_name_still_names_the_entry(client, asilo):
    asilo.slug = "asilo-nuovo"
    asilo.save()
    found = graph("/it/organizzazioni/asilo-nuovo.ttl")
    former = found.value(ID["organization/asilo-nuovo"], OWL.sameAs)
    assert former == ID["organization/l-asilo"]
    assert client.get("/id/organization/l-asilo")["Location"] == "/it/organizzazioni/asilo-nuovo/"
    moved = client.get("/it/organizzazioni/l-asilo.ttl")
    assert (moved.status_code, moved["Location"]) == (301, "/it/organizzazioni/asilo-nuovo.ttl")
    assert moved["Cache-Control"] == "no-cache"


# ------------------------------------------------------------------ listings
def test_a_listing_says_what_its_entries_say(client, asilo):
    alone = graph("/it/organizzazioni/l-asilo.ttl")
    listed = Graph().parse(data=body(read(client, LISTS["organization"], "ttl", q="asilo")))
    assert set(alone) - set(listed) == {one for one in alone if "BNode" in repr(one)} - set(listed)
    whole = Graph().parse(data=body(read(client, LISTS["all"], "jsonld")), format="json-ld")
    assert {ID["organization/l-asilo"], ID["network/rete"], ID["project/co-city"]} <= set(
        whole.subjects()
    )


# ------------------------------------------------------------------ the catalogue
def test_the_catalogue_keeps_to_its_shapes_and_each_download_is_there(client, asilo, settings):
    settings.PUBLISHER = "Comune di prova"
    turtle, json_ld = (graph(f"/catalog.{form}", form) for form in NAMES)
    assert isomorphic(turtle, json_ld)
    assert complaints(turtle, "catalogue") == ""
    datasets = {str(one) for one in turtle.objects(None, DCAT.dataset)}
    names = ("directory", "organizations", "networks", "projects")
    assert datasets == {str(ID[f"dataset/{name}"]) for name in names}
    addresses = {*turtle.objects(None, DCAT.downloadURL), *turtle.objects(None, DCAT.accessURL)}
    assert len(addresses) > 20
    for address in addresses:
        response = client.get(str(address).removeprefix(BASE))
        assert response.status_code == 200, address
        assert body(response), address
    offered = {str(one).rpartition("format=")[2] for one in addresses if "format=" in str(one)}
    assert {"csv", "xlsx", "json", "geojson", "ttl", "jsonld", "hsds"} == offered
    modified = turtle.value(ID["dataset/organizations"], DCTERMS.modified)
    assert modified.toPython().replace(microsecond=0) >= asilo.updated.replace(microsecond=0)


def test_other_forms_are_not_there(client):
    for path in ("/catalog.pdf", "/directory.csv", "/vocabularies.x"):
        assert client.get(path).status_code == 404
