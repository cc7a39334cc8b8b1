"""``format=hsds``: organizations as Open Referral HSDS 3.0 has them, one page with all of them.

https://docs.openreferral.org/en/3.0/. Texts are in the language of the page that was asked. What
the directory does not know (services, opening hours, postal codes) is left out, or empty where the
specification asks for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import NAMESPACE_URL, uuid5

from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import punycode

from directory.listing import Listing
from directory.models import Theme
from exports.formats import JSON, attribution, records, streamed
from exports.identities import uri
from exports.result import Result
from orgs.models import OrganizationKind
from places.languages import current, fallback_order, translated

VERSION = "3.0"
Record = dict[str, Any]
IDENTIFIERS = {
    "fiscal_code": "Codice fiscale",
    "vat": "Partita IVA",
    "runts": "RUNTS",
    "wikidata": "Wikidata",
    "other": "Other",
}


def hsds(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """Two queries, and what a listing has."""
    result, language = Result(listing), current()
    terms = Terms(language)
    head = json.dumps({"version": VERSION, **attribution()}, ensure_ascii=False)

    def read(line: Any) -> Iterator[bytes]:
        yield head[:-1].encode() + b', "contents": ['
        count, before = 0, "\n"
        for (record,) in records(line, result, result.objects()):
            said = json.dumps(organization(json.loads(record), terms), ensure_ascii=False)
            yield (before + said).encode()
            count, before = count + 1, ",\n"
        # How many there are is known when all have been read.
        told = {
            "total_items": count,
            "total_pages": 1,
            "page_number": 1,
            "size": count,
            "first_page": True,
            "last_page": True,
            "empty": count == 0,
        }
        yield ("\n], " + json.dumps(told)[1:] + "\n").encode()

    return streamed(request, listing, JSON, "hsds.json", read)


def key(address: str) -> str:
    """The same for the same thing, in every file and at every time."""
    return str(uuid5(NAMESPACE_URL, address))


class Terms:
    """The names of themes and kinds, as attributes of organizations. Two queries."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.known = {
            (name, term.slug): self.term(name, term)
            for name, model in (("theme", Theme), ("organization-kind", OrganizationKind))
            for term in model._default_manager.all()
        }

    def term(self, taxonomy: str, term: Any) -> Record:
        address = uri(taxonomy, term.slug)
        is_described = hasattr(term, "description_it")
        return {
            "id": key(address),
            "code": term.slug,
            "name": translated(term, "name", self.language)[0],
            "description": translated(term, "description", self.language)[0]
            if is_described
            else "",
            "taxonomy": taxonomy,
            "language": translated(term, "name", self.language)[1],
            "term_uri": address,
        }

    def attribute(self, owner: str, taxonomy: str, slug: str) -> Record:
        term = self.known[taxonomy, slug]
        return {
            "id": key(f"{owner} {term['term_uri']}"),
            "link_id": key(owner),
            "link_entity": "organization",
            "taxonomy_term_id": term["id"],
            "taxonomy_term": term,
        }

    def text(self, record: Record, name: str) -> str:
        found = (record[f"{name}_{code}"] for code in fallback_order(self.language))
        return next(filter(None, found), "")


def organization(record: Record, terms: Terms) -> Record:
    own = uri("organization", record["slug"])
    name = terms.text(record, "name")
    others = [record["name_it"], record["name_en"], *record["short_names"], *record["other_names"]]
    sites = [one["url"] for one in record["web_addresses"] if one["kind"] == "website"]
    tags = [("theme", slug) for slug in record["themes"]]
    if record["kind"]:
        tags.append(("organization-kind", record["kind"]))
    said = {
        "id": key(own),
        "name": name,
        "alternate_name": next((one for one in others if one and one != name), ""),
        "description": terms.text(record, "summary") or terms.text(record, "description"),
        "email": record["email"],
        "website": ascii_address(next(iter(sites), "")),
        "year_incorporated": int(record["founded"][:4]) if record["founded"] else None,
        "uri": own,
        "parent_organization_id": key(uri("organization", record["part_of"]))
        if record["part_of"]
        else "",
        "phones": [
            {"id": key(f"{own}#telephone"), "organization_id": key(own), "number": number}
            for number in filter(None, [record["telephone"]])
        ],
        "locations": [location(own, record)] if record["city"] else [],
        "organization_identifiers": [
            {
                "id": key(f"{own} {one['scheme']} {one['value']}"),
                "organization_id": key(own),
                "identifier_scheme": one["scheme"],
                "identifier_type": IDENTIFIERS.get(one["scheme"], one["scheme"]),
                "identifier": one["value"],
            }
            for one in record["identifiers"]
        ],
        "attributes": [terms.attribute(own, taxonomy, slug) for taxonomy, slug in tags],
    }
    # The three that every organization has, and those that say something.
    return {
        name: value
        for name, value in said.items()
        if name in ("id", "name", "description") or value not in ("", None, [])
    }


# What an address may hold besides letters and digits (RFC 3986); what is written so already stays.
KEPT = "!$&'()*+,;=:@/?%"
STRAY = re.compile("%(?![0-9A-Fa-f]{2})")


def ascii_address(url: str) -> str:
    """The same address without the signs that only browsers take, as ``format: uri`` asks."""
    parts = urlsplit(STRAY.sub("%25", url))
    host = parts.netloc
    if not host.isascii():
        host = quote(punycode(host), safe=KEPT)
    return urlunsplit((parts.scheme, host, *(quote(part, safe=KEPT) for part in parts[2:])))


def location(own: str, record: Record) -> Record:
    """The seat. Its position is that of the city."""
    seat = f"{own}#seat"
    said = {
        "id": key(seat),
        "location_type": "physical",
        "organization_id": key(own),
        "name": record["city_name"],
        "latitude": record["latitude"],
        "longitude": record["longitude"],
        "external_identifier": record["city_istat"],
        "external_identifier_type": "Istat",
    }
    if record["address"]:
        said["addresses"] = [
            {
                "id": key(f"{seat} address"),
                "location_id": key(seat),
                "address_1": record["address"],
                "city": record["city_name"],
                "state_province": record["province"],
                "postal_code": "",
                "country": "IT",
                "address_type": "physical",
            }
        ]
    return said
