"""The admin of vocabularies, and that of themes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import PROTECT, Q
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from directory.editing_admin import TwoLanguageAdmin, both
from directory.forms import TermForm
from directory.models import Theme

USERS_SHOWN = 20


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
