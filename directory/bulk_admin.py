"""What is done to many entries at once is done to as many as one request can take.

“Select all 100,000” would be cut off by the server half-way or hold the directory for minutes; so
beyond a number nothing is begun, and a sentence says what to do instead. Another says which of
those that were chosen are left alone, being somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from directory.roles import has_scope, within_scope
from directory.workflow import Skipped

ENTRIES_AT_MOST = 1000
# Each takes its lists with it, and the ties of others change.
DELETED_AT_MOST = 100
NAMED_AT_MOST = 10


class BoundsActions(admin.ModelAdmin):
    def get_actions(self, request: HttpRequest) -> Any:
        """Each asks one query more: how many are chosen, whichever way."""
        actions: Any = super().get_actions(request)
        return {
            name: (_bounded(action, name), name, label)
            for name, (action, _name, label) in actions.items()
        }


def _bounded(action: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(action)
    def bounded(model_admin: Any, request: HttpRequest, queryset: Any) -> Any:
        most = DELETED_AT_MOST if name == "delete_selected" else ENTRIES_AT_MOST
        count = queryset.order_by().count()
        if count <= most and name == "delete_selected" and request.POST.get("post"):
            # What others delete or save at the same moment comes before or after all of it.
            with transaction.atomic():
                return action(model_admin, request, queryset.filter(pk__in=queryset.hold()))
        if count <= most:
            return action(model_admin, request, queryset)
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

    return bounded


def left_alone(user: Any, entries: Any) -> str:
    """What is said of those of a queryset that are not the user's to work on; nothing, if all are.
    A query and those for a scope, where places or themes are set for the user."""
    if not has_scope(user):
        return ""
    theirs = within_scope(user, entries.model._default_manager.all())
    others = list(entries.exclude(pk__in=theirs.order_by().values("pk")))
    return Skipped.FORBIDDEN.value % {"entries": named(others)} if others else ""


def named(entries: Sequence[Any]) -> str:
    names = ", ".join(str(entry) for entry in entries[:NAMED_AT_MOST])
    more = len(entries) - NAMED_AT_MOST
    if more <= 0:
        return names
    return ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more) % {
        "names": names,
        "count": more,
    }
