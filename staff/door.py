"""Whether somebody who gave the right password may come in yet.

With a second factor, this login must have been proved with it; without one, nobody may who has to
have one. Asked for every page of the admin by ``civicnet.admin.Admin.has_permission``, so there is
no page between password and second factor but those of ``staff.second_factor_pages``.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from staff.models import User

# What changes a second factor asks for proof that is no older, in seconds.
FRESH = 10 * 60
PROVED_AT = "proved_at"

Rule = Callable[[User], bool]


class Door(enum.Enum):
    SHUT = "no member of staff"
    PROVE = "has a second factor, and has not given it"
    SET_UP = "has to have a second factor first"
    OPEN = "may come in"


def may_make_editors(user: User) -> bool:
    """Who gives rights can give those of publishing, to themselves too."""
    return user.has_perm("staff.change_user") or user.has_perm("auth.change_group")


# Whom the site does not let in without a second factor; rooms above add their reasons.
rules: list[Rule] = [may_make_editors]


def require_second_factor_for(rule: Rule) -> None:
    """For a room that is ready."""
    rules.append(rule)


def must_have_second_factor(user: User) -> bool:
    return settings.SECOND_FACTOR == "required" and any(rule(user) for rule in rules)


def door(request: HttpRequest) -> Door:
    """One query where the login is not proved, and those for the rights of the account."""
    user: Any = request.user
    if not (user.is_active and user.is_staff):
        return Door.SHUT
    if getattr(user, "otp_device", None):
        return Door.OPEN
    if user.second_factor:
        return Door.PROVE
    return Door.SET_UP if must_have_second_factor(user) else Door.OPEN


def proved(request: HttpRequest) -> None:
    """It is they: with the password, and with the second factor where there is one."""
    request.session[PROVED_AT] = int(time.time())


def is_fresh(request: HttpRequest) -> bool:
    return time.time() - request.session.get(PROVED_AT, 0) < FRESH
