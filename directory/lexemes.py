"""Every lexeme that a document has, so that a word that is only begun is asked for as all those
that begin like it.

An index gathers all documents with a beginning (``'orto':*``) before it gives the first, and anew
for each part of the alphabet; of whole lexemes it reads only what it gives.

A name is also searched as if it were one word (see ``civicnet_names``), so that thousands of them
begin with “associazione”. Who seeks that finds them by the word; only for a beginning that goes on
past it are they needed. So beside each lexeme stands how long the one before it in the same names
is, where it begins with that one: no shorter beginning needs it, since the names have the other.

What no document has any more may stay here until all is written anew: it is asked for in vain.
"""

from __future__ import annotations

from django.db import migrations

# So many lexemes of one beginning are asked for; more are cheaper to gather.
MOST = 60

TABLE = """
CREATE TABLE public.directory_lexeme (
    covered smallint NOT NULL,
    lexeme text COLLATE "C" NOT NULL,
    PRIMARY KEY (covered, lexeme)
);
COMMENT ON TABLE public.directory_lexeme IS
    'what documents have: for beginnings longer than what is covered';
"""

# What a document's names have, each with how much of it is covered; and what is said elsewhere. A
# summary is searched by itself, too.
OF_NAMES = """
SELECT CASE WHEN starts_with(lexeme, shorter) THEN length(shorter) ELSE 0 END::smallint, lexeme
FROM unnest(tsvector_to_array(names), ''::text || tsvector_to_array(names))
    AS told (lexeme, shorter)
WHERE lexeme IS NOT NULL
"""
OF_TEXTS = (
    "strip(ts_delete(words, tsvector_to_array(names))) || strip(summary_it) || strip(summary_en)"
)
# Those of many documents of {table}, which {which} selects.
OF_MANY = f"""
SELECT lexeme.* FROM public.{{table}} AS document CROSS JOIN LATERAL ({OF_NAMES}) AS lexeme
WHERE {{which}}
UNION
SELECT 0::smallint, word
FROM ts_stat($stat$SELECT {OF_TEXTS} FROM public.{{table}} AS document WHERE {{which}}$stat$)
"""  # noqa: S608

# A query in which beginnings are replaced by what begins so, unless that is too much.
WHOLE = f"""
CREATE FUNCTION public.civicnet_whole_lexemes(asked tsquery) RETURNS tsquery
LANGUAGE plpgsql STABLE AS $$
DECLARE
    begun text;
    bare text;
    found text[];
BEGIN
    FOR begun IN
        SELECT DISTINCT told[1]
        FROM regexp_matches(asked::text, '(''(?:[^'']|'''')*'':\\*)', 'g') AS told
    LOOP
        bare := replace(replace(
            substr(begun, 2, length(begun) - 4), '''''', ''''), '\\\\', '\\');
        SELECT array_agg(lexeme) INTO found FROM (
            SELECT there.lexeme FROM generate_series(0, length(bare) - 1) AS shorter
            CROSS JOIN LATERAL (
                SELECT lexeme FROM public.directory_lexeme
                WHERE covered = shorter AND lexeme >= bare AND lexeme < bare || chr(1114111)
                LIMIT {MOST} + 1
            ) AS there LIMIT {MOST} + 1
        ) AS there;
        CONTINUE WHEN cardinality(found) > {MOST};
        -- With the beginning as it is, which no document may have: so there is always something.
        asked := ts_rewrite(asked, begun::tsquery, (
            SELECT string_agg(DISTINCT
                '''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''', '|')
            FROM unnest(found || bare) AS lexeme
        )::tsquery);
    END LOOP;
    RETURN asked;
END $$;
"""  # noqa: S608

# The third keeper, after the one of documents.
KEEP = f"""
CREATE FUNCTION public.civicnet_keep_lexemes() RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.directory_lexeme
    SELECT DISTINCT lexeme.*
    FROM public.directory_touched AS touched
    JOIN public.directory_document AS document
        ON document.kind = touched.kind AND document.entry_id = touched.entry_id
    CROSS JOIN LATERAL ({OF_NAMES}
        UNION ALL SELECT 0::smallint, unnest(tsvector_to_array({OF_TEXTS}))) AS lexeme
    WHERE touched.transaction = pg_current_xact_id()::text::bigint
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING
$$;
INSERT INTO public.directory_keeper VALUES (3, 'civicnet_keep_lexemes');
"""  # noqa: S608
NO_KEEPER = """
DELETE FROM public.directory_keeper WHERE function = 'civicnet_keep_lexemes';
DROP FUNCTION public.civicnet_keep_lexemes();
"""
FILL = "INSERT INTO public.directory_lexeme " + OF_MANY.format(
    table="directory_document", which="true"
)


def create_lexemes() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(TABLE, "DROP TABLE public.directory_lexeme"),
        migrations.RunSQL(WHOLE, "DROP FUNCTION public.civicnet_whole_lexemes(tsquery)"),
        migrations.RunSQL(KEEP, NO_KEEPER),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
