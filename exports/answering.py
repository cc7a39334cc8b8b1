"""What every format's answer has in common: busy, not changed, for no search engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from directory.listing import Listing
from exports import lines

Answer = Callable[[HttpRequest, Listing], HttpResponseBase]
RETRY_SECONDS = 30


def careful(answer: Answer) -> Answer:
    """``guarded``, of a listing in the format that is asked for."""

    @wraps(answer)
    def answered(request: HttpRequest, listing: Listing) -> HttpResponseBase:
        form = request.GET["format"].strip()
        return guarded(request, form, lambda: answer(request, listing))

    return answered


def guarded(
    request: HttpRequest, form: str, answer: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """503 with ``Retry-After`` where all connections for exports are lent, and 304 for what the
    reader has already: the directory's version, as the cache of pages read it, says so."""
    version = getattr(request, "page_version", "")
    etag = f'"{version}-{form}"' if version else ""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponseBase
    if etag and etag in [one.removeprefix("W/") for one in known]:
        response = HttpResponseNotModified()
    else:
        try:
            response = answer()
        except lines.Busy:
            said = _("Too many files are being read just now: try again in half a minute.")
            response = HttpResponse(said, status=503, content_type="text/plain; charset=utf-8")
            response["Retry-After"] = str(RETRY_SECONDS)
            return response
    if etag:
        response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response
