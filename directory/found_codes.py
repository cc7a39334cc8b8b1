"""The codes of entries that a search found, for their cards to show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.text import capfirst

from directory.entry_lists import Identifier
from directory.models import Entry
from directory.planned import rows_of
from directory.registry import kind_of


class Code(NamedTuple):
    label: str
    value: str


# (kind's key, primary key) → the codes
Codes = dict[tuple[str, int], list[Code]]


def codes_of(entries: Sequence[Entry]) -> Codes:
    """One query."""
    keys: dict[Any, list[int]] = defaultdict(list)
    for entry in entries:
        keys[type(entry)].append(entry.pk)
    arms = []
    for model in keys:
        codes = model._meta.get_field("identifiers").related_model
        arms.append(
            f"SELECT '{kind_of(model).key}' AS kind, entry_id, scheme, value"  # noqa: S608
            f" FROM public.{codes._meta.db_table} WHERE entry_id = ANY(%s::bigint[])"
        )
    found: Codes = defaultdict(list)
    order = " ORDER BY kind, entry_id, scheme, value"
    for kind, pk, scheme, value in rows_of(" UNION ALL ".join(arms) + order, [*keys.values()]):
        found[kind, pk].append(Code(capfirst(str(Identifier.Scheme(scheme).label)), value))
    return found
