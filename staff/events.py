"""The audit: who logged in or failed to, what became of accounts, and what was made public."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from staff.models import Event, User

ATTEMPTS_KEPT = timedelta(days=30)
LONGEST = 300

_acting: ContextVar[User | None] = ContextVar("acting", default=None)


@contextmanager
def by(user: Any) -> Iterator[None]:
    """Who does what is recorded within, where the place that records cannot know."""
    before = _acting.set(known(user))
    try:
        yield
    finally:
        _acting.reset(before)


def known(user: Any) -> User | None:
    """The account itself: a page has a lazy one, and strangers have none."""
    if user is None or isinstance(user, AnonymousUser) or not user.pk:
        return None
    return user._wrapped if hasattr(user, "_wrapped") else user


def event(what: Event.What, user: Any = None, about: Any = "", row: Any = None) -> Event:
    """A line that is not written yet. ``row`` is what it is about, if the admin shows it."""
    who = known(user) or _acting.get()
    return Event(
        what=what,
        by=who,
        by_name=who.get_username() if who else "",
        about=str(about)[:LONGEST],
        kind=row._meta.label_lower if row is not None else "",
        key=str(row.pk) if row is not None else "",
    )


def record(what: Event.What, user: Any = None, about: Any = "", row: Any = None) -> None:
    """One query."""
    event(what, user, about, row).save(force_insert=True)


def record_all(events: Iterable[Event]) -> None:
    """For what happens to many at once: a query for each thousand, and none for none."""
    Event.objects.bulk_create(events, batch_size=1000)


def forget() -> str:
    """Deletes what is older than it is to be kept; attempts, which are not our own doing, first."""
    now = timezone.now()
    attempts = Event.objects.filter(what__in=Event.ATTEMPTS, at__lt=now - ATTEMPTS_KEPT)
    old = Event.objects.filter(at__lt=now - timedelta(days=settings.AUDIT_DAYS))
    gone = attempts.delete()[0] + old.delete()[0]
    return f"{gone} lines of the audit deleted"
