"""A proposal before a reviewer: what it would change, what others changed since, and the decision.

What is accepted goes through the form of the entry (``directory.accepting``), in one transaction
with the entry and the proposal locked, entry first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from directory.accepting import Submission, list_named
from directory.changes import Change, Proposed, copied, naming_new, on
from directory.comparison import Comparison, Difference, compare
from directory.copies import behind, copies
from directory.history import Document, documents, record_in_bulk, remember
from directory.roles import may_publish
from directory.told import Sentence
from directory.translation_admin import COPIED, SAID
from places.languages import LANGUAGES
from staff.collisions import CHOICE, SEEN, Seen

LONGEST_ANSWER = 500
MEANWHILE: Any = _("The entry or the proposal was changed while you were reading. Look again.")
PROPOSED_AND_ACCEPTED = Sentence("proposed", _("Proposed by %(author)s, accepted by %(reviewer)s."))
PROPOSED, AS_IT_IS = "proposed", "now"
ACCEPT, ACCEPT_SOME, REFUSE = "accept", "accept_some", "refuse"
ACCEPTING = (ACCEPT, ACCEPT_SOME)
# Of a text whose other changed while the proposal waited; by its own language.
COPIED_BEFORE: dict[str, Any] = {
    "it": _("A copy of what the English text said then; the English has changed since."),
    "en": _("A copy of what the Italian text said then; the Italian has changed since."),
}


@dataclass
class Unit:
    """What is accepted or not as a whole: a field in one language, a row of a list.

    ``base`` has, for each of its differences, what stood there when it was proposed, where
    somebody else has changed it since.
    """

    key: str
    label: str
    differences: list[Difference]
    change: str = ""
    base: dict[str, Difference] = field(default_factory=dict)
    collided: bool = False
    # By difference, what a reviewer is to know of the text that is proposed.
    marks: dict[str, str] = field(default_factory=dict)
    chosen: bool = True
    choice: str = ""
    accepted: bool = False

    @property
    def lines(self) -> Iterator[tuple[Difference, Difference | None, str]]:
        for one in self.differences:
            yield one, self.base.get(one.key), self.marks.get(one.key, "")

    @property
    def name(self) -> str:
        return CHOICE + self.key


class Review:
    def __init__(self, model_admin: Any, request: HttpRequest, entry: Any, proposal: Any) -> None:
        self.admin, self.request = model_admin, request
        self.model = type(entry)
        self.errors: list[str] = []
        # What the history says of what is accepted.
        self.comment = ""
        # The keys of rows that acceptance wrote first (``Submission.written``).
        self.written: dict[str, dict[int, int]] = {}
        self._take(entry, proposal)

    def _take(self, entry: Any, proposal: Any) -> None:
        self.entry, self.proposal = entry, proposal
        self.change = Change.of(proposal)
        self.__dict__.pop("proposed", None)
        self.__dict__.pop("sections", None)

    # ---------------------------------------------------------------- who
    @property
    def may_decide(self) -> bool:
        return self.proposal.is_open and may_publish(self.request.user, self.entry)

    @property
    def is_mine(self) -> bool:
        return self.proposal.is_open and self.proposal.author == self.request.user

    @property
    def may_open_again(self) -> bool:
        """Whoever may put it aside."""
        if self.proposal.state == self.proposal.State.WITHDRAWN:
            return self.proposal.author == self.request.user
        return self.proposal.was_put_aside and may_publish(self.request.user, self.entry)

    # ---------------------------------------------------------------- what
    @cached_property
    def proposed(self) -> Proposed:
        said = documents(self.model, [self.entry.pk])[self.entry.pk]
        return on(self.model, self.change, Document.read(self.model, said))

    @cached_property
    def sections(self) -> list[tuple[str, list[Unit]]]:
        """The fields, and each list by its name. Of a decided one, what it was about."""
        if not self.proposal.is_open:
            decided = self._sections(compare(self.model, self.change.before, self.change.after))
            _mark(decided, self.change.copied, set())
            return decided
        proposed = self.proposed
        sections = self._sections(compare(self.model, proposed.now, proposed.then))
        outdated = behind(self.change.copied, self.change.after, proposed.then)
        _mark(sections, copies(self.model, proposed.now, proposed.then), outdated)
        since = self._sections(compare(self.model, proposed.base, proposed.now))
        earlier = {unit.key: unit for _label, units in since for unit in units}
        for unit in (unit for _label, units in sections for unit in units):
            if unit.key in proposed.collided:
                unit.collided, unit.chosen = True, False
                if unit.key in earlier:
                    unit.base = {each.key: each for each in earlier[unit.key].differences}
        return sections

    def _sections(self, comparison: Comparison) -> list[tuple[str, list[Unit]]]:
        fields = [Unit(each.key, each.label, [each]) for each in comparison.fields]
        sections = [("", fields)] if fields else []
        for one in comparison.lists:
            rows = [Unit(row.key, row.label, row.fields, row.change) for row in one.rows]
            sections.append((one.label, rows))
        for unit in (unit for _label, units in sections for unit in units):
            unit.accepted = unit.key in self.proposal.accepted
        return sections

    @property
    def units(self) -> list[Unit]:
        return [unit for _label, units in self.sections for unit in units]

    @property
    def labels(self) -> tuple[str, str]:
        """What the two columns of values are."""
        before = gettext("As it is now") if self.proposal.is_open else gettext("As it was")
        return before, gettext("As it is proposed")

    @property
    def has_collided(self) -> bool:
        return any(unit.collided for unit in self.units)

    @property
    def seen(self) -> str:
        """What a reviewer has before their eyes: another one, and they look again."""
        now = self.proposed.now
        fields = {name: now.fields.get(name) for name in self.change.after.fields}
        rows = {
            name: {pk: now.lists[name].get(pk) for pk in rows}
            for name, rows in self.change.after.lists.items()
        }
        said = json.dumps([self.proposal.saves, fields, rows], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    # ---------------------------------------------------------------- deciding
    def act(self) -> HttpResponse | None:
        """The answer to what was sent; None where the page is shown again, with ``errors``."""
        decision = self.request.POST.get("decision", "")
        with transaction.atomic():
            if not self._lock():
                return self._led_to_where_it_went()
            if decision == "open_again":
                return self._open_again()
            if not self.proposal.is_open:
                said = gettext("This proposal is decided already: %(state)s.")
                said %= {"state": self.proposal.get_state_display()}
                return self._answer(said, messages.WARNING)
            if decision == "withdraw":
                if not self.is_mine:
                    raise PermissionDenied
                self.proposal.decide(self.proposal.State.WITHDRAWN)
                return self._answer(gettext("Your proposal is withdrawn."))
            if not self.may_decide:
                raise PermissionDenied
            if decision in (*ACCEPTING, REFUSE) and self.request.POST.get(SEEN) != self.seen:
                self.errors.append(MEANWHILE)
                return None
            if decision == REFUSE:
                self.proposal.decide(self.proposal.State.REFUSED, self.request.user, self.answer)
                return self._answer(gettext("The proposal is refused. Nothing was changed."))
            if decision in ACCEPTING:
                return self._accept(leaves_open=decision == ACCEPT_SOME)
            return None

    def _open_again(self) -> HttpResponse:
        if self.proposal.is_open:
            return self._answer(gettext("This proposal waits already."), messages.WARNING)
        if not self.may_open_again:
            raise PermissionDenied
        if self.proposal.open_again():
            return self._answer(gettext("The proposal waits again, as it was."))
        said = gettext(
            "%(author)s has another proposal for this entry, which waits. Decide that one first."
        )
        return self._answer(said % {"author": self.proposal.author_name}, messages.WARNING)

    def _lock(self) -> bool:
        """Whether both are still there."""
        entries = self.model._default_manager.select_for_update(no_key=True)
        entry = entries.filter(pk=self.entry.pk).first()
        rows = type(self.proposal).objects.select_for_update(of=("self",)).with_people()
        proposal = rows.filter(entry=self.entry.pk).with_number(self.proposal.pk)
        if entry is None or proposal is None:
            return False
        self._take(entry, proposal)
        return True

    def _led_to_where_it_went(self) -> HttpResponse:
        """A proposal goes with its entry: into another one, or away."""
        moved = type(self.proposal).objects.select_related("entry").with_number(self.proposal.pk)
        if moved is None:
            said = gettext("The entry was deleted meanwhile, and its proposals with it.")
            self.admin.message_user(self.request, said, messages.WARNING)
            return HttpResponseRedirect(self.admin.list_of_proposals(self.proposal))
        said = gettext(
            "The entry was merged into “%(entry)s” meanwhile. Look at the proposal there."
        )
        said %= {"entry": moved.entry}
        self.admin.message_user(self.request, said, messages.WARNING)
        return HttpResponseRedirect(self.admin.proposal_page(moved))

    def _answer(self, said: str, level: int = messages.SUCCESS) -> HttpResponse:
        self.admin.message_user(self.request, said, level)
        return HttpResponseRedirect(self.request.path)

    def _written(self, name: str) -> str:
        return self.request.POST.get(name, "").replace("\x00", "").strip()[:LONGEST_ANSWER]

    def _choose(self) -> None:
        """As it was ticked."""
        sent = self.request.POST
        ticked = set(sent.getlist("keys"))
        for unit in self.units:
            unit.choice = sent.get(unit.name, "") if unit.collided else ""
            unit.chosen = unit.choice == PROPOSED if unit.collided else unit.key in ticked

    def fill_in(self) -> None:
        """Nothing is decided: the page shows what was chosen in it before a login ended."""
        if self.may_decide:
            self._choose()
            if self.request.POST.get(SEEN) != self.seen:
                self.errors.append(MEANWHILE)

    @property
    def answer(self) -> str:
        return self._written("answer")

    def _accept(self, *, leaves_open: bool) -> HttpResponse | None:
        answer = self.answer
        self._choose()
        if any(unit.collided and unit.choice not in (PROPOSED, AS_IT_IS) for unit in self.units):
            self.errors.append(gettext("Choose between the values that somebody else changed."))
            return None
        chosen = {unit.key for unit in self.units if unit.chosen}
        if not chosen:
            self.errors.append(gettext("Tick what you accept, or refuse the proposal."))
            return None
        self.errors += self._left_out(chosen)
        if self.errors or not self._write(chosen, answer):
            return None
        # What somebody else changed has been chosen about.
        rest = {unit.key for unit in self.units if not (unit.chosen or unit.collided)}
        if leaves_open and rest:
            self.change.follow(self.model, self.written)
            self.proposal.split(self.change, chosen, rest, self.request.user, answer)
            return self._answer(
                gettext("What you accepted is in the entry now. The rest still waits.")
            )
        state = self.proposal.State
        is_all = len(chosen) == len(self.units)
        self.proposal.decide(
            state.ACCEPTED if is_all else state.PARTLY, self.request.user, answer, chosen
        )
        said = gettext("What you accepted is in the entry now.")
        return self._answer(said)

    def _left_out(self, chosen: set[str]) -> Iterator[str]:
        """What is chosen may name only what is there or chosen too."""
        labels = {unit.key: unit.label or unit.key for unit in self.units}
        for row, named in naming_new(self.model, self.proposed.now, self.proposed.then):
            if row in chosen and named not in chosen:
                said = gettext("“%(row)s” names “%(new)s”, which is new and not ticked.")
                yield said % {"row": labels[row], "new": labels[named]}

    # ---------------------------------------------------------------- writing
    def _write(self, chosen: set[str], answer: str) -> bool:
        """All of what was chosen, or nothing and the reasons."""
        kept = self.request.POST, self.request.FILES
        try:
            with transaction.atomic():
                self.errors += self._send(chosen, self._comment(answer))
                if self.errors:
                    transaction.set_rollback(True)
        except IntegrityError:
            self.errors.append(
                gettext("Nothing was saved: what this refers to was changed or deleted meanwhile.")
            )
        finally:
            self._submit(*kept)
        return not self.errors

    def _submit(self, data: QueryDict, files: MultiValueDict) -> None:
        request: Any = self.request
        request.POST, request._files = data, files

    def _comment(self, answer: str) -> str:
        names = {
            "author": self.proposal.author_name,
            "reviewer": self.request.user.get_full_name() or str(self.request.user),  # type: ignore[union-attr]
        }
        return PROPOSED_AND_ACCEPTED(" ".join(filter(None, (self.proposal.why, answer))), **names)

    def _send(self, chosen: set[str], comment: str) -> list[str]:
        request: Any = self.request
        now, then = copied(self.proposed.now), copied(self.proposed.then)
        submission = Submission(self.entry, now, then, chosen)
        remember([self.entry])
        if errors := self._send_cited(submission, comment):
            return errors
        submission.fill(self.admin.get_form(request, self.entry, change=True))
        for kind, _inline in self.admin.get_formsets_with_inlines(request, self.entry):
            submission.fill_list(kind)
        self.comment = comment
        submission.data[SEEN] = Seen(self.entry.version).signed(self.entry.pk)
        self._submit(submission.data, submission.files)
        request.accepting = self
        answer = self.admin.accepted_form(request, self.entry)
        if answer.status_code == 302:
            return []
        said = answer.context_data
        lists = [inline.formset for inline in said["inline_admin_formsets"]]
        return [*_errors(said["adminform"].form), *_errors_of_rows(lists)]

    def _send_cited(self, submission: Submission, comment: str) -> list[str]:
        """New rows that other rows name come first, since those may name only what is there."""
        cited = submission.cited()
        for kind, _inline in self.admin.get_formsets_with_inlines(self.request, self.entry):
            name = list_named(self.model, kind)
            if name not in cited:
                continue
            submission.fill_list(kind, cited[name])
            formset = kind(submission.data, submission.files, instance=self.entry)
            if not formset.is_valid():
                return list(_errors_of_rows([formset]))
            with override(LANGUAGES[0]):
                formset.save()
            written = [row.pk for row in formset.new_objects]
            submission.rename(name, dict(zip(submission.added[name], written, strict=True)))
        self.written = submission.written
        if cited:
            submission.data, submission.files = QueryDict(mutable=True), MultiValueDict()
            record_in_bulk([self.entry], comment, self.request.user)
        return []


def _mark(sections: list[tuple[str, list[Unit]]], copied: set[str], outdated: set[str]) -> None:
    """What is out of date is accepted only by whoever ticks it."""
    for unit in (unit for _label, units in sections for unit in units):
        for each in unit.differences:
            text = each.key if unit.key == each.key else f"{unit.key}:{each.key}"
            if text in outdated:
                unit.marks[each.key] = COPIED_BEFORE[each.language]
                unit.chosen = False
            elif text in copied:
                unit.marks[each.key] = SAID[COPIED][each.language]


def _errors(form: Any) -> Iterator[str]:
    for name, said in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        for sentence in said:
            yield f"{capfirst(str(label))}: {sentence}" if label else str(sentence)


def _errors_of_rows(formsets: Iterable[Any]) -> Iterator[str]:
    for formset in formsets:
        title = capfirst(str(formset.model._meta.verbose_name))
        for sentence in formset.non_form_errors():
            yield f"{title}: {sentence}"
        for row in formset.forms:
            for sentence in _errors(row):
                yield f"{title}. {sentence}"
