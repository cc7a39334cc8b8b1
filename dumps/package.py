"""What a dump says of itself: a Frictionless Data Package, its checksums, a page to read.

https://datapackage.org/standard/data-package/, version 2.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info

from dumps.columns import Column
from dumps.tables import Table, named_in
from places.languages import LANGUAGES

DESCRIPTION = "datapackage.json"
SUMS = "SHA256SUMS"
READ_ME = "README.md"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".jsonl": "application/jsonl",
    ".geojson": "application/geo+json",
    ".ttl": "text/turtle",
}
CHUNK = 1024 * 1024
# As fixtures/places says it.
TERRITORY = [
    {"title": "Istat", "path": "https://www.istat.it/"},
    {"title": "GeoNames", "path": "https://www.geonames.org/"},
]


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def described(folder: Path, files: Iterable[str], tables: Iterable[Table], version: str) -> str:
    """The package's description. ``version``: when the newest of the content changed."""
    schemas = {table.file: schema(table) for table in tables}
    package = {
        "$schema": PROFILE,
        "name": "directory",
        "title": settings.SITE_NAME,
        "homepage": settings.BASE_URL,
        "version": version,
        "licenses": [{"title": settings.LICENCE_NAME, "path": settings.LICENCE_URL}],
        "contributors": contributors(),
        "sources": TERRITORY,
        "languages": list(LANGUAGES),
        "resources": [resource(folder, name, schemas.get(name)) for name in files],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def contributors() -> list[dict[str, Any]]:
    title = settings.PUBLISHER or settings.SITE_NAME
    return [{"title": title, "path": settings.BASE_URL, "roles": ["publisher"]}]


def resource(folder: Path, name: str, said: dict[str, Any] | None) -> dict[str, Any]:
    path = folder / name
    about: dict[str, Any] = {
        "name": name.replace(".", "-"),
        "path": name,
        "format": path.suffix[1:],
        "mediatype": MEDIA_TYPES[path.suffix],
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest_of(path)}",
    }
    return about | ({"type": "table", "schema": said} if said else {})


def schema(table: Table) -> dict[str, Any]:
    """Frictionless Table Schema. Rows that are named can be looked up by its foreign keys."""
    said: dict[str, Any] = {
        "fields": [field(column) for column in table.columns],
        "missingValues": [""],
    }
    if len(table.key) == 1:
        said["primaryKey"] = list(table.key)
    elif table.key:
        # Some of these columns may be empty, which those of a primary key may not.
        said["uniqueKeys"] = [list(table.key)]
    keys = [
        {
            "fields": [column.name],
            "reference": {"resource": f"{named[0]}-csv", "fields": [named[1]]},
        }
        for column in table.columns
        if (named := named_in(column.names))
    ]
    return said | ({"foreignKeys": keys} if keys else {})


def field(column: Column) -> dict[str, Any]:
    said: dict[str, Any] = {"name": column.name, "type": column.kind}
    limits = {
        **({"pattern": column.pattern} if column.pattern else {}),
        **({"enum": list(column.choices)} if column.choices else {}),
    }
    return said | ({"constraints": limits} if limits else {})


def sums(folder: Path, files: Iterable[str]) -> str:
    """As ``sha256sum --check`` reads them."""
    return "".join(f"{digest_of(folder / name)}  {name}\n" for name in sorted(files))


def summed(folder: Path) -> Iterator[tuple[str, str]]:
    """The names and checksums that the list of a dump tells."""
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _spaces, name = line.partition("  ")
        yield name, digest


def read_me() -> str:
    languages = ", ".join(get_language_info(one)["name_local"] for one in LANGUAGES)
    return f"""# {settings.SITE_NAME}

Public directory / elenco pubblico: {settings.BASE_URL}

Licence / licenza: {settings.LICENCE_NAME} <{settings.LICENCE_URL}>
Name as source / fonte da citare: {settings.PUBLISHER or settings.SITE_NAME}, {settings.BASE_URL}
Territory / territorio: Istat; GeoNames
Languages / lingue: {languages}

- `{DESCRIPTION}`: the tables and their columns / le tabelle e le loro colonne
  (Frictionless Data Package).
- `*.csv`: one table each / una tabella ciascuno. A text that begins like a formula is written as it
  is: do not open these in a spreadsheet program without care / un testo che comincia come una
  formula è scritto com’è: attenzione ad aprirli con un foglio di calcolo.
- `*.jsonl`: whole entries, one on each line / schede intere, una per riga.
- `*.geojson`: the same as points / le stesse come punti.
- `directory.ttl`: everything as linked data / tutto come dati collegati (Turtle).
- `pictures/`: the pictures / le immagini.
- `{SUMS}`: checksums / somme di controllo (`sha256sum --check {SUMS}`).
"""
