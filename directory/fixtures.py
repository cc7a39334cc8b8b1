"""First content that can be loaded again and again without harm to what staff did since.

A bundle is a row with the rows that belong to it: an entry with its ties and lists, a theme.
After a load the bundle's digest is kept. A bundle whose digest is another now was edited by
staff and is left alone; one that is gone was deleted by staff and stays so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.serializers.base import DeserializationError
from django.core.serializers.python import Deserializer
from django.db import connection, models
from modeltranslation.manager import get_translatable_fields_for_model

from directory.models import LoadedBundle

# What the program or a person stamps, which is not content.
STAMPS = frozenset({"created", "updated", "published_at", "checked_on", "checked_by"})
LOCK = 0x_C1_71C


class BrokenFixture(Exception):
    """A fixture that cannot be read, or that names what does not exist."""


@dataclass
class Report:
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


@dataclass
class Bundle:
    label: str
    key: str
    root: dict[str, Any]
    parts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.label} {self.key}"


def load(paths: Iterable[Path], *, overwrite: bool = False) -> Report:
    """Load the files in order. The caller holds the transaction. Two loads wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    report = Report()
    for bundle in read(paths):
        load_bundle(bundle, report, overwrite)
    return report


def read(paths: Iterable[Path]) -> list[Bundle]:
    bundles: dict[tuple[str, str], Bundle] = {}
    for path in paths:
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise BrokenFixture(f"{path.name}: {error}") from error
        for row in rows:
            model = apps.get_model(row["model"])
            owner = getattr(model, "belongs_to", None)
            if owner is None:
                bundle = Bundle(model._meta.label_lower, row["fields"]["slug"], row)
                bundles[bundle.label, bundle.key] = bundle
                continue
            target = model._meta.get_field(owner).related_model._meta.label_lower
            try:
                bundles[target, row["fields"][owner][0]].parts.append(row)
            except KeyError as error:
                raise BrokenFixture(f"{path.name}: {row} belongs to nothing before it") from error
    return list(bundles.values())


def load_bundle(bundle: Bundle, report: Report, overwrite: bool) -> None:
    model = apps.get_model(bundle.label)
    record = LoadedBundle.objects.filter(model=bundle.label, key=bundle.key).first()
    existing = by_slug(model, bundle.key)
    if existing is None and record is not None:
        report.deleted.append(bundle.name)
        return
    try:
        wanted = [built(row) for row in [bundle.root, *bundle.parts]]
    except DeserializationError as error:
        if not report.deleted:
            raise BrokenFixture(f"{bundle.name}: {error}") from error
        report.skipped.append(bundle.name)
        return
    if existing is None:
        keep(bundle, write(wanted, None))
        report.created.append(bundle.name)
        return
    now = digest(existing)
    if now == digest_of([content(one.object, one.m2m_data) for one in wanted]):
        keep(bundle, now)
        report.left.append(bundle.name)
    elif overwrite or (record is not None and record.digest == now):
        keep(bundle, write(wanted, existing))
        report.updated.append(bundle.name)
    else:
        report.edited.append(bundle.name)


def by_slug(model: type[models.Model], slug: str) -> Any:
    try:
        return model._default_manager.get_by_natural_key(slug)  # type: ignore[attr-defined]
    except model.DoesNotExist:  # type: ignore[attr-defined]
        return None


def built(row: dict[str, Any]) -> Any:
    (one,) = Deserializer([row])
    return one


def write(wanted: list[Any], existing: Any) -> str:
    """Save a bundle's rows, drop the rows it no longer has; its digest afterwards."""
    root = save(wanted[0], existing)
    for relation in parts_of(type(root)):
        mine = [one for one in wanted[1:] if type(one.object) is relation.related_model]
        for one in mine:
            setattr(one.object, relation.field.name, root)
        kept = {one.object.pk for one in mine} - {None}
        related = getattr(root, relation.get_accessor_name())
        related.exclude(pk__in=kept).delete()
        for one in mine:
            save(one, related.filter(pk=one.object.pk).first() if one.object.pk else None)
    return digest(type(root)._default_manager.get(pk=root.pk))


def save(one: Any, existing: Any) -> Any:
    row = one.object
    if existing is not None:
        for each in content_fields(type(row)):
            setattr(existing, each.attname, getattr(row, each.attname))
        row = existing
    row.save()
    for name, values in one.m2m_data.items():
        getattr(row, name).set(values)
    return row


def parts_of(model: type[models.Model]) -> list[Any]:
    """The relations of the rows that belong to rows of a model."""
    return [
        relation
        for relation in model._meta.related_objects
        if getattr(relation.related_model, "belongs_to", None) == relation.field.name
    ]


def content_fields(model: type[models.Model]) -> list[Any]:
    bare = set(get_translatable_fields_for_model(model) or ())
    return [
        each
        for each in model._meta.concrete_fields
        if not (each.primary_key or each.generated or each.name in STAMPS or each.name in bare)
    ]


def content(row: models.Model, m2m: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a row says, without what the database or the program adds."""
    owner = getattr(type(row), "belongs_to", None)
    said: dict[str, Any] = {"model": row._meta.label_lower}
    for each in content_fields(type(row)):
        if each.name != owner:
            value = getattr(row, each.attname)
            said[each.name] = value if isinstance(value, list | int) else str(value or "")
    for many in row._meta.many_to_many:
        rows = (m2m or {}).get(many.name, ()) if m2m is not None else getattr(row, many.name).all()
        said[many.name] = sorted(getattr(one, "pk", one) for one in rows)
    return said


def digest(root: models.Model) -> str:
    rows = [content(root)]
    for relation in parts_of(type(root)):
        rows.extend(content(row) for row in getattr(root, relation.get_accessor_name()).all())
    return digest_of(rows)


def digest_of(rows: list[dict[str, Any]]) -> str:
    told = sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def keep(bundle: Bundle, now: str) -> None:
    LoadedBundle.objects.update_or_create(
        model=bundle.label, key=bundle.key, defaults={"digest": now}
    )
