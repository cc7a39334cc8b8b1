"""Nobody locks an editor out by failing in their name: a browser that is known is counted apart."""

from __future__ import annotations

import threading
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection
from django.test import Client

from staff import known_browsers
from staff.lockout import ACCOUNT, BROWSER_A_DAY, PAIR
from staff.models import Authenticator, Failure
from tests import builders as make
from tests.test_door import (
    SECOND_FACTOR,
    came_in,
    code_of,
    codes_are_new_again,
    later,
    log_in,
    make_publisher,
    prove,
    with_device,
)

pytestmark = pytest.mark.django_db

COOKIE = "known"


@pytest.fixture(autouse=True)
def as_on_a_real_site(settings):
    settings.SECOND_FACTOR = "required"
    settings.PROXY_ADDRESS_HEADER = "X-Real-IP"


def known(name: str = "anna", client: Client | None = None) -> Client:
    """A browser in which an editor without a second factor came in, and left."""
    client = client or Client()
    assert log_in(client, name, x_real_ip="198.51.100.1").status_code == 302
    assert came_in(client)
    client.post("/admin/logout/")
    return client


def fail_everywhere(name: str = "anna") -> None:
    for n in range(ACCOUNT.most + 1):
        last = log_in(Client(), name, "wrong", x_real_ip=f"203.0.113.{n}")
    assert last.status_code == 429


def fail_here(client: Client, name: str = "anna") -> list[int]:
    return [
        log_in(client, name, "wrong", x_real_ip="198.51.100.1").status_code
        for _attempt in range(PAIR.most + 1)
    ]


def test_strangers_do_not_lock_out_who_came_in_here_before():
    make.make_editor("anna", is_superuser=False)
    own = known()
    fail_everywhere()
    assert log_in(Client(), x_real_ip="198.51.100.1").status_code == 429, "another browser"
    assert log_in(own, password="mistyped", x_real_ip="203.0.113.1").status_code == 200
    assert log_in(own, x_real_ip="203.0.113.1").status_code == 302
    assert came_in(own)
    assert Failure.objects.count() == ACCOUNT.most, "those of strangers count on"


def test_nor_at_the_second_factor():
    """Where only who knows the password can fail; the device itself waits longer each time."""
    device = with_device(make_publisher())
    own = Client()
    log_in(own)
    prove(own, code_of(device))
    assert came_in(own)
    own.post("/admin/logout/")
    stranger = Client()
    log_in(stranger, x_real_ip="203.0.113.1")
    prove(stranger, "000000")
    Authenticator.objects.update(throttling_failure_count=19)
    assert prove(stranger, code_of(device)).status_code == 429
    fail_everywhere()
    codes_are_new_again()
    log_in(own)
    assert prove(own, "000000").status_code == 200
    assert prove(own, code_of(device)).status_code == 302
    assert came_in(own)


def test_a_known_browser_has_no_more_guesses_than_others():
    make.make_editor("anna", is_superuser=False)
    own = known()
    assert fail_here(own) == [200] * (PAIR.most - 1) + [429] * 2
    assert log_in(own).status_code == 429, "not even the right one"
    assert log_in(Client(), x_real_ip="198.51.100.1").status_code == 302, "counted apart"
    later(15.1)
    assert log_in(own).status_code == 302
    assert not Failure.objects.exists(), "forgotten, as it came in"
    own.post("/admin/logout/")
    fail_here(own)
    call_command("let_in", "anna")
    assert log_in(own).status_code == 302


def test_nor_has_it_more_in_a_day_than_one_needs():
    """Who has the machine and the password, and not the device that shows codes."""
    make.make_editor("anna", is_superuser=False)
    own = known()
    for _n in range(4):
        fail_here(own)
        later(16)
    assert Failure.objects.count() == BROWSER_A_DAY.most
    assert log_in(own).status_code == 429
    later(24 * 60)
    assert log_in(own).status_code == 302


def test_it_is_known_for_that_account_alone_and_cannot_be_made_up():
    for name in ("anna", "bea", "anna2"):
        make.make_editor(name, is_superuser=False)
    own = known()
    fail_everywhere("bea")
    assert log_in(own, "bea").status_code == 429
    sign = own.cookies[COOKIE].value
    fail_everywhere()
    for false in (sign[:-1] + "_", sign[1:], "x" * 5000, "....", ":::", "à", ""):
        other = Client()
        other.cookies[COOKIE] = false
        assert log_in(other).status_code == 429, false
    copied = Client()
    copied.cookies[COOKIE] = f"x.{sign}"
    assert log_in(copied).status_code == 302, "one that is right passes"


def test_it_ceases_to_be_known(monkeypatch, settings):
    make.make_editor("anna", is_superuser=False)
    own = known()
    fail_everywhere()
    monkeypatch.setattr(known_browsers, "KEPT", timedelta(seconds=-1))
    assert log_in(own).status_code == 429
    monkeypatch.undo()
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another secret of this site " * 2
    assert known_browsers._told(own.cookies[COOKIE].value, "anna") == ""
    settings.SECRET_KEY_FALLBACKS = [before]
    assert known_browsers._told(own.cookies[COOKIE].value, "anna")


def test_accounts_that_share_a_browser_are_all_known_there():
    names = ["anna", "bea", "carla", "dina", "elsa"]
    for name in names:
        make.make_editor(name, is_superuser=False)
    shared = Client()
    for name in names:
        known(name, shared)
    signs = shared.cookies[COOKIE].value.split(".")
    assert len(signs) == known_browsers.MOST
    found = [name for name in names if any(known_browsers._told(sign, name) for sign in signs)]
    assert found == names[1:], "the four that came last"
    known("carla", shared)
    assert len(shared.cookies[COOKIE].value.split(".")) == known_browsers.MOST


def test_the_cookie_is_for_the_admin_alone_and_comes_with_the_last_door(client, settings):
    settings.SESSION_COOKIE_SECURE = True
    device = with_device(make_publisher())
    assert COOKIE not in log_in(client, password="wrong").cookies
    assert COOKIE not in log_in(client).cookies, "a second factor is still to come"
    assert COOKIE not in prove(client, "123").cookies
    later(1)
    cookies: SimpleCookie = prove(client, code_of(device)).cookies
    kept = cookies[COOKIE]
    assert (kept["path"], kept["samesite"]) == ("/admin/", "Lax")
    assert kept["httponly"]
    assert kept["secure"]
    assert "anna" not in kept.value
    again = client.post("/admin/login/", {"username": "anna", "password": "wrong"})
    assert COOKIE not in again.cookies, "who is in already, and fails to log in"


def test_a_first_device_makes_the_browser_known_too(client):
    make_publisher()
    log_in(client)
    client.get(f"{SECOND_FACTOR}set-up/")
    code = code_of(Authenticator.objects.get())
    assert COOKIE in client.post(f"{SECOND_FACTOR}set-up/", {"code": code}).cookies


# ------------------------------------------------------------------ many at the same moment
GUESSES = 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_known", [False, True])
def test_of_many_guesses_at_the_same_moment_no_more_are_looked_at(monkeypatch, is_known):
    """Each of them on a connection of its own. Whoever is looked at stays there until it is known
    of all the others whether they are: a counter that looks first would look at every one."""
    make.make_editor("anna", is_superuser=False)
    own = known() if is_known else Client()
    decided = threading.Barrier(GUESSES, timeout=60)
    looked_at: list[str] = []

    def look(request, username, password):
        looked_at.append(password)
        decided.wait()
        return authenticate(request, username=username, password=password)

    monkeypatch.setattr("django.contrib.auth.forms.authenticate", look)
    answers: list[int] = []

    def guess(number: int) -> None:
        one = Client()
        one.cookies = SimpleCookie({name: kept.value for name, kept in own.cookies.items()})
        answers.append(log_in(one, password=f"guess {number}", x_real_ip="203.0.113.1").status_code)
        if f"guess {number}" not in looked_at:
            decided.wait()
        connection.close()

    guesses = [threading.Thread(target=guess, args=(number,)) for number in range(GUESSES)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    assert len(answers) == GUESSES
    assert len(looked_at) <= PAIR.most
    assert answers.count(429) >= GUESSES - PAIR.most
    assert Failure.objects.count() == len(looked_at)
