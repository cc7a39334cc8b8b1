"""The site's addresses, and two pages where something is broken, as ``tests.scenes`` shows them."""

from typing import NoReturn

from django.db import OperationalError
from django.http import HttpRequest
from django.urls import path

from civicnet import urls


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("A fault of ours, made by a test")


def away(request: HttpRequest) -> NoReturn:
    raise OperationalError("The database is away, says a test")


urlpatterns = [
    *(path(f"{language}/made-up/broken/", broken) for language in ("it", "en")),
    *(path(f"{language}/made-up/away/", away) for language in ("it", "en")),
    *urls.urlpatterns,
]
