"""The admin that the three kinds of entry share, and the admin of themes.

A kind subclasses ``EntryAdmin`` and sets attributes. Rooms above add their ties to a kind of
a room below with ``inlines.append``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.db.models import PROTECT, Q, Value
from django.db.models.functions import Lower
from django.forms import FileInput
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext, ngettext, override
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from directory.collision_admin import KeepsApart
from directory.completeness_admin import ShowsCompleteness
from directory.dates import PartialDate
from directory.forms import (
    PRECISION,
    EntryForm,
    KnowingAutocomplete,
    NameListField,
    PartialDateField,
    PictureForm,
    RowForm,
    RowFormSet,
    SourceFormSet,
    TermForm,
    TwoLanguageForm,
    partial_dates,
)
from directory.freshness_admin import KeepsFresh
from directory.list_filters import PlaceFilter, ThemeFilter
from directory.merge_admin import MergesDoubles
from directory.models import Entry, Theme
from directory.picture_field import PictureField
from directory.proposal_admin import ProposesChanges
from directory.roles import languages_of
from directory.roles_admin import HasRoles, closed_besides, texts_in
from directory.scope_admin import ScopeInline
from directory.translation_admin import KeepsTranslations, give_tools
from directory.views import entry_context
from directory.workflow_admin import TakesSteps
from directory.worklist_admin import OpensWorklists, WorklistFilter
from places.languages import LANGUAGES, current, other
from places.sorting import Unaccented
from staff.admin import UserAdmin

USERS_SHOWN = 20
WRITTEN_BY_THE_DATABASE = ("created", "updated")


def both(*names: str) -> list[tuple[str, ...]]:
    """A form row for each translated field: the Italian text and the English beside it."""
    return [tuple(f"{name}_{language}" for language in LANGUAGES) for name in names]


def section(title: Any, *rows: Any) -> tuple[Any, dict[str, Any]]:
    return (title, {"fields": rows})


class HandEdited(admin.options.BaseModelAdmin):
    """How fields are edited, on pages and in rows alike."""

    form = TwoLanguageForm
    small_texts: Sequence[str] = ()
    """Translated texts, by name without language, that need three lines and not eight."""

    class Media:
        js = ("admin/js/jquery.init.js", "admin-civicnet/autocomplete-names.js")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in partial_dates(db_field.model):
            return db_field.formfield(form_class=PartialDateField, **kwargs)
        if isinstance(db_field, models.JSONField):
            return db_field.formfield(form_class=NameListField, **kwargs)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is None:
            return None
        if language := getattr(db_field, "language", None):
            # Required in one language at least, which the form sees to.
            field.required = False
            field.empty_value = ""
            field.widget.attrs["lang"] = language
            if isinstance(db_field, models.TextField):
                small = db_field.translated_field.name in self.small_texts
                field.widget.attrs["rows"] = 3 if small else 8
            give_tools(field, db_field)
        if isinstance(db_field, models.ForeignKey | models.ManyToManyField):
            self._plain_relation(field, db_field)
        return field

    def _plain_relation(self, field: Any, db_field: Any) -> None:
        """Names that tell namesakes apart; of the buttons beside it only "add", for entries."""
        target = db_field.remote_field.model
        if self.admin_site.is_registered(target):
            label = getattr(self.admin_site.get_model_admin(target), "choice_label", None)
            field.label_from_instance = label or field.label_from_instance
        if not issubclass(target, Entry):
            field.widget.can_add_related = False
        field.widget.can_change_related = field.widget.can_delete_related = False
        field.widget.can_view_related = False

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnowingAutocomplete(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # ---------------------------------------------------------------- for those who only look
    def _only_looked_at(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and not self.has_change_permission(request, obj)

    def closed_fields(self, request: HttpRequest, obj: Any = None) -> Iterable[str]:
        """What somebody who may save the form may not write in it."""
        return ()

    def _looked_at(self, request: HttpRequest, obj: Any) -> list[str]:
        if self._only_looked_at(request, obj):
            return [field.name for field in self.opts.fields]
        return list(self.closed_fields(request, obj))

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        names = set(self._looked_at(request, obj))
        if not names:
            return fieldsets
        return [
            (
                title,
                {**options, "fields": [self._readable(row, names) for row in options["fields"]]},
            )
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request, obj=None):
        fields = tuple(super().get_readonly_fields(request, obj))
        readable = [readable_field(self.model, name) for name in self._looked_at(request, obj)]
        closed = tuple(self.closed_fields(request, obj))
        return (*fields, *closed, *(field for field in readable if callable(field)))

    def _readable(self, row: Any, names: Collection[str]) -> Any:
        if isinstance(row, list | tuple):
            return tuple(self._readable(name, names) for name in row)
        return readable_field(self.model, row) if row in names else row


@cache
def readable_field(model: type[models.Model], name: str) -> str | Callable[[Any], str]:
    """What stands for a field that is only looked at.

    Django would show a partial date with an invented day, and a list of names as JSON.
    """
    fields = {field.name: field for field in model._meta.fields}

    def shown(row: Any) -> str:
        if name in dates:
            date = PartialDate.of(getattr(row, name), getattr(row, name + PRECISION))
            return date.localized if date else "-"
        return "\n".join(getattr(row, name)) or "-"

    dates = partial_dates(model)
    if name not in dates and not isinstance(fields.get(name), models.JSONField):
        return name
    shown.__name__ = name
    shown.short_description = fields[name].verbose_name  # type: ignore[attr-defined]
    return shown


# ------------------------------------------------------------------ rows of lists
class RowInline(HandEdited, admin.StackedInline):
    """A list inside its owner's form. Whoever may change the owner may change its lists."""

    form = RowForm
    formset = RowFormSet
    template = "admin/directory/rows.html"
    extra = 0
    rows: Sequence[Any] = ()
    joins: Sequence[str] = ()
    """What a row shows of other tables."""
    prefetches: Sequence[str] = ()

    @classmethod
    def of(cls, model: type[models.Model], **attributes: Any) -> type[RowInline]:
        """The same list for the rows of another kind of entry."""
        return type(f"{model.__name__}Inline", (cls,), {"model": model, **attributes})

    @property
    def fieldsets(self):
        return [(None, {"fields": self.rows})]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related(*self.joins)
        return rows.prefetch_related(*self.prefetches)

    def get_formset(self, request, obj=None, **kwargs):
        """Choices that all rows share are read once and not for each row."""
        formset = super().get_formset(request, obj, **kwargs)
        page = request.GET.get(formset.get_default_prefix(), "")
        if page.isascii() and page.isdigit() and len(page) < 6:
            formset.page = max(1, int(page))
        for name, field in formset.form.base_fields.items():
            if hasattr(field, "queryset") and name not in self.autocomplete_fields:
                self.narrow(name, field, obj)
                field.choices = list(field.choices)
        return formset

    def narrow(self, name: str, field: Any, owner: Any) -> None:
        """A kind of row may offer fewer choices than there are, by its owner."""

    def _owner_admin(self) -> Any:
        return self.admin_site.get_model_admin(self.parent_model)

    def has_view_permission(self, request, obj=None):
        return self._owner_admin().has_view_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        """Rows are changed by whoever may change all of the owner; see ``TextRowInline``."""
        return self.has_add_permission(request, obj)

    def has_add_permission(self, request, obj):
        owner = self._owner_admin()
        return owner.has_edit_permission(request, obj) or (
            obj is None and owner.has_add_permission(request)
        )

    def has_delete_permission(self, request, obj=None):
        return self.has_add_permission(request, obj)


class TextRowInline(RowInline, TranslationStackedInline):
    """A list whose rows hold translated texts: whoever translates changes these and no more."""

    def has_change_permission(self, request, obj=None):
        owner = self._owner_admin()
        return owner.has_change_permission(request, obj) or super().has_change_permission(
            request, obj
        )

    def closed_fields(self, request, obj=None):
        if self.has_add_permission(request, obj) or not self.has_change_permission(request, obj):
            return ()
        texts = texts_in(self.model, languages_of(request.user))
        owner = {each.name for each in self.opts.fields if each.related_model is self.parent_model}
        return tuple(closed_besides(self.model, texts | owner))


class PlaceInline(RowInline):
    rows = (("city", "province", "region", "country", "order"),)
    autocomplete_fields = ("city", "province", "region")
    joins = ("city", "province", "region")


class WebAddressInline(TextRowInline):
    rows = (("url", "kind", "order"), *both("label"))


class MilestoneInline(TextRowInline):
    rows = (("date", "city", "order"), *both("text"))
    autocomplete_fields = ("city",)
    joins = ("city",)
    small_texts = ("text",)


class SourceInline(TextRowInline):
    formset = SourceFormSet
    rows = (*both("title"), ("url", "read_on", "order"))


class IdentifierInline(RowInline):
    rows = (("scheme", "value"),)


class PrinciplesInline(TextRowInline):
    rows = (*both("title", "items"), ("order",))


class PictureInline(TextRowInline):
    form = PictureForm
    rows = (("seen", "image"), *both("alt"), ("decorative", "credit", "order"))
    readonly_fields = ("seen",)
    formfield_overrides = {PictureField: {"widget": FileInput}}

    @admin.display(description=_("as it is now"))
    def seen(self, picture: Any) -> str:
        """The smallest file; nothing for a picture that is not stored yet."""
        if not picture.image or picture.image.encoded:
            return "-"
        url, width = picture.image.sources[0]
        height = round(picture.height * width / picture.width)
        markup = '<img src="{}" width="{}" height="{}" alt="" loading="lazy" class="thumbnail">'
        return format_html(markup, url, width, height)


# ------------------------------------------------------------------ entries
class TwoLanguageAdmin(HandEdited, TranslationAdmin):
    """A page of the admin for a model with translated texts.

    Saved as if in Italian, so that the bare columns, which take the active language's value,
    hold the same whoever saves.
    """

    def save_model(self, request, obj, form, change):
        with override(LANGUAGES[0]):
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        with override(LANGUAGES[0]):
            super().save_related(request, form, formsets, change)


class EntryAdmin(
    *(ProposesChanges, TakesSteps, ShowsCompleteness, KeepsApart, MergesDoubles),
    *(KeepsTranslations, KeepsFresh, OpensWorklists, HasRoles),
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
        "status",
        "life",
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
        entries = self.model._default_manager
        found = entries.matching(" ".join(words)).order_by().values("pk")
        named = entries.filter(in_name).order_by().values("pk")
        # A union, because each of the two has an index of its own.
        return queryset.filter(pk__in=found.union(named)), False

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

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A collision with somebody who saved at the same moment is looked at a second time.

        By then the form's own checks see what it collided with, and say so in a sentence.
        """
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            for upload in request.FILES.values():
                upload.seek(0)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            sentence = _("Nothing was saved: what this refers to was changed or deleted meanwhile.")
            messages.error(request, sentence)
            return HttpResponseRedirect(request.get_full_path())

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

    # ---------------------------------------------------------------- actions


def _without_times(row: Any) -> Any:
    if isinstance(row, str):
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


# ------------------------------------------------------------------ vocabularies
class TermAdmin(TwoLanguageAdmin):
    """A word of a vocabulary. While something uses it, it cannot be deleted."""

    form = TermForm
    fieldsets: Any = [(None, {"fields": (*both("name"), ("slug", "order"))})]
    list_display: Sequence[str] = ("named", "name_it", "name_en", "slug", "order")
    list_display_links = ("named",)
    list_per_page = 100
    show_full_result_count = False
    search_fields = ("name_it", "name_en", "slug")
    ordering: Sequence[str] = ("order", "pk")

    @admin.display(description=_("name"))
    def named(self, term: Any) -> str:
        return str(term)

    def view_on_site(self, term: Any) -> str | None:
        """By what is stored: after an error the term here bears what was typed."""
        if not hasattr(term, "get_absolute_url"):
            return None
        return self.model._default_manager.only("slug").get(pk=term.pk).get_absolute_url()

    def get_deleted_objects(self, objs, request):
        """Names what uses the word, where Django would name every row of the table between."""
        deletable, counts, permissions, protected = super().get_deleted_objects(objs, request)
        if protected:
            protected = list(self._users(objs))
        return deletable, counts, permissions, protected

    def _users(self, terms: Any) -> Iterable[str]:
        """The first of each kind of row that uses the terms, and how many more there are."""
        for relation in self.opts.related_objects:
            if relation.one_to_many and relation.on_delete is not PROTECT:
                continue
            uses = Q(**{f"{relation.field.name}__in": list(terms)})
            rows = relation.related_model._default_manager
            users = rows.filter(pk__in=rows.filter(uses).values("pk"))
            for user in users[:USERS_SHOWN]:
                yield self._link(user)
            if (more := users.count() - USERS_SHOWN) > 0:
                yield ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}

    def _link(self, row: models.Model) -> str:
        kind = capfirst(row._meta.verbose_name)
        try:
            name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
            return format_html('{}: <a href="{}">{}</a>', kind, reverse(name, args=[row.pk]), row)
        except NoReverseMatch:
            return f"{kind}: {row}"


@admin.register(Theme)
class ThemeAdmin(TermAdmin):
    fieldsets: Any = [
        (None, {"fields": (*both("name"), ("slug", "parent", "order"), *both("description"))})
    ]
    list_display = ("named", "parent", "name_it", "name_en", "slug", "order")
    list_select_related = ("parent",)
    list_filter = (("parent", admin.RelatedOnlyFieldListFilter),)
    autocomplete_fields = ("parent",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("parent")

    def choice_label(self, theme: Theme) -> str:
        return f"{theme.parent} › {theme}" if theme.parent else str(theme)


# ------------------------------------------------------------------ people
UserAdmin.inlines = [*UserAdmin.inlines, ScopeInline]
