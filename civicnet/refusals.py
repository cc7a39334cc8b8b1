"""The pages for what is not answered. They ask nothing of the database."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from civicnet.middleware import language_of_path

# No entry is on these pages, invented or not.
NOTHING_ASKED = {"has_invented": False}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Also for a host that is none of ours, which is found out before the language is known."""
    language = language_of_path(request.path_info) or settings.LANGUAGE_CODE
    with translation.override(language):
        response = render(request, "400.html", NOTHING_ASKED, status=400)
    response["Content-Language"] = language
    return response


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For a form without the sign that it is ours. Why exactly is for the log, not for the page."""
    return render(request, "403.html", {"is_forged": True, **NOTHING_ASKED}, status=403)
