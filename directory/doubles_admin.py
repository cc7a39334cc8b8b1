"""The admin's side of doubles: shown beside the form while somebody types, listed, decided."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.doubles import REASONS, Asked, Double, likely, likely_of
from directory.history_admin import KeepsHistory
from directory.pairs import Distinction, SuspectedDouble, pair_of
from directory.registry import kind_of
from directory.roles import may_edit
from places.languages import LANGUAGES
from places.models import City

ADDRESS = re.compile(r"web_addresses-(\d{1,4})-url")
CODE = re.compile(r"identifiers-(\d{1,4})-value")
PLACE = re.compile(r"places-(\d{1,4})-(city|province)")
PAIRS_SHOWN = 50
LONGEST = 500
MOST = 20


def number(said: str | None) -> int:
    """A key that somebody sent; 0 for what can be none."""
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 19 else 0


def may_tell_apart(user: Any, *entries: Any) -> bool:
    """Whoever may edit both: it ends the suspicion of each."""
    return all(may_edit(user, entry) for entry in entries)


def asked_in(data: Any, entry: int = 0) -> Asked:
    """What a form that is not saved yet says: one query, for the cities."""

    def said(name: str) -> str:
        return " ".join(data.get(name, "").replace("\x00", " ").split())[:LONGEST]

    asked = Asked(entry=entry)
    asked.names = [name for code in LANGUAGES if (name := said(f"name_{code}"))]
    cities = {number(said("city"))}
    for key in data:
        row, _dash, _rest = key.rpartition("-")
        if not said(key) or data.get(f"{row}-DELETE"):
            continue
        if ADDRESS.fullmatch(key) and len(asked.urls) < MOST:
            asked.urls.append(said(key))
        elif CODE.fullmatch(key) and len(asked.codes) < MOST:
            asked.codes.append((said(f"{row}-scheme"), said(key)))
        elif PLACE.fullmatch(key) and len(cities) < MOST:
            if key.endswith("city"):
                cities.add(number(said(key)))
            else:
                asked.provinces.append(number(said(key)))
    asked.cities = list(City.objects.filter(pk__in=cities - {0}))
    return asked


class ShowsDoubles(KeepsHistory):
    """Never refuses: two entries may bear one name, and branches share a code."""

    class Media:
        js = ("admin/js/jquery.init.js", "admin-civicnet/doubles.js")

    def get_urls(self) -> list[URLPattern]:
        def page(address: str, view: Any, name: str) -> URLPattern:
            return path(address, self.admin_site.admin_view(view), name=self._page_name(name))

        return [
            page("doubles/", self.doubles_view, "doubles"),
            page("suspected/", self.suspected_view, "suspected"),
            page("<path:object_id>/two/", self.two_view, "two"),
            *super().get_urls(),
        ]

    # ---------------------------------------------------------------- beside the form
    def doubles_view(self, request: HttpRequest) -> HttpResponse:
        """What is typed as parameters, named like the form's inputs; a piece of a page.

        Seven queries: the cities, one for each reason, what was said, the entries.
        """
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = asked_in(request.GET, number(request.GET.get("entry")))
        doubles = self._named(request, likely(self.model, asked)) if asked else []
        context = {"doubles": doubles, "opts": self.opts, "entry_pk": asked.entry}
        response = render(request, "admin/directory/doubles.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def _named(self, request: HttpRequest, doubles: list[Double]) -> list[Double]:
        """With the entries themselves, as far as this person sees them."""
        entries = self.get_queryset(request).in_bulk([double.pk for double in doubles])
        for double in doubles:
            double.entry = entries.get(double.pk)
            double.where = self.where(double.entry) if double.entry else ""
        return [double for double in doubles if double.entry]

    def where(self, entry: Any) -> str:
        if hasattr(entry, "city"):
            return str(entry.city or "")
        return ", ".join(str(place) for place in entry.places.all())

    def render_change_form(self, request, context, *args, **kwargs):
        """For those without scripts: when a form opens, and when it comes back."""
        entry = context.get("original")
        if entry is None or self.has_change_permission(request, entry):
            if request.method == "POST":
                asked = asked_in(request.POST, entry.pk if entry else 0)
                found = likely(self.model, asked) if asked else []
            else:
                found = likely_of(entry) if entry else []
            context["doubles"] = self._named(request, found)
            context["doubles_url"] = reverse(f"admin:{self._page_name('doubles')}")
            context["entry_pk"] = entry.pk if entry else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request, obj, post_url_continue=None):
        for double in self._named(request, likely_of(obj)):
            sentence = format_html(
                '{} <a href="{}">{}</a> ({}).',
                gettext("This may be a double of"),
                self._page("change", double.entry),
                self.choice_label(double.entry),  # type: ignore[attr-defined]
                ", ".join(map(str, double.reasons)),
            )
            self.message_user(request, sentence, messages.WARNING)
        return super().response_add(request, obj, post_url_continue)

    # ---------------------------------------------------------------- the whole directory
    def suspected_view(self, request: HttpRequest) -> HttpResponse:
        """Pairs that may be one, and those that somebody said are two, each in pages of its own.
        Nine queries."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind = kind_of(self.model).number
        pairs = Paginator(SuspectedDouble.objects.open().filter(kind=kind), PAIRS_SHOWN)
        page = pairs.get_page(request.GET.get("p"))
        said = Paginator(Distinction.objects.of_kind(kind), PAIRS_SHOWN)
        decided = said.get_page(request.GET.get("said"))
        pks = {pk for pair in (*page, *decided) for pk in (pair.low, pair.high)}
        entries = self.get_queryset(request).in_bulk(pks)

        def shown(pair: Any) -> dict[str, Any]:
            both = [entries.get(pair.low), entries.get(pair.high)]
            reasons = [REASONS[why] for why in getattr(pair, "why", ()) if why in REASONS]
            may = all(both) and may_tell_apart(request.user, *both)
            return {"pair": pair, "both": both, "reasons": reasons, "may_decide": may}

        return self._shown(
            request,
            "suspected.html",
            title=_("Suspected doubles"),
            rows=[row for row in map(shown, page) if all(row["both"])],
            page=page,
            pages=pairs.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
            decided=[row for row in map(shown, decided) if all(row["both"])],
            decided_page=decided,
            decided_pages=said.get_elided_page_range(decided.number, on_each_side=1, on_ends=1),
        )

    def two_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Says that this and another are two, or takes that back."""
        entry = self._entry(request, object_id)
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        other = self.get_object(request, str(number(request.POST.get("other"))))
        if other is None or other.pk == entry.pk:
            raise Http404
        if not may_tell_apart(request.user, entry, other):
            raise PermissionDenied
        low, high = pair_of(entry.pk, other.pk)
        pair = {"kind": kind_of(self.model).number, "low": low, "high": high}
        both = {"one": entry, "other": other}
        if request.POST.get("undo"):
            Distinction.objects.filter(**pair).delete()
            sentence = gettext("“%(one)s” and “%(other)s” may be doubles again.")
        else:
            note = request.POST.get("note", "").replace("\x00", "").strip()[:LONGEST]
            said: dict[str, Any] = {"by": request.user, "note": note}
            Distinction.objects.get_or_create(**pair, defaults=said)
            sentence = gettext("“%(one)s” and “%(other)s” are two entries: this is remembered.")
        self.message_user(request, sentence % both, messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:{self._page_name('suspected')}"))
