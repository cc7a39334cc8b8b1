"""Logging in: the form of the admin, which looks at as many guesses as ``staff.lockout`` allows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from staff.door import must_have_second_factor, proved
from staff.events import record
from staff.lockout import Attempt, LockedOut
from staff.models import Event, User
from staff.passwords import AsksAnother


def locked_out(until: datetime) -> ValidationError:
    """What a form says to whom it does not look at."""
    sentence = gettext(
        "Too many attempts failed. Nothing is looked at until %(time)s, not even what is right: "
        "try again then, or ask whoever manages the accounts."
    )
    return ValidationError(sentence % {"time": shown_time(until)}, code="locked_out")


def shown_time(until: datetime) -> str:
    """The minute after: what is said has to be true."""
    return date_format(timezone.localtime(until + timedelta(minutes=1)), "TIME_FORMAT")


class LoginForm(AdminAuthenticationForm):
    """``locked_until`` is set where it did not look, or will not next time."""

    locked_until: datetime | None = None

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username")
        if not name or not self.cleaned_data.get("password") or not self.request:
            return super().clean()
        attempt = Attempt(self.request, name)
        try:
            attempt.begin()
            cleaned = super().clean()
        except LockedOut as refusal:
            self.locked_until = refusal.until
            raise locked_out(refusal.until) from refusal
        except ValidationError:
            self._failed(attempt, name)
            raise
        user: Any = self.get_user()
        if asks_more(user):
            attempt.was_right()
        else:
            attempt.is_through()
        return cleaned

    def _failed(self, attempt: Attempt, name: str) -> None:
        """Of a name that no account has nothing is kept: it may be a mistyped password."""
        user = User.objects.filter(username=name).first()
        record(Event.What.LOGIN_FAILED, user)
        if until := attempt.failed():
            self.locked_until = until
            record(Event.What.LOCKED_OUT, user)
            raise locked_out(until)


class ChangePasswordForm(AsksAnother, AdminPasswordChangeForm):
    """The old password is guessed no more often than at the login, by who finds a page open."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        attempt = Attempt(self.request, self.user.get_username())
        try:
            attempt.begin()
            given = super().clean_old_password()
        except LockedOut as refusal:
            raise locked_out(refusal.until) from refusal
        except ValidationError:
            record(Event.What.LOGIN_FAILED, self.user)
            if until := attempt.failed():
                record(Event.What.LOCKED_OUT, self.user)
                raise locked_out(until) from None
            raise
        attempt.was_right()
        return given


def asks_more(user: User) -> bool:
    """Whether a second factor comes after the password."""
    return bool(user.second_factor or must_have_second_factor(user))


def logged_in(request: HttpRequest, user: User, **said: Any) -> None:
    """The password is proved; who gives a second factor is in after that."""
    proved(request)
    if not asks_more(user):
        record(Event.What.LOGGED_IN, user)


def logged_out(request: HttpRequest, user: User | None, **said: Any) -> None:
    if user:
        record(Event.What.LOGGED_OUT, user)


def listen() -> None:
    user_logged_in.connect(logged_in, dispatch_uid="staff.login")
    user_logged_out.connect(logged_out, dispatch_uid="staff.login")
