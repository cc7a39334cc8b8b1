"""The admin that the three kinds of entry share.

A kind subclasses ``EntryAdmin`` and sets attributes. Rooms above add their ties to a kind of
a room below with ``inlines.append``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IS_FACETS_VAR
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext, override
from django.utils.translation import gettext_lazy as _

from directory import vocabulary_admin  # noqa: F401 - themes are registered there
from directory.bulk_admin import BoundsActions
from directory.collision_admin import KeepsApart
from directory.completeness_admin import ShowsCompleteness
from directory.deletion_admin import CountsWhatGoes
from directory.editing_admin import TwoLanguageAdmin, both, section
from directory.forms import EntryForm
from directory.freshness_admin import KeepsFresh
from directory.known_keys import IsAmong, keys_in
from directory.list_addresses import ReadsAddresses
from directory.list_filters import ColumnFilter, PlaceFilter, ThemeFilter
from directory.merge_admin import MergesDoubles
from directory.proposal_admin import ProposesChanges
from directory.roles_admin import HasRoles
from directory.scope_admin import ScopeInline
from directory.search import Words
from directory.translation_admin import KeepsTranslations
from directory.views import entry_context
from directory.workflow_admin import TakesSteps
from directory.worklist_admin import OpensWorklists, WorklistFilter
from places.languages import LANGUAGES, current, other
from places.sorting import Unaccented
from staff.admin import UserAdmin
from staff.collision_admin import LooksTwice

WRITTEN_BY_THE_DATABASE = ("created", "updated")


class EntryAdmin(
    LooksTwice,
    *(ProposesChanges, TakesSteps, ShowsCompleteness, KeepsApart, MergesDoubles),
    *(KeepsTranslations, KeepsFresh, OpensWorklists, ReadsAddresses, BoundsActions),
    *(HasRoles, CountsWhatGoes),
    TwoLanguageAdmin,
):
    form = EntryForm
    change_list_template = "admin/directory/change_list_entries.html"
    change_form_template = "admin/directory/change_entry.html"
    own_sections: Sequence[Any] = ()
    """What only this kind has: sections between the themes and the contacts."""
    own_contacts: Sequence[Any] = ()
    own_dates: Sequence[Any] = ()

    autocomplete_fields: Sequence[str] = ("themes", "successor")
    readonly_fields = ("status", "checked_by", "published_at", *WRITTEN_BY_THE_DATABASE)
    small_texts = ("summary",)

    list_display: Sequence[str] = (
        *("named", "status_shown", "languages", "complete", "checked", "changed"),
    )
    list_filter: Sequence[Any] = (
        WorklistFilter,
        ("status", ColumnFilter),
        ("life", ColumnFilter),
        ThemeFilter,
        PlaceFilter,
    )
    list_prefetches: Sequence[str] = ()
    """What the kind's columns show of other tables than those it joins."""
    list_tools: ClassVar[list[str]] = []
    """Templates of links above the list, which rooms above add."""
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("name_it", "name_en", "slug")
    search_help_text = _("Words of the texts in either language, or a part of the name.")
    ordering = ("sort_it", "pk")
    actions = (*TakesSteps.actions, "checked_today", "still_right_it", "still_right_en")

    @property
    def fieldsets(self):
        return [
            section(
                _("Names"),
                *both("name"),
                ("other_names", "former_names", "short_names"),
                "slug",
            ),
            section(_("Summary and description"), *both("summary", "description")),
            section(_("Themes"), "themes"),
            *self.own_sections,
            section(
                _("Contacts"),
                ("email", "email_public"),
                ("telephone", "telephone_public"),
                *self.own_contacts,
            ),
            section(
                _("Dates and life"), ("founded", "ended", *self.own_dates), ("life", "successor")
            ),
            section(
                _("Publication"),
                ("status", "checked_on", "checked_by"),
                ("published_at", *WRITTEN_BY_THE_DATABASE),
            ),
            section(_("Internal"), "internal_note"),
        ]

    def get_fieldsets(self, request, obj=None):
        """Without the times of a row that is not there yet: they would show as expressions."""
        if self._only_looked_at(request, obj):
            return super().get_fieldsets(request, obj)
        if obj is not None:
            return [*super().get_fieldsets(request, obj), section(_("This change"), "why")]
        return [
            (title, options | {"fields": [_without_times(row) for row in options["fields"]]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    # ---------------------------------------------------------------- lists and search
    def get_queryset(self, request):
        entries = super().get_queryset(request)
        return entries.select_related(*self.list_select_related or ()).prefetch_related(
            *self.list_prefetches
        )

    def get_search_results(self, request, queryset, search_term):
        """The site's own search, and besides whatever has all the words somewhere in its name."""
        words = search_term.replace("\x00", " ").split()
        if not words:
            return queryset, False
        in_name = Q()
        for word in words:
            plain = Lower(Unaccented(Value(word)))
            parts = Q(slug__contains=plain)
            for language in LANGUAGES:
                parts |= Q(**{f"sort_{language}__contains": plain})
            in_name &= parts
        found = Words(" ".join(words)).entries_of(self.opts.model_name)
        entries = self.model._default_manager
        named, params = entries.filter(in_name).order_by().values("pk").query.sql_with_params()
        # A union, because each of the two has an index of its own.
        either = RawSQL(f"{found.sql} UNION {named}", (*found.params, *params))  # noqa: S611
        if IS_FACETS_VAR in request.GET:
            return queryset.filter(IsAmong("pk", self._found_once(request, words, either))), False
        return queryset.filter(pk__in=either), False

    def _found_once(self, request: HttpRequest, words: list[str], found: RawSQL) -> str:
        """Counts beside choices ask for the same keys again and again."""
        known = request.__dict__.setdefault("found_by_search", {})
        term = " ".join(words)
        if term not in known:
            known[term] = keys_in(found.sql, found.params)
        return known[term]

    def choice_label(self, entry: Any) -> str:
        """How lists to choose from tell namesakes apart."""
        parts = [str(entry)]
        if city := getattr(entry, "city", None):
            parts.append(str(city))
        if not entry.is_published:
            parts.append(entry.get_status_display())
        return " · ".join(parts)

    @admin.display(description=_("name"), ordering="sort_it")
    def named(self, entry: Any) -> str:
        return str(entry)

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, entry: Any) -> SafeString:
        return format_html(
            '<span class="status status-{}">{}</span>', entry.status, entry.get_status_display()
        )

    @admin.display(description=_("languages"))
    def languages(self, entry: Any) -> SafeString:
        mark = '<span class="language {}"><span class="visually-hidden">{} </span>{}</span>'
        return format_html_join(" ", mark, _marks(entry))

    @admin.display(description=_("changed on"), ordering="updated")
    def changed(self, entry: Any) -> str:
        return date_format(timezone.localdate(entry.updated), "SHORT_DATE_FORMAT")

    @admin.display(description=_("checked on"), ordering="checked_on")
    def checked(self, entry: Any) -> str:
        return date_format(entry.checked_on, "SHORT_DATE_FORMAT") if entry.checked_on else "-"

    @admin.display(description=_("places"))
    def places_shown(self, entry: Any) -> str:
        """For kinds that list ``places`` among their ``list_prefetches``."""
        return ", ".join(str(place) for place in entry.places.all())

    # ---------------------------------------------------------------- saving
    def save_model(self, request, obj, form, change):
        if "checked_on" in form.changed_data:
            obj.checked_by = request.user if obj.checked_on else None
        super().save_model(request, obj, form, change)

    # ---------------------------------------------------------------- public page and preview
    def view_on_site(self, entry: Any) -> str | None:
        """By what is stored: after an error the entry here bears what was typed."""
        stored = self.model._default_manager.published().only("slug").filter(pk=entry.pk).first()
        return stored.get_absolute_url() if stored else None

    def get_urls(self) -> list[URLPattern]:
        preview = path(
            "<path:object_id>/preview/",
            self.admin_site.admin_view(self.preview),
            name=f"{self.opts.app_label}_{self.opts.model_name}_preview",
        )
        return [preview, *super().get_urls()]

    def preview(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The public page as it would be, for those who may see the entry here."""
        entry = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, entry):
            raise PermissionDenied
        if entry is None:
            raise Http404
        language = request.GET.get("language", "")
        with override(language if language in LANGUAGES else current()):
            entry = self.model._default_manager.for_detail().get(pk=entry.pk)
            context = {
                **entry_context(entry),
                "is_preview": True,
                "indexable": False,
                "twin": self._other_preview(request),
            }
            label = f"{self.opts.app_label}/{self.opts.model_name}_detail.html"
            response = render(request, label, context)
            response["Content-Language"] = current()
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def _other_preview(self, request: HttpRequest) -> dict[str, str]:
        language = other(current())
        name = get_language_info(language)["name_local"].capitalize()
        path = f"{request.path}?language={language}"
        return {"language": language, "endonym": name, "path": path}

    def change_view(self, request, object_id, form_url="", extra_context=None):
        args = [quote(unquote(object_id))]
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_preview"
        extra = {"preview_url": reverse(name, args=args), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)


def _without_times(row: Any) -> Any:
    if not isinstance(row, list | tuple):
        return row
    return tuple(name for name in row if name not in WRITTEN_BY_THE_DATABASE)


def _marks(entry: Any) -> Iterable[tuple[str, str, str]]:
    """For each language whether the entry has its texts in it, to the eye and in words."""
    for language in LANGUAGES:
        written = getattr(entry, f"summary_{language}") or getattr(entry, f"description_{language}")
        if getattr(entry, f"stale_{language}"):
            yield "stale", gettext("A text is out of date in this language:"), language
        elif not written:
            yield "absent", gettext("No text in this language:"), language
        elif getattr(entry, f"missing_{language}"):
            yield "partial", gettext("A text is missing in this language:"), language
        else:
            yield "present", gettext("There is a text in this language:"), language


# ------------------------------------------------------------------ people
UserAdmin.inlines = [*UserAdmin.inlines, ScopeInline]
