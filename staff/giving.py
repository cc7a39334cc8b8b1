"""What somebody who keeps accounts, and is no superuser, may give and change.

Roles, and rights that they have themselves. Whoever may do more than any role is out of their
reach: a password or a device that is given anew is a way in as that person.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from staff.roles import LABELS


def groups_to_give(giver: Any) -> QuerySet[Group]:
    """One query, and the groups' own."""
    groups = Group.objects.all()
    if giver.is_superuser:
        return groups
    of_groups = _above_roles().filter(group__isnull=False)
    rows = of_groups.values_list("group", "content_type__app_label", "codename")
    return groups.exclude(pk__in={group for group, *right in rows if not _has(giver, *right)})


def may_change_account(giver: Any, account: Any) -> bool:
    """One query for each account that a page holds."""
    if giver.is_superuser or account is None or account.pk is None:
        return True
    if account.is_superuser:
        return False
    known = account.__dict__.setdefault("_may_be_changed_by", {})
    if giver.pk not in known:
        theirs = _above_roles().filter(Q(user=account) | Q(group__user=account))
        rights = theirs.values_list("content_type__app_label", "codename")
        known[giver.pk] = all(_has(giver, *right) for right in rights)
    return known[giver.pk]


def _above_roles() -> QuerySet[Permission]:
    """Rights that no role has, as the groups stand now."""
    return Permission.objects.exclude(group__name__in=list(LABELS)).order_by()


def _has(giver: Any, app: str, right: str) -> bool:
    return giver.has_perm(f"{app}.{right}")
