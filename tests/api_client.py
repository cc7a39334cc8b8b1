"""The API as a program reads it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client

API = "/api/v1"
PLURALS = {"organization": "organizations", "network": "networks", "project": "projects"}
PROBLEM = "application/problem+json"


def got(path: str, **asked: Any) -> Any:
    response = Client().get(f"{API}{path}", asked)
    assert response.status_code == 200, response.content
    return response.json()


def every(path: str, **asked: Any) -> list[Any]:
    """All pages, one after another, by their own links."""
    found, following = [], f"{API}{path}?{urlencode(asked, doseq=True)}"
    while following:
        response = Client().get(following)
        assert response.status_code == 200, response.content
        said = response.json()
        found += said["results"]
        parts = urlsplit(said["next"] or "")
        following = f"{parts.path}?{parts.query}" if said["next"] else ""
    return found


def refused(path: str, status: int = 400) -> str:
    response = Client().get(f"{API}{path}")
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    said = response.json()
    assert said["status"] == status
    assert said["title"]
    return said["detail"]
