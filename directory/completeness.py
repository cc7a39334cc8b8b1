"""How much of what a visitor looks for an entry says: wishes with weights, and a share of them.

``WISHES`` are those of every kind; a kind states its own as ``own_wishes``. All are asked of the
database in one query, for one entry or for a page of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.fitness import says

YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Wish:
    """``met`` gives the condition of the database; ``field`` is where the form asks for it: an
    input by its name, or a list by the name of its relation."""

    label: Any
    weight: int
    met: Callable[[type[models.Model]], Any]
    field: str = ""
    is_list: bool = False
    is_needed: bool = False

    @property
    def anchor(self) -> str:
        return f"{self.field}-heading" if self.is_list else f"id_{self.field}"


def text(name: str, language: str) -> Callable[[Any], Q]:
    return lambda model: Q(**{f"{name}_{language}__gt": ""})


def filled(name: str) -> Callable[[Any], Q]:
    """A key that is not empty."""
    return lambda model: Q(**{f"{name}__isnull": False})


def has_rows(name: str, *conditions: Q) -> Callable[[Any], Exists]:
    def met(model: Any) -> Exists:
        relation = model._meta.get_field(name)
        rows = relation.related_model._default_manager.filter(*conditions)
        return Exists(rows.filter(**{relation.field.name: OuterRef("pk")}))

    return met


def has_themes(model: Any) -> Exists:
    rows = model.themes.through._default_manager
    return Exists(rows.filter(**{model._meta.model_name: OuterRef("pk")}))


def checked_this_year(model: Any) -> Q:
    return Q(checked_on__gt=timezone.localdate() - YEAR)


DESCRIBED = Q(decorative=True) | says("alt")

WISHES = (
    Wish(_("name"), 15, lambda model: says("name"), "name_it", is_needed=True),
    Wish(_("summary in Italian"), 10, text("summary", "it"), "summary_it"),
    Wish(_("summary in English"), 10, text("summary", "en"), "summary_en"),
    Wish(_("description in Italian"), 10, text("description", "it"), "description_it"),
    Wish(_("description in English"), 10, text("description", "en"), "description_en"),
    Wish(_("themes"), 10, has_themes, "themes"),
    Wish(
        _("picture with an alternative text"),
        5,
        has_rows("pictures", DESCRIBED),
        "pictures",
        is_list=True,
    ),
    Wish(_("source"), 15, has_rows("sources"), "sources", is_list=True, is_needed=True),
    Wish(_("web address"), 5, has_rows("web_addresses"), "web_addresses", is_list=True),
    Wish(_("checked within a year"), 10, checked_this_year, "checked_on"),
)
PLACES = Wish(_("place"), 10, has_rows("places"), "places", is_list=True)
"""For kinds that have no seat."""


def wishes_of(model: Any) -> tuple[Wish, ...]:
    return (*WISHES, *model.own_wishes)


@dataclass(frozen=True)
class Completeness:
    wishes: tuple[Wish, ...]
    met: tuple[bool, ...]

    @property
    def percent(self) -> int:
        got = sum(wish.weight for wish, met in zip(self.wishes, self.met, strict=True) if met)
        return got * 100 // sum(wish.weight for wish in self.wishes)

    @property
    def missing(self) -> list[Wish]:
        """The weightiest first."""
        unmet = [wish for wish, met in zip(self.wishes, self.met, strict=True) if not met]
        return sorted(unmet, key=lambda wish: (not wish.is_needed, -wish.weight))

    @property
    def total(self) -> int:
        return sum(wish.weight for wish in self.wishes)


def of_nothing(model: Any) -> Completeness:
    """Of an entry that is not there yet."""
    wishes = wishes_of(model)
    return Completeness(wishes, (False,) * len(wishes))


def completeness(model: Any, pks: Iterable[int]) -> dict[int, Completeness]:
    """One query, however many entries."""
    wishes = wishes_of(model)
    rows: models.QuerySet = models.QuerySet(model)
    asked = {
        f"met_{number}": Case(
            When(wish.met(model), then=True), default=False, output_field=models.BooleanField()
        )
        for number, wish in enumerate(wishes)
    }
    found = rows.filter(pk__in=list(pks)).annotate(**asked).values_list("pk", *asked)
    return {pk: Completeness(wishes, tuple(met)) for pk, *met in found}
