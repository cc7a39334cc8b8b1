"""Databases of N invented entries in a PostgreSQL of the bench's own, kept between runs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from psycopg import sql

from bench.export import export
from civicnet.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
SECRET = "for the bench only " * 3
# Slower than this is not measured.
SECONDS = 20
# As Debian's package has it; the demo makes do with less.
MEMORY = {"shared_buffers": "128MB"}


def environment(address: str, **more: str) -> dict[str, str]:
    """For every process that is measured: nobody's own settings."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "DATABASE_URL": address,
        "DATABASE_STATEMENT_TIMEOUT": str(SECONDS),
        "SECRET_KEY": SECRET,
        "BASE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1",
        "STATIC_ROOT": str(VAR / "static"),
        "MEDIA_ROOT": str(VAR / "media"),
        "LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
        **more,
    }


def fingerprint(number: int) -> str:
    """What the rows depend on: their number, the tables, and who invents."""
    digest = hashlib.sha256(str(number).encode())
    made_by = [*ROOT.glob("*/migrations/*.py"), *(ROOT / "civicnet/invention").glob("*.py")]
    for path in sorted([*made_by, *(ROOT / "fixtures").rglob("*.*")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def name(number: int) -> str:
    return f"civicnet_{number}"


def loading(number: int) -> str:
    """Under which name it is noted how long the rows took to load."""
    return f"{name(number)}, loading"


def loaded(number: int) -> str:
    """How long the rows took to load, when they were."""
    return json.loads((VAR / "made.json").read_text()).get(loading(number), "–")


def have(server: EmbeddedServer, number: int) -> str:
    """The address of a database of N invented entries, which is made unless it is there."""
    done_file = VAR / "made.json"
    done: dict[str, str] = json.loads(done_file.read_text()) if done_file.exists() else {}
    address, mark = server.address(name(number)), fingerprint(number)
    if done.get(name(number)) != mark:
        print(f"bench: making a directory of {number} …", flush=True)
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name(number))))
        server.create_database(name(number))
        manage(address, "migrate", "-v0")
        manage(address, "load_fixtures")
        started, load = time.monotonic(), os.getloadavg()[0]
        manage(address, "make_directory", str(number))
        done[loading(number)] = f"{time.monotonic() - started:.0f} s (load average {load:.1f})"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        sqlite(number).unlink(missing_ok=True)
        done_file.write_text(json.dumps(done | {name(number): mark}))
    return address


def manage(address: str, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment(address), check=True
    )


def sqlite(number: int) -> Path:
    return VAR / f"civicnet_{number}.db"


def have_sqlite(address: str, number: int) -> Path:
    target = sqlite(number)
    if not target.exists():
        print("bench: copying the rows for Datasette …", flush=True)
        export(address, target)
    return target
