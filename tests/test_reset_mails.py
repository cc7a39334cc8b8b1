"""A forgotten password: the page tells nobody which accounts there are, and the mail follows it."""

from __future__ import annotations

import re
import smtplib
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clock.jobs import End, run_due
from staff import reset_mails
from staff.models import ResetMail
from tests import builders as make
from tests.test_admin import WithMail
from tests.test_door import log_in

pytestmark = pytest.mark.django_db

ANNA = "anna@civicnet.example"
NOBODY = "nobody@civicnet.example"


@pytest.fixture(autouse=True)
def with_a_mail_server(settings):
    settings.MAIL_IS_SET = True
    settings.ROOT_URLCONF = WithMail
    settings.PROXY_ADDRESS_HEADER = "X-Real-IP"


def ask(email: str = ANNA, where: str = "198.51.100.1", client: Client | None = None):
    sent = {"email": email}
    return (client or Client()).post("/admin/password-reset/", sent, headers={"x-real-ip": where})


def send() -> tuple[End, str]:
    (outcome,) = run_due(["send_reset_mails"])
    return outcome.end, outcome.said


def to_whom() -> list[str]:
    return [address for sent in mail.outbox for address in sent.to]


def later(**time: float) -> None:
    for asked in ResetMail.objects.all():
        asked.at -= timedelta(**time)
        if asked.tried_at:
            asked.tried_at -= timedelta(**time)
        asked.save()


def test_the_answer_takes_the_same_work_with_an_account_as_without():
    make.make_editor("anna", email=ANNA)
    ask("first@civicnet.example")
    seen = []
    for email in (ANNA, NOBODY):
        with CaptureQueriesContext(connection) as captured:
            answer = ask(email)
        asked = [query["sql"].split("VALUES")[0].split("WHERE")[0] for query in captured]
        seen.append((answer.status_code, answer["Location"], asked))
    assert seen[0] == seen[1]
    assert not any("staff_user" in sql for sql in seen[0][2]), "nobody is looked for"
    assert not mail.outbox, "and nothing is sent meanwhile"
    assert send() == (End.DONE, "3 answered")
    assert to_whom() == [ANNA]


def test_only_who_may_log_in_by_password_has_a_mail():
    make.make_editor("anna", email=ANNA)
    make.make_editor("anna2", email=ANNA.capitalize())
    make.make_editor("gone", email=ANNA, is_active=False)
    away = make.make_editor("away", email=ANNA)
    away.set_unusable_password()
    away.save()
    ask(ANNA.title())
    send()
    assert sorted(to_whom()) == sorted([ANNA, ANNA.capitalize()])
    assert send() == (End.DONE, "")
    assert len(mail.outbox) == 2


def test_one_mailbox_gets_three_an_hour_however_it_is_written():
    make.make_editor("anna", email=ANNA)
    ways = (ANNA, ANNA.upper(), ANNA.title(), ANNA, ANNA)
    answers = [ask(way, f"203.0.113.{n}").status_code for n, way in enumerate(ways)]
    assert answers == [302] * 3 + [429] * 2
    assert [ask(NOBODY).status_code for _n in range(4)] == [302] * 3 + [429], "so for nobody's"
    send()
    assert to_whom() == [ANNA] * 3
    later(minutes=61)
    assert ask().status_code == 302


def test_one_place_asks_for_twenty_an_hour():
    make.make_editor("anna", email=ANNA)
    answers = [ask(f"n{n}@civicnet.example").status_code for n in range(22)]
    assert answers == [302] * 20 + [429] * 2
    assert ask().status_code == 429
    assert ask(where="203.0.113.1").status_code == 302
    for n in range(30):
        assert ask(f"x{n}@civicnet.example", where="").status_code == 302, "a proxy that says none"


def test_who_asks_too_often_is_told_until_when(client):
    for _n in range(3):
        ask()
    page = ask(client=client).content.decode()
    assert "troppo spesso" in page
    assert 'value="anna@civicnet.example"' in page
    assert "un minuto o due" in client.get("/admin/password-reset/sent/").content.decode()


def test_what_the_mail_server_did_not_take_is_sent_later(monkeypatch, caplog):
    make.make_editor("anna", email=ANNA)
    ask()

    def refuse(*said, **more):
        raise smtplib.SMTPServerDisconnected("away")

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        assert send() == (End.FAILED, "NotSent")
    assert "reset mail not sent" in caplog.text
    assert ANNA not in caplog.text
    assert send() == (End.DONE, ""), "not at once again: another process may be sending it"
    later(minutes=6)
    assert send() == (End.DONE, "1 answered")
    assert to_whom() == [ANNA]


def test_who_has_a_new_password_does_not_wait_for_what_was_guessed_before(client, settings):
    """Five wrong guesses are why somebody asks for the mail."""
    make.make_editor("anna", email=ANNA, is_superuser=False)
    for _n in range(6):
        locked = log_in(client, password="wrong", x_real_ip="198.51.100.1")
    assert locked.status_code == 429
    ask()
    send()
    link = re.search(r"/admin/password-reset/\S+", mail.outbox[0].body)
    form = client.get(link.group(), follow=True).redirect_chain[-1][0]
    new = "un'altra parola lunga"
    assert client.post(form, {"new_password1": new, "new_password2": new}).status_code == 302
    assert log_in(client, password=new, x_real_ip="198.51.100.1").status_code == 302


def test_what_was_asked_is_not_kept():
    make.make_editor("anna", email=ANNA)
    ask()
    asked = ResetMail.objects.get()
    assert b"anna" not in bytes(asked.mailbox)
    assert len(bytes(asked.mailbox)) == len(bytes(asked.address)) == 16
    send()
    assert ResetMail.objects.get().email == ""
    later(days=1.1)
    send()
    assert not ResetMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_goes_a_moment_after_the_answer_and_once(monkeypatch):
    """From a thread, with a connection of its own that is given back before the server is asked."""
    monkeypatch.setattr(reset_mails, "SOON", 0)
    make.make_editor("anna", email=ANNA)
    before = set(threading.enumerate())
    for _n in range(2):
        assert ask().status_code == 302
    for sending in set(threading.enumerate()) - before:
        sending.join(30)
    assert to_whom() == [ANNA] * 2
    assert not ResetMail.objects.exclude(email="").exists()
    assert ResetMail.objects.filter(tried_at__lte=timezone.now()).count() == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        assert cursor.fetchone() == (0,)
