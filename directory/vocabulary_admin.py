"""The admin of vocabularies, and that of themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from directory.deletion_admin import CountsWhatGoes
from directory.editing_admin import TwoLanguageAdmin, both
from directory.forms import TermForm
from directory.models import Theme
from staff.deletion_admin import DeletesAsSeen


class TermAdmin(DeletesAsSeen, CountsWhatGoes, TwoLanguageAdmin):
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
