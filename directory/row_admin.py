"""The lists inside the forms of their owners.

Rooms above add their ties to a kind of a room below with ``inlines.append``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import FileInput
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationStackedInline

from directory.editing_admin import HandEdited, both
from directory.forms import IdentifierForm, PictureForm, RowForm, RowFormSet, SourceFormSet
from directory.picture_field import PictureField
from directory.roles import languages_of
from directory.roles_admin import closed_besides, texts_in


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
    form = IdentifierForm
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
