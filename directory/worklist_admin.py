"""The worklists in the admin's lists of entries."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from directory.worklists import Worklist, work_of, worklists_for

PARAMETER = "work"


class WorklistFilter(admin.SimpleListFilter):
    title = _("work")
    parameter_name = PARAMETER

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.offered = {one.slug: one for one in worklists_for(model, request.user)}
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(slug, capfirst(one.label)) for slug, one in self.offered.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.offered.get(self.value() or "")
        return work_of(chosen, queryset, request.user) if chosen else queryset


class OpensWorklists(admin.ModelAdmin):
    """A list that ``?work=`` narrows to a worklist, in the order in which it is to be done."""

    def get_ordering(self, request: HttpRequest) -> Any:
        chosen = _chosen(self.model, request)
        return (chosen.order if chosen else ()) or super().get_ordering(request)


def _chosen(model: Any, request: HttpRequest) -> Worklist | None:
    slug = request.GET.get(PARAMETER)
    offered = worklists_for(model, request.user) if slug else ()
    return next((one for one in offered if one.slug == slug), None)
