"""The page of components: each part of a page in every state, beside the template that makes it.

What is shown and what is printed beside it are one file of ``templates/civicnet/samples``. The
entries are invented and never saved (``civicnet.samples``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from civicnet.samples import examples

GROUPS: list[tuple[Any, dict[str, Any]]] = [
    (
        _("Ground"),
        {
            "colours": _("Colours, in a table"),
            "type": _("Sizes of type"),
            "theme_icons": _("Icons of themes"),
            "placeholders": _("Placeholders of pictures"),
        },
    ),
    (
        _("Controls"),
        {
            "breadcrumbs": _("Path"),
            "buttons": _("Buttons"),
            "links": _("Links"),
            "tags": _("Tags and badge"),
            "fields": _("Fields"),
            "field_error": _("Field with an error"),
            "combobox": _("Search field, a combobox once its script is there"),
            "combobox_open": _("The same with its suggestions"),
            "facet_open": _("Facet, open"),
            "facet_closed": _("Facet, closed"),
            "meanings": _("What a place means, in a facet"),
            "chips": _("Filters in force"),
            "result_count": _("Number of results"),
            "pagination": _("Pages"),
            "downloads": _("Files of a listing"),
            "follow": _("Feeds of a place or theme"),
        },
    ),
    (
        _("Cards"),
        {
            "kind_doors": _("Door to a kind, on the home page"),
            "theme_doors": _("Door to a theme, on the home page"),
            "theme_boxes": _("Theme with narrower ones"),
            "card_organization": _("Organization"),
            "card_picture": _("With a picture"),
            "card_network": _("Network, among other kinds"),
            "card_project": _("Project, among other kinds"),
            "card_long": _("Long name, many themes"),
            "card_foreign": _("Text in the other language only"),
            "card_ended": _("Ended, with nothing but a name"),
        },
    ),
    (
        _("Parts of an entry"),
        {
            "portrait": _("Picture with its credit"),
            "facts": _("Fact panel"),
            "figures": _("Key figures"),
            "timeline": _("Timeline"),
            "principles": _("Principles"),
            "ties": _("Ties"),
            "members": _("Members in a role"),
            "ties_map": _("Map of ties"),
            "partners": _("Partners of a project"),
            "related": _("Other projects, and why"),
            "editions": _("Editions"),
            "sources": _("Sources and last check"),
            "documents": _("An entry’s page as a file"),
        },
    ),
    (
        _("Places"),
        {
            "italy": _("Italy by region, beside the same as a list"),
            "still_map": _("Still map"),
            "near": _("Nearest cities"),
        },
    ),
    (
        _("Messages"),
        {
            "notices": _("Notices"),
            "invented": _("Invented content"),
            "empty": _("Nothing found"),
            "problems": _("A filter that was not understood"),
        },
    ),
]


# What a part makes of an invented entry's slug by itself: it has no page, so the link leads to the
# sample that it is named after.
LINK = re.compile(r'href="/[^"]*/(card_[a-z]+)[^"]*"')


@dataclass(frozen=True)
class Sample:
    name: str
    title: Any
    html: SafeString
    markup: str


class ComponentsView(TemplateView):
    """No query; not for search engines."""

    http_method_names = ["get", "head", "options"]
    template_name = "civicnet/components.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = examples()
        groups = [
            (title, [self.sample(name, label, shown) for name, label in names.items()])
            for title, names in GROUPS
        ]
        return super().get_context_data(groups=groups, **kwargs)

    def sample(self, name: str, title: Any, shown: dict[str, Any]) -> Sample:
        template: Any = get_template(f"civicnet/samples/{name}.html")
        html = LINK.sub(r'href="#\1"', template.render(shown, self.request))
        shown_html = mark_safe(html)  # noqa: S308  # what Django rendered
        return Sample(name, title, shown_html, template.template.source.strip())
