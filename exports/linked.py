"""Entries as linked data, made of their public records (``exports.columns``) and nothing else.

W3C ORG for organizations and their ties, schema.org and SKOS for the rest, and the Italian
profile (COV-AP_IT, CLV-AP_IT) where it has a term. What these have no term for (story, vision,
principles, key figures) is in the record, to which ``rdfs:seeAlso`` leads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings

from exports.identities import uri
from exports.page_data import NON_GOVERNMENTAL
from exports.rdf import IRI, Literal, Node, literal_of_date
from places.languages import LANGUAGES

Record = dict[str, Any]
ITALY = IRI("http://publications.europa.eu/resource/authority/country/ITA")
PLURALS = {"organization": "organizations", "network": "networks", "project": "projects"}
# Schemes of identifiers that have no term of their own, as clv:identifierType.
NAMED_SCHEMES = {"runts": "RUNTS", "other": "other"}


def thing(kind: str, name: str) -> IRI:
    return IRI(uri(kind, name))


def moment(written: str) -> Literal | None:
    return Literal(written, datatype="xsd:dateTime") if written else None


def nodes_of(record: Record, *, is_alone: bool = True) -> list[Node]:
    """The entry, and its ties. ``is_alone``: in a document of its own; of the whole directory, what
    is said of a tie stands once, with the network or the project."""
    kind, slug = record["type"], record["slug"]
    node = Node(thing(kind, slug), TYPES[kind])
    names_of(node, record)
    node.say_texts("schema:description", record, "summary")
    node.say_texts("dct:description", record, "description")
    node.say("dct:subject", *(thing("theme", one) for one in record["themes"]))
    contacts_of(node, record)
    for one in record["identifiers"]:
        identify(node, one["scheme"], one["value"])
    ties = OWN[kind](node, record, is_alone)
    if successor := record["successor"]:
        node.say("dct:isReplacedBy", thing(kind, successor))
    node.say("owl:sameAs", *(thing(kind, one) for one in record["former_slugs"]))
    for source in record["sources"]:
        node.say("dct:source", source_of(source))
    for language in LANGUAGES:
        node.say("foaf:isPrimaryTopicOf", page_of(record, language))
    node.say("rdfs:seeAlso", IRI(f"{settings.BASE_URL}/api/v1/{PLURALS[kind]}/{slug}/"))
    if record["invented"]:
        node.say("rdfs:comment", Literal("Invented to try the site: it does not exist.", "en"))
    return [node, *ties]


TYPES = {
    "organization": ("org:Organization", "cov:Organization"),
    # What several organizations do together, without being a legal body of its own.
    "network": ("org:OrganizationalCollaboration", "cov:Organization", "schema:Organization"),
    "project": ("schema:Project", "foaf:Project", "org:OrganizationalCollaboration"),
}


def names_of(node: Node, record: Record) -> None:
    for predicate in ("skos:prefLabel", "schema:name"):
        node.say_texts(predicate, record, "name")
    is_body = "cov:Organization" in node.types
    for name in [*record["other_names"], *record["former_names"]]:
        node.say("cov:altName" if is_body else "skos:altLabel", name)
    for name in record["short_names"]:
        node.say("cov:orgAcronym" if is_body else "skos:altLabel", name)


def contacts_of(node: Node, record: Record) -> None:
    node.say("schema:email", record["email"])
    node.say("schema:telephone", record["telephone"])
    for one in record["web_addresses"]:
        predicate = {"website": "foaf:homepage", "social": "schema:sameAs"}.get(one["kind"])
        node.say(predicate or "foaf:page", IRI(one["url"]))


def identify(node: Node, scheme: str, value: str) -> None:
    if scheme == "fiscal_code":
        node.say("cov:taxCode" if "cov:Organization" in node.types else "schema:taxID", value)
    elif scheme == "vat":
        # cov:VATnumber is of private organizations only, which is not known here.
        node.say("schema:vatID", value)
    elif scheme == "wikidata":
        node.say("schema:sameAs", IRI(f"http://www.wikidata.org/entity/{value}"))
    else:
        made = Node("", ("clv:Identifier",))
        made.say("clv:identifierType", NAMED_SCHEMES.get(scheme, scheme))
        made.say("l0:identifier", value)
        predicate = "cov:hasAlternativeIdentifier"
        node.say(predicate if "cov:Organization" in node.types else "adms:identifier", made)


def source_of(source: Record) -> Node:
    made = Node("", ("foaf:Document",))
    made.say_texts("dct:title", source, "title")
    made.say("foaf:page", IRI(source["url"]) if source["url"] else None)
    made.say("dct:date", literal_of_date(source["read_on"]))
    return made


def page_of(record: Record, language: str) -> Node:
    """The page, which is what the licence and the dates are about."""
    page = Node(record[f"url_{language}"], ("foaf:Document",))
    page.say("foaf:primaryTopic", thing(record["type"], record["slug"]))
    page.say("dct:language", Literal(language))
    page.say("dct:license", IRI(settings.LICENCE_URL))
    page.say("dct:publisher", settings.PUBLISHER or settings.SITE_NAME)
    page.say("dct:issued", moment(record["published_at"]))
    page.say("dct:modified", moment(record["updated"]))
    page.say("dct:valid", literal_of_date(record["checked_on"]))
    return page


# ------------------------------------------------------------------ each kind's own
def of_organization(node: Node, record: Record, is_alone: bool) -> list[Node]:
    is_civic = record["kind"] in NON_GOVERNMENTAL
    node.types = (*node.types, "schema:NGO" if is_civic else "schema:Organization")
    node.say("org:classification", record["kind"] and thing("organization-kind", record["kind"]))
    seat_of(node, record, is_alone)
    node.say("schema:areaServed", *(place_of(one) for one in record["places"]))
    node.say("schema:foundingDate", literal_of_date(record["founded"]))
    node.say("schema:dissolutionDate", literal_of_date(record["ended"]))
    node.say_texts("org:purpose", record, "purpose")
    node.say_texts("cov:mainFunction", record, "activities")
    if record["part_of"]:
        owner = thing("organization", record["part_of"])
        node.say("org:subOrganizationOf", owner)
        node.say("cov:subOrganizationOf", owner)
    if record["successor"]:
        node.say("cov:precedes", thing("organization", record["successor"]))
    ties = [membership(one["network"], record["slug"], one) for one in record["networks"]]
    node.say("cov:participating", *(IRI(tie.id) for tie in ties))
    ties += parts_taken(record)
    node.say("org:hasMembership", *(IRI(tie.id) for tie in ties))
    return ties if is_alone else []


def seat_of(node: Node, record: Record, is_alone: bool) -> None:
    if not (record["city"] or record["address"]):
        return
    address = Node(f"{node.id}#address", ("clv:Address", "schema:PostalAddress"))
    address.say("schema:streetAddress", record["address"])
    address.say("schema:addressLocality", record["city_name"])
    address.say("schema:addressRegion", record["province"])
    address.say("schema:addressCountry", "IT")
    written = ", ".join(filter(None, [record["address"], record["city_name"]]))
    address.say(
        "clv:fullAddress", f"{written} ({record['province']})" if record["city"] else written
    )
    if record["city"]:
        address.say("clv:hasCity", city_of(record) if is_alone else thing("city", record["city"]))
        address.say("clv:hasProvince", thing("province", record["province"].lower()))
        address.say("clv:hasRegion", thing("region", record["region"]))
    seat = Node(f"{node.id}#seat", ("org:Site",))
    seat.say("org:siteAddress", address)
    node.say("org:hasPrimarySite", seat)
    node.say("clv:hasPrimaryAddress", IRI(address.id))
    node.say("schema:address", IRI(address.id))


def city_of(record: Record) -> Node:
    """Of the seat; with the code that Istat gave it."""
    city = Node(thing("city", record["city"]), ("clv:City", "schema:City"))
    city.say("rdfs:label", Literal(record["city_name"], "it"))
    city.say("dct:identifier", record["city_istat"])
    position_of(city, record)
    return city


def position_of(node: Node, record: Record) -> None:
    for name in ("latitude", "longitude"):
        if record[name] is not None:
            node.say(f"schema:{name}", Literal(str(record[name]), datatype="xsd:decimal"))


def place_of(place: Record) -> IRI:
    return ITALY if place["type"] == "country" else thing(place["type"], place["slug"])


def of_network(node: Node, record: Record, is_alone: bool) -> list[Node]:
    node.say("schema:areaServed", *(place_of(one) for one in record["places"]))
    node.say("schema:foundingDate", literal_of_date(record["founded"]))
    node.say("schema:dissolutionDate", literal_of_date(record["ended"]))
    node.say_texts("org:purpose", record, "aim")
    members = dict.fromkeys(thing("organization", one["organization"]) for one in record["members"])
    node.say("schema:member", *members)
    node.say("org:hasMember", *members)
    ties = [membership(record["slug"], one["organization"], one) for one in record["members"]]
    parts = parts_taken(record)
    node.say("org:hasMembership", *(IRI(part.id) for part in parts))
    return [*ties, *parts] if is_alone else ties


def membership(network: str, organization: str, tie: Record) -> Node:
    """The same node, whichever end says it: an organization may have several in a network."""
    mark = ".".join(filter(None, [organization, tie["role"], tie["since"]]))
    made = Node(f"{uri('network', network)}#{mark}", ("org:Membership", "cov:Participation"))
    made.say("org:organization", thing("network", network))
    made.say("cov:participated", thing("network", network))
    made.say("org:member", thing("organization", organization))
    role = thing("membership-role", tie["role"])
    made.say("org:role", role)
    made.say("cov:hasParticipationType", role)
    made.say("org:memberDuring", interval(tie))
    if tie["current"] != "unstated":
        made.say("adms:status", thing("status", {"yes": "current", "no": "former"}[tie["current"]]))
    return made


def interval(tie: Record) -> Node | None:
    """Dates as long as they are precise (OWL-Time)."""
    made = Node("", ("time:Interval",))
    for name, predicate in (("since", "time:hasBeginning"), ("until", "time:hasEnd")):
        if date := literal_of_date(tie[name]):
            instant = Node("", ("time:Instant",))
            instant.say(INSTANTS[date.datatype], date)
            made.say(predicate, instant)
    return made if made.said else None


INSTANTS = {
    "xsd:gYear": "time:inXSDgYear",
    "xsd:gYearMonth": "time:inXSDgYearMonth",
    "xsd:date": "time:inXSDDate",
}


def parts_taken(record: Record) -> list[Node]:
    """An organization's or a network's, in projects."""
    own = {record["type"]: record["slug"]}
    return [participation(one["project"], {**one, **own}) for one in record["projects"]]


def of_project(node: Node, record: Record, is_alone: bool) -> list[Node]:
    node.say_texts("dct:alternative", record, "subtitle")
    node.say_texts("org:purpose", record, "challenge")
    node.say("schema:foundingDate", literal_of_date(record["start"]))
    node.say("schema:dissolutionDate", literal_of_date(record["end"]))
    node.say("schema:areaServed", *(place_of(one) for one in record["places"]))
    if record["programme"]:
        node.say("schema:funding", thing("programme", record["programme"]))
    node.say("schema:url", IRI(record["follow_url"]) if record["follow_url"] else None)
    node.say("schema:event", *map(event, record["editions"]))
    named = [one for one in record["partners"] if one["name"]]
    node.say("dct:contributor", *map(plain_partner, named))
    return [participation(record["slug"], one) for one in record["partners"] if not one["name"]]


def participation(project: str, tie: Record) -> Node:
    kind = "organization" if tie.get("organization") else "network"
    other = tie[kind]
    made = Node(f"{uri('project', project)}#{kind}.{other}", ("org:Membership",))
    made.say("org:organization", thing("project", project))
    made.say("org:member", thing(kind, other))
    made.say("org:role", *(thing("partner-role", one) for one in tie["roles"]))
    made.say("org:memberDuring", interval(tie))
    made.say_texts("dct:description", tie, "part")
    return made


def plain_partner(tie: Record) -> Node:
    """One that has no entry: a name, and what it does."""
    made = Node("", ("foaf:Agent",))
    made.say("foaf:name", tie["name"])
    made.say_texts("dct:description", tie, "part")
    return made


def event(edition: Record) -> Node:
    made = Node("", ("schema:Event",))
    made.say_texts("schema:name", edition, "title")
    made.say("schema:startDate", literal_of_date(edition["start"]))
    made.say("schema:endDate", literal_of_date(edition["end"]))
    made.say("schema:location", edition["city"] and thing("city", edition["city"]))
    return made


OWN: dict[str, Callable[[Node, Record, bool], list[Node]]] = {
    "organization": of_organization,
    "network": of_network,
    "project": of_project,
}
