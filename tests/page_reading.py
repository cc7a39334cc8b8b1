"""What a page says to programs, as they read it."""

from __future__ import annotations

import json
import re
from typing import Any

from rdflib import Graph

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
LINK = re.compile(r"<link [^>]*>")
ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')


def nodes(html: str) -> dict[str, Any]:
    """The page's JSON-LD: each node under its type. One block in a page."""
    [said] = SCRIPT.findall(html)
    told = json.loads(said)
    assert told["@context"] == "https://schema.org"
    # A reader of linked data understands it too.
    graph = Graph().parse(
        data=json.dumps({**told, "@context": {"@vocab": "https://schema.org/"}}), format="json-ld"
    )
    assert len(graph)
    return {node["@type"]: node for node in told["@graph"]}


def announced(html: str, media_type: str) -> list[str]:
    """The addresses of the page's other forms and feeds."""
    links = [dict(ATTRIBUTE.findall(link)) for link in LINK.findall(html)]
    return [
        link["href"].replace("&amp;", "&")
        for link in links
        if link.get("rel") == "alternate" and link.get("type") == media_type
    ]
