"""Imports in the admin: what was brought in, and the rows that a person has to decide."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.admin import EntryAdmin
from directory.roles import may_write
from exchange.deciding import Decided, leave_out, make_new, may_be, said_by, same_as
from exchange.entries import Entries
from exchange.models import Import, ImportedRow, SavedMapping
from exchange.telling import Teller, in_order, reasons
from exchange.why import SENTENCES, sentence

SHOWN_BESIDE = 4
"""Entries that fit on a page beside the row."""
OUTCOMES = {
    "created": _("created"),
    "updated": _("updated"),
    "unchanged": _("unchanged"),
    "to decide": _("to decide"),
    "left out": _("left out"),
}

EntryAdmin.list_tools.append("admin/exchange/list_tools.html")


class OnlyLookedAt(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Import)
class ImportAdmin(OnlyLookedAt):
    list_display = ("__str__", "kind", "state", "told", "started")
    search_fields = ("file_name", "source_title")
    list_filter = ("kind", "state")
    list_per_page = 50
    show_full_result_count = False
    fields = (
        *("file_name", "kind", "source_title", "source_url", "state", "told", "rows_to_decide"),
        *("started", "finished", "mapped"),
    )

    @admin.display(description=_("what happened"))
    def told(self, run: Import) -> str:
        told = [
            f"{run.counts[key]} {label}" for key, label in OUTCOMES.items() if key in run.counts
        ]
        return ", ".join(told) or "-"

    @admin.display(description=_("rows to decide"))
    def rows_to_decide(self, run: Import) -> Any:
        count = run.imported.waiting().count()  # type: ignore[attr-defined]
        address = reverse("admin:exchange_importedrow_changelist")
        return format_html('<a href="{}?run={}">{}</a>', address, run.pk, count)

    @admin.display(description=_("columns"))
    def mapped(self, run: Import) -> str:
        return ", ".join(f"{column} → {name}" for column, name in run.columns if name)


@admin.register(SavedMapping)
class SavedMappingAdmin(OnlyLookedAt):
    list_display = ("name", "kind")
    search_fields = ("name",)
    fields = ("name", "kind", "columns")


class OutcomeFilter(admin.SimpleListFilter):
    """What waits comes first: the list opens with it."""

    title = _("what happened")
    parameter_name = "outcome"

    def lookups(self, request, model_admin):
        return [*ImportedRow.Outcome.choices, ("all", _("all"))]

    def value(self):
        chosen = super().value()
        return chosen if chosen in (*ImportedRow.Outcome.values, "all") else "uncertain"

    def choices(self, changelist):
        """Without the choice of none."""
        _none, *outcomes = super().choices(changelist)
        return outcomes

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else queryset.filter(outcome=self.value())


class RunFilter(admin.SimpleListFilter):
    title = _("import")
    parameter_name = "run"

    def lookups(self, request, model_admin):
        return [(str(run.pk), str(run)) for run in Import.objects.all()[:20]]

    def queryset(self, request, queryset):
        value = self.value() or ""
        if value.isascii() and value.isdigit() and len(value) < 10:
            return queryset.filter(run=value)
        return queryset


@admin.register(ImportedRow)
class ImportedRowAdmin(OnlyLookedAt):
    """A row that waits is decided on its page: this entry, a new one, or neither."""

    list_display = ("__str__", "told", "outcome", "run", "number")
    search_fields = ("values__name_it", "values__name_en", "run__file_name", "run__source_title")
    list_filter = (OutcomeFilter, RunFilter)
    list_select_related = ("run",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("run", "number")

    @admin.display(description=_("why"))
    def told(self, row: ImportedRow) -> str:
        return reasons(row.why, row.run.model)

    def may_decide(self, request: HttpRequest, row: ImportedRow) -> bool:
        """Whoever may publish entries of the kind: a row may be written into a public one."""
        options = row.run.model._meta
        verbs = ("add", "change", "publish")
        needed = (f"{options.app_label}.{verb}_{options.model_name}" for verb in verbs)
        return request.user.has_perms([*needed, "exchange.change_importedrow"])

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponseBase:
        rows = ImportedRow.objects.select_related("run", "decided_by")
        key = unquote(object_id)
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise Http404
        row = get_object_or_404(rows, pk=key)
        if not self.has_view_permission(request, row) and not self.may_decide(request, row):
            raise PermissionDenied
        if request.method == "POST":
            return self._decide(request, row)
        return render(request, "admin/exchange/imported_row.html", self._context(request, row))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("exchange.view_importedrow") or request.user.has_perm(
            "exchange.change_importedrow"
        )

    # ---------------------------------------------------------------- the page
    def _context(self, request: HttpRequest, row: ImportedRow) -> dict[str, Any]:
        """The row beside the entries that it may be. About fifteen queries."""
        waits = row.outcome == ImportedRow.Outcome.UNCERTAIN
        model = row.run.model
        values = said_by(row)[0] if waits else row.values
        why = dict(may_be(row))
        pks = list(why)[:SHOWN_BESIDE]
        if row.entry_id:
            pks = [row.entry_id]
        now = Entries(model).read(pks)
        teller = Teller(model, values, *now.values())
        entries = {entry.pk: entry for entry in model._default_manager.filter(pk__in=pks)}
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        return {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "row": row,
            "reasons": reasons(row.why, model),
            "raw": row.raw,
            "entries": [
                {
                    "pk": pk,
                    "entry": entries[pk],
                    "status": entries[pk].get_status_display(),
                    "address": reverse(address, args=[pk]),
                    "why": sentence(why[pk]) if why.get(pk) in SENTENCES else "",
                }
                for pk in pks
                if pk in entries
            ],
            "compared": [
                (
                    teller.label(name),
                    teller.tell(name, values[name]),
                    [teller.tell(name, now[pk].get(name)) for pk in pks if pk in entries],
                )
                for name in in_order(values)
            ],
            "may_decide": waits and self.may_decide(request, row),
            "more": max(0, len(why) - SHOWN_BESIDE),
            "media": self.media,
        }

    def _decide(self, request: HttpRequest, row: ImportedRow) -> HttpResponseBase:
        if not self.may_decide(request, row):
            raise PermissionDenied
        decision = request.POST.get("decision", "")
        known = {str(pk) for pk, _why in may_be(row)}
        if decision in known:
            entry = row.run.model._default_manager.filter(pk=int(decision)).first()
            if entry is not None and not may_write(request.user, entry):
                raise PermissionDenied
        try:
            if decision == "new":
                pk = make_new(row, request.user)
                self._say(request, row, pk, gettext("A new entry was made: %(entry)s."))
            elif decision == "left_out":
                leave_out(row, request.user)
                self.message_user(request, gettext("The row was left out."), messages.SUCCESS)
            elif decision in known:
                edited = same_as(row, int(decision), request.user)
                self._say(request, row, int(decision), gettext("The row was taken into %(entry)s."))
                if edited:
                    teller = Teller(row.run.model)
                    names = ", ".join(teller.label(name) for name in edited)
                    said = gettext("Left as staff edited it: %(fields)s.") % {"fields": names}
                    self.message_user(request, said, messages.WARNING)
            else:
                self.message_user(request, gettext("Choose one of the answers."), messages.ERROR)
                return HttpResponseRedirect(request.path)
        except Decided:
            said = gettext("Somebody has decided this row meanwhile, or deleted the entry.")
            self.message_user(request, said, messages.ERROR)
            return HttpResponseRedirect(request.path)
        self.log_change(request, row, f"{decision}")
        return HttpResponseRedirect(reverse("admin:exchange_importedrow_changelist"))

    def _say(self, request: HttpRequest, row: ImportedRow, pk: int, said: str) -> None:
        options = row.run.model._meta
        entry = row.run.model._default_manager.get(pk=pk)
        address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[pk])
        link = format_html('<a href="{}">{}</a>', address, entry)
        self.message_user(
            request, format_html(said.replace("%(entry)s", "{}"), link), messages.SUCCESS
        )
