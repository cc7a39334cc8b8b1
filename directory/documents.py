"""The documents that text search reads: one row for each entry of any kind, with all its words.

``names`` holds every name and acronym; ``summary_it`` and ``summary_en`` the summaries; ``words``
all that, the other texts, and what other rows say of the entry: its places in every language and
under former names, themes, codes, the years in which it began and ended. Each room says in a view
what its entries' texts are (``add_texts``). ``keys`` repeats the keys of ``directory_listed``, so
that words and filters meet in one index, and adds in which languages there is a summary.

Words stand there as they are written (small, without accents, with their places for phrases, and
with a weight, by which the lexicon tells them) and as stems, so that singular meets plural.
"""

from __future__ import annotations

from django.db import migrations

from directory import sections
from directory.index import key_of
from directory.queries import NO_QUERY, QUERY
from directory.watching import Touch, watch
from places.languages import LANGUAGES

# Beyond this a text's words are not searched: a vector holds a megabyte at most.
MOST_BYTES = 100_000
# What the words of a street begin with, so that they are found only together with its kind.
STREET = "viaq"
# From so many on, their words go into the index together: half the work of one by one.
SEVERAL = 200
# The code of a key (see directory.index) that only documents have.
SUMMARY = 127
SUMMARY_IN = {code: key_of(SUMMARY, number) for number, code in enumerate(LANGUAGES, 1)}

CONFIGURATIONS = """
CREATE TEXT SEARCH DICTIONARY public.civicnet_stop_it
    (TEMPLATE = pg_catalog.simple, STOPWORDS = italian, ACCEPT = false);
CREATE TEXT SEARCH DICTIONARY public.civicnet_stop_en
    (TEMPLATE = pg_catalog.simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION public.civicnet_plain (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION public.civicnet_plain ALTER MAPPING FOR asciiword, word
    WITH public.unaccent, public.civicnet_stop_it, public.civicnet_stop_en;
CREATE TEXT SEARCH CONFIGURATION public.civicnet_whole (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION public.civicnet_whole ALTER MAPPING FOR asciiword, word
    WITH public.unaccent, pg_catalog.simple;
"""
NO_CONFIGURATIONS = """
DROP TEXT SEARCH CONFIGURATION public.civicnet_whole, public.civicnet_plain;
DROP TEXT SEARCH DICTIONARY public.civicnet_stop_en, public.civicnet_stop_it;
"""

# PostgreSQL's parser takes “arte/cultura” for a file, “Co.M.E.S.” for a host and “&c;” for HTML.
# replace() of single signs costs a tenth of a regular expression.
FUNCTIONS = f"""
CREATE FUNCTION public.civicnet_spaced(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT replace(replace(replace(replace(replace(replace(replace(replace(
        CASE WHEN octet_length(said) > {MOST_BYTES} THEN left(said, {MOST_BYTES // 4})
             ELSE coalesce(said, '') END,
        '.', ' '), '-', ' '), '/', ' '), '_', ' '), '@', ' '), '&', ' '), '<', ' '), '+', ' ')
$$;

-- What a name is when its signs are left out: “Co.M.E.S.” is comes, “L’asilo” is lasilo.
CREATE FUNCTION public.civicnet_squeezed(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(coalesce(said, ''), '[^[:alnum:][:space:]]+', '', 'g')
$$;

-- A Markdown text without the addresses of its links.
CREATE FUNCTION public.civicnet_prose(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT public.civicnet_spaced(
        CASE WHEN said LIKE '%](%' THEN regexp_replace(said, '\\]\\([^)]*\\)', '] ', 'g')
             ELSE said END)
$$;

-- The names of an entry, one on each line.
CREATE FUNCTION public.civicnet_names(names text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('public.civicnet_whole', spaced || E'\\n' || squeezed), 'A')
        -- Typed as one word, like the name of a web site: nothing for the lexicon.
        || strip(to_tsvector('public.civicnet_whole', replace(squeezed, ' ', '')))
        || strip(to_tsvector('public.civicnet_it', spaced))
        || strip(to_tsvector('public.civicnet_en', spaced))
    FROM (SELECT public.civicnet_spaced(names), public.civicnet_squeezed(names))
        AS said (spaced, squeezed)
$$;

-- A text in Italian, then one in English.
CREATE FUNCTION public.civicnet_italian(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('public.civicnet_plain', said), 'B')
        || strip(to_tsvector('public.civicnet_it', said))
$$;
CREATE FUNCTION public.civicnet_english(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('public.civicnet_plain', said), 'B')
        || strip(to_tsvector('public.civicnet_en', said))
$$;

-- Names of places, and codes: no language's stems.
CREATE FUNCTION public.civicnet_facts(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('public.civicnet_plain', public.civicnet_spaced(said) || ' '
        || public.civicnet_squeezed(said)), 'A')
$$;
"""
NO_FUNCTIONS = "".join(
    f"DROP FUNCTION public.civicnet_{name};"
    for name in (
        *("facts(text)", "english(text)", "italian(text)", "names(text)"),
        *("prose(text)", "squeezed(text)", "spaced(text)"),
    )
)

SOURCES = """
CREATE TABLE public.directory_source_of_texts (
    kind smallint PRIMARY KEY REFERENCES public.directory_kind,
    view text NOT NULL
);
COMMENT ON TABLE public.directory_source_of_texts IS
    'the view that says what the entries of a kind say';
"""

TABLE = """
CREATE TABLE public.directory_document (
    kind smallint NOT NULL,
    entry_id bigint NOT NULL,
    public boolean NOT NULL,
    sort_it text NOT NULL,
    sort_en text NOT NULL,
    keys bigint[] NOT NULL,
    names tsvector NOT NULL,
    summary_it tsvector NOT NULL,
    summary_en tsvector NOT NULL,
    words tsvector NOT NULL,
    sections smallint[] NOT NULL
);
-- Compressing costs more than it saves; out of the row the words leave the rows narrow.
ALTER TABLE public.directory_document ALTER words SET STORAGE EXTERNAL;

-- The words, with what it costs to look at them: they lie outside the row, of which the planner
-- knows nothing, so it would rather read the table than the index.
CREATE FUNCTION public.civicnet_searched(words tsvector) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 1000 AS $$ BEGIN RETURN words; END $$;
"""

INDEX = """
-- By entry first: a bitmap of all of a kind's entries is of no use to anybody.
ALTER TABLE public.directory_document
    ADD CONSTRAINT directory_document_pkey PRIMARY KEY (entry_id, kind);
-- Which words are common is what the planner chooses by.
ALTER TABLE public.directory_document
    ALTER names SET STATISTICS 1000, ALTER summary_it SET STATISTICS 1000,
    ALTER summary_en SET STATISTICS 1000;
-- One index of all, so that a word, a region and a part of the alphabet meet in one walk.
CREATE INDEX directory_document_found ON public.directory_document USING gin
    (keys, names, summary_it, summary_en, public.civicnet_searched(words), sections)
    WITH (fastupdate = off);
ALTER INDEX public.directory_document_found ALTER COLUMN 5 SET STATISTICS 1000;
CREATE INDEX directory_document_it ON public.directory_document (sort_it, kind, entry_id)
    WHERE public;
CREATE INDEX directory_document_en ON public.directory_document (sort_en, kind, entry_id)
    WHERE public;
"""
NO_TABLE = """
DROP TABLE public.directory_document;
DROP FUNCTION public.civicnet_searched(tsvector);
"""

# Documents as they ought to be, of the entries that "chosen" selects from the view %I.
FRESH = f"""
    SELECT said.kind, said.entry_id, public, said.sort_it, said.sort_en,
        coalesce(listed.crowd, listed.keys, ARRAY[]::bigint[])
            || CASE WHEN said.summary_it <> '' THEN ARRAY[{SUMMARY_IN["it"]}] END
            || CASE WHEN said.summary_en <> '' THEN ARRAY[{SUMMARY_IN["en"]}] END AS keys,
        names, summary_it, summary_en,
        names || summary_it || summary_en
            || public.civicnet_italian(public.civicnet_prose(text_it))
            || public.civicnet_english(public.civicnet_prose(text_en))
            || public.civicnet_facts(facts) AS words,
        {sections.numbers_of("said")} AS sections
    FROM (
        SELECT $1 AS kind, said.entry_id, public, sort_it, sort_en, text_it, text_en, facts,
            public.civicnet_names(names) AS names,
            public.civicnet_italian(public.civicnet_spaced(summary_it)) AS summary_it,
            public.civicnet_english(public.civicnet_spaced(summary_en)) AS summary_en,
            {sections.PLACES}
        FROM public.%I AS said {{chosen}} OFFSET 0
    ) AS said LEFT JOIN public.directory_listed AS listed
        ON listed.kind = said.kind AND listed.entry_id = said.entry_id
"""
TOUCHED = (
    "JOIN (SELECT entry_id FROM public.directory_touched WHERE transaction = $2 AND kind = $1)"
    " AS touched ON touched.entry_id = said.entry_id"
)

# The second keeper: after the one of directory_listed, whose keys it repeats. Where much has
# changed ``directory.rewriting`` comes before both.
KEEP = f"""
CREATE OR REPLACE FUNCTION public.civicnet_keep_documents() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    me constant bigint := pg_current_xact_id()::text::bigint;
    one record;
    many bigint := (SELECT count(*) FROM public.directory_touched WHERE transaction = me);
BEGIN
    IF many >= {SEVERAL} THEN
        -- In a list first, and from there in order; for others the index never has such a list.
        ALTER INDEX public.directory_document_found SET (fastupdate = on);
    END IF;
    FOR one IN
        SELECT kind, view FROM public.directory_source_of_texts AS source
        WHERE EXISTS (
            SELECT FROM public.directory_touched AS touched
            WHERE touched.transaction = me AND touched.kind = source.kind
        ) ORDER BY kind
    LOOP
        EXECUTE format($query$
            WITH fresh AS MATERIALIZED ({FRESH.replace("{chosen}", TOUCHED)}), gone AS (
                DELETE FROM public.directory_document AS document
                USING public.directory_touched AS touched
                WHERE touched.transaction = $2 AND touched.kind = $1 AND document.kind = $1
                    AND document.entry_id = touched.entry_id AND NOT EXISTS
                        (SELECT FROM fresh WHERE fresh.entry_id = touched.entry_id)
            )
            INSERT INTO public.directory_document AS document SELECT * FROM fresh
            ON CONFLICT (kind, entry_id) DO UPDATE SET public = excluded.public,
                sort_it = excluded.sort_it, sort_en = excluded.sort_en, keys = excluded.keys,
                names = excluded.names, summary_it = excluded.summary_it,
                summary_en = excluded.summary_en, words = excluded.words,
                sections = excluded.sections
            WHERE document IS DISTINCT FROM excluded
        $query$, one.view)
        USING one.kind, me, public.civicnet_starts('it'), public.civicnet_starts('en');
    END LOOP;
    IF many >= {SEVERAL} THEN
        PERFORM gin_clean_pending_list('public.directory_document_found');
        ALTER INDEX public.directory_document_found SET (fastupdate = off);
    END IF;
END $$;
"""
KEEPER = "INSERT INTO public.directory_keeper VALUES (2, 'civicnet_keep_documents');"
NO_KEEPER = """
DELETE FROM public.directory_keeper WHERE function = 'civicnet_keep_documents';
DROP FUNCTION public.civicnet_keep_documents();
"""

# What each entry of a kind says, published or not; ``public`` tells. Rows come in an order, so that
# a document depends on what is written and not on how PostgreSQL read it.
SAID = """
CREATE OR REPLACE VIEW public.{app}_said AS
SELECT entry.id AS entry_id, entry.status = 'published' AS public,
    entry.sort_it, entry.sort_en,
    concat_ws(E'\n', entry.name_it, entry.name_en, (
        SELECT string_agg(called #>> '{{}}', E'\n') FROM jsonb_path_query(
            entry.short_names || entry.other_names || entry.former_names, '$[*]') AS called
    )) AS names,
    entry.summary_it, entry.summary_en,
    concat_ws(E'\n', {italian}, themes.said_it) AS text_it,
    concat_ws(E'\n', {english}, themes.said_en) AS text_en,
    concat_ws(E'\n', (
        SELECT string_agg(identifier.value, E'\n' ORDER BY identifier.id)
        FROM public.{table}identifier AS identifier WHERE identifier.entry_id = entry.id
    ), to_char(entry.founded, 'YYYY'), to_char(entry.ended, 'YYYY'), (
        SELECT string_agg(DISTINCT concat_ws(E'\n', city.name_it, city.name_en,
            (SELECT string_agg(called.name, E'\n' ORDER BY called.id)
             FROM public.places_cityname AS called WHERE called.city_id = city.id),
            province.name_it, province.name_en, province.local_name, province.sigla,
            region.name_it, region.name_en, region.local_name), E'\n')
        FROM public.{app}_territory AS tie
        LEFT JOIN public.places_city AS city ON city.id = tie.city_id
        LEFT JOIN public.places_province AS province ON province.id = tie.province_id
        LEFT JOIN public.places_region AS region ON region.id = tie.region_id
        WHERE tie.entry_id = entry.id AND tie.meaning <> 'member'
    ){facts}) AS facts
FROM public.{table} AS entry
CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(E'\n', theme.name_it, parent.name_it), E'\n'
               ORDER BY theme."order", theme.id) AS said_it,
           string_agg(concat_ws(E'\n', theme.name_en, parent.name_en), E'\n'
               ORDER BY theme."order", theme.id) AS said_en
    FROM public.{table}_themes AS tagged
    JOIN public.directory_theme AS theme ON theme.id = tagged.theme_id
    LEFT JOIN public.directory_theme AS parent ON parent.id = theme.parent_id
    WHERE tagged.{model}_id = entry.id
) AS themes
"""


def create_documents() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(CONFIGURATIONS, NO_CONFIGURATIONS),
        migrations.RunSQL(SOURCES, "DROP TABLE public.directory_source_of_texts"),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(QUERY, NO_QUERY),
        migrations.RunSQL(TABLE + INDEX, NO_TABLE),
        migrations.RunSQL(sections.TABLE, "DROP TABLE public.directory_section"),
        migrations.RunSQL(
            sections.STARTS + sections.DIVIDE,
            "DROP FUNCTION public.civicnet_divide(), public.civicnet_starts(text)",
        ),
        migrations.RunSQL(KEEP + KEEPER, NO_KEEPER),
    ]


def words_of_street(address: str) -> str:
    """SQL for the words of an address as they are searched: none is a word like others, or whoever
    seeks Rome would find every Via Roma."""
    plain = f"public.civicnet_spaced(public.civicnet_unaccent({address}))"
    return f"regexp_replace({plain}, '\\m([[:alpha:]])', '{STREET}\\1', 'g')"


def add_texts(
    kind: int,
    app: str,
    model: str,
    *texts: str,
    italian: str = "",
    english: str = "",
    facts: str = "",
) -> list[migrations.RunSQL]:
    """What entries of a kind say besides names, summary and description; said again, it is changed.

    ``texts``: translated fields, named without language. ``italian`` and ``english``: SQL for
    what other rows of the room say of ``entry``; ``facts`` for what is in no language.
    """

    def said(code: str, more: str) -> str:
        columns = [f"entry.{text}_{code}" for text in ("description", *texts)]
        return ", ".join([*columns, *([more] if more else [])])

    view = SAID.format(
        app=app,
        model=model,
        table=f"{app}_{model}",
        italian=said("it", italian),
        english=said("en", english),
        facts=f", {facts}" if facts else "",
    )
    return [
        migrations.RunSQL(view, f"DROP VIEW public.{app}_said"),
        migrations.RunSQL(
            f"INSERT INTO public.directory_source_of_texts VALUES ({kind}, '{app}_said')"
            " ON CONFLICT DO NOTHING",
            f"DELETE FROM public.directory_source_of_texts WHERE kind = {kind}",
        ),
    ]


def watch_words(kind: int, app: str, model: str) -> list[migrations.RunSQL]:
    """What other rows say of an entry: when a theme or a place gets another name, every entry
    that has it is touched. A large city's new name rewrites tens of thousands of documents."""

    def of_place(column: str, ids: str = "id") -> str:
        return (
            f"SELECT entry_id FROM public.{app}_territory"
            f" WHERE {column} IN (SELECT {ids} FROM changed) AND meaning <> 'member'"
        )

    table = f"{app}_{model}"
    tagged = (
        f"SELECT {model}_id FROM public.{table}_themes WHERE theme_id IN ("
        "SELECT id FROM changed UNION SELECT theme.id FROM public.directory_theme AS theme"
        " WHERE theme.parent_id IN (SELECT id FROM changed))"
    )
    touches = {
        f"{table}identifier": Touch(kind, "SELECT entry_id FROM changed"),
        "directory_theme": Touch(kind, tagged, "name_it,name_en"),
        "places_cityname": Touch(kind, of_place("city_id", "city_id")),
        "places_city": Touch(kind, of_place("city_id"), "name_it,name_en"),
        "places_province": Touch(kind, of_place("province_id"), "name_it,name_en,local_name,sigla"),
        "places_region": Touch(kind, of_place("region_id"), "name_it,name_en,local_name"),
    }
    return [watch(name, touch, name=f"{app}_words") for name, touch in touches.items()]
