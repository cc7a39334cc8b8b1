"""The steps of an entry in the admin: buttons below its form, actions on lists."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from directory.bulk_admin import NAMED_AT_MOST, named
from directory.doubles_admin import number
from directory.fitness import lacking, refusal
from directory.forms import DAY, NOTE, day_field, note_field
from directory.models import Status
from directory.roles import may_write
from directory.workflow import (
    ARCHIVE,
    PUBLISH,
    PUBLISH_ON,
    SEND,
    SEND_BACK,
    STEPS,
    TO_DRAFT,
    Outcome,
    Step,
    may_take,
    steps_for,
    take,
)
from staff.lapse import name_steps

STEP = "_step"
SEEN_STATUS = "_seen"
FOR_NEW = (SEND, PUBLISH)


class NoteForm(forms.Form):
    note = note_field()


class DayForm(forms.Form):
    day = day_field()


FORMS: dict[str, type[forms.Form]] = {"note": NoteForm, "day": DayForm}


class TakesSteps(admin.ModelAdmin):
    """A step is taken after the form is saved, and in the same transaction."""

    actions: Sequence[Any] = (
        *("send_to_review", "send_back", "publish", "publish_on"),
        *("back_to_draft", "archive"),
    )

    # ---------------------------------------------------------------- buttons below the form
    def get_form(self, request, obj=None, **kwargs):  # type: ignore[override]
        """The form knows which step its sender asked for, so that it asks what goes with it."""
        kind: Any = super().get_form(request, obj, **kwargs)
        step = STEPS.get(request.POST.get(STEP, ""))
        kind.step_asks = step.asks if step else ""
        return kind

    def render_change_form(self, request, context, *args, **kwargs):
        """One query: what is remembered of the entry on its way."""
        entry = context.get("original")
        if entry is None:
            allowed = (step for step in FOR_NEW if self._may_take_when_new(request, step))
            context["steps"] = list(allowed) if self.has_add_permission(request) else []
        else:
            reviews = self.model._meta.get_field("review").related_model._default_manager
            people = ("sent_by", "note_by", "publish_by")
            context["review"] = reviews.filter(entry=entry.pk).select_related(*people).first()
            if may_write(request.user, entry):
                context["steps"] = list(steps_for(request.user, entry))
        return super().render_change_form(request, context, *args, **kwargs)

    def _may_take_when_new(self, request: HttpRequest, step: Step) -> bool:
        if step.needs_publish(Status.DRAFT):
            return self.has_publish_permission(request)  # type: ignore[attr-defined]
        return self.has_edit_permission(request)  # type: ignore[attr-defined]

    def response_change(self, request, obj):
        response = super().response_change(request, obj)
        return self._after_the_step(request, obj) or response

    def response_add(self, request, obj, post_url_continue=None):
        response = super().response_add(request, obj, post_url_continue)
        return self._after_the_step(request, obj) or response

    def _after_the_step(self, request: HttpRequest, entry: Any) -> HttpResponseBase | None:
        """Take the step that was asked for; to the form again where it was not taken."""
        step = STEPS.get(request.POST.get(STEP, ""))
        if step is None:
            return None
        stored = self.model._default_manager.get(pk=entry.pk)
        if getattr(request, "is_late", False):
            said = gettext(
                "Saved, without the step: somebody else changed this entry meanwhile. It is now:"
                " %(status)s. Look at it again."
            )
            said %= {"status": stored.get_status_display()}
            self.message_user(request, said, messages.WARNING)
        elif not may_take(request.user, step, stored):
            self.message_user(request, gettext("You may not do this here."), messages.ERROR)
        elif step.makes_public and (lacks := lacking(stored)):
            said = gettext("Saved, and not published.") + " " + refusal(lacks)
            self.message_user(request, said, messages.ERROR)
        else:
            self._take(request, step, self.model._default_manager.filter(pk=entry.pk))
            return None
        return HttpResponseRedirect(self._page("change", entry))  # type: ignore[attr-defined]

    # ---------------------------------------------------------------- actions on lists
    def action_checkbox(self, obj: Any) -> SafeString:
        """As Django's, and with the status that the row shows, so that a step is taken from there
        and no other. Written here: a widget for each row takes a tenth of the page."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">'
            '<input type="hidden" name="{}" value="{}:{}">',
            *(ACTION_CHECKBOX_NAME, obj.pk, gettext("Select “%(entry)s”") % {"entry": obj}),
            *(SEEN_STATUS, obj.pk, obj.status),
        )

    @admin.action(description=SEND.label, permissions=["edit"])
    def send_to_review(self, request: HttpRequest, entries: QuerySet) -> Any:
        return self._take(request, SEND, entries)

    @admin.action(description=SEND_BACK.label, permissions=["publish"])
    def send_back(self, request: HttpRequest, entries: QuerySet) -> Any:
        return self._ask(request, SEND_BACK, entries)

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish(self, request: HttpRequest, entries: QuerySet) -> Any:
        return self._take(request, PUBLISH, entries)

    @admin.action(description=PUBLISH_ON.label, permissions=["publish"])
    def publish_on(self, request: HttpRequest, entries: QuerySet) -> Any:
        return self._ask(request, PUBLISH_ON, entries)

    @admin.action(description=TO_DRAFT.label, permissions=["edit"])
    def back_to_draft(self, request: HttpRequest, entries: QuerySet) -> Any:
        return self._take(request, TO_DRAFT, entries)

    @admin.action(description=ARCHIVE.label, permissions=["publish"])
    def archive(self, request: HttpRequest, entries: QuerySet) -> Any:
        return self._take(request, ARCHIVE, entries)

    def _ask(self, request: HttpRequest, step: Step, entries: QuerySet) -> Any:
        """A page in between, for what has to be said with the step."""
        asked = FORMS[step.asks]
        is_answer = "answered" in request.POST
        form = asked(request.POST if is_answer else None)
        if is_answer and form.is_valid():
            return self._take(request, step, entries, form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": step.label,
            "step": step,
            "form": form,
            "count": entries.count(),
            "entries": entries[:NAMED_AT_MOST],
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "across": request.POST.get("select_across", "0"),
            "checkbox": ACTION_CHECKBOX_NAME,
            "seen": request.POST.getlist(SEEN_STATUS),
            "seen_status": SEEN_STATUS,
        }
        status = 422 if is_answer else 200
        return render(request, "admin/directory/step.html", context, status=status)

    def _take(
        self,
        request: HttpRequest,
        step: Step,
        entries: QuerySet,
        answers: dict[str, Any] | None = None,
    ) -> None:
        if answers is None:
            answers = getattr(request, "step_answers", {})
        outcome = take(step, entries, request.user, seen=_seen(request), **answers)
        level = messages.SUCCESS if outcome.moved else messages.WARNING
        for sentence in said(outcome, answers.get("day")):
            self.message_user(request, sentence, level)
            level = messages.WARNING

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        answers = {"note": form.cleaned_data.get(NOTE), "day": form.cleaned_data.get(DAY)}
        step = STEPS.get(request.POST.get(STEP, ""))
        request.step_answers = {step.asks: answers[step.asks]} if step and step.asks else {}


name_steps(STEP, lambda slug: getattr(STEPS.get(slug), "label", ""))


def _seen(request: HttpRequest) -> dict[int, str]:
    """What the list said of its rows; of those on other pages nothing is known."""
    rows = (said.partition(":") for said in request.POST.getlist(SEEN_STATUS))
    return {number(pk): status for pk, _colon, status in rows}


def said(outcome: Outcome, day: datetime.date | None = None) -> Iterator[str]:
    """What became of the entries: one sentence, and one for each reason to skip."""
    count = len(outcome.moved)
    if day:
        moved = ngettext(
            "%(count)d entry will be published on %(day)s.",
            "%(count)d entries will be published on %(day)s.",
            count,
        )
        yield moved % {"count": count, "day": date_format(day, "SHORT_DATE_FORMAT")}
    else:
        moved = ngettext(
            "%(count)d entry is now: %(status)s.", "%(count)d entries are now: %(status)s.", count
        )
        yield moved % {"count": count, "status": outcome.step.to.label}
    for why, entries in outcome.skipped.items():
        yield why % {"entries": named(entries)}
