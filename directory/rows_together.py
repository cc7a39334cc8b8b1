"""What a row says put back, for one row or for many rows of one list at once: those in as many
queries for two as for two hundred.

Of many, the rules that need no query are asked of each row, the others are the database's. Where
any of them refuses, nothing is written, and the caller puts back one row after the other to learn
which.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from directory.history import Fields, kept_fields
from directory.picture_field import PictureField

Keys = dict[type[models.Model], set[int]]
"""Those that are there, by table."""


def put_value(row: Any, each: Any, value: Any, there: Keys | None = None) -> None:
    """What a version says in a field. A key that may be empty and names what is gone is left empty;
    whether it is gone is one query, unless all keys are known."""
    if each.remote_field and each.null and value:
        target = each.related_model
        if there is None:
            is_there = target._default_manager.filter(pk=value).exists()
        else:
            is_there = value in there[target]
        value = value if is_there else None
    elif not each.remote_field:
        value = each.to_python(value)
    if value is None and not each.null:
        value = each.get_default()
    setattr(row, each.attname, value)


def put_values(
    row: Any, relation: Any, entry: Any, said: Fields, there: Keys | None = None
) -> None:
    """What a version says in the fields of a row of ``entry``, but what is chosen among many."""
    for each in kept_fields(relation.related_model):
        if each is not relation.field and not each.many_to_many:
            put_value(row, each, said.get(each.name), there)
    setattr(row, relation.field.attname, entry.pk)


def put_together(relation: Any, entry: Any, said: dict[int, Fields]) -> bool:
    """Rows of ``entry`` by their keys, new ones or those that are there; whether it was done.

    A query for each table that the rows name, and for each many-to-many field three at most.
    Pictures are never put back like this: each has files to be looked for.
    """
    model: Any = relation.related_model
    if any(isinstance(each, PictureField) for each in model._meta.concrete_fields):
        return False
    rows: models.QuerySet = models.QuerySet(model)
    stored = rows.filter(**{relation.field.name: entry.pk}).in_bulk(said)
    there = _keys_that_are_there(model, said)
    try:
        made = [
            _said_by(relation, stored.get(pk) or model(pk=pk), entry, row, there)
            for pk, row in said.items()
        ]
        with transaction.atomic():
            # Never over a row that has the key by now and belongs to another entry.
            rows.bulk_create([row for row in made if row._state.adding])
            columns = [
                each.name
                for each in model._meta.concrete_fields
                if not (each.primary_key or each.generated)
            ]
            rows.bulk_update([row for row in made if row.pk in stored], columns)
            for each in model._meta.many_to_many:
                _choose(each, {pk: set(row.get(each.name) or []) for pk, row in said.items()})
    except (ValidationError, IntegrityError):
        return False
    return True


def _keys_that_are_there(model: type[models.Model], said: dict[int, Fields]) -> Keys:
    wanted: defaultdict[type[models.Model], set[int]] = defaultdict(set)
    for each in kept_fields(model):
        if each.remote_field:
            for row in said.values():
                value = row.get(each.name)
                keys = value if isinstance(value, list) else [value]
                wanted[each.related_model].update(key for key in keys if key)
    return {
        target: set(models.QuerySet(target).filter(pk__in=keys).values_list("pk", flat=True))
        for target, keys in wanted.items()
    }


def _said_by(relation: Any, row: Any, entry: Any, said: Fields, there: Keys) -> Any:
    """A row that says what a version says. What it must name is to be there."""
    put_values(row, relation, entry, said, there)
    named = [each for each in kept_fields(relation.related_model) if each.remote_field]
    for each in named:
        value = said.get(each.name)
        wanted = set(value or []) if each.many_to_many else {value}
        may_lack = each is relation.field or (not each.many_to_many and each.null)
        if not may_lack and wanted - there[each.related_model]:
            raise ValidationError(each.name)
    row.clean_fields(exclude=[each.name for each in named])
    row.clean()
    return row


def _choose(each: Any, wanted: dict[int, set[int]]) -> None:
    """What each row names by a many-to-many field."""
    through = each.remote_field.through
    mine, others = each.m2m_field_name(), each.m2m_reverse_field_name()
    pairs: models.QuerySet = models.QuerySet(through)
    rows = pairs.filter(**{f"{mine}__in": list(wanted)})
    known = set(rows.values_list("pk", f"{mine}_id", f"{others}_id"))
    gone = [pk for pk, row, other in known if other not in wanted[row]]
    if gone:
        pairs.filter(pk__in=gone).delete()
    named = {(row, other) for _pk, row, other in known}
    pairs.bulk_create(
        through(**{f"{mine}_id": row, f"{others}_id": other})
        for row, others_of in wanted.items()
        for other in sorted(others_of)
        if (row, other) not in named
    )
