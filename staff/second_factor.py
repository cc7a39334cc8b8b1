"""The second factor of an account: a device that shows codes (TOTP), and codes for the day that it
is lost.

Of recovery codes only keyed digests are stored. From the device's own secret codes are computed, so
it has to be read: it is stored sealed (``staff.sealing``).
"""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import segno
from django.db import transaction
from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_static.models import StaticDevice

from staff import sealing
from staff.events import record
from staff.models import Authenticator, Event, User
from staff.visitors import digest

CODES = 10
# Without those that are taken for one another on paper. Ten of them are 49 bits.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 10

Device: TypeAlias = Authenticator | StaticDevice


@dataclass(frozen=True)
class Proof:
    """The device that proved it, or none; ``until`` when it looks at no code at all."""

    device: Device | None = None
    until: datetime | None = None
    is_unreadable: bool = False


# ------------------------------------------------------------------ proving
def prove(user: User, code: str, *, in_known_browser: bool = False) -> Proof:
    """By the device or by a recovery code, told apart by their signs. Each works once.

    A device waits longer with each failure, but not for a browser that is known to be the
    account's: who knows the password, and not the code, could keep its owner out.
    """
    code = re.sub(r"[\s-]", "", code).lower()
    if re.fullmatch(r"[0-9]{6}", code):
        return _verified(Authenticator, user, code, in_known_browser)
    return _verified(StaticDevice, user, code, in_known_browser)


def _verified(model: Any, user: User, token: str, in_known_browser: bool) -> Proof:
    """The row stays locked meanwhile, so a code that comes twice at once is good for one."""
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return Proof()
        if in_known_browser:
            device.throttle_reset(commit=False)
        is_looked_at, why = device.verify_is_allowed()
        if not is_looked_at:
            return Proof(until=why["locked_until"])
        if model is StaticDevice:
            token = _as_kept(device, token)
        try:
            return Proof(device if device.verify_token(token) else None)
        except sealing.Unreadable:
            return Proof(is_unreadable=True)


# ------------------------------------------------------------------ setting up
def device_to_set_up(user: User) -> Authenticator:
    """The one that is shown until a code of it has been given: the same on each look."""
    waiting = Authenticator.objects.filter(user=user, confirmed=False).first()
    if waiting and not waiting.is_readable:
        waiting.delete()
        waiting = None
    return waiting or Authenticator.objects.create(user=user, confirmed=False, name="TOTP")


def set_up(device: Authenticator, code: str) -> bool:
    """Whether a code of the new device was right; then it is in place of any other, and logins
    that were proved with another have to be proved anew."""
    user: User = device.user
    with transaction.atomic():
        device = Authenticator.objects.select_for_update().get(pk=device.pk)
        if not device.verify_token(re.sub(r"[\s-]", "", code)):
            return False
        _others(user, device).delete()
        StaticDevice.objects.filter(user=user).delete()
        device.confirmed = True
        device.save()
        record(Event.What.FACTOR_SET, user)
    user.__dict__.pop("second_factor", None)
    return True


def _others(user: User, device: Authenticator) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=user).exclude(pk=device.pk)


def secret_of(device: Authenticator) -> str:
    """To be typed, in groups of four."""
    return " ".join(re.findall(".{1,4}", b32encode(device.bin_key).decode().rstrip("=")))


def drawing_of(device: Authenticator) -> SafeString:
    """The QR code as a part of the page: dark on light in every colour scheme, as cameras want."""
    drawn = segno.make(device.config_url, error="m", micro=False)
    # Made here from the account's own name, which is percent-encoded, and drawn as squares.
    return mark_safe(drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff"))  # noqa: S308


# ------------------------------------------------------------------ recovery codes
def renew_recovery_codes(user: User) -> list[str]:
    """The only time that they are seen; those before are worth nothing any more."""
    codes = ["".join(secrets.choice(SIGNS) for _sign in range(LENGTH)) for _code in range(CODES)]
    with transaction.atomic():
        device, _is_new = StaticDevice.objects.get_or_create(user=user, defaults={"name": "codes"})
        device.token_set.all().delete()
        for code in codes:
            device.token_set.create(token=stored(code))
    return [f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    device = StaticDevice.objects.filter(user=user).first()
    return device.token_set.count() if device else 0


def stored(code: str, secret: str = "") -> str:
    """What is kept of a recovery code: 80 bits of its keyed digest."""
    return b32encode(digest("recovery", code.encode(), secret)[:10]).decode().lower()


def _as_kept(device: StaticDevice, code: str) -> str:
    """With that secret of the site with which this code was kept, if it is one. One query."""
    with_each = [stored(code, secret) for secret in sealing.site_secrets()]
    kept = device.token_set.filter(token__in=with_each).first()
    return kept.token if kept else with_each[0]


# ------------------------------------------------------------------ another secret of the site
def seal_anew() -> str:
    """What was sealed with a secret of before is sealed with that of today. A query, and one for
    each that was."""
    sealed = unreadable = 0
    for device in Authenticator.objects.order_by("pk"):
        owner = sealing.account(device.user_id)
        if sealing.is_of_today(device.key, owner):
            continue
        try:
            key = sealing.seal(device.bin_key, owner)
        except sealing.Unreadable:
            unreadable += 1
            continue
        sealed += Authenticator.objects.filter(pk=device.pk, key=device.key).update(key=key)
    return f"{sealed} sealed anew, {unreadable} unreadable" if sealed or unreadable else ""


# ------------------------------------------------------------------ removing
def look_again(user: User) -> None:
    """The devices wait longer with each failure; now they do not."""
    for model in (Authenticator, StaticDevice):
        waiting = model.objects.filter(user=user)
        waiting.update(throttling_failure_count=0, throttling_failure_timestamp=None)


def remove(user: User) -> None:
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
    user.__dict__.pop("second_factor", None)


def reset(user: User, by: User | None) -> None:
    """A lost device: the next login sets up another. Every login of the account ends."""
    with transaction.atomic():
        remove(user)
        user.end_logins()
        record(Event.What.FACTOR_RESET, by, about=user.get_username(), row=user)
