"""Every word of the published entries, with how many have it; and what a misspelt one was meant
to be.

``refresh`` runs on a timer: a word that came since is found all the same, it is only not yet
proposed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

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

# Weights A and B: the words as they are written, not their stems.
REFRESH = f"""
WITH counted AS MATERIALIZED (
    SELECT word, ndoc AS n
    FROM ts_stat('SELECT words FROM public.directory_document WHERE public', 'ab')
    WHERE length(word) BETWEEN {SHORTEST} AND {LONGEST} AND word ~ '^[[:alpha:]]+$'
        AND NOT starts_with(word, '{STREET}')
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
UNION
(SELECT word, n FROM public.directory_lexicon WHERE word LIKE %s ORDER BY n DESC LIMIT 4)
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


def meant(text: str, first_with_results: Callable[[list[str]], str]) -> str:
    """The search with its wrong words put right, or nothing; never one without results.

    At most a query for the words, one for what the lexicon lacks of them, one for what is like
    that, and what ``first_with_results`` takes.
    """
    wrong = _wrong_words(text)
    if not 0 < len(wrong) <= MOST_WRONG:
        return ""
    proposals = proposed(wrong)
    if not all(proposals.values()):
        return ""
    turns = range(min(MOST_TRIED, max(map(len, proposals.values()))))
    choices = [
        {word: words[min(turn, len(words) - 1)] for word, words in proposals.items()}
        for turn in turns
    ]
    return first_with_results([replaced(text, choice) for choice in choices])


def _wrong_words(text: str) -> list[str]:
    """The wanted words, folded, that no published entry has in any form; those that are only begun
    too, but for the last."""
    words = Words(text)
    asked = {fold(word) for word in words.typed if len(word) >= SHORTEST}
    last = fold(words.typed[-1]) if words.is_begun else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM public.directory_lexicon WHERE word = ANY(%s)", [sorted(asked)]
        )
        unlisted = sorted(asked - {word for (word,) in cursor})
        if not 0 < len(unlisted) <= MOST_UNLISTED:
            return unlisted
        # Words newer than the lexicon, and such as it does not hold: other forms, numbers.
        sought = [Words(word) for word in unlisted]
        found = [one.anywhere if one.text == last else one.as_written for one in sought]
        arms = [
            f"SELECT {n} WHERE EXISTS"
            f" (SELECT FROM public.directory_document AS document WHERE {one.sql})"
            for n, one in enumerate(found)
        ]
        cursor.execute(" UNION ALL ".join(arms), [each for one in found for each in one.params])
        there = {n for (n,) in cursor}
        return [word for n, word in enumerate(unlisted) if n not in there]


def proposed(words: list[str]) -> dict[str, list[str]]:
    """Each word → those of the lexicon that it could have meant. One query."""
    arms = [f"SELECT {n}, * FROM ({ALIKE}) AS alike{n}" for n in range(len(words))]
    given = [
        each for word in words for each in (neighbours(word) + pieces(word), word, word, f"{word}%")
    ]
    known: dict[str, dict[str, int]] = {word: {} for word in words}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), given)
        for n, other, times in cursor:
            known[words[n]][other] = times
    return {word: nearest(word, known[word]) for word in words}


def nearest(word: str, known: dict[str, int]) -> list[str]:
    """Those of the known words that one could have meant: the nearest first, then the commonest. A
    lost space or apostrophe is a step, too, and so is an end that was not written."""
    most = most_steps(word)
    near = [(distance(word, other), 0, -n, other) for other, n in known.items()]
    near += [(1, 1, -n, said) for said, n in parted(word, known)]
    near += [(1, 0, -n, other) for other, n in known.items() if other.startswith(word)]
    likely = (other for steps, _kind, _n, other in sorted(near) if steps <= most)
    return [*dict.fromkeys(likely)][:MOST_TRIED]


def replaced(text: str, choice: dict[str, str]) -> str:
    """The text with words put right where they stand, everything else as it was typed."""
    return re.sub(WORD, lambda match: choice.get(fold(match[0]), match[0]), text)
