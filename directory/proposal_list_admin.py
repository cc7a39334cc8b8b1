"""The lists of proposals in the admin: what waits, the longest waiting first; then what was
decided, the latest first."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, Value, When
from django.http import Http404
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from directory.changes import Change, values_of
from directory.comparison import labels
from directory.history import lists_of
from directory.proposals import Proposal
from directory.roles import languages_of, may_publish, within_scope

OPEN_FIRST = Case(When(state=Proposal.State.OPEN, then=Value(0)), default=Value(1))
WAITING_SINCE = Case(When(state=Proposal.State.OPEN, then=F("changed")))


class ProposalAdmin(admin.ModelAdmin):
    """Reviewers see those for the entries that they may publish, everybody their own.

    A proposal is made in the form of its entry and decided on a page of its own.
    """

    list_display: Any = ("named", "author_shown", "what", "why", "changed", "state_shown")
    list_filter: ClassVar[Any] = ("state", ("author", admin.RelatedOnlyFieldListFilter))
    list_select_related: ClassVar[Any] = ("entry", "author")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("entry__name_it", "entry__name_en", "author__username", "why")
    ordering = (OPEN_FIRST, WAITING_SINCE, F("decided").desc(), "pk")

    @property
    def entries(self) -> Any:
        return self.opts.get_field("entry").related_model

    def get_queryset(self, request):
        proposals: Any = super().get_queryset(request)
        if not may_publish(request.user, self.entries):
            return proposals.of_author(request.user)
        return proposals.seen_by(request.user, within_scope(request.user, self.entries.objects))

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        """Each row has been looked at by ``get_queryset``."""
        return bool(languages_of(request.user)) or may_publish(request.user, self.entries)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """With its entry only."""
        if obj is None:
            return False
        return self.admin_site.get_model_admin(self.entries).has_delete_permission(
            request, obj.entry
        )

    def delete_view(self, request, object_id, extra_context=None):
        raise PermissionDenied

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page of the proposal is one of its entry's."""
        proposal = self.get_object(request, unquote(object_id))
        if proposal is None:
            raise Http404
        of_entries: Any = self.admin_site.get_model_admin(self.entries)
        return of_entries.proposal_view(request, str(proposal.entry_id), proposal.pk)

    def changelist_view(self, request, extra_context=None):
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    @admin.display(description=_("name"), ordering="entry__sort_it")
    def named(self, proposal: Any) -> str:
        return str(proposal.entry)

    @admin.display(description=_("author"), ordering="author__username")
    def author_shown(self, proposal: Any) -> str:
        return proposal.author_name

    @admin.display(description=_("what"))
    def what(self, proposal: Any) -> str:
        keys = {key.partition(":")[0] for key in Change.of(proposal).keys}
        known = (*values_of(self.entries), *lists_of(self.entries))
        return ", ".join(labels(self.entries, [name for name in known if name in keys]))

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, proposal: Any) -> SafeString:
        markup = '<span class="status status-{}">{}</span>'
        return format_html(markup, proposal.state, proposal.get_state_display())
