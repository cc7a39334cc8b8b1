"""Answers for whoever watches over the site: is the process alive, can it do its work?"""

from functools import lru_cache

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


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


def missing_migrations() -> int:
    """How many migrations of this release the database does not have."""
    return len(_migrations_on_disk() - MigrationRecorder(connection).applied_migrations().keys())


@lru_cache(maxsize=1)
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    """Read once for the life of the process. A squash in place of others is not counted: the
    migrations that it replaces are on disk beside it until they are removed."""
    found = MigrationLoader(None).disk_migrations
    return frozenset(name for name, migration in found.items() if not migration.replaces)
