"""Which page of a list an address asks for; and where its pages end, the way back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MOST_DIGITS = 9


class NoSuchPage(Http404):
    """A list has fewer pages. ``pages``: how many, where that is known; ``is_cut``: whether there
    is more than they show."""

    def __init__(self, pages: int = 0, is_cut: bool = False, parameter: str = "page") -> None:
        super().__init__(_("There is no such page."))
        self.pages, self.is_cut, self.parameter = pages, is_cut, parameter

    def way_back(self, request: HttpRequest) -> dict[str, Any]:
        """What ``404.html`` says: how many pages there are, and the first and the last of them."""
        return {
            "advice": self.advice,
            "first": self._address(request, 1),
            "last": self._address(request, self.pages) if self.pages > 1 else "",
            "pages": self.pages,
        }

    @property
    def advice(self) -> str:
        if self.is_cut:
            said = _("The pages end at number %(last)s. Filter, and you will see the rest.")
            return said % {"last": self.pages}
        said = ngettext("This list has one page.", "This list has %(pages)s pages.", self.pages)
        return said % {"pages": self.pages} if self.pages else ""

    def _address(self, request: HttpRequest, number: int) -> str:
        asked = request.GET.copy()
        asked.pop(self.parameter, None)
        for name, values in request.GET.lists():
            if name in asked and not any(value.strip() for value in values):
                asked.pop(name)
        if number > 1:
            asked[self.parameter] = str(number)
        return f"{request.path}?{asked.urlencode()}".removesuffix("?")


def page_number(request: HttpRequest, parameter: str = "page") -> int:
    written = request.GET.get(parameter, "") or "1"
    is_number = written.isascii() and written.isdigit() and len(written) <= MOST_DIGITS
    if not is_number or int(written) < 1:
        raise NoSuchPage(parameter=parameter)
    return int(written)
