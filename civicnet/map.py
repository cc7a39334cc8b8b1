"""The map: where the entries of a listing are, drawn, as a table, and as marks for a script."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from civicnet.near import AsksPosition
from directory.filters import EntryFilterSet, TypeFacet
from directory.italy import bubble_map, spot_of
from directory.listing import Listing
from directory.loosening import ways_out
from directory.map_writing import Row
from directory.marks import (
    LEVELS,
    NOWHERE_SHOWN,
    Marks,
    chosen_places,
    deepest,
    marks,
    nowhere,
    query_beside,
    usual_level,
)
from directory.mixed import listing_of_all, own_filters, with_filters
from directory.page_numbers import NoSuchPage, page_number
from directory.registry import Kind, kinds
from directory.templatetags.entries import counted_entries
from directory.writing import attribute, grouped
from places.languages import current, translated
from places.models import Province, Region
from places.querysets import Box

MOST_DIGITS = 12


@cache
def filterset_of(kind: str) -> type[EntryFilterSet]:
    """The filters of one kind's listing, and ``type``, which says on the map that it is one."""
    own = kinds[kind].filterset
    return type(f"{own.__name__}OnMap", (own,), {"type": TypeFacet(label=_("Kind of entry"))})


def listing_for(data: QueryDict) -> Listing:
    """All kinds; where one was chosen that knows what is asked, with its own filters, as in its
    listing."""
    types = {one.strip() for one in data.getlist("type")} - {""}
    chosen = with_filters((kinds[key] for key in types & kinds.keys()), own_filters(data))
    if len(types) == 1 and chosen:
        return Listing(data, chosen, filterset_of(chosen[0].key))
    return listing_of_all(data)


def kind_on_map(listing: Listing) -> Kind | None:
    """The one kind on the map, if it is one."""
    return None if listing.is_mixed else listing.listed[0]


def query_for_list(query: str, kind: Kind | None) -> str:
    """The map's query string for the list of the same: a kind's own listing has no ``type``."""
    asked = QueryDict(query, mutable=True)
    if kind:
        asked.pop("type", None)
    return asked.urlencode()


def rows_of(found: Marks, kind: Kind | None, on_map: str, in_list: str) -> list[Row]:
    rows, own = [], current()
    for mark in found.shown:
        label, language = translated(mark.place, "name", own)
        sigla = mark.place.sigla if found.level == "city" else ""
        name = f"{label}: {counted_entries(mark.n, kind)}"
        listed = query_for_list(mark.query, kind) if kind else mark.query
        on_page = (f"{on_map}?{mark.query}", f"{in_list}?{listed}")
        foreign = "" if language == own else language
        shown = (foreign, attribute(language, own), sigla, name, grouped(mark.n, own))
        rows.append(Row(label, *shown, *on_page))
    return rows


class MapView(AsksPosition, TemplateView):
    """Queries: those of ``directory.listing`` without the page's own, and at most five more:
    the marks (2), the entries without a place (3), what the chosen place lies in; where nothing
    is found, those of ``directory.loosening`` instead."""

    http_method_names = ["get", "head", "options"]
    template_name = "civicnet/map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = listing_for(self.request.GET)
        kind = kind_on_map(listing)
        # Where nothing is found there is nothing to draw.
        found = marks(listing) if listing.total else Marks(usual_level(listing), [])
        regions, provinces = in_view(listing) if listing.total else ((), ())
        drawing = bubble_map(found, regions, provinces)
        list_path = reverse(f"{kind.namespace}:list" if kind else "search")
        rows = rows_of(found, kind, self.request.path, list_path)
        wider = wider_places(listing) if listing.total else []
        number = page_number(self.request, "nowhere")
        beside = nowhere(listing, found, number)
        if number > 1 and not beside.shown:
            raise NoSuchPage(beside.pages, beside.n > beside.pages * NOWHERE_SHOWN, "nowhere")
        return super().get_context_data(
            listing=listing,
            kind=kind,
            marks=found,
            drawing=drawing,
            here=[*regions, *provinces],
            rows=rows,
            wider=wider,
            nowhere=beside,
            list_path=list_path,
            list_query=query_for_list(listing.query, kind),
            beside_places=query_beside(listing, *LEVELS),
            # What ``base.html`` and the count say of pages.
            page={"number": 1},
            tiles=settings.TILES,
            indexable=listing.is_indexable and number == 1,
            **ways_out(listing),
            **kwargs,
        )


def in_view(listing: Listing) -> tuple[Sequence[str], Sequence[str]]:
    """Istat codes of the regions and two letters of the provinces that were chosen."""
    chosen = chosen_places(listing)
    if deepest(listing) == "region":
        return [one.istat_code for one in chosen], ()
    return (), [one.sigla for one in chosen]


def wider_places(listing: Listing) -> list[tuple[Any, str]]:
    """What the one place that was chosen lies in, the widest first, each with the query string
    that chooses it instead. At most one query."""
    chosen = chosen_places(listing)
    if len(chosen) != 1 or deepest(listing) == "region":
        return []
    beside = query_beside(listing, *LEVELS)
    beside = f"{beside}&" if beside else ""
    if deepest(listing) == "province":
        region = Region.objects.get(pk=chosen[0].region_id)
        return [(region, f"{beside}region={region.slug}")]
    province = Province.objects.select_related("region").get(pk=chosen[0].province_id)
    region = province.region
    return [
        (region, f"{beside}region={region.slug}"),
        (province, f"{beside}province={province.sigla}"),
    ]


class MarksView(View):
    """The marks of a level in a part of the map, as JSON: ``level``, ``box`` and the filters.

    ``box`` is west, south, east, north in degrees. Of each mark: latitude, longitude, its number as
    the page writes it, its name, where it leads, the name's language if it is not the page's. Never
    more than ``directory.marks.MOST``.
    """

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = listing_for(request.GET)
        level, box = request.GET.get("level", ""), box_of(request.GET.get("box", ""))
        if level not in LEVELS or box is None or not listing.is_understood:
            return JsonResponse({"error": _("Not understood.")}, status=400)
        found = marks(listing, level, box)
        kind = kind_on_map(listing)
        path = reverse("map")
        return JsonResponse(
            {
                "hidden": found.hidden,
                "marks": [
                    [
                        *(round(degrees, 4) for degrees in spot_of(mark.place, level)[0]),
                        row.number,
                        row.name,
                        row.on_map,
                        row.language,
                    ]
                    for mark, row in zip(found.shown, rows_of(found, kind, path, ""), strict=True)
                ],
            }
        )


def box_of(written: str) -> Box | None:
    """Four numbers, or None."""
    sides = written.split(",")
    if len(sides) != len(Box._fields) or any(len(side) > MOST_DIGITS for side in sides):
        return None
    try:
        box = Box(*map(float, sides))
    except ValueError:
        return None
    # Not a number is not even itself.
    return (
        box if -180 <= box.west <= box.east <= 180 and -90 <= box.south <= box.north <= 90 else None
    )
