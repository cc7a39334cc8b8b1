"""Putting back what a version says: a field, a row, all of it, or an entry that was deleted.

Through the rules of the model, so nothing that a form would refuse comes in by this door. The
status is never put back: to publish and to take back are decisions of today.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from directory.comparison import PRECISION
from directory.fitness import lacking, losing_later, said_in_any
from directory.history import (
    Document,
    Fields,
    kept_fields,
    lists_of,
    record_in_bulk,
    remember,
    tied_to,
)
from directory.marked_texts import give_marks
from directory.models import Entry, Status
from directory.picture_field import PictureField
from directory.rows_together import put_together, put_value, put_values
from directory.slugs import free_slug
from directory.translated_texts import agreeing, texts_of
from places.languages import LANGUAGES

NEVER = frozenset({"status", "published_at"})
# They follow the texts.
MARKS = frozenset({"text_marks", "still_right"})


@dataclass
class Restored:
    """``left`` is what could not be put back, each with the reason, in the reader's language."""

    entry: Any = None
    done: int = 0
    keys_left: set[str] = field(default_factory=set)
    _left: list[tuple[Any, Exception]] = field(default_factory=list)
    _lacked: set[str] | None = None
    """What a public entry lacked before; None of an entry that is not public."""

    @property
    def left(self) -> list[tuple[str, str]]:
        return [(str(name), _reason(error)) for name, error in self._left]

    def leave(self, error: Exception, name: Any, key: str) -> None:
        self._left.append((name, error))
        self.keys_left.add(key)

    def refuse_loss(self, entry: Any) -> None:
        """What is public does not lose by this what makes it fit to be."""
        if self._lacked is not None and (lost := set(lacking(entry)) - self._lacked):
            raise ValidationError(losing_later(tuple(lost)))


def restore(
    entry: Entry, document: Document, keys: Iterable[str], comment: str = "", user: Any = None
) -> Restored:
    """Put back the fields and rows named by ``keys``, as ``compare`` names them.

    What the rules refuse is left and reported; the rest is put back.
    """
    with transaction.atomic():
        rows = type(entry)._default_manager.select_for_update(no_key=True)
        entry = rows.get(pk=entry.pk)
        remember([entry])
        outcome = put(entry, document, keys)
        record_in_bulk([entry], comment, user)
    return outcome


def put(entry: Entry, document: Document, keys: Iterable[str]) -> Restored:
    """The same for an entry that is locked, without a version: history is the caller's affair."""
    model, wanted = type(entry), set(keys)
    outcome = Restored(entry)
    with transaction.atomic(), override(LANGUAGES[0]):
        outcome._lacked = set(lacking(entry)) if entry.is_published else None
        fields = [
            each
            for each in kept_fields(model)
            if each.name.removesuffix(PRECISION) in wanted and each.name not in NEVER | MARKS
        ]
        fields = _without_loss(entry, document, fields, outcome)
        _put_back_fields(entry, document, fields, outcome)
        wanted -= _last_sources(entry, document, wanted, outcome)
        _put_back_rows(entry, document, wanted, outcome)
    return outcome


def recover(
    model: type[Entry], document: Document, comment: str = "", user: Any = None
) -> Restored:
    """Make a deleted entry again, with its key, as a draft; if its slug is taken, with another."""
    outcome = Restored()
    with transaction.atomic(), override(LANGUAGES[0]):
        entry: Any = model()
        entry.pk, entry.status = document.pk, Status.DRAFT
        entry.version = document.number + 1
        said = document.fields
        for each in kept_fields(model):
            if each.name not in NEVER and not each.many_to_many and each.name in said:
                put_value(entry, each, said[each.name])
        # Its own, if it is free: the former ones went with the entry.
        entry.slug = free_slug(model, entry.slug, None)
        entry.full_clean()
        entry.save(force_insert=True)
        many = [each for each in kept_fields(model) if each.many_to_many]
        _put_back_fields(entry, document, many, outcome)
        rows = {f"{name}:{pk}" for name, rows in document.lists.items() for pk in rows}
        _put_back_rows(entry, document, rows, outcome)
        outcome.entry = entry
        # Theirs say that the ties went with it.
        record_in_bulk([entry, *tied_to([entry])], comment, user, back=[entry])
    return outcome


# ------------------------------------------------------------------ fields
def _without_loss(
    entry: Any, document: Document, fields: list[Any], outcome: Restored
) -> list[Any]:
    """The fields, without the texts that a public entry would lose by them."""
    if outcome._lacked is None:
        return fields
    after = vars(entry) | {each.name: document.fields.get(each.name) for each in fields}
    for name in {"name", "summary"} - outcome._lacked:
        if not said_in_any(name, after):
            texts = [each for each in fields if each.name.startswith(f"{name}_")]
            error = ValidationError(losing_later((name,)))
            for each in texts:
                outcome.leave(error, each.verbose_name, each.name)
            fields = [each for each in fields if each not in texts]
    return fields


def _put_back_fields(entry: Any, document: Document, fields: list[Any], outcome: Restored) -> None:
    """All at once; where the rules refuse that, one after the other."""
    columns: dict[str, list[Any]] = {}
    for each in fields:
        if not each.many_to_many:
            # A date and its precision are one.
            columns.setdefault(each.name.removesuffix(PRECISION), []).append(each)
    together = [each for group in columns.values() for each in group]
    if not together or not _refused(entry, document, together):
        outcome.done += len(columns)
    else:
        for name, group in columns.items():
            if error := _refused(entry, document, group):
                outcome.leave(error, group[0].verbose_name, name)
            else:
                outcome.done += 1
    for each in fields:
        if each.many_to_many:
            wanted = document.fields.get(each.name) or []
            there = each.related_model._default_manager.filter(pk__in=wanted)
            getattr(entry, each.name).set(there)
            if there.count() < len(wanted):
                gone = _("Something that it refers to is no longer there.")
                outcome.leave(ValidationError(gone), each.verbose_name, each.name)
            outcome.done += 1


def _refused(entry: Any, document: Document, columns: list[Any]) -> Exception | None:
    for each in columns:
        put_value(entry, each, document.fields.get(each.name))
    entry.still_right |= agreeing(entry, document.fields)
    try:
        with transaction.atomic():
            entry.full_clean()
            entry.save()
    except (ValidationError, IntegrityError) as error:
        entry.refresh_from_db()
        return error
    return None


# ------------------------------------------------------------------ rows
def _put_back_rows(entry: Entry, document: Document, wanted: set[str], outcome: Restored) -> None:
    """Rows that others name come first, and go last."""
    lists = sorted(lists_of(type(entry)).items(), key=lambda item: _names_rows(item[1]))
    for name, relation in reversed(lists):
        gone = [pk for pk in _keys(wanted, name) if pk not in document.lists[name]]
        if gone:
            deleted = _rows(relation, entry).filter(pk__in=gone).delete()[1]
            outcome.done += deleted.get(relation.related_model._meta.label, 0)
    for name, relation in lists:
        said = {pk: row for pk in _keys(wanted, name) if (row := document.lists[name].get(pk))}
        # A row with marks is put back by itself.
        plain = {pk: row for pk, row in said.items() if not document.marks.get(f"{name}:{pk}")}
        if plain and put_together(relation, entry, plain):
            outcome.done += len(plain)
            said = {pk: row for pk, row in said.items() if pk not in plain}
        for pk, row in said.items():
            key = f"{name}:{pk}"
            _put_back_row(entry, relation, pk, row, outcome, key, document.marks.get(key, {}))


def _last_sources(
    entry: Entry, document: Document, wanted: set[str], outcome: Restored
) -> set[str]:
    """The sources that are the last of a public entry and would go: they stay, and are reported.

    Whether others come in their place is tried first, since the rules may refuse them.
    """
    sources: Any = lists_of(type(entry))["sources"]
    going = _rows(sources, entry).filter(
        pk__in=[pk for pk in _keys(wanted, "sources") if pk not in document.lists["sources"]]
    )
    if outcome._lacked is None or not (kept := {f"sources:{row.pk}": row for row in going}):
        return set()
    trial = Restored(entry, _lacked=outcome._lacked)
    try:
        with transaction.atomic():
            _put_back_rows(entry, document, wanted, trial)
            trial.refuse_loss(entry)
            transaction.set_rollback(True)
    except ValidationError as error:
        for key, row in kept.items():
            outcome.leave(error, row, key)
        return set(kept)
    return set()


def _names_rows(relation: Any) -> bool:
    fields = relation.related_model._meta.concrete_fields
    targets = (each.related_model for each in fields if each is not relation.field)
    return any(hasattr(target, "belongs_to") for target in targets if target)


def _rows(relation: Any, entry: Entry) -> models.QuerySet:
    rows: models.QuerySet = relation.related_model._default_manager.all()
    return rows.filter(**{relation.field.name: entry.pk})


def _keys(wanted: set[str], name: str) -> list[int]:
    keys = (key.partition(":")[2] for key in wanted if key.startswith(name + ":"))
    return sorted(int(key) for key in keys if key.isascii() and key.isdigit())


def _put_back_row(
    entry: Entry,
    relation: Any,
    pk: int,
    said: Fields,
    outcome: Restored,
    key: str,
    marks: dict[str, Fields],
) -> None:
    model = relation.related_model
    row = _rows(relation, entry).filter(pk=pk).first() or model(pk=pk)
    before = _texts(row)
    put_values(row, relation, entry, said)
    many = {
        each.name: each.related_model._default_manager.filter(pk__in=said.get(each.name) or [])
        for each in model._meta.many_to_many
    }
    try:
        _files_are_there(row)
        with transaction.atomic():
            row.full_clean()
            # Never over a row that has the key by now and belongs to another entry.
            row.save(force_insert=row._state.adding)
            for name, chosen in many.items():
                getattr(row, name).set(chosen)
            if marks and _texts(row) != before:
                give_marks(row, marks)
    except (ValidationError, IntegrityError) as error:
        outcome.leave(error, model._meta.verbose_name, key)
    else:
        outcome.done += 1


def _texts(row: Any) -> list[Any]:
    """Of a row that is not there yet: nothing."""
    model: Any = type(row)
    names = () if row._state.adding else texts_of(model)
    return [getattr(row, f"{name}_{language}") for name in names for language in LANGUAGES]


def _files_are_there(row: models.Model) -> None:
    for each in row._meta.concrete_fields:
        if isinstance(each, PictureField) and not default_storage.exists(
            str(getattr(row, each.attname))
        ):
            raise ValidationError(_("The file of the picture is no longer there."))


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(_("It would break a rule of the database."))
