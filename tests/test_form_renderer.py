"""Forms look as Django draws them, to the letter."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from civicnet.form_renderer import FormRenderer

ATTRIBUTES: list[dict[str, Any] | None] = [
    None,
    {},
    {"id": "id_a", "class": "vTextField", "maxlength": "250", "size": 1200},
    {"required": True, "disabled": False, "data-nothing": None, "data-zero": 0, "empty": ""},
    {"placeholder": "“A” & <b>'b'</b>", "aria-label": gettext_lazy("Search")},
    {"data-safe": mark_safe("&quot;said&quot;"), "<script>": True, 'a"b': "c"},
]


class Form(forms.Form):
    text = forms.CharField(help_text="What it is", label="“A” & <b>")
    number = forms.IntegerField(min_value=1000, max_value=2500)
    choice = forms.ChoiceField(choices=[("a", "A & B"), ("b", gettext_lazy("Search"))])
    several = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    is_so = forms.BooleanField(widget=forms.CheckboxInput(attrs={"class": "a<b"}))
    day = forms.SplitDateTimeField(disabled=True)


def test_it_is_the_one_in_use():
    assert isinstance(get_default_renderer(), FormRenderer)


@pytest.mark.parametrize("template", ["django/forms/widgets/attrs.html", "django/forms/attrs.html"])
@pytest.mark.parametrize("attrs", ATTRIBUTES)
def test_attributes_are_written_as_django_writes_them(template, attrs):
    context = {"widget": {"attrs": attrs}, "attrs": attrs}
    # A form's own renderer strips what it renders: the space before the first one counts.
    ours, djangos = (
        one.get_template(template).render(context) for one in (FormRenderer(), DjangoTemplates())
    )
    assert ours == djangos


@pytest.mark.parametrize("data", [None, {"text": '"<', "choice": "c", "several": ["b"]}])
def test_a_form_is_drawn_as_django_draws_it(data):
    ours, djangos = (
        str(Form(data, renderer=renderer)) for renderer in (FormRenderer(), DjangoTemplates())
    )
    assert ours == djangos
    assert 'class="a&lt;b"' in ours
