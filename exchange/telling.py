"""Values as people read them: names for keys, labels for fields, sentences for reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext

from directory.dates import PartialDate
from directory.models import Theme
from exchange.entries import DATES, KEYS, LISTS, NAME_LISTS, TEXTS
from exchange.why import SENTENCES, sentence
from places.models import City, Province, Region

TARGETS: dict[str, Any] = {
    "city": City,
    "province": Province,
    "region": Region,
    "theme": Theme,
}


class Teller:
    """Tells several dictionaries of values; names are read once for all. A query for each table."""

    def __init__(self, model: Any, *several: dict[str, Any]) -> None:
        self.model = model
        self._targets = dict(TARGETS)
        self._keyed = [each.name for each in model._meta.concrete_fields if each.name in KEYS]
        for name in self._keyed:
            self._targets[name] = model._meta.get_field(name).related_model
        wanted: dict[str, set[int]] = {}
        for said in several:
            for name, pk in self._keys(said):
                wanted.setdefault(name, set()).add(pk)
        self._names = {
            (name, row.pk): str(row)
            for name, pks in wanted.items()
            for row in self._targets[name]._default_manager.filter(pk__in=pks)
        }

    def _keys(self, said: dict[str, Any]) -> Iterable[tuple[str, int]]:
        for name in self._keyed:
            if said.get(name):
                yield name, said[name]
        for pk in said.get("themes", ()):
            yield "theme", pk
        for place in said.get("places", ()):
            kind, _, pk = place.partition(":")
            if pk:
                yield kind, int(pk)

    def label(self, name: str) -> str:
        field: Any = self.model._meta.get_field(name)
        if isinstance(field, models.ForeignObjectRel):
            return capfirst(str(field.related_model._meta.verbose_name_plural))
        return capfirst(str(field.verbose_name))

    def tell(self, name: str, value: Any) -> str:
        if value in (None, "", []):
            return ""
        if name in KEYS:
            return self._names.get((name, value), "")
        if name == "themes":
            return ", ".join(self._names.get(("theme", pk), "") for pk in value)
        if name == "places":
            return ", ".join(self._place(place) for place in value)
        if name == "web_addresses":
            return " ".join(url for url, _kind in value)
        if name == "identifiers":
            return ", ".join(each.partition(":")[2] for each in value)
        if name in NAME_LISTS:
            return ", ".join(value)
        if name in DATES and (date := PartialDate.parse(value)):
            return date.localized
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        field: Any = self.model._meta.get_field(name)
        return str(dict(field.flatchoices).get(value, value)) if field.flatchoices else str(value)

    def _place(self, place: str) -> str:
        kind, _, pk = place.partition(":")
        return self._names.get((kind, int(pk)), "") if pk else gettext("the whole of Italy")


def in_order(names: Iterable[str]) -> list[str]:
    """Names first, then what they say, then how to reach them."""
    order = [f"{text}_{code}" for text in TEXTS for code in ("it", "en")]
    rest = sorted(set(names) - set(order) - {"sources"})
    return [name for name in order if name in names] + [
        *(name for name in rest if name not in LISTS),
        *(name for name in rest if name in LISTS),
    ]


def reasons(why: list[Any], model: Any) -> str:
    """In the language of the page, with the labels of the fields that are named."""
    teller = Teller(model)

    def told(key: str, said: str) -> str:
        if key == "edited":
            said = ", ".join(map(teller.label, filter(None, said.split(", "))))
        return sentence(key, said)

    return "; ".join(told(key, said) for key, said in why if key in SENTENCES)
