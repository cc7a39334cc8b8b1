"""What a form of the admin would send so that an entry becomes what a version of it says.

What is accepted of a proposal goes through the same form, its lists and all their rules as if the
reviewer had typed it. A form is asked how it would show the values that are wanted, and that is
what a browser would send back (``staff.collisions``).
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from directory.changes import Change, naming_new
from directory.comparison import PRECISION
from directory.history import Document, Fields, kept_fields, lists_of
from directory.models import Entry
from directory.picture_field import PictureField
from directory.pictures import StoredPicture
from staff.collisions import Sent, as_sent, fields_of


def instance_of(row: models.Model, said: Fields, names: Iterable[str]) -> Any:
    """A copy of the row, not to be saved, that says what a version says in some fields."""
    wanted, kind = set(names), type(row)
    row = copy(row)
    row._state = copy(row._state)
    row._state.fields_cache = dict(row._state.fields_cache)
    for each in kept_fields(kind):
        main = each.name.removesuffix(PRECISION)
        if main in wanted and not each.many_to_many and not isinstance(each, PictureField):
            value = said.get(each.name)
            setattr(row, each.attname, value if each.remote_field else each.to_python(value))
    return row


def sent_by(form: Any, said: Fields, names: Iterable[str]) -> dict[str, Sent]:
    """What the form of such a copy sends; what is chosen among many comes from the version."""
    wanted = set(names)
    values = {}
    for name, each in fields_of(form):
        many = isinstance(form.initial.get(name), list) and hasattr(each, "queryset")
        if many and name in wanted:
            values[name] = sorted(map(str, said.get(name) or []))
        else:
            values[name] = as_sent(form, name, each)
    return values


class Submission:
    """The form of one entry as it is now, with chosen fields and rows as ``then`` has them."""

    def __init__(self, entry: Any, now: Document, then: Document, keys: Iterable[str]) -> None:
        self.entry, self.now, self.then, self.keys = entry, now, then, set(keys)
        self.model: type[Entry] = type(entry)
        self.data = QueryDict(mutable=True)
        self.files: MultiValueDict = MultiValueDict()
        # The rows that are new, in the order in which the form has them.
        self.added: dict[str, list[int]] = {}
        # The keys that new rows got which others name, by those that they were proposed with.
        self.written: dict[str, dict[int, int]] = {}

    def fill(self, form_class: Any) -> None:
        names = [key for key in self.keys if ":" not in key]
        form = form_class(instance=instance_of(self.entry, self.then.fields, names))
        for name, values in sent_by(form, self.then.fields, names).items():
            self.data.setlist(name, values)

    def fill_list(self, kind: Any, only: set[int] | None = None) -> None:
        """The rows of a formset: those that stay are first, with their keys."""
        name = list_named(self.model, kind)
        prefix = kind.get_default_prefix()
        wanted = [pk for pk in self._rows(name) if only is None or pk in only]
        stored = [pk for pk in wanted if pk in self.now.lists[name]]
        new = [pk for pk in wanted if pk in self.then.lists[name] and pk not in stored]
        rows = kind.model._default_manager.in_bulk(stored)
        for number, pk in enumerate((*stored, *new)):
            self._fill_row(kind, f"{prefix}-{number}-", rows.get(pk) or kind.model(), name, pk)
        self.added[name] = new
        self.data[f"{prefix}-TOTAL_FORMS"] = str(len(stored) + len(new))
        self.data[f"{prefix}-INITIAL_FORMS"] = str(len(stored))
        self.data[f"{prefix}-MIN_NUM_FORMS"] = "0"
        self.data[f"{prefix}-MAX_NUM_FORMS"] = "1000"

    def _rows(self, name: str) -> list[int]:
        keys = (key.partition(":")[2] for key in self.keys if key.startswith(f"{name}:"))
        return sorted(map(int, keys))

    def _fill_row(self, kind: Any, start: str, row: Any, name: str, pk: int) -> None:
        said = self.then.lists[name].get(pk)
        if row.pk:
            self.data[f"{start}id"] = str(pk)
        if said is None:
            self.data[f"{start}DELETE"] = "on"
            said = self.now.lists[name][pk]
        names = [each.name for each in kept_fields(kind.model)]
        form = kind.form(instance=instance_of(row, said, names))
        for field, values in sent_by(form, said, names).items():
            self.data.setlist(start + field, values)
        for each in kind.model._meta.concrete_fields:
            if isinstance(each, PictureField) and said[each.name] != str(getattr(row, each.name)):
                measures = (said["width"], said["height"], list(said["widths"]))
                picture = StoredPicture(said[each.name], *measures)
                self.files[f"{start}{each.name}"] = picture

    # ---------------------------------------------------------------- rows that name new rows
    def cited(self) -> dict[str, set[int]]:
        """The new rows of each list that rows of other lists name, whether those are chosen or
        left for later."""
        found: dict[str, set[int]] = {}
        for _row, named in naming_new(self.model, self.now, self.then):
            name, _colon, pk = named.partition(":")
            if named in self.keys:
                found.setdefault(name, set()).add(int(pk))
        return found

    def rename(self, name: str, keys: dict[int, int]) -> None:
        """Rows that were written have keys of their own by now: what names them follows."""
        self.written[name] = keys
        for old, new in keys.items():
            self.now.lists[name][new] = self.then.lists[name].pop(old)
            self.then.lists[name][new] = self.now.lists[name][new]
            self.keys.discard(f"{name}:{old}")
        Change(self.now, self.then).follow(self.model, self.written)


def list_named(model: type[Entry], kind: Any) -> str:
    """The list of a formset, as versions name it."""
    for name, relation in lists_of(model).items():
        if relation.related_model is kind.model and relation.field.name == kind.fk.name:
            return name
    raise ObjectDoesNotExist(kind.model)
