"""What a change touches: triggers on the tables that entries are made of.

Triggers note which entries a statement touched, however it writes (program, COPY, SQL), or which
rows it altered that entries are tied to. At the end of the transaction one deferred trigger takes
the row of the stamp, so that transactions pass one at a time and none waits longer than a commit;
finds the entries that are tied to what was altered; lets each *keeper* rewrite its rows for
what was touched; and raises the stamp. This module is the database's side: what the migrations of
the rooms say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import migrations

# Whom a change touches by what is tied to the row: asked at the end of the transaction, after all
# that others have committed. Asked at once, it would not see an entry that another ties to the row
# meanwhile; and that one, which may end first, does not see the change.
ALTERED = """
CREATE UNLOGGED TABLE IF NOT EXISTS public.directory_altered (
    transaction bigint NOT NULL,
    kind smallint NOT NULL,
    written text NOT NULL,
    query text NOT NULL,
    ids bigint[] NOT NULL
);
CREATE INDEX IF NOT EXISTS directory_altered_in ON public.directory_altered (transaction);
"""

TOUCH = r"""
-- Arguments, three by three: the kind; columns of which one must have changed, or nothing; and
-- a query of the touched entries over the rows that were written, called "changed".
CREATE OR REPLACE FUNCTION public.civicnet_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    insertion constant text := 'INSERT INTO public.directory_touched'
        ' SELECT $1, $2, entry FROM (%s) AS touched (entry) WHERE entry IS NOT NULL'
        ' ON CONFLICT DO NOTHING';
    later constant text := 'INSERT INTO public.directory_altered'
        ' SELECT $1, $2, $3, $4, array_agg(id) FROM (%s) AS altered (id) HAVING count(*) > 0';
    written constant text := format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME);
    me constant bigint := pg_current_xact_id()::text::bigint;
    kind smallint;
    query text;
    looks_around boolean;
    altered text;
    noted bigint;
    at_many boolean := false;
BEGIN
    FOR i IN 0 .. TG_NARGS / 3 - 1 LOOP
        kind := TG_ARGV[3 * i];
        query := TG_ARGV[3 * i + 2];
        -- More than a column of the rows themselves.
        looks_around := query !~ '^SELECT \w+ FROM changed$' AND query !~ '\mbefore\M';
        IF TG_OP = 'TRUNCATE' THEN
            -- Of drafts nothing is listed, but there are documents.
            query := format('SELECT entry_id FROM public.directory_document WHERE kind = %s', kind);
        ELSIF TG_OP = 'UPDATE' AND TG_ARGV[3 * i + 1] <> '' THEN
            altered := format(
                'SELECT changed.* FROM changed JOIN before USING (id)'
                ' WHERE (changed.%1$s) IS DISTINCT FROM (before.%2$s)',
                replace(TG_ARGV[3 * i + 1], ',', ', changed.'),
                replace(TG_ARGV[3 * i + 1], ',', ', before.')
            );
            IF looks_around THEN
                EXECUTE format(later, format('SELECT id FROM (%s) AS rows', altered))
                USING me, kind, written, query;
                GET DIAGNOSTICS noted = ROW_COUNT;
                at_many := at_many OR noted > 0;
                CONTINUE;
            END IF;
            query := format('WITH altered AS (%s) %s', altered,
                regexp_replace(query, '\mchanged\M', 'altered', 'g'));
        ELSE
            IF looks_around AND TG_ARGV[3 * i + 1] = '' AND TG_OP <> 'DELETE' THEN
                EXECUTE format(later, 'SELECT id FROM changed') USING me, kind, written, query;
                at_many := true;
            END IF;
            IF TG_OP = 'UPDATE' THEN
                query := query || ' UNION '
                    || regexp_replace(query, '\mchanged\M', 'before', 'g');
            END IF;
        END IF;
        EXECUTE format(insertion, query) USING me, kind;
        GET DIAGNOSTICS noted = ROW_COUNT;
        at_many := at_many OR noted >= 100;
    END LOOP;
    -- A page may take some seconds; a theme's new name takes one for each two thousand entries.
    IF at_many AND current_setting('statement_timeout') <> '0' THEN
        PERFORM set_config('statement_timeout', '10min', true);
    END IF;
    INSERT INTO public.directory_pending VALUES (me) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""

SETTLE = """
CREATE OR REPLACE FUNCTION public.civicnet_settle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    me constant bigint := pg_current_xact_id()::text::bigint;
    one record;
    keeper text;
BEGIN
    UPDATE public.directory_stamp SET value = value + 1;
    FOR one IN
        SELECT altered.kind, altered.written, altered.query, array_agg(DISTINCT id) AS ids
        FROM public.directory_altered AS altered CROSS JOIN unnest(altered.ids) AS id
        WHERE altered.transaction = me GROUP BY 1, 2, 3
    LOOP
        EXECUTE format('WITH changed AS (SELECT * FROM %s WHERE id = ANY ($3))'
            ' INSERT INTO public.directory_touched'
            ' SELECT $1, $2, entry FROM (%s) AS touched (entry) WHERE entry IS NOT NULL'
            ' ON CONFLICT DO NOTHING', one.written, one.query) USING me, one.kind, one.ids;
    END LOOP;
    DELETE FROM public.directory_altered WHERE transaction = me;
    IF EXISTS (SELECT FROM public.directory_touched WHERE transaction = me) THEN
        FOR keeper IN SELECT function FROM public.directory_keeper ORDER BY position LOOP
            EXECUTE format('SELECT public.%I()', keeper);
        END LOOP;
        DELETE FROM public.directory_touched WHERE transaction = me;
    END IF;
    DELETE FROM public.directory_pending WHERE transaction = me;
    RETURN NULL;
END $$
"""
SETTLED = """
CREATE CONSTRAINT TRIGGER settle AFTER INSERT ON public.directory_pending
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.civicnet_settle();
"""


def look_around_at_the_end() -> list[migrations.RunSQL]:
    """For databases made before whom a change touches by its ties was asked at the end."""
    return [
        migrations.RunSQL(ALTERED, migrations.RunSQL.noop),
        migrations.RunSQL(TOUCH, migrations.RunSQL.noop),
        migrations.RunSQL(SETTLE, migrations.RunSQL.noop),
    ]


def take_longer_at_the_end() -> migrations.RunSQL:
    """For databases made before whoever changes what many entries are tied to had the time."""
    return migrations.RunSQL(TOUCH, migrations.RunSQL.noop)


@dataclass(frozen=True)
class Touch:
    """Which entries of ``kind`` a change in a table touches.

    ``entries``: a query over the written rows, called "changed". ``columns``: an update touches
    only if one of them has changed, and the query is asked of the rows as they are at the end of
    the transaction, if it asks other tables for what is tied to them.
    """

    kind: int
    entries: str
    columns: str = ""


def watch(table: str, *touches: Touch, name: str = "touch") -> migrations.RunSQL:
    """The operation that puts the triggers on a table: its changes raise the stamp, and touch."""

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    arguments = ", ".join(
        quoted(str(part))
        for touch in touches
        for part in (touch.kind, touch.columns, touch.entries)
    )
    tables = {
        "insert": "REFERENCING NEW TABLE AS changed",
        "update": "REFERENCING OLD TABLE AS before NEW TABLE AS changed",
        "delete": "REFERENCING OLD TABLE AS changed",
        "truncate": "",
    }
    create = [
        f"CREATE TRIGGER {name}_{event} AFTER {event.upper()} ON public.{table} {transition}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION public.civicnet_touch({arguments})"
        for event, transition in tables.items()
    ]
    drop = [f"DROP TRIGGER {name}_{event} ON public.{table}" for event in tables]
    return migrations.RunSQL(";\n".join(create), ";\n".join(drop))


def watch_lists(kind: int, tables: Iterable[str], column: str) -> list[migrations.RunSQL]:
    """Tables whose rows belong to an entry by ``column``."""
    touch = Touch(kind, f"SELECT {column} FROM changed")  # noqa: S608
    return [watch(table, touch) for table in tables]
