"""First content that can be loaded again and again without harm to what staff did since.

A bundle is a row with the rows that belong to it: an entry with its ties and lists, a theme.
After a load the bundle's digest is kept. A bundle whose digest is another now was edited by
staff and is left alone; one that is gone was deleted by staff, or made one with another, and stays
so.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.serializers.base import DeserializationError
from django.core.serializers.python import Deserializer
from django.db import connection, models, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from modeltranslation.manager import get_translatable_fields_for_model

from directory.history import record_in_bulk, remember
from directory.models import Entry, LoadedBundle
from directory.pairs import Merge
from directory.registry import kind_of
from directory.told import Sentence
from directory.translated_texts import KEPT_BY_THE_DATABASE
from places.languages import LANGUAGES

# What the program or a person stamps, which is not content.
STAMPS = frozenset(
    {
        *("created", "updated", "version", "published_at", "checked_on", "checked_by", "invented"),
        *("text_marks", "still_right", *KEPT_BY_THE_DATABASE),
    }
)
LOCK = 0x_C1_71C
LOADED = Sentence("load_fixtures", _("loaded with the first content"))


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
    """Load the files in order. The caller holds the transaction. Two loads wait for each other.

    Entries that are as the fixtures say then have a version that says so, in one revision.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    report = Report()
    # The bare columns of translated texts take the active language's value.
    with translation.override(LANGUAGES[0]):
        bundles = read(paths)
        for bundle in bundles:
            load_bundle(bundle, report, overwrite)
        done = {*report.created, *report.updated, *report.left}
        record_in_bulk(entries_of(bundle for bundle in bundles if bundle.name in done), LOADED())
    return report


def entries_of(bundles: Iterable[Bundle]) -> list[Entry]:
    """The entries among what bundles are about: a query for each kind."""
    slugs: defaultdict[type[models.Model], list[str]] = defaultdict(list)
    for bundle in bundles:
        slugs[apps.get_model(bundle.label)].append(bundle.key)
    return [
        entry
        for model, keys in slugs.items()
        if issubclass(model, Entry)
        for entry in model._default_manager.filter(former_slugs__slug__in=keys).only("pk")
    ]


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
    gone = existing is None or is_merged(existing, bundle.key)
    if gone and (record is not None or existing is not None):
        report.deleted.append(bundle.name)
        return
    before = digest(existing) if existing is not None else None
    untouched = before is None or (record is not None and record.digest == before)
    if overwrite and not untouched and isinstance(existing, Entry):
        remember([existing])
    savepoint = transaction.savepoint()
    try:
        after = write(bundle, existing)
    except DeserializationError as error:
        if not report.deleted:
            raise BrokenFixture(f"{bundle.name}: {error}") from error
        transaction.savepoint_rollback(savepoint)
        report.skipped.append(bundle.name)
        return
    if before != after and (untouched or overwrite):
        transaction.savepoint_commit(savepoint)
        keep(bundle, after)
        (report.created if existing is None else report.updated).append(bundle.name)
        return
    # Written only to be compared: nothing is to change, not even the stamps.
    transaction.savepoint_rollback(savepoint)
    if before == after:
        keep(bundle, after)
        report.left.append(bundle.name)
    else:
        report.edited.append(bundle.name)


def by_slug(model: type[models.Model], slug: str) -> Any:
    try:
        return model._default_manager.get_by_natural_key(slug)  # type: ignore[attr-defined]
    except model.DoesNotExist:  # type: ignore[attr-defined]
        return None


def is_merged(existing: Any, slug: str) -> bool:
    """Whether the slug leads to another entry, which the one that it named was merged into."""
    if not isinstance(existing, Entry) or existing.slug == slug:
        return False
    kind = kind_of(existing).number
    merged = Merge.objects.standing().filter(kind=kind, lost_slugs__contains=[slug])
    return merged.exists()


def built(row: dict[str, Any]) -> Any:
    (one,) = Deserializer([row])
    return one


def write(bundle: Bundle, existing: Any) -> str:
    """Save the root, then its parts one by one, since a part may name one before it.

    Drops the parts that the bundle no longer has. The digest afterwards.
    """
    root = save(built(bundle.root), existing)
    written: dict[type[models.Model], list[int]] = defaultdict(list)
    for row in bundle.parts:
        one = built(row)
        model = type(one.object)
        known = model._default_manager.filter(pk=one.object.pk).first() if one.object.pk else None
        written[model].append(save(one, known).pk)
    for relation in parts_of(type(root)):
        related = getattr(root, relation.get_accessor_name())
        related.exclude(pk__in=written[relation.related_model]).delete()
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


def content(row: models.Model) -> dict[str, Any]:
    """What a row says, without what the database or the program adds."""
    owner = getattr(type(row), "belongs_to", None)
    said: dict[str, Any] = {"model": row._meta.label_lower}
    for each in content_fields(type(row)):
        if each.name != owner:
            value = getattr(row, each.attname)
            said[each.name] = value if isinstance(value, list | int) else str(value or "")
    for many in row._meta.many_to_many:
        said[many.name] = sorted(one.pk for one in getattr(row, many.name).all())
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
