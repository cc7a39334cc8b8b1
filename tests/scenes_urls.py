"""The site's addresses, and pages where something is broken, away or taken, for the scenes."""

from typing import NoReturn

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.urls import path
from psycopg.errors import LockNotAvailable

from civicnet import urls


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("A fault of ours, made by a test")


def away(request: HttpRequest) -> NoReturn:
    raise OperationalError("The database is away, says a test")


def taken(request: HttpRequest) -> NoReturn:
    raise OperationalError("Somebody else is writing it, says a test") from LockNotAvailable()


def too_long(request: HttpRequest) -> NoReturn:
    # Within a savepoint, so that the test's own transaction goes on.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5ms'")
        cursor.execute("SELECT pg_sleep(60)")
    raise AssertionError("PostgreSQL let it wait")


urlpatterns = [
    path("admin/made-up/busy/", taken),
    *(path(f"{language}/made-up/broken/", broken) for language in ("it", "en")),
    *(path(f"{language}/made-up/away/", away) for language in ("it", "en")),
    *(path(f"{language}/made-up/too-long/", too_long) for language in ("it", "en")),
    *urls.urlpatterns,
]

handler400, handler404 = urls.handler400, urls.handler404
