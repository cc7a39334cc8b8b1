"""Writing RDF: nodes with what is said of them, as Turtle or as JSON-LD, one after another.

A directory of any size is written as it is read; no graph is held.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "clv": "https://w3id.org/italia/onto/CLV/",
    "cov": "https://w3id.org/italia/onto/COV/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "l0": "https://w3id.org/italia/onto/l0/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
TURTLE, JSON_LD = "text/turtle", "application/ld+json"
# Signs that an IRI may not have (RFC 3987, as Turtle reads it).
NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


class IRI(str):
    """A whole address, in place of a text that looks like one."""

    __slots__ = ()

    def __new__(cls, written: str) -> IRI:
        safe = NOT_IN_IRI.sub(lambda sign: f"%{ord(sign[0]):02X}", written)
        return super().__new__(cls, safe)


class Name(str):
    """A name with one of the prefixes: ``org:Organization``."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Literal:
    text: str
    language: str = ""
    datatype: str = ""


@dataclass(slots=True)
class Node:
    """A thing and what is said of it. Without an address of its own it stands where it is named."""

    id: str
    types: tuple[str, ...]
    said: list[tuple[str, Any]] = field(default_factory=list)

    def say(self, predicate: str, *values: Any) -> None:
        """What is empty is not said."""
        self.said += [(predicate, value) for value in values if value]

    def say_texts(self, predicate: str, record: dict[str, Any], name: str) -> None:
        """A translated text in each language that it is there in."""
        for language in ("it", "en"):
            if text := record[f"{name}_{language}"]:
                self.said.append((predicate, Literal(text, language)))


def literal_of_date(written: str) -> Literal | None:
    """As long as it is precise: a year, a month or a day."""
    kinds = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}
    return Literal(written, datatype=kinds[len(written)]) if written else None


# ------------------------------------------------------------------ Turtle
def turtle_head() -> str:
    lines = (f"@prefix {name}: <{address}> .\n" for name, address in PREFIXES.items())
    return "".join(lines) + "\n"


def turtle(node: Node) -> str:
    """The node, and after it those with addresses that stand in it."""
    later: list[Node] = []
    written = f"<{IRI(node.id)}> {_statements(node, later)} .\n"
    return written + "".join(turtle(one) for one in later)


def _statements(node: Node, later: list[Node]) -> str:
    parts = [f"a {', '.join(node.types)}"] if node.types else []
    parts += [f"{predicate} {_turtle_value(value, later)}" for predicate, value in node.said]
    return " ;\n  ".join(parts)


def _turtle_value(value: Any, later: list[Node]) -> str:
    if isinstance(value, Name):
        return value
    if isinstance(value, IRI):
        return f"<{value}>"
    if isinstance(value, Node):
        if value.id:
            later.append(value)
            return f"<{IRI(value.id)}>"
        return f"[ {_statements(value, later)} ]"
    literal = value if isinstance(value, Literal) else Literal(str(value))
    # Turtle's escapes are those of JSON.
    text = json.dumps(literal.text, ensure_ascii=False)
    if literal.language:
        return f"{text}@{literal.language}"
    return f"{text}^^{literal.datatype}" if literal.datatype else text


# ------------------------------------------------------------------ JSON-LD
def json_ld_head() -> str:
    return '{"@context": ' + json.dumps(PREFIXES) + ', "@graph": ['


JSON_LD_END = "\n]}\n"


def json_ld(node: Node) -> str:
    return json.dumps(_json_node(node), ensure_ascii=False)


def _json_node(node: Node) -> dict[str, Any]:
    made: dict[str, Any] = {"@id": str(IRI(node.id))} if node.id else {}
    if node.types:
        made["@type"] = list(node.types)
    for predicate, value in node.said:
        made.setdefault(predicate, []).append(_json_value(value))
    return made


def _json_value(value: Any) -> Any:
    if isinstance(value, Node):
        return _json_node(value)
    if isinstance(value, IRI | Name):
        return {"@id": str(value)}
    literal = value if isinstance(value, Literal) else Literal(str(value))
    told = {"@value": literal.text}
    if literal.language:
        told["@language"] = literal.language
    if literal.datatype:
        told["@type"] = literal.datatype
    return told


# ------------------------------------------------------------------ both
def document(nodes: Iterable[Node], form: str) -> Iterator[bytes]:
    """``form``: ttl or jsonld."""
    if form == "ttl":
        yield turtle_head().encode()
        for node in nodes:
            yield turtle(node).encode()
        return
    yield json_ld_head().encode()
    before = "\n"
    for node in nodes:
        yield (before + json_ld(node)).encode()
        before = ",\n"
    yield JSON_LD_END.encode()
