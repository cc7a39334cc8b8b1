"""Deleting what others may have changed since the page asked about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.db import models, transaction
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext

from staff.collision_admin import LooksTwice, ShowsBoth
from staff.collisions import Seen

LOOKED_AT = "looked_at"
# What changes without anybody's editing, and what no form shows.
NOT_LOOKED_AT = ("password", "last_login", "logins_ended")
NAMED_AT_MOST = 10
# Each takes along what hangs on it: of an account the log of all that somebody did.
DELETED_AT_MOST = 100


class DeletesAsSeen(LooksTwice, ShowsBoth):
    """What has no history to be recovered from is deleted as it stood when it was asked about."""

    delete_confirmation_template = "staff/delete.html"
    delete_selected_confirmation_template = "staff/delete_selected.html"

    def delete_view(
        self, request: Any, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        with transaction.atomic():
            is_sent = request.method == "POST"
            is_there = not is_sent or self.hold(unquote(object_id))
            row = self.get_object(request, unquote(object_id)) if is_there else None
            if row is not None and self.has_delete_permission(request, row):
                request.looked_at = self.looked_at([row])
                if is_sent and request.POST.get(LOOKED_AT) != request.looked_at:
                    self._say_changed(request, [row])
                    name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
                    return HttpResponseRedirect(reverse(name, args=[quote(row.pk)]))
            return super().delete_view(request, object_id, extra_context)

    def get_actions(self, request: HttpRequest) -> Any:
        actions: Any = super().get_actions(request)
        if "delete_selected" in actions:
            action, name, label = actions["delete_selected"]
            actions[name] = (_as_seen(action), name, label)
        return actions

    def looked_at(self, rows: Iterable[Any]) -> str:
        """A digest of all that is edited of them, whoever looks."""
        values = {}
        for row in rows:
            values[str(row.pk)] = [*_edited(row), *map(str, self._below(row))]
        return Seen(None, values).digest()

    def _below(self, row: Any) -> Iterator[list[str]]:
        for inline in self.inlines:
            key = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name)
            for each in inline.model._base_manager.filter(**{key.name: row.pk}).order_by("pk"):
                yield _edited(each)

    def _say_too_many(self, request: HttpRequest, count: int) -> None:
        sentence = gettext(
            "Nothing was deleted: these are %(count)s, and at most %(most)s can be deleted at"
            " once. Narrow the list by filters, or choose page by page."
        )
        said = {
            "count": number_format(count, force_grouping=True),
            "most": number_format(DELETED_AT_MOST, force_grouping=True),
        }
        self.message_user(request, sentence % said, messages.ERROR)

    def _say_changed(self, request: HttpRequest, rows: list[Any]) -> None:
        sentence = gettext(
            "Nothing was deleted: “%(what)s” was changed while you were looking. Look again."
        )
        what = ", ".join(map(str, rows[:NAMED_AT_MOST]))
        self.message_user(request, sentence % {"what": what}, messages.WARNING)


def _edited(row: Any) -> list[str]:
    """A query for each relation to many."""
    fields = (each for each in row._meta.concrete_fields if each.name not in NOT_LOOKED_AT)
    values = [f"{each.name} {each.value_to_string(row)}" for each in fields]
    for each in row._meta.many_to_many:
        keys = sorted(getattr(row, each.name).values_list("pk", flat=True))
        values.append(f"{each.name} {keys}")
    return values


def _as_seen(action: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(action)
    def as_seen(model_admin: Any, request: Any, queryset: models.QuerySet) -> Any:
        count = queryset.order_by().count()
        if count > DELETED_AT_MOST:
            model_admin._say_too_many(request, count)
            return HttpResponseRedirect(request.get_full_path())
        with transaction.atomic():
            chosen = queryset.order_by("pk")
            if request.POST.get("post"):
                among = model_admin.model._base_manager.filter(pk__in=queryset.values("pk"))
                chosen = among.select_for_update(no_key=True).order_by("pk")
            rows = list(chosen)
            request.looked_at = model_admin.looked_at(rows)
            if request.POST.get("post") and request.POST.get(LOOKED_AT) != request.looked_at:
                model_admin._say_changed(request, rows)
                return None
            return action(model_admin, request, queryset)

    return as_seen
