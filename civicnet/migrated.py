"""Whether the database has the migrations of this release, and whether it can have them.

Before a release migrations are drawn together: one stands for many, which are gone from the disk. A
database that has had them all goes on, and ``migrate`` only takes note. One that has had some of
them cannot go on here, since nothing says any more what it lacks: that is said in a sentence,
before Django would say it in a traceback, or pass over it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Name = tuple[str, str]

# The last state of civicnet that holds every migration for which others stand now.
BEFORE = "2571da9"
CUT_OFF = (
    "This database was last migrated before 27 November 2026, and the migrations that {rooms} would"
    f" need are no longer here. Bring it up to date with commit {BEFORE} first (git checkout"
    f" {BEFORE}, migrate, git checkout main), or begin with an empty database: make clean deletes"
    " a demo's."
)


def missing_migrations() -> int:
    """How many migrations of this release the database does not have. 2 queries."""
    applied = _applied()
    return sum(
        not (name in applied or (former and former <= applied))
        for name, former in _on_disk().items()
    )


def refusal() -> str:
    """Why the database cannot be migrated, or nothing. 2 queries."""
    applied = _applied()
    rooms = {
        name[0] for name, former in _on_disk().items() if 0 < len(former & applied) < len(former)
    }
    return CUT_OFF.format(rooms=", ".join(sorted(rooms))) if rooms else ""


def can_be_migrated(
    app_configs: Any, databases: Sequence[str] | None = None, **said: Any
) -> list[CheckMessage]:
    """The check that ``migrate`` makes before it looks at anything."""
    why_not = refusal() if DEFAULT_DB_ALIAS in (databases or ()) else ""
    return [Error(why_not, id="civicnet.E001")] if why_not else []


def _applied() -> frozenset[Name]:
    return frozenset(MigrationRecorder(connection).applied_migrations())


@lru_cache(maxsize=1)
def _on_disk() -> dict[Name, frozenset[Name]]:
    """Each migration, with those that it stands for. Read once for the life of the process."""
    found = MigrationLoader(None).disk_migrations
    return {name: frozenset(migration.replaces) for name, migration in found.items()}
