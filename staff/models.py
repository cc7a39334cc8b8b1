"""The people who edit, what they did with their accounts, and how often they failed to log in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from staff import sealing


class User(AbstractUser):
    """A member of staff. Visitors have no account: the public pages read no user."""

    class Language(models.TextChoices):
        ITALIAN = "it", _("Italian")
        ENGLISH = "en", _("English")

    language = models.CharField(
        _("language"),
        max_length=2,
        choices=Language.choices,
        default=Language.ITALIAN,
        help_text=_("The language of the administration pages for this person."),
    )
    # Goes into every login: another number ends them all.
    logins_ended = models.PositiveIntegerField(default=0, editable=False)

    @cached_property
    def second_factor(self) -> Authenticator | None:
        """The device whose codes this account needs beside its password. One query."""
        return Authenticator.objects.filter(user=self, confirmed=True).first()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new password is written down, by whichever way it comes, and who has it is not kept
        waiting for what was guessed before."""
        from staff.events import record
        from staff.lockout import let_in

        is_new_password = getattr(self, "_password", None) is not None
        super().save(*args, **kwargs)
        if is_new_password:
            record(Event.What.PASSWORD_SET, about=self.get_username())
            let_in(self.get_username())

    def end_logins(self) -> None:
        """Everywhere, at the next page that is asked for."""
        self.logins_ended += 1
        self.save(update_fields=["logins_ended"])

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a login has to agree with: it ends with the password, and with the right to be
        here, even when that comes back."""
        told = f"{self.password}{self.is_staff}{self.logins_ended}"
        salt = "staff.models.User.get_session_auth_hash"
        return salted_hmac(salt, told, secret=secret, algorithm="sha256").hexdigest()


class Authenticator(TOTPDevice):
    """The app of an account that shows codes. Its secret is stored sealed, for that account alone:
    read as django-otp's own class a row has no secret, and what was not sealed here is none."""

    key: str

    class Meta:
        proxy = True
        default_permissions = ()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new one has a secret of django-otp's making."""
        if self._state.adding:
            self.key = sealing.seal(bytes.fromhex(self.key), sealing.account(self.user_id))
        super().save(*args, **kwargs)

    @property
    def bin_key(self) -> bytes:
        """Raises ``sealing.Unreadable``."""
        return sealing.unseal(self.key, sealing.account(self.user_id))

    @property
    def is_readable(self) -> bool:
        try:
            return bool(self.bin_key)
        except sealing.Unreadable:
            return False


class Event(models.Model):
    """A line of the audit: written where it happens, changed by nobody, deleted by the clock.

    Names are kept as they were, so that a line says who it was when the account is no more.
    """

    class What(models.TextChoices):
        LOGGED_IN = "logged_in", pgettext_lazy("event", "logged in")
        LOGGED_OUT = "logged_out", pgettext_lazy("event", "logged out")
        LOGIN_FAILED = "login_failed", pgettext_lazy("event", "failed to log in")
        CODE_FAILED = "code_failed", pgettext_lazy("event", "gave a wrong code")
        LOCKED_OUT = "locked_out", pgettext_lazy("event", "was locked out")
        LET_IN = "let_in", pgettext_lazy("event", "was let in again")
        FACTOR_SET = "factor_set", pgettext_lazy("event", "set up a second factor")
        FACTOR_REMOVED = "factor_removed", pgettext_lazy("event", "removed the second factor")
        FACTOR_RESET = "factor_reset", pgettext_lazy("event", "reset a second factor")
        RECOVERY_USED = "recovery_used", pgettext_lazy("event", "used a recovery code")
        RECOVERY_RENEWED = "recovery_renewed", pgettext_lazy("event", "made new recovery codes")
        PASSWORD_SET = "password_set", pgettext_lazy("event", "password set")
        RIGHTS_CHANGED = "rights_changed", pgettext_lazy("event", "rights changed")
        PUBLISHED = "published", pgettext_lazy("event", "published")
        TAKEN_BACK = "taken_back", pgettext_lazy("event", "taken back from the public")
        ARCHIVED = "archived", pgettext_lazy("event", "archived")
        DELETED = "deleted", pgettext_lazy("event", "deleted while public")
        MERGED = "merged", pgettext_lazy("event", "merged, one of the two public")
        PARTED = "parted", pgettext_lazy("event", "took a merge back")

    # What others may have caused, and what holds names that were only tried.
    ATTEMPTS = (What.LOGIN_FAILED, What.CODE_FAILED, What.LOCKED_OUT)

    at = models.DateTimeField(_("when"), default=timezone.now)
    what = models.CharField(_("what"), max_length=20, choices=What.choices)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("account")
    )
    by_name = models.CharField(_("who"), max_length=150)
    about = models.CharField(pgettext_lazy("event", "about"), max_length=300)
    # The row of the admin that it is about, if there is one: ``orgs.organization`` and its key.
    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("line of the audit")
        verbose_name_plural = _("lines of the audit")
        ordering = ("-at", "-pk")
        default_permissions = ("view",)
        indexes = (models.Index(fields=["-at", "-id"], name="staff_event_at"),)

    def __str__(self) -> str:
        return self.about or self.by_name or self.get_what_display()


class Failure(models.Model):
    """Somebody did not get in: digests of the account's name and of the network address.

    Of a name that no account has too, so nobody learns from a lock which accounts there are; the
    name itself is not kept, for it may be a password that was typed in the wrong place.
    """

    account = models.BinaryField(max_length=16)
    address = models.BinaryField(max_length=16)
    # One that is known to be of this account; its failures are counted by themselves.
    browser = models.BinaryField(max_length=16, null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=["account", "at"], name="staff_failure_account"),
            models.Index(fields=["address", "at"], name="staff_failure_address"),
            models.Index(
                fields=["browser", "at"],
                name="staff_failure_browser",
                condition=models.Q(browser__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.at)


class ResetMail(models.Model):
    """Somebody asked for a mail that resets a password: at which address, until it was sent, and
    digests of that and of the network address, which are counted. No account need have it."""

    email = models.CharField(max_length=254, blank=True)
    mailbox = models.BinaryField(max_length=16)
    address = models.BinaryField(max_length=16)
    at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=["mailbox", "at"], name="staff_resetmail_mailbox"),
            models.Index(fields=["address", "at"], name="staff_resetmail_address"),
        )

    def __str__(self) -> str:
        return str(self.at)
