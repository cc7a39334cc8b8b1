"""The answers of ``/api/v1/``. Read-only; every list is paged by a cursor."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.generic import View

from api import asking, entries, ties
from api.problems import BadRequest, problem
from api.vocabularies import VOCABULARIES
from directory.moved import moved_to
from directory.registry import Kind, kinds
from exports.formats import attribution

PLURALS = {"organizations": "organization", "networks": "network", "projects": "project"}


class Answer(View):
    """JSON, or a problem of status 400 where something was not understood."""

    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]
        except BadRequest as refusal:
            return problem(400, str(refusal))


def answered(content: Any) -> HttpResponse:
    return HttpResponse(json.dumps(content, ensure_ascii=False), content_type="application/json")


def paged(
    request: HttpRequest, found: list[dict[str, Any]], cursor: str, **more: Any
) -> HttpResponse:
    return answered({**attribution(), **more, "next": next_of(request, cursor), "results": found})


def next_of(request: HttpRequest, cursor: str) -> str | None:
    """The address of the next page: the same parameters, and where it begins."""
    if not cursor:
        return None
    asked: QueryDict = request.GET.copy()
    asked["cursor"] = cursor
    return f"{settings.BASE_URL}{request.path}?{asked.urlencode()}"


class RootView(Answer):
    """Where everything is."""

    def get(self, request: HttpRequest) -> HttpResponse:
        names = [*PLURALS, *VOCABULARIES, "ties", "schema", "docs"]
        links = {name: settings.BASE_URL + reverse(f"api:{name}") for name in names}
        return answered({**attribution(), "links": links})


class EntriesView(Answer):
    """Five queries at most, and one for each model that is expanded."""

    kind = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        kind, data = kinds[self.kind], request.GET
        columns, size = entries.columns(kind, data), asking.page_size(data)
        expanded = asking.chosen(data, "expand", entries.expandable(kind))
        listing = entries.listing_of(kind, data)
        ids, cursor = entries.keys(listing, asking.one(data, "cursor"), size)
        found = entries.records(kind, ids, columns)
        entries.expand(found, expanded)
        return paged(request, found, cursor, count=entries.total(listing))


class EntryView(Answer):
    """A former slug redirects, an archived entry is 410."""

    kind = ""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        kind, data = kinds[self.kind], request.GET
        columns = entries.columns(kind, data)
        expanded = asking.chosen(data, "expand", entries.expandable(kind))
        rows = kind.model._default_manager
        entry = rows.published().with_slug(slug).first()
        if entry is None:
            return self.absent(kind, slug)
        found = entries.records(kind, [entry.pk], columns)
        entries.expand(found, expanded)
        return answered({**found[0], "licence": settings.LICENCE_URL})

    def absent(self, kind: Kind, slug: str) -> HttpResponse:
        rows = kind.model._default_manager
        if rows.archived().with_slug(slug).exists():
            return problem(410)
        if moved := rows.published().formerly(slug).first():
            name = f"api:{kind.key}"
            address = reverse(name, args=[moved.slug])
            if asked := self.request.GET:
                address += "?" + urlencode(list(asked.lists()), doseq=True)
            return moved_to(address)
        raise Http404


class VocabularyView(Answer):
    vocabulary = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        data = request.GET
        size, cursor = asking.page_size(data), asking.one(data, "cursor")
        found, after = VOCABULARIES[self.vocabulary].page(data, cursor, size)
        return paged(request, found, after)


class TermView(Answer):
    vocabulary = ""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = VOCABULARIES[self.vocabulary].one(slug)
        if found is None:
            raise Http404
        return answered({**found, "licence": settings.LICENCE_URL})


class TiesView(Answer):
    def get(self, request: HttpRequest) -> HttpResponse:
        data = request.GET
        size, cursor = asking.page_size(data), asking.one(data, "cursor")
        return paged(request, *ties.page(data, cursor, size))
