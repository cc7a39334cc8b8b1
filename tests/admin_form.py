"""Fills in the forms of the admin as a browser would: by what the page holds."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from weakref import WeakKeyDictionary

from django.http import HttpResponse
from django.test import Client


class _Fields(HTMLParser):
    """The fields of the page's main form, with what each would send."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._inside = False
        self._select = self._textarea = ""
        self._multiple = False
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = str(given.get("id", "")).endswith(("_form", "-form"))
        name = given.get("name") or ""
        if not self._inside or "__prefix__" in name:
            return
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = [""]
        elif tag == "select":
            self._select, self._multiple, self._options = name, "multiple" in given, []
        elif tag == "option" and self._select:
            self._options.append((given.get("value") or "", "selected" in given))

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        kind = given.get("type", "text")
        if kind in ("submit", "file") or (kind in ("checkbox", "radio") and "checked" not in given):
            return
        default = "on" if kind == "checkbox" else ""
        self.values.setdefault(name, []).append(given.get("value", default) or "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # The first line break after the tag is no part of the text.
            before = self.values[self._textarea][0]
            self.values[self._textarea] = [before + (data if before else data.removeprefix("\n"))]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""
        elif tag == "select" and self._select:
            chosen = [value for value, selected in self._options if selected]
            if not chosen and not self._multiple:
                chosen = [value for value, _selected in self._options[:1]]
            if chosen:
                self.values[self._select] = chosen
            self._select = ""
        elif tag == "form":
            self._inside = False


def fields(response: HttpResponse) -> dict[str, list[str]]:
    parser = _Fields()
    parser.feed(response.content.decode())
    return parser.values


# By client, the form that it has open, with what each field would send.
OPENED: WeakKeyDictionary[Client, dict[str, dict[str, list[str]]]] = WeakKeyDictionary()


def _open(client: Client, address: str) -> dict[str, list[str]]:
    opened = client.get(address)
    assert opened.status_code == 200, opened.status_code
    return fields(opened)


def submit(client: Client, address: str, **changes: Any) -> HttpResponse:
    """Open the form, change some fields, save. A list is sent as several values."""
    opened = OPENED.pop(client, {}).get(address) or _open(client, address)
    data: dict[str, Any] = {**opened, **changes, "_continue": "1"}
    return client.post(address, {name: value for name, value in data.items() if value is not None})


def with_row(client: Client, address: str, prefix: str, **values: Any) -> dict[str, Any]:
    """What adding a row to the list ``prefix`` changes in the form, which stays open for
    ``submit``."""
    return with_rows(client, address, prefix, values)


def with_rows(client: Client, address: str, prefix: str, *rows: dict[str, Any]) -> dict[str, Any]:
    opened = OPENED.get(client, {}).get(address) or _open(client, address)
    OPENED[client] = {address: opened}
    there = int(opened[f"{prefix}-TOTAL_FORMS"][0])
    changes: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": str(there + len(rows))}
    for number, values in enumerate(rows, there):
        defaults = {"order": "0"} | values
        changes |= {f"{prefix}-{number}-{name}": value for name, value in defaults.items()}
    return changes


def errors(response: HttpResponse) -> str:
    """All sentences of a form that was refused."""
    context = response.context
    assert response.status_code == 200, "the form was accepted"
    return " ".join(map(str, context["errors"]))
