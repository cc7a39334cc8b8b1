"""Guessing passwords and codes is stopped by counting failures, and by nothing else about anyone.

Every attempt is written down as a failure before it is looked at, and deleted if it was none: of
a hundred that come at the same moment no more are looked at than of a hundred in a row. A counter
such as django-axes's, which looks first and counts after, lets all of the hundred pass; it also
forgets at the password, when the second factor is still to come, has one limit for all that it
counts, and keeps addresses, browsers and what was posted.

An attempt that was refused does not make the wait longer.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from staff.models import Failure
from staff.visitors import address_digest, address_of, digest

KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Limit:
    """So many failures within that time; then none is looked at until the first is older."""

    most: int
    within: timedelta


# Of one account from one address: somebody's own fingers. Of one account from anywhere: many
# machines that guess. From one address: one machine that tries many names, or a whole office.
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
        self.failure: Failure | None = None

    def begin(self) -> None:
        """Raises ``LockedOut`` if it is not to be looked at. Four queries, or five if so."""
        self.failure = Failure.objects.create(account=self.account, address=self.address)
        if until := self._until(others=1):
            self.was_right()
            raise LockedOut(until)

    def failed(self) -> datetime | None:
        """Until when nothing more is looked at, if this was one too many. Three queries."""
        return self._until(others=0)

    def was_right(self) -> None:
        """This one was no failure; those before it count on, for something is still to come."""
        if self.failure:
            self.failure.delete()

    def is_through(self) -> None:
        """Nothing more is asked: what this account failed from here is forgotten."""
        self._pair().delete()

    def _pair(self) -> QuerySet[Failure]:
        return Failure.objects.filter(account=self.account, address=self.address)

    def _until(self, others: int) -> datetime | None:
        counted = [(self._pair(), PAIR), (Failure.objects.filter(account=self.account), ACCOUNT)]
        if self.is_from_somewhere:
            counted.append((Failure.objects.filter(address=self.address), ADDRESS))
        now = timezone.now()
        waits = []
        for rows, limit in counted:
            newest = rows.filter(at__gt=now - limit.within).order_by("-at")
            # The failure after which there will be room for one more.
            place = limit.most - 1 + others
            waits += [at + limit.within for at in newest.values_list("at", flat=True)[place:][:1]]
        return max(waits, default=None)


def account_digest(name: str) -> bytes:
    """As Django compares names, which is by their letters alone."""
    return digest("account", unicodedata.normalize("NFKC", name).encode())


def let_in(name: str) -> int:
    """Forget all failures of an account; how many there were."""
    return Failure.objects.filter(account=account_digest(name)).delete()[0]


def forget() -> str:
    """Deletes failures that have long ceased to count."""
    gone = Failure.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
    return f"{gone} failures deleted"
