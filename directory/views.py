"""The one list view and the one detail view. Kinds differ by attributes and templates only."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from directory.highlights import mark
from directory.listing import PER_PAGE, Listing
from directory.loosening import ways_out
from directory.mixed import listing_of_all
from directory.models import Entry, Status
from directory.moved import moved_to
from directory.negotiation import preferred
from directory.page_numbers import NoSuchPage, page_number
from directory.registry import NotAnswered, documents, formats, kind_of
from directory.search import Words
from places.languages import LANGUAGES, current


class ListingView(TemplateView):
    """Filtered, counted, sorted, paged. ``model`` None lists all kinds together.

    Queries: see ``directory.listing``.
    """

    http_method_names = ["get", "head", "options"]
    model: type[Entry] | None = None

    def get_template_names(self) -> list[str]:
        if self.model is None:
            return [self.template_name or ""]
        label = self.model._meta
        return [f"{label.app_label}/{label.model_name}_list.html"]

    @cached_property
    def listing(self) -> Listing:
        if self.model is None:
            return listing_of_all(self.request.GET)
        kind = kind_of(self.model)
        return Listing(self.request.GET, [kind], kind.filterset)

    def get(  # type: ignore[override]  # a file is streamed
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if name := request.GET.get("format", "").strip():
            return self.in_format(name)
        return super().get(request, *args, **kwargs)

    def in_format(self, name: str) -> HttpResponseBase:
        """The whole of the listing, as ``directory.registry.formats`` knows it; or 400 and a
        sentence."""
        try:
            if name not in formats or not formats[name].suits(self.listing):
                suited = (one.name for one in formats.values() if one.suits(self.listing))
                known = ", ".join(suited)
                said = _("This format is not known; there are %(known)s.") % {"known": known}
                raise NotAnswered(said)
            if problems := self.listing.problems:
                raise NotAnswered(f"{problems[0].label}: {problems[0].message}")
            return formats[name].answer(self.request, self.listing)
        except NotAnswered as refusal:
            return HttpResponse(str(refusal), status=400, content_type="text/plain; charset=utf-8")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = self.listing
        listing.page_number = page_number(self.request)
        pages = Paginator(cast(Any, listing), PER_PAGE)
        try:
            page: Any = pages.page(listing.page_number)
        except (EmptyPage, PageNotAnInteger) as error:
            raise NoSuchPage(pages.num_pages, listing.is_cut) from error
        if listing.words:
            mark(page.object_list, Words(listing.words, current()))
        return super().get_context_data(
            listing=listing,
            page=page,
            entries=page.object_list,
            pages=page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
            kind=kind_of(self.model) if self.model else None,
            indexable=listing.is_indexable,
            **ways_out(listing),
            **kwargs,
        )


class EntryDetailView(TemplateView):
    """A published entry; a former slug redirects, an archived entry is gone with a sentence.

    What is too much for one page goes on at ``?page=2``, without the rest of the entry. In another
    form (``directory.registry.documents``) it is at an address of its own, and here for those who
    accept that form rather than a page.
    """

    http_method_names = ["get", "head", "options"]
    model: type[Entry]

    def get_template_names(self) -> list[str]:
        label = self.model._meta
        return [f"{label.app_label}/{label.model_name}_detail.html"]

    def get(  # type: ignore[override]  # a document may be streamed
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        form = kwargs.get("form") or preferred(request)
        response = self.in_form(form) if form else self.page(request)
        if "form" not in kwargs:
            patch_vary_headers(response, ["Accept"])
        return response

    def in_form(self, form: str) -> HttpResponseBase:
        """As one of ``documents``."""
        slug = self.kwargs["slug"]
        document = documents.get(form)
        if document is None:
            raise Http404(_("There is no such page."))
        entry = self.model._default_manager.published().with_slug(slug).first()
        if entry is None:
            return self.absent(slug)
        if not document.offers(entry):
            raise Http404(_("There is no such page."))
        response = document.answer(self.request, entry)
        response["Content-Location"] = address_in(entry, document.name)
        response["X-Robots-Tag"] = "noindex"
        return response

    def page(self, request: HttpRequest) -> HttpResponse:
        slug = self.kwargs["slug"]
        entry = self.model._default_manager.published().for_detail().with_slug(slug).first()
        if entry is None:
            return self.absent(slug)
        if not kind_of(entry).has_pages or (number := page_number(request)) == 1:
            return self.render_to_response(entry_context(entry))
        try:
            context = continued_context(entry, number)
        except EmptyPage as error:
            raise NoSuchPage from error
        return render(request, "directory/entry_continued.html", context)

    def absent(self, slug: str) -> HttpResponse:
        entries = self.model._default_manager
        if entries.archived().with_slug(slug).exists():
            return render(self.request, "410.html", status=410)
        if moved := entries.published().formerly(slug).first():
            form = self.kwargs.get("form")
            return moved_to(address_in(moved, form) if form else moved.get_absolute_url())
        raise Http404(_("There is no such entry."))


def address_in(entry: Entry, form: str) -> str:
    """Where an entry is in another form than its page."""
    return reverse(f"{entry._meta.app_label}:document", args=[entry.slug, form])


def entry_context(entry: Entry) -> dict[str, Any]:
    """What a detail page shows; the admin's preview of a draft shows the same."""
    kind = kind_of(entry)
    sections = [(section.template, section.load(entry)) for section in kind.sections]
    return {
        "entry": entry,
        "kind": kind,
        "sections": [(template, content) for template, content in sections if content],
        "missing": missing_language(entry),
        "indexable": entry.is_published,
        "is_preview": entry.status != Status.PUBLISHED,
    }


def continued_context(entry: Entry, number: int) -> dict[str, Any]:
    """What a later page of an entry shows: only what goes on there."""
    kind = kind_of(entry)
    [section] = [section for section in kind.sections if section.is_paged]
    content = section.load(entry, number)
    return {
        "entry": entry,
        "kind": kind,
        "template": section.template,
        "content": content,
        "page": content.page,
        "indexable": True,
    }


def missing_language(entry: Entry) -> str:
    """The language the entry's texts are in, where the page's own has none of them."""
    own = current()
    texts = {
        code: any(getattr(entry, f"{name}_{code}") for name in ("summary", "description"))
        for code in LANGUAGES
    }
    return (
        next((code for code in LANGUAGES if code != own and texts[code]), "")
        if not texts[own]
        else ""
    )
