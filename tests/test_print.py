"""What is printed: apostrophes and quotation marks, not the strokes of a typewriter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.translation import override

from civicnet import catalogues
from civicnet.rooms import rooms

ROOT = Path(settings.BASE_DIR)
LANGUAGES = ("it", "en")
# Between letters it is an apostrophe; in prose a quotation mark is never straight.
TYPED = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])|\"")
TAG = re.compile(r"<[^>]*>")
# What is translated in a template is in the catalogues.
SIGNS = re.compile(
    r"\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL
)
# Of these the words are Django's, which the catalogue of each language says anew.
DJANGOS = ("staff/django_texts.py", "staff/django_wording.py", "django/contrib/")


def typed(text: Any) -> bool:
    return bool(TYPED.search(TAG.sub("", str(text))))


@pytest.mark.parametrize("domain", catalogues.DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_catalogue_is_typed(language: str, domain: str) -> None:
    found = []
    for entry in catalogues.read(ROOT, language, domain):
        is_djangos = any(file.startswith(DJANGOS) for file, _line in entry.occurrences)
        own = [] if is_djangos else [entry.msgid, entry.msgid_plural]
        found += filter(typed, [*own, entry.msgstr, *entry.msgstr_plural.values()])
    assert found == []


@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_italian_quotes_as_italian_papers_do(domain: str) -> None:
    said = [
        text
        for entry in catalogues.read(ROOT, "it", domain)
        for text in (entry.msgstr, *entry.msgstr_plural.values())
    ]
    assert [text for text in said if {"“", "”"} & {*text}] == []


def _said(model: Any) -> Iterator[Any]:
    yield from (model._meta.verbose_name, model._meta.verbose_name_plural)
    for each in (*model._meta.local_fields, *model._meta.local_many_to_many):
        yield from (each.verbose_name, each.help_text)
        yield from (label for _value, label in each.flatchoices)
    for constraint in model._meta.constraints:
        yield constraint.violation_error_message or ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_and_no_help_of_a_field_is_typed(language: str) -> None:
    """Of accounts too, whose words are Django’s."""
    named = set(rooms(ROOT))
    ours = [app for app in apps.get_app_configs() if app.label in named]
    models = [model for app in ours for model in app.get_models()]
    with override(language):
        said = {str(app.verbose_name) for app in ours}
        said |= {str(text) for model in models for text in _said(model)}
    assert len(said) > 300
    assert [text for text in said if typed(text)] == []


class Prose(HTMLParser):
    """What a page says: its text, and the words of attributes that are read."""

    READ = ("alt", "title", "aria-label", "placeholder")

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_code = tag in ("script", "style", "code", "pre")
        self.said += [value or "" for name, value in attrs if name in self.READ]

    def handle_endtag(self, tag: str) -> None:
        self._is_code = False

    def handle_data(self, data: str) -> None:
        if not self._is_code:
            self.said.append(data)


def test_no_template_is_typed() -> None:
    found = {}
    for file in sorted((ROOT / "templates").rglob("*.html")):
        prose = Prose()
        prose.feed(SIGNS.sub("", file.read_text()))
        if typed_here := [text for text in prose.said if typed(text)]:
            found[file.name] = typed_here
    assert found == {}


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("doesn't", "doesn’t"),
        ('Delete "%(name)s"?', "Delete “%(name)s”?"),
        ("the %(kind)s '%(name)s' would", "the %(kind)s “%(name)s” would"),
        ('the "Choose" arrow', "the “Choose” arrow"),
        ('<a href="/it/">it\'s</a>', '<a href="/it/">it’s</a>'),
    ],
)
def test_what_django_types_is_printed_in_english(text: str, printed: str) -> None:
    assert catalogues.typeset(text) == printed
