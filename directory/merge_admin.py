"""The pages of the admin that make one entry of two, and two of one again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.doubles import likely_of
from directory.doubles_admin import LONGEST, ShowsDoubles, may_tell_apart, number
from directory.merge_choices import NAME_LISTS, choices_of
from directory.merge_table import Table, chosen_in
from directory.merging import TAKEN_IN, Wanted, hold, merge
from directory.models import Entry
from directory.pairs import Distinction, Merge, pair_of
from directory.registry import kind_of
from directory.roles import may_edit, may_publish, may_write
from directory.told import names_of
from directory.unmerging import TAKEN_BACK, obstacles, take_back
from directory.workflow import PUBLIC
from staff.lapse import is_filled_in


class MergesDoubles(ShowsDoubles):
    def get_urls(self) -> list[URLPattern]:
        def page(address: str, view: Any, name: str) -> URLPattern:
            return path(address, self.admin_site.admin_view(view), name=self._page_name(name))

        return [
            page("<path:object_id>/merge/", self.merge_view, "merge"),
            page("<path:object_id>/merged/", self.merged_view, "merged"),
            *super().get_urls(),
        ]

    def may_merge(self, request: HttpRequest, *entries: Entry) -> bool:
        """Whoever may edit both; whoever may publish, where one is or was public or has its day."""
        return all(
            may_edit(request.user, entry)
            and may_write(request.user, entry)
            and (entry.status not in PUBLIC or may_publish(request.user, entry))
            for entry in entries
        )

    # ---------------------------------------------------------------- two become one
    def merge_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Which other; then both beside each other; then done."""
        asked = request.POST.get("with") or request.GET.get("with", "")
        other = self.get_object(request, str(number(asked))) if asked else None
        for said, there in ((object_id, self.get_object(request, object_id)), (asked, other)):
            if said and there is None and Merge.objects.that_took(self.model, number(said)):
                return self._gone(request, said)
        entry = self._entry(request, object_id)
        if not asked:
            return self._choose(request, entry)
        if other is None or other.pk == entry.pk:
            raise Http404
        if request.method == "POST" and not is_filled_in(request):
            if not self.may_merge(request, entry, other):
                raise PermissionDenied
            return self._make_one(request, entry, other)
        return self._compare_both(request, entry, other)

    def _choose(self, request: HttpRequest, entry: Any) -> HttpResponse:
        successor = self.model._meta.get_field("successor")
        widget = AutocompleteSelect(successor, self.admin_site)
        others = self.model._default_manager.all()
        form = _form_of(forms.ModelChoiceField(others, widget=widget, label=_("another entry")))
        return self._shown(
            request,
            "merge_choose.html",
            title=_("Merge: %(entry)s") % {"entry": entry},
            entry=entry,
            form=form,
            media=self.media + form.media,
            doubles=self._named(request, likely_of(entry)),
            entry_pk=entry.pk,
        )

    def _compare_both(
        self, request: HttpRequest, entry: Any, other: Any, errors: Any = ()
    ) -> HttpResponse:
        low, high = pair_of(entry.pk, other.pk)
        pair = Distinction.objects.filter(kind=kind_of(self.model).number, low=low, high=high)
        return self._shown(
            request,
            "merge.html",
            title=_("Merge: %(entry)s") % {"entry": entry},
            entry=entry,
            other=other,
            table=Table.of(entry, other, request.POST),
            name_lists=[(name, self.model._meta.get_field(name)) for name in NAME_LISTS],
            names_to=request.POST.get("names_to", NAME_LISTS[0]),
            why=request.POST.get("why", ""),
            may_merge=self.may_merge(request, entry, other),
            may_decide=may_tell_apart(request.user, entry, other),
            is_public=entry.is_published or other.is_published,
            said=pair.select_related("by").first(),
            errors=errors,
        )

    def _make_one(self, request: HttpRequest, kept: Any, lost: Any) -> HttpResponse:
        """Both are held first: what is judged is what is merged."""
        chosen = chosen_in(request.POST)
        taken = {one.name for one in choices_of(self.model) if chosen.get(one.name)}
        note = request.POST.get("why", "").replace("\x00", "").strip()[:LONGEST]
        wanted = Wanted(taken, request.POST.get("names_to", ""), note, chosen)
        seen = (request.POST.get("version"), request.POST.get("other_version"))
        try:
            with transaction.atomic():
                held = hold(self.model, kept.pk, lost.pk)
                for pk in (kept.pk, lost.pk):
                    if pk not in held:
                        return self._gone(request, pk)
                kept, lost = held[kept.pk], held[lost.pk]
                if not self.may_merge(request, kept, lost):
                    raise PermissionDenied
                if seen != (str(kept.version), str(lost.version)):
                    sentence = _(
                        "One of the two was changed meanwhile. Nothing is merged yet: look again."
                    )
                    return self._compare_both(request, kept, lost, [sentence])
                name = str(lost)
                merge(kept, lost, wanted, request.user)
                self.log_change(request, kept, TAKEN_IN(gone=names_of(lost), entry=names_of(kept)))
        except ValidationError as error:
            return self._compare_both(request, kept, lost, error.messages)
        except IntegrityError:
            sentence = _("What it would write goes against a rule of the database.")
            return self._compare_both(request, kept, lost, [sentence])
        done = format_html(
            '{} <a href="{}">{}</a>',
            gettext("“%(lost)s” and this entry are one now.") % {"lost": name},
            self._page("merged", kept),
            gettext("Take it back"),
        )
        self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(self._page("change", kept))

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> Any:
        """Django asks here where to lead whoever wants what is gone: to the entry that it is part
        of, and it is said what became of what they sent."""
        done = Merge.objects.that_took(self.model, number(object_id))
        kept = self.get_object(request, str(done.kept)) if done else None
        if done is None or kept is None or not self.has_view_permission(request, kept):
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)  # type: ignore[misc]
        said = gettext("“%(lost)s” was merged into this entry.") % {"lost": done.lost_name}
        if request.method == "POST":
            said += " " + gettext("Nothing of what you sent was saved.")
        self.message_user(request, said, messages.WARNING)
        return HttpResponseRedirect(self._page("change", kept))

    # ---------------------------------------------------------------- one becomes two again
    def merged_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was merged into an entry, and what stands in the way of taking it back."""
        entry = self._entry(request, object_id)
        merges = Merge.objects.into(kind_of(self.model).number, entry.pk)
        if request.method == "POST":
            done = merges.filter(pk=number(request.POST.get("merge"))).first()
            if done is None:
                raise Http404
            if not self._may_take_back(request, entry, done):
                raise PermissionDenied
            return self._take_back(request, entry, done)
        rows = [
            {
                "merge": done,
                "obstacles": [] if done.undone_on else obstacles(done),
                "may": self._may_take_back(request, entry, done),
            }
            for done in merges
        ]
        return self._shown(
            request,
            "merged.html",
            title=_("Merged into this entry: %(entry)s") % {"entry": entry},
            entry=entry,
            rows=rows,
        )

    def _may_take_back(self, request: HttpRequest, entry: Entry, done: Merge) -> bool:
        """As for merging: it publishes again what was public, and what had its day has it again."""
        if not self.may_merge(request, entry):
            return False
        entries = done.before.get(self.model._meta.db_table, {})
        reviews: Any = self.model._meta.get_field("review").related_model
        ways = done.before.get(reviews._meta.db_table, {})
        needs_publish = any(row.get("status") in PUBLIC for row in entries.values()) or any(
            row.get("publish_on") for row in ways.values()
        )
        return not needs_publish or may_publish(request.user, entry)

    def _take_back(self, request: HttpRequest, entry: Any, done: Merge) -> HttpResponse:
        try:
            lost = take_back(done, request.user)
        except ValidationError as error:
            for sentence in error.messages:
                self.message_user(request, sentence, messages.ERROR)
            return HttpResponseRedirect(self._page("merged", entry))
        self.log_change(request, entry, TAKEN_BACK(gone=names_of(lost), entry=names_of(entry)))
        sentence = format_html(
            '{} <a href="{}">{}</a>',
            gettext("Both entries are again what they were."),
            self._page("change", lost),
            lost,
        )
        self.message_user(request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(self._page("change", entry))

    def render_change_form(self, request, context, *args, **kwargs):
        entry = context.get("original")
        if entry is not None and self.has_view_permission(request, entry):
            kind = kind_of(self.model).number
            context["merge_url"] = self._page("merge", entry)
            context["may_merge"] = self.may_merge(request, entry)
            context["merged_number"] = (
                Merge.objects.standing().filter(kind=kind, kept=entry.pk).count()
            )
            context["merged_url"] = self._page("merged", entry)
        return super().render_change_form(request, context, *args, **kwargs)


def _form_of(field: forms.Field) -> forms.Form:
    return type("OtherForm", (forms.Form,), {"with": field})(auto_id="id_%s")
