"""How far a misspelt word is from the one that was meant, and words that were written as one."""

from __future__ import annotations

from collections.abc import Mapping

# Words of fewer letters are as they are; of more, few have neighbours that are words.
SHORTEST, LONGEST = 3, 30
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Longer ones are parted no more.
LONGEST_RUN = 40
# What may have stood between two words, and before one with an apostrophe.
BETWEEN = frozenset(
    (
        *("", "a", "ad", "al", "alla", "con", "da", "dal", "dalla", "degli", "dei", "del", "della"),
        *("delle", "dello", "di", "e", "ed", "fra", "gli", "i", "il", "in", "la", "le", "lo"),
        *("nel", "nella", "o", "per", "su", "sul", "sulla", "tra", "and", "for", "of", "the"),
    )
)
ELIDED = frozenset(("all", "coll", "d", "dall", "dell", "l", "nell", "quell", "sant", "sull", "un"))
VOWELS = "aeiouh"


def most_steps(word: str) -> int:
    """Steps that a word may be away and still be the one that was meant."""
    return 1 if len(word) < 6 else 2 if len(word) < 10 else 3


def neighbours(word: str) -> list[str]:
    """Every text at one step from the word: a letter too few, too many, wrong, or two swapped.

    Some 55 for each letter: what a trigram index misses in short words.
    """
    if len(word) > LONGEST:
        return []
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    swapped = [a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1]
    fewer = [a + b[1:] for a, b in splits if b]
    wrong = [a + letter + b[1:] for a, b in splits if b for letter in LETTERS]
    more = [a + letter + b for a, b in splits for letter in LETTERS]
    return sorted({*swapped, *fewer, *wrong, *more} - {word})


def distance(one: str, other: str) -> int:
    """Steps between two words (optimal string alignment: F. J. Damerau, CACM 7, 1964)."""
    rows: list[list[int]] = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            steps = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                steps = min(steps, rows[-2][j - 2] + 1)
            row.append(steps)
        rows.append(row)
    return rows[-1][-1]


def steps_between(word: str, other: str) -> int | None:
    """``distance``, or nothing where ``other`` cannot have been meant: most words are told apart
    by their letters alone, of which a step changes two at most."""
    if word == other:
        return 0
    most = most_steps(word) if len(word) >= SHORTEST else 0
    if abs(len(word) - len(other)) > most or len({*word} ^ {*other}) > 2 * most:
        return None
    steps = distance(word, other)
    return steps if steps <= most else None


def pieces(word: str) -> list[str]:
    """The beginnings and the ends of a word that may be words by themselves."""
    if len(word) > LONGEST_RUN:
        return []
    beginnings = [word[:place] for place in range(SHORTEST, len(word))]
    return [*beginnings, *(word[place:] for place in range(1, len(word) - SHORTEST + 1))]


def parted(word: str, known: Mapping[str, int]) -> list[tuple[str, int]]:
    """What may have been written without its spaces or its apostrophe: ``benicomuni``,
    ``cittadellaltraeconomia``, ``dellassociazione``; and how many have the rarer word, of those
    that are ``known``."""
    found = []
    for place in range(1, len(word) - SHORTEST + 1):
        before, last = word[:place], word[place:]
        if last not in known:
            continue
        if before in ELIDED and last[0] in VOWELS:
            found.append((f"{before}'{last}", known[last]))
        for end in range(SHORTEST, place + 1):
            first, between = before[:end], before[end:]
            if first not in known:
                continue
            if between in BETWEEN:
                said = " ".join(filter(None, (first, between, last)))
            elif between in ELIDED and last[0] in VOWELS:
                said = f"{first} {between}'{last}"
            else:
                continue
            found.append((said, min(known[first], known[last])))
    return found
