"""The codes of entries that a search found, for their cards to show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.text import capfirst

from directory.entry_lists import Identifier
from directory.models import Entry
from directory.registry import kind_of


class Code(NamedTuple):
    label: str
    value: str


# (kind's key, primary key) → the codes
Codes = dict[tuple[str, int], list[Code]]

# What stands before a kind's key in rows of these arms.
CODE = "code "


def codes_of(entries: Iterable[Entry]) -> tuple[list[str], list[list[int]]]:
    """Arms of a statement that give a kind, an entry's primary key, a scheme and a code; and
    their parameters."""
    keys: dict[Any, list[int]] = defaultdict(list)
    for entry in entries:
        keys[type(entry)].append(entry.pk)
    tables = [
        (kind_of(model).key, model._meta.get_field("identifiers").related_model) for model in keys
    ]
    arms = [
        f"SELECT '{CODE}{key}', entry_id, scheme, value FROM public.{codes._meta.db_table}"  # noqa: S608
        " WHERE entry_id = ANY(%s::bigint[])"
        for key, codes in tables
    ]
    return arms, [*keys.values()]


def told_by(rows: Iterable[tuple[str, int, str, str]]) -> Codes:
    """What the arms gave, in the order in which entries show their codes."""
    codes: Codes = defaultdict(list)
    for kind, pk, scheme, value in sorted(rows):
        if kind.startswith(CODE):
            code = Code(capfirst(str(Identifier.Scheme(scheme).label)), value)
            codes[kind.removeprefix(CODE), pk].append(code)
    return codes
