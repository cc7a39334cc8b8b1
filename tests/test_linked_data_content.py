"""The first content as one graph."""

from __future__ import annotations

import json
import re

import pytest
from rdflib import OWL, RDF, Graph

from directory.registry import kinds
from tests.files import body
from tests.test_linked_data import CLV, ID, complaints

pytestmark = pytest.mark.django_db
CITY = f"<{ID}city/"


def test_the_whole_directory_is_one_graph_that_keeps_to_the_shapes(client, content):
    response = client.get("/directory.ttl")
    assert response["Content-Disposition"].endswith('.ttl"')
    said = body(response).decode()
    nodes = json.loads(body(client.get("/directory.jsonld")))["@graph"]
    parts = re.split(r"(?<= \.)\n(?=<)", said)
    assert len(nodes) > 8000
    # All of it is there once; of the cities, which are thousands, those that are named, and some.
    assert len({node["@id"] for node in nodes}) == len(nodes)
    rest = "\n".join(part for part in parts if not part.startswith(CITY))
    cities = [part for part in parts if part.startswith(CITY)]
    named = [part for part in cities if part.partition(" ")[0] in rest]
    whole = Graph().parse(data="\n".join([rest, *named, *cities[::200]]), format="turtle")
    for kind in kinds.values():
        told = {str(one) for one in whole.subjects(RDF.type) if f"/id/{kind.key}/" in str(one)}
        entries = {f"{ID}{kind.key}/{one.slug}" for one in kind.model.objects.published()}
        assert {one for one in told if "#" not in one} == entries
    # What is named is described: no entry, concept or place that nobody knows.
    mentioned = {one for one in whole.objects() if str(one).startswith(str(ID))}
    assert mentioned - set(whole.subjects()) - set(whole.objects(None, OWL.sameAs)) == set()
    assert set(whole.objects(None, CLV.hasCity))
    assert complaints(whole, "entries") == ""
