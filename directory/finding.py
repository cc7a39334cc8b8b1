"""Which rows of a vocabulary somebody may mean who types a part of a name: choices among many."""

from __future__ import annotations

from collections.abc import Iterable
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


def called_like(rows: Any, key: str, text: str) -> dict[Named, int]:
    """Rows with the text in a name, in whatever language, and how near they come; signs and
    accents do not matter. One query: what may be large knows how to look by itself, and says
    ``closeness``; of others all are read."""
    if hasattr(rows, "called_like"):
        found = rows.called_like(text).rewrite(False)
        columns = ("pk", key, "name_it", "name_en", "closeness")
        return {
            Named(pk, value, it or "", en or ""): near
            for pk, value, it, en, near in found.values_list(*columns)[:MOST]
        }
    further = getattr(rows.model, "further_names", ())
    read = rows.order_by().rewrite(False).values_list("pk", key, "name_it", "name_en", *further)
    found = {}
    for pk, value, it, en, *others in read:
        names = [it, en, *(name for one in others for name in listed(one))]
        near = nearness(text, [value, *filter(None, names)])
        if near < FARTHEST:
            found[Named(pk, value, it or "", en or "")] = near
    return found


# Steps to a name, and how many words it has more: “torinno” is Torino, not Rivalta di Torino.
Steps = tuple[int, int]


def nearly_called(rows: Any, key: str, text: str) -> dict[Named, Steps]:
    """Rows with a name that is the text but for a few wrong letters, and how far they are. For
    where nothing is called like it. One query; what may be large knows how to look by itself."""
    said = words_of(text)
    columns = ("pk", key, "name_it", "name_en")
    if hasattr(rows, "names_nearly"):
        near = rows.names_nearly(said, neighbours("".join(said)))
        read = near.values_list(*(f"city__{name}" for name in columns), "name")
    else:
        further = getattr(rows.model, "further_names", ())
        read = rows.order_by().rewrite(False).values_list(*columns, *further)
    found: dict[Named, Steps] = {}
    for pk, value, it, en, *others in read:
        names = [it, en, *(name for one in others for name in listed(one))]
        ways = [steps for name in names if name and (steps := steps_to(said, words_of(name)))]
        if ways:
            row = Named(pk, value, it or "", en or "")
            found[row] = min([*ways, *([found[row]] if row in found else [])])
    return found


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
