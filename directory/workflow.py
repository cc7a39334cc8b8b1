"""The way of an entry from draft to the public and back: which steps there are, who may take them.

What touches the public, from its side or towards it, needs the right to publish; sending to review
and taking back from there, the right to edit. The status of an entry changes nowhere else, save
that imports and fixtures give new entries one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.fitness import lacking, named, with_sources
from directory.history import record_in_bulk, remember
from directory.models import Entry, Status
from directory.registry import kinds
from directory.roles import may_edit, may_edit_any, may_publish, may_publish_any, within_scope
from directory.told import Sentence, on_day, to_keep
from directory.worklists import Part, Worklist, register_worklist
from staff.models import User

PUBLIC = frozenset({Status.PUBLISHED, Status.ARCHIVED})

NOT_ON_ITS_DAY = Sentence(
    "not_on_its_day", _("Not published on its day: it needs %(what)s."), {"what": named}
)
ON_A_DAY = Sentence("publish_on", _("To be published on %(day)s"), {"day": on_day})
SENT_BACK = Sentence("sent_back", _("Sent back:"))


@dataclass(frozen=True)
class Step:
    """``asks`` is what has to be said with it: a ``note`` or a ``day``."""

    slug: str
    label: Any
    to: Status
    sources: frozenset[Status]
    asks: str = ""
    publishers_only: bool = False

    def needs_publish(self, status: str) -> bool:
        return self.publishers_only or self.to in PUBLIC or status in PUBLIC

    @property
    def makes_public(self) -> bool:
        """Now, or on a day."""
        return self.to == Status.PUBLISHED or self.asks == "day"


DRAFT, IN_REVIEW, PUBLISHED, ARCHIVED = Status
SEND = Step(
    "send_to_review", _("Send to review"), IN_REVIEW, frozenset({DRAFT, PUBLISHED, ARCHIVED})
)
SEND_BACK = Step(
    "send_back",
    _("Send back with a note"),
    DRAFT,
    frozenset({IN_REVIEW}),
    asks="note",
    publishers_only=True,
)
PUBLISH = Step("publish", _("Publish now"), PUBLISHED, frozenset({DRAFT, IN_REVIEW, ARCHIVED}))
PUBLISH_ON = Step(
    "publish_on",
    _("Publish on a day"),
    IN_REVIEW,
    frozenset({DRAFT, IN_REVIEW}),
    asks="day",
    publishers_only=True,
)
TO_DRAFT = Step(
    "back_to_draft", _("Back to draft"), DRAFT, frozenset({IN_REVIEW, PUBLISHED, ARCHIVED})
)
ARCHIVE = Step("archive", _("Archive"), ARCHIVED, frozenset({DRAFT, IN_REVIEW, PUBLISHED}))
STEPS = {step.slug: step for step in (SEND, SEND_BACK, PUBLISH, PUBLISH_ON, TO_DRAFT, ARCHIVE)}


class Skipped(Enum):
    """Why an entry did not take a step, beside what it lacks to be public."""

    THERE = _("Already there and left alone: %(entries)s.")
    NOT_FROM_THERE = _("Left alone, because their status allows no such step: %(entries)s.")
    MEANWHILE = _("Left alone, because somebody else changed their status meanwhile: %(entries)s.")
    FORBIDDEN = _("Left alone, because it is not yours to do: %(entries)s.")


WITHOUT: dict[str, Any] = {
    "name": _("Not published, because they have no name: %(entries)s."),
    "summary": _("Not published, because they have no summary: %(entries)s."),
    "source": _("Not published, because they have no source: %(entries)s."),
}


@dataclass
class Outcome:
    """Which entries took the step, and which did not, by the sentence that says why."""

    step: Step
    moved: list[Entry] = field(default_factory=list)
    skipped: dict[str, list[Entry]] = field(default_factory=dict)

    def skip(self, why: Any, entry: Entry) -> None:
        self.skipped.setdefault(str(why), []).append(entry)


# ------------------------------------------------------------------ who may
def may_take(user: Any, step: Step, entry: Entry) -> bool:
    if entry.status not in step.sources:
        return False
    if step.needs_publish(entry.status):
        return may_publish(user, entry)
    return may_edit(user, entry)


def steps_for(user: Any, entry: Entry) -> Iterator[Step]:
    """Those that the user may take with the entry as it is."""
    return (step for step in STEPS.values() if may_take(user, step, entry))


# ------------------------------------------------------------------ taking a step
def take(
    step: Step,
    entries: Any,
    by: Any,
    *,
    note: str = "",
    day: datetime.date | None = None,
    seen: Mapping[int, str] | None = None,
) -> Outcome:
    """Take it with all the entries that may. About twenty queries and two versions.

    The rows stay locked until the end, so that nobody takes away in between what makes them fit.
    ``seen`` are statuses as the person had them before their eyes, by key: what has another by now
    was decided by somebody else, and is left to who has seen that.
    """
    outcome = Outcome(step)
    model = entries.model
    with transaction.atomic():
        rows = model._default_manager.filter(pk__in=entries.hold()).order_by("pk")
        theirs = set(within_scope(by, rows).values_list("pk", flat=True))
        texts = [f"{name}_{code}" for name in ("name", "summary") for code in ("it", "en")]
        for entry in with_sources(rows).only("slug", "status", *texts):
            # Asked once for all, and not of the database for each.
            entry.__dict__["_in_scope"] = {by.pk: entry.pk in theirs}
            _sort(outcome, entry, by, (seen or {}).get(entry.pk, entry.status))
        _write(outcome, by, note, day)
    return outcome


def _sort(outcome: Outcome, entry: Entry, by: Any, seen: str) -> None:
    step = outcome.step
    if entry.status not in step.sources:
        there = entry.status == step.to
        outcome.skip((Skipped.THERE if there else Skipped.NOT_FROM_THERE).value, entry)
    elif entry.status != seen:
        outcome.skip(Skipped.MEANWHILE.value, entry)
    elif not may_take(by, step, entry):
        outcome.skip(Skipped.FORBIDDEN.value, entry)
    elif step.makes_public and (lacks := lacking(entry)):
        outcome.skip(WITHOUT[lacks[0]], entry)
    else:
        outcome.moved.append(entry)


def _write(outcome: Outcome, by: Any, note: str, day: datetime.date | None) -> None:
    step, moved = outcome.step, outcome.moved
    if not moved:
        return
    remember(moved)
    model: Any = type(moved[0])
    pks = [entry.pk for entry in moved]
    now = timezone.now()
    stamps: dict[str, Any] = {"status": step.to, "updated": now}
    if step.to == Status.PUBLISHED:
        first = Value(now, output_field=DateTimeField())
        stamps["published_at"] = Coalesce(F("published_at"), first)
    rows = model._default_manager.filter(pk__in=pks)
    # A day that is set for what is in review already is no change of the entry.
    rows.exclude(status=step.to).update(**stamps)
    _remember_the_way(step, model, pks, by, note, day, now)
    record_in_bulk(moved, note, by)
    if by is not None:
        LogEntry.objects.log_actions(by.pk, moved, CHANGE, change_message=_told(step, note, day))


def _remember_the_way(
    step: Step, model: Any, pks: list[int], by: Any, note: str, day: Any, now: Any
) -> None:
    reviews = model._meta.get_field("review").related_model._default_manager
    if step.to in PUBLIC:
        reviews.filter(entry__in=pks).delete()
        return
    reviews.bulk_create((reviews.model(entry_id=pk) for pk in pks), ignore_conflicts=True)
    said: dict[str, Any] = {"publish_on": day, "publish_by": by if day else None}
    if step == SEND:
        said |= {"sent_by": by, "sent_at": now}
    if step == TO_DRAFT:
        # Taken back, not sent back: it waits for nobody; what was said before is there to read.
        said |= {"sent_by": None, "sent_at": None}
    if step == SEND_BACK:
        said |= {"note": to_keep(note), "note_by": by}
    reviews.filter(entry__in=pks).update(**said)


def _told(step: Step, note: str, day: datetime.date | None) -> Any:
    """For the log of the admin."""
    if step.asks == "day" and day:
        return ON_A_DAY(day=str(day))
    if note:
        return SENT_BACK(note)
    return [{"changed": {"fields": ["status"]}}]


def leave_behind(kept: Entry, lost: Entry) -> None:
    """Two entries become one: the way of the one that goes is not that of the one that stays."""
    model: Any = type(lost)
    reviews = model._meta.get_field("review").related_model
    reviews._default_manager.filter(entry=lost.pk).delete()


# ------------------------------------------------------------------ the day has come
@dataclass
class Due:
    """What was published on its day, and what was not, each with what it lacked, for the log."""

    published: list[Entry] = field(default_factory=list)
    kept: list[tuple[Entry, str]] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{len(self.published)} published"
        if self.kept:
            names = "; ".join(f"{entry.slug} ({why})" for entry, why in self.kept)
            said += f", {len(self.kept)} not: {names}"
        return said


def publish_due(today: datetime.date | None = None) -> Due:
    """Publish what is to be published by today, and say what could not be.

    In the name of whoever chose the day. What meanwhile lacks something stays in review without a
    day, and its page says why.
    """
    due = Due()
    for kind in kinds.values():
        with transaction.atomic():
            _publish_due(kind.model, today or timezone.localdate(), due)
    return due


def _publish_due(model: Any, today: datetime.date, due: Due) -> None:
    reviews = model._meta.get_field("review").related_model._default_manager
    waiting = reviews.filter(publish_on__lte=today, entry__status=Status.IN_REVIEW)
    held = model._default_manager.filter(pk__in=waiting.values("entry")).hold()
    # Asked again of what is held: somebody may have published it by hand, or chosen another day.
    by_person = dict(waiting.filter(entry__in=held).values_list("entry", "publish_by"))
    fit: dict[int | None, list[Any]] = {}
    for entry in with_sources(model._default_manager.filter(pk__in=by_person).order_by("pk")):
        if lacks := lacking(entry):
            due.kept.append((entry, ", ".join(lacks)))
            note = NOT_ON_ITS_DAY(what=lacks)
            reviews.filter(entry=entry).update(
                publish_on=None, publish_by=None, note=note, note_by=None
            )
        else:
            fit.setdefault(by_person[entry.pk], []).append(entry)
    for person, entries in fit.items():
        outcome = Outcome(PUBLISH, entries)
        _write(outcome, _person(person), "", None)
        due.published += entries


def _person(pk: int | None) -> Any:
    """Whoever chose the day; nobody, if their account is gone."""
    return User.objects.filter(pk=pk).first() if pk else None


# ------------------------------------------------------------------ what waits


def register_worklists() -> None:
    for worklist in (
        Worklist(
            "to-review",
            _("to review"),
            lambda entries, user: entries.to_review(),
            part=Part.MINE,
            order=(F("review__sent_at").asc(nulls_last=True), "pk"),
            open_to=may_publish_any,
            place=10,
        ),
        Worklist(
            "sent-back",
            _("sent back to me"),
            lambda entries, user: entries.sent_back_to(user),
            part=Part.MINE,
            open_to=may_edit_any,
            place=20,
        ),
        Worklist(
            "on-a-day",
            _("to be published on a day"),
            lambda entries, user: entries.to_publish_on_a_day(),
            part=Part.MINE,
            order=("review__publish_on", "pk"),
            open_to=may_publish_any,
            place=30,
        ),
        Worklist(
            "lead",
            _("lead without a name"),
            lambda entries, user: entries.nameless_leads(),
            open_to=may_edit_any,
            place=10,
        ),
    ):
        register_worklist(worklist)
