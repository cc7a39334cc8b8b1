"""The secrets of second factors: unreadable in the database, and through a change of the key."""

from __future__ import annotations

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from clock.jobs import jobs
from staff import sealing
from staff.models import Authenticator, Failure
from tests.test_door import (
    SECOND_FACTOR,
    came_in,
    code_of,
    codes_are_new_again,
    codes_shown,
    log_in,
    make_publisher,
    prove,
    with_device,
)

pytestmark = pytest.mark.django_db

OTHER = "another secret of this site " * 2
WHOSE = "account 1"


@pytest.fixture(autouse=True)
def as_on_a_real_site(settings):
    settings.SECOND_FACTOR = "required"


def change_key(settings, *before: str) -> None:
    settings.SECRET_KEY_FALLBACKS = list(before)
    settings.SECRET_KEY = OTHER


def test_what_is_sealed_is_read_with_the_secret_and_for_its_owner_alone(settings):
    sealed = sealing.seal(b"told", WHOSE)
    assert b"told" not in sealed.encode()
    assert sealed != sealing.seal(b"told", WHOSE)
    assert sealing.unseal(sealed, WHOSE) == b"told"
    spoilt = [
        sealed[:-6] + "AAAAA=",
        sealed[:20],
        sealed[2:],
        "1:",
        "1:x",
        "",
        "1:àè",
        b"told".hex(),
    ]
    for text, whose in [(sealed, "account 2"), *((text, WHOSE) for text in spoilt)]:
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(text, whose)
    change_key(settings)
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, WHOSE)


def test_no_secret_lies_open_in_the_database():
    device = with_device(make_publisher())
    kept = TOTPDevice.objects.get().key
    assert kept.startswith("1:")
    assert len(kept) <= TOTPDevice._meta.get_field("key").max_length
    assert device.bin_key.hex() not in kept
    with pytest.raises(ValueError, match="hex"):
        TOTPDevice.objects.get().bin_key  # noqa: B018


def test_who_writes_a_secret_into_the_database_does_not_come_in(client):
    """Their own, open or sealed for another account."""
    theirs = with_device(make_publisher("bea"))
    device = with_device(make_publisher())
    log_in(client)
    code = code_of(theirs)
    for key in (theirs.key, theirs.bin_key.hex()):
        Authenticator.objects.filter(pk=device.pk).update(key=key)
        assert prove(client, code).status_code == 200
        assert not came_in(client)


def test_another_key_locks_nobody_out_while_that_of_before_is_known(client, settings):
    device = with_device(make_publisher())
    log_in(client)
    prove(client, code_of(device))
    codes = codes_shown(client.post(f"{SECOND_FACTOR}codes/"))
    before = settings.SECRET_KEY
    change_key(settings, "a key that was never used " * 3, before)
    assert came_in(client)
    assert jobs["seal_secrets"].run() == "1 sealed anew, 0 unreadable"
    assert jobs["seal_secrets"].run() == ""
    codes_are_new_again()
    for code, query in ((code_of(device), {}), (codes[0], {"recovery": "yes"})):
        other = Client()
        log_in(other)
        prove(other, code, **query)
        assert came_in(other)
    settings.SECRET_KEY_FALLBACKS = []
    assert Authenticator.objects.get().is_readable


def test_whom_no_key_lets_in_is_told_what_to_do(client, settings):
    """Never by the password alone: a key is lost, or somebody meddled with the database."""
    device = with_device(make_publisher())
    code = code_of(device)
    change_key(settings)
    log_in(client)
    page = client.get(f"{SECOND_FACTOR}prove/")
    assert "secret key was changed" in page.content.decode()
    assert 'name="code"' not in page.content.decode()
    tried = prove(client, code)
    assert tried.status_code == 200
    assert "reset your second factor" in tried.content.decode()
    assert not came_in(client)
    assert not Failure.objects.exists()
    assert jobs["seal_secrets"].run() == "0 sealed anew, 1 unreadable"
    assert client.get(f"{SECOND_FACTOR}set-up/")["Location"].startswith(f"{SECOND_FACTOR}prove/")


def test_a_device_that_waits_for_its_first_code_is_drawn_anew(client, settings):
    make_publisher()
    log_in(client)
    client.get(f"{SECOND_FACTOR}set-up/")
    change_key(settings)
    log_in(client)
    assert client.get(f"{SECOND_FACTOR}set-up/").status_code == 200
    new = Authenticator.objects.get()
    assert codes_shown(client.post(f"{SECOND_FACTOR}set-up/", {"code": code_of(new)}))
    assert came_in(client)
