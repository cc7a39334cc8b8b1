"""Two people who edit one row at the same time: nothing of either is lost in silence.

A form carries, signed, what it showed and which edition of the row that was: the number of the
version, or a digest where none is kept. When there is another by the time it comes back, each
value is looked at three times: as it was shown, as it is now, as it was sent. What only one of the
two changed is taken as that one left it. What both changed is shown to the second, with both
values, and nothing is saved until they have chosen.

All values are compared as a browser would send them: lists of strings by the name of the input.
Rows of lists go by their key and not by their place in the form. A file is sent only where it is
replaced; whose form comes back has to choose theirs once more, since browsers do not keep it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core import signing
from django.forms.models import InlineForeignKeyField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

SALT = "staff.collisions"
SEEN = "seen"
UNRESOLVED = "unresolved"
CHOICE = "choose-"
MINE, THEIRS = "mine", "theirs"

Sent = list[str]


@dataclass(frozen=True)
class Seen:
    """What a form showed. ``disputed`` are the values that its sender was asked to choose, and
    ``files`` the names of the files in its rows."""

    version: int | str | None = None
    values: dict[str, Sent] = field(default_factory=dict)
    disputed: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def digest(self) -> str:
        """Of rows without a number: it changes with whatever the form shows."""
        said = json.dumps([self.values, self.files], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def signed(self, pk: int) -> str:
        said: dict[str, Any] = {"pk": pk, "v": self.version, "values": self.values}
        said |= {"disputed": self.disputed, "files": self.files}
        return signing.dumps(said, salt=SALT, compress=True)

    @classmethod
    def read(cls, token: str, pk: int) -> Seen:
        """Of a form that says nothing, or of another row, nothing is known."""
        try:
            said = signing.loads(token, salt=SALT)
        except signing.BadSignature:
            return cls()
        if said["pk"] != pk:
            return cls()
        return cls(said["v"], said["values"], said["disputed"], said.get("files", {}))


@dataclass(frozen=True)
class Dispute:
    """A value that both changed, or a file that both replaced; or a row that one changed and the
    other deleted (no ``mine``)."""

    key: str
    label: str
    mine: str = ""
    theirs: str = ""
    deleted: bool = False
    is_file: bool = False

    @property
    def name(self) -> str:
        return CHOICE + self.key


# ------------------------------------------------------------------ what a form would send
def fields_of(form: Any) -> Iterator[tuple[str, forms.Field]]:
    """Without those that no browser sends, as the traces of a password."""
    for name, each in form.fields.items():
        is_own = name not in ("id", "why", "DELETE") and not each.disabled
        if is_own and not isinstance(each, InlineForeignKeyField | forms.FileField):
            yield name, each


def files_of(form: Any) -> Iterator[tuple[str, forms.Field]]:
    for name, each in form.fields.items():
        if isinstance(each, forms.FileField):
            yield name, each


def key_of(form: Any, prefix: str, name: str) -> str:
    return f"{prefix}:{form.instance.pk}:{name}" if prefix else name


def shown(form: Any, formsets: Iterable[Any]) -> dict[str, Sent]:
    """What a form sends if nobody touches it: its own values, and those of rows that are stored."""
    values = {name: as_sent(form, name, each) for name, each in fields_of(form)}
    for formset in formsets:
        for row in formset.initial_forms:
            for name, each in fields_of(row):
                values[key_of(row, formset.prefix, name)] = as_sent(row, name, each)
    return values


def shown_files(formsets: Iterable[Any]) -> dict[str, str]:
    """The files in rows that are stored."""
    return {
        key_of(row, formset.prefix, name): str(getattr(row.instance, name))
        for formset in formsets
        for row in formset.initial_forms
        for name, _each in files_of(row)
    }


def as_sent(form: Any, name: str, each: forms.Field) -> Sent:
    value = each.prepare_value(form.get_initial_for_field(each, name))
    if isinstance(each, forms.BooleanField):
        return ["on"] if value else []
    if isinstance(value, list | tuple):
        return sorted(str(one) for one in value)
    written = value if value is None else each.widget.format_value(value)
    if isinstance(written, list):
        written = written[0] if written else ""
    return [plain(written)] if written else []


def plain(text: Any) -> str:
    """Browsers send their own line ends, and forms strip."""
    return str(text).replace("\r\n", "\n").strip()


def received(data: QueryDict, name: str) -> Sent:
    return sorted(text for one in data.getlist(name) if (text := plain(one)))


# ------------------------------------------------------------------ merging
@dataclass
class Merge:
    """One form that was sent, on what is stored now. ``data`` and ``files`` are changed."""

    seen: Seen
    now: Seen
    data: QueryDict
    files: MultiValueDict
    labels: dict[str, Any]
    formsets: list[str]
    disputes: list[Dispute] = field(default_factory=list)

    def run(self) -> None:
        if self.seen.version != self.now.version:
            for key in [key for key in self.now.values if key.count(":") == 0]:
                self._merge(key, key)
            for prefix in self.formsets:
                self._merge_rows(prefix)
        else:
            for key in self.seen.disputed:
                self._choose(key)

    @cached_property
    def names(self) -> dict[str, str]:
        """The input of each value: by key."""
        names = {key: key for key in self.now.values if ":" not in key}
        for prefix in self.formsets:
            for number, pk in self._rows(prefix):
                start = f"{prefix}-{number}-"
                for name in self.data:
                    if name.startswith(start):
                        names[f"{prefix}:{pk}:{name.removeprefix(start)}"] = name
                for key in self.now.values:
                    if key.startswith(f"{prefix}:{pk}:"):
                        names.setdefault(key, start + key.split(":", 2)[2])
        return names

    def _rows(self, prefix: str) -> list[tuple[int, str]]:
        stored = self.data.get(f"{prefix}-INITIAL_FORMS", "")
        count = int(stored) if stored.isascii() and stored.isdigit() and len(stored) < 6 else 0
        return [(number, self.data.get(f"{prefix}-{number}-id", "")) for number in range(count)]

    def _merge(self, key: str, name: str) -> None:
        """Take what only the other changed; dispute what both changed."""
        mine, theirs = received(self.data, name), self.now.values[key]
        before = self.seen.values.get(key)
        if mine == theirs or before == theirs:
            return
        if mine == before:
            self.data.setlist(name, theirs)
        else:
            self._dispute(key, mine, theirs)

    def _dispute(self, key: str, mine: Sent, theirs: Sent) -> None:
        each, label = self.labels[key]
        self.disputes.append(Dispute(key, label, in_words(each, mine), in_words(each, theirs)))

    def _choose(self, key: str) -> None:
        """What was disputed stays so until a choice is sent with it."""
        choice = self.data.get(CHOICE + key)
        if key in self.now.files:
            self._choose_file(key, choice)
            return
        name = self.names.get(key)
        if name is None or key not in self.now.values:
            return
        mine, theirs = received(self.data, name), self.now.values[key]
        if choice == THEIRS:
            self.data.setlist(name, theirs)
        elif choice != MINE and mine != theirs:
            self._dispute(key, mine, theirs)

    # ---------------------------------------------------------------- files
    def _replaced(self, prefix: str, pk: str) -> list[str]:
        """The files of a row that somebody else replaced."""
        start = f"{prefix}:{pk}:"
        return [
            key
            for key, name in self.now.files.items()
            if key.startswith(start) and self.seen.files.get(key, name) != name
        ]

    def _dispute_file(self, key: str, name: str) -> None:
        mine = getattr(self.files.get(name), "name", "")
        self.disputes.append(Dispute(key, self.labels[key][1], mine, is_file=True))

    def _choose_file(self, key: str, choice: str | None) -> None:
        """Whose own is to stand has chosen the file again."""
        prefix, pk, field_name = key.split(":", 2)
        for number in (number for number, row in self._rows(prefix) if row == pk):
            name = f"{prefix}-{number}-{field_name}"
            if choice == THEIRS:
                self.files.pop(name, None)
            elif f"{prefix}-{number}-DELETE" not in self.data and (
                choice != MINE or name not in self.files
            ):
                self._dispute_file(key, name)

    # ---------------------------------------------------------------- rows
    def _merge_rows(self, prefix: str) -> None:
        gone = []
        for number, pk in self._rows(prefix):
            keys = [key for key in self.now.values if key.startswith(f"{prefix}:{pk}:")]
            if not keys:
                gone.append(number)
                continue
            start = f"{prefix}-{number}-"
            if f"{start}DELETE" in self.data:
                self._merge_deleted(prefix, pk, keys, f"{start}DELETE")
                continue
            for key in keys:
                self._merge(key, start + key.split(":", 2)[2])
            for key in self._replaced(prefix, pk):
                if (name := start + key.split(":", 2)[2]) in self.files:
                    self._dispute_file(key, name)
        if gone:
            self._without(prefix, gone)

    def _merge_deleted(self, prefix: str, pk: str, keys: list[str], box: str) -> None:
        """Who deletes a row that somebody just changed is shown the change first."""
        changed = [key for key in keys if self.seen.values.get(key) != self.now.values[key]]
        replaced = self._replaced(prefix, pk)
        if not changed and not replaced:
            return
        del self.data[box]
        for key in replaced:
            label = self.labels[key][1]
            self.disputes.append(Dispute(key, label, _("(deleted)"), _("another file"), True))
        for key in changed:
            each, label = self.labels[key]
            theirs = in_words(each, self.now.values[key])
            self.disputes.append(Dispute(key, label, _("(deleted)"), theirs, deleted=True))
            self.data.setlist(self.names[key], self.now.values[key])

    def _without(self, prefix: str, gone: list[int]) -> None:
        """Rows that somebody deleted go from the form, unless they were changed in it: then they
        are new ones, so that their text is not lost, and are shown before they are saved."""
        stored: list[Any] = []
        new: list[Any] = []
        total = int(self.data.get(f"{prefix}-TOTAL_FORMS", "0"))
        initial = len(self._rows(prefix))
        for number in range(total):
            row = self._taken_out(prefix, number)
            if number not in gone:
                (stored if number < initial else new).append(row)
                continue
            data, files = row
            pk = (data.pop("id", None) or [""])[0]
            if "DELETE" not in data and (files or self._was_changed(prefix, pk, data)):
                new.append((data, files))
                label = self.labels.get(prefix, ("", prefix))[1]
                words = (one for values in data.values() for one in values if len(one) > 3)
                mine = next(words, "")
                self.disputes.append(Dispute(f"{prefix}:{pk}", label, mine, deleted=True))
        for number, (data, files) in enumerate([*stored, *new]):
            for name, values in data.items():
                self.data.setlist(f"{prefix}-{number}-{name}", values)
            for name, values in files.items():
                self.files.setlist(f"{prefix}-{number}-{name}", values)
        self.data[f"{prefix}-TOTAL_FORMS"] = str(len(stored) + len(new))
        self.data[f"{prefix}-INITIAL_FORMS"] = str(len(stored))
        self.__dict__.pop("names", None)

    def _taken_out(self, prefix: str, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        start, row = f"{prefix}-{number}-", []
        for source in (self.data, self.files):
            names = [name for name in source if name.startswith(start)]
            row.append({name.removeprefix(start): source.getlist(name) for name in names})
            for name in names:
                del source[name]
        return row[0], row[1]

    def _was_changed(self, prefix: str, pk: str, data: dict[str, Any]) -> bool:
        start = f"{prefix}:{pk}:"
        before = {
            key.removeprefix(start): values
            for key, values in self.seen.values.items()
            if key.startswith(start)
        }
        mine = {
            name: sorted(text for one in values if (text := plain(one)))
            for name, values in data.items()
        }
        return any(mine.get(name, []) != values for name, values in before.items())


def in_words(each: forms.Field, sent: Sent) -> str:
    """A value as people read it. A query for what is chosen from a table."""
    if isinstance(each, forms.BooleanField):
        return str(_("yes") if sent else _("no"))
    queryset = getattr(each, "queryset", None)
    if queryset is not None:
        pks = [one for one in sent if one.isascii() and one.isdigit() and len(one) < 19]
        label = each.label_from_instance  # type: ignore[attr-defined]
        return ", ".join(sorted(label(row) for row in queryset.filter(pk__in=pks)))
    if choices := getattr(each, "choices", None):
        by_value = {str(value): str(label) for value, label in choices}
        return ", ".join(by_value.get(one, one) for one in sent)
    return "\n".join(sent)
