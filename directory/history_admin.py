"""The pages of the admin that show what entries were, compare, put back and recover."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from reversion.models import Version

from directory.comparison import changed_keys, compare, labels
from directory.history import (
    Document,
    deleted,
    documents,
    record_in_bulk,
    remember,
    tied_to,
    versions_of,
)
from directory.restoring import NEVER, recover, restore
from directory.told import Sentence, at_moment

VERSIONS_SHOWN = 50
DELETED_SHOWN = 50
LONGEST_SEARCH = 200
LONGEST_REASON = 500
NOW = "now"

DELETED = Sentence("deleted", _("Deleted"))
RECOVERED = Sentence("recovered", _("Recovered"))
PUT_BACK = Sentence("put_back", _("Put back from the version of %(when)s."), {"when": at_moment})


class KeepsHistory(admin.ModelAdmin):
    """Records what is saved and deleted here. The form has a field ``why``."""

    has_edit_permission: Any
    """Whether all of an entry may be written, as putting back may; see ``HasRoles``."""

    # ---------------------------------------------------------------- recording
    def save_model(self, request, obj, form, change):
        if change:
            remember([obj])
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        record_in_bulk([form.instance], self.why(request, form), request.user)

    def why(self, request: HttpRequest, form: Any) -> str:
        """What the history says of the change."""
        return form.cleaned_data.get("why", "")

    def delete_view(self, request, object_id, extra_context=None):
        """Whoever saves it at the same moment comes before or after: the last version has it all,
        and of two who delete it one does."""
        with transaction.atomic():
            if request.method == "POST":
                self._hold(object_id)
            return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request, obj):
        others = self._before_deleting(request, [obj])
        super().delete_model(request, obj)
        record_in_bulk(others, DELETED(), request.user)

    def delete_queryset(self, request, queryset):
        others = self._before_deleting(request, list(queryset))
        super().delete_queryset(request, queryset)
        record_in_bulk(others, DELETED(), request.user)

    def _before_deleting(self, request, entries):
        """The last versions; gives the others that lose their ties to these."""
        gone = {(type(entry), entry.pk) for entry in entries}
        others = [each for each in tied_to(entries) if (type(each), each.pk) not in gone]
        remember(others)
        record_in_bulk(entries, DELETED(), request.user, deleted=True)
        return others

    # ---------------------------------------------------------------- addresses
    def get_urls(self) -> list[URLPattern]:
        def page(address: str, view: Any, name: str) -> URLPattern:
            return path(address, self.admin_site.admin_view(view), name=self._page_name(name))

        return [
            page("recover/", self.recover_view, "recover"),
            page("<path:object_id>/compare/", self.compare_view, "compare"),
            *super().get_urls(),
        ]

    def _page_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _page(self, page: str, entry: Any) -> str:
        return reverse(f"admin:{self._page_name(page)}", args=[quote(entry.pk)])

    def _hold(self, object_id: str) -> bool:
        """Until the end of the transaction nobody else writes the entry; whether it is there."""
        try:
            return bool(self.model._default_manager.filter(pk=unquote(object_id)).hold())
        except (ValueError, ValidationError):
            return False

    def _gone(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Where Django leads whoever wants an entry that is there no more, with a sentence."""
        away: Any = self._get_obj_does_not_exist_redirect  # type: ignore[attr-defined]
        return away(request, self.opts, str(object_id))

    def _may_put_back(self, request: HttpRequest, entry: Any) -> bool:
        """Whoever may write all of it."""
        return self.has_edit_permission(request, entry) and self.may_write(request, entry)

    def may_write(self, request: HttpRequest, entry: Any) -> bool:
        """Whether what the person changes of the entry is written at once."""
        return self.has_change_permission(request, entry)

    def _entry(self, request: HttpRequest, object_id: str) -> Any:
        entry = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, entry):
            raise PermissionDenied
        if entry is None:
            raise Http404
        return entry

    def _shown(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        everywhere = self.admin_site.each_context(request) | {"opts": self.opts}
        return render(request, f"admin/directory/{template}", everywhere | context)

    # ---------------------------------------------------------------- history
    def history_view(self, request, object_id, extra_context=None):
        """The versions, each with what it changed: two queries, however many there are."""
        entry = self._entry(request, object_id)
        pages = Paginator(versions_of(entry), VERSIONS_SHOWN)
        shown = pages.get_page(request.GET.get("p"))
        end = shown.start_index() + VERSIONS_SHOWN
        # One more than is shown: the oldest of a page is compared with the one before it.
        versions = list(versions_of(entry)[max(0, shown.start_index() - 1) : end])
        read = [Document.read(self.model, version.serialized_data) for version in versions]
        rows = []
        for number, version in enumerate(versions[:VERSIONS_SHOWN]):
            older = versions[number + 1] if number + 1 < len(versions) else None
            keys = changed_keys(self.model, read[number + 1], read[number]) if older else []
            rows.append({"version": version, "older": older, "what": labels(self.model, keys)})
        return self._shown(
            request,
            "history.html",
            title=_("History: %(entry)s") % {"entry": entry},
            entry=entry,
            rows=rows,
            page=shown,
            compare_url=self._page("compare", entry),
        )

    # ---------------------------------------------------------------- comparing and putting back
    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        entry = self._entry(request, object_id)
        before = self._version(entry, request.GET.get("from", ""))
        after = self._version(entry, request.GET.get("to", NOW))
        now = after is None
        may_restore = now and before is not None and self._may_put_back(request, entry)
        if request.method == "POST":
            if not may_restore or before is None:
                raise PermissionDenied
            with transaction.atomic():
                self._hold(object_id)
                return self._restore(request, object_id, before)
        old, new = self._document(entry, before), self._document(entry, after)
        return self._shown(
            request,
            "compare.html",
            title=_("Comparison: %(entry)s") % {"entry": entry},
            entry=entry,
            before=before,
            after=after,
            comparison=compare(self.model, old, new),
            labels=[_called(before), _called(after)],
            may_restore=may_restore,
            never=NEVER,
            entry_version=entry.version,
            history_url=self._page("history", entry),
        )

    def _version(self, entry: Any, asked: str) -> Any:
        """One of this entry's own; None is the entry as it is now."""
        if asked == NOW:
            return None
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
        version = versions_of(entry).filter(pk=number).first()
        if version is None:
            raise Http404
        return version

    def _document(self, entry: Any, version: Any) -> Document:
        said = version.serialized_data if version else documents(self.model, [entry.pk])[entry.pk]
        return Document.read(self.model, said)

    def _restore(self, request: HttpRequest, object_id: str, version: Any) -> HttpResponse:
        """The entry is held. What would be put back was compared with what it was when it was
        looked at: another one, and the person looks again."""
        entry = self.get_object(request, unquote(object_id))
        if entry is None:
            return self._gone(request, object_id)
        if request.POST.get("version", str(entry.version)) != str(entry.version):
            said = gettext(
                "Nothing was put back: the entry was changed while you were reading. Look again."
            )
            self.message_user(request, said, messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        if not self._may_put_back(request, entry):
            raise PermissionDenied
        why = request.POST.get("why", "").replace("\x00", "").strip()[:LONGEST_REASON]
        comment = PUT_BACK(why, when=version.revision.date_created.isoformat())
        document = Document.read(self.model, version.serialized_data)
        keys = request.POST.getlist("keys")
        if "all" in request.POST:
            keys = compare(self.model, document, self._document(entry, None)).keys
        if not keys:
            said = gettext("Nothing was put back: tick what should be, or put back all of it.")
            self.message_user(request, said, messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        outcome = restore(entry, document, keys, comment, request.user)
        if outcome.done:
            self.log_change(request, outcome.entry, comment)
        self._say(request, outcome)
        return HttpResponseRedirect(self._page("history", entry))

    def _say(self, request: HttpRequest, outcome: Any) -> None:
        sentence = ngettext(
            "%(n)d thing was put back.", "%(n)d things were put back.", outcome.done
        )
        level = messages.SUCCESS if outcome.done else messages.WARNING
        self.message_user(request, sentence % {"n": outcome.done}, level)
        for name, reason in outcome.left:
            left = gettext("Not put back: %(name)s. %(reason)s")
            self.message_user(request, left % {"name": name, "reason": reason}, messages.WARNING)

    # ---------------------------------------------------------------- recovering
    def recover_view(self, request: HttpRequest) -> HttpResponse:
        """What was deleted, the latest first; a button makes it again."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._recover(request, deleted(self.model))
        words = request.GET.get("q", "").replace("\x00", " ").strip()[:LONGEST_SEARCH]
        pages = Paginator(deleted(self.model, words), DELETED_SHOWN)
        page = pages.get_page(request.GET.get("p"))
        return self._shown(
            request,
            "recover.html",
            title=_("Recover what was deleted"),
            words=words,
            versions=page,
            pages=pages.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        )

    def _recover(self, request: HttpRequest, gone: Any) -> HttpResponse:
        asked = request.POST.get("version", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
        version = gone.filter(pk=number).first()
        if version is None:
            return self._recovered_already(request, number)
        document = Document.read(self.model, version.serialized_data)
        try:
            with transaction.atomic():
                outcome = recover(self.model, document, RECOVERED(), request.user)
                # Where it is, and what about, is known only once it is here.
                if not self.has_edit_permission(request, outcome.entry):
                    raise PermissionDenied
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        except IntegrityError:
            return self._recovered_already(request, number)
        self.log_addition(request, outcome.entry, RECOVERED())
        sentence = gettext("“%(entry)s” is here again, as a draft.") % {"entry": outcome.entry}
        self.message_user(request, sentence, messages.SUCCESS)
        for name, reason in outcome.left:
            left = gettext("Not put back: %(name)s. %(reason)s")
            self.message_user(request, left % {"name": name, "reason": reason}, messages.WARNING)
        return HttpResponseRedirect(self._page("change", outcome.entry))

    def _recovered_already(self, request: HttpRequest, number: int) -> HttpResponse:
        """Somebody else asked for the same a moment before."""
        version = Version.objects.get_for_model(self.model).filter(pk=number).first()
        entry = self.get_object(request, version.object_id) if version else None
        if entry is None:
            raise Http404
        said = gettext("“%(entry)s” is here already: somebody else recovered it.")
        self.message_user(request, said % {"entry": entry}, messages.WARNING)
        return HttpResponseRedirect(self._page("change", entry))


def _called(version: Any) -> str:
    """When it was written; none is what there is now."""
    if version is None:
        return gettext("As it is now")
    return date_format(timezone.localtime(version.revision.date_created), "SHORT_DATETIME_FORMAT")
