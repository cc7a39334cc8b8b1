"""From a database address to Django's configuration of it."""

from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from civicnet import environment as env

# A page that cannot have a connection within this many seconds says so (503) instead of waiting.
POOL_TIMEOUT = 1.5


def configuration(address: str) -> dict[str, Any]:
    """The `default` database, with a pool and timeouts in a process that answers visitors.

    The pool checks each connection before it lends it, so a restart of the database loses no
    request, and it forgets a failed attempt quickly, so that it is back as soon as the database
    is. Its queue has no limit, since as many wait as there are threads: whoever gave up stays in
    it until there is a connection, and a full one would let nobody ask for one ever again.
    Commands have neither pool nor a limit on statements: a migration may run for an hour. They do
    give up waiting for a lock, because everything queues behind a waiting ALTER TABLE.
    """
    if urlsplit(address).scheme not in {"postgres", "postgresql"}:
        env.refuse("DATABASE_URL must start with postgresql://; no other database is supported.")
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(address))
    except ValueError as error:
        env.refuse(f"DATABASE_URL is not understood: {error}.")
    if not database.get("NAME"):
        env.refuse("DATABASE_URL must name a database, as in postgresql://user@host/civicnet.")

    statement_seconds = env.number("DATABASE_STATEMENT_TIMEOUT", default=5, least=1, most=600)
    pool_size = env.number("DATABASE_POOL_SIZE", default=4, least=1, most=100)
    if env.SERVING:
        server_settings = {
            "statement_timeout": f"{statement_seconds}s",
            "lock_timeout": "2s",
            "idle_in_transaction_session_timeout": "60s",
            # What is prepared here is found alike for all values (directory.planned); PostgreSQL
            # would plan some of it again for dozens of visits.
            "plan_cache_mode": "force_generic_plan",
        }
        pool: dict[str, Any] = {
            "min_size": 1,
            "max_size": pool_size,
            "timeout": POOL_TIMEOUT,
            "max_idle": 300,
            "reconnect_timeout": 2,
        }
    else:
        server_settings = {"lock_timeout": "10s"}
        pool = {}
    # Plans of pages are short; compiling them costs more than it saves.
    server_settings["jit"] = "off"

    options = dict(database.get("OPTIONS", {}))
    given = str(options.get("options", ""))
    ours = " ".join(f"-c {name}={value}" for name, value in server_settings.items())
    options["options"] = f"{ours} {given}".strip()
    options.setdefault("connect_timeout", 3)
    options.setdefault("application_name", "civicnet")
    # What a connection has sent so often is planned once: see directory.planned.
    options.setdefault("prepare_threshold", 3)
    if pool:
        options["pool"] = pool
    database["OPTIONS"] = options
    database["CONN_MAX_AGE"] = 0
    database["CONN_HEALTH_CHECKS"] = True
    return database
