"""Every word of the published entries, with how many have it and how most write it; and what a
misspelt one was meant to be.

``refresh`` runs on a timer: a word that came since is found all the same, it is only not yet
proposed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from django.db import connection, migrations

from directory.documents import STREET
from directory.highlights import fold
from directory.search import WORD, Words
from directory.spelling import (
    LONGEST,
    SHORTEST,
    distance,
    most_steps,
    neighbours,
    parted,
    pieces,
)

# Wrong words that are put right at once, and candidates that are tried.
MOST_WRONG, MOST_TRIED = 3, 4
MOST_UNLISTED = 8

TABLE = """
CREATE TABLE public.directory_lexicon (
    word text PRIMARY KEY,
    n integer NOT NULL
);
CREATE INDEX directory_lexicon_alike ON public.directory_lexicon USING gin (word gin_trgm_ops);
"""

# How a word is written, where that is not as the documents have it; and what reads in a text
# nothing but words with other letters than those of ASCII, which is quicker than all its words.
SPELLING = """
ALTER TABLE public.directory_lexicon ADD COLUMN spelled text;
CREATE TEXT SEARCH CONFIGURATION public.civicnet_accented (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION public.civicnet_accented ADD MAPPING FOR word, hword_part
    WITH pg_catalog.simple;
"""
NO_SPELLING = """
DROP TEXT SEARCH CONFIGURATION public.civicnet_accented;
ALTER TABLE public.directory_lexicon DROP COLUMN spelled;
"""

# Weights A and B: the words as they are written, not their stems. A word is spelled as most
# entries have it: "any" holds all its spellings with accents, the rest have none.
REFRESH = f"""
WITH counted AS MATERIALIZED (
    SELECT word, ndoc AS n
    FROM ts_stat('SELECT words FROM public.directory_document WHERE public', 'ab')
    WHERE length(word) BETWEEN {SHORTEST} AND {LONGEST} AND word ~ '^[[:alpha:]]+$'
        AND NOT starts_with(word, '{STREET}')
), accented AS MATERIALIZED (
    SELECT lower(public.civicnet_unaccent(word)) AS bare, word, ndoc AS n FROM ts_stat(%s)
), commonest AS MATERIALIZED (
    SELECT DISTINCT ON (bare) bare, word, n, sum(n) OVER (PARTITION BY bare) AS "any"
    FROM accented ORDER BY bare, n DESC, word
), fresh AS MATERIALIZED (
    SELECT counted.word, counted.n, commonest.word AS spelled
    FROM counted LEFT JOIN commonest
        ON bare = counted.word AND commonest.n > counted.n - commonest."any"
), gone AS (
    DELETE FROM public.directory_lexicon AS lexicon
    WHERE NOT EXISTS (SELECT FROM fresh WHERE fresh.word = lexicon.word)
)
INSERT INTO public.directory_lexicon AS lexicon (word, n, spelled)
SELECT word, n, spelled FROM fresh
ON CONFLICT (word) DO UPDATE SET n = excluded.n, spelled = excluded.spelled
WHERE (lexicon.n, lexicon.spelled) IS DISTINCT FROM (excluded.n, excluded.spelled)
"""
ACCENTED = """
SELECT to_tsvector('public.civicnet_accented',
    concat_ws(E'\n', names, summary_it, summary_en, text_it, text_en, facts))
FROM public.{view} WHERE public
"""

# The numbers of the words that the lexicon lacks; then those of them that a document has all the
# same, if they are not too many to look.
UNLISTED = """
WITH unlisted AS MATERIALIZED (
    SELECT n FROM unnest(%s::integer[], %s::text[]) AS asked (n, word)
    WHERE NOT EXISTS (
        SELECT FROM public.directory_lexicon AS lexicon WHERE lexicon.word = asked.word
    )
) SELECT n, false FROM unlisted
"""
FOUND = f"""
UNION ALL SELECT {{n}}, true WHERE CASE
    WHEN {{n}} IN (SELECT n FROM unlisted) AND (SELECT count(*) FROM unlisted) <= {MOST_UNLISTED}
    THEN EXISTS (SELECT FROM public.directory_document AS document WHERE {{found}}) END
"""

ALIKE = """
SELECT word, n, spelled FROM public.directory_lexicon WHERE word = ANY(%s)
UNION
(SELECT word, n, spelled FROM public.directory_lexicon WHERE word %% %s
 ORDER BY similarity(word, %s) DESC, n DESC LIMIT 20)
UNION
(SELECT word, n, spelled FROM public.directory_lexicon WHERE word LIKE %s ORDER BY n DESC LIMIT 4)
"""


def create_lexicon() -> migrations.RunSQL:
    return migrations.RunSQL(TABLE, "DROP TABLE public.directory_lexicon")


def spell_lexicon() -> migrations.RunSQL:
    return migrations.RunSQL(SPELLING, NO_SPELLING)


def refresh() -> int:
    """Counts the words anew; how many there are. Readers see the former ones meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT view FROM public.directory_source_of_texts ORDER BY kind")
        texts = " UNION ALL ".join(ACCENTED.format(view=view) for (view,) in cursor)
        cursor.execute(REFRESH, [texts])
        cursor.execute("ANALYZE public.directory_lexicon")
        cursor.execute("SELECT count(*) FROM public.directory_lexicon")
        return cursor.fetchone()[0]


def meant(text: str, first_with_results: Callable[[list[str]], str]) -> str:
    """The search with its wrong words put right, or nothing; never one without results.

    At most a query for the words that are wrong, one for what is like them, and what
    ``first_with_results`` takes.
    """
    wrong, doubtful = _wrong_words(text)
    if not 0 < len(wrong or doubtful) <= MOST_WRONG:
        return ""
    proposals = proposed(wrong or doubtful)
    if not wrong:
        proposals = {word: near for word, near in proposals.items() if near}
    if not proposals or not all(proposals.values()):
        return ""
    turns = range(min(MOST_TRIED, max(map(len, proposals.values()))))
    choices = [
        {word: words[min(turn, len(words) - 1)] for word, words in proposals.items()}
        for turn in turns
    ]
    return first_with_results([replaced(text, choice) for choice in choices])


def _wrong_words(text: str) -> tuple[list[str], list[str]]:
    """The wanted words, folded, that no published entry has in any form; those that are only begun
    too, but for the last. And those that none has as they are, but in another form: “giula” is to
    the stemmer what “giulia” is, which says nothing of Friuli-Venezia Giulia."""
    words = Words(text)
    asked = sorted({fold(word) for word in words.typed if len(word) >= SHORTEST})
    last = fold(words.typed[-1]) if words.is_begun else ""
    # Words newer than the lexicon, and such as it does not hold: other forms, numbers.
    sought = [Words(word) for word in asked]
    found = [one.anywhere if one.text == last else one.as_written for one in sought]
    arms = [FOUND.format(n=n, found=one.sql) for n, one in enumerate(found)]
    if not asked:
        return [], []
    with connection.cursor() as cursor:
        cursor.execute(
            UNLISTED + "".join(arms),
            [[*range(len(asked))], asked, *(each for one in found for each in one.params)],
        )
        told = set(cursor)
    unlisted = [n for n in range(len(asked)) if (n, False) in told]
    there = {n for n in unlisted if (n, True) in told}
    return (
        [asked[n] for n in unlisted if n not in there],
        [asked[n] for n in unlisted if n in there],
    )


def proposed(words: list[str]) -> dict[str, list[str]]:
    """Each word → those of the lexicon that it could have meant, as they are written. One query."""
    arms = [f"SELECT {n}, * FROM ({ALIKE}) AS alike{n}" for n in range(len(words))]
    given = [
        each for word in words for each in (neighbours(word) + pieces(word), word, word, f"{word}%")
    ]
    known: dict[str, dict[str, int]] = {word: {} for word in words}
    spelled: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), given)
        for n, other, times, written in cursor:
            known[words[n]][other] = times
            spelled[other] = written or other
    return {
        word: [replaced(near, spelled) for near in nearest(word, known[word])] for word in words
    }


def nearest(word: str, known: dict[str, int]) -> list[str]:
    """Those of the known words that one could have meant: the nearest first, then the commonest. A
    lost space or apostrophe is a step, too, and so is an end that was not written."""
    most = most_steps(word)
    near = [(distance(word, other), 0, -n, other) for other, n in known.items()]
    near += [(1, 1, -n, said) for said, n in parted(word, known)]
    near += [(1, 0, -n, other) for other, n in known.items() if other.startswith(word)]
    likely = (other for steps, _kind, _n, other in sorted(near) if steps <= most)
    return [*dict.fromkeys(likely)][:MOST_TRIED]


def replaced(text: str, choice: Mapping[str, str]) -> str:
    """The text with words put right where they stand, in capitals where it had them, and everything
    else as it was typed."""

    def other(match: re.Match[str]) -> str:
        typed = match[0]
        if not (word := choice.get(fold(typed))):
            return typed
        if len(typed) > 1 and typed.isupper():
            return word.upper()
        return word[0].upper() + word[1:] if typed[0].isupper() else word

    return re.sub(WORD, other, text)
