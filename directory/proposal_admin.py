"""The form of a published entry for those who may not publish, and the page of a proposal.

Saving runs the ordinary form to its end, reads what the entry would be, and takes all of it back:
what it was that would change is kept as a proposal. Opening the form again, or the preview, puts
the proposal in for as long as the page is drawn. Nobody else ever sees it: it is never committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from directory.accepting import list_named
from directory.changes import Change, new_pictures, on, unit_of, wanted
from directory.copies import behind, leave_rows_behind
from directory.history import Document, documents
from directory.history_admin import KeepsHistory
from directory.proposal_review import LONGEST_ANSWER, Review
from directory.restoring import Restored, put
from directory.roles import may_publish, may_translate, may_write
from directory.translated_texts import known_behind
from staff.lapse import is_filled_in


class ProposesChanges(KeepsHistory):
    """Comes before what saves, keeps apart and records. Costs who publishes everything nothing;
    others a query for each form, and what is waiting one more."""

    # ---------------------------------------------------------------- who proposes
    def proposes(self, request: HttpRequest, entry: Any) -> bool:
        """Whether what they save of this entry is a proposal."""
        return (
            entry is not None
            and may_translate(request.user, entry)
            and not may_write(request.user, entry)
        )

    def may_write(self, request, entry):
        """To put back by hand, or by a table, is no way around a proposal."""
        return super().may_write(request, entry) and not self.proposes(request, entry)

    def _as_stored(self, request: HttpRequest, entry: Any) -> Any:
        """While a proposal is put in, rights are those to the entry as it is."""
        stored = getattr(request, "proposing", None)
        is_put_in = stored is not None and entry is not None and stored.pk == entry.pk
        return stored if is_put_in else entry

    def has_change_permission(self, request, obj=None):
        entry = self._as_stored(request, obj)
        if entry is not None and entry.is_published and not may_translate(request.user, entry):
            return False
        return super().has_change_permission(request, entry)

    def has_edit_permission(self, request, obj=None):
        return super().has_edit_permission(request, self._as_stored(request, obj))

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and not (obj is not None and self.proposes(request, obj))

    def get_readonly_fields(self, request, obj=None):
        fields = tuple(super().get_readonly_fields(request, obj))
        if not self.proposes(request, self._as_stored(request, obj)):
            return fields
        return tuple(dict.fromkeys((*fields, *self.published_by_hand)))

    published_by_hand: tuple[str, ...] = ("status",)
    """Fields that say whether and when an entry is public: nobody proposes them."""

    def _proposals(self, entry: Any) -> Any:
        return self.model._meta.get_field("proposals").related_model.objects.filter(entry=entry.pk)

    # ---------------------------------------------------------------- the form
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = super().changeform_view

        def ordinary() -> Any:
            return view(request, object_id, form_url, extra_context)

        if object_id is None or request.user.is_superuser:
            return ordinary()
        with transaction.atomic():
            entry = self._stored(request, object_id)
            if not self.proposes(request, entry):
                return ordinary()
            return self._propose(request, entry, ordinary)

    def _stored(self, request: HttpRequest, object_id: str) -> Any:
        """Locked if something is to be written: between looking and saving nobody publishes."""
        rows = self.model._default_manager.order_by()
        if request.method == "POST":
            rows = rows.select_for_update(no_key=True)
        try:
            return rows.filter(pk=unquote(object_id)).first()
        except (ValueError, ValidationError):
            return None

    def _propose(self, request: Any, entry: Any, ordinary: Callable[[], Any]) -> Any:
        mine = self._proposals(entry).waiting().of_author(request.user)
        if request.method == "POST":
            mine = mine.select_for_update()
        request.proposing, request.proposal = entry, mine.first()
        request.was_saved = False
        change = self._change(request.proposal, entry)
        then = None
        with taken_back() if request.method == "POST" or change else nullcontext():
            now = self._now(entry)
            outcome = self._put(entry, change, now) if change else Restored()
            unseen = outcome.keys_left
            request.not_shown = outcome.left
            response = ordinary()
            if hasattr(response, "render"):
                response.render()
            if request.was_saved:
                then = self._now(entry)
        if then is None:
            return response
        return self._keep(request, entry, wanted(self.model, now, then, change, unseen))

    def _change(self, proposal: Any, entry: Any) -> Change:
        return Change.of(proposal) if proposal else Change.nothing(self.model, entry.pk)

    def _now(self, entry: Any) -> Document:
        return Document.read(self.model, documents(self.model, [entry.pk])[entry.pk])

    def _put(self, entry: Any, change: Change, now: Document) -> Restored:
        """Into a copy, which is not asked about rights."""
        written = self.model._default_manager.select_for_update(no_key=True).get(pk=entry.pk)
        return put(written, on(self.model, change, now).then, change.keys)

    def edition(self, request, row):
        """The form shows an entry and a proposal; each may change while it is open."""
        version = super().edition(request, row)  # type: ignore[misc]
        proposal = getattr(request, "proposal", None)
        return f"{version}.{proposal.saves}" if proposal else version

    def response_change(self, request, obj):
        if getattr(request, "proposing", None) is not None:
            request.was_saved = True
            return HttpResponseRedirect(request.path)
        if getattr(request, "accepting", None) is not None:
            return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)

    def accepted_form(self, request: HttpRequest, entry: Any) -> Any:
        """The ordinary form, sent by a reviewer who accepts."""
        return super().changeform_view(request, str(entry.pk))

    def why(self, request: HttpRequest, form: Any) -> str:
        accepting = getattr(request, "accepting", None)
        return accepting.comment if accepting is not None else super().why(request, form)

    def save_model(self, request, obj, form, change):
        """Who checked the entry is who proposed the day; a copy that was proposed stays one."""
        accepting = getattr(request, "accepting", None)
        if accepting is not None and "checked_on" in form.changed_data:
            obj.checked_by = accepting.proposal.author if obj.checked_on else None
        if accepting is not None:
            proposed = accepting.change
            copied = proposed.copied.intersection(form.changed_data)
            outdated = behind(copied, proposed.after, Document(obj.pk, vars(obj)))
            obj.still_right |= known_behind(outdated)
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """Before the version is written, which holds the marks of rows."""
        super().save_formset(request, form, formset, change)
        accepting = getattr(request, "accepting", None)
        if accepting is None:
            return
        proposed, name = accepting.change, list_named(self.model, formset)  # type: ignore[arg-type]
        rows = {f"{name}:{row.pk}": row for row, _fields in formset.changed_objects}
        said = {row.pk: vars(row) for row in rows.values()}
        copied = {text for text in proposed.copied if unit_of(text) in rows}
        now = Document(form.instance.pk, {}, {name: said})
        leave_rows_behind(rows, behind(copied, proposed.after, now))

    def _keep(self, request: Any, entry: Any, change: Change) -> HttpResponse:
        proposal = request.proposal
        back = reverse(f"admin:{self._page_name('change')}", args=[quote(entry.pk)])
        if not change:
            if proposal:
                proposal.decide(proposal.State.WITHDRAWN)
            said = gettext("Nothing differs from what is published: there is no proposal of yours.")
            self.message_user(request, said, messages.WARNING)
            return HttpResponseRedirect(back)
        if proposal is None:
            kind = self._proposals(entry).model
            proposal = kind(entry=entry, author=request.user, base_version=entry.version, saves=0)
        proposal.saves += 1
        proposal.keep(change, request.POST.get("why", ""), new_pictures(self.model, change))
        said = gettext(
            "Your proposal for “%(entry)s” is kept. The entry stays as it is until somebody who may"
            " publish has accepted it."
        )
        self.message_user(request, said % {"entry": entry}, messages.SUCCESS)
        if "_continue" in request.POST:
            return HttpResponseRedirect(back)
        return HttpResponseRedirect(self.proposal_page(proposal))

    def render_change_form(self, request, context, *args, **kwargs):
        entry = context.get("original")
        if entry is None:
            return super().render_change_form(request, context, *args, **kwargs)
        stored = self._as_stored(request, entry)
        context["proposes"] = self.proposes(request, stored)
        if proposal := getattr(request, "proposal", None):
            context["own_proposal"] = proposal
            context["own_proposal_url"] = self.proposal_page(proposal)
            context["preview_url"] = self.proposal_page(proposal, "proposal_preview")
            context["not_shown"] = request.not_shown
            context["adminform"].form.initial.setdefault("why", proposal.why)
        elif not context["proposes"] and self.has_change_permission(request, stored):
            context["waiting"] = self._waiting(request, stored)
        return super().render_change_form(request, context, *args, **kwargs)

    def _waiting(self, request: HttpRequest, entry: Any) -> dict[str, Any] | None:
        """One leads to itself, more to their list. One query."""
        waiting = self._proposals(entry).waiting()
        if not may_publish(request.user, entry):
            waiting = waiting.of_author(request.user)
        found = list(waiting.only("entry"))
        if not found:
            return None
        said = ngettext("%(n)d proposal waits", "%(n)d proposals wait", len(found))
        everything = f"{self.list_of_proposals(found[0])}?entry={entry.pk}"
        url = self.proposal_page(found[0]) if len(found) == 1 else everything
        return {"said": said % {"n": len(found)}, "url": url}

    # ---------------------------------------------------------------- addresses
    def get_urls(self) -> list[URLPattern]:
        def page(address: str, view: Any, name: str) -> URLPattern:
            address = f"<path:object_id>/proposals/<int:number>/{address}"
            return path(address, self.admin_site.admin_view(view), name=self._page_name(name))

        return [
            page("public/", self.proposal_preview, "proposal_preview"),
            page("", self.proposal_view, "proposal"),
            *super().get_urls(),
        ]

    def proposal_page(self, proposal: Any, page: str = "proposal") -> str:
        args = [quote(proposal.entry_id), proposal.pk]
        return reverse(f"admin:{self._page_name(page)}", args=args)

    def list_of_proposals(self, proposal: Any) -> str:
        return reverse(f"admin:{proposal._meta.app_label}_{proposal._meta.model_name}_changelist")

    def _proposal(self, request: HttpRequest, object_id: str, number: int) -> tuple[Any, Any]:
        """Its author's and those reviewers' who may publish the entry; nobody else's."""
        entry = self._entry(request, object_id)
        proposal = self._proposals(entry).with_people().with_number(number)
        if proposal is None:
            raise Http404
        if proposal.author != request.user and not may_publish(request.user, entry):
            raise PermissionDenied
        return entry, proposal

    def proposal_preview(self, request: Any, object_id: str, number: int) -> Any:
        """The public page as it would be with all of the proposal."""
        entry, proposal = self._proposal(request, object_id, number)
        if not proposal.is_open:
            raise Http404
        with transaction.atomic(), taken_back():
            request.proposing = entry
            self._put(entry, Change.of(proposal), self._now(entry))
            return self.preview(request, object_id)  # type: ignore[attr-defined]

    def proposal_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """What it would change; its author may withdraw it, a reviewer decide."""
        entry, proposal = self._proposal(request, object_id, number)
        review = Review(self, request, entry, proposal)
        if is_filled_in(request):
            review.fill_in()
        elif request.method == "POST" and (answer := review.act()):
            return answer
        return self._shown(
            request,
            "proposal.html",
            title=_("Proposal: %(entry)s") % {"entry": entry},
            entry=entry,
            proposal=proposal,
            review=review,
            longest=LONGEST_ANSWER,
            preview_url=self.proposal_page(proposal, "proposal_preview"),
            change_url=reverse(f"admin:{self._page_name('change')}", args=[quote(entry.pk)]),
            list_url=self.list_of_proposals(proposal),
        )


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written in the block is undone at its end. Needs a transaction around."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
