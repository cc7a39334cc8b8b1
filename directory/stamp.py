"""The directory's version stamp: a number that rises with every change a visitor could see.

Triggers raise it, so it rises however a row is written: admin, command or SQL. They are deferred
to the end of the transaction: the row lock lasts only the commit, and an import that runs for
minutes stops nobody. A page rendered after the stamp was read is at least as new as the stamp.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, migrations

FUNCTION = """
CREATE FUNCTION public.civicnet_raise_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Once for a transaction, however many rows it wrote.
    IF current_setting('civicnet.stamped', true) IS DISTINCT FROM txid_current()::text THEN
        UPDATE public.directory_stamp SET value = value + 1;
        PERFORM set_config('civicnet.stamped', txid_current()::text, true);
    END IF;
    RETURN NULL;
END $$
"""
TABLE = """
CREATE TABLE public.directory_stamp (
    id smallint PRIMARY KEY CHECK (id = 1),
    value bigint NOT NULL
);
INSERT INTO public.directory_stamp (id, value) VALUES (1, 1);
"""
TRIGGERS = """
CREATE CONSTRAINT TRIGGER raise_stamp AFTER INSERT OR UPDATE OR DELETE ON public.{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.civicnet_raise_stamp();
CREATE TRIGGER raise_stamp_truncate AFTER TRUNCATE ON public.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION public.civicnet_raise_stamp();
"""
NO_TRIGGERS = """
DROP TRIGGER raise_stamp ON public.{table};
DROP TRIGGER raise_stamp_truncate ON public.{table};
"""


def create_stamp() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(TABLE, "DROP TABLE public.directory_stamp"),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION public.civicnet_raise_stamp()"),
    ]


def raise_with(tables: Iterable[str]) -> list[migrations.RunSQL]:
    """Migration operations: a change in any of the tables raises the stamp."""
    return [
        migrations.RunSQL(TRIGGERS.format(table=table), NO_TRIGGERS.format(table=table))
        for table in tables
    ]


def stop_raising(tables: Iterable[str]) -> list[migrations.RunSQL]:
    """The reverse of ``raise_with``: the triggers of ``directory.index`` raise it instead."""
    return [
        migrations.RunSQL(NO_TRIGGERS.format(table=table), TRIGGERS.format(table=table))
        for table in tables
    ]


def current() -> int:
    """One query of one row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM public.directory_stamp")
        return cursor.fetchone()[0]
