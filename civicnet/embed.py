"""Lists, maps and entries on other sites: pages that others may frame, where their line is made,
and what oEmbed says of an entry.

What is framed has no script, sets no cookie and keeps nothing in the browser. It opens its links in
a tab of their own, save those that turn its own pages.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from civicnet.map import in_view, kind_on_map, listing_for, query_for_list, rows_of
from civicnet.middleware import content_security_policy, language_of_path
from directory.card_rows import entries_in_order
from directory.italy import bubble_map
from directory.listing import PER_PAGE, Listing
from directory.marks import LEVELS, marks, nowhere, query_beside
from directory.models import Entry
from directory.moved import moved_to
from directory.page_numbers import NoSuchPage, page_number
from directory.registry import Kind, kind_of, kinds
from directory.social_cards import HEIGHT, WIDTH, address_of, card_of
from places.languages import current, translated

FRAMED = content_security_policy(
    settings.SECURE_CSP
    | {"frame-ancestors": ["*"], "script-src": ["'none'"], "form-action": ["'none'"]}
)
# In pixels, as the attributes of a frame.
LIST_HEIGHT, ENTRY_WIDTH, ENTRY_HEIGHT = 640, 480, 360
CACHE_SECONDS = 24 * 3600
VIEWS = {"list": "embed_list", "map": "embed_map"}


def colours_of(request: HttpRequest) -> str:
    """``light`` or ``dark`` where the other site wants one; else as the reader's device asks."""
    asked = request.GET.get("colours", "")
    return asked if asked in ("light", "dark") else ""


def with_colours(address: str, colours: str) -> str:
    if not colours:
        return address
    return f"{address}{'&' if '?' in address else '?'}colours={colours}"


def title_of(listing: Listing) -> str:
    """The kind and what it was filtered by: ``Organizations · Torino · Commons``."""
    kind = kind_on_map(listing)
    label = str(kind.label_plural) if kind else _("entries")
    chosen = [str(chip.value) for chip in listing.chips if not (kind and chip.name == "type")]
    return " · ".join([label[:1].upper() + label[1:], *chosen])


def frame_code(address: str, title: str, width: str, height: int) -> str:
    context = {"address": address, "title": title, "width": width, "height": height}
    return render_to_string("civicnet/embed_code.html", context).strip()


def on_site(listing: Listing) -> str:
    """The address of the same list among the site's own pages."""
    kind = kind_on_map(listing)
    path = reverse(f"{kind.namespace}:list" if kind else "search")
    query = query_for_list(listing.query, kind)
    return settings.BASE_URL + path + (f"?{query}" if query else "")


class Frame(TemplateView):
    """A page that other sites may frame."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        response["Content-Security-Policy"] = FRAMED
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(colours=colours_of(self.request), **kwargs)


class ListFrame(Frame):
    """The queries of a listing."""

    template_name = "civicnet/embed_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = listing_for(self.request.GET)
        listing.page_number = page_number(self.request)
        pages: Any = listing
        try:
            page = Paginator(pages, PER_PAGE).page(listing.page_number)
        except EmptyPage as error:
            raise NoSuchPage from error
        return super().get_context_data(
            listing=listing,
            kind=kind_on_map(listing),
            page=page,
            entries=page.object_list,
            title=title_of(listing),
            on_site=on_site(listing),
            **kwargs,
        )


class MapFrame(Frame):
    """The queries of the map. The entries that have no place are only counted."""

    template_name = "civicnet/embed_map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = listing_for(self.request.GET)
        kind, found = kind_on_map(listing), marks(listing)
        regions, provinces = in_view(listing)
        drawing = bubble_map(found, regions, provinces)
        rows = [
            replace(row, on_map=with_colours(row.on_map, colours_of(self.request)))
            for row in rows_of(found, kind, self.request.path, self._list_path(kind))
        ]
        return super().get_context_data(
            listing=listing,
            kind=kind,
            marks=found,
            drawing=drawing,
            rows=rows,
            nowhere=nowhere(listing, found),
            wider=self._wider(listing),
            title=title_of(listing),
            on_site=on_site(listing),
            **kwargs,
        )

    def _wider(self, listing: Listing) -> str:
        """This map without the places that were chosen."""
        query = query_beside(listing, *LEVELS)
        path = self.request.path + (f"?{query}" if query else "")
        return with_colours(path, colours_of(self.request))

    def _list_path(self, kind: Kind | None) -> str:
        return reverse(f"{kind.namespace}:list" if kind else "search")


class EntryFrame(Frame):
    """One entry as a card. Two queries."""

    template_name = "civicnet/embed_entry.html"
    kind = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A former slug leads to the entry: what stands on other sites is not written anew."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            entries = kinds[self.kind].model._default_manager.published()
            moved = entries.formerly(kwargs["slug"]).first()
            if moved is None:
                raise
            address = reverse(f"embed_{self.kind}", args=[moved.slug])
            asked = request.GET.urlencode()
            return open_to_all(moved_to(f"{address}?{asked}" if asked else address))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = kinds[self.kind].model._default_manager.published()
        public = entries.with_slug(kwargs["slug"]).values_list("pk", flat=True).first()
        if public is None:
            raise Http404(_("There is no such entry."))
        [entry] = entries_in_order([(self.kind, public)])
        return super().get_context_data(
            entry=entry,
            title=translated(entry, "name")[0],
            on_site=settings.BASE_URL + entry.get_absolute_url(),
            **kwargs,
        )


class EmbedView(TemplateView):
    """Where somebody chooses what to show on another site, and gets the line for it.

    The queries of a listing's counts.
    """

    http_method_names = ["get", "head", "options"]
    template_name = "civicnet/embed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = listing_for(self.request.GET)
        colours = colours_of(self.request)
        asked = self.request.GET.get("show", "")
        show = asked if asked in VIEWS else "list"
        query = f"?{listing.query}" if listing.query else ""
        path = with_colours(reverse(VIEWS[show]) + query, colours)
        title = f"{settings.SITE_NAME}: {title_of(listing)}"
        return super().get_context_data(
            listing=listing,
            kind=kind_on_map(listing),
            # What the count says of pages.
            page={"number": 1},
            show=show,
            colours=colours,
            views=[("list", _("as a list")), ("map", _("as a map"))],
            schemes=[("", _("as the device asks")), ("light", _("light")), ("dark", _("dark"))],
            path=path,
            code=frame_code(settings.BASE_URL + path, title, "100%", LIST_HEIGHT),
            indexable=not listing.is_narrowed and not self.request.GET,
            **kwargs,
        )


# ------------------------------------------------------------------ oEmbed
@require_safe
def oembed(request: HttpRequest) -> HttpResponseBase:
    """https://oembed.com: what to show where somebody names an entry's address. JSON only.

    404 where no public entry has the address; 501 for another format.
    """
    if request.GET.get("format", "json") != "json":
        return said("Only format=json is answered.", 501)
    address = request.GET.get("url", "")
    found = entry_at(address)
    if found is None:
        return said("No public entry has this address.", 404)
    entry, language = found
    sizes = [most(request, "maxwidth", ENTRY_WIDTH), most(request, "maxheight", ENTRY_HEIGHT)]
    with override(language):
        answer = open_to_all(JsonResponse(described(entry, *sizes)))
    answer["Content-Language"] = language
    return answer


def entry_at(address: str) -> tuple[Entry, str] | None:
    """The public entry whose page has the address, now or formerly, and the page's language."""
    try:
        parts = urlsplit(address)
        own = urlsplit(settings.BASE_URL)
        language = language_of_path(parts.path)
        if parts.scheme not in ("http", "https") or parts.netloc != own.netloc or not language:
            return None
        with override(language):
            match = resolve(parts.path)
    except (ValueError, Resolver404):
        return None
    kind = next((one for one in kinds.values() if one.detail == match.view_name), None)
    if kind is None:
        return None
    entries = kind.model._default_manager.published().with_places()
    entry = entries.formerly(match.kwargs["slug"]).first()
    return (entry, language) if entry else None


def most(request: HttpRequest, name: str, usual: int) -> int:
    """No more than what the other site has room for."""
    asked = request.GET.get(name, "")
    is_number = asked.isascii() and asked.isdigit() and 0 < len(asked) < 6
    return min(usual, max(1, int(asked))) if is_number else usual


def described(entry: Entry, width: int, height: int) -> dict[str, Any]:
    path = reverse(f"embed_{kind_of(entry).key}", args=[entry.slug])
    title = translated(entry, "name")[0]
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": settings.SITE_NAME,
        "provider_url": settings.BASE_URL,
        "cache_age": CACHE_SECONDS,
        "thumbnail_url": address_of(entry, card_of(entry, current())),
        "thumbnail_width": WIDTH,
        "thumbnail_height": HEIGHT,
        "html": frame_code(settings.BASE_URL + path, title, str(width), height),
        "width": width,
        "height": height,
    }


def said(sentence: str, status: int) -> HttpResponse:
    kind = "text/plain; charset=utf-8"
    return open_to_all(HttpResponse(sentence, status=status, content_type=kind))


def open_to_all(response: HttpResponse) -> HttpResponse:
    """Scripts of other sites may read it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
