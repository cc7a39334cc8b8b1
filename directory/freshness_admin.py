"""When a person last compared an entry with its sources: said from the form and from the list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from directory.bulk_admin import left_alone
from directory.publication import mark_checked
from directory.roles import may_edit, within_scope
from directory.translation_admin import went


class KeepsFresh(admin.ModelAdmin):
    """To have checked an entry is no change of it: whoever may edit it may say so at once."""

    def get_urls(self) -> list[URLPattern]:
        checked = path(
            "<path:object_id>/checked-today/",
            self.admin_site.admin_view(require_POST(self.checked_today_view)),
            name=f"{self.opts.app_label}_{self.opts.model_name}_checked_today",
        )
        return [checked, *super().get_urls()]

    def render_change_form(self, request, context, *args, **kwargs):
        entry = context.get("original")
        if entry is not None and may_edit(request.user, entry):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_checked_today"
            context["checked_today_url"] = reverse(name, args=[quote(entry.pk)])
        return super().render_change_form(request, context, *args, **kwargs)

    def checked_today_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        entry = self.get_object(request, unquote(object_id))
        if entry is None:
            raise Http404
        if not may_edit(request.user, entry):
            raise PermissionDenied
        self._checked(request, self.model._default_manager.filter(pk=entry.pk))
        return went(request, self.opts, entry)

    @admin.action(description=_("Checked today"), permissions=["edit"])
    def checked_today(self, request: HttpRequest, entries: QuerySet) -> None:
        others = left_alone(request.user, entries)
        self._checked(request, within_scope(request.user, entries))
        if others:
            self.message_user(request, others, messages.WARNING)

    def _checked(self, request: HttpRequest, entries: Any) -> None:
        count = mark_checked(entries, request.user, timezone.localdate())
        sentence = ngettext(
            "%(count)d entry marked as checked today.",
            "%(count)d entries marked as checked today.",
            count,
        )
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, sentence % {"count": count}, level)
