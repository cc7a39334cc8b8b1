"""``format=atom``: the latest of a listing, published or changed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from directory import invented
from directory.listing import Listing
from places.languages import current, translated

ATOM = "application/atom+xml"
MOST = 50


def atom(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """RFC 4287. As many queries as a listing has, and ``invented.is_needed``."""
    data: QueryDict = listing.data.copy()
    data["sort"] = "-updated"
    latest = Listing(data, listing.listed, type(listing.set))
    page = f"{settings.BASE_URL}{request.path}"
    if latest.query_without("sort"):
        asked = listing.query
        page = f"{page}?{asked}" if asked else page
    feed = Atom1Feed(
        title=title(request, listing),
        link=page,
        description="",
        subtitle=warning() if invented.is_needed(request) else None,
        language=current(),
        feed_url=f"{settings.BASE_URL}{request.get_full_path()}",
        author_name=settings.PUBLISHER or settings.SITE_NAME,
        feed_copyright=f"{settings.LICENCE_NAME} {settings.LICENCE_URL}",
    )
    for entry in latest[0:MOST]:
        name, _language = translated(entry, "name")
        summary, _language = translated(entry, "summary")
        address = f"{settings.BASE_URL}{entry.get_absolute_url()}"
        feed.add_item(
            title=name,
            link=address,
            description=summary,
            unique_id=address,
            pubdate=entry.published_at or entry.created,
            updateddate=entry.updated,
        )
    response = HttpResponse(content_type=f"{ATOM}; charset=utf-8")
    feed.write(response, "utf-8")
    return response


def title(request: HttpRequest, listing: Listing) -> str:
    what = _("Entries") if listing.is_mixed else str(listing.listed[0].label_plural).capitalize()
    said = [what, *(str(chip.value) for chip in listing.chips)]
    whole = " · ".join([*said, settings.SITE_NAME])
    return marked(whole) if invented.is_needed(request) else whole


def marked(title: str) -> str:
    """Programs that read feeds and calendars show little more than a title."""
    return _("%(title)s (invented content)") % {"title": title}


def warning() -> str:
    """The sentence of ``partials/invented.html``."""
    return _(
        "Organizations, networks and projects were made up here to try the site. Do not rely on"
        " any of them."
    )
