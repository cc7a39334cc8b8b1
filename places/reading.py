"""What a written place may mean: the ways to read it, before any name is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from places.keys import loose_key_of, words_of

LONGEST = 200
"""In signs. The longest name in both languages has 59; what is far longer is no place name."""

DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
BRACKETS = re.compile(r"(?P<name>.*\S)\s*[(\[](?P<inside>[^()\[\]]*)[)\]]?\s*")
SEPARATORS = (r"[/|]", r"\s+-\s+", r",", r"-")
PARTED = re.compile("|".join(SEPARATORS[:3]))
"""All separators but the hyphen inside words, which names have of their own."""
TWO_LETTERS_AT_END = re.compile(r"(?P<name>.*\S)\s+(?P<sigla>[A-Za-z]{2})\s*")
TWO_LETTERS = re.compile(r"\s*[A-Za-z]{2}\s*")
ISTAT_CODE = re.compile(r"(?P<digits>[0-9]{4,6})(\.0)?")
CATASTO_CODE = re.compile(r"[A-Z][0-9]{3}")

PROVINCE_WORDS = frozenset(
    ("prov", "provincia", "citta", "metropolitana", "libero", "consorzio", "comunale", "di")
)


@dataclass(frozen=True)
class Reading:
    """Names that must all be the same city's, and what is said beside them of its province."""

    names: tuple[str, ...]
    province: str = ""


@dataclass(frozen=True)
class Question:
    """``readings`` hold where names fit word for word; ``last_resort`` only where those do not."""

    readings: tuple[Reading, ...]
    last_resort: tuple[Reading, ...]
    province: str
    code: str

    @property
    def all_readings(self) -> tuple[Reading, ...]:
        return self.readings + self.last_resort

    @cached_property
    def names(self) -> set[str]:
        return {name for reading in self.all_readings for name in reading.names}


def read(written: object, province: object = "", code: object = "") -> Question | None:
    """The question that somebody's writing asks; None where it cannot ask for a city at all."""
    texts = [_text(value) for value in (written, province, code)]
    if any(text is None for text in texts):
        return None
    name, hint, number = (text or "" for text in texts)
    istat_or_catasto = _code(number)
    if istat_or_catasto is None or not (words_of(name) or istat_or_catasto):
        return None
    if not words_of(name):
        return Question((), (), hint, istat_or_catasto)
    return Question(tuple(_readings(name)), tuple(_last_resort(name)), hint, istat_or_catasto)


def province_keys(written: str) -> set[str]:
    """``Provincia di Reggio nell'Emilia``, ``Reggio Emilia`` and ``re`` each give their key."""
    words = words_of(written)
    while words and words[0] in PROVINCE_WORDS:
        words = words[1:]
    if not words:
        return set()
    name = " ".join(words)
    return {name.replace(" ", ""), loose_key_of(name).replace(" ", "")}


def _text(value: object) -> str | None:
    """A cell's text; None for what no name or code is ever written with."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and 0 < value < 1_000_000:
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        return None
    return " ".join(value.translate(DASHES).split())


def _code(written: str) -> str | None:
    """Six digits, with the zeros that spreadsheets lose, or a land registry code."""
    if not written:
        return ""
    if match := ISTAT_CODE.fullmatch(written):
        return match["digits"].zfill(6)
    return written.upper() if CATASTO_CODE.fullmatch(written.upper()) else None


def _readings(text: str) -> Iterator[Reading]:
    if match := BRACKETS.fullmatch(text):
        for reading in _without_brackets(match["name"]):
            if reading.province:
                continue
            yield Reading(reading.names, match["inside"])
            yield Reading((*reading.names, match["inside"]))
    else:
        yield from _without_brackets(text)


def _without_brackets(text: str) -> Iterator[Reading]:
    whole_name = True
    for separator in SEPARATORS:
        parts = re.split(separator, text)
        if len(parts) < 2:
            continue
        yield Reading(tuple(parts))
        if TWO_LETTERS.fullmatch(parts[-1]):
            before = text[: text.rindex(parts[-1])].rstrip(" -,/|")
            yield Reading((before,), parts[-1])
            whole_name &= separator == "-"
    if whole_name:
        yield Reading((text,))


def _last_resort(text: str) -> Iterator[Reading]:
    match = TWO_LETTERS_AT_END.fullmatch(text)
    # ``Ala di`` is ``Ala di Stura`` cut off, and not ``Ala`` in a province without a name.
    if match and province_keys(match["sigla"]):
        yield Reading((match["name"],), match["sigla"])
