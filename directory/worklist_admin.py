"""The worklists in the admin's lists of entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from directory.list_filters import CountsToAThousand
from directory.worklists import Worklist, work_of, worklists_for

PARAMETER = "work"


class WorklistFilter(CountsToAThousand):
    title = _("work")
    parameter_name = PARAMETER

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.offered = {one.slug: one for one in worklists_for(model, request.user)}
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(slug, capfirst(one.label)) for slug, one in self.offered.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not (slug := self.value()):
            return queryset
        if slug not in self.offered:
            raise IncorrectLookupParameters
        return work_of(self.offered[slug], queryset, request.user)


class ByKeys(Paginator):
    """A page is found by its keys, so that no more than its own rows are read and sorted whole.

    One query more for each page.
    """

    whole: Any = None

    def page(self, number: Any) -> Any:
        found = super().page(number)
        found.object_list = self.rows_of(found.object_list)
        return found

    def rows_of(self, listed: Any) -> list[Any]:
        keys = list(listed.values_list("pk", flat=True)) if self.count else []
        rows = {row.pk: row for row in self.whole.filter(pk__in=keys)}
        return [rows[key] for key in keys if key in rows]


class EntryList(ChangeList):
    """What fills no page is found like what fills many: Django does not ask for its page.

    Filters and their choices are read once, where Django reads them again for each that is counted.
    """

    read_filters: Any = None

    def chosen(self) -> Iterator[dict[str, Any]]:
        """The filters in force: what is chosen, and the address without it. Counts are not asked
        for again."""
        counting, self.add_facets = self.add_facets, False
        for spec in self.filter_specs:
            mine = set(self.get_filters_params()).intersection(spec.expected_parameters())
            # The first choice is all.
            for choice in list(spec.choices(self))[1:] if mine else ():
                if choice["selected"]:
                    yield {
                        "title": spec.title,
                        "choice": str(choice["display"]).lstrip("› "),
                        "without": self.get_query_string(remove=mine),
                    }
        self.add_facets = counting

    def get_filters(self, request: HttpRequest) -> Any:
        if self.read_filters is None:
            self.read_filters = super().get_filters(request)
        return self.read_filters

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.multi_page:
            self.result_list = self.paginator.rows_of(self.queryset)


class OpensWorklists(admin.ModelAdmin):
    """A list that ``?work=`` narrows to a worklist, in the order in which it is to be done."""

    def get_changelist(self, request, **kwargs):
        return EntryList

    def get_paginator(self, request, queryset, per_page, orphans=0, allow_empty_first_page=True):
        pages = ByKeys(queryset, per_page, orphans, allow_empty_first_page)
        pages.whole = self.get_queryset(request).order_by()
        return pages

    def get_ordering(self, request: HttpRequest) -> Any:
        chosen = _chosen(self.model, request)
        return (chosen.order if chosen else ()) or super().get_ordering(request)


def _chosen(model: Any, request: HttpRequest) -> Worklist | None:
    slug = request.GET.get(PARAMETER)
    offered = worklists_for(model, request.user) if slug else ()
    return next((one for one in offered if one.slug == slug), None)
