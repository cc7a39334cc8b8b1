"""Which fields of entries hold web addresses, and which entries name an address.

A field says so itself, by its validator: an entry's own and those of its lists. So a new kind of
entry, and a new field, are looked at without being named here. Those within texts are read by
``links.texts``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Value

from directory.addresses import validate_web_address
from directory.models import Entry
from directory.registry import kinds
from links.batches import BATCH
from links.models import Link, Mention
from links.texts import mentioning, uses_in_texts


@dataclass(frozen=True)
class Place:
    """A field that holds web addresses; ``owner`` leads from its row to the entry."""

    kind: type[Entry]
    model: type[models.Model]
    owner: str
    field: str

    @property
    def rows(self) -> models.QuerySet:
        """Addresses on published entries. Plain: nothing here is for a language."""
        rows: models.QuerySet = models.QuerySet(self.model)
        return rows.filter(**{f"{self.owner}status": "published", f"{self.field}__gt": ""})


@dataclass(frozen=True)
class Use:
    """An entry that names an address."""

    kind: type[Entry]
    pk: int
    name: str


@cache
def places() -> tuple[Place, ...]:
    return tuple(found for kind in kinds.values() for found in _places_of(kind.model))


def _places_of(kind: type[Entry]) -> Iterator[Place]:
    for name in _fields(kind):
        yield Place(kind, kind, "", name)
    for relation in kind._meta.related_objects:
        rows: Any = relation.related_model
        if getattr(rows, "belongs_to", None) == relation.field.name:
            for name in _fields(rows):
                yield Place(kind, rows, f"{relation.field.name}__", name)


def _fields(model: type[models.Model]) -> list[str]:
    return [
        each.name
        for each in model._meta.concrete_fields
        if any(validator is validate_web_address for validator in each.validators)
    ]


def new_in_fields() -> Iterator[str]:
    """The addresses in fields of published entries that have no row yet; one may come twice. One
    query for each place: eleven."""
    for place in places():
        known = Link.objects.filter(url=OuterRef(place.field)).order_by()
        new = place.rows.filter(~Exists(known)).order_by()
        yield from new.values_list(place.field, flat=True).distinct().iterator(BATCH)


def no_longer_named() -> models.QuerySet:
    """Addresses in no field of a published entry and, as far as the texts were read, in no text.

    One that staff silenced is left out: its entry may be published again.
    """
    links: models.QuerySet = Link.objects.filter(silenced=False).order_by()
    in_a_text = Mention.objects.filter(link=OuterRef("pk"))
    for rows in (
        in_a_text,
        *(place.rows.filter(**{place.field: OuterRef("url")}) for place in places()),
    ):
        links = links.filter(~Exists(rows.order_by()))
    return links


def uses(urls: Iterable[str]) -> dict[str, list[Use]]:
    """The published entries that name the addresses, each once. Two queries, and one for each
    kind of which a text names one."""
    wanted = list(urls)
    arms = [_arm(number, place, wanted) for number, place in enumerate(places())]
    rows = arms[0].union(*arms[1:], all=True) if wanted else ()
    found: defaultdict[str, dict[Use, None]] = defaultdict(dict)
    for url, number, pk, italian, english, slug in rows:
        found[url][Use(places()[number].kind, pk, italian or english or slug)] = None
    for url, kind, pk, name in uses_in_texts(wanted):
        found[url][Use(kind, pk, name)] = None
    return {url: list(entries) for url, entries in found.items()}


def _arm(number: int, place: Place, urls: list[str]) -> models.QuerySet:
    owner = place.owner
    return (
        place.rows.filter(**{f"{place.field}__in": urls})
        .order_by()
        .values_list(
            F(place.field),
            Value(number, output_field=models.IntegerField()),
            F(f"{owner}pk"),
            F(f"{owner}name_it"),
            F(f"{owner}name_en"),
            F(f"{owner}slug"),
        )
    )


def entries_naming(kind: type[Entry], urls: models.QuerySet) -> models.Q:
    """Entries of a kind, published, that name any of the addresses: a condition."""
    named = (
        place.rows.filter(**{f"{place.field}__in": urls}).order_by().values(f"{place.owner}pk")
        for place in places()
        if place.kind is kind
    )
    # A union is found once, where alternatives would be looked at for each entry.
    return models.Q(pk__in=mentioning(kind, urls).union(*named), status="published")


def with_a_broken_address(entries: Any) -> Any:
    """Published entries that name an address which editors should see to."""
    broken = Link.objects.broken().order_by().values("url")
    return entries.filter(entries_naming(entries.model, broken))
