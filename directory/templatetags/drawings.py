"""Drawings that the server makes. On a page, each says again what a list says there.

``{% load drawings %}``; the style is in ``static/css/drawings.css``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from directory.italy import quiet, still_map, tinted
from directory.map_writing import marks_html, rows_html
from directory.models import Entry
from directory.social_cards import address_of, address_of_site, card_of, card_of_site
from directory.ties_map import FEWEST, Ties, drawing_of
from places.models import Region
from places.outline import outline

register = template.Library()

# ``{% map_marks drawing.bubbles rows within %}`` and ``{% map_rows rows within %}``
register.simple_tag(marks_html, name="map_marks")
register.simple_tag(rows_html, name="map_rows")


@register.inclusion_tag("partials/italy.html")
def italy(regions: Iterable[tuple[Region, Any]]) -> dict[str, Any]:
    """``{% italy regions %}``: Italy with a link for each region that has entries.

    ``regions``: pairs of a Region and its number of entries (or a Counter of kinds). The page
    gives the same as a list.
    """
    coloured = tinted(regions)
    return {"regions": coloured, "quiet": quiet(coloured), "outline": outline()}


@register.inclusion_tag("partials/italy_points.html")
def italy_points(
    points: Any, region: Region | None = None, width: int = 260, linked: bool = True
) -> dict[str, Any]:
    """``{% italy_points points %}``: a small still map; with ``region=``, of that region.

    ``points``: of (latitude, longitude, label, href, weight), or pairs of a city and what is
    there, or places, which are then no links. ``width=``: CSS pixels at most. ``linked=False``:
    a picture, where links beside it lead to the same places.
    """
    return {"map": still_map(points, region, width, linked), "region": region}


@register.inclusion_tag("partials/ties_map.html")
def ties_map(ties: Ties | None, prefix: str = "ties") -> dict[str, Any]:
    """``{% ties_map ties %}``: who is tied to the page's entry.

    Nothing for less than three ties. The page gives the same as a list, for narrow screens too,
    which do not show the drawing. A second drawing on a page needs another ``prefix=`` for ids.
    """
    drawn = drawing_of(ties) if ties and len(ties.nodes) >= FEWEST else None
    return {"drawing": drawn, "prefix": prefix}


@register.inclusion_tag("partials/social_card.html")
def social_card(entry: Entry) -> dict[str, Any]:
    """``{% social_card entry %}``, in the head of an entry's page: the picture that others show
    with the page's address. Nothing for a preview. No query after ``for_detail``."""
    if not entry.is_published:
        return {}
    card = card_of(entry)
    return {"card": card, "address": address_of(entry, card)}


@register.inclusion_tag("partials/social_card.html")
def site_card() -> dict[str, Any]:
    """``{% site_card %}``, in the head of every other public page. No query."""
    card = card_of_site()
    return {"card": card, "address": address_of_site(card)}
