"""Connections of their own for what is read to the end: a slow reader keeps none from the pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg_pool import ConnectionPool, PoolTimeout

# Who waits longer than this for a connection is told to come back.
WAIT = 0.5
# A reader who has not read all by then is cut off.
MOST_SECONDS = 900


class Busy(Exception):
    """All connections for exports are lent."""


opening = threading.Lock()


@cache
def pool() -> ConnectionPool:
    """One in each process, opened when it is first wanted, so that no fork inherits it. Without a
    limit to those who wait, as in ``civicnet.database``."""
    told = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name not in ("pool", "cursor_factory", "context")
    }
    told["options"] = f"{told.get('options', '')} -c statement_timeout={MOST_SECONDS}s".strip()
    return ConnectionPool(
        kwargs=told | {"cursor_factory": psycopg.ClientCursor},
        min_size=0,
        max_size=settings.EXPORT_POOL_SIZE,
        max_idle=60,
        # The database may have been started again since one was lent.
        check=ConnectionPool.check_connection,
        open=True,
        name="exports",
    )


@contextmanager
def lent() -> Iterator[Any]:
    """A connection, or ``Busy``; what is read on it sees one moment of the directory."""
    with opening:
        lending = pool()
    try:
        line = lending.getconn(timeout=WAIT)
    except PoolTimeout as error:
        raise Busy from error
    try:
        yield line
    finally:
        # Of one that was cut off in the middle nothing is known.
        if line.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            line.close()
        lending.putconn(line)
