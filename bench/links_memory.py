"""How much memory a round over the web addresses takes, with links in the texts of N entries.

    python -m bench.links_memory [ENTRIES] [--keep]

makes a database ``bench_links`` beside the one of DATABASE_URL, with invented entries, three
links of their own in the description of each and one in a field, and gathers them as a round does
before it looks at any: the first time all are new, the second time none. ``--keep`` takes the
database of the last time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

NAME = "bench_links"
KINDS = ("orgs_organization", "networks_network", "projects_project")
# Without what is kept beside a text: none of it is asked here.
LINKS = """
    SET session_replication_role = replica;
    UPDATE {kind} SET description_it = concat_ws(' ', description_it, {links});
"""
LINK = "'[link](https://' || slug || '.example/pagina/{number})'"
INSIDE = """
import os, resource, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicnet.settings")
import django
django.setup()
from directory.registry import kinds
from links import rounds
from links.models import Link, Mention

def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

for kind in kinds.values():
    kind.model.objects.count()
before, start = most(), time.monotonic()
rounds.gather()
print(f"{time.monotonic() - start:.0f} s, {most() - before:.0f} MB more than {before:.0f}, "
      f"{Link.objects.count()} addresses, {Mention.objects.count()} mentions, "
      f"load {os.getloadavg()[0]:.1f}")
"""


def make(entries: int) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        database = sql.Identifier(NAME)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
    for arguments in (["migrate", "-v0"], ["load_fixtures", "-v0"]):
        manage(*arguments)
    manage("make_directory", str(entries), "--beside")
    links = ", ".join(LINK.format(number=number) for number in range(3))
    with psycopg.connect(address(), autocommit=True) as connection:
        for kind in KINDS:
            connection.execute(LINKS.format(kind=kind, links=links))  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE")


def manage(*arguments: str) -> None:
    environment = {**os.environ, "DATABASE_URL": address()}
    subprocess.run([sys.executable, "manage.py", *arguments], env=environment, check=True)


def address() -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{NAME}"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("entries", nargs="?", type=int, default=100_000)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    if not asked.keep:
        make(asked.entries)
    with psycopg.connect(address(), autocommit=True) as connection:
        connection.execute("TRUNCATE links_link CASCADE")
    for _time in ("first", "second"):
        environment = {**os.environ, "DATABASE_URL": address()}
        subprocess.run([sys.executable, "-c", INSIDE], env=environment, check=True)


if __name__ == "__main__":
    main()
