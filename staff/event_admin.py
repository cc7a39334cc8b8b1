"""The audit in the admin: read by whoever manages accounts, written by nobody."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.models import Event


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    list_display = ("at", "who", "what", "row")
    list_display_links = None
    list_filter = ("what", "at")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("by_name", "about")
    fields = ("at", "who", "what", "row")
    readonly_fields = fields

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": _("Audit of logins and publications")}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("who"), empty_value="–", ordering="by_name")
    def who(self, event: Event) -> str:
        return event.by_name or "–"

    @admin.display(description=pgettext_lazy("event", "about"), ordering="about")
    def row(self, event: Event) -> str:
        """With a link, if the admin has a page for it; none is promised to be there still."""
        if not event.kind:
            return event.about or "–"
        try:
            model = apps.get_model(event.kind)
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
            return format_html('<a href="{}">{}</a>', reverse(name, args=[event.key]), event.about)
        except (LookupError, NoReverseMatch):
            return event.about
