"""Linked data as it is asked for: an entry, a listing, or the whole directory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.utils import timezone

from directory.listing import Listing
from directory.models import Entry
from directory.registry import kind_of, kinds
from exports import vocabularies
from exports.columns import columns_of
from exports.formats import Stream, attribution, file_name, records
from exports.identities import uri
from exports.linked import nodes_of
from exports.rdf import IRI, JSON_LD, TURTLE, Node, document
from exports.result import Result, records_of

MEDIA_TYPES = {"ttl": f"{TURTLE}; charset=utf-8", "jsonld": JSON_LD}


def entry_in(form: str) -> Callable[[HttpRequest, Entry], HttpResponseBase]:
    """One query."""

    def answer(request: HttpRequest, entry: Entry) -> HttpResponse:
        kind = kind_of(entry)
        with connection.cursor() as cursor:
            cursor.execute(records_of(kind, columns_of(kind.key)), [[entry.pk]])
            ((record,),) = cursor.fetchall()
        body = b"".join(document(nodes_of(record), form))
        response = HttpResponse(body, content_type=MEDIA_TYPES[form])
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


def listing_in(form: str) -> Callable[[HttpRequest, Listing], HttpResponseBase]:
    """All that a listing found, kind after kind; each in the listing's order."""

    def answer(request: HttpRequest, listing: Listing) -> HttpResponseBase:
        parts = [
            Result(Listing(listing.data, [kind], type(listing.set)))
            for kind in listing.set.kinds(listing.listed)
        ]

        def read(line: Any) -> Iterator[bytes]:
            found = chain.from_iterable(entries(line, part) for part in parts)
            return document(chain([about()], found), form)

        return sent(request, file_name(listing, form), form, read)

    return answer


def entries(line: Any, result: Result, *, is_alone: bool = True) -> Iterator[Node]:
    for (record,) in records(line, result, result.objects()):
        yield from nodes_of(json.loads(record), is_alone=is_alone)


def whole(request: HttpRequest, form: str) -> HttpResponseBase:
    """All published entries, the words and the places that they are tied to."""
    results = [Result(Listing(QueryDict(), [kind], kind.filterset)) for kind in kinds.values()]
    small = [*vocabularies.words(), *vocabularies.provinces_and_regions()]

    def nodes(line: Any) -> Iterator[Node]:
        yield about()
        yield from small
        yield from (
            vocabularies.city(row) for row in records(line, results[0], (vocabularies.CITIES, []))
        )
        for result in results:
            yield from entries(line, result, is_alone=False)

    day = timezone.localdate().isoformat()
    name = f"{attribution()['source']}-directory-{day}.{form}"
    return sent(request, name, form, lambda line: document(nodes(line), form))


def about() -> Node:
    """Whose it is, and what whoever passes it on has to name."""
    said = attribution()
    node = Node(uri("dataset", "directory"), ("dcat:Dataset",))
    node.say("dct:title", said["source"])
    node.say("dct:publisher", said["publisher"])
    node.say("dct:license", IRI(said["licence_url"]))
    node.say("dct:source", said["territory"])
    node.say("foaf:homepage", IRI(said["url"]))
    return node


def sent(
    request: HttpRequest, name: str, form: str, read: Callable[[Any], Iterator[bytes]]
) -> HttpResponseBase:
    content: Any = Stream(read) if request.method == "GET" else []
    response = StreamingHttpResponse(content, content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
