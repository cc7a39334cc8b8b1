"""The whole index written anew, beside the one in use.

Keepers change what is kept row by row, which is right for some entries. Where a quarter of them or
more is touched at once, as by the first import, this keeper comes before those and leaves them
nothing to do: it writes new tables from all entries, with up to three processes if the server lends
them (``max_parallel_workers``), fills each of their indexes in one stroke, and has them take the
places of the old ones at the very end. Until then nobody who reads waits. ``rebuild_index`` does
the same, however few there are.

Indexes, constraints and what the planner is told come from the tables in use, so that whatever a
migration adds there is written here too.
"""

from __future__ import annotations

from django.db import migrations

from directory.documents import FRESH
from directory.index import FEW
from directory.lexemes import OF_MANY
from places.languages import LANGUAGES

# From so many touched entries on, if they are a quarter of all.
MANY = 5000
# The order in which the tables are taken from those who read.
TABLES = ("directory_document", "directory_lexeme", "directory_listed", "directory_tally")

# So many entries are read at a time, so that no process is idle for long: a few where each costs
# much; more where a part costs something by itself, since it reads whole tables of places, or tells
# again what another has told.
FEW_AT_ONCE, SOME_AT_ONCE, MANY_AT_ONCE = 5_000, 20_000, 50_000

TOGETHER = """
-- What a query gives for some of the entries: a worker reads for itself, whatever the query holds.
CREATE OR REPLACE FUNCTION public.civicnet_part(query text) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 10000 AS $$
BEGIN
    RETURN QUERY EXECUTE query;
END $$;

-- What a query gives for all entries of a table. Where it says {part} it is asked for a range of
-- their keys at a time, of about so many entries; of as many ranges at once as there are processes.
-- PostgreSQL would not do so by itself: neither for what asks other tables row by row, nor for
-- arrays, nor under INSERT.
DROP FUNCTION IF EXISTS public.civicnet_together(text, text, text);
CREATE OR REPLACE FUNCTION public.civicnet_together(
    entries text, query text, columns text, at_once integer
) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    parts text;
BEGIN
    EXECUTE format($query$
        SELECT string_agg(format('SELECT * FROM public.civicnet_part(%%L) AS told (%%s)',
            replace(%L, '{part}', format('BETWEEN %%s AND %%s', low, low + step - 1)), %L),
            ' UNION ALL ')
        FROM (SELECT min(id) AS first, max(id) AS last,
                (max(id) - min(id)) / ceil(count(*)::float8 / %s)::bigint + 1 AS step
            FROM public.%I HAVING count(*) > 0) AS known
        CROSS JOIN LATERAL generate_series(first, last, step) AS low
    $query$, query, columns, at_once, entries) INTO parts;
    IF parts IS NOT NULL THEN
        RETURN QUERY EXECUTE parts;
    END IF;
END $$;

-- The counts of all that is listed beside.
CREATE OR REPLACE FUNCTION public.civicnet_counted()
RETURNS TABLE (kind smallint, given bigint, key bigint, n bigint) LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT id, entries, place_pairs FROM public.directory_kind ORDER BY id LOOP
        RETURN QUERY
        SELECT one.id, told.given, told.key, sum(told.n)::bigint
        FROM public.civicnet_together(one.entries, format($query$
            SELECT told.given, told.key, count(*)
            FROM public.directory_listed_beside AS listed CROSS JOIN LATERAL
                public.civicnet_pairs(coalesce(listed.crowd, listed.keys), %L) AS told
            WHERE listed.kind = %s AND listed.entry_id {part} GROUP BY 1, 2
        $query$, one.place_pairs, one.id), 'given bigint, key bigint, n bigint', AT_ONCE)
            AS told (given bigint, key bigint, n bigint)
        GROUP BY 2, 3;
    END LOOP;
END $$;
""".replace("AT_ONCE", str(MANY_AT_ONCE))
BESIDE = """
CREATE FUNCTION public.civicnet_begin_beside(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS'
        ' INCLUDING STORAGE INCLUDING COMMENTS)', name || '_beside', name);
    FOR one IN
        SELECT attname, attstattarget FROM pg_attribute
        WHERE attrelid = format('public.%I', name)::regclass AND attstattarget > 0
    LOOP
        EXECUTE format('ALTER TABLE public.%I ALTER %I SET STATISTICS %s',
            name || '_beside', one.attname, one.attstattarget);
    END LOOP;
END $$;

CREATE FUNCTION public.civicnet_index_beside(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    old constant regclass := format('public.%I', name);
    one record;
    part record;
BEGIN
    FOR one IN
        SELECT class.oid, class.relname AS name, index.indisprimary, index.indisunique,
            regexp_replace(pg_get_indexdef(class.oid), '^.*? USING ', '') AS what
        FROM pg_index AS index JOIN pg_class AS class ON class.oid = index.indexrelid
        WHERE index.indrelid = old ORDER BY class.relname
    LOOP
        EXECUTE format('CREATE %s INDEX %I ON public.%I USING %s',
            CASE WHEN one.indisunique THEN 'UNIQUE' END, one.name || '_beside', name || '_beside',
            one.what);
        IF one.indisprimary THEN
            EXECUTE format('ALTER TABLE public.%I ADD PRIMARY KEY USING INDEX %I',
                name || '_beside', one.name || '_beside');
        END IF;
        FOR part IN
            SELECT attnum, attstattarget FROM pg_attribute
            WHERE attrelid = one.oid AND attstattarget > 0
        LOOP
            EXECUTE format('ALTER INDEX public.%I ALTER %s SET STATISTICS %s',
                one.name || '_beside', part.attnum, part.attstattarget);
        END LOOP;
    END LOOP;
    FOR one IN
        SELECT conname AS name, pg_get_constraintdef(oid) AS what FROM pg_constraint
        WHERE conrelid = old AND contype = 'f' ORDER BY conname
    LOOP
        EXECUTE format('ALTER TABLE public.%I ADD CONSTRAINT %I %s',
            name || '_beside', one.name, one.what);
    END LOOP;
END $$;

-- The former tables are let go of again and again until all are free at once: whoever holds one of
-- them and asks for another is never kept from it for long, and between two tries nobody waits.
-- Each tenth is longer than deadlock_timeout, after which an autovacuum gives way. Dropping what
-- refers to the kinds locks those too.
CREATE FUNCTION public.civicnet_take_places(names text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wait constant text := current_setting('lock_timeout');
    tries integer := 0;
    name text;
    one record;
BEGIN
    LOOP
        tries := tries + 1;
        PERFORM set_config(
            'lock_timeout', CASE WHEN tries % 10 = 0 THEN '1500ms' ELSE '100ms' END, true);
        BEGIN
            FOREACH name IN ARRAY names || 'directory_kind'::text LOOP
                EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', name);
            END LOOP;
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            PERFORM pg_sleep(0.3);
        END;
    END LOOP;
    PERFORM set_config('lock_timeout', wait, true);
    FOREACH name IN ARRAY names LOOP
        EXECUTE format('DROP TABLE public.%I', name);
        EXECUTE format('ALTER TABLE public.%I RENAME TO %I', name || '_beside', name);
        FOR one IN
            SELECT class.relname AS name
            FROM pg_index AS index JOIN pg_class AS class ON class.oid = index.indexrelid
            WHERE index.indrelid = format('public.%I', name)::regclass
        LOOP
            EXECUTE format('ALTER INDEX public.%I RENAME TO %I',
                one.name, regexp_replace(one.name, '_beside$', ''));
        END LOOP;
    END LOOP;
END $$;
"""
NO_BESIDE = """
DROP FUNCTION public.civicnet_take_places(text[]);
DROP FUNCTION public.civicnet_index_beside(text);
DROP FUNCTION public.civicnet_begin_beside(text);
"""
NO_TOGETHER = """
DROP FUNCTION public.civicnet_counted();
DROP FUNCTION public.civicnet_together(text, text, text, integer);
DROP FUNCTION public.civicnet_part(text);
"""

LISTED = "entry_id bigint, sort_it text, sort_en text, updated timestamptz, keys bigint[]"
DOCUMENT = (
    "kind smallint, entry_id bigint, public boolean, sort_it text, sort_en text, keys bigint[],"
    " names tsvector, summary_it tsvector, summary_en tsvector, words tsvector, sections smallint[]"
)
SAID = FRESH.format(chosen="WHERE said.entry_id {part}").replace(
    "directory_listed", "directory_listed_beside"
)
for number, language in enumerate(LANGUAGES, 3):
    SAID = SAID.replace(f"${number}", f"(SELECT public.civicnet_starts('{language}'))")
LEXEME = "covered smallint, lexeme text"
LEXEMES = OF_MANY.format(
    table="directory_document_beside", which="kind = {kind} AND entry_id {part}"
)
REWRITE = f"""{TOGETHER}
CREATE OR REPLACE FUNCTION public.civicnet_rewrite() RETURNS void LANGUAGE plpgsql AS $rewrite$
DECLARE
    -- In a database that is a version behind one of them may be missing.
    tables constant text[] := ARRAY(
        SELECT told FROM unnest('{{{",".join(TABLES)}}}'::text[]) AS told
        WHERE to_regclass('public.' || told) IS NOT NULL);
    one record;
    name text;
BEGIN
    PERFORM set_config('work_mem', '64MB', true);
    PERFORM set_config('maintenance_work_mem', '256MB', true);
    PERFORM set_config('max_parallel_workers_per_gather', '2', true);
    -- The planner knows nothing of what a part costs.
    PERFORM set_config('parallel_setup_cost', '0', true);
    PERFORM set_config('parallel_tuple_cost', '0', true);
    FOREACH name IN ARRAY tables LOOP
        PERFORM public.civicnet_begin_beside(name);
    END LOOP;

    FOR one IN
        SELECT kind.id, kind.entries, string_agg(
            format('SELECT entry_id, key FROM public.%I', source.view), ' UNION ALL ') AS keys
        FROM public.directory_kind AS kind
        JOIN public.directory_source_of_keys AS source ON source.kind = kind.id
        GROUP BY kind.id ORDER BY kind.id
    LOOP
        EXECUTE format($query$
            -- By place, so that the entries of a place lie together.
            INSERT INTO public.directory_listed_beside
            SELECT %s, entry_id, sort_it, sort_en, updated,
                CASE WHEN cardinality(keys) <= {FEW} THEN keys END,
                CASE WHEN cardinality(keys) > {FEW} THEN keys END
            FROM public.civicnet_together(%L, %L, '{LISTED}', {MANY_AT_ONCE}) AS told ({LISTED})
            ORDER BY keys
        $query$, one.id, one.entries, format($query$
            SELECT entry.id, entry.sort_it::text, entry.sort_en::text, entry.updated, told.keys
            FROM public.%I AS entry JOIN (
                SELECT entry_id, array_agg(DISTINCT key) AS keys FROM (%s) AS told
                WHERE entry_id {{part}} GROUP BY entry_id
            ) AS told ON told.entry_id = entry.id
            WHERE entry.status = 'published' AND entry.id {{part}}
        $query$, one.entries, one.keys));
    END LOOP;
    PERFORM public.civicnet_index_beside('directory_listed');
    ANALYZE public.directory_listed_beside;

    INSERT INTO public.directory_tally_beside
    WITH counted AS MATERIALIZED (SELECT * FROM public.civicnet_counted())
    SELECT kind, given, key, n FROM counted
    UNION ALL
    SELECT kind, key, given, n FROM counted
    WHERE given <> key AND key >> 48 < 32 AND given >> 48 < 32
    ORDER BY 1, 2, 3;
    PERFORM public.civicnet_index_beside('directory_tally');
    ANALYZE public.directory_tally_beside;

    PERFORM public.civicnet_divide();
    FOR one IN
        SELECT kind.id, kind.entries, source.view FROM public.directory_kind AS kind
        JOIN public.directory_source_of_texts AS source ON source.kind = kind.id ORDER BY kind.id
    LOOP
        EXECUTE format($query$
            -- Sample by sample, in each by place: what is read together lies together, in the index
            -- of words too.
            INSERT INTO public.directory_document_beside
            SELECT * FROM public.civicnet_together(%L, %L, '{DOCUMENT}', {FEW_AT_ONCE})
                AS told ({DOCUMENT})
            ORDER BY sections[1], keys
        $query$, one.entries,
            replace(format($query${SAID}$query$, one.view), '$1', one.id || '::smallint'));
    END LOOP;
    PERFORM public.civicnet_index_beside('directory_document');
    ANALYZE public.directory_document_beside;

    IF 'directory_lexeme' = ANY(tables) THEN
        FOR one IN SELECT id, entries FROM public.directory_kind ORDER BY id LOOP
            EXECUTE format($query$
                INSERT INTO public.directory_lexeme_beside
                SELECT * FROM public.civicnet_together(%L, %L, '{LEXEME}', {SOME_AT_ONCE})
                    AS told ({LEXEME})
                EXCEPT SELECT * FROM public.directory_lexeme_beside
            $query$, one.entries, replace($query${LEXEMES}$query$, '{{kind}}', one.id::text));
        END LOOP;
        PERFORM public.civicnet_index_beside('directory_lexeme');
        ANALYZE public.directory_lexeme_beside;
    END IF;

    PERFORM public.civicnet_take_places(tables);
END $rewrite$;
"""  # noqa: S608
KEEP = f"""
CREATE FUNCTION public.civicnet_keep_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    me constant bigint := pg_current_xact_id()::text::bigint;
    many constant bigint := (SELECT count(*) FROM public.directory_touched WHERE transaction = me);
BEGIN
    IF many > {MANY} AND many > (SELECT count(*) FROM public.directory_document) / 4 THEN
        PERFORM public.civicnet_rewrite();
        DELETE FROM public.directory_touched WHERE transaction = me;
    END IF;
END $$;
INSERT INTO public.directory_keeper VALUES (0, 'civicnet_keep_all');
"""  # noqa: S608
NO_KEEPER = """
DELETE FROM public.directory_keeper WHERE function = 'civicnet_keep_all';
DROP FUNCTION public.civicnet_keep_all();
"""


def create_rewriting() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(BESIDE, NO_BESIDE),
        migrations.RunSQL(REWRITE, "DROP FUNCTION public.civicnet_rewrite();" + NO_TOGETHER),
        migrations.RunSQL(KEEP, NO_KEEPER),
    ]
