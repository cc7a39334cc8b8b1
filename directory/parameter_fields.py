"""How values of the listings' parameters are read, and refused in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

VALUE = re.compile(r"^[A-Za-z0-9-]{1,200}$")
MOST_VALUES = 50
MOST_SIGNS = 200
NOT_UNDERSTOOD = _("Not understood: %(values)s")
# Of a row that a value names, beside those that are sought by name (``directory.finding``).
CHOSEN = "chosen"


class NotUnderstood(ValidationError):
    """Values that cannot be; the page says which, and shows no results. ``why`` may be said with
    ``most``."""

    def __init__(self, values: Iterable[str], why: Any = NOT_UNDERSTOOD, most: int = 0) -> None:
        self.values = [shown(value) for value in values]
        super().__init__(why, params={"values": ", ".join(self.values), "most": most})


def shown(value: str) -> str:
    """A value as the message may repeat it: short, without control signs."""
    clean = "".join(sign if sign.isprintable() else "�" for sign in value)
    return f"«{clean[:60]}…»" if len(clean) > 60 else f"«{clean}»"


class Shared(dict[str, Any]):
    """Filters of a set, or fields of its form, by name: each set has copies, which know it. What
    they hold is never changed, so that copies of that, as Django makes them, are not needed."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {name: twin(one) for name, one in self.items()}


def twin(one: Any) -> Any:
    made = object.__new__(type(one))
    made.__dict__.update(one.__dict__)
    return made


class ValuesField(forms.Field):
    """The repeated values of one parameter, each of the form of a slug."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str] | None) -> list[Any]:
        values = list(dict.fromkeys(one.strip() for one in value or [] if one.strip()))
        wrong = [one for one in values if not VALUE.match(one)]
        if wrong:
            raise NotUnderstood(wrong[:3])
        if len(values) > MOST_VALUES:
            why = _("Too many values, %(most)s at most: %(values)s, …")
            raise NotUnderstood(values[:3], why, MOST_VALUES)
        return self.resolve(values) if values else []

    def resolve(self, values: list[str]) -> list[Any]:
        return values


@dataclass(frozen=True)
class Named:
    """A row that a value names, with what a chip says of it."""

    pk: int
    value: str
    name_it: str
    name_en: str


class RowsField(ValuesField):
    """Values that name rows of a vocabulary. The set looks up those of all its fields at once."""

    # (field, value) → row
    known: Callable[[], Mapping[tuple[str, str], Named]]
    name: str

    def __init__(self, *, rows: Callable[[], Any], key: str, **options: Any) -> None:
        super().__init__(**options)
        self.rows, self.key = rows, key

    def resolve(self, values: list[str]) -> list[Named]:
        wanted = [self.written(value) for value in values]
        known = self.known()
        if missing := [value for value in wanted if (self.name, value) not in known]:
            raise NotUnderstood(missing[:3])
        return [known[self.name, value] for value in wanted]

    def written(self, value: str) -> str:
        return value.upper() if self.key == "sigla" else value

    def query(self, values: list[str]) -> tuple[str, list[Any]]:
        """(CHOSEN, field, pk, value, Italian name, English name, …) of the rows that the values
        name, with the columns of ``directory.finding``."""
        wanted = [self.written(value.strip()) for value in values[: MOST_VALUES + 1]]
        wanted = [value for value in wanted if VALUE.match(value)]
        chosen, parameters = named_rows(self.rows, self.key)
        named = (
            f"SELECT '{CHOSEN}', %s::text, row.*, NULL::integer, NULL::jsonb"  # noqa: S608
            f" FROM ({chosen}) AS row (pk, value, name_it, name_en)"
        )
        return f"{named} WHERE value = ANY(%s::text[])", [self.name, *parameters, wanted]


@cache
def named_rows(rows: Callable[[], Any], key: str) -> tuple[str, tuple[Any, ...]]:
    """A query of a vocabulary. Put together once: that takes longer than the answer."""
    queryset = rows().order_by().rewrite(False).values_list("pk", key, "name_it", "name_en")
    return queryset.query.sql_with_params()


class ChoicesField(ValuesField):
    def __init__(self, *, choices: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices

    def resolve(self, values: list[str]) -> list[str]:
        if wrong := [value for value in values if value not in self.choices]:
            raise NotUnderstood(wrong[:3])
        return values


class YearsField(ValuesField):
    def resolve(self, values: list[str]) -> list[int]:
        if wrong := [value for value in values if not re.match(r"^[12]\d{3}$", value)]:
            raise NotUnderstood(wrong[:3])
        return [int(value) for value in values]


class WordsField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_SIGNS, **options)

    def clean(self, value: str | None) -> str:
        words = value or ""
        if "\x00" in words or "\ufffd" in words:
            raise NotUnderstood([words])
        if len(words) > MOST_SIGNS:
            why = _("Too long, %(most)s characters at most: %(values)s")
            raise NotUnderstood([words], why, MOST_SIGNS)
        return super().clean(words)
