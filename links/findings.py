"""What can be found out about a web address."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    WORKS = "works", _("works")
    FAILS = "fails", _("fails")
    UNKNOWN = "unknown", _("cannot be told")


class Reason(models.TextChoices):
    NAME = "name", _("no site has this name")
    CONNECTION = "connection", _("the site cannot be reached")
    CERTIFICATE = "certificate", _("the site’s certificate is not valid")
    ENCRYPTION = "encryption", _("no secure connection with the site is possible")
    SLOW = "slow", _("the site takes too long")
    ANSWER = "answer", _("the site hangs up or cannot be understood")
    STATUS = "status", _("the site says that there is no such page, or fails")
    REDIRECTS = "redirects", _("it redirects without end")
    ADDRESS = "address", _("it redirects to what is no web address")
    INNER = "inner", _("it leads to an address that is not on the open internet")
    WALL = "wall", _("the site lets no programs in")
    ROBOTS = "robots", _("the site asks programs to stay away (robots.txt)")
    PORT = "port", _("its port is unusual and is not looked at")


# The last three say nothing about what a visitor would find.
SAYS_NOTHING = frozenset({Reason.WALL, Reason.ROBOTS, Reason.PORT})


@dataclass(frozen=True)
class Finding:
    """``leads_to`` is where the redirects ended, if there were any; ``moved`` says that each of
    them is meant to stay."""

    verdict: Verdict
    reason: Reason | None = None
    status: int | None = None
    leads_to: str = ""
    moved: bool = False

    @classmethod
    def failing(cls, reason: Reason, leads_to: str = "") -> Finding:
        verdict = Verdict.UNKNOWN if reason in SAYS_NOTHING else Verdict.FAILS
        return cls(verdict, reason, leads_to=leads_to)
