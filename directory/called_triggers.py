"""The triggers that keep by what names entries are called and where: functions for each kind, whose
plans are kept too."""

from __future__ import annotations

from django.db import migrations

from directory.called import key_in_sql
from directory.index import CITY, PROVINCE

# What the triggers of a kind do. Of an entry that is written they read names from the written row,
# and its places once; where a place is written they write places only. Plans are kept, and made
# for tables of any size: always by index, entry by entry. What a statement changed is found without
# joining its rows, which no index serves.
FUNCTIONS = """
CREATE FUNCTION public.civicnet_call_{app}() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    entries bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.directory_called AS called
        SELECT {kind}, entry.id, said.name, placed.places
        FROM changed AS entry
        CROSS JOIN LATERAL ({places} OFFSET 0) AS placed
        CROSS JOIN LATERAL ({names}) AS said
        WHERE said.name <> ''
        -- Two names of an entry may have one core.
        ON CONFLICT DO NOTHING;
        INSERT INTO public.directory_tocompare SELECT {kind}, id FROM changed;
    ELSIF TG_OP = 'UPDATE' THEN
        SELECT array_agg(altered.id) INTO entries FROM ({altered}) AS altered;
        IF entries IS NULL THEN
            RETURN NULL;
        END IF;
        WITH fresh AS MATERIALIZED (
            SELECT DISTINCT entry.id AS entry_id, said.name, placed.places
            FROM ({altered}) AS entry
            CROSS JOIN LATERAL ({places} OFFSET 0) AS placed
            CROSS JOIN LATERAL ({names}) AS said
            WHERE said.name <> ''
        ), gone AS (
            DELETE FROM public.directory_called AS called USING (
                SELECT entry_id, name FROM public.directory_called
                WHERE kind = {kind} AND entry_id = ANY(entries)
                EXCEPT SELECT entry_id, name FROM fresh
            ) AS former
            WHERE called.kind = {kind} AND called.entry_id = former.entry_id
                AND called.name = former.name
        )
        INSERT INTO public.directory_called AS called
        SELECT {kind}, entry_id, name, places FROM fresh
        ON CONFLICT (entry_id, kind, name) DO UPDATE SET places = excluded.places
        WHERE called.places <> excluded.places;
        INSERT INTO public.directory_tocompare SELECT {kind}, unnest(entries);
    ELSE
        IF TG_OP = 'TRUNCATE' THEN
            SELECT array_agg(DISTINCT entry_id) INTO entries
            FROM public.directory_called WHERE kind = {kind};
        ELSE
            SELECT array_agg(id) INTO entries FROM changed;
        END IF;
        DELETE FROM public.directory_called WHERE kind = {kind} AND entry_id = ANY(entries);
        DELETE FROM public.directory_suspecteddouble
        WHERE kind = {kind} AND (low = ANY(entries) OR high = ANY(entries));
        DELETE FROM public.directory_distinction
        WHERE kind = {kind} AND (low = ANY(entries) OR high = ANY(entries));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.civicnet_compare_{app}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO public.directory_tocompare
        SELECT {kind}, entry_id FROM changed UNION SELECT {kind}, entry_id FROM before;
    ELSE
        INSERT INTO public.directory_tocompare SELECT DISTINCT {kind}, entry_id FROM changed;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.civicnet_place_{app}() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    entries bigint[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(told.id) INTO entries
        FROM (SELECT entry_id FROM changed UNION SELECT entry_id FROM before) AS told (id);
    ELSE
        SELECT array_agg(DISTINCT entry_id) INTO entries FROM changed;
    END IF;
    UPDATE public.directory_called AS called SET places = fresh.places
    FROM (
        SELECT entry.id, placed.places FROM unnest(entries) AS entry (id)
        CROSS JOIN LATERAL ({places} OFFSET 0) AS placed OFFSET 0
    ) AS fresh
    WHERE called.kind = {kind} AND called.entry_id = fresh.id AND called.places <> fresh.places;
    INSERT INTO public.directory_tocompare SELECT {kind}, unnest(entries);
    RETURN NULL;
END $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION public.civicnet_place_{app}();
DROP FUNCTION public.civicnet_compare_{app}();
DROP FUNCTION public.civicnet_call_{app}();
"""
ALTERED = "SELECT id, {said} FROM changed EXCEPT SELECT id, {said} FROM before"
NAMES = """
    SELECT public.civicnet_name_words(told.name) AS name FROM (
        VALUES (entry.name_it), (entry.name_en)
        UNION ALL SELECT jsonb_array_elements_text(entry.other_names || entry.former_names)
    ) AS told (name) WHERE told.name <> '' OFFSET 0
"""
PLACES = """
    SELECT coalesce(array_agg(DISTINCT told.key), '{{}}') AS places
    FROM public.{app}_territory AS tie
    CROSS JOIN LATERAL (VALUES ({province}), ({city})) AS told (key)
    WHERE tie.entry_id = entry.id AND tie.meaning <> 'member' AND told.key IS NOT NULL
"""


def call_by_kind(kind: int, app: str, model: str, *columns: str) -> list[migrations.RunSQL]:
    """Names and places of a kind's entries, kept from now on; ``columns`` say where one sits."""
    table = f"{app}_{model}"
    said = ", ".join(("name_it", "name_en", "other_names", "former_names", *columns))
    places = PLACES.format(
        app=app,
        province=key_in_sql(kind, PROVINCE, "tie.province_id"),
        city=key_in_sql(kind, CITY, "tie.city_id"),
    )
    functions = FUNCTIONS.format(
        app=app,
        kind=kind,
        places=places,
        names=NAMES,
        altered=ALTERED.format(said=said),
    )
    operations = [migrations.RunSQL(functions, NO_FUNCTIONS.format(app=app))]
    for part, function in (
        ("", "call"),
        ("place", "place"),
        ("webaddress", "compare"),
        ("identifier", "compare"),
    ):
        operations.append(_watch(f"{table}{part}", f"civicnet_{function}_{app}", not part))
    return operations


def _watch(table: str, function: str, truncate: bool) -> migrations.RunSQL:
    tables = {
        "insert": "REFERENCING NEW TABLE AS changed",
        "update": "REFERENCING OLD TABLE AS before NEW TABLE AS changed",
        "delete": "REFERENCING OLD TABLE AS changed",
        **({"truncate": ""} if truncate else {}),
    }
    create = [
        f"CREATE TRIGGER call_{event} AFTER {event.upper()} ON public.{table} {transition}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION public.{function}()"
        for event, transition in tables.items()
    ]
    drop = [f"DROP TRIGGER call_{event} ON public.{table}" for event in tables]
    return migrations.RunSQL(";\n".join(create), ";\n".join(drop))
