"""The directory's version stamp: a number that rises with every change a visitor could see.

A trigger raises it (``directory.index``), so it rises however a row is written: admin, command or
SQL. It is deferred to the end of the transaction: the row lock lasts only the commit, and an import
that runs for minutes stops nobody. A page rendered after the stamp was read is at least as new as
the stamp.
"""

from __future__ import annotations

from django.db import connection, migrations

TABLE = """
CREATE TABLE public.directory_stamp (
    id smallint PRIMARY KEY CHECK (id = 1),
    value bigint NOT NULL
);
INSERT INTO public.directory_stamp (id, value) VALUES (1, 1);
"""


def create_stamp() -> migrations.RunSQL:
    return migrations.RunSQL(TABLE, "DROP TABLE public.directory_stamp")


def current() -> int:
    """One query of one row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM public.directory_stamp")
        return cursor.fetchone()[0]
