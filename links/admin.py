"""The list of addresses that do not work, with the entries to correct.

Whoever edits some places or themes says something of the addresses that an entry there names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from directory.bulk_admin import named
from directory.roles import has_scope, within_scope
from directory.workflow import Skipped
from links.addresses import uses
from links.batches import batches
from links.findings import Verdict
from links.models import Link
from staff.collision_admin import ShowsBoth

STATES: dict[str, Any] = {
    "broken": _("broken"),
    "failing": _("failed once or twice"),
    "moved": _("moved for good"),
    "unknown": _("cannot be told"),
    "works": _("works"),
    "silenced": _("silenced"),
    "all": _("all"),
}
NAMED_AT_MOST = 5
# Addresses whose entries are read at a time.
READ = 200


def within_reach(user: Any, urls: Iterable[str]) -> set[str]:
    """Of some addresses those that an entry names which is the user's to work on. The queries of
    ``uses``, and one for each kind of entry."""
    naming = uses(urls)
    keys: defaultdict[Any, set[int]] = defaultdict(set)
    for use in (use for each in naming.values() for use in each):
        keys[use.kind].add(use.pk)
    theirs = {
        (kind, pk)
        for kind, pks in keys.items()
        for pk in within_scope(user, kind._default_manager.filter(pk__in=pks)).values_list(
            "pk", flat=True
        )
    }
    return {
        url for url, each in naming.items() if any((use.kind, use.pk) in theirs for use in each)
    }


class StateFilter(admin.SimpleListFilter):
    """What there is to do comes first: the list opens with the broken ones."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return STATES.items()

    def value(self):
        chosen = super().value()
        return chosen if chosen in STATES else "broken"

    def choices(self, changelist):
        """Without the choice of none."""
        _none, *states = super().choices(changelist)
        return states

    def queryset(self, request, queryset):
        match self.value():
            case "broken" | "failing" | "moved" as verb:
                return getattr(queryset, verb)()
            case "unknown":
                return queryset.filter(verdict=Verdict.UNKNOWN, checked_at__isnull=False)
            case "works":
                return queryset.filter(verdict=Verdict.WORKS)
            case "silenced":
                return queryset.filter(silenced=True)
        return queryset


class WithEntries(ChangeList):
    """Knows the entries that name the addresses of a page: one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        naming = uses(link.url for link in self.result_list)
        for link in self.result_list:
            link.named_by = naming.get(link.url, [])


@admin.register(Link)
class LinkAdmin(ShowsBoth):
    list_display = ("url", "found", "since", "leads", "entries")
    list_filter = (StateFilter,)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("url",)
    ordering = ("-failures", "url")
    actions = ("silence", "listen")
    fields = (
        *("address", "found", "since", "leads", "failures", "checked_at", "entries"),
        *("silenced", "note", "silenced_by"),
    )
    readonly_fields = (
        *("address", "found", "since", "leads", "failures", "checked_at", "entries"),
        "silenced_by",
    )

    def get_changelist(self, request, **kwargs):
        return WithEntries

    def has_add_permission(self, request):
        """Entries bring them."""
        return False

    def has_delete_permission(self, request, obj=None):
        """They go with the last entry that names them."""
        return False

    def has_change_permission(self, request, obj=None):
        """Asked once for each address that a request holds."""
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or not has_scope(request.user):
            return True
        if "within_reach" not in obj.__dict__:
            obj.within_reach = obj.url in within_reach(request.user, [obj.url])
        return obj.within_reach

    @admin.display(description=_("address"))
    def address(self, link: Link) -> SafeString:
        return _outward(link.url)

    @admin.display(description=_("what was found"), ordering="reason")
    def found(self, link: Link) -> str:
        if link.checked_at is None:
            return str(_("not looked at yet"))
        said = link.get_reason_display() or link.get_verdict_display()
        return f"{said} ({link.status})" if link.status else str(said)

    @admin.display(description=_("leads to"), ordering="leads_to")
    def leads(self, link: Link) -> str | SafeString:
        """To be opened only where it worked: it is the word of a stranger."""
        if link.verdict == Verdict.WORKS and link.leads_to:
            return _outward(link.leads_to)
        return link.leads_to or "-"

    @admin.display(description=_("entries"))
    def entries(self, link: Link) -> str | SafeString:
        if not hasattr(link, "named_by"):
            link.named_by = uses([link.url]).get(link.url, [])  # type: ignore[attr-defined]
        naming = link.named_by
        shown: str | SafeString = format_html_join(
            ", ",
            '<a href="{}">{}</a>',
            ((_form(use.kind, use.pk), use.name) for use in naming[:NAMED_AT_MOST]),
        )
        if (more := len(naming) - NAMED_AT_MOST) > 0:
            shown = format_html("{} +{}", shown, more)
        return shown or "-"

    def save_model(self, request, obj, form, change):
        if "silenced" in form.changed_data:
            obj.silenced_by = request.user if obj.silenced else None
        obj.save(update_fields=["silenced", "silenced_by", "note"])

    @admin.action(description=_("Silence: do not list as broken"), permissions=["change"])
    def silence(self, request: HttpRequest, links: QuerySet) -> None:
        mine, others = self._parted(request, links)
        count = mine.update(silenced=True, silenced_by=request.user)
        sentence = ngettext("%(n)d address is silenced.", "%(n)d addresses are silenced.", count)
        self._say(request, count, sentence, others)

    @admin.action(description=_("No longer silence"), permissions=["change"])
    def listen(self, request: HttpRequest, links: QuerySet) -> None:
        mine, others = self._parted(request, links)
        count = mine.update(silenced=False, silenced_by=None)
        sentence = ngettext(
            "%(n)d address is listed again.", "%(n)d addresses are listed again.", count
        )
        self._say(request, count, sentence, others)

    def _parted(self, request: HttpRequest, links: QuerySet) -> tuple[QuerySet, list[Link]]:
        """Those that the person may say something of, and the others."""
        if not has_scope(request.user):
            return links, []
        mine: list[Link] = []
        others: list[Link] = []
        for some in batches(links.order_by("pk").iterator(READ), READ):
            reached = within_reach(request.user, [link.url for link in some])
            for link in some:
                (mine if link.url in reached else others).append(link)
        return Link.objects.filter(pk__in=[link.pk for link in mine]), others

    def _say(self, request: HttpRequest, count: int, said: str, others: list[Link]) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, said % {"n": count}, level)
        if others:
            left = Skipped.FORBIDDEN.value % {"entries": named(others)}
            self.message_user(request, left, messages.WARNING)


def _outward(url: str) -> SafeString:
    return format_html('<a href="{}" rel="noopener noreferrer" class="long">{}</a>', url, url)


def _form(kind: Any, pk: int) -> str:
    return reverse(f"admin:{kind._meta.app_label}_{kind._meta.model_name}_change", args=[pk])
