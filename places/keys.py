"""How a written place name is reduced for comparison: three reductions, each looser.

``accented_key`` keeps where the accents are, ``key`` drops them, ``loose_key`` also drops the
small words in the middle and what kind of saint it is.
"""

from __future__ import annotations

import re
import unicodedata

APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u00b4\u2032`"
ACCENT_TYPED_AS_APOSTROPHE = re.compile(rf"([aeiou])[{APOSTROPHES}](?!\w)", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")
ACCENT = "\u0301"

SMALL_WORDS = frozenset(
    (
        *("a", "ad", "al", "alla", "alle", "allo", "ai", "agli", "all", "con"),
        *("d", "da", "dal", "dalla", "de", "dei", "del", "dell", "della", "delle", "dello"),
        *("degli", "di", "e", "ed", "i", "gli", "il", "in", "l", "la", "le", "lo"),
        *("ne", "negli", "nei", "nel", "nell", "nella", "nelle", "nello"),
        *("per", "su", "sugli", "sui", "sul", "sull", "sulla", "sulle", "sullo", "tra", "fra"),
        *("an", "am", "im", "der"),
    )
)
MASCULINE, FEMININE, PLURAL, ANY = "m", "f", "p", ""
SAINTS = {
    **dict.fromkeys(("san", "santo", "sto", "saint"), MASCULINE),
    **dict.fromkeys(("santa", "sta", "sainte"), FEMININE),
    **dict.fromkeys(("santi", "sante", "ss"), PLURAL),
    **dict.fromkeys(("s", "sant", "st", "sankt"), ANY),
}


SHORTENED = frozenset(("s", "ss", "st", "sto", "sta"))


def words_of(text: str, *, accents: bool = False) -> list[str]:
    """The words of a text, in small letters, without accents unless they are asked for.

    Any letter that has no ASCII form stays as it is: a name in another script must not
    shrink to the Latin letters beside it.
    """
    if text.isascii() and "'" not in text and "`" not in text:
        # Most of what is asked for, at a third of the cost.
        return WORD.findall(text.lower())
    text = ACCENT_TYPED_AS_APOSTROPHE.sub(rf"\1{ACCENT}", text)
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    mark = ACCENT if accents else ""
    letters = "".join(mark if unicodedata.combining(sign) else sign for sign in decomposed)
    if accents:
        return re.findall(rf"[^\W_{ACCENT}](?:[^\W_]|{ACCENT})*", letters)
    return WORD.findall(letters)


def accented_key(text: str) -> str:
    """``PATERNO'`` and ``Paternò`` are one, ``Paterno`` is another; all accents are alike."""
    return "".join(words_of(text, accents=True))


def key_of(text: str) -> str:
    """``Forlì``, ``FORLI'`` and ``forli`` are one."""
    return "".join(words_of(text))


def loose_key_of(text: str) -> str:
    """``San Martino in Rio`` and ``S. Martino Rio`` are one.

    The first and the last word stay, whatever they are: ``La Valle`` is not ``Valle``.
    """
    words = words_of(text)
    last = len(words) - 1
    kept = [
        "s" if word in SAINTS and place < last else word
        for place, word in enumerate(words)
        if place in (0, last) or word not in SMALL_WORDS
    ]
    return " ".join(kept)


def shortened_key(text: str) -> str:
    """What loose keys begin with if the text does and a saint in it is shortened, as in
    ``S. Giovanni``; else nothing."""
    return loose_key_of(text) if SHORTENED.intersection(words_of(text)[:-1]) else ""


def saints_agree(one: str, another: str) -> bool:
    """Whether two texts of the same loose key can mean the same saints.

    ``S.`` and ``Sant'`` may be any, but ``San`` is not ``Santa``.
    """
    return all(
        ANY in (mine, theirs) or mine == theirs
        for mine, theirs in zip(_saints_of(one), _saints_of(another), strict=False)
    )


def _saints_of(text: str) -> list[str]:
    return [SAINTS[word] for word in words_of(text)[:-1] if word in SAINTS]
