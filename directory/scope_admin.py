"""What a person edits, on the page of their account."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from directory.scope import EditingScope


class ScopeInline(admin.StackedInline):
    class Media:
        js = ("admin/js/jquery.init.js", "admin-civicnet/autocomplete-names.js")

    model = EditingScope
    autocomplete_fields = ("cities", "provinces", "regions", "themes")
    verbose_name_plural = _("What this person edits: where nothing is chosen, everything")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1
