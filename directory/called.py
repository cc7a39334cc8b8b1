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
from directory.keys import CORE, PLAIN

# Above the code of a key (see directory.index): which kind of entry it is about.
KIND_SHIFT = 56
LONGEST = 250

# The core of a name with its words apart: which come first, and an article, make little of it.
FUNCTION_OF_WORDS = f"""
CREATE OR REPLACE FUNCTION public.civicnet_name_words(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT left(coalesce(
        nullif(btrim(replace({CORE}, '  ', ' ')), ''), btrim({PLAIN})
    ), {LONGEST})
$$
"""

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


def place_key(kind: int, code: int, value: int) -> int:
    return (kind << KIND_SHIFT) | (code << SHIFT) | value


def key_in_sql(kind: int, code: int, column: str) -> str:
    return f"({kind}::bigint << {KIND_SHIFT}) | ({code}::bigint << {SHIFT}) | {column}"


def create_called() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(FUNCTION_OF_WORDS, "DROP FUNCTION public.civicnet_name_words(text)"),
        migrations.RunSQL(TABLES, NO_TABLES),
    ]


def add_called(kind: int, app: str, model: str) -> list[migrations.RunSQL]:
    """The view that says by what names a kind's entries are called and where;
    ``directory.called_triggers`` keeps what it says."""
    view = VIEW.format(
        app=app,
        table=f"{app}_{model}",
        province=key_in_sql(kind, PROVINCE, "tie.province_id"),
        city=key_in_sql(kind, CITY, "tie.city_id"),
    )
    return [migrations.RunSQL(view, f"DROP VIEW public.{app}_called")]
