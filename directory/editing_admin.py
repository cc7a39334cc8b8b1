"""How staff edit fields and texts in two languages, and how they look at what they may not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import override
from modeltranslation.admin import TranslationAdmin

from directory.dates import PartialDate
from directory.forms import (
    PRECISION,
    KnowingAutocomplete,
    LongTextField,
    NameListField,
    PartialDateField,
    TwoLanguageForm,
    partial_dates,
)
from directory.models import Entry
from directory.translation_admin import give_tools
from places.languages import LANGUAGES


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
        if isinstance(db_field, models.TextField):
            kwargs.setdefault("form_class", LongTextField)
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

    def get_field_queryset(self, db, db_field, request):
        """With the rows that the labels of several choices name: they are not asked one by one."""
        rows = super().get_field_queryset(db, db_field, request)
        target = db_field.remote_field.model
        if not db_field.many_to_many or not self.admin_site.is_registered(target):
            return rows
        joined = self.admin_site.get_model_admin(target).list_select_related
        if not joined:
            return rows
        every = target._default_manager.using(db) if rows is None else rows
        return every.select_related(*joined)

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
