"""Answers for whoever watches over the site: is the process alive, can it do its work?"""

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civicnet.migrated import missing_migrations


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of the database: a restart would not bring that back."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database is reachable and has every migration of this release; else 503. 2 queries."""
    try:
        missing = missing_migrations()
    except (DatabaseError, InterfaceError):
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    if missing:
        return HttpResponse(
            f"{missing} migrations missing\n", status=503, content_type="text/plain"
        )
    return HttpResponse("ready\n", content_type="text/plain")
