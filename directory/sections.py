"""The documents in parts, so that a search can stop when it has enough.

An index of words gathers all the documents that have one before it gives the first, whatever is
asked of it. So each document says, in the same index, in which part of the alphabet its name lies,
in each language, by parts of four sizes; and in which of five samples it is, of which each is three
times as large as all before it. Whoever wants the first by name goes from part to part, whoever
wants only some, from sample to sample, and neither reads much further than it needs.

Where the parts begin is written down when all documents are written anew, from the names that are
there: what comes since makes some of them larger and none wrong.
"""

from __future__ import annotations

from places.languages import LANGUAGES

# A part of the next size holds four of this one; of the smallest there are 256.
SIZES = 4
SMALLEST = 4**SIZES
# The first sample is a 256th of all.
SAMPLES = tuple(range(SIZES + 1))
# A sixteenth of all.
FIRST_SAMPLES = SAMPLES[:3]
# The numbers of a language's parts come after this: below are the samples.
BASES = {code: number * 8 * SMALLEST for number, code in enumerate(LANGUAGES)}


def parts_in_order(language: str) -> list[str]:
    """The alphabet from its beginning, in pieces of which each is three times as large as all
    before it: the numbers of the parts of each, as arrays in SQL."""

    def numbered(size: int, numbers: range) -> str:
        first = BASES[language] + size * SMALLEST
        return "{" + ",".join(str(first + number) for number in numbers) + "}"

    sizes = range(SIZES, 0, -1)
    return [numbered(SIZES, range(1)), *(numbered(size, range(1, 4)) for size in sizes)]


def numbers_of(row: str) -> str:
    """SQL for the numbers of a row with its entry's id and its places in the alphabet."""
    sampled = " ".join(
        f"WHEN {row}.entry_id & {SMALLEST - 1} < {4**number} THEN {number}" for number in SAMPLES
    )
    numbers = [f"CASE {sampled} END"]
    numbers += [
        f"{BASES[code] + size * SMALLEST} + ({row}.place_{code} >> {2 * (SIZES - size)})"
        for code in LANGUAGES
        for size in range(1, SIZES + 1)
    ]
    return f"ARRAY[{', '.join(numbers)}]::smallint[]"


# The places, of a row with sort keys, where $3 and $4 say where the parts begin.
PLACES = ", ".join(
    f'width_bucket(sort_{code} COLLATE "default", ${number}) AS place_{code}'
    for number, code in enumerate(LANGUAGES, 3)
)

TABLE = """
CREATE TABLE public.directory_section (
    language text PRIMARY KEY,
    starts text[] NOT NULL
);
COMMENT ON TABLE public.directory_section IS
    'where the parts of the alphabet begin by which directory_document is read'
"""

STARTS = """
CREATE OR REPLACE FUNCTION public.civicnet_starts(code text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT starts FROM public.directory_section WHERE language = code), ARRAY[]::text[])
$$;
"""

# Writes down anew where the parts begin. All documents are to be written anew after it.
DIVIDE = f"""
CREATE OR REPLACE FUNCTION public.civicnet_divide() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    names text;
    code text;
BEGIN
    DELETE FROM public.directory_section;
    FOREACH code IN ARRAY ARRAY['{"', '".join(LANGUAGES)}'] LOOP
        SELECT string_agg(format('SELECT sort_%s AS name FROM public.%I', code, entries),
            ' UNION ALL ') INTO names FROM public.directory_kind;
        CONTINUE WHEN names IS NULL;
        EXECUTE format($query$
            INSERT INTO public.directory_section
            SELECT $1, percentile_disc(ARRAY(
                SELECT part::float8 / {SMALLEST} FROM generate_series(1, {SMALLEST - 1}) AS part
            )) WITHIN GROUP (ORDER BY name COLLATE "default")
            FROM (%s) AS named HAVING count(*) > 0
        $query$, names) USING code;
    END LOOP;
END $$;
"""  # noqa: S608
