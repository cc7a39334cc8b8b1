"""A list of staff has an address for whatever it is narrowed to, to be kept and sent to others.

An address may outlive what it asks for: a theme was renamed, a worklist is not for who got the
address, a page is empty by now. Django opens the whole list then and says nothing. Here what is
still understood stays in force, and a sentence names the rest.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, IGNORED_PARAMS, PAGE_VAR
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext_lazy as _

NO_FILTERS = frozenset((*IGNORED_PARAMS, ERROR_FLAG, PAGE_VAR))
LOOKED_AT = 12
SAID_AT_MOST = 60


class ReadsAddresses(admin.ModelAdmin):
    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        gave_up = getattr(response, "url", "") == f"{request.path}?{ERROR_FLAG}=1"
        if request.method == "GET" and gave_up:
            return self._without_the_rest(request)
        return response

    def _without_the_rest(self, request: HttpRequest) -> HttpResponseRedirect:
        """A few queries for each filter; each redirect asks for less, so it ends."""
        asked = request.GET.copy()
        filters = [name for name in asked if name not in NO_FILTERS]
        wrong = filters[LOOKED_AT:]
        wrong += [one for one in filters[:LOOKED_AT] if not self._understands(request, one)]
        if wrong:
            said = ", ".join(f"{name}={asked[name]}"[:SAID_AT_MOST] for name in wrong[:LOOKED_AT])
            sentence = _("The list does not know this, and leaves it out: %(what)s.")
            messages.warning(request, sentence % {"what": said})
        elif PAGE_VAR in asked:
            wrong = [PAGE_VAR]
            messages.warning(request, _("There is no such page by now: this is the first."))
        else:
            wrong = list(asked)
        for name in wrong:
            del asked[name]
        rest = f"?{asked.urlencode()}" if asked else ""
        return HttpResponseRedirect(request.path + rest)

    def _understands(self, request: HttpRequest, name: str) -> bool:
        alone: Any = copy(request)
        alone.GET = QueryDict(mutable=True)
        alone.GET.setlist(name, request.GET.getlist(name))
        try:
            self.get_changelist_instance(alone)
        except IncorrectLookupParameters:
            return False
        return True
