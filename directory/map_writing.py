"""The marks of a map as HTML: each in the drawing, and again in the table beside it.

Written in Python: see ``directory.writing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from directory.italy import Bubble
from directory.writing import escape


@dataclass(frozen=True)
class Row:
    """A mark as the drawing and the table both say it. ``language``: of the label, if it is not the
    page's; ``lang`` says it as an attribute, or is nothing."""

    label: str
    language: str
    lang: str
    sigla: str
    name: str
    number: str
    on_map: str
    in_list: str


def marks_html(bubbles: Iterable[Bubble], rows: Sequence[Row], within: str = "") -> SafeString:
    """Inside the drawing's ``svg``. ``within``: where a frame opens the links."""
    target = f' target="{escape(within)}"' if within else ""
    return mark_safe(  # noqa: S308  # escaped piece by piece
        "".join(_mark(one, row, target) for one, row in zip(bubbles, rows, strict=True))
    )


def _mark(bubble: Bubble, row: Row, target: str) -> str:
    name = ""
    if label := bubble.label:
        name = (
            f'<text aria-hidden="true" class="map-name" x="{label.x}" y="{label.y}"'
            f' text-anchor="{label.anchor}">{escape(row.label)}</text>'
        )
    return (
        f'<a class="map-mark" href="{escape(row.on_map)}" rel="nofollow" data-at="{bubble.at}"'
        f"{row.lang}{target}><title>{escape(row.name)}</title>"
        f'<circle cx="{bubble.x}" cy="{bubble.y}" r="{bubble.radius}"/>'
        f'<text aria-hidden="true" x="{bubble.x}" y="{bubble.baseline}">{escape(row.number)}</text>'
        f"{name}</a>"
    )


def rows_html(rows: Iterable[Row], within: str = "") -> SafeString:
    """Inside the table's ``tbody``."""
    target = f' target="{escape(within)}"' if within else ""
    as_list = escape(gettext("as a list"))
    return mark_safe("".join(_row(row, target, as_list) for row in rows))  # noqa: S308


def _row(row: Row, target: str, as_list: str) -> str:
    sigla = f' <abbr class="sigla">{escape(row.sigla)}</abbr>' if row.sigla else ""
    return (
        f'<tr><th scope="row"><a href="{escape(row.on_map)}" rel="nofollow"{row.lang}{target}>'
        f"{escape(row.label)}</a>{sigla}</th>"
        f'<td><a href="{escape(row.in_list)}" rel="nofollow"><span class="visually-hidden">'
        f'{escape(row.name)}, {as_list}</span><span aria-hidden="true">{escape(row.number)}</span>'
        "</a></td></tr>"
    )
