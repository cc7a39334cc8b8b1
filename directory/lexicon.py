"""Every word of the published entries, with how many have it; and what a misspelt one was meant
to be.

``refresh`` runs on a timer: a word that came since is found all the same, it is only not yet
proposed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connection, migrations

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

# Weights A and B: the words as they are written, not their stems.
REFRESH = f"""
WITH counted AS MATERIALIZED (
    SELECT word, ndoc AS n
    FROM ts_stat('SELECT words FROM public.directory_document WHERE public', 'ab')
    WHERE length(word) BETWEEN {SHORTEST} AND {LONGEST} AND word ~ '^[[:alpha:]]+$'
), gone AS (
    DELETE FROM public.directory_lexicon AS lexicon
    WHERE NOT EXISTS (SELECT FROM counted WHERE counted.word = lexicon.word)
)
INSERT INTO public.directory_lexicon AS lexicon SELECT word, n FROM counted
ON CONFLICT (word) DO UPDATE SET n = excluded.n WHERE lexicon.n <> excluded.n
"""

ALIKE = """
SELECT word, n FROM public.directory_lexicon WHERE word = ANY(%s)
UNION
(SELECT word, n FROM public.directory_lexicon WHERE word %% %s
 ORDER BY similarity(word, %s) DESC, n DESC LIMIT 20)
"""


def create_lexicon() -> migrations.RunSQL:
    return migrations.RunSQL(TABLE, "DROP TABLE public.directory_lexicon")


def refresh() -> int:
    """Counts the words anew; how many there are. Readers see the former ones meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(REFRESH)
        cursor.execute("ANALYZE public.directory_lexicon")
        cursor.execute("SELECT count(*) FROM public.directory_lexicon")
        return cursor.fetchone()[0]


def meant(text: str, has_results: Callable[[str], bool]) -> str:
    """The search with its wrong words put right, or nothing; never one without results.

    At most a query for the words, two for each that the lexicon lacks, and ``has_results`` four
    times.
    """
    wrong = _wrong_words(text)
    if not 0 < len(wrong) <= MOST_WRONG:
        return ""
    proposals = {word: proposed(word) for word in wrong}
    if not all(proposals.values()):
        return ""
    for turn in range(MOST_TRIED):
        choice = {word: words[min(turn, len(words) - 1)] for word, words in proposals.items()}
        written = replaced(text, choice)
        if has_results(written):
            return written
        if turn + 1 >= max(map(len, proposals.values())):
            break
    return ""


def _wrong_words(text: str) -> list[str]:
    """The wanted words, folded, that no published entry has in any form."""
    asked = {fold(word) for word in Words(text).typed if len(word) >= SHORTEST}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM public.directory_lexicon WHERE word = ANY(%s)", [sorted(asked)]
        )
        unlisted = sorted(asked - {word for (word,) in cursor})
        if len(unlisted) > MOST_UNLISTED:
            return unlisted
        return [word for word in unlisted if not _has_entries(cursor, word)]


def _has_entries(cursor: Any, word: str) -> bool:
    """Words newer than the lexicon, and such as it does not hold: other forms, numbers."""
    found = Words(word).anywhere
    cursor.execute(
        f"SELECT 1 FROM public.directory_document AS document WHERE {found.sql} LIMIT 1",
        found.params,
    )
    return bool(cursor.fetchone())


def proposed(word: str) -> list[str]:
    """Words of the lexicon that one could have meant: the nearest first, then the commonest. A
    lost space or apostrophe is a step, too."""
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, [neighbours(word) + pieces(word), word, word])
        known = dict(cursor.fetchall())
    most = most_steps(word)
    near = [(distance(word, other), 0, -n, other) for other, n in known.items()]
    near += [(1, 1, -n, said) for said, n in parted(word, known)]
    return [other for steps, _kind, _n, other in sorted(near) if steps <= most][:MOST_TRIED]


def replaced(text: str, choice: dict[str, str]) -> str:
    """The text with words put right where they stand, everything else as it was typed."""
    return re.sub(WORD, lambda match: choice.get(fold(match[0]), match[0]), text)
