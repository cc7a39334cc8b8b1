"""The form of a row, for several people at a time; see ``staff.collisions``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DeadlockDetected

from staff import lapse
from staff.collisions import (
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


class LooksTwice(admin.ModelAdmin):
    """A form that ran into somebody who saved at the same moment is looked at a second time: by
    then its own checks see what it ran into, and say so in a sentence."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        sent = request.POST
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, OperationalError) as error:
            if not _collided(error):
                raise
            request.POST = sent  # type: ignore[assignment]
            uploads: Any = request.FILES.values()
            for upload in uploads:
                upload.seek(0)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, OperationalError) as error:
            if not _collided(error):
                raise
            sentence = _("Nothing was saved: what this refers to was changed or deleted meanwhile.")
            messages.error(request, sentence)
            there = request.get_full_path()
            return lapse.words(request, 409, there) or HttpResponseRedirect(there)


def _collided(error: Exception) -> bool:
    """Also where each of the two waited for the other, and one had to give way."""
    return isinstance(error, IntegrityError) or isinstance(error.__cause__, DeadlockDetected)


class ShowsBoth(admin.ModelAdmin):
    """Saving takes as many queries more as opening the form, and so does a collision."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form is no good until its sender has chosen. The class is of this request alone."""
        kind: Any = super().get_form(request, obj, change=change, **kwargs)
        before = kind.clean

        def clean(form: Any) -> Any:
            cleaned = before(form)
            if form.data.get(UNRESOLVED):
                sentence = _("Somebody else saved meanwhile. Choose between the values.")
                form.add_error(None, sentence)
            return cleaned

        kind.clean = clean
        return kind

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            self._look_for_a_collision(request, unquote(object_id))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> Any:
        """Who wrote in the form of what somebody deleted has their words to copy."""
        away = super()._get_obj_does_not_exist_redirect(request, opts, object_id)  # type: ignore[misc]
        return lapse.words(request, 410, away["Location"]) or away

    # ---------------------------------------------------------------- what there is to compare
    def edition(self, request: HttpRequest, row: Any) -> Any:
        """Which one of the row this is."""
        return self._as_it_is_now(request, row).digest()

    def last_saved(self, row: Any) -> dict[str, Any]:
        """By whom, when and why, for who comes second."""
        kind = ContentType.objects.get_for_model(row)
        lines = LogEntry.objects.filter(content_type=kind, object_id=row.pk).select_related("user")
        line = lines.order_by("-action_time", "-pk").first()
        return {"by": line.user, "at": line.action_time} if line else {}

    def _as_it_is_now(self, request: HttpRequest, row: Any) -> Seen:
        form = self.get_form(request, row, change=True)(instance=row)
        formsets = list(self._lists_now(request, row))
        return Seen(None, shown(form, formsets), files=shown_files(formsets))

    def _lists_now(self, request: HttpRequest, row: Any) -> Iterator[Any]:
        """The lists of the form, with the rows that were sent as far as they are still there;
        without those in which nothing is written. Two of one kind are told apart as Django does."""
        known: dict[str, int] = {}
        for kind, inline in self.get_formsets_with_inlines(request, row):
            prefix = kind.get_default_prefix()
            known[prefix] = known.get(prefix, 0) + 1
            if known[prefix] > 1:
                prefix = f"{prefix}-{known[prefix]}"
            rows = inline.get_queryset(request)
            formset = kind(instance=row, prefix=prefix, queryset=rows)
            if kind.form.base_fields:
                formset.only = _sent(request, prefix)
                yield formset

    # ---------------------------------------------------------------- looking, and merging
    def _look_for_a_collision(self, request: HttpRequest, pk: str) -> None:
        """The row stays locked until the answer, so that nobody saves in between."""
        row = self.get_object(request, pk) if self.hold(pk) else None
        if row is None or not self.has_change_permission(request, row):
            return
        version = self.edition(request, row)
        seen = Seen.read(request.POST.get(SEEN, ""), row.pk)
        request.is_late = seen.version != version  # type: ignore[attr-defined]
        if seen.version != version or seen.disputed:
            self._merge(request, row, seen, version)

    def hold(self, pk: str) -> bool:
        """Until the end of the transaction nobody else writes the row; whether it is there."""
        rows = self.model._base_manager.select_for_update(no_key=True).order_by()
        try:
            return bool(rows.filter(pk=pk).values_list("pk", flat=True).first())
        except (ValueError, ValidationError):
            return False

    def _merge(self, request: HttpRequest, row: Any, seen: Seen, version: Any) -> None:
        data, files = request.POST.copy(), request.FILES.copy()
        form = self.get_form(request, row, change=True)(instance=row)
        formsets = list(self._lists_now(request, row))
        labels: dict[str, Any] = {
            name: (each, capfirst(str(each.label))) for name, each in fields_of(form)
        }
        for formset in formsets:
            title = capfirst(str(formset.model._meta.verbose_name))
            labels[formset.prefix] = ("", title)
            for line in formset.initial_forms:
                for name, each in (*fields_of(line), *files_of(line)):
                    key = key_of(line, formset.prefix, name)
                    labels[key] = (each, f"{title} “{line.instance}”: {each.label}")
            _adopt(formset, data, seen)
        now = Seen(version, shown(form, formsets), files=shown_files(formsets))
        merge = Merge(seen, now, data, files, labels, [formset.prefix for formset in formsets])
        merge.run()
        disputed = [dispute.key for dispute in merge.disputes]
        data[SEEN] = Seen(version, now.values, disputed, now.files).signed(row.pk)
        data.pop(UNRESOLVED, None)
        if disputed:
            data[UNRESOLVED] = "1"
        request.POST = data  # type: ignore[assignment]
        request._files = files  # type: ignore[attr-defined]
        request.disputes = merge.disputes  # type: ignore[attr-defined]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """What the form shows is signed into it; after an error, what it showed before."""
        row = context.get("original")
        if row is not None and self.has_change_permission(request, row):
            if request.method == "POST":
                context["seen"] = request.POST.get(SEEN, "")
            else:
                lists = [inline.formset for inline in context["inline_admin_formsets"]]
                said = shown(context["adminform"].form, lists)
                seen = Seen(None, said, files=shown_files(lists))
                version = self.edition_shown(request, row, seen)
                seen = Seen(version, seen.values, files=seen.files)
                context["seen"] = seen.signed(row.pk)
            if disputes := getattr(request, "disputes", ()):
                context["disputes"] = disputes
                context["last_saved"] = self.last_saved(row)
        return super().render_change_form(request, context, *args, **kwargs)

    def edition_shown(self, request: HttpRequest, row: Any, seen: Seen) -> Any:
        """That of the page itself: what was written after it was read is another."""
        return seen.digest()


def _sent(request: HttpRequest, prefix: str) -> list[str]:
    start, end = f"{prefix}-", "-id"
    sent = (
        request.POST[name] for name in request.POST if name.startswith(start) and name.endswith(end)
    )
    return [pk for pk in sent if pk.isascii() and pk.isdigit() and len(pk) < 19]


def _adopt(formset: Any, data: Any, seen: Seen) -> None:
    """Of a list of one row that somebody else began meanwhile: what was sent is about that row."""
    count, rows = f"{formset.prefix}-INITIAL_FORMS", formset.initial_forms
    if not formset.fk.unique or not rows or data.get(count) != "0":
        return
    if data.get(f"{formset.prefix}-TOTAL_FORMS", "0") == "0":
        return
    data[count] = "1"
    data[f"{formset.prefix}-0-id"] = str(rows[0].instance.pk)
    for name, _field in fields_of(rows[0]):
        seen.values.setdefault(key_of(rows[0], formset.prefix, name), [])
