"""The form of an entry, for several people at a time; see ``directory.collisions``."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import capfirst

from directory.collisions import (
    SEEN,
    UNRESOLVED,
    Merge,
    Seen,
    fields_of,
    files_of,
    key_of,
    shown,
    shown_files,
)
from directory.history import versions_of


class KeepsApart(admin.ModelAdmin):
    """Saving takes one query more; a collision as many as opening the form."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            self._look_for_a_collision(request, unquote(object_id))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def edition(self, request: HttpRequest, version: Any) -> Any:
        """What the number says that a form carries; other mixins have more to count."""
        return version

    def _look_for_a_collision(self, request: HttpRequest, pk: str) -> None:
        """The row stays locked until the answer, so that nobody saves in between."""
        rows = self.model._default_manager.select_for_update(no_key=True).order_by()
        try:
            version = rows.filter(pk=pk).values_list("version", flat=True).first()
        except (ValueError, ValidationError):
            return
        entry = self.get_object(request, pk) if version else None
        if entry is None or not self.has_change_permission(request, entry):
            return
        version = self.edition(request, version)
        seen = Seen.read(request.POST.get(SEEN, ""), entry.pk)
        request.is_late = seen.version != version  # type: ignore[attr-defined]
        if seen.version != version or seen.disputed:
            self._merge(request, entry, seen, version)

    def _merge(self, request: HttpRequest, entry: Any, seen: Seen, version: Any) -> None:
        data, files = request.POST.copy(), request.FILES.copy()
        form = self.get_form(request, entry, change=True)(instance=entry)
        formsets = self._as_they_are_now(request, entry)
        labels: dict[str, Any] = {
            name: (each, capfirst(str(each.label))) for name, each in fields_of(form)
        }
        for formset in formsets:
            title = capfirst(str(formset.model._meta.verbose_name))
            labels[formset.prefix] = ("", title)
            for row in formset.initial_forms:
                for name, each in (*fields_of(row), *files_of(row)):
                    key = key_of(row, formset.prefix, name)
                    labels[key] = (each, f"{title} “{row.instance}”: {each.label}")
        now = Seen(version, shown(form, formsets), files=shown_files(formsets))
        merge = Merge(seen, now, data, files, labels, [formset.prefix for formset in formsets])
        merge.run()
        disputed = [dispute.key for dispute in merge.disputes]
        data[SEEN] = Seen(version, now.values, disputed, now.files).signed(entry.pk)
        data.pop(UNRESOLVED, None)
        if disputed:
            data[UNRESOLVED] = "1"
        request.POST = data  # type: ignore[assignment]
        request._files = files  # type: ignore[attr-defined]
        request.disputes = merge.disputes  # type: ignore[attr-defined]

    def _as_they_are_now(self, request: HttpRequest, entry: Any) -> list[Any]:
        """The lists of the form, with the rows that were sent as far as they are still there."""
        formsets = []
        for kind, inline in self.get_formsets_with_inlines(request, entry):
            prefix = kind.get_default_prefix()
            rows = inline.get_queryset(request)
            formset = kind(instance=entry, prefix=prefix, queryset=rows)
            start, end = f"{prefix}-", "-id"
            sent = (
                request.POST[name]
                for name in request.POST
                if name.startswith(start) and name.endswith(end)
            )
            formset.only = [pk for pk in sent if pk.isascii() and pk.isdigit() and len(pk) < 19]
            formsets.append(formset)
        return formsets

    def render_change_form(self, request, context, *args, **kwargs):
        """What the form shows is signed into it; after an error, what it showed before."""
        entry = context.get("original")
        if entry is not None and self.has_change_permission(request, entry):
            if request.method == "POST":
                context["seen"] = request.POST.get(SEEN, "")
            else:
                lists = [inline.formset for inline in context["inline_admin_formsets"]]
                said = shown(context["adminform"].form, lists)
                version = self.edition(request, entry.version)
                seen = Seen(version, said, files=shown_files(lists))
                context["seen"] = seen.signed(entry.pk)
            if disputes := getattr(request, "disputes", ()):
                context["disputes"] = disputes
                context["last_version"] = versions_of(entry).first()
        return super().render_change_form(request, context, *args, **kwargs)
