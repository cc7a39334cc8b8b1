"""What is chosen between two entries, or two rows, that become one: which fields go together, and
which of two values is the better guess."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from directory.history import kept_fields
from directory.models import Entry, Status

# The likeliest for a name that is no longer the entry's own comes first.
NAME_LISTS = ("other_names", "former_names", "short_names")
# Fields that say nothing without the one they belong to, by the end of their name.
BELONGING = ("_precision", "_public")
COMPANIONS = {"checked_on": ("checked_by",)}
# Of what these say nothing is chosen: it is kept, joined or found out.
NOT_CHOSEN = frozenset({"slug", "internal_note", *NAME_LISTS})


@dataclass(frozen=True)
class Choice:
    """Fields that are chosen together: an address with whether it is public."""

    name: str
    fields: tuple[Any, ...]

    @property
    def label(self) -> str:
        return str(self.fields[0].verbose_name)

    @property
    def language(self) -> str:
        return getattr(self.fields[0], "language", "")

    def of(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, each.attname) for each in self.fields)

    def is_empty(self, row: Any) -> bool:
        """Nothing is said: empty, or the word that stands for not known."""
        first = self.fields[0]
        value = getattr(row, first.attname)
        return value in (None, "", []) or (bool(first.choices) and value == first.get_default())


def choices_of(model: type[Entry]) -> list[Choice]:
    """What there is to choose between, in the order of the model."""
    columns = {each.name: each for each in kept_fields(model) if not each.many_to_many}
    return choices_among(columns, NOT_CHOSEN)


def choices_among(columns: Mapping[str, Any], skipped: Collection[str]) -> list[Choice]:
    def belongs(name: str) -> bool:
        if any(name in names for names in COMPANIONS.values()):
            return True
        return any(name.endswith(end) and name.removesuffix(end) in columns for end in BELONGING)

    found = []
    for name, each in columns.items():
        if name in skipped or (not each.editable and name != "checked_on") or belongs(name):
            continue
        others = [name + end for end in BELONGING] + list(COMPANIONS.get(name, ()))
        belonging = [columns[other] for other in others if other in columns]
        found.append(Choice(name, (each, *belonging)))
    return found


def takes_other(choice: Choice, kept: Any, lost: Any) -> bool:
    """Whether the value of the entry, or the row, that goes is the better guess."""
    if choice.name == "status":
        return lost.status == Status.PUBLISHED and kept.status != Status.PUBLISHED
    return choice.is_empty(kept) and not choice.is_empty(lost)
