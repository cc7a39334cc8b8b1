"""Writes an invented directory by COPY, and takes it away again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, OuterRef
from modeltranslation.manager import get_translatable_fields_for_model
from psycopg import sql

from civicnet.invention import vocabulary as words
from civicnet.invention.rows import Batch, City, Inventor, Numbers, Row, Share, Theme, Vocabulary
from civicnet.invention.unhindered import FOREIGN_KEYS, INDEXES, of_tables, without
from directory import models as directory
from directory.statistics import count_anew, count_now
from networks.models import MembershipRole, Network
from orgs.models import Organization, OrganizationKind
from places import models as places
from places.languages import LANGUAGES
from places.slugs import slug_of
from projects.models import FundingProgramme, Participation, PartnerRole, Project

MODELS: tuple[Any, ...] = (Organization, Network, Project)
SEED = 4
# Two at once would each see an empty directory.
LOCK = 0x_C1_71D
# From so many entries on their tables are unhindered, if they are ``TIMES`` as many as are there.
MANY, TIMES = 10_000, 10
PROGRAMME = "inventato-"


class Refused(Exception):
    """The directory is left as it is; the message says why and what may be done."""


def public_number() -> int:
    """How many invented entries are public. Three queries."""
    return sum(model._default_manager.invented().published().count() for model in MODELS)


def real_entries() -> int:
    """How many entries were neither invented nor came with the fixtures. Three queries."""
    number = 0
    for model in MODELS:
        loaded = directory.LoadedBundle.objects.filter(
            model=model._meta.label_lower, key=OuterRef("slug")
        )
        rows = model._default_manager.filter(invented=False).exclude(Exists(loaded))
        number += rows.count()
    return number


@transaction.atomic
def make(number: int, *, seed: int = SEED, beside: bool = False, anew: bool = False) -> bool:
    """Have ``number`` invented entries published, all or none; whether anything was written.

    What is there already is never doubled: the same number is left alone, another is refused
    unless ``anew`` says that it may go. A directory of somebody's own is refused unless
    ``beside`` says that it is meant.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    there = public_number()
    if there == number and not anew:
        return False
    if there and not anew:
        raise Refused(
            f"{there} invented entries are public here already; with --anew they are deleted"
            f" and {number} are made."
        )
    if number and not beside and (real := real_entries()):
        raise Refused(
            f"This directory has {real} entries of its own. Invented ones among them, and a notice"
            " on every page, are put there only with --beside."
        )
    if anew:
        delete()
    if number:
        write(number, seed)
    return True


def write(number: int, seed: int) -> None:
    share = Share.of(number)
    with connection.cursor() as cursor:
        # The indexes of words are written in large strokes. Of this transaction alone.
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        known = vocabulary()
        numbers = Numbers(
            organizations=drawn(Organization, share.organizations + share.unpublished),
            networks=drawn(Network, share.networks),
            projects=drawn(Project, share.projects),
            participations=one_by_one(Participation),
        )
        slugs = {model: all_slugs(model) for model in MODELS}
        counted: set[str] = set()
        tables = unhindered(number)
        indexes = of_tables(cursor, INDEXES, tables)
        with without(cursor, of_tables(cursor, FOREIGN_KEYS, tables)):
            with without(cursor, indexes):
                for batch in ahead(Inventor(seed, share, known, numbers, slugs).batches()):
                    for model, rows in batch.items():
                        copy(cursor, model, rows)
                    fresh = {model._meta.db_table for model in batch} - counted
                    count_now(number, fresh)
                    counted |= fresh
            count_now(number, counted)
            if tables:
                connection.check_constraints()
    count_anew(number, but=counted)


def unhindered(number: int) -> list[str]:
    """The tables to which so many entries are written without indexes and foreign keys, if any."""
    if number < max(MANY, TIMES * sum(model._default_manager.count() for model in MODELS)):
        return []
    written = set(MODELS)
    for model in MODELS:
        for part, _column in belonging(model):
            written |= {part, *(inner for inner, _column in belonging(part))}
    return sorted(model._meta.db_table for model in written)


def ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The next batch is invented while PostgreSQL writes the one before.

    What the invention asks the database it asks over a connection of its own.
    """
    with ThreadPoolExecutor(1, "invention") as inventor:
        try:
            coming = inventor.submit(next, batches, None)
            while batch := coming.result():
                coming = inventor.submit(next, batches, None)
                yield batch
        finally:
            inventor.submit(lambda: connection.close()).result()


def copy(cursor: Any, model: Any, rows: list[Row]) -> None:
    """What a row does not name has the model's default, or the database's."""
    named = {name for row in rows for name in row}
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated and (field.column in named or not field.has_db_default())
    ]
    if "id" not in rows[0]:
        fields.remove(model._meta.pk)
    bare = set(get_translatable_fields_for_model(model) or ())
    plan = [
        (field.column, field.name in bare, as_written(field), default(field)) for field in fields
    ]
    target = sql.SQL("COPY {} ({}) FROM STDIN").format(
        table(model),
        sql.SQL(", ").join(sql.Identifier(column) for column, *_rest in plan),
    )
    first = LANGUAGES[0]
    with cursor.copy(target) as lines:
        for row in rows:
            lines.write_row(
                [
                    written(row[key])
                    if (key := f"{column}_{first}" if is_bare else column) in row
                    else usual
                    for column, is_bare, written, usual in plan
                ]
            )


def as_written(field: models.Field) -> Any:
    return as_json if isinstance(field, models.JSONField) else as_it_is


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def as_it_is(value: Any) -> Any:
    return value


def default(field: models.Field) -> Any:
    return as_written(field)(field.get_default())


def drawn(model: Any, number: int) -> list[int]:
    """Primary keys from the sequence, so that staff can go on after them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, number],
        )
        return [pk for (pk,) in cursor.fetchall()]


def one_by_one(model: Any) -> Iterator[int]:
    """The same where the number is not known before. A query for each thousand."""
    while True:
        yield from drawn(model, 1000)


def all_slugs(model: Any) -> set[str]:
    """Every slug that an entry has or had."""
    history = model._meta.get_field("former_slugs").related_model
    return set(history._default_manager.values_list("slug", flat=True))


def vocabulary() -> Vocabulary:
    """What entries point at, ordered by codes and slugs, which are the same everywhere."""
    known = Vocabulary(
        cities=[
            City(pk, (name, english or name), province, region, population or 0)
            for pk, name, english, province, region, population in places.City.objects.order_by(
                "istat_code"
            ).values_list("pk", "name_it", "name_en", "province", "region", "population")
        ],
        themes=[
            Theme(pk, slug, parent or "")
            for pk, slug, parent in directory.Theme.objects.order_by("slug").values_list(
                "pk", "slug", "parent__slug"
            )
        ],
        kinds=list(OrganizationKind.objects.order_by("slug").values_list("pk", "slug")),
        membership_roles=by_slug(MembershipRole),
        partner_roles=by_slug(PartnerRole),
        programmes=invented_programmes(),
    )
    for what in ("cities", "themes", "kinds", "membership_roles", "partner_roles"):
        if not getattr(known, what):
            raise Refused("Places, themes, kinds and roles are missing: run load_fixtures first.")
    return known


def by_slug(model: Any) -> list[int]:
    return list(model.objects.order_by("slug").values_list("pk", flat=True))


def invented_programmes() -> list[int]:
    found = []
    for order, (italian, english) in enumerate(words.PROGRAMMES):
        programme, _created = FundingProgramme.objects.get_or_create(
            slug=PROGRAMME + slug_of(italian),
            defaults={"name_it": italian, "name_en": english, "order": 900 + order},
        )
        found.append(programme.pk)
    return found


def delete() -> None:
    """All that is invented and all that hangs on it; refused where something real points at it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for model in reversed(MODELS):
                delete_invented(cursor, model)
            FundingProgramme.objects.filter(slug__startswith=PROGRAMME).delete()
            connection.check_constraints()
    except (IntegrityError, models.ProtectedError) as error:
        raise Refused(
            "An entry that is not invented is tied to an invented one; take the tie away first:"
            f" {str(error).splitlines()[0]}"
        ) from error


def delete_invented(cursor: Any, model: Any) -> None:
    """In SQL, parts before wholes: Django would read every row that it deletes."""
    own = sql.SQL("SELECT id FROM {} WHERE invented").format(table(model))
    for part, column in belonging(model):
        owned = sql.SQL("{} IN ({})").format(sql.Identifier(column), own)
        for inner, reference in belonging(part):
            query = sql.SQL("DELETE FROM {} WHERE {} IN (SELECT id FROM {} WHERE {})")
            cursor.execute(
                query.format(table(inner), sql.Identifier(reference), table(part), owned)
            )
        cursor.execute(sql.SQL("DELETE FROM {} WHERE {}").format(table(part), owned))
    cursor.execute(sql.SQL("DELETE FROM {} WHERE invented").format(table(model)))


def table(model: Any) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def belonging(model: Any) -> list[tuple[Any, str]]:
    """The tables whose rows go with a row of the model, and the column that says whose they are.

    A tie that the program protects stays, and refuses.
    """
    found = [
        (many.remote_field.through, f"{model._meta.model_name}_id")
        for many in model._meta.many_to_many
    ]
    for relation in model._meta.related_objects:
        if relation.on_delete is models.CASCADE and relation.related_model._meta.managed:
            found.append((relation.related_model, relation.field.column))
    return found
