"""Why something was done, where the site itself says it: kept as a key and values, and told to each
reader in their own language.

It stands in the columns of texts where people's own words stand too (the comment of a revision, the
note of a review); those are kept as they were written, and follow what the site says. What was kept
as a sentence before is told as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format

from places.languages import LANGUAGES, current, translated

START = '{"told": '

_sentences: dict[str, Sentence] = {}


class Told(str):
    """What the site says, as it is kept."""


@dataclass(frozen=True)
class Sentence:
    """``key`` is kept and stays for ever; ``shown`` says how values are told that are no words."""

    key: str
    text: Any
    shown: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _sentences[self.key] = self

    def __call__(self, words: str = "", **values: Any) -> Told:
        """To keep it; ``words`` are what a person said besides."""
        return _kept(self.key, values, words)

    def tell(self, values: Mapping[str, Any]) -> str:
        said = {name: self.shown.get(name, str)(value) for name, value in values.items()}
        return str(self.text) % said


def known(*sentences: Sentence) -> None:
    """For a room that is ready: what modules say that only commands use, so that it can be read
    wherever the site is."""
    _sentences.update({sentence.key: sentence for sentence in sentences})


def keys() -> set[str]:
    return set(_sentences)


def told(kept: str) -> str:
    """In the language of the page."""
    if not kept.startswith(START):
        return kept
    said = json.loads(kept)
    sentence = _sentences.get(said["told"])
    site = sentence.tell(said["of"]) if sentence else ""
    return " ".join(filter(None, (site, said["words"])))


def to_keep(said: str) -> str:
    """What the site says, or the words of a person, who may write what looks like it."""
    is_words = not isinstance(said, Told)
    return _kept("", {}, said) if is_words and said.startswith(START) else said


def _kept(key: str, values: dict[str, Any], words: str) -> Told:
    return Told(json.dumps({"told": key, "of": values, "words": words}, ensure_ascii=False))


# ------------------------------------------------------------------ values
def names_of(entry: Any) -> dict[str, str]:
    """What an entry is called in each language, for a sentence that names it."""
    return {code: translated(entry, "name", code)[0] or entry.slug for code in LANGUAGES}


def called(kept: Mapping[str, str]) -> str:
    return kept[current()]


def on_day(kept: str) -> str:
    day = parse_date(kept)
    return date_format(day, "SHORT_DATE_FORMAT") if day else kept


def at_moment(kept: str) -> str:
    when = parse_datetime(kept)
    return date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT") if when else kept
