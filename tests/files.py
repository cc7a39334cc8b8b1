"""A listing's files, read by the libraries that visitors read them with."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from openpyxl import load_workbook

LISTS = {
    "organization": "/it/organizzazioni/",
    "network": "/it/reti/",
    "project": "/it/progetti/",
    "all": "/it/cerca/",
}
ORGS = LISTS["organization"]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def read(client: Client, path: str, form: str, **asked: Any) -> Any:
    response = client.get(f"{path}?{urlencode({**asked, 'format': form}, doseq=True)}")
    assert response.status_code == 200, body(response)
    return response


def table(client: Client, path: str = ORGS, **asked: Any) -> list[dict[str, str]]:
    said = body(read(client, path, "csv", **asked)).decode()
    return list(csv.DictReader(io.StringIO(said, newline="")))


def entries(client: Client, path: str = ORGS, **asked: Any) -> list[dict[str, Any]]:
    return json.loads(body(read(client, path, "json", **asked)))["entries"]


def features(client: Client, path: str = ORGS, **asked: Any) -> list[dict[str, Any]]:
    return json.loads(body(read(client, path, "geojson", **asked)))["features"]


def sheet(response: Any) -> list[tuple[Any, ...]]:
    book = load_workbook(io.BytesIO(body(response)))
    return list(book["entries"].iter_rows(values_only=True))
