"""What is done to many entries at once is done to as many as one request can take.

“Select all 100,000” would be cut off by the server half-way or hold the directory for minutes; so
beyond a number nothing is begun, and a sentence says what to do instead.
"""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

ENTRIES_AT_MOST = 1000
# Each takes its lists with it, and the ties of others change.
DELETED_AT_MOST = 100


class BoundsActions(admin.ModelAdmin):
    def response_action(self, request, queryset):  # type: ignore[override]
        """One query, where all that a list holds is chosen."""
        if request.POST.get("select_across") == "1":
            most = ENTRIES_AT_MOST
            if self._action(request) == "delete_selected":
                most = DELETED_AT_MOST
            count = queryset.order_by().count()
            if count > most:
                sentence = _(
                    "Nothing was done: these are %(count)s entries, and at most %(most)s can be"
                    " taken at once. Narrow the list by filters, or choose page by page."
                )
                said = {
                    "count": number_format(count, force_grouping=True),
                    "most": number_format(most, force_grouping=True),
                }
                messages.error(request, sentence % said)
                return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset)

    def _action(self, request: HttpRequest) -> str:
        """Chosen above the list or below it, as Django reads it."""
        chosen = request.POST.getlist("action")
        index = request.POST.get("index", "0")
        number = int(index) if index.isascii() and index.isdigit() and len(index) < 3 else 0
        return chosen[number] if number < len(chosen) else ""
