"""Versions of what imports write: in bulk, one revision for a batch, as ``directory.history`` keeps
them. Of new entries they are made from what was written, without reading it again."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, models
from django.utils import timezone
from reversion.models import Revision, Version

from directory.history import (
    Touched,
    audited,
    documents,
    kept_fields,
    latest,
    lists_of,
    record_other_ends,
    remember,
)
from exchange.entries import Written, insert, standing
from staff.events import record_all


class Kept(NamedTuple):
    """What a version says of an entry, and what the entry is called."""

    said: str
    called: str


Documents = dict[int, Kept]


def of_new(model: Any, written: Written) -> Documents:
    """What ``directory.history.documents`` would say of the new entries. No query."""
    parts: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for relation in lists_of(model).values():
        child = relation.related_model
        owner = relation.field.column
        for row in written.get(child, ()):
            parts[row[owner]].append(_said(child, row, {}))
    chosen: defaultdict[int, dict[str, list[int]]] = defaultdict(dict)
    for many in model._meta.many_to_many:
        mine, other = many.m2m_column_name(), many.m2m_reverse_name()
        for row in written.get(many.remote_field.through, ()):
            chosen[row[mine]].setdefault(many.name, []).append(row[other])
    return {
        row["id"]: Kept(
            json.dumps(
                [_said(model, row, chosen[row["id"]]), *parts[row["id"]]],
                cls=DjangoJSONEncoder,
                ensure_ascii=False,
            ),
            row.get("name_it") or row.get("name_en") or row["slug"],
        )
        for row in written.get(model, ())
    }


def _said(model: Any, row: dict[str, Any], chosen: dict[str, list[int]]) -> dict[str, Any]:
    otherwise = standing(model)
    fields = {}
    for each in kept_fields(model):
        if each.many_to_many:
            fields[each.name] = sorted(chosen.get(each.name, ()))
            continue
        value = row[each.column] if each.column in row else otherwise[each.column]
        if value and isinstance(each, models.DateTimeField):
            value = datetime.datetime.fromisoformat(value)
        fields[each.name] = value
    return {"model": model._meta.label_lower, "pk": row["id"], "fields": fields}


def before_change(model: Any, pks: Iterable[int]) -> None:
    """Keep what the entries are, if no version says so yet."""
    remember(model(pk=pk) for pk in pks)


def record(
    model: Any, new: Documents, changed: Iterable[int], comment: str, user: Any = None
) -> None:
    """One revision: the new entries, and the changed ones as they are now."""
    now = documents(model, changed)
    last = latest(model, now) if now else {}
    written = new | {
        pk: Kept(said, _called(said)) for pk, said in now.items() if last.get(pk) != said
    }
    if not written:
        return
    revision = Revision.objects.create(date_created=timezone.now(), user=user, comment=comment)
    kind = ContentType.objects.get_for_model(model).pk
    insert(
        Version,
        [
            {
                "revision_id": revision.pk,
                "content_type_id": kind,
                "object_id": str(pk),
                "db": DEFAULT_DB_ALIAS,
                "format": "json",
                "serialized_data": kept.said,
                "object_repr": kept.called,
            }
            for pk, kept in written.items()
        ],
    )
    record_all(audited(model, {pk: kept.said for pk, kept in written.items()}, last, user))
    touched = Touched()
    # What is made of what was written has no ties.
    touched.add(model, last, {pk: said for pk, said in now.items() if pk in written})
    touched.leave_out({model: list(written)})
    record_other_ends(touched, revision)


def _called(said: str) -> str:
    fields = json.loads(said)[0]["fields"]
    return fields["name_it"] or fields["name_en"] or fields["slug"]
