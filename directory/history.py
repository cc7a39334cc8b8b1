"""What entries were: a version for each change, whoever made it and by whichever way.

A version is one row of django-reversion: the whole entry with its lists and its ties, in Django's
own form for serialized rows, the entry first. (Reversion's ``follow`` would write a row for each
row that it follows, each time: a network of 500 members 500 of them.) Nothing is written when the
entry is as its last version says. Vocabularies, places and other entries are named by their keys.

Left out are what the database makes by itself, the bare columns of translated texts, and the time
of saving. A row of a list whose text is out of date has, beside its fields, the marks that only its
past explains, so that it has them again when it is put back.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from modeltranslation.manager import get_translatable_fields_for_model
from reversion.models import Revision, Version

from directory.marked_texts import MarkedText
from directory.models import Entry, KeptPicture, Status
from directory.picture_field import PictureField
from directory.registry import kind_of
from directory.told import to_keep
from directory.translated_texts import KEPT_BY_THE_DATABASE
from places.sorting import Unaccented
from staff.events import event, record_all
from staff.models import Event

LEFT_OUT = frozenset({"created", "updated", "version", *KEPT_BY_THE_DATABASE})
BATCH = 500
BECAME = {Status.PUBLISHED: Event.What.PUBLISHED, Status.ARCHIVED: Event.What.ARCHIVED}

Fields = dict[str, Any]


# ------------------------------------------------------------------ what belongs to an entry
@cache
def kept_fields(model: type[models.Model]) -> tuple[Any, ...]:
    """The columns and many-to-many fields that a version holds."""
    bare = set(get_translatable_fields_for_model(model) or ())
    columns = [
        each
        for each in model._meta.concrete_fields
        if not (each.primary_key or each.generated or each.name in LEFT_OUT | bare)
    ]
    return (*columns, *model._meta.many_to_many)


@cache
def lists_of(model: type[Entry]) -> dict[str, Any]:
    """The relations of an entry's rows by name: its own lists, and the ties seen from its end."""
    return {
        str(relation.get_accessor_name()): relation
        for relation in model._meta.related_objects
        if hasattr(relation.related_model, "belongs_to") and not relation.hidden
    }


def register(model: type[Entry]) -> None:
    """For a kind of entry that is ready: after modeltranslation has given it its columns."""
    if not reversion.is_registered(model):
        reversion.register(model, fields=[each.name for each in kept_fields(model)])


# ------------------------------------------------------------------ documents
@dataclass
class Document:
    """What an entry said: its fields, and by list the fields of each row by the row's key.

    ``marks`` are those of rows, by the name of the list and the key: ``milestones:7``.
    """

    pk: int
    fields: Fields
    lists: dict[str, dict[int, Fields]] = field(default_factory=dict)
    marks: dict[str, dict[str, Fields]] = field(default_factory=dict)
    number: int = 0
    """That of its version when it was deleted, for it to count on if it comes back."""

    @classmethod
    def read(cls, model: type[Entry], data: str) -> Document:
        first, *rows = json.loads(data)
        document = cls(first["pk"], first["fields"], {name: {} for name in lists_of(model)})
        document.number = first.get("number", 0)
        names = {
            relation.related_model._meta.label_lower: name
            for name, relation in lists_of(model).items()
        }
        for row in rows:
            # A list that there is no more has nothing to be compared with.
            if name := names.get(row["model"]):
                document.lists[name][row["pk"]] = row["fields"]
                document.marks[f"{name}:{row['pk']}"] = row.get("marks", {})
        return document


def documents(model: type[Entry], pks: Iterable[int]) -> dict[int, str]:
    """The entries as they are now, as versions hold them.

    One query for the entries, one for each list, one for each many-to-many field, and one for the
    marks: fourteen for an organization, however many entries there are.
    """
    plain: models.QuerySet = models.QuerySet(model)
    wanted = list(pks)
    entries = plain.filter(pk__in=wanted).defer(*_not_kept(model))
    parts: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for relation in lists_of(model).values():
        rows: models.QuerySet = models.QuerySet(relation.related_model)
        owner = relation.field.attname
        rows = rows.filter(**{f"{relation.field.name}__in": wanted}).order_by("pk")
        for owner_pk, said in _said(rows, owner):
            parts[owner_pk].append(said)
    _add_marks(model, wanted, parts)
    return {
        pk: json.dumps([said, *parts[pk]], cls=DjangoJSONEncoder, ensure_ascii=False)
        for pk, said in _said(entries.order_by("pk"), "pk")
    }


def _not_kept(model: type[models.Model]) -> list[str]:
    kept = {each.name for each in kept_fields(model)}
    columns = (each for each in model._meta.concrete_fields if not each.primary_key)
    return [each.name for each in columns if each.name not in kept]


def _said(rows: models.QuerySet, owner: str) -> Iterator[tuple[int, dict[str, Any]]]:
    model: Any = rows.model
    found = list(rows)
    many = {each.name: _chosen(each, found) for each in model._meta.many_to_many}
    for row in found:
        fields = {
            each.name: many[each.name][row.pk] if each.many_to_many else _value(each, row)
            for each in kept_fields(model)
        }
        said = {"model": model._meta.label_lower, "pk": row.pk, "fields": fields}
        yield getattr(row, owner), said


def _add_marks(model: type[Entry], entries: list[int], parts: dict[int, list[Any]]) -> None:
    """Of the rows of the entries' own lists, and of ties with texts that belong to their other
    end."""
    said = {(row["model"], row["pk"]): row for rows in parts.values() for row in rows}
    labels = {}
    wanted = models.Q(kind=kind_of(model).number, entry__in=entries)
    for relation in lists_of(model).values():
        row: Any = relation.related_model
        labels[row._meta.db_table] = label = row._meta.label_lower
        if row.belongs_to != relation.field.name and get_translatable_fields_for_model(row):
            keys = [pk for named, pk in said if named == label]
            wanted |= models.Q(list=row._meta.db_table, row__in=keys)
    marked = MarkedText.objects.filter(wanted).that_a_new_row_would_lack()
    for one in marked.order_by("text", "language"):
        if there := said.get((labels.get(one.list), one.row)):
            mark = {"mark": one.mark, "since": one.since, "agreed": one.agreed}
            there.setdefault("marks", {})[f"{one.text}_{one.language}"] = mark


def _value(each: Any, row: models.Model) -> Any:
    value = each.value_from_object(row)
    return str(value) if isinstance(each, models.FileField) else value


def _chosen(many: Any, rows: list[models.Model]) -> dict[int, list[int]]:
    """What each row has chosen of a many-to-many field."""
    mine, other = many.m2m_column_name(), many.m2m_reverse_name()
    through: models.QuerySet = models.QuerySet(many.remote_field.through)
    chosen: dict[int, list[int]] = {row.pk: [] for row in rows}
    pairs = through.filter(**{f"{many.m2m_field_name()}__in": list(chosen)})
    for row, target in pairs.order_by(other).values_list(mine, other):
        chosen[row].append(target)
    return chosen


# ------------------------------------------------------------------ writing versions
def record_in_bulk(
    entries: Iterable[Any],
    comment: str = "",
    user: Any = None,
    *,
    deleted: bool = False,
    back: Iterable[Any] = (),
    unlisted: Iterable[Any] = (),
) -> int:
    """One revision for all the entries as they are now, of whichever kinds; how many were new.

    Call it after writing, in the transaction of the writing. ``comment`` says why: a person's
    words, or what a ``Sentence`` keeps. Nothing is written for an entry that is as its last version
    says. Ties that differ from the last version are written into the versions of their other ends
    too. For each 500 entries of a kind: the queries of ``documents``, one for their last versions,
    one to write. ``deleted`` writes a version in any case: the last before they go; so do those of
    ``back``, which were not there and are again. What was published or taken back is written into
    the audit too; of those in ``unlisted`` the caller writes a line of its own there.
    """
    return _record(entries, comment, user, deleted, is_news=True, back=back, unlisted=unlisted)


def _record(
    entries: Iterable[Any],
    comment: str,
    user: Any,
    deleted: bool,
    *,
    is_news: bool,
    back: Iterable[Any] = (),
    unlisted: Iterable[Any] = (),
) -> int:
    again = {(type(entry), entry.pk) for entry in back}
    silent = {(type(entry), entry.pk) for entry in unlisted}
    by_kind: defaultdict[type[Entry], list[int]] = defaultdict(list)
    for entry in entries:
        by_kind[type(entry)].append(entry.pk)
    written = 0
    touched = Touched()
    with transaction.atomic():
        revision = Revision(date_created=timezone.now(), user=user, comment=to_keep(comment))
        for model, pks in by_kind.items():
            for batch in _batches(pks):
                now = documents(model, batch)
                last = latest(model, now)
                if deleted:
                    now = _with_numbers(model, now)
                else:
                    now = {
                        pk: said
                        for pk, said in now.items()
                        if last.get(pk) != said or (model, pk) in again
                    }
                if not now:
                    continue
                if revision.pk is None:
                    revision.save()
                _write(model, now, revision)
                if is_news:
                    # What was deleted was not public any more, whatever it had been.
                    was = {pk: said for pk, said in last.items() if (model, pk) not in again}
                    told = {pk: said for pk, said in now.items() if (model, pk) not in silent}
                    record_all(audited(model, told, was, user, deleted))
                if is_news and not deleted:
                    touched.add(model, last, now)
                written += len(now)
        touched.leave_out(by_kind)
        record_other_ends(touched, revision)
    return written


def _write(model: type[Entry], now: dict[int, str], revision: Revision) -> None:
    Version.objects.bulk_create(_version(model, pk, said, revision) for pk, said in now.items())
    _keep_pictures(model, now)


def _with_numbers(model: type[Entry], said: dict[int, str]) -> dict[int, str]:
    """What is deleted says how far it had counted: what a form or a table showed of it before must
    not pass for what it is when it is there again."""
    rows: models.QuerySet = models.QuerySet(model)
    numbers = dict(rows.filter(pk__in=said).values_list("pk", "version"))
    found = {}
    for pk, text in said.items():
        first, *more = json.loads(text)
        whole = [first | {"number": numbers[pk]}, *more]
        found[pk] = json.dumps(whole, cls=DjangoJSONEncoder, ensure_ascii=False)
    return found


# ------------------------------------------------------------------ the other end of ties
@cache
def ends_of(row: type[models.Model]) -> tuple[Any, ...]:
    """The columns with which a row names entries: one in a list of its own, more in a tie."""
    return tuple(
        each
        for each in row._meta.concrete_fields
        if isinstance(each, models.ForeignKey) and issubclass(each.related_model, Entry)
    )


class Touched:
    """Entries that others' versions speak of: of each, its ties as they were before, by the kind
    and key of the row, or None where there was no such tie."""

    def __init__(self) -> None:
        self.rows: defaultdict[type[Entry], defaultdict[int, Fields]]
        self.rows = defaultdict(lambda: defaultdict(dict))

    def add(self, model: type[Entry], before: dict[int, str], now: dict[int, str]) -> None:
        """Whatever ties differ between versions of entries of a kind."""
        ties = {
            relation.related_model._meta.label_lower: ends_of(relation.related_model)
            for relation in lists_of(model).values()
            if len(ends_of(relation.related_model)) > 1
        }
        for pk in {*before, *now}:
            old, new = _ties_said(before.get(pk), ties), _ties_said(now.get(pk), ties)
            for key in {*old, *new}:
                if old.get(key) != new.get(key):
                    self._differs(ties[key[0]], key, old.get(key), new.get(key))

    def _differs(self, ends: Iterable[Any], key: Any, old: Any, new: Any) -> None:
        for row in filter(None, (old, new)):
            for each in ends:
                if there := row["fields"].get(each.name):
                    mine = old if old and old["fields"].get(each.name) == there else None
                    self.rows[each.related_model][there][key] = mine

    def leave_out(self, recorded: dict[type[Entry], list[int]]) -> None:
        for model, pks in recorded.items():
            for pk in pks:
                self.rows[model].pop(pk, None)


def _ties_said(said: str | None, ties: dict[str, Any]) -> dict[tuple[str, int], Any]:
    rows = json.loads(said)[1:] if said and ties else []
    return {(row["model"], row["pk"]): row for row in rows if row["model"] in ties}


def record_other_ends(touched: Touched, revision: Revision) -> None:
    """A tie belongs to both its ends, so both have a version that says it, in one revision. What
    an end was that has no version yet is told from what it is and how the ties were.

    For each kind that is touched: the queries of ``documents``, one for the last versions, two to
    write.
    """
    for model, rows in touched.rows.items():
        for batch in _batches(list(rows)):
            now = documents(model, batch)
            last = latest(model, now)
            first = {
                pk: _as_it_was(model, said, rows[pk]) for pk, said in now.items() if pk not in last
            }
            if first:
                earlier = Revision.objects.create(date_created=revision.date_created)
                _write(model, first, earlier)
            now = {pk: said for pk, said in now.items() if (last | first)[pk] != said}
            if now:
                if revision.pk is None:
                    revision.save()
                _write(model, now, revision)


def _as_it_was(model: type[Entry], said: str, ties: Fields) -> str:
    first, *rows = json.loads(said)
    kept = [row for row in rows if (row["model"], row["pk"]) not in ties]
    kept += [row for row in ties.values() if row]
    lists = [relation.related_model._meta.label_lower for relation in lists_of(model).values()]
    kept.sort(key=lambda row: (lists.index(row["model"]), row["pk"]))
    return json.dumps([first, *kept], cls=DjangoJSONEncoder, ensure_ascii=False)


def tied_to(entries: Iterable[Any]) -> list[Entry]:
    """The entries at the other ends of their ties: a query for each kind of tie."""
    by_kind: defaultdict[type[Entry], list[int]] = defaultdict(list)
    for entry in entries:
        by_kind[type(entry)].append(entry.pk)
    found: set[tuple[Any, int]] = set()
    for model, pks in by_kind.items():
        for relation in lists_of(model).values():
            rows: models.QuerySet = models.QuerySet(relation.related_model)
            others = [end for end in ends_of(relation.related_model) if end != relation.field]
            if not others:
                continue
            wanted = rows.filter(**{f"{relation.field.name}__in": pks})
            for keys in wanted.values_list(*(end.attname for end in others)):
                found |= {(end.related_model, key) for end, key in zip(others, keys, strict=True)}
    return [model(pk=pk) for model, pk in found if pk]


def remember(entries: Iterable[Any]) -> None:
    """Before writing: keep what the entries are, if no version says so yet.

    That is so for entries older than their history, and for what was written by other ways.
    """
    _record(entries, "", None, deleted=False, is_news=False)


def audited(
    model: Any, now: dict[int, str], last: dict[int, str], user: Any = None, deleted: bool = False
) -> Iterator[Event]:
    """What the public sees from now on, or no more: lines for the audit, from what entries say and
    what their last versions said."""
    for pk, said in now.items():
        fields = json.loads(said)[0]["fields"]
        before = json.loads(last[pk])[0]["fields"].get("status") if pk in last else None
        what = None
        if deleted:
            what = Event.What.DELETED if fields["status"] == Status.PUBLISHED else None
        elif before != fields["status"]:
            taken = Event.What.TAKEN_BACK if before == Status.PUBLISHED else None
            what = BECAME.get(fields["status"], taken)
        if what:
            yield event(what, user, _called(fields), model(pk=pk))


def _called(fields: Fields) -> str:
    return fields["name_it"] or fields["name_en"] or fields["slug"]


def latest(model: type[Entry], pks: Iterable[int]) -> dict[int, str]:
    """The last version of each entry. One query."""
    versions = Version.objects.get_for_model(model).filter(object_id__in=[str(pk) for pk in pks])
    last = versions.order_by("object_id", "-pk").distinct("object_id")
    return {int(pk): said for pk, said in last.values_list("object_id", "serialized_data")}


def _batches(pks: list[int]) -> Iterator[list[int]]:
    left = iter(dict.fromkeys(pks))
    while batch := list(islice(left, BATCH)):
        yield batch


def _version(model: type[Entry], pk: int, said: str, revision: Revision) -> Version:
    fields = json.loads(said)[0]["fields"]
    return Version(
        revision=revision,
        content_type=ContentType.objects.get_for_model(model),
        object_id=str(pk),
        db=DEFAULT_DB_ALIAS,
        format="json",
        serialized_data=said,
        object_repr=_called(fields),
    )


def _keep_pictures(model: type[Entry], now: dict[int, str]) -> None:
    """A picture that a version names can be recovered, so its files stay."""
    lists = [
        (name, each.name)
        for name, relation in lists_of(model).items()
        for each in relation.related_model._meta.concrete_fields
        if isinstance(each, PictureField)
    ]
    kept = {}
    for said in now.values():
        document = Document.read(model, said)
        for name, picture in lists:
            for row in document.lists[name].values():
                kept[row[picture]] = KeptPicture(image=row[picture], widths=row["widths"])
    KeptPicture.objects.bulk_create(kept.values(), ignore_conflicts=True)


# ------------------------------------------------------------------ reading versions
def versions_of(entry: Entry) -> models.QuerySet:
    """The newest first, with who wrote them."""
    return Version.objects.get_for_object(entry).select_related("revision__user").order_by("-pk")


def deleted(model: type[Entry], words: str = "") -> models.QuerySet:
    """The last version of each entry that is no more, the latest deleted first; of those whose name
    has all of the words somewhere, if any are said."""
    gone = Version.objects.get_deleted(model)
    for word in words.split():
        plain = Lower(Unaccented(models.Value(word)))
        gone = gone.alias(called=Lower(Unaccented("object_repr"))).filter(called__contains=plain)
    return gone.select_related("revision__user").order_by("-pk")
