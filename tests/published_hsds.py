"""Whether ``exports/shapes/hsds.json`` is anywhere looser than what Open Referral publishes.

    python -m tests.published_hsds organization.json

takes ``schema/compiled/organization.json`` of the specification's branch 3.0
(https://github.com/openreferral/specification, CC BY-SA 4.0; 3 MB, not kept here). Where nothing is
found, whatever keeps to our shape, as each test of ``format=hsds`` asks, keeps to theirs. Nothing
was found on 27 November 2026 in the file whose SHA-256 begins with e429ffe3b585da12.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHAPE = Path(__file__).resolve().parent.parent / "exports/shapes/hsds.json"
Schema = dict[str, Any]
TYPES = {str: "string", bool: "boolean", int: "integer"}


def looser(ours: Schema, theirs: Schema, whole: Schema, where: str = "") -> Iterator[str]:
    """What ours lets pass and theirs does not, and what theirs has no word for."""
    if name := ours.get("$ref", "").rpartition("/")[2]:
        ours = whole["$defs"][name]
    values = [ours["const"]] if "const" in ours else ours.get("enum", [])
    types = {ours["type"]} if "type" in ours else {TYPES[type(value)] for value in values}
    wanted = {theirs["type"], "integer" if theirs["type"] == "number" else theirs["type"]}
    if not types or types - wanted:
        yield f"{where}: type {theirs['type']}"
    if "enum" in theirs and (not values or set(values) - set(theirs["enum"])):
        yield f"{where}: one of {theirs['enum']}"
    if "format" in theirs and theirs["format"] != ours.get("format"):
        yield f"{where}: format {theirs['format']}"
    for name in set(theirs.get("required", ())) - set(ours.get("required", ())):
        yield f"{where}.{name}: required"
    if "properties" in theirs and ours.get("additionalProperties") is not False:
        yield f"{where}: other properties"
    for name, each in ours.get("properties", {}).items():
        if name in theirs.get("properties", {}):
            yield from looser(each, theirs["properties"][name], whole, f"{where}.{name}")
        else:
            yield f"{where}.{name}: unknown"
    if "items" in theirs:
        yield from looser(ours.get("items", {}), theirs["items"], whole, f"{where}[]")


def main() -> None:
    shape, published = (json.loads(Path(path).read_text()) for path in (SHAPE, sys.argv[1]))
    found = [*looser(shape["$defs"]["organization"], published, shape, "organization")]
    print(*found, sep="\n") if found else print("Ours is nowhere looser.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
