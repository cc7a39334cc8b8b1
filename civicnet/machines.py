"""Addresses that programs read: robots, security contact, search description."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

# RFC 9116 asks for a day at most a year ahead, after which the text is to be read again.
SECURITY_TEXT_HOLDS = datetime.timedelta(days=180)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /*?format=",
        "Disallow: /*&format=",
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    return plain(lines)


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116; 404 where the operator names no contact."""
    contact = settings.SECURITY_CONTACT or settings.CONTACT_EMAIL
    if not contact:
        raise Http404
    if "://" not in contact:
        contact = f"mailto:{contact}"
    expires = timezone.now().replace(minute=0, second=0, microsecond=0) + SECURITY_TEXT_HOLDS
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires.astimezone(datetime.UTC).isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: it, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return plain(lines)


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "civicnet/opensearch.xml",
        {"site_name": settings.SITE_NAME[:16], "base": settings.BASE_URL},
        content_type="application/opensearchdescription+xml",
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where programs look that do not read the page."""
    return HttpResponseRedirect(static("img/favicon.svg"))


def plain(lines: list[str]) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
