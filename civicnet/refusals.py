"""The pages for what is not answered. They ask nothing of the database, but for whoever may have
written what was sent."""

from __future__ import annotations

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from civicnet.middleware import language_of_path, unavailable
from directory.page_numbers import NoSuchPage
from staff import lapse

# No entry is on these pages, invented or not.
NOTHING_ASKED = {"has_invented": False}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Also for a host that is none of ours, which is found out before the language is known."""
    language = language_of_path(request.path_info) or settings.LANGUAGE_CODE
    with translation.override(language):
        response = render(request, "400.html", NOTHING_ASKED, status=400)
    response["Content-Language"] = language
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Where the pages of a list end, with how many there are and the way back to them."""
    said = exception.way_back(request) if isinstance(exception, NoSuchPage) else {}
    return render(request, "404.html", said, status=404)


def forged(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """For a form without the sign that it is ours. Why exactly is for the log, not for the page.

    One of ours has an old sign if somebody logged in since it was opened: what was written in it
    is held, and not yet done.
    """
    is_old = lapse.is_from_here(request)
    if is_old and request.path == reverse("admin:login"):
        asked = {"why": "old", "next": request.GET.get("next", reverse("admin:index"))}
        return HttpResponseRedirect(f"{request.path}?{urlencode(asked)}")
    if is_old:
        try:
            if answer := lapse.held(request):
                return answer
        except (OperationalError, InterfaceError) as error:
            return unavailable(request, error)
    said = {"is_forged": True, "is_old": is_old, **NOTHING_ASKED}
    return render(request, "403.html", said, status=403)
