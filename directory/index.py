"""The index of what is published: one narrow row for each entry, and kept counts.

``directory_listed`` holds every published entry of every kind with its sort keys and its
*keys*: each place, theme, kind, network … it has, as one number (``key_of``).
``directory_tally`` holds, for each kind and each pair of keys, how many entries have both, and
for each theme with a region and a further key, how many have the three; so that a page without
filters, with one, or with a theme and a region reads its counts and never counts.

Both are written anew, at the end of each transaction, for the entries that it touched
(``directory.watching``). This module is the database's side: what the migrations of the rooms
say. ``directory.selection`` and ``directory.counting`` read.
"""

from __future__ import annotations

from django.db import connection, migrations

from directory.watching import ALTERED, SETTLE, SETTLED, TOUCH
from places.languages import LANGUAGES

# What a key is about, in its upper bits. Rooms above number theirs from 8 to 31, and from 16
# where there are more values than a page shows. A code from 32 to 63 is a detail of the code 32
# below it, and counted given that one only; from 64 on a key is counted by itself only.
REGION, PROVINCE, CITY, THEME, LIFE, NOWHERE = 1, 2, 3, 4, 5, 6
DETAIL = 32
SEAT, REACH = 64, 96
# A theme and a region together: counts are kept given such a key, and no entry has it.
TOGETHER = 128
SHIFT = 48
MASK = (1 << SHIFT) - 1
# Of a key of both, the bits of the region.
REGION_BITS = 16
ACTIVE, ENDED = 1, 2
ALL = 0


def key_of(code: int, value: int) -> int:
    return (code << SHIFT) | value


def key_of_both(theme: int, region: int) -> int:
    return key_of(TOGETHER, (theme << REGION_BITS) | region)


# What a page without filters says, so that it is found by indexes of its own.
NO_KEYS_ASKED = "entry_id > 0"
# As many keys fit into a row of a B-tree, whatever the name.
FEW = 150
# More touched entries than this are read by joins of whole tables, fewer one by one.
MANY = 2000

TABLES = """
CREATE TABLE public.directory_kind (
    id smallint PRIMARY KEY,
    key text NOT NULL UNIQUE,
    entries text NOT NULL,
    place_pairs boolean NOT NULL
);
COMMENT ON TABLE public.directory_kind IS
    'the kinds of entry, the table of each, and whether counts are kept for pairs of places';

CREATE TABLE public.directory_source_of_keys (
    kind smallint NOT NULL REFERENCES public.directory_kind,
    view text NOT NULL,
    PRIMARY KEY (kind, view)
);
COMMENT ON TABLE public.directory_source_of_keys IS
    'views (entry_id, key) that say which keys the entries of a kind have';

CREATE TABLE public.directory_keeper (position smallint PRIMARY KEY, function text NOT NULL);
COMMENT ON TABLE public.directory_keeper IS
    'what runs at the end of a transaction for the entries in directory_touched';

CREATE UNLOGGED TABLE public.directory_touched (
    transaction bigint NOT NULL,
    kind smallint NOT NULL,
    entry_id bigint NOT NULL,
    PRIMARY KEY (transaction, kind, entry_id)
);
CREATE UNLOGGED TABLE public.directory_pending (transaction bigint PRIMARY KEY);

CREATE TABLE public.directory_listed (
    kind smallint NOT NULL REFERENCES public.directory_kind,
    entry_id bigint NOT NULL,
    sort_it text NOT NULL,
    sort_en text NOT NULL,
    updated timestamptz NOT NULL,
    keys bigint[],
    crowd bigint[],
    PRIMARY KEY (kind, entry_id),
    CHECK (num_nulls(keys, crowd) = 1)
);
COMMENT ON COLUMN public.directory_listed.crowd IS
    'the keys of an entry that has too many for a row of an index';
-- The keys stand in the index, so that a page is found without looking at rows elsewhere.
CREATE INDEX directory_listed_it ON public.directory_listed (kind, sort_it, entry_id)
    INCLUDE (keys);
CREATE INDEX directory_listed_en ON public.directory_listed (kind, sort_en, entry_id)
    INCLUDE (keys);
CREATE INDEX directory_listed_new ON public.directory_listed (kind, updated DESC, entry_id)
    INCLUDE (keys);
CREATE INDEX directory_listed_keys ON public.directory_listed USING gin (keys)
    WITH (fastupdate = off);
CREATE INDEX directory_listed_crowd ON public.directory_listed USING gin (crowd)
    WITH (fastupdate = off) WHERE crowd IS NOT NULL;

CREATE TABLE public.directory_tally (
    kind smallint NOT NULL,
    given bigint NOT NULL,
    key bigint NOT NULL,
    n integer NOT NULL,
    PRIMARY KEY (kind, given, key)
);
CREATE INDEX directory_tally_largest
    ON public.directory_tally (kind, given, (key >> 48), n DESC, key)
    WHERE key >> 48 = 3 OR key >> 48 BETWEEN 16 AND 31;
CREATE INDEX directory_tally_none ON public.directory_tally (n) WHERE n = 0;
"""
# A page without filters is found by these: without keys they are a third as wide. They serve only
# who says so, since the planner would walk them for pages by keys too, and fetch each row.
NARROW = f"""
CREATE INDEX directory_listed_name_{{language}} ON public.directory_listed
    (kind, sort_{{language}}, entry_id) WHERE {NO_KEYS_ASKED};
"""
NO_TABLES = """
DROP TABLE public.directory_tally, public.directory_listed, public.directory_pending,
    public.directory_touched, public.directory_keeper, public.directory_source_of_keys,
    public.directory_kind
"""

# The counts an entry adds: with nothing else, for each two of its keys, the smaller first, and for
# each of its themes with each of its regions. A network sits in as many cities as its members:
# pairs of places would be their square, but for those with a region, which are few.
PAIRS = f"""
CREATE OR REPLACE FUNCTION public.civicnet_pairs(keys bigint[], places boolean)
RETURNS TABLE (given bigint, key bigint) LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 50 AS $$
    SELECT g.key, k.key
    FROM unnest(0::bigint || keys) AS g(key), unnest(0::bigint || keys) AS k(key)
    WHERE g.key < k.key AND (
        g.key = 0 AND k.key >> 48 NOT BETWEEN 32 AND 63
        OR k.key >> 48 = 32 + (g.key >> 48)
        OR k.key >> 48 < 32 AND g.key >> 48 <> k.key >> 48
            AND (places OR k.key >> 48 > 3 OR g.key >> 48 = 1)
    )
    UNION ALL SELECT 0, 0
    UNION ALL
    SELECT both_of.key, k.key
    FROM unnest(keys) AS theme(key), unnest(keys) AS region(key),
        unnest(0::bigint || keys) AS k(key),
        LATERAL (SELECT {key_of(TOGETHER, 0)} | ((theme.key & {MASK}) << {REGION_BITS})
            | (region.key & {MASK})) AS both_of(key)
    WHERE theme.key >> {SHIFT} = {THEME} AND region.key >> {SHIFT} = {REGION}
        AND k.key >> {SHIFT} < {DETAIL} AND k.key >> {SHIFT} NOT IN ({REGION}, {THEME})
        AND (places OR k.key = 0 OR k.key >> {SHIFT} > {CITY})
$$
"""

KEEP = f"""
CREATE OR REPLACE FUNCTION public.civicnet_keep_listed() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    me constant bigint := pg_current_xact_id()::text::bigint;
    one record;
    sources text;
    fresh text;
BEGIN
    FOR one IN
        SELECT kind.id, kind.entries, kind.place_pairs, count(*) AS n
        FROM public.directory_touched AS touched
        JOIN public.directory_kind AS kind ON kind.id = touched.kind
        WHERE touched.transaction = me GROUP BY kind.id ORDER BY kind.id
    LOOP
        IF one.n > {MANY} THEN
            ANALYZE public.directory_touched;
            PERFORM set_config('work_mem', '128MB', true);
            SELECT string_agg(format('SELECT entry_id, key FROM public.%I', view), ' UNION ALL ')
            INTO sources FROM public.directory_source_of_keys WHERE kind = one.id;
            fresh := 'JOIN (SELECT entry_id, array_agg(DISTINCT key) AS keys FROM ('
                || sources || ') AS told GROUP BY entry_id) AS all_keys'
                || ' ON all_keys.entry_id = entry.id';
        ELSE
            SELECT string_agg(
                format('SELECT key FROM public.%I WHERE entry_id = entry.id', view), ' UNION ALL ')
            INTO sources FROM public.directory_source_of_keys WHERE kind = one.id;
            fresh := 'CROSS JOIN LATERAL (SELECT array_agg(DISTINCT key) AS keys FROM ('
                || sources || ') AS told) AS all_keys';
        END IF;
        EXECUTE format($query$
            WITH touched AS MATERIALIZED (
                SELECT entry_id FROM public.directory_touched WHERE transaction = $1 AND kind = $2
            ), before AS MATERIALIZED (
                SELECT listed.* FROM touched
                JOIN public.directory_listed AS listed ON listed.kind = $2
                    AND listed.entry_id = touched.entry_id
            ), after AS MATERIALIZED (
                SELECT $2 AS kind, entry.id AS entry_id, entry.sort_it, entry.sort_en,
                    entry.updated, all_keys.keys AS all_keys
                FROM touched
                JOIN public.%I AS entry ON entry.id = touched.entry_id
                %s
                WHERE entry.status = 'published'
            ), gone AS (
                DELETE FROM public.directory_listed AS listed USING before
                WHERE listed.kind = $2 AND listed.entry_id = before.entry_id
                    AND NOT EXISTS (SELECT FROM after WHERE after.entry_id = before.entry_id)
            ), written AS (
                -- By place, so that the entries of a place lie together.
                INSERT INTO public.directory_listed AS listed
                SELECT kind, entry_id, sort_it, sort_en, updated,
                    CASE WHEN cardinality(all_keys) <= {FEW} THEN all_keys END,
                    CASE WHEN cardinality(all_keys) > {FEW} THEN all_keys END
                FROM after ORDER BY all_keys
                ON CONFLICT (kind, entry_id) DO UPDATE SET sort_it = excluded.sort_it,
                    sort_en = excluded.sort_en, updated = excluded.updated,
                    keys = excluded.keys, crowd = excluded.crowd
                WHERE listed IS DISTINCT FROM excluded
            ), changes AS (
                SELECT given, key, sum(change) AS n FROM (
                    SELECT given, key, -1 AS change
                    FROM before CROSS JOIN LATERAL
                        public.civicnet_pairs(coalesce(before.crowd, before.keys), $3)
                    UNION ALL
                    SELECT given, key, 1
                    FROM after CROSS JOIN LATERAL public.civicnet_pairs(after.all_keys, $3)
                ) AS pairs
                GROUP BY given, key HAVING sum(change) <> 0
            )
            INSERT INTO public.directory_tally AS tally
            SELECT $2, given, key, n FROM (
                SELECT given, key, n FROM changes
                UNION ALL
                SELECT key, given, n FROM changes
                WHERE given <> key AND key >> 48 < 32 AND given >> 48 < 32
            ) AS both_ways
            ORDER BY given, key
            ON CONFLICT (kind, given, key) DO UPDATE SET n = tally.n + excluded.n
        $query$, one.entries, fresh) USING me, one.id, one.place_pairs;
        DELETE FROM public.directory_tally WHERE n = 0;
    END LOOP;
END $$;
"""
KEEPER = "INSERT INTO public.directory_keeper VALUES (1, 'civicnet_keep_listed');"

# Every entry, and everything that was kept: for when the rule of a key has changed.
REBUILD = """
CREATE FUNCTION public.civicnet_touch_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    me constant bigint := pg_current_xact_id()::text::bigint;
    one record;
BEGIN
    FOR one IN SELECT id, entries FROM public.directory_kind LOOP
        EXECUTE format(
            'INSERT INTO public.directory_touched SELECT $1, $2, id FROM public.%I'
            ' ON CONFLICT DO NOTHING', one.entries
        ) USING me, one.id;
    END LOOP;
    INSERT INTO public.directory_pending VALUES (me) ON CONFLICT DO NOTHING;
END $$
"""


def create_index() -> list[migrations.RunSQL]:
    def function(sql: str, name: str) -> migrations.RunSQL:
        return migrations.RunSQL(sql, f"DROP FUNCTION public.{name}")

    narrow = "".join(NARROW.format(language=language) for language in LANGUAGES)
    return [
        migrations.RunSQL(TABLES + narrow, NO_TABLES),
        function(PAIRS, "civicnet_pairs(bigint[], boolean)"),
        migrations.RunSQL(ALTERED, "DROP TABLE public.directory_altered"),
        function(TOUCH, "civicnet_touch()"),
        function(SETTLE, "civicnet_settle()"),
        migrations.RunSQL(SETTLED, "DROP TRIGGER settle ON public.directory_pending"),
        function(KEEP + KEEPER, "civicnet_keep_listed()"),
        function(REBUILD, "civicnet_touch_all()"),
    ]


def add_kind(number: int, key: str, entries: str, place_pairs: bool = True) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"INSERT INTO public.directory_kind VALUES ({number}, '{key}', '{entries}', {place_pairs})",
        f"DELETE FROM public.directory_kind WHERE id = {number}",
    )


def add_keys(kind: int, view: str, *arms: str) -> list[migrations.RunSQL]:
    """A view that says which keys the entries of a kind have; each arm selects entry_id, key."""
    body = "\nUNION ALL\n".join(arms)
    return [
        migrations.RunSQL(
            f"CREATE VIEW public.{view} AS {body}",
            f"DROP VIEW public.{view}",
        ),
        migrations.RunSQL(
            f"INSERT INTO public.directory_source_of_keys VALUES ({kind}, '{view}')",
            f"DELETE FROM public.directory_source_of_keys WHERE view = '{view}'",
        ),
    ]


def sql_key(code: int, value: str) -> str:
    """The key in SQL; null where the value is."""
    return f"({code}::bigint << {SHIFT}) | {value}"


def place_keys(territory: str) -> list[str]:
    """Arms for the places an entry is tied to, of any meaning, and for each of two meanings."""
    columns = {REGION: "region_id", PROVINCE: "province_id", CITY: "city_id"}
    values = [f"({sql_key(code, column)})" for code, column in columns.items()]
    for meaning, base in (("seat", SEAT), ("reach", REACH)):
        values += [
            f"(CASE WHEN tie.meaning = '{meaning}' THEN {sql_key(base + code, column)} END)"
            for code, column in columns.items()
        ]
    return [
        f"SELECT tie.entry_id, told.key FROM public.{territory} AS tie"
        f" CROSS JOIN LATERAL (VALUES {', '.join(values)}) AS told(key)"
        " WHERE told.key IS NOT NULL"
    ]


def own_keys(table: str, territory: str, themes: str, column: str) -> list[str]:
    """Arms for what every entry has: themes with their parents, life, and whether it has a
    place. The last arm gives the key 0 to every entry, so that none is left out."""
    return [
        f"SELECT tagged.{column} AS entry_id, {sql_key(THEME, 'theme.family')} AS key"
        f" FROM public.{themes} AS tagged"
        " CROSS JOIN LATERAL (SELECT tagged.theme_id UNION ALL SELECT parent_id"
        " FROM public.directory_theme WHERE id = tagged.theme_id AND parent_id IS NOT NULL"
        ") AS theme(family)",
        f"SELECT id AS entry_id, {sql_key(LIFE, f'{ACTIVE}')} AS key"
        f" FROM public.{table} WHERE life = 'active'",
        f"SELECT id, {sql_key(LIFE, f'{ENDED}')} FROM public.{table}"
        " WHERE life IN ('ended', 'merged')",
        f"SELECT id, {sql_key(NOWHERE, '1')} FROM public.{table} AS entry WHERE NOT EXISTS"
        f" (SELECT FROM public.{territory} AS tie WHERE tie.entry_id = entry.id)",
    ]


def rebuild() -> int:
    """Writes the index of every entry anew, within the caller's transaction; how many it lists.

    Nothing of what was kept is read (``directory.rewriting``), so that no error in it survives.
    Readers see the former rows until it is done; whoever commits meanwhile waits at the stamp.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE public.directory_stamp SET value = value + 1")
        cursor.execute("SELECT public.civicnet_rewrite()")
        cursor.execute("SELECT count(*) FROM public.directory_listed")
        return cursor.fetchone()[0]
