"""Addresses for programs, outside the languages: what names things, and the whole as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import override
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from directory.negotiation import preferred
from directory.registry import kinds
from exports import catalogue, linked_files, vocabularies
from exports.answering import guarded
from exports.rdf import document
from places.languages import LANGUAGES

SEE_OTHER = 303
# Where a person reads about what is no entry: the view, and the parameter or nothing.
PAGES = {
    "theme": ("theme", ""),
    "city": ("city", ""),
    "region": ("region", ""),
    "province": ("search", "province"),
    "organization-kind": ("orgs:list", "kind"),
    "programme": ("projects:list", "programme"),
}
IN_CATALOGUE = {"dataset", "distribution", "catalog", "publisher", "contact", "service"}


def see_other(address: str) -> HttpResponse:
    """What is named is in the world; that is something about it."""
    response = HttpResponse(status=SEE_OTHER, headers={"Location": address})
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def language_of(request: HttpRequest) -> str:
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wanted = (code.split("-")[0] for code, weight in accepted if weight)
    return next((code for code in wanted if code in LANGUAGES), LANGUAGES[0])


@require_safe
def named(request: HttpRequest, kind: str, name: str = "") -> HttpResponse:
    """``/id/…``: leads to a page in the reader's language, or to data where those are preferred."""
    form = preferred(request)
    with override(language_of(request)):
        if kind in kinds:
            return see_other(of_entry(kind, name, form))
        if kind in IN_CATALOGUE:
            return see_other(f"/catalog.{form or 'ttl'}")
        if kind not in {*PAGES, *vocabularies.SCHEMES, "status"}:
            raise Http404
        if form or kind not in PAGES or not name:
            # Places are many, and only the whole directory has them.
            where = "directory" if kind in ("city", "province", "region") else "vocabularies"
            return see_other(f"/{where}.{form or 'ttl'}")
        view, parameter = PAGES[kind]
        if parameter:
            return see_other(f"{reverse(view)}?{parameter}={name}")
        return see_other(reverse(view, args=[name]))


def of_entry(kind: str, slug: str, form: str) -> str:
    """A former slug names the entry too; what is not published is named by none."""
    found = kinds[kind].model._default_manager.published().formerly(slug).first()
    if found is None:
        raise Http404
    if form:
        return reverse(f"{kinds[kind].namespace}:document", args=[found.slug, form])
    return str(found.get_absolute_url())


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """To the whole in the form that is preferred; to the page about the data otherwise."""
    if form := preferred(request):
        return see_other(f"/directory.{form}")
    with override(language_of(request)):
        return see_other(reverse("sources"))


def form_or_404(form: str) -> str:
    if form not in linked_files.MEDIA_TYPES:
        raise Http404
    return form


@require_safe
def directory_in(request: HttpRequest, form: str) -> HttpResponseBase:
    form = form_or_404(form)
    return guarded(request, form, lambda: linked_files.whole(request, form))


@require_safe
def vocabularies_in(request: HttpRequest, form: str) -> HttpResponse:
    """Eight queries."""
    words = [*vocabularies.words(), *vocabularies.provinces_and_regions()]
    return small(b"".join(document(words, form_or_404(form))), form)


@require_safe
def catalogue_in(request: HttpRequest, form: str) -> HttpResponse:
    return small(b"".join(document(catalogue.nodes(), form_or_404(form))), form)


def small(body: bytes, form: str) -> HttpResponse:
    response = HttpResponse(body, content_type=linked_files.MEDIA_TYPES[form])
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    return response
