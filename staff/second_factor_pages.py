"""The pages of the second factor: giving it, setting it up, and what comes with it.

They are the only ones between the password and the rest of the admin, and stand outside of
``admin_view`` for that. What changes anything asks for proof of the last ten minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

import django_otp
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp.plugins.otp_static.models import StaticDevice

from staff import second_factor
from staff.chosen_language import keep_language
from staff.door import Door, door, is_fresh, must_have_second_factor, proved
from staff.events import record
from staff.known_browsers import make_known
from staff.lockout import Attempt, LockedOut
from staff.login import locked_out
from staff.models import Event, User

Page = Callable[..., HttpResponse]

WRONG = _("This is not right. Each code works once, and for about a minute: wait for the next one.")
MOMENT = timedelta(minutes=1)
TOO_SOON = _(
    "After a wrong code nothing is looked at for a moment, not even what is right: wait for the "
    "next code."
)
WRONG_RECOVERY = _("This is none of your recovery codes that have not been used yet.")
WRONG_PASSWORD = _("This is not your password.")
UNREADABLE = _(
    "This site’s secret key was changed, so it can no longer read what it needs to look at the "
    "codes of your device. Set up another: ask whoever manages the accounts to reset your second "
    "factor, and log in again after that."
)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("The six digits that the app shows for this site now."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class RecoveryForm(forms.Form):
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=40,
        help_text=_("One of the ten that were shown when the second factor was set up."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class PasswordForm(forms.Form):
    code = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


# ------------------------------------------------------------------ who comes to which page
def page_between(request: HttpRequest) -> str:
    """The address where somebody has to go who gave the password and may not come in yet."""
    match door(request):
        case Door.PROVE:
            return reverse("second_factor_prove")
        case Door.SET_UP:
            return reverse("second_factor_set_up")
    return ""


def _for_staff(*doors: Door, fresh: bool = False) -> Callable[[Page], Page]:
    """Who is at another door is sent there; who proved it too long ago has to do so again."""

    def decorated(page: Page) -> Page:
        @never_cache
        @wraps(page)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            here = door(request)
            if here not in doors:
                return HttpResponseRedirect(page_between(request) or reverse("admin:login"))
            if fresh and not is_fresh(request):
                # A form that was sent is asked for again, from the page where it stands.
                back = request.path if request.method == "GET" else reverse("second_factor")
                return HttpResponseRedirect(
                    f"{reverse('second_factor_prove')}?{urlencode({'next': back})}"
                )
            return page(request, *args, **kwargs)

        return guarded

    return decorated


def fresh_proof(page: Page) -> Page:
    """For pages elsewhere in the admin that change the second factor of others."""
    return _for_staff(Door.OPEN, fresh=True)(page)


def _next(request: HttpRequest) -> str:
    there = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(
        there, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return there if is_ours else reverse("admin:index")


def _known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Who came in here is not locked out here by the failures of strangers."""
    if door(request) is Door.OPEN:
        user = cast(User, request.user)
        make_known(request, response, user.get_username())
        keep_language(response, user.language)
    return response


def _shown(request: HttpRequest, template: str, title: Any, **said: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **said}
    locked = getattr(said.get("form"), "is_locked", False)
    return render(request, f"staff/{template}", context, status=429 if locked else 200)


# ------------------------------------------------------------------ proving
@sensitive_post_parameters("code")
@_for_staff(Door.PROVE, Door.SET_UP, Door.OPEN)
def prove(request: HttpRequest) -> HttpResponse:
    """By a code, or by the password where there is no second factor yet; then where one wanted."""
    user: Any = request.user
    by_recovery = "recovery" in request.GET
    if not user.second_factor:
        kind: type[forms.Form] = PasswordForm
    else:
        kind = RecoveryForm if by_recovery else CodeForm
    form = kind(request.POST or None)
    if request.method == "POST" and form.is_valid() and _proves(request, form):
        return _known(request, HttpResponseRedirect(_next(request)))
    return _shown(
        request,
        "second_factor_prove.html",
        _("Second factor") if user.second_factor else _("Your password once more"),
        form=form,
        next=_next(request),
        by_recovery=by_recovery,
        by_password=not user.second_factor,
        unreadable=UNREADABLE if kind is CodeForm and not user.second_factor.is_readable else "",
    )


def _proves(request: HttpRequest, form: Any) -> bool:
    user: Any = request.user
    attempt = Attempt(request, user.get_username())
    try:
        attempt.begin()
        if not user.second_factor:
            proof = second_factor.Proof()
            is_right = user.check_password(form.cleaned_data["code"])
        else:
            proof = second_factor.prove(
                user, form.cleaned_data["code"], in_known_browser=bool(attempt.browser)
            )
            is_right = proof.device is not None
        if proof.until:
            attempt.was_right()
            _refuse(form, _waits(proof.until), is_locked=True)
            return False
        if proof.is_unreadable:
            attempt.was_right()
            _refuse(form, UNREADABLE)
            return False
    except LockedOut as refusal:
        _refuse(form, locked_out(refusal.until), is_locked=True)
        return False
    if not is_right:
        record(Event.What.CODE_FAILED, user)
        if until := attempt.failed():
            record(Event.What.LOCKED_OUT, user)
            _refuse(form, locked_out(until), is_locked=True)
        else:
            wrong = {PasswordForm: WRONG_PASSWORD, RecoveryForm: WRONG_RECOVERY}
            _refuse(form, wrong.get(type(form), WRONG))
        return False
    attempt.is_through()
    _let_in(request, proof.device)
    return True


def _waits(until: datetime) -> Any:
    """A device looks at nothing for a second after a wrong code, then for two, for four …"""
    return locked_out(until) if until - timezone.now() > MOMENT else TOO_SOON


def _refuse(form: Any, error: ValidationError | Any, is_locked: bool = False) -> None:
    form.add_error("code", error)
    form.is_locked = is_locked


def _let_in(request: HttpRequest, device: second_factor.Device | None) -> None:
    user: Any = request.user
    was_between = door(request) is Door.PROVE
    # Nobody who knew the name of the session before knows it now.
    request.session.cycle_key()
    proved(request)
    if device:
        django_otp.login(request, device)
    if was_between:
        record(Event.What.LOGGED_IN, user)
    if isinstance(device, StaticDevice):
        record(Event.What.RECOVERY_USED, user)
        left = second_factor.recovery_codes_left(user)
        sentence = ngettext(
            "You have %(n)d recovery code left. If the device is lost, set up another.",
            "You have %(n)d recovery codes left. If the device is lost, set up another.",
            left,
        )
        messages.warning(request, sentence % {"n": left})


# ------------------------------------------------------------------ setting up, and after
@_for_staff(Door.OPEN)
def overview(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    return _shown(
        request,
        "second_factor.html",
        _("Second factor"),
        device=user.second_factor,
        codes_left=second_factor.recovery_codes_left(user),
        is_required=must_have_second_factor(user),
    )


@sensitive_post_parameters("code")
@_for_staff(Door.SET_UP, Door.OPEN, fresh=True)
def set_up(request: HttpRequest) -> HttpResponse:
    """A drawing and a secret to choose from, a code to show that it worked, the recovery codes."""
    user: Any = request.user
    before = door(request)
    device = second_factor.device_to_set_up(user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _sets_up(request, form, device):
        if before is Door.SET_UP:
            record(Event.What.LOGGED_IN, user)
        return _known(request, _codes(request, next=_next(request)))
    return _shown(
        request,
        "second_factor_set_up.html",
        _("Set up the second factor"),
        form=form,
        next=_next(request),
        drawing=second_factor.drawing_of(device),
        secret=second_factor.secret_of(device),
        is_required=before is Door.SET_UP,
        replaces=user.second_factor,
    )


def _sets_up(request: HttpRequest, form: Any, device: Any) -> bool:
    is_looked_at, why = device.verify_is_allowed()
    if not is_looked_at:
        _refuse(form, _waits(why["locked_until"]), is_locked=True)
        return False
    if not second_factor.set_up(device, form.cleaned_data["code"]):
        _refuse(form, WRONG)
        return False
    device.refresh_from_db()
    request.session.cycle_key()
    proved(request)
    django_otp.login(request, device)
    return True


@require_POST
@_for_staff(Door.OPEN, fresh=True)
def renew_codes(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if not user.second_factor:
        return HttpResponseRedirect(reverse("second_factor"))
    # One of them may have been proved by an old code that somebody found.
    _end_other_logins(request)
    record(Event.What.RECOVERY_RENEWED, user)
    return _codes(request, next=reverse("second_factor"))


def _codes(request: HttpRequest, next: str) -> HttpResponse:
    """The answer itself shows them, so that they are kept nowhere, and never shown again."""
    user: User = request.user  # type: ignore[assignment]
    codes = second_factor.renew_recovery_codes(user)
    return _shown(
        request, "second_factor_codes.html", _("Your recovery codes"), codes=codes, next=next
    )


@require_POST
@_for_staff(Door.OPEN, fresh=True)
def remove(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if must_have_second_factor(user):
        messages.error(request, gettext("Your account may not be without a second factor."))
    elif user.second_factor:
        second_factor.remove(user)
        _end_other_logins(request)
        record(Event.What.FACTOR_REMOVED, user)
        messages.success(request, gettext("The second factor was removed."))
    return HttpResponseRedirect(reverse("second_factor"))


def _end_other_logins(request: HttpRequest) -> None:
    """Of this account; this one goes on under another name."""
    user: Any = request.user
    user.end_logins()
    update_session_auth_hash(request, user)


@require_POST
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """For who is between the doors: to log in as somebody else, or not at all."""
    logout(request)
    return HttpResponseRedirect(reverse("admin:login"))
