"""Texts in the page's language or, marked as such, in the other one.

A text of the other language always carries its ``lang``; a block of them carries one visible
note too, but for names, which have none.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from directory import writing
from directory.dates import DAY, PartialDate
from directory.markup import render_markdown
from directory.told import told
from places.languages import current, translated
from places.naming import kind_of_province, of_name, to_name

register = template.Library()

# Otto and undici.
EIGHT_OR_ELEVEN = (8, 11)
ONLY_IN = {
    "it": _("Text available in Italian only."),
    "en": _("Text available in English only."),
}


def marked(text: str, language: str) -> SafeString:
    """The text, inside an element that names its language where that is not the page's."""
    return mark_safe(writing.marked(text, language, current()))  # noqa: S308  # escaped there


def attribute(language: str) -> SafeString:
    """`` lang="en"`` for the element that holds a text, or nothing."""
    return mark_safe(writing.attribute(language, current()))  # noqa: S308  # escaped there


@register.filter
def shown(obj: Any, field: str) -> str:
    """The text of a translated field in the form there is; empty where there is none."""
    return translated(obj, field)[0] if obj else ""


@register.simple_tag
def text(obj: Any, field: str = "name") -> SafeString:
    return marked(*translated(obj, field))


@register.filter
def as_told(kept: str) -> str:
    """Why something was done, in the language of the page."""
    return told(kept)


@register.filter
def to(city: Any) -> str:
    """The name of a city in a sentence that in Italian says where to: ``ad Ancona``, ``Ancona``."""
    return to_name(city) if current() == "it" else shown(city, "name")


@register.simple_tag
def province(territory: Any) -> SafeString:
    """``province of L’Aquila``, ``provincia dell’Aquila``."""
    name = of_name(territory) if current() == "it" else text(territory)
    return format_html(kind_of_province(territory), name=name)


@register.simple_tag
def lang(obj: Any, field: str = "name") -> SafeString:
    """For the element that holds the text that ``shown`` gives: no element of its own."""
    return attribute(translated(obj, field)[1])


@register.simple_tag
def in_language(text: str, language: str) -> SafeString:
    return marked(str(text), language)


@register.simple_tag
def prose(obj: Any, field: str, heading_level: int = 3) -> SafeString:
    """A Markdown field as a block, with the note where it is in the other language."""
    written, language = translated(obj, field)
    if not written:
        return mark_safe("")
    html = render_markdown(written, heading_level=heading_level)
    note = foreign_note(obj, field)
    return format_html('{}<div class="prose"{}>{}</div>', note, attribute(language), html)


@register.simple_tag
def foreign_note(objects: Any, *fields: str) -> SafeString:
    """The note for a block of texts, if any of them is in the other language."""
    rows: Iterable[Any] = objects if isinstance(objects, Iterable) else [objects]
    own = current()
    for row in rows:
        for field in fields:
            written, language = translated(row, field)
            if written and language != own:
                return format_html('<p class="foreign-note">{}</p>', ONLY_IN[language])
    return mark_safe("")


@register.simple_tag
def lines(obj: Any, field: str) -> list[str]:
    """The lines of a translated field that holds one thing on each."""
    written = translated(obj, field)[0]
    return [line.strip() for line in written.splitlines() if line.strip()]


@register.filter
def when(date: datetime.date | None) -> SafeString:
    """A date, whole or partial, as people of the page's language write it."""
    if date is None:
        return mark_safe("")
    if isinstance(date, datetime.datetime):
        date = timezone.localdate(date)
    partial = date if isinstance(date, PartialDate) else PartialDate.of(date, DAY)
    return format_html('<time datetime="{}">{}</time>', partial.iso, partial.localized)  # type: ignore[union-attr]


@register.simple_tag
def period(since: PartialDate | None, until: PartialDate | None) -> SafeString:
    """``since June 2013``, ``June 2013 – May 2016``, ``until 2016``, or nothing.

    The Italian preposition depends on the precision, so each has a sentence of its own; two
    days begin with a vowel when they are spoken.
    """
    if since and until:
        if since.iso == until.iso:
            return when(since)
        return format_html("{} – {}", when(since), when(until))
    if since:
        sentences = {
            "year": gettext("since {year}"),
            "month": gettext("since {month}"),
            "day": pgettext("eight or eleven", "since {day}")
            if since.day in EIGHT_OR_ELEVEN
            else gettext("since {day}"),
        }
        return fill(sentences[since.precision], since)
    if until:
        sentences = {
            "year": gettext("until {year}"),
            "month": gettext("until {month}"),
            "day": pgettext("eight or eleven", "until {day}")
            if until.day in EIGHT_OR_ELEVEN
            else gettext("until {day}"),
        }
        return fill(sentences[until.precision], until)
    return mark_safe("")


def fill(sentence: str, date: PartialDate) -> SafeString:
    return format_html(sentence, **{date.precision: when(date)})


@register.simple_tag
def kilometres(distance: float) -> str:
    """A distance rounded as far as it is known: between the two town seats."""
    return f"{number_format(max(1, round(distance)), force_grouping=True)}\N{NO-BREAK SPACE}km"


@register.tag
def capture(parser: Parser, token: Token) -> Captured:
    """``{% capture as title %}{% block title %}{% endblock %}{% endcapture %}``: a block's text as
    a variable, since a block can stand only once in a page."""
    try:
        _tag, _as, name = token.split_contents()
    except ValueError as error:
        raise template.TemplateSyntaxError("capture is written: capture as NAME") from error
    content = parser.parse(("endcapture",))
    parser.delete_first_token()
    return Captured(content, name)


class Captured(template.Node):
    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: Context) -> SafeString:
        # Made by a template, so it is as safe as the page around it.
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308
        return mark_safe("")
