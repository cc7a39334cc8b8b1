"""Italian and English side by side: how long each text is, what is missing, what is out of date.

A mark stands under the text that is to be written. Whoever has read both says “still right”, on
the form for one text or in the list for many; what they have typed into the form is not lost by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from directory.bulk_admin import left_alone
from directory.marked_texts import COPIED, MAY_BE_RIGHT, MISSING, STALE, marks_of
from directory.roles import languages_of, may_translate, within_scope
from directory.translated_texts import (
    TranslatedTexts,
    changed_at,
    mark_of,
    may_be_right,
    say_still_right,
)
from places.languages import LANGUAGES, other

# By mark, then by the language of the text that bears it.
SAID: dict[str, dict[str, Any]] = {
    MISSING: {
        "it": _("Missing in Italian."),
        "en": _("Missing in English."),
    },
    COPIED: {
        "it": _("A copy of the English text, not translated yet."),
        "en": _("A copy of the Italian text, not translated yet."),
    },
    STALE: {
        "it": _("The English text changed on %(day)s; the Italian was last touched before."),
        "en": _("The Italian text changed on %(day)s; the English was last touched before."),
    },
}
COPY = {"it": _("Copy the English text here"), "en": _("Copy the Italian text here")}
ALL_RIGHT = {
    "it": _("All Italian texts are still right"),
    "en": _("All English texts are still right"),
}
RIGHT = {"it": _("The Italian text is still right"), "en": _("The English text is still right")}


# ------------------------------------------------------------------ beside a text
class WithTools:
    """An input for a text in one language, with what there is to know and to do about it."""

    language = ""
    label: Any = ""
    limit: int | None = None
    mark = ""
    said: Any = ""
    # The other language's text as it is stored: whoever translates has no field for it.
    source = ""
    # The name of the text, where a person may say that it is still right.
    right = ""
    # In a form that comes back, where what was typed into it is the other language's text.
    is_copy = False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        attrs = dict(attrs or {})
        its_id = attrs.get("id", f"id_{name}")
        if self.mark:
            about = attrs.get("aria-describedby", "")
            attrs["aria-describedby"] = f"{about} {its_id}_mark".strip()
        html = super().render(name, value, attrs, renderer)  # type: ignore[misc]
        context = {
            "id": its_id,
            "other_id": its_id.removesuffix(self.language) + other(self.language),
            "label": self.label,
            "length": len(value or ""),
            "limit": self.limit,
            "mark": self.mark,
            "said": self.said,
            "right": self.right,
            "still_right": RIGHT[self.language],
            "copy": COPY[self.language],
            "source": self.source,
            "copied": SAID[COPIED][self.language],
            "is_copy": self.is_copy and self.mark != COPIED,
            "is_written": self.mark == MISSING and bool(value),
        }
        # Both are escaped already.
        return mark_safe(html + render_to_string("admin/directory/text_tools.html", context))  # noqa: S308


class TranslatedTextarea(WithTools, forms.Textarea):
    pass


class TranslatedInput(WithTools, forms.TextInput):
    pass


def give_tools(field: Any, db_field: Any) -> None:
    """To a form's field for a text in one language. Names need none: they are proper names."""
    if db_field.translated_field.name == "name":
        return
    longer = isinstance(db_field, models.TextField)
    widget = (TranslatedTextarea if longer else TranslatedInput)(field.widget.attrs)
    widget.language = db_field.language
    widget.label = db_field.translated_field.verbose_name
    limits = (one.limit_value for one in db_field.validators if one.code == "max_length")
    widget.limit = min((one for one in limits if isinstance(one, int)), default=None)
    widget.is_localized = field.localize
    field.widget = widget


def say_marks(form: Any) -> None:
    """Tell the inputs of an entry's form what is marked, or will be when it is saved."""
    entry = form.instance
    for text, widget in _inputs(form):
        widget.source = getattr(entry, f"{text}_{other(widget.language)}") or ""
        mark = ""
        if isinstance(entry, TranslatedTexts) and not entry._state.adding:
            mark = mark_of(entry, text, widget.language)
        when = changed_at(entry, text, other(widget.language)) if mark == STALE else None
        _tell(widget, mark, when, f"{text}_{widget.language}")
        widget.is_copy = _is_copy(form, text, widget)


def say_marks_of_row(form: Any, entry: Any) -> None:
    """The same for the form of a row in one of an entry's lists. One query for all its lists."""
    row = form.instance
    for text, widget in _inputs(form):
        marks = {} if row._state.adding else marks_of(entry)
        marked = marks.get((row._meta.db_table, row.pk, f"{text}_{widget.language}"))
        if marked:
            _tell(widget, marked.mark, marked.since, marked.key)
        widget.is_copy = _is_copy(form, text, widget)


def _inputs(form: Any) -> Iterator[tuple[str, Any]]:
    """The texts of a form with their inputs."""
    for name, field in form.fields.items():
        if isinstance(field.widget, WithTools):
            yield name.rpartition("_")[0], field.widget


def _is_copy(form: Any, text: str, widget: Any) -> bool:
    """What comes back with a mistake is not saved, so that no mark of the database says it."""
    if not form.is_bound:
        return False
    name, its_other = f"{text}_{widget.language}", f"{text}_{other(widget.language)}"
    typed = _typed(form, name)
    if not typed or typed != _typed(form, its_other):
        return False
    changed = {each for each in (name, its_other) if _typed(form, each) != _stored(form, each)}
    # Of two that are written at once the English is taken for the copy, as in the database.
    return changed == {name} or (len(changed) > 1 and widget.language == LANGUAGES[1])


def _typed(form: Any, name: str) -> str:
    """Whoever translates has the one language in the form, and the other beside it."""
    typed = form.data.get(form.add_prefix(name))
    return _stored(form, name) if typed is None else " ".join(typed.split())


def _stored(form: Any, name: str) -> str:
    """Of a new row there is nothing."""
    return " ".join((getattr(form.instance, name) or "").split())


def _tell(widget: Any, mark: str, when: datetime | None, key: str) -> None:
    widget.mark, widget.said, widget.right = mark, "", ""
    if not mark:
        return
    widget.said = str(SAID[mark][widget.language])
    if when is not None and mark == STALE:
        widget.said %= {"day": date_format(timezone.localtime(when), "SHORT_DATE_FORMAT")}
    if mark in MAY_BE_RIGHT:
        widget.right = key


# ------------------------------------------------------------------ saying that it is still right
class KeepsTranslations(admin.ModelAdmin):
    """An entry's page takes one query for the marks in its lists; its own are on its row."""

    class Media:
        js = ("admin-civicnet/texts.js",)

    def has_translate_permission(self, request: HttpRequest) -> bool:
        return bool(languages_of(request.user))

    def get_actions(self, request: HttpRequest) -> Any:
        """Only for the languages that are one's own."""
        actions = super().get_actions(request)
        for language in LANGUAGES:
            if language not in languages_of(request.user):
                actions.pop(f"still_right_{language}", None)
        return actions

    def get_urls(self) -> list[URLPattern]:
        still_right = path(
            "<path:object_id>/still-right/",
            self.admin_site.admin_view(require_POST(self.still_right_view)),
            name=f"{self.opts.app_label}_{self.opts.model_name}_still_right",
        )
        return [still_right, *super().get_urls()]

    def render_change_form(self, request, context, *args, **kwargs):
        entry = context.get("original")
        lists = [inline.formset for inline in context.get("inline_admin_formsets", ())]
        if entry is not None and may_translate(request.user, entry):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_still_right"
            context["still_right_url"] = reverse(name, args=[quote(entry.pk)])
            context["all_still_right"] = _all_right(entry, languages_of(request.user))
        else:
            for form in (context["adminform"].form, *(row for rows in lists for row in rows)):
                _without_buttons(form)
        return super().render_change_form(request, context, *args, **kwargs)

    def still_right_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Of one text, by its column or its key; or of all that are out of date in a language."""
        entry = self.get_object(request, unquote(object_id))
        if entry is None:
            raise Http404
        text = request.POST.get("text")
        language = request.POST.get("language", "") if text is None else text.rpartition("_")[2]
        if not may_translate(request.user, entry) or language not in languages_of(request.user):
            raise PermissionDenied
        rows = self.model._default_manager.filter(pk=entry.pk)
        self._right(request, rows, (language,), only=text)
        return went(request, self.opts, entry)

    @admin.action(description=_("Italian texts are still right"), permissions=["translate"])
    def still_right_it(self, request: HttpRequest, entries: QuerySet) -> None:
        self._right_of_many(request, entries, "it")

    @admin.action(description=_("English texts are still right"), permissions=["translate"])
    def still_right_en(self, request: HttpRequest, entries: QuerySet) -> None:
        self._right_of_many(request, entries, "en")

    def _right_of_many(self, request: HttpRequest, entries: QuerySet, language: str) -> None:
        others = left_alone(request.user, entries)
        self._right(request, within_scope(request.user, entries), (language,))
        if others:
            self.message_user(request, others, messages.WARNING)

    def _right(self, request: HttpRequest, rows: Any, languages: Any, only: Any = None) -> None:
        texts, _entries = say_still_right(rows, request.user, languages, only)
        sentence = ngettext(
            "%(n)d text is marked as still right.", "%(n)d texts are marked as still right.", texts
        )
        level = messages.SUCCESS if texts else messages.WARNING
        self.message_user(request, sentence % {"n": texts}, level)


def _all_right(entry: Any, languages: Iterable[str]) -> list[tuple[str, Any, int]]:
    """Of each language with more than one text that is out of date, how many there are."""
    found = []
    for language in languages:
        own = may_be_right(entry, [language], [STALE])
        marked = marks_of(entry).values()
        number = len(own) + sum(one.mark == STALE and one.language == language for one in marked)
        if number > 1:
            found.append((language, ALL_RIGHT[language], number))
    return found


def _without_buttons(form: Any) -> None:
    for field in form.fields.values():
        if isinstance(field.widget, WithTools):
            field.widget.right = ""


def went(request: HttpRequest, opts: Any, entry: Any) -> HttpResponse:
    """Back to the form; or nothing, to the script that keeps what is typed there."""
    if request.headers.get("X-Requested-With") == "fetch":
        # What the script says in its place.
        list(messages.get_messages(request))
        return HttpResponse(status=204)
    name = f"admin:{opts.app_label}_{opts.model_name}_change"
    return HttpResponseRedirect(reverse(name, args=[quote(entry.pk)]))
