"""How complete entries are: a list of what is missing on the form, a number in the list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from directory.completeness import completeness, of_nothing
from directory.fitness import LACKS, lacking, named


class ShowsCompleteness(admin.ModelAdmin):
    """One query for a page of the list, two for a form."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        listed = super().get_changelist_instance(request)
        rows = list(listed.result_list)
        known = completeness(self.model, [entry.pk for entry in rows])
        for entry in rows:
            entry.completeness = known.get(entry.pk)
        listed.result_list = rows
        return listed

    @admin.display(description=_("complete"))
    def complete(self, entry: Any) -> SafeString | str:
        if (known := getattr(entry, "completeness", None)) is None:
            return "-"
        markup = '<meter min="0" max="100" value="{0}" aria-hidden="true"></meter> {0} %'
        return format_html(markup, known.percent)

    def render_change_form(self, request, context, *args, **kwargs):
        """By what is stored: what is typed counts when it is saved. Of a new entry it is all that
        there is to say. What somebody may not write is named without a way to it."""
        if (entry := context.get("original")) is not None:
            context["completeness"] = completeness(self.model, [entry.pk]).get(entry.pk)
            context["needed"] = named(lacking(self.model._default_manager.get(pk=entry.pk)))
        else:
            context["completeness"] = of_nothing(self.model)
            context["needed"] = named(LACKS)
        context["fields_shown"] = set(context["adminform"].form.fields)
        return super().render_change_form(request, context, *args, **kwargs)
