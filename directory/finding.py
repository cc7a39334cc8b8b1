"""Which rows of a vocabulary somebody may mean who types a part of a name: choices among many."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from directory.parameter_fields import Named
from directory.spelling import neighbours, steps_between
from places.exonyms import in_italian
from places.keys import words_of

# Of cities “a” begins the names of hundreds.
MOST = 500
# How near a name comes to what is typed: it is that, begins so, has a word that begins so, or
# only holds it.
EXACTLY, BEGINNING, IN_A_WORD, WITHIN = range(4)
FARTHEST = WITHIN + 1


def is_said(text: str) -> bool:
    return bool(words_of(text))


# Steps to a name, and how many words it has more: “torinno” is Torino, not Rivalta di Torino.
Steps = tuple[int, int]


class Seeking:
    """The rows of a vocabulary that somebody may mean by ``text``. What may be large knows how to
    look by itself: one query for what is called so, one for what nearly is. Of others all are
    read, once."""

    COLUMNS = ("name_it", "name_en")

    def __init__(self, rows: Any, key: str, text: str) -> None:
        self.rows, self.text = rows, text
        self.columns = ("pk", key, *self.COLUMNS)

    @cached_property
    def found(self) -> dict[Named, int]:
        """Rows with the text in a name, in whatever language, and how near they come; signs and
        accents do not matter."""
        if hasattr(self.rows, "called_like"):
            read = self.rows.called_like(self.text).rewrite(False)
            found = read.values_list(*self.columns, "closeness")[:MOST]
            return {named(*columns): near for *columns, near in found}
        near = {row: nearness(self.text, [row.value, *names]) for row, names in self._all}
        return {row: each for row, each in near.items() if each < FARTHEST}

    @cached_property
    def nearly(self) -> dict[Named, Steps]:
        """Rows with a name that is the text but for a few wrong letters, and how far they are. For
        where nothing is called like it."""
        said = words_of(self.text)
        if hasattr(self.rows, "names_nearly"):
            near = self.rows.names_nearly(said, neighbours("".join(said)))
            columns = (f"city__{name}" for name in self.columns)
            read = [
                (row := named(*one), [*filter(None, (row.name_it, row.name_en)), name])
                for *one, name in near.values_list(*columns, "name")
            ]
        else:
            read = self._all
        found: dict[Named, Steps] = {}
        for row, names in read:
            if ways := [way for name in names if (way := steps_to(said, words_of(name)))]:
                found[row] = min([*ways, *([found[row]] if row in found else [])])
        return found

    @cached_property
    def _all(self) -> list[tuple[Named, list[str]]]:
        """Each row with its names."""
        further = getattr(self.rows.model, "further_names", ())
        read = self.rows.order_by().rewrite(False).values_list(*self.columns, *further)
        return [
            (
                named(pk, value, it, en),
                [*filter(None, (it, en)), *(name for one in others for name in listed(one))],
            )
            for pk, value, it, en, *others in read
        ]


def named(pk: Any, value: Any, it: str | None, en: str | None) -> Named:
    return Named(pk, value, it or "", en or "")


def steps_to(said: list[str], name: list[str]) -> Steps | None:
    """How far what was said is from a name: each of its words from the nearest of the name's, or
    all of them written as one; nothing where it cannot be meant."""
    ways = []
    if (whole := steps_between("".join(said), "".join(name))) is not None:
        ways.append((whole, 0))
    nearest = [[steps_between(word, one) for one in name] for word in said]
    known = [[one for one in steps if one is not None] for steps in nearest]
    if all(known):
        ways.append((sum(map(min, known)), len(name) - len(said)))
    return min(ways, default=None)


def listed(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else names or []


def nearness(text: str, names: Iterable[str]) -> int:
    """How near the nearest of the names comes to the text."""
    said = words_of(text)
    texts = {" ".join(said), " ".join(in_italian(said))}
    called = [" ".join(words_of(name)) for name in names]
    return min((_near(one, name) for one in texts for name in called), default=FARTHEST)


def _near(said: str, name: str) -> int:
    if said == name:
        return EXACTLY
    if name.startswith(said):
        return BEGINNING
    if f" {said}" in name:
        return IN_A_WORD
    return WITHIN if len(said) > 2 and said in name else FARTHEST
