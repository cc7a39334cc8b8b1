"""The choices of a facet, as the form of a listing shows them: there are a hundred on a page.

Written in Python: see ``directory.writing``.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from directory.listing import Choice, FacetView
from directory.writing import escape, grouped, marked
from places.languages import current

# What most visitors narrow by is unfolded from the start.
OPEN = ("region", "theme", "type")


def facet_html(facet: FacetView) -> SafeString:
    own = current()
    name, label = escape(facet.name), escape(str(facet.label))
    chosen, is_open, more = facet.chosen, "", ""
    number = ""
    if chosen:
        said = ngettext("chosen", "chosen", chosen)
        number = (
            f' <span class="facet-chosen">{chosen}<span class="visually-hidden"> {said}</span>'
            "</span>"
        )
    if chosen or facet.sought or facet.is_wanted or facet.name in OPEN:
        is_open = " open"
    if facet.more:
        more = _find(facet, name, label)
    return mark_safe(  # noqa: S308  # escaped piece by piece
        f'<details class="facet" id="facet-{name}"{is_open}>'
        f"<summary><span>{label}</span>{number}</summary>"
        f'<fieldset><legend class="visually-hidden">{label}</legend>'
        f"{_choices(name, facet.choices, own)}{more}</fieldset></details>"
    )


def _choices(name: str, choices: Iterable[Choice], own: str) -> str:
    """``name`` is escaped."""
    items = [
        f"<li>{_box(name, one, own)}{_narrower(name, one, own) if one.children else ''}</li>"
        for one in choices
    ]
    return f'<ul class="choices">{"".join(items)}</ul>'


def _box(name: str, choice: Choice, own: str) -> str:
    """A choice with its number."""
    value, number = escape(choice.value), ""
    if choice.n is not None:
        number = f' <span class="choice-count">{grouped(choice.n, own)}</span>'
    return (
        f'<label class="choice"><input type="checkbox" id="{name}-{value}" name="{name}"'
        f' value="{value}"{" checked" if choice.chosen else ""}>'
        f'<span class="choice-label">{marked(choice.label, choice.language, own)}</span>'
        f"{number}</label>"
    )


def _narrower(name: str, choice: Choice, own: str) -> str:
    number = len(choice.children)
    said = ngettext("%(n)s narrower", "%(n)s narrower", number) % {"n": number}
    return (
        f'<details class="choice-children" id="facet-{name}-{escape(choice.value)}-more"'
        f"{' open' if choice.chosen_children else ''}>"
        f'<summary>{said}<span class="visually-hidden">:'
        f" {marked(choice.label, choice.language, own)}</span></summary>"
        f"{_choices(name, choice.children, own)}</details>"
    )


def _find(facet: FacetView, name: str, label: str) -> str:
    """The field to find a choice among many."""
    asks = gettext("Find by name: %(facet)s") % {"facet": label.lower()}
    none = described = ""
    if facet.is_missed:
        said = gettext("None with entries here has this in its name.")
        none = f'<p class="facet-more" id="found-{name}">{said}{_meant(facet, name)}</p>'
        described = f' aria-describedby="found-{name}"'
    return (
        f'<div class="facet-find"><label for="find-{name}">{asks}</label>'
        f'<input type="search" id="find-{name}" name="find_{name}" value="{escape(facet.sought)}"'
        f' maxlength="60" autocomplete="off"{described}>{none}</div>'
    )


def _meant(facet: FacetView, name: str) -> str:
    """The way to what a misspelt name may have meant."""
    if not (meant := facet.meant):
        return ""
    asks, called = gettext("Did you mean"), marked(meant.label, meant.language, current())
    there = f"?{escape(facet.meant_query)}#facet-{name}"
    return f' {asks} <a href="{there}" rel="nofollow">{called}</a>?'
