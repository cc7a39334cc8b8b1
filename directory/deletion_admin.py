"""What the page that asks before deleting says: how much goes with a row, what stands in the way.

Django's own page reads every row that goes and asks for the name of each, which takes minutes
for a network of thousands or a word that all entries use. Here rows are counted, and of those that
stand in the way the first are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import ngettext

from directory.surroundings import pointing_at

NAMED_AT_MOST = 20


@dataclass(frozen=True)
class Below:
    """Rows that name what is to be deleted, or name rows that go with it."""

    model: type[models.Model]
    lookup: str
    stands_in_the_way: bool

    def rows(self, pks: Sequence[int]) -> models.QuerySet:
        """Of a table between two others: the rows that have it."""
        rows: models.QuerySet = self.model._default_manager.filter(**{f"{self.lookup}__in": pks})
        owner: Any = self.model._meta.auto_created
        if not owner:
            return rows
        own = next(each for each in self.model._meta.fields if each.related_model is owner)
        return owner._default_manager.filter(pk__in=rows.order_by().values(own.name))


def all_below(model: type[models.Model], lookup: str = "") -> Iterator[Below]:
    """What falls with a row, however far below, and what holds it."""
    for pointing in pointing_at(model):
        relation = pointing.field.remote_field
        named = f"{pointing.field.name}__{lookup}" if lookup else pointing.field.name
        if relation.on_delete is models.PROTECT:
            yield Below(pointing.model, named, stands_in_the_way=True)
        elif relation.on_delete is models.CASCADE:
            yield Below(pointing.model, named, stands_in_the_way=False)
            yield from all_below(pointing.model, named)


class CountsWhatGoes(admin.ModelAdmin):
    """A query for each kind of row that may go, and two where some stand in the way."""

    def get_deleted_objects(self, objs: Any, request: Any) -> Any:
        going = list(objs)
        pks = [row.pk for row in going]
        counts = {self.opts.verbose_name_plural: len(going)}
        lacking = set()
        if not all(self.has_delete_permission(request, row) for row in going):
            lacking.add(self.opts.verbose_name)
        in_the_way: list[Any] = []
        for below in all_below(self.model):
            if below.stands_in_the_way:
                in_the_way.extend(self._some(below.rows(pks)))
            elif not below.model._meta.auto_created and (number := below.rows(pks).count()):
                label = below.model._meta.verbose_name_plural
                counts[label] = counts.get(label, 0) + number
                if not self._may_delete(request, below, pks):
                    lacking.add(below.model._meta.verbose_name)
        return [self._link(row) for row in going], counts, lacking, in_the_way

    def _may_delete(self, request: Any, below: Below, pks: Sequence[int]) -> bool:
        """What has no pages of its own goes with what it belongs to."""
        if not self.admin_site.is_registered(below.model):
            return True
        its_admin = self.admin_site.get_model_admin(below.model)
        return its_admin.has_delete_permission(request, below.rows(pks).first())

    def _some(self, rows: models.QuerySet) -> Iterable[str]:
        """The first, and how many more there are."""
        found = list(rows[: NAMED_AT_MOST + 1])
        yield from map(self._link, found[:NAMED_AT_MOST])
        if len(found) > NAMED_AT_MOST:
            more = rows.order_by().count() - NAMED_AT_MOST
            yield ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}

    def _link(self, row: models.Model) -> str:
        kind = capfirst(row._meta.verbose_name)
        try:
            name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
            address = reverse(name, args=[quote(row.pk)])
            return format_html('{}: <a href="{}">{}</a>', kind, address, row)
        except NoReverseMatch:
            return f"{kind}: {row}"
