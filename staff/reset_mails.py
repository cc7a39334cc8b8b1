"""The mails with which a forgotten password is chosen anew: asked for in a page, sent after it.

A page writes down what was asked, whoever has an account and whoever has none, so that its answer
takes as long for one as for the other. The mail goes a moment later, from a thread of the same
process; what was not sent then, as the mail server was away or the process ended, is sent by the
clock (``deliver`` as a job).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from staff.known_browsers import as_compared
from staff.lockout import Limit, LockedOut, wait_of
from staff.models import ResetMail, User
from staff.visitors import address_digest, address_of, digest

log = logging.getLogger("civicnet.staff")

# To one address of mail, and from one network address: a person, and an office.
MAILBOX = Limit(3, timedelta(hours=1))
ADDRESS = Limit(20, timedelta(hours=1))
# Not while the answer is made, which would be slower for an account.
SOON = 1.0  # seconds
# Somebody may be sending it right now.
AGAIN = timedelta(minutes=5)
KEPT = timedelta(days=1)


class NotSent(Exception):
    """The mail server did not take some of them; they wait."""


def ask(request: HttpRequest, email: str) -> None:
    """Written down before it is looked at, as attempts to log in are. Raises ``LockedOut`` if it
    was asked for too often. Three queries, and one if so; none says whether there is an account."""
    where = address_of(request)
    asked = ResetMail.objects.create(
        email=email,
        mailbox=digest("mailbox", as_compared(email).casefold().encode()),
        address=address_digest("reset", where),
    )
    counted = [(ResetMail.objects.filter(mailbox=asked.mailbox), MAILBOX)]
    if where:
        counted.append((ResetMail.objects.filter(address=asked.address), ADDRESS))
    if until := wait_of(counted, others=1):
        asked.delete()
        raise LockedOut(until)
    transaction.on_commit(send_soon)


def send_soon() -> None:
    """A process that ends meanwhile leaves it to the clock."""
    sending = threading.Timer(SOON, _send_aside)
    sending.daemon = True
    sending.start()


def _send_aside() -> None:
    """Pages need the connection more than the mail server does."""
    try:
        deliver(meanwhile=connection.close)
    except NotSent:
        pass  # logged, and tried again
    except Exception:
        log.exception("reset mails wait")
    finally:
        connection.close()


def deliver(meanwhile: Callable[[], None] = lambda: None) -> str:
    """Send what waits, and forget what is a day old. Raises ``NotSent`` if a mail server is away.

    Four queries for each; what holds a connection may be given back by ``meanwhile``.
    """
    ResetMail.objects.filter(at__lt=timezone.now() - KEPT).delete()
    sent = left = 0
    while asked := _next():
        mails = mails_for(asked.email)
        meanwhile()
        try:
            for mail in mails:
                mail.send()
        except Exception:
            # Whatever a mail server or the network comes up with.
            log.exception("reset mail not sent")
            left += 1
            continue
        # Who asked is of no interest any more; that somebody did counts on for an hour.
        ResetMail.objects.filter(pk=asked.pk).update(email="")
        sent += 1
    if left:
        raise NotSent(f"{left} wait")
    return f"{sent} answered" if sent else ""


def _next() -> ResetMail | None:
    """The oldest that nobody else is sending; it is ours for five minutes."""
    now = timezone.now()
    is_free = Q(tried_at=None) | Q(tried_at__lt=now - AGAIN)
    with transaction.atomic():
        waiting = ResetMail.objects.select_for_update(skip_locked=True).exclude(email="")
        asked = waiting.filter(is_free).order_by("at", "pk").first()
        if asked:
            asked.tried_at = now
            asked.save(update_fields=["tried_at"])
    return asked


def mails_for(email: str) -> list[EmailMessage]:
    """To each active account with this address that has a password; mostly one, or none."""
    return [_mail(user) for user in PasswordResetForm().get_users(email)]


def _mail(user: Any) -> EmailMessage:
    """In the language of the account. It names the site as it is set, whatever name the page was
    asked for under."""
    base = urlsplit(settings.BASE_URL)
    said = {
        "user": user,
        "site_name": settings.SITE_NAME,
        "protocol": base.scheme,
        "domain": base.netloc,
        "uid": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    with translation.override(user.language):
        subject = render_to_string("staff/password_reset_subject.txt", said)
        body = render_to_string("staff/password_reset_mail.txt", said)
    address = getattr(user, User.get_email_field_name())
    return EmailMessage(" ".join(subject.split()), body, to=[address])
