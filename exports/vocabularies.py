"""The directory's own words and places, to which entries are tied: SKOS concepts, and the cities,
provinces and regions by the codes that Istat gave them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.urls import reverse

from directory.models import Theme
from exports.identities import uri
from exports.linked import ITALY, thing
from exports.rdf import IRI, Literal, Node
from networks.models import MembershipRole
from orgs.models import OrganizationKind
from places.languages import LANGUAGES
from places.models import Province, Region
from projects.models import FundingProgramme, PartnerRole

# The schemes, by the word in their concepts' addresses, and what they are called.
SCHEMES: dict[str, tuple[type[Model], str, str]] = {
    "theme": (Theme, "Temi", "Themes"),
    "organization-kind": (OrganizationKind, "Tipi di organizzazione", "Kinds of organization"),
    "membership-role": (MembershipRole, "Ruoli nelle reti", "Roles in networks"),
    "partner-role": (PartnerRole, "Ruoli nei progetti", "Roles in projects"),
    "programme": (FundingProgramme, "Programmi di finanziamento", "Funding programmes"),
}
STATUS = {"current": ("in corso", "current"), "former": ("concluso", "former")}
# Of which listing a concept filters, and by which parameter.
FILTERED = {
    "organization-kind": ("orgs:list", "kind"),
    "programme": ("projects:list", "programme"),
}


def words() -> Iterator[Node]:
    """One query for each scheme."""
    for name, (model, italian, english) in SCHEMES.items():
        yield scheme(name, italian, english)
        terms = model._default_manager.order_by("order", "slug")
        for term in terms.select_related("parent") if model is Theme else terms:
            yield concept(name, term)
    yield scheme("status", "Stato di un’adesione", "State of a membership")
    for slug, labels in STATUS.items():
        node = Node(thing("status", slug), ("skos:Concept",))
        for language, label in zip(LANGUAGES, labels, strict=True):
            node.say("skos:prefLabel", Literal(label, language))
        node.say("skos:inScheme", IRI(uri("status", "")))
        yield node


def scheme(name: str, italian: str, english: str) -> Node:
    node = Node(uri(name, ""), ("skos:ConceptScheme",))
    for language, title in zip(LANGUAGES, (italian, english), strict=True):
        node.say("dct:title", Literal(title, language))
    node.say("dct:license", IRI(settings.LICENCE_URL))
    return node


def concept(name: str, term: Any) -> Node:
    types = ("skos:Concept", "schema:Grant") if name == "programme" else ("skos:Concept",)
    if name.endswith("-role"):
        types = ("skos:Concept", "org:Role")
    node = Node(thing(name, term.slug), types)
    record = vars(term)
    node.say_texts("skos:prefLabel", record, "name")
    if "description_it" in record:
        node.say_texts("skos:definition", record, "description")
    node.say("skos:notation", term.slug)
    node.say("skos:inScheme", IRI(uri(name, "")))
    if url := record.get("url"):
        node.say("foaf:page", IRI(url))
    if parent := record.get("parent_id") and term.parent:
        node.say("skos:broader", thing(name, parent.slug))
    elif name == "theme":
        node.say("skos:topConceptOf", IRI(uri(name, "")))
    return node


def provinces_and_regions() -> Iterator[Node]:
    """Two queries."""
    for region in Region.objects.by_name():
        node = place(
            "region", region.slug, ("clv:Region", "schema:AdministrativeArea"), vars(region)
        )
        node.say("clv:hasDirectHigherRank", ITALY)
        node.say("foaf:page", IRI(settings.BASE_URL + reverse("region", args=[region.slug])))
        yield node
    for province in Province.objects.select_related("region").by_name():
        types = ("clv:Province", "schema:AdministrativeArea")
        node = place("province", province.sigla.lower(), types, vars(province))
        node.say("clv:acronym", province.sigla)
        node.say("clv:hasDirectHigherRank", thing("region", province.region.slug))
        yield node


# Read one after another, as there are thousands.
CITIES = """
SELECT city.slug, city.istat_code, city.name_it, coalesce(city.name_en, ''), city.sigla,
    city.latitude, city.longitude, called.names, called.languages
FROM places_city AS city CROSS JOIN LATERAL (
    SELECT array_agg(name ORDER BY language COLLATE "C", name COLLATE "C") AS names,
        array_agg(language ORDER BY language COLLATE "C", name COLLATE "C") AS languages
    FROM places_cityname WHERE city_id = city.id AND language <> '' AND kind <> 'former'
        AND name <> city.name_it AND name <> coalesce(city.name_en, '')
) AS called ORDER BY city.istat_code
"""


def city(row: tuple[Any, ...]) -> Node:
    slug, code, name_it, name_en, sigla, latitude, longitude, names, languages = row
    record = {
        "istat_code": code,
        "name_it": name_it,
        "name_en": name_en,
        "latitude": latitude,
        "longitude": longitude,
    }
    node = place("city", slug, ("clv:City", "schema:City"), record)
    # In other languages, and short ones: as they have one, their languages are known.
    called = zip(names or (), languages or (), strict=True)
    node.say("skos:altLabel", *(Literal(name, language) for name, language in called))
    node.say("clv:hasDirectHigherRank", thing("province", sigla.lower()))
    return node


def place(kind: str, name: str, types: tuple[str, ...], record: dict[str, Any]) -> Node:
    node = Node(thing(kind, name), types)
    node.say_texts("rdfs:label", record, "name")
    node.say("dct:identifier", record["istat_code"])
    for axis in ("latitude", "longitude"):
        node.say(f"schema:{axis}", Literal(str(record[axis]), datatype="xsd:decimal"))
    return node
