"""Tables in the admin: take entries out as CSV or XLSX, bring them back, see every change first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from import_export.formats.base_formats import CSV, XLSX
from tablib import Dataset

from directory.comparison import Difference, words_marked
from directory.models import Status
from exchange.importing import Busy
from exchange.models import MODELS, Sheet, SheetRow
from exchange.reporting import harmless
from exchange.sheet_columns import TIES, Sources
from exchange.sheet_resource import ABOUT_THE_ROW, SheetResource
from exchange.sheet_ties import COLUMNS
from exchange.sheet_writing import Written, discard, keep, write
from exchange.sheets import MOST_ROWS, STATUSES, TooManyRows, plan, read
from exchange.tables import BadFile
from exchange.telling import Teller, in_order
from exchange.why import as_read

LARGEST_FILE = 20_000_000
ROWS_SHOWN = 50
FORMATS = {"csv": CSV, "xlsx": XLSX}
ORDER = (
    *(SheetRow.Outcome.REFUSED, SheetRow.Outcome.CHANGED),
    *(SheetRow.Outcome.NEW, SheetRow.Outcome.UNCHANGED),
)
HEADINGS = {
    SheetRow.Outcome.NEW: _("New entries"),
    SheetRow.Outcome.CHANGED: _("Changed entries"),
    SheetRow.Outcome.REFUSED: _("Not imported"),
    SheetRow.Outcome.UNCHANGED: _("Without change"),
}


class AdminRights:
    """What the person's own forms would let them do."""

    def __init__(self, request: HttpRequest, kind: str) -> None:
        self.request = request
        self.model = MODELS[kind]
        self.admin: Any = admin.site.get_model_admin(self.model)
        self.may_add = self.admin.has_add_permission(request)
        self.may_change = self.admin.has_change_permission(request)
        self.may_view = self.admin.has_view_or_change_permission(request)
        shown = flatten_fieldsets(self.admin.get_fieldsets(request, None))
        self.fields = frozenset(shown) - self._fixed(None) | self._lists(None)

    def _fixed(self, entry: Any) -> frozenset[str]:
        fixed = self.admin.get_readonly_fields(self.request, entry)
        return frozenset(each for each in fixed if isinstance(each, str))

    def _lists(self, entry: Any) -> frozenset[str]:
        """The lists of rows in the form, ties too, by the names of their relations."""
        return frozenset(
            each.remote_field.get_accessor_name()
            for inline in self.admin.get_inline_instances(self.request, entry)
            for each in inline.model._meta.fields
            if each.related_model is self.model
            and inline.fk_name in (None, each.name)
            # Whoever may change a row's texts alone may not write the list.
            and inline.has_add_permission(self.request, entry)
        )

    def entries(self, pks: Iterable[int]) -> dict[int, Any]:
        return self.admin.get_queryset(self.request).in_bulk(list(pks))

    def refusal(self, entry: Any, fields: Iterable[str]) -> str:
        if not self.admin.has_change_permission(self.request, entry):
            return gettext("You may not change this entry.")
        if not self.admin.may_write(self.request, entry):
            return gettext("It is published: propose what you want different in its form.")
        wanted = set(fields)
        closed = wanted & self._fixed(entry)
        if wanted & LISTS_OF_ROWS:
            closed |= (wanted & LISTS_OF_ROWS) - self._lists(entry)
        if closed:
            teller = Teller(self.model)
            names = ", ".join(teller.label(name) for name in sorted(closed))
            return gettext("You may not set here: %(fields)s.") % {"fields": names}
        return ""


LISTS_OF_ROWS = frozenset(("places", "web_addresses", "identifiers", "sources", *TIES))


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("Table (CSV or XLSX)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    status = forms.ChoiceField(
        label=_("New entries become"),
        choices=[(status.value, status.label) for status in STATUSES],
        help_text=_("An import publishes nothing; that is a step of its own."),
    )
    empties = forms.BooleanField(
        label=_("Empty cells empty the field"),
        required=False,
        help_text=_("Otherwise an empty cell says nothing, and the field stays as it is."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("The file has more than %(size)d MB; divide it, or have it imported by command."),
                params={"size": LARGEST_FILE // 1_000_000},
            )
        return file


# ------------------------------------------------------------------ taking out
def _rights(request: HttpRequest, kind: str) -> AdminRights:
    if kind not in MODELS:
        raise Http404
    return AdminRights(request, kind)


def take_out(request: HttpRequest, kind: str, suffix: str) -> HttpResponseBase:
    """What the list shows with the same filters, in its order. About twenty queries."""
    rights = _rights(request, kind)
    if not rights.may_view:
        raise PermissionDenied
    try:
        listed = rights.admin.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        # It says what is not understood.
        return HttpResponseRedirect(f"{_list_of(rights)}?{request.GET.urlencode()}")
    pks = list(listed.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(pks) > MOST_ROWS:
        said = gettext("A table holds at most %(most)d entries: narrow the list by filters.")
        messages.error(request, said % {"most": MOST_ROWS})
        return HttpResponseRedirect(_list_of(rights) + f"?{request.GET.urlencode()}")
    return _answer(_resource(rights).table(pks), f"{rights.model._meta.model_name}s", suffix)


def take_out_blank(request: HttpRequest, kind: str, suffix: str) -> HttpResponseBase:
    rights = _rights(request, kind)
    if not rights.may_view:
        raise PermissionDenied
    return _answer(_resource(rights).table([]), f"{rights.model._meta.model_name}s-new", suffix)


def _resource(rights: AdminRights, *, empties: bool = False) -> SheetResource:
    """With the columns that the person may set, and no other."""
    resource = SheetResource(rights.model._meta.model_name, empties=empties)
    resource.fields = {
        name: each
        for name, each in resource.fields.items()
        if name in ABOUT_THE_ROW or str(each.attribute) in rights.fields
    }
    return resource


def _answer(table: Dataset, name: str, suffix: str) -> HttpResponse:
    file = FORMATS[suffix]()
    table.title = name
    said = file.export_data(table)
    if isinstance(said, str):
        # With the mark by which spreadsheets know UTF-8.
        said = said.encode("utf-8-sig")
    response = HttpResponse(said, content_type=file.get_content_type())
    response["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return response


def _list_of(rights: AdminRights) -> str:
    options = rights.model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_changelist")


# ------------------------------------------------------------------ bringing back
def bring_back(request: HttpRequest, kind: str) -> HttpResponseBase:
    rights = _rights(request, kind)
    if not (rights.may_add or rights.may_change):
        raise PermissionDenied
    form = SheetForm(request.POST or None, request.FILES or None)
    if not rights.may_add:
        form.fields.pop("status")
    status = 200
    if request.method == "POST":
        if form.is_valid():
            sheet = _take_in(request, rights, form)
            if sheet is not None:
                return HttpResponseRedirect(reverse("exchange:table", args=[sheet.pk]))
        status = 422
    resource = _resource(rights)
    context = {
        **_page(request, rights, gettext("Bring in a table")),
        "form": form,
        "most": MOST_ROWS,
        "columns": _explained(resource),
        "waiting": Sheet.objects.of(request.user).waiting(kind).first(),
    }
    return render(request, "admin/exchange/bring_back.html", context, status=status)


def _take_in(request: HttpRequest, rights: AdminRights, form: SheetForm) -> Sheet | None:
    """The file lies on disk, for nobody else to read, only as long as it is read."""
    kind = rights.model._meta.model_name
    upload = form.cleaned_data["file"]
    resource = _resource(rights, empties=form.cleaned_data["empties"])
    try:
        # What it is is told by its beginning; but openpyxl opens nothing without the ending.
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            for chunk in upload.chunks():
                file.write(chunk)
            file.flush()
            table = read(Path(file.name), resource, rights.fields)
            planned = plan(resource, table, rights)
    except BadFile as error:
        form.add_error("file", error.told)
        return None
    except TooManyRows:
        said = gettext(
            "The table has more than %(most)d rows. Divide it, or ask whoever runs the site:"
            " manage.py import_%(kind)ss reads lists of any length."
        )
        form.add_error("file", said % {"most": MOST_ROWS, "kind": kind})
        return None
    status = form.cleaned_data.get("status", Status.DRAFT)
    return keep(request.user, kind, upload.name, status, table, planned)


def _explained(resource: SheetResource) -> list[tuple[str, str, str]]:
    """Each column, what it is, and how it is written."""
    teller = Teller(resource.model)
    explained = [
        ("slug", gettext("the entry that the row is about"), gettext("left empty for a new entry")),
        ("version", gettext("as it was taken out"), gettext("never changed by hand")),
    ]
    for name, each in resource.fields.items():
        if name not in ABOUT_THE_ROW:
            column = name if name in PARTS else str(each.attribute)
            explained.append((name, _label(teller, column), str(HOW.get(name, ""))))
    return explained


# Columns that hold a part of a list.
PARTS: dict[str, Any] = {
    "website": _("website"),
    "social": _("social network"),
    "fiscal_code": _("fiscal code"),
    "vat": _("VAT number"),
    "runts": _("RUNTS number"),
    "wikidata": "Wikidata",
    "identifier": _("identifier"),
}
HOW: dict[str, Any] = {
    **dict.fromkeys(
        ("other_names", "short_names", "former_names"), _("one or more, a semicolon between")
    ),
    "themes": _("slugs, a semicolon between"),
    **dict.fromkeys(("kind", "programme", "city", "parent", "successor"), _("slug")),
    "places": _("slugs of cities, “province:BO”, “region:lazio” or “italia”, a semicolon between"),
    **dict.fromkeys(("founded", "ended"), _("2013, 2013-06 or 2013-06-01")),
    **dict.fromkeys(
        ("email_public", "telephone_public", "address_public", "ongoing"), _("yes or no")
    ),
    **dict.fromkeys(("website", "social"), _("one or more, a space between")),
    "sources": _("one on each line: title | web address"),
    **dict.fromkeys(("networks", "members"), _("slug:role, a semicolon between")),
    "partners": _(
        "organization:slug:role, network:slug:role or name:words:role, a semicolon between; several"
        " roles with a plus"
    ),
}


# ------------------------------------------------------------------ the preview
def table(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What a table would do, or did; only to whoever sent it. About fifteen queries."""
    sheet = get_object_or_404(Sheet.objects.of(request.user), pk=pk)
    rights = _rights(request, sheet.kind)
    if request.method == "POST" and sheet.written is None:
        return _decide(request, sheet, rights)
    rows: Any = sheet.rows  # type: ignore[attr-defined]
    tally = rows.tally()
    wanted = request.GET.get("show", "")
    if wanted not in tally:
        wanted = next((each.value for each in ORDER if tally[each]), SheetRow.Outcome.UNCHANGED)
    page = Paginator(rows.that_are(wanted), ROWS_SHOWN).get_page(request.GET.get("page"))
    title = gettext("What was imported") if sheet.written else gettext("Before it is imported")
    context = {
        **_page(request, rights, title),
        "sheet": sheet,
        "status": Status(sheet.status).label if rights.may_add else "",
        "tally": [
            (each.value, HEADINGS[each], tally[each], each.value == wanted) for each in ORDER
        ],
        "shown": wanted,
        "heading": HEADINGS[SheetRow.Outcome(wanted)],
        "page": page,
        "rows": _told(rights, list(page)),
        "to_write": rows.to_write().count(),
        "refused": tally[SheetRow.Outcome.REFUSED],
        "left": ", ".join(sheet.left),
    }
    return render(request, "admin/exchange/table.html", context)


def _told(rights: AdminRights, rows: list[SheetRow]) -> list[dict[str, Any]]:
    model = rights.model
    values = [said for row in rows for said in (row.values, row.before)]
    teller = Teller(model, *values)
    resource = SheetResource(model._meta.model_name)
    resource.expect_ties(values)
    ties = {name: resource.tied[column] for column, name in COLUMNS[model].items()}
    options = model._meta
    there = rights.entries([row.entry for row in rows if row.entry])
    name = f"admin:{options.app_label}_{options.model_name}_change"
    return [
        {
            "number": row.number,
            "name": row.name,
            "address": reverse(name, args=[row.entry]) if row.entry in there else "",
            "status": there[row.entry].get_status_display() if row.entry in there else "",
            "why": [(_label(teller, column), as_read(said)) for column, said in row.why],
            "differences": [
                Difference(
                    name,
                    teller.label(name),
                    *words_marked(
                        _tell(teller, ties, name, row.before), _tell(teller, ties, name, row.values)
                    ),
                    language=name[-2:] if name[-3:] in ("_it", "_en") else "",
                )
                for name in [*in_order(row.values), *_last(row.values)]
            ],
        }
        for row in rows
    ]


def _last(values: dict[str, Any]) -> list[str]:
    return ["sources"] if "sources" in values else []


def _tell(teller: Teller, ties: dict[str, Any], name: str, values: dict[str, Any]) -> str:
    if name in ties:
        return ties[name].render(values.get(name))
    if name == "sources":
        return Sources().render(values.get(name))
    return teller.tell(name, values.get(name))


def _label(teller: Teller, column: str) -> str:
    """A field by its label, and so a part of a list; another column by its own name."""
    if not column:
        return ""
    if column in PARTS:
        return capfirst(str(PARTS[column]))
    known = {each.name for each in teller.model._meta.get_fields()}
    return teller.label(column) if column in known else capfirst(column.replace("_", " "))


def _decide(request: HttpRequest, sheet: Sheet, rights: AdminRights) -> HttpResponseBase:
    here = HttpResponseRedirect(reverse("exchange:table", args=[sheet.pk]))
    try:
        if "discard" in request.POST:
            discard(sheet)
            messages.success(request, gettext("The table was thrown away; nothing was imported."))
            return HttpResponseRedirect(_list_of(rights))
        if not (rights.may_add or rights.may_change):
            raise PermissionDenied
        done = write(sheet, rights)
    except Busy:
        messages.error(request, gettext("Another import is running. Try again when it is over."))
        return here
    _say_what_was_written(request, done)
    return here


def _say_what_was_written(request: HttpRequest, done: Written) -> None:
    added, changed = len(done.created), len(done.changed)
    if added:
        said = ngettext("%(count)d entry was added.", "%(count)d entries were added.", added)
        messages.success(request, said % {"count": added})
    if changed:
        said = ngettext("%(count)d entry was changed.", "%(count)d entries were changed.", changed)
        messages.success(request, said % {"count": changed})
    if done.refused:
        said = ngettext(
            "%(count)d row could not be imported any more.",
            "%(count)d rows could not be imported any more.",
            done.refused,
        )
        messages.warning(request, said % {"count": done.refused})


def refused_rows(request: HttpRequest, pk: int, suffix: str) -> HttpResponseBase:
    """The rows that were not imported, with the reason, to put right and bring back."""
    sheet = get_object_or_404(Sheet.objects.of(request.user), pk=pk)
    kept = [place for place, header in enumerate(sheet.headers) if not header.startswith("(")]
    said = Dataset(headers=[*(sheet.headers[place] for place in kept), "why"])
    for row in sheet.rows.that_are(SheetRow.Outcome.REFUSED):  # type: ignore[attr-defined]
        cells = [row.cells[place] if place < len(row.cells) else "" for place in kept]
        told = ((column, as_read(said)) for column, said in row.why)
        why = "; ".join(f"{column}: {said}" if column else said for column, said in told)
        said.append([*map(harmless, cells), harmless(why)])
    return _answer(said, "not-imported", suffix)


def _page(request: HttpRequest, rights: AdminRights, title: str) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": title,
        "opts": rights.model._meta,
        "kind": rights.model._meta.model_name,
    }
