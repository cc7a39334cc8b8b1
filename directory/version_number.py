"""The number of an entry's version: one more with every change of its row, whoever writes it.

A trigger counts, so that imports and SQL count too. Who opened a form sends the number back, and a
number that is another by then says that somebody saved in between.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import migrations

FUNCTION = """
CREATE FUNCTION public.civicnet_count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER count_version BEFORE UPDATE ON public.{table}
    FOR EACH ROW EXECUTE FUNCTION public.civicnet_count_version()
"""
NO_TRIGGER = "DROP TRIGGER count_version ON public.{table}"


def create_counting() -> list[migrations.RunSQL]:
    return [migrations.RunSQL(FUNCTION, "DROP FUNCTION public.civicnet_count_version()")]


def count_versions(tables: Iterable[str]) -> list[migrations.RunSQL]:
    """Migration operations: each change of a row of the tables counts."""
    return [
        migrations.RunSQL(TRIGGER.format(table=table), NO_TRIGGER.format(table=table))
        for table in tables
    ]
