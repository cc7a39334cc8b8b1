"""The databases of the tests: what is the same for all of them is made once, and then copied.

A run has two patterns, made by whichever process first needs them while the others wait: the
migrated tables, and these with the first content. Each process copies them, which takes a
fraction of a second, and keeps its copies to itself.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

# The names end with these; the run's own name, which DATABASE_URL holds, comes before.
TABLES, CONTENT = "_tables", "_content"


def run() -> str:
    return urlsplit(os.environ["DATABASE_URL"]).path.strip("/")


def own(pattern: str) -> str:
    """The name of this process's copy."""
    return f"test_{run()}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}{pattern}"


@contextlib.contextmanager
def lent(pattern: str) -> Iterator[None]:
    """Django's connection leads to this process's copy of a pattern, and then where it did."""
    name = own(pattern)
    if not _is_there(name):
        _make(pattern)
        _copy(run() + pattern, name)
    with _connected_to(name):
        yield


@contextlib.contextmanager
def lent_to_commit() -> Iterator[None]:
    """The same with a fresh copy of the empty tables, for tests that commit: dropped after them, so
    that no test need empty the tables after itself."""
    name = own("_committed")
    _make(TABLES)
    _copy(run() + TABLES, name)
    try:
        with _connected_to(name):
            yield
    finally:
        _drop(name)


def drop_all() -> None:
    """The patterns of this run, and all copies."""
    with _administration() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname = ANY(%s) OR datname LIKE %s",
            [[run() + TABLES, run() + CONTENT], f"test\\_{run()}\\_%"],
        )
        for (name,) in cursor.fetchall():
            _drop(name)


# ------------------------------------------------------------------ making them
def _make(pattern: str) -> None:
    """Make the pattern unless it is there; one process at a time."""
    steps: dict[str, tuple[str, Callable[[], None]]] = {
        TABLES: ("template1", _migrate),
        CONTENT: (run() + TABLES, _load),
    }
    if pattern == CONTENT:
        _make(TABLES)
    source, fill = steps[pattern]
    with _administration() as waiting:
        # Held until this line is closed.
        waiting.execute("SELECT pg_advisory_lock(hashtext(%s))", [run()])
        name = run() + pattern
        if _is_there(name):
            return
        # Under another name until it is whole: what fails leaves no pattern.
        fresh = f"test_{name}_fresh"
        _copy(source, fresh)
        with _connected_to(fresh):
            fill()
        with _administration() as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(fresh), sql.Identifier(name)
                )
            )


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)


def _load() -> None:
    from django.core.management import call_command

    call_command("load_fixtures", verbosity=0, stdout=io.StringIO())


# ------------------------------------------------------------------ PostgreSQL
def _copy(source: str, name: str) -> None:
    with _administration() as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )


def _drop(name: str) -> None:
    with _administration() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _is_there(name: str) -> bool:
    with _administration() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.fetchone())


@contextlib.contextmanager
def _administration() -> Iterator[Any]:
    address = os.environ["DATABASE_URL"].removesuffix(run()) + "postgres"
    with psycopg.connect(address, autocommit=True) as line, line.cursor() as cursor:
        yield cursor


@contextlib.contextmanager
def _connected_to(name: str) -> Iterator[None]:
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    # A test that empties all tables leaves its database with other keys than its pattern's.
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        ContentType.objects.clear_cache()
