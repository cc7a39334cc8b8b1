"""The rows of the admin's lists: on a phone each is a card without a head, so a cell says itself of
which column it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

CELL = "<td"
TO_TICK = '<td class="action-checkbox">'


@register.filter
def named(cells: Iterable[SafeString], headers: Iterable[dict[str, Any]]) -> Iterator[SafeString]:
    """As Django wrote them, each with the name of its column; what heads the row needs none."""
    for cell, header in zip_longest(cells, headers):
        if header and cell.startswith(CELL) and not cell.startswith(TO_TICK):
            label = format_html('<td data-label="{}"', capfirst(header["text"]))
            yield mark_safe(label + cell.removeprefix(CELL))  # noqa: S308  # escaped there and here
        else:
            yield cell
