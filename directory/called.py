"""By what names an entry is called and where: what finds its likely doubles.

``directory_called`` has a row for each entry, published or not, and each of its names (but the
short ones, which many share): the words of its core, as ``directory.keys`` reduces it, and the
provinces and cities the entry is tied to. One index holds both, so that a name is compared only
with those of its province, however many entries there are.

Triggers (``directory.called_triggers``) keep it, however entries are written, and note in
``directory_tocompare`` which entries are to be compared with all others: ``directory.doubles`` does
that when its time comes. This module is the database's side: what the migrations of the rooms say.
"""

from __future__ import annotations

from django.db import migrations

from directory.index import CITY, PROVINCE, SHIFT
from directory.keys import PHRASES, WORDS

# Above the code of a key (see directory.index): which kind of entry it is about.
KIND_SHIFT = 56
LONGEST = 250

# The core of a name with its words apart: which come first, and an article, make little of it.
FUNCTION_OF_WORDS = r"""
CREATE FUNCTION public.civicnet_name_words(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT left(coalesce(
        nullif(btrim(regexp_replace(
            regexp_replace(plain, '\m(?:FORMS)\M', ' ', 'g'), '\s+', ' ', 'g'
        )), ''),
        btrim(plain)
    ), LONGEST) FROM (
        SELECT regexp_replace(
            regexp_replace(
                lower(public.civicnet_unaccent(name)), '\m(\w)\.(?=\w\M)', '\1', 'g'
            ),
            '[\W_]+', ' ', 'g'
        ) AS plain
    ) AS reduced
$$
""".replace("FORMS", "|".join((*PHRASES, *WORDS))).replace("LONGEST", str(LONGEST))

TABLES = """
CREATE TABLE public.directory_called (
    kind smallint NOT NULL,
    entry_id bigint NOT NULL,
    name text NOT NULL,
    places bigint[] NOT NULL,
    PRIMARY KEY (entry_id, kind, name)
);
CREATE INDEX directory_called_alike ON public.directory_called
    USING gin (places, name gin_trgm_ops);
CREATE INDEX directory_called_name ON public.directory_called (name, kind);
CREATE TABLE public.directory_tocompare (kind smallint NOT NULL, entry_id bigint NOT NULL);
CREATE INDEX directory_tocompare_entry ON public.directory_tocompare (kind, entry_id);
COMMENT ON TABLE public.directory_tocompare IS
    'entries changed since they were last compared with all others; each as often as it changed';
"""
NO_TABLES = "DROP TABLE public.directory_tocompare, public.directory_called"

# Arguments: the kind; the view of its names; the column of the written rows that says which entry;
# columns of which one must have changed; and whether names and places are to be written anew.
FUNCTION = """
CREATE FUNCTION public.civicnet_call() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number constant smallint := TG_ARGV[0];
    query text := format('SELECT %I FROM changed', TG_ARGV[2]);
    entries bigint[];
BEGIN
    IF TG_OP = 'UPDATE' AND TG_ARGV[3] <> '' THEN
        query := format(
            'SELECT changed.id FROM changed JOIN before USING (id)'
            ' WHERE (changed.%s) IS DISTINCT FROM (before.%s)',
            replace(TG_ARGV[3], ',', ', changed.'), replace(TG_ARGV[3], ',', ', before.')
        );
    ELSIF TG_OP = 'UPDATE' THEN
        query := format('%s UNION SELECT %I FROM before', query, TG_ARGV[2]);
    ELSIF TG_OP = 'TRUNCATE' THEN
        query := 'SELECT entry_id FROM public.directory_called WHERE kind = ' || number;
    END IF;
    EXECUTE format('SELECT array_agg(DISTINCT told.entry) FROM (%s) AS told (entry)', query)
    INTO entries;
    IF entries IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_ARGV[4]::boolean THEN
        EXECUTE format($query$
            WITH asked AS (SELECT DISTINCT entry_id FROM unnest($2) AS told (entry_id)),
            fresh AS MATERIALIZED (
                SELECT DISTINCT called.entry_id, called.name, called.places
                FROM asked JOIN public.%I AS called USING (entry_id) WHERE called.name <> ''
            ), gone AS (
                DELETE FROM public.directory_called AS called USING asked
                WHERE called.kind = $1 AND called.entry_id = asked.entry_id AND NOT EXISTS (
                    SELECT FROM fresh
                    WHERE fresh.entry_id = called.entry_id AND fresh.name = called.name)
            )
            INSERT INTO public.directory_called AS called
            SELECT $1, entry_id, name, places FROM fresh
            ON CONFLICT (entry_id, kind, name) DO UPDATE SET places = excluded.places
            WHERE called.places <> excluded.places
        $query$, TG_ARGV[1]) USING number, entries;
    END IF;
    IF TG_ARGV[2] = 'id' AND TG_OP IN ('DELETE', 'TRUNCATE') THEN
        DELETE FROM public.directory_suspecteddouble AS pair
        WHERE pair.kind = number AND (low = ANY(entries) OR high = ANY(entries));
        DELETE FROM public.directory_distinction AS pair
        WHERE pair.kind = number AND (low = ANY(entries) OR high = ANY(entries));
    ELSE
        INSERT INTO public.directory_tocompare SELECT number, unnest(entries);
    END IF;
    RETURN NULL;
END $$
"""

VIEW = """
CREATE VIEW public.{app}_called AS
SELECT entry.id AS entry_id, public.civicnet_name_words(said.name) AS name,
    placed.places
FROM public.{table} AS entry
CROSS JOIN LATERAL (
    SELECT entry.name_it AS name UNION SELECT entry.name_en
    UNION SELECT jsonb_array_elements_text(entry.other_names || entry.former_names)
) AS said
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT told.key), '{{}}') AS places
    FROM public.{app}_territory AS tie
    CROSS JOIN LATERAL (VALUES ({province}), ({city})) AS told (key)
    WHERE tie.entry_id = entry.id AND tie.meaning <> 'member' AND told.key IS NOT NULL
) AS placed
WHERE said.name <> ''
"""
FILL = """
INSERT INTO public.directory_called
SELECT DISTINCT {kind}, entry_id, name, places FROM public.{app}_called WHERE name <> '';
INSERT INTO public.directory_tocompare SELECT {kind}, id FROM public.{table};
"""
EMPTY = """
DELETE FROM public.directory_called WHERE kind = {kind};
DELETE FROM public.directory_tocompare WHERE kind = {kind};
"""


def place_key(kind: int, code: int, value: int) -> int:
    return (kind << KIND_SHIFT) | (code << SHIFT) | value


def key_in_sql(kind: int, code: int, column: str) -> str:
    return f"({kind}::bigint << {KIND_SHIFT}) | ({code}::bigint << {SHIFT}) | {column}"


def create_called() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(FUNCTION_OF_WORDS, "DROP FUNCTION public.civicnet_name_words(text)"),
        migrations.RunSQL(TABLES, NO_TABLES),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION public.civicnet_call()"),
    ]


def add_called(kind: int, app: str, model: str, *columns: str) -> list[migrations.RunSQL]:
    """Names and places of a kind's entries, kept from now on; ``columns`` say where one sits."""
    table = f"{app}_{model}"
    view = VIEW.format(
        app=app,
        table=table,
        province=key_in_sql(kind, PROVINCE, "tie.province_id"),
        city=key_in_sql(kind, CITY, "tie.city_id"),
    )
    return [
        migrations.RunSQL(view, f"DROP VIEW public.{app}_called"),
        *old_triggers(kind, app, model, *columns),
        migrations.RunSQL(
            FILL.format(kind=kind, app=app, table=table),
            EMPTY.format(kind=kind),
        ),
    ]


def old_triggers(kind: int, app: str, model: str, *columns: str) -> list[migrations.RunSQL]:
    """Those of a kind until ``directory.called_triggers`` replaced them."""
    table = f"{app}_{model}"
    named = ("name_it", "name_en", "other_names", "former_names", *columns)
    return [
        _watch(table, kind, app, "id", ",".join(named), True),
        _watch(f"{table}place", kind, app, "entry_id", "", True),
        _watch(f"{table}webaddress", kind, app, "entry_id", "", False),
        _watch(f"{table}identifier", kind, app, "entry_id", "", False),
    ]


def _watch(
    table: str, kind: int, app: str, column: str, columns: str, names: bool
) -> migrations.RunSQL:
    arguments = f"'{kind}', '{app}_called', '{column}', '{columns}', '{names}'"
    tables = {
        "insert": "REFERENCING NEW TABLE AS changed",
        "update": "REFERENCING OLD TABLE AS before NEW TABLE AS changed",
        "delete": "REFERENCING OLD TABLE AS changed",
    }
    if column == "id":
        tables["truncate"] = ""
    create = [
        f"CREATE TRIGGER call_{event} AFTER {event.upper()} ON public.{table} {transition}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION public.civicnet_call({arguments})"
        for event, transition in tables.items()
    ]
    drop = [f"DROP TRIGGER call_{event} ON public.{table}" for event in tables]
    return migrations.RunSQL(";\n".join(create), ";\n".join(drop))
