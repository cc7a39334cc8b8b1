"""What the pages of an entry open to whom; see ``directory.roles``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext

from directory.forms import translated_fields
from directory.roles import (
    has_scope,
    languages_of,
    may_edit,
    may_publish,
    may_translate,
    may_write,
    within_scope,
)

ALWAYS_OPEN = frozenset({"why"})


def closed_besides(model: Any, open_fields: frozenset[str]) -> Iterator[str]:
    """All that a form could write, but these. The bare columns would stand for both texts."""
    bare = set(translated_fields(model))
    for each in (*model._meta.fields, *model._meta.many_to_many):
        if each.editable and not each.primary_key and each.name not in open_fields | bare:
            yield each.name


def texts_in(model: Any, languages: tuple[str, ...]) -> frozenset[str]:
    """The fields that hold a translated text in one of the languages."""
    return frozenset(
        f"{name}_{language}" for name in translated_fields(model) for language in languages
    )


class HasRoles(admin.ModelAdmin):
    """Django's own permissions are for models; these are for one entry, and for one language.

    ``has_change_permission`` is whether the form can be saved at all, ``has_edit_permission``
    whether all of it can. Whether what is saved is written at once or proposed is another thing:
    ``directory.proposal_admin``.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return super().has_change_permission(request) or self._translates(request)
        return may_translate(request.user, obj)

    def has_edit_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return may_edit(request.user, obj)

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_publish(request.user, self.model if obj is None else obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or (may_edit(request.user, obj) and may_write(request.user, obj))

    # ---------------------------------------------------------------- what leaves one's own
    def response_add(self, request, obj, post_url_continue=None):
        response = super().response_add(request, obj, post_url_continue)
        self._say_if_it_left(request, obj)
        return response

    def response_change(self, request, obj):
        response = super().response_change(request, obj)
        self._say_if_it_left(request, obj)
        return response

    def _say_if_it_left(self, request: HttpRequest, entry: Any) -> None:
        """Two queries, for whom places or themes are set."""
        rows = self.model._default_manager.filter(pk=entry.pk)
        if has_scope(request.user) and not within_scope(request.user, rows).exists():
            said = gettext(
                "This entry is now outside the places and themes that you look after: you can read"
                " it, and those who look after them go on with it."
            )
            self.message_user(request, said, messages.WARNING)

    def _translates(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and bool(languages_of(request.user))

    def closed_fields(self, request: HttpRequest, obj: Any = None) -> Iterator[str]:
        """What somebody who may save the form may not write in it: all but their language."""
        if not self.has_change_permission(request, obj) or self.has_edit_permission(request, obj):
            return
        texts = texts_in(self.model, languages_of(request.user))
        yield from closed_besides(self.model, texts | ALWAYS_OPEN)
