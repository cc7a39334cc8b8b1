"""What two versions of an entry say differently: field by field, row by row, word by word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.core.files.storage import default_storage
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.dates import PartialDate
from directory.history import Document, Fields, ends_of, kept_fields, lists_of
from directory.models import Entry, Term
from directory.picture_field import PictureField

PRECISION = "_precision"
WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Beyond this, whole texts are marked: comparing words takes the square of their number.
MOST_WORDS = 6000

Marked = list[tuple[bool, str]]


@dataclass(frozen=True)
class Difference:
    """One field. ``before`` and ``after`` are pieces of text, each with whether it is marked."""

    key: str
    label: str
    before: Marked
    after: Marked
    pictures: tuple[str, str] = ("", "")
    language: str = ""


@dataclass(frozen=True)
class RowDifference:
    """One row of a list or one tie: ``added``, ``removed`` or ``changed``."""

    key: str
    label: str
    change: str
    fields: list[Difference]


@dataclass(frozen=True)
class ListDifference:
    name: str
    label: str
    rows: list[RowDifference]


@dataclass(frozen=True)
class Comparison:
    fields: list[Difference] = field(default_factory=list)
    lists: list[ListDifference] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.fields or self.lists)

    @property
    def keys(self) -> list[str]:
        """Of all that can be put back, each field and each row by itself."""
        rows = [row.key for each in self.lists for row in each.rows]
        return [*(difference.key for difference in self.fields), *rows]


def changed_keys(model: type[Entry], before: Document, after: Document) -> list[str]:
    """The fields (by name) and lists (by name) in which two documents differ. No query.

    The marks of texts are left out: they follow the texts.
    """
    names = [
        _main(each.name)
        for each in kept_fields(model)
        if each.name != "text_marks" and before.fields.get(each.name) != after.fields.get(each.name)
    ]
    lists = [name for name in lists_of(model) if before.lists[name] != after.lists[name]]
    return list(dict.fromkeys([*names, *lists]))


def labels(model: type[Entry], keys: Iterable[str]) -> list[str]:
    by_name = {each.name: str(each.verbose_name) for each in kept_fields(model)}
    by_name |= {name: _list_label(relation) for name, relation in lists_of(model).items()}
    return [by_name[key] for key in keys if key in by_name]


def compare(model: type[Entry], before: Document, after: Document) -> Comparison:
    """A query for each table that something in a difference refers to."""
    names = Names()
    names.read_from(model, before, after)
    raw = {
        name: list(_changed_rows(before.lists[name], after.lists[name])) for name in lists_of(model)
    }
    names.expect(model, before.fields, after.fields)
    for name, relation in lists_of(model).items():
        for _pk, old, new in raw[name]:
            names.expect(relation.related_model, old or {}, new or {})
            if _is_tie(relation.related_model):
                names.expect(relation.related_model, {}, new or old or {})
    names.read()
    lists = []
    for name, relation in lists_of(model).items():
        rows = [_row_difference(name, relation, pk, old, new, names) for pk, old, new in raw[name]]
        if rows:
            lists.append(ListDifference(name, _list_label(relation), rows))
    return Comparison(list(_differences(model, before.fields, after.fields, names)), lists)


def _list_label(relation: Any) -> str:
    return capfirst(str(relation.related_model._meta.verbose_name_plural))


def _changed_rows(
    before: dict[int, Fields], after: dict[int, Fields]
) -> Iterator[tuple[int, Fields | None, Fields | None]]:
    for pk in sorted({*before, *after}):
        old, new = before.get(pk), after.get(pk)
        if old != new:
            yield pk, old, new


def _row_difference(
    name: str, relation: Any, pk: int, old: Fields | None, new: Fields | None, names: Names
) -> RowDifference:
    model = relation.related_model
    change = "added" if old is None else "removed" if new is None else "changed"
    # Where a new row stands in its list says nothing.
    skipped = {relation.field.name} | ({"order"} if change != "changed" else set())
    fields = list(_differences(model, old or {}, new or {}, names, skipped))
    said = new or old or {}
    label = _tie_label(relation, said, names) if _is_tie(model) else _row_label(model, said)
    return RowDifference(f"{name}:{pk}", label, change, fields)


def _is_tie(model: Any) -> bool:
    return len(ends_of(model)) > 1


def _tie_label(relation: Any, said: Fields, names: Names) -> str:
    """Whom it ties the entry to, and as what."""
    model = relation.related_model
    whom = [
        names.named(end.related_model, said[end.name])
        for end in ends_of(model)
        if end != relation.field and said.get(end.name)
    ]
    roles = [
        names.shown(each)(said)
        for each in kept_fields(model)
        if each.remote_field and issubclass(each.related_model, Term) and said.get(each.name)
    ]
    name = ", ".join(whom) or str(said.get("plain_name") or "")
    return f"{name} ({', '.join(roles)})" if roles else name


def _row_label(model: Any, said: Fields) -> str:
    """The words by which editors know the row, as far as it has any of its own."""
    for own in ("title", "text", "label", "alt", "part"):
        for language in ("it", "en"):
            if words := said.get(f"{own}_{language}"):
                return words if len(words) <= 60 else words[:60].rstrip() + "…"
    return str(said.get("url") or said.get("value") or said.get("plain_name") or "")


def _differences(
    model: type[models.Model],
    before: Fields,
    after: Fields,
    names: Names,
    skipped: Iterable[str] = (),
) -> Iterator[Difference]:
    for each in kept_fields(model):
        if each.name.endswith(PRECISION) or each.name in skipped or not each.editable:
            continue
        if _raw(each, before) == _raw(each, after):
            continue
        shown = names.shown(each)
        old, new = shown(before), shown(after)
        if old == new == "":
            continue
        pictures = ("", "")
        if isinstance(each, PictureField):
            pictures = (_picture(before.get(each.name)), _picture(after.get(each.name)))
            old = new = ""
        marked = words_marked(old, new)
        language = getattr(each, "language", "")
        yield Difference(each.name, str(each.verbose_name), *marked, pictures, language)


def _raw(each: Any, said: Fields) -> Any:
    return (said.get(each.name), said.get(each.name + PRECISION, ""))


def _main(name: str) -> str:
    """The precision of a date is no field of its own."""
    return name.removesuffix(PRECISION)


def _picture(name: str | None) -> str:
    """The address of the file, if there is one still."""
    return default_storage.url(name) if name and default_storage.exists(name) else ""


# ------------------------------------------------------------------ words
def words_marked(before: str, after: str) -> tuple[Marked, Marked]:
    """Both texts in pieces; marked is what the other does not have."""
    old, new = WORD.findall(before), WORD.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        return [(True, before)], [(True, after)]
    left: Marked = []
    right: Marked = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if piece := "".join(old[a:b]):
            left.append((kind != "equal", piece))
        if piece := "".join(new[c:d]):
            right.append((kind != "equal", piece))
    return left, right


# ------------------------------------------------------------------ values
class Names:
    """What the keys in documents stand for, read for all differences at once."""

    def __init__(self) -> None:
        self._wanted: defaultdict[type[models.Model], set[int]] = defaultdict(set)
        self._names: dict[tuple[type[models.Model], int], str] = {}

    def read_from(self, model: type[Entry], *documents: Document) -> None:
        """What the documents' own rows are called: new ones that another row names are nowhere
        else yet, and deleted ones no longer."""
        for name, relation in lists_of(model).items():
            for document in documents:
                for pk, said in document.lists[name].items():
                    if said and (words := _row_label(relation.related_model, said)):
                        self._names[relation.related_model, pk] = words

    def expect(self, model: type[models.Model], before: Fields, after: Fields) -> None:
        for each in kept_fields(model):
            if each.remote_field and before.get(each.name) != after.get(each.name):
                for said in (before, after):
                    value = said.get(each.name)
                    keys = value if isinstance(value, list) else [value]
                    self._wanted[each.related_model].update(key for key in keys if key)

    def read(self) -> None:
        for model, pks in self._wanted.items():
            rows: models.QuerySet = models.QuerySet(model)
            for pk, row in rows.in_bulk(pks).items():
                self._names[model, pk] = str(row)

    def named(self, model: type[models.Model], pk: int) -> str:
        gone = gettext("no longer there (%(number)d)") % {"number": pk}
        return self._names.get((model, pk), gone)

    def shown(self, each: Any) -> Callable[[Fields], str]:
        def text(said: Fields) -> str:
            value = said.get(each.name)
            if value in (None, "", []):
                return ""
            if isinstance(each, models.DateField) and each.name + PRECISION in said:
                day = parse_date(value)
                date = PartialDate.of(day, said[each.name + PRECISION])
                return date.localized if date else ""
            if isinstance(each, models.ManyToManyField):
                return ", ".join(sorted(self.named(each.related_model, pk) for pk in value))
            if each.remote_field:
                return self.named(each.related_model, value)
            return _plain(each, value)

        return text


def _plain(each: Any, value: Any) -> str:
    if each.choices:
        return str(dict(each.flatchoices).get(value, value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(each, models.DateTimeField):
        moment = parse_datetime(value)
        return date_format(moment, "SHORT_DATETIME_FORMAT") if moment else value
    if isinstance(each, models.DateField):
        day = parse_date(value)
        return date_format(day, "SHORT_DATE_FORMAT") if day else value
    return str(value)
