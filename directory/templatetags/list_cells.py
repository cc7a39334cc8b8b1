"""The rows of the admin's lists: on a phone each is a card without a head, so a cell says itself of
which column it is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

CELL = "<td"
TO_TICK = '<td class="action-checkbox">'


@register.filter
def labelled(headers: Iterable[dict[str, Any]]) -> list[SafeString]:
    """How a cell of each column begins: once for all rows."""
    return [format_html('<td data-label="{}"', capfirst(header["text"])) for header in headers]


@register.filter
def named(cells: Iterable[SafeString], labels: Iterable[SafeString]) -> SafeString:
    """As Django wrote them, each with the name of its column; what heads the row needs none."""
    return mark_safe(  # noqa: S308  # each is escaped
        "".join(
            label + cell.removeprefix(CELL)
            if label and cell.startswith(CELL) and not cell.startswith(TO_TICK)
            else conditional_escape(cell)
            for cell, label in zip_longest(cells, labels)
        )
    )
