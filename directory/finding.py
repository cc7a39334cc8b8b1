"""Which rows of a vocabulary somebody may mean who types a part of a name: choices among many."""

from __future__ import annotations

from typing import Any

from directory.parameter_fields import Named
from places.keys import words_of

# Of cities “a” is in the names of thousands.
MOST = 500


def is_said(text: str) -> bool:
    return bool(words_of(text))


def called_like(rows: Any, key: str, text: str) -> list[Named]:
    """Rows with the text in a name, in whatever language; signs and accents do not matter. One
    query: what may be large knows how to look by itself, of others all are read."""
    if hasattr(rows, "called_like"):
        found = rows.called_like(text).rewrite(False).values_list("pk", key, "name_it", "name_en")
        return [
            Named(pk, value, name_it or "", name_en or "")
            for pk, value, name_it, name_en in found[:MOST]
        ]
    said = " ".join(words_of(text))
    found = rows.order_by().rewrite(False).values_list("pk", key, "name_it", "name_en")
    return [
        one
        for one in (Named(pk, value, it or "", en or "") for pk, value, it, en in found)
        if one.value.lower() == said
        or any(said in " ".join(words_of(name)) for name in (one.name_it, one.name_en))
    ]
