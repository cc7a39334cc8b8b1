"""Guessing passwords and codes is stopped by counting failures, and by nothing else about anyone.

Every attempt is written down as a failure before it is looked at, and deleted if it was none: of
a hundred that come at the same moment no more are looked at than of a hundred in a row. A counter
such as django-axes's, which looks first and counts after, lets all of the hundred pass; it also
forgets at the password, when the second factor is still to come, has one limit for all that it
counts, and keeps addresses, browsers and what was posted.

An attempt that was refused does not make the wait longer. A browser in which this account came in
before (``staff.known_browsers``) is counted apart: strangers cannot lock it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from staff.known_browsers import as_compared, browser_of
from staff.models import Failure
from staff.visitors import address_digest, address_of, digest

KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Limit:
    """So many failures within that time; then none is looked at until the first is older."""

    most: int
    within: timedelta


# In a browser of the account, and of strangers for one account from one address: somebody's own
# fingers. Of strangers for one account from anywhere: many machines that guess. Of strangers from
# one address: one machine that tries many names, or a whole office.
BROWSER = Limit(5, timedelta(minutes=15))
# There the device that shows codes does not wait longer and longer, so the days count.
BROWSER_A_DAY = Limit(20, timedelta(days=1))
PAIR = Limit(5, timedelta(minutes=15))
ACCOUNT = Limit(20, timedelta(hours=1))
ADDRESS = Limit(50, timedelta(hours=1))


class LockedOut(Exception):
    """Not looked at: nobody is let in before then, whatever they give."""

    def __init__(self, until: datetime) -> None:
        self.until = until


class Attempt:
    """One try to get in as ``name`` from where the request comes.

    Ends with ``failed``, ``was_right`` or ``is_through``; left as it is, it counts as a failure.
    """

    def __init__(self, request: HttpRequest, name: str) -> None:
        address = address_of(request)
        self.account = account_digest(name)
        self.address = address_digest("failure", address)
        # Behind a proxy that does not say it, everybody would be one visitor.
        self.is_from_somewhere = bool(address)
        self.browser = browser_of(request, name)
        self.failure: Failure | None = None

    def begin(self) -> None:
        """Raises ``LockedOut`` if it is not to be looked at. Four queries, or five if so; one less
        in a browser that is known."""
        self.failure = Failure.objects.create(
            account=self.account, address=self.address, browser=self.browser
        )
        if until := wait_of(self._counted(), others=1):
            self.was_right()
            raise LockedOut(until)

    def failed(self) -> datetime | None:
        """Until when nothing more is looked at, if this was one too many. Three queries, or two."""
        return wait_of(self._counted(), others=0)

    def was_right(self) -> None:
        """This one was no failure; those before it count on, for something is still to come."""
        if self.failure:
            self.failure.delete()

    def is_through(self) -> None:
        """Nothing more is asked: what this account failed from here is forgotten."""
        self._here().delete()

    def _here(self) -> QuerySet[Failure]:
        if self.browser:
            return Failure.objects.filter(browser=self.browser)
        return _of_strangers().filter(account=self.account, address=self.address)

    def _counted(self) -> list[tuple[QuerySet, Limit]]:
        if self.browser:
            return [(self._here(), BROWSER), (self._here(), BROWSER_A_DAY)]
        counted = [(self._here(), PAIR), (_of_strangers().filter(account=self.account), ACCOUNT)]
        if self.is_from_somewhere:
            counted.append((_of_strangers().filter(address=self.address), ADDRESS))
        return counted


def _of_strangers() -> QuerySet[Failure]:
    return Failure.objects.filter(browser=None)


def wait_of(counted: Iterable[tuple[QuerySet, Limit]], others: int) -> datetime | None:
    """When the last of the limits has room again for as many others. Rows have a time, ``at``."""
    now = timezone.now()
    waits: list[datetime] = []
    for rows, limit in counted:
        newest = rows.filter(at__gt=now - limit.within).order_by("-at")
        # The row after which there will be room for one more.
        place = limit.most - 1 + others
        waits += [at + limit.within for at in newest.values_list("at", flat=True)[place:][:1]]
    return max(waits, default=None)


def account_digest(name: str) -> bytes:
    return digest("account", as_compared(name).encode())


def let_in(name: str) -> int:
    """Forget all failures of an account; how many there were."""
    return Failure.objects.filter(account=account_digest(name)).delete()[0]


def forget() -> str:
    """Deletes failures that have long ceased to count."""
    gone = Failure.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
    return f"{gone} failures deleted"
