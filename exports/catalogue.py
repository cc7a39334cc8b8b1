"""``/catalog.ttl``: what there is to download, for those who harvest catalogues (DCAT-AP_IT 2.0).

The terms come from the vocabularies of the European Publications Office, as the profile asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import override

from directory.overview import totals
from directory.registry import kinds
from exports.formats import MOST_ROWS, attribution
from exports.identities import uri
from exports.linked import ITALY
from exports.rdf import IRI, Literal, Node
from places.languages import LANGUAGES

AUTHORITY = "http://publications.europa.eu/resource/authority/"
TONGUES = {"it": "ITA", "en": "ENG"}
# Population and society; regions and cities.
THEMES = ("SOCI", "REGI")
# format= → the Publications Office's word for it, and the media type.
FILES = {
    "csv": ("CSV", "text/csv"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": ("JSON", "application/json"),
    "geojson": ("GEOJSON", "application/geo+json"),
    "ttl": ("RDF_TURTLE", "text/turtle"),
    "jsonld": ("JSON_LD", "application/ld+json"),
    "hsds": ("JSON", "application/json"),
}
CONFORMS = {
    "hsds": "https://docs.openreferral.org/en/3.0/hsds/overview.html",
    "ttl": "http://www.w3.org/ns/org#",
    "jsonld": "http://www.w3.org/ns/org#",
}
ALL = ("csv", "xlsx", "json", "geojson", "ttl", "jsonld")


@dataclass(frozen=True)
class Described:
    """A dataset in words: title, description and keywords in Italian and in English."""

    titles: tuple[str, str]
    texts: tuple[str, str]
    keywords: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = field(default=ALL)


DATASETS = {
    "organization": Described(
        ("Organizzazioni civiche in Italia", "Civic organizations in Italy"),
        (
            "Chi sono, dove hanno sede e dove agiscono le organizzazioni che lavorano per il bene"
            " comune nelle città italiane, con temi, reti, progetti e fonti.",
            "Who they are, where they sit and act: the organizations that work for the common good"
            " in Italian cities, with themes, networks, projects and sources.",
        ),
        (("associazioni", "associations"), ("beni comuni", "urban commons")),
        (*ALL, "hsds"),
    ),
    "network": Described(
        ("Reti civiche in Italia", "Civic networks in Italy"),
        (
            "Le reti di organizzazioni, con chi ne fa parte, in quale ruolo e da quando.",
            "Networks of organizations, with who belongs to them, in which role and since when.",
        ),
        (("reti", "networks"), ("adesioni", "memberships")),
    ),
    "project": Described(
        ("Progetti civici in Italia", "Civic projects in Italy"),
        (
            "I progetti per il bene comune: quale sfida, dove, quando, con quali partner e quale"
            " parte ha ciascuno.",
            "Projects for the common good: which challenge, where, when, with which partners and"
            " which part each has.",
        ),
        (("progetti", "projects"), ("innovazione sociale", "social innovation")),
    ),
}
WHOLE = Described(
    ("L’elenco intero", "The whole directory"),
    (
        "Organizzazioni, reti e progetti con i loro legami, i vocabolari e i luoghi, come dati"
        " collegati.",
        "Organizations, networks and projects with their ties, vocabularies and places, as linked"
        " data.",
    ),
    (("dati collegati", "linked data"),),
)


def nodes() -> Iterator[Node]:
    """Three queries."""
    numbers, changed = totals(), last_changes()
    moments = [moment for moment in changed.values() if moment]
    newest = max(moments, default="1970-01-01T00:00:00Z")
    datasets = [whole(newest)]
    for key in DATASETS:
        datasets.append(of_kind(key, numbers[key], changed.get(key) or newest))
    catalogue = Node(uri("catalog", "civicnet"), ("dcat:Catalog", "dcatapit:Catalog"))
    both(catalogue, "dct:title", (settings.SITE_NAME, settings.SITE_NAME))
    both(
        catalogue,
        "dct:description",
        (
            "Chi fa cosa per il bene comune, in quale città italiana, insieme a chi.",
            "Who does what for the common good, in which Italian city, together with whom.",
        ),
    )
    catalogue.say("dct:publisher", IRI(publisher().id))
    catalogue.say("dct:modified", moment(newest))
    catalogue.say("foaf:homepage", IRI(f"{settings.BASE_URL}/"))
    catalogue.say("dct:language", *tongues())
    catalogue.say("dcat:themeTaxonomy", IRI(f"{AUTHORITY}data-theme"))
    catalogue.say("dct:license", IRI(licence().id))
    catalogue.say("dct:spatial", ITALY)
    catalogue.say("dcat:dataset", *datasets)
    catalogue.say("dcat:service", service())
    yield catalogue
    yield publisher()
    yield licence()
    if contact := contact_point():
        yield contact


def last_changes() -> dict[str, str]:
    """When an entry of each kind was last changed."""
    names = {kind.number: kind.key for kind in kinds.values()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, to_char(max(updated) AT TIME ZONE 'UTC',"
            ' \'YYYY-MM-DD"T"HH24:MI:SS"Z"\')'
            " FROM directory_listed GROUP BY kind"
        )
        return {names[number]: written for number, written in cursor.fetchall()}


def moment(written: str) -> Literal:
    return Literal(written, datatype="xsd:dateTime")


def both(node: Node, predicate: str, texts: tuple[str, str]) -> None:
    for language, text in zip(LANGUAGES, texts, strict=True):
        node.say(predicate, Literal(text, language))


def tongues() -> list[IRI]:
    return [IRI(f"{AUTHORITY}language/{TONGUES[language]}") for language in LANGUAGES]


def publisher() -> Node:
    """Who publishes it is also who holds its rights."""
    name = settings.PUBLISHER or settings.SITE_NAME
    node = Node(uri("publisher", slugify(name) or "publisher"), ("dcatapit:Agent", "foaf:Agent"))
    node.say("foaf:name", name)
    node.say("dct:identifier", settings.BASE_URL)
    return node


def licence() -> Node:
    node = Node(settings.LICENCE_URL, ("dcatapit:LicenseDocument", "dct:LicenseDocument"))
    node.say("foaf:name", settings.LICENCE_NAME)
    if "/licenses/by" in settings.LICENCE_URL:
        node.say("dct:type", IRI("http://purl.org/adms/licencetype/Attribution"))
    return node


def contact_point() -> Node | None:
    if not settings.CONTACT_EMAIL:
        return None
    node = Node(uri("contact", "directory"), ("dcatapit:Organization", "vcard:Organization"))
    node.say("vcard:fn", settings.PUBLISHER or settings.SITE_NAME)
    node.say("vcard:hasEmail", IRI(f"mailto:{settings.CONTACT_EMAIL}"))
    node.say("vcard:hasURL", IRI(f"{settings.BASE_URL}/"))
    return node


def service() -> Node:
    node = Node(uri("service", "api"), ("dcat:DataService",))
    both(node, "dct:title", ("Le API", "The API"))
    node.say("dcat:endpointURL", IRI(settings.BASE_URL + reverse("api:root")))
    node.say("dcat:endpointDescription", IRI(settings.BASE_URL + reverse("api:schema")))
    node.say("dct:license", IRI(settings.LICENCE_URL))
    return node


def dataset(name: str, described: Described, modified: str) -> Node:
    node = Node(uri("dataset", name), ("dcat:Dataset", "dcatapit:Dataset"))
    both(node, "dct:title", described.titles)
    both(node, "dct:description", described.texts)
    for pair in described.keywords:
        both(node, "dcat:keyword", pair)
    node.say("dct:identifier", name)
    node.say("dct:modified", moment(modified))
    node.say("dcat:theme", *(IRI(f"{AUTHORITY}data-theme/{theme}") for theme in THEMES))
    # As it is edited, so it is published.
    node.say("dct:accrualPeriodicity", IRI(f"{AUTHORITY}frequency/UPDATE_CONT"))
    node.say("dct:language", *tongues())
    node.say("dct:publisher", IRI(publisher().id))
    node.say("dct:rightsHolder", IRI(publisher().id))
    node.say("dct:spatial", ITALY)
    node.say("dct:provenance", attribution()["territory"])
    if contact := contact_point():
        node.say("dcat:contactPoint", IRI(contact.id))
    return node


def of_kind(key: str, number: int, modified: str) -> Node:
    described = DATASETS[key]
    name = f"{key}s"
    with override("it"):
        page = settings.BASE_URL + reverse(f"{kinds[key].namespace}:list")
    node = dataset(name, described, modified)
    node.say("dcat:landingPage", IRI(page))
    for form in described.files:
        if form != "xlsx" or number <= MOST_ROWS:
            node.say("dcat:distribution", distribution(name, form, f"{page}?format={form}", page))
    api = distribution(name, "json", settings.BASE_URL + reverse(f"api:{name}"), "")
    api.id += "-api"
    api.say("dcat:accessService", IRI(service().id))
    node.say("dcat:distribution", api)
    return node


def whole(modified: str) -> Node:
    node = dataset("directory", WHOLE, modified)
    for form in ("ttl", "jsonld"):
        address = f"{settings.BASE_URL}/directory.{form}"
        node.say("dcat:distribution", distribution("directory", form, address, ""))
    return node


def distribution(name: str, form: str, address: str, page: str) -> Node:
    """``page``: where people find it, if not at its own address."""
    file_type, media_type = FILES[form]
    node = Node(
        uri("distribution", f"{name}-{form}"), ("dcat:Distribution", "dcatapit:Distribution")
    )
    node.say("dct:title", f"{name}.{form}")
    node.say("dct:format", IRI(f"{AUTHORITY}file-type/{file_type}"))
    node.say("dcat:mediaType", IRI(f"https://www.iana.org/assignments/media-types/{media_type}"))
    node.say("dcat:accessURL", IRI(page or address))
    node.say("dcat:downloadURL", IRI(address) if page else None)
    node.say("dct:license", IRI(settings.LICENCE_URL))
    if form in CONFORMS:
        node.say("dct:conformsTo", IRI(CONFORMS[form]))
    return node
