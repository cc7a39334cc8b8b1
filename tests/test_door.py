"""The back door: passwords, second factors, locks, and what is written down about them."""

from __future__ import annotations

import io
import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken

from clock.jobs import jobs
from orgs.models import Organization
from staff import lockout
from staff.models import Authenticator, Event, Failure, User
from tests import builders as make
from tests.admin_form import submit
from tests.test_admin import address, change
from tests.test_roles import member

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
SECOND_FACTOR = "/admin/second-factor/"


@pytest.fixture(autouse=True)
def as_on_a_real_site(settings):
    settings.SECOND_FACTOR = "required"


def make_publisher(name: str = "anna", **fields) -> User:
    """Not everything is theirs, but to publish organizations is."""
    user = make.make_editor(name, **{"is_superuser": False, "language": "en"} | fields)
    give(user, "view_organization", "change_organization", "publish_organization")
    return user


def give(user: User, *rights: str) -> None:
    assert Permission.objects.filter(codename__in=rights).count() == len(rights), rights
    user.user_permissions.add(*Permission.objects.filter(codename__in=rights))


def with_device(user: User) -> Authenticator:
    return Authenticator.objects.create(user=user, confirmed=True, name="TOTP")


def code_of(device: Authenticator, steps: int = 0) -> str:
    """What the app shows, or showed so many half minutes later; it may be given again."""
    device.refresh_from_db()
    return f"{totp(device.bin_key, drift=steps):06}"


def codes_are_new_again() -> None:
    """As if another half minute had begun, and the clocks agreed."""
    Authenticator.objects.update(last_t=-1, drift=0)


def log_in(client: Client, name: str = "anna", password: str = PASSWORD, **headers):
    return client.post(
        "/admin/login/?next=/admin/", {"username": name, "password": password}, headers=headers
    )


def prove(client: Client, code: str, **query):
    return client.post(f"{SECOND_FACTOR}prove/?next=/admin/", {"code": code}, query_params=query)


def came_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def later(minutes: float) -> None:
    """As if what failed so far had failed earlier."""
    for failure in Failure.objects.all():
        failure.at -= timedelta(minutes=minutes)
        failure.save()
    for device in Authenticator.objects.all():
        if device.throttling_failure_timestamp:
            device.throttling_failure_timestamp -= timedelta(minutes=minutes)
        device.save()


def written() -> list[str]:
    return [event.what for event in Event.objects.order_by("pk") if event.what != "password_set"]


def shown(page) -> str:
    return page.content.decode()


def codes_shown(page) -> list[str]:
    return re.findall(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code>", page.content.decode())


# ------------------------------------------------------------------ between the doors
def addresses_of_the_admin() -> list[str]:
    """Each address below /admin/, with something in place of what varies."""
    found: list[str] = []

    def walk(patterns, prefix: str) -> None:
        for pattern in patterns:
            here = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, here)
            elif isinstance(pattern, URLPattern):
                found.append(here)

    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern) == "admin/":
            walk(pattern.url_patterns, "/admin/")
    known = {"(?P<app_label>": "orgs/", "(?P<url>": "no-such-page/"}
    for start, instead in known.items():
        found = [
            re.sub(re.escape(start).join(("\\^?", ".*")), instead, each) if start in each else each
            for each in found
        ]
    varied = {"kind": "organization", "name": "list.it.webp"}
    return [
        re.sub(r"<(?:\w+:)?(\w+)>", lambda each: varied.get(each[1], "1"), each) for each in found
    ]


# Those of the door itself, and the way out.
BETWEEN = {
    "/admin/login/",
    f"{SECOND_FACTOR}prove/",
    f"{SECOND_FACTOR}set-up/",
    f"{SECOND_FACTOR}leave/",
}


@pytest.mark.parametrize("has_device", [True, False])
def test_no_page_of_the_admin_is_between_password_and_second_factor(client, has_device):
    user = make_publisher(is_superuser=True)
    if has_device:
        with_device(user)
    one = make.make_organization("Prova segreta")
    assert log_in(client).status_code == 302
    paths = addresses_of_the_admin()
    assert len(paths) > 100
    choices = "?app_label=orgs&model_name=organization&field_name=parent&term=prova"
    more = [change(one), address(one, "preview", one.pk), f"/admin/autocomplete/{choices}"]
    for path in (*paths, *more):
        if path in BETWEEN:
            continue
        for answer in (client.get(path), client.post(path, {"why": "x"})):
            assert answer.status_code in (302, 405), path
            assert "segreta" not in answer.content.decode()
            if answer.status_code == 302:
                there = urlsplit(answer["Location"]).path
                assert there in {*BETWEEN, "/admin/"}, (path, there)
    assert not came_in(client)


def test_the_language_is_chosen_before_a_second_factor_is_set_up_and_not_before_it_is_given(client):
    """Who has given the password alone changes nothing of an account that has a second factor."""
    user = make_publisher(language="it")
    log_in(client)
    choice = 'name="language" value="en"'
    assert choice in client.get(f"{SECOND_FACTOR}set-up/").content.decode()
    client.post("/admin/language/", {"language": "en", "next": "/admin/"})
    assert '<html lang="en"' in client.get(f"{SECOND_FACTOR}set-up/").content.decode()
    with_device(user)
    assert choice not in client.get(f"{SECOND_FACTOR}prove/").content.decode()
    client.post("/admin/language/", {"language": "it", "next": "/admin/"})
    assert '<html lang="en"' in client.get(f"{SECOND_FACTOR}prove/").content.decode()
    user.refresh_from_db()
    assert user.language == "en"


def test_a_publisher_sets_up_a_second_factor_at_the_first_login(client):
    user = make_publisher()
    shown = client.post(
        "/admin/login/?next=/admin/orgs/organization/",
        {"username": "anna", "password": PASSWORD},
        follow=True,
    )
    assert shown.redirect_chain[-1][0].startswith(f"{SECOND_FACTOR}set-up/")
    page = shown.content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert 'autocomplete="one-time-code"' in page
    device = Authenticator.objects.get()
    secret = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', page)[1]
    assert len(secret.replace(" ", "")) == 32

    there = shown.redirect_chain[-1][0]
    wrong = client.post(there, {"code": "000000"})
    assert "This is not right" in wrong.content.decode()
    assert not came_in(client)
    later(1)
    code = code_of(device)
    done = client.post(there, {"code": f"{code[:3]} {code[3:]}"})
    codes = codes_shown(done)
    assert len(set(codes)) == 10
    assert 'href="/admin/orgs/organization/"' in done.content.decode()
    assert came_in(client)
    assert written() == ["factor_set", "logged_in"]
    assert not codes_shown(client.get(there))
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert not stored & {code.replace("-", "") for code in codes}

    elsewhere = Client()
    log_in(elsewhere)
    assert not came_in(elsewhere)
    assert prove(elsewhere, codes[0].upper(), recovery="yes").status_code == 302
    assert came_in(elsewhere)
    again = Client()
    log_in(again)
    assert prove(again, codes[0], recovery="yes").status_code == 200
    assert not came_in(again)
    user.refresh_from_db()
    assert "recovery_used" in written()


def test_an_account_that_publishes_nothing_needs_none_and_may_have_one(client):
    user = make.make_editor("anna", is_superuser=False, language="en")
    give(user, "view_organization", "change_organization")
    log_in(client)
    assert came_in(client)
    assert "Your password is enough" in client.get(SECOND_FACTOR).content.decode()
    client.get(f"{SECOND_FACTOR}set-up/")
    client.post(f"{SECOND_FACTOR}set-up/", {"code": code_of(Authenticator.objects.get())})
    elsewhere = Client()
    log_in(elsewhere)
    assert not came_in(elsewhere)
    codes_are_new_again()
    prove(elsewhere, code_of(Authenticator.objects.get()))
    assert came_in(elsewhere)
    client.post(f"{SECOND_FACTOR}remove/")
    assert not Authenticator.objects.exists()
    assert came_in(client)
    assert not came_in(elsewhere), "it may have been proved by who had found the device"
    log_in(elsewhere)
    assert came_in(elsewhere)
    give(user, "publish_organization")
    for one in (client, elsewhere):
        assert not came_in(one), "the right to publish came, and with it the need"


@pytest.mark.parametrize("rights", [("change_user", "view_user"), ("change_group", "view_group")])
def test_who_gives_rights_needs_one_too(client, rights):
    user = make.make_editor("anna", is_superuser=False)
    give(user, *rights)
    log_in(client)
    assert not came_in(client)


def test_an_account_made_by_command_needs_one(client):
    call_command("createsuperuser", interactive=False, username="root", email="a@b.example")
    user = User.objects.get(username="root")
    user.set_password(PASSWORD)
    user.save()
    assert log_in(client, "root", follow=True).status_code == 302
    assert not came_in(client)


def test_where_it_is_optional_the_page_says_so(client, settings):
    settings.SECOND_FACTOR = "optional"
    make_publisher(language="it")
    assert "un secondo fattore" in client.get("/admin/login/").content.decode()
    log_in(client)
    assert came_in(client)
    assert "facoltativo" in client.get(SECOND_FACTOR).content.decode()
    settings.SECOND_FACTOR = "required"
    assert "un secondo fattore" not in Client().get("/admin/login/").content.decode()


def test_who_is_between_can_leave(client):
    with_device(make_publisher())
    log_in(client)
    page = client.get(f"{SECOND_FACTOR}prove/").content.decode()
    assert f'action="{SECOND_FACTOR}leave/"' in page
    assert 'id="user-tools"' not in page
    client.post(f"{SECOND_FACTOR}leave/")
    assert "sessionid" not in client.session
    assert client.get(f"{SECOND_FACTOR}prove/")["Location"].startswith("/admin/login/")
    for path in ("", "set-up/", "prove/"):
        assert Client().get(SECOND_FACTOR + path)["Location"].startswith("/admin/login/")


def test_the_next_page_is_one_of_ours(client):
    device = with_device(make_publisher())
    log_in(client)
    away = client.post(
        f"{SECOND_FACTOR}prove/?next=https://evil.example/", {"code": code_of(device)}
    )
    assert away["Location"] == "/admin/"


# ------------------------------------------------------------------ codes
def test_a_code_works_once_and_clocks_may_differ_a_little(client):
    device = with_device(make_publisher())
    log_in(client)
    code = code_of(device, steps=-1)
    assert prove(client, code).status_code == 302
    assert came_in(client)
    other = Client()
    log_in(other)
    assert prove(other, code).status_code == 200
    assert not came_in(other)
    later(1)
    device.refresh_from_db()
    Authenticator.objects.update(drift=0, last_t=-1)
    assert prove(other, code_of(device, steps=-5)).status_code == 200
    assert not came_in(other)


def test_wrong_codes_are_slowed_down_and_then_locked(client):
    device = with_device(make_publisher())
    log_in(client)
    assert prove(client, "000000").status_code == 200
    hasty = prove(client, code_of(device))
    assert hasty.status_code == 429, "the device waits a second after the first"
    assert "nothing is looked at for a moment" in hasty.content.decode()
    assert "Too many attempts" not in hasty.content.decode()
    assert not came_in(client)
    for _attempt in range(4):
        later(0.2)
        last = prove(client, "000000")
    assert last.status_code == 429
    assert "Too many attempts" in last.content.decode()
    Authenticator.objects.update(throttling_failure_count=0)
    assert prove(client, code_of(device)).status_code == 429
    assert log_in(Client()).status_code == 429, "nor is the password looked at"
    assert written().count("code_failed") == 5
    assert written().count("locked_out") == 1


def test_the_password_does_not_make_wrong_codes_forgotten(client):
    with_device(make_publisher())
    for _attempt in range(5):
        one = Client()
        log_in(one)
        prove(one, "000000")
        Authenticator.objects.update(throttling_failure_count=0)
    assert log_in(Client()).status_code == 429


def test_another_device_takes_proof_and_ends_what_the_old_one_proved(client):
    user = make_publisher()
    device = with_device(user)
    log_in(client)
    prove(client, code_of(device))
    elsewhere = Client()
    log_in(elsewhere)
    codes_are_new_again()
    prove(elsewhere, code_of(device))
    assert came_in(elsewhere)

    session = client.session
    session["proved_at"] = int(time.time()) - 3600
    session.save()
    for path in ("set-up/", "codes/", "remove/"):
        answer = client.post(SECOND_FACTOR + path, {"code": "000000"})
        assert answer["Location"].startswith(f"{SECOND_FACTOR}prove/"), path
    asked = client.get(f"{SECOND_FACTOR}set-up/")["Location"]
    assert parse_qs(urlsplit(asked).query)["next"] == [f"{SECOND_FACTOR}set-up/"]
    codes_are_new_again()
    back = client.post(asked, {"code": code_of(device)})
    assert back["Location"] == f"{SECOND_FACTOR}set-up/"
    client.get(back["Location"])
    new = Authenticator.objects.get(confirmed=False)
    assert came_in(elsewhere), "the old one counts until the new one has shown a code"
    assert codes_shown(client.post(back["Location"], {"code": code_of(new)}))
    assert list(Authenticator.objects.all()) == [new]
    assert came_in(client)
    assert not came_in(elsewhere)
    assert (
        "may not be without" in client.post(f"{SECOND_FACTOR}remove/", follow=True).content.decode()
    )
    assert Authenticator.objects.exists()


def test_new_recovery_codes_put_the_old_ones_out_of_use(client):
    device = with_device(make_publisher())
    log_in(client)
    prove(client, code_of(device))
    first = codes_shown(client.post(f"{SECOND_FACTOR}codes/"))
    finder = Client()
    log_in(finder)
    prove(finder, first[1], recovery="yes")
    assert came_in(finder)
    second = codes_shown(client.post(f"{SECOND_FACTOR}codes/"))
    assert not set(first) & set(second)
    assert not came_in(finder), "who came in by an old one goes with it"
    assert came_in(client)
    other = Client()
    log_in(other)
    assert prove(other, first[0], recovery="yes").status_code == 200
    StaticToken.objects.get(
        token__isnull=False, pk=StaticToken.objects.first().pk
    ).device.throttle_reset()
    assert prove(other, second[0], recovery="yes").status_code == 302
    assert "9 recovery codes" in other.get("/admin/").content.decode()


# ------------------------------------------------------------------ who is in already
@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("/admin/orgs/organization/?work=lead", "/admin/orgs/organization/?work=lead"),
        ("/it/reti/", "/it/reti/"),
        ("", "/admin/"),
        ("https://elsewhere.example/", "/admin/"),
        ("//elsewhere.example/", "/admin/"),
        ("/\\elsewhere.example/", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
        ("/admin/login/?next=/admin/", "/admin/"),
    ],
)
def test_the_login_leads_who_is_in_already_where_they_wanted_to_go(client, wanted, there):
    client.force_login(make.make_editor("anna", is_superuser=False))
    answer = client.get("/admin/login/", {"next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, there)


# ------------------------------------------------------------------ a lost device
def test_a_manager_resets_a_lost_device(client):
    user = make_publisher("bea")
    with_device(user)
    theirs = Client()
    log_in(theirs, "bea")
    prove(theirs, code_of(user.second_factor))
    manager = make.make_editor("anna", is_superuser=False, language="en")
    give(manager, "view_user", "change_user", "view_event")
    device = with_device(manager)
    log_in(client)
    prove(client, code_of(device))
    page = reverse("admin:staff_user_reset_second_factor", args=[user.pk])
    assert page in client.get(change(user)).content.decode()
    assert "bea" in client.get(page).content.decode()
    assert Authenticator.objects.filter(user=user).exists()
    client.post(page)
    assert not Authenticator.objects.filter(user=user).exists()
    assert not came_in(theirs)
    assert theirs.get(f"{SECOND_FACTOR}set-up/")["Location"].startswith("/admin/login/")
    event = Event.objects.get(what="factor_reset")
    assert (event.by, event.about) == (manager, "bea")
    assert (
        "Changed second factor." in client.get(address(user, "history", user.pk)).content.decode()
    )
    log_in(theirs, "bea")
    assert (
        theirs.get("/admin/", follow=True).redirect_chain[-1][0].startswith(f"{SECOND_FACTOR}set")
    )

    session = client.session
    session["proved_at"] = 0
    session.save()
    assert client.post(page)["Location"].startswith(f"{SECOND_FACTOR}prove/")


def test_a_manager_is_no_superuser_and_cannot_become_one(client):
    manager = make.make_editor("anna", is_superuser=False, language="en")
    give(manager, "view_user", "change_user", "delete_user")
    device = with_device(manager)
    chief = make.make_editor("chief")
    with_device(chief)
    log_in(client)
    prove(client, code_of(device))
    form = client.get(change(manager)).context["adminform"].form
    assert not {"is_superuser", "user_permissions"} & set(form.fields)
    sent = {"username": "anna", "is_superuser": "on", "is_staff": "on", "is_active": "on"}
    moments = {"date_joined_0": "2026-01-01", "date_joined_1": "10:00", "language": "en"}
    assert client.post(change(manager), sent | moments).status_code == 302
    manager.refresh_from_db()
    assert not manager.is_superuser
    assert client.post(change(chief), sent | moments).status_code == 403
    for page in (
        reverse("admin:auth_user_password_change", args=[chief.pk]),
        reverse("admin:staff_user_reset_second_factor", args=[chief.pk]),
        address(chief, "delete", chief.pk),
    ):
        assert client.post(page, {"post": "yes"}).status_code == 403


def test_who_may_not_change_accounts_resets_nothing(client):
    user, other = make_publisher("anna"), make_publisher("bea")
    device = with_device(user)
    with_device(other)
    log_in(client)
    prove(client, code_of(device))
    page = reverse("admin:staff_user_reset_second_factor", args=[other.pk])
    assert client.post(page).status_code == 403
    assert Authenticator.objects.filter(user=other).exists()


def test_the_operator_lets_somebody_in_again(client):
    user = make_publisher()
    with_device(user)
    for _attempt in range(5):
        log_in(client, password="wrong")
    assert log_in(client).status_code == 429
    out = io.StringIO()
    call_command("let_in", "anna", stdout=out)
    assert "5 failures" in out.getvalue()
    assert log_in(client).status_code == 302
    call_command("let_in", "anna", "--new-device", stdout=out)
    assert not Authenticator.objects.exists()
    with pytest.raises(CommandError, match="no account"):
        call_command("let_in", "nobody", stdout=out)
    assert "let_in" in written()


# ------------------------------------------------------------------ guessing
def test_twenty_bad_logins_are_stopped_by_the_tenth(client):
    make_publisher()
    looked_at = [log_in(client, password=f"wrong {n}").status_code for n in range(20)]
    assert looked_at[:4] == [200] * 4
    assert set(looked_at[4:]) == {429}
    right = log_in(client)
    assert right.status_code == 429, "not even the right one"
    assert 0 < int(right["Retry-After"]) <= 15 * 60
    page = right.content.decode()
    assert re.search(r"Fino alle \d\d:\d\d", page)
    assert Failure.objects.count() == 5
    assert written() == ["login_failed"] * 5 + ["locked_out"]
    later(15.1)
    assert log_in(client).status_code == 302


def test_a_name_that_nobody_has_is_treated_the_same():
    make_publisher()
    for name in ("anna", "nobody"):
        answers = [log_in(Client(), name, "wrong") for _attempt in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
        texts = {re.sub(r'name="csrf.*?>|value="\w+"', "", shown(a)) for a in answers[:4]}
        assert len(texts) == 1
    said = list(Event.objects.filter(what="login_failed").values_list("by_name", flat=True))
    assert said == [""] * 5 + ["anna"] * 5, "a name that nobody has may be a password"


def test_a_name_that_nobody_has_costs_as_much_work(monkeypatch):
    """So the time of an answer does not say which accounts there are."""
    make_publisher()
    hashed: list[str] = []
    whole = MD5PasswordHasher.encode

    def encode(hasher, password, salt):
        hashed.append(password)
        return whole(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    work = []
    for name in ("anna", "nobody"):
        hashed.clear()
        with CaptureQueriesContext(connection) as captured:
            log_in(Client(), name, "wrong")
        work.append((len(hashed), len(captured)))
    assert work[0] == work[1]


def test_many_machines_that_guess_at_one_account_are_stopped(client, settings):
    settings.PROXY_ADDRESS_HEADER = "X-Real-IP"
    make_publisher()
    answers = [
        log_in(Client(), password="wrong", x_real_ip=f"203.0.113.{n}").status_code
        for n in range(25)
    ]
    assert answers == [200] * 19 + [429] * 6
    assert log_in(client, x_real_ip="198.51.100.1").status_code == 429
    later(61)
    assert log_in(client, x_real_ip="198.51.100.1").status_code == 302


def test_one_machine_that_tries_many_names_is_stopped_and_others_are_not(client, settings):
    settings.PROXY_ADDRESS_HEADER = "X-Real-IP"
    make_publisher()
    for n in range(50):
        log_in(client, f"name{n}", "wrong", x_real_ip="2001:db8:1:2::1")
    same_house = "2001:db8:1:2:ffff::9"
    assert log_in(client, x_real_ip=same_house).status_code == 429
    assert log_in(client, x_real_ip="2001:db8:1:3::1").status_code == 302


def test_an_address_that_the_visitor_made_up_is_not_believed(client, settings):
    settings.PROXY_ADDRESS_HEADER = "X-Forwarded-For"
    make_publisher()
    answers = [
        log_in(Client(), password="wrong", x_forwarded_for=f"203.0.113.{n}, 198.51.100.7")
        for n in range(6)
    ]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert log_in(client, x_forwarded_for="198.51.100.7, 203.0.113.1").status_code == 302


def test_the_session_of_before_the_login_is_worth_nothing_after_it(client):
    device = with_device(make_publisher())
    session = client.session
    session["x"] = "y"
    session.save()
    client.cookies["sessionid"] = session.session_key
    known = [session.session_key]
    log_in(client)
    known.append(client.cookies["sessionid"].value)
    prove(client, code_of(device))
    known.append(client.cookies["sessionid"].value)
    assert came_in(client)
    assert len(set(known)) == 3
    for old in known[:2]:
        stranger = Client()
        stranger.cookies["sessionid"] = old
        assert not came_in(stranger)


def test_the_login_leads_to_no_other_site(client, settings):
    settings.SECOND_FACTOR = "optional"
    make_publisher()
    for there in ("https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:x"):
        sent = {"username": "anna", "password": PASSWORD, "next": there}
        answer = Client().post("/admin/login/", sent)
        assert answer.status_code == 302
        assert "evil" not in answer["Location"]
        assert answer["Location"].startswith("/")


def test_a_proxy_that_says_no_address_does_not_lock_everybody_out(client, settings):
    settings.PROXY_ADDRESS_HEADER = "X-Real-IP"
    make_publisher()
    for n in range(51):
        log_in(client, f"name{n}", "wrong")
    assert log_in(client).status_code == 302


def test_what_is_kept_of_a_failure_names_nobody(client):
    make_publisher()
    log_in(client, password="wrong")
    row = Failure.objects.get()
    assert len(bytes(row.account)) == len(bytes(row.address)) == 16
    assert b"anna" not in bytes(row.account)
    names = {field.name for field in Failure._meta.fields}
    assert names == {"id", "account", "address", "browser", "at"}


def test_attempts_that_come_at_once_are_counted_before_they_are_looked_at(client, monkeypatch):
    """Each of many at the same moment sees those of the others."""
    make_publisher()
    seen = []
    from staff.login import AdminAuthenticationForm

    whole = AdminAuthenticationForm.clean

    def looked_at(form):
        seen.append(Failure.objects.count())
        return whole(form)

    monkeypatch.setattr(AdminAuthenticationForm, "clean", looked_at)
    log_in(client, password="wrong")
    log_in(client, password="wrong")
    assert seen == [1, 2]


def test_getting_in_makes_what_failed_before_forgotten(client):
    device = with_device(make_publisher())
    for _attempt in range(4):
        log_in(client, password="wrong")
    log_in(client)
    assert Failure.objects.count() == 4
    prove(client, code_of(device))
    assert not Failure.objects.exists()


def test_old_attempts_and_old_lines_are_deleted_by_the_clock(settings):
    settings.AUDIT_DAYS = 60
    now = timezone.now()
    for days in (29, 31):
        attempt = lockout.Attempt.__new__(lockout.Attempt)
        attempt.account = attempt.address = b"x" * 16
        Failure.objects.create(account=b"x" * 16, address=b"y" * 16, at=now - timedelta(days=days))
    for what, days in (
        ("login_failed", 29),
        ("login_failed", 31),
        ("published", 59),
        ("published", 61),
    ):
        Event.objects.create(what=what, at=now - timedelta(days=days))
    assert jobs["forget_logins"].run() == "1 failures deleted, 2 lines of the audit deleted"
    assert Failure.objects.count() == 1
    assert Event.objects.count() == 2


# ------------------------------------------------------------------ logins that end
def in_with_two(name: str = "anna") -> tuple[Client, Client]:
    first, second = Client(), Client()
    for one in (first, second):
        assert log_in(one, name).status_code == 302
    assert came_in(first)
    assert came_in(second)
    return first, second


def test_a_new_password_ends_every_other_login(settings):
    settings.SECOND_FACTOR = "optional"
    make_publisher()
    here, elsewhere = in_with_two()
    form = here.get("/admin/password_change/").content.decode()
    assert "12 characters" in form, "the rules stand on the page"
    new = "another long password"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    here.post("/admin/password_change/", sent)
    assert came_in(here)
    assert not came_in(elsewhere)
    event = Event.objects.filter(what="password_set").latest("pk")
    assert (event.by_name, event.about) == ("anna", "anna")


@pytest.mark.parametrize("name", ["is_staff", "is_active"])
def test_who_has_no_business_here_any_more_is_out(client, settings, name):
    settings.SECOND_FACTOR = "optional"
    user = make_publisher()
    here, elsewhere = in_with_two()
    client.force_login(make.make_editor("chief"))
    submit(client, change(user), **{name: None})
    assert not came_in(here)
    submit(client, change(user), **{name: "on"})
    user.refresh_from_db()
    assert getattr(user, name)
    assert not came_in(elsewhere), "nor when the right comes back"
    assert Event.objects.filter(what="rights_changed", by_name="chief", about="anna").count() == 2


def test_the_old_password_is_not_to_be_guessed_from_an_open_page(client, settings):
    settings.SECOND_FACTOR = "optional"
    make_publisher()
    log_in(client)
    new = {"new_password1": "another long password", "new_password2": "another long password"}
    for n in range(5):
        page = client.post("/admin/password_change/", {"old_password": f"wrong {n}", **new})
    assert "Too many attempts" in page.content.decode()
    page = client.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    assert "Too many attempts" in page.content.decode()
    later(16)
    done = client.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    assert done["Location"] == "/admin/password_change/done/"


def test_a_new_password_is_another_than_the_one_there_is(client, settings):
    settings.SECOND_FACTOR = "optional"
    anna = make_publisher()
    log_in(client)
    own = "/admin/password_change/"
    same = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    said = "This account has that password already: choose another."
    page = client.post(own, {"old_password": PASSWORD, **same}).content.decode()
    assert said in page
    page = client.post(own, {"old_password": "a wrong guess", **same}).content.decode()
    assert said not in page, "it is not to be guessed from an open page"
    client.force_login(make.make_editor("chief", language="en"))
    given = f"/admin/staff/user/{anna.pk}/password/"
    page = client.post(given, {"password1": PASSWORD, "password2": PASSWORD}).content.decode()
    assert said in page
    assert '<a href="#id_password1">' in page
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)
    new = "another long password"
    assert client.post(given, {"password1": new, "password2": new}).status_code == 302
    anna.refresh_from_db()
    assert anna.check_password(new)


def test_nobody_is_left_without_a_password(client, settings):
    """There is no other way in here; not by an address either."""
    settings.SECOND_FACTOR = "optional"
    anna = make_publisher()
    client.force_login(make.make_editor("chief", language="en"))
    given = f"/admin/staff/user/{anna.pk}/password/"
    for page in (given, "/admin/staff/user/add/"):
        assert "usable_password" not in client.get(page).content.decode()
    without = {"usable_password": "false", "unset-password": "1"}
    assert client.post(given, without).status_code == 200
    anna.refresh_from_db()
    assert anna.has_usable_password()


def test_a_manager_makes_an_account_that_comes_in_with_its_role_and_its_places(client, settings):
    settings.SECOND_FACTOR = "optional"
    torino = make.make_city("Torino")
    client.force_login(member("manager", "capo"))
    there = "/admin/staff/user/add/"
    page = client.get(there).content.decode()
    assert re.search(r'name="is_staff"[^>]*\schecked', page)
    assert "is_superuser" not in page
    editor = Group.objects.get(name="editor")
    answer = submit(
        client,
        there,
        username="bruna",
        password1=PASSWORD,
        password2=PASSWORD,
        email="bruna@civicnet.example",
        groups=[editor.pk],
        **{"editing_scope-0-cities": [torino.pk], "editing_scope-TOTAL_FORMS": "1"},
    )
    assert answer.status_code == 302
    bruna = User.objects.get(username="bruna")
    assert list(bruna.groups.all()) == [editor]
    assert list(bruna.editing_scope.cities.all()) == [torino]
    lines = Event.objects.filter(about="bruna").values_list("what", "by_name")
    assert set(lines) == {("password_set", "capo"), ("rights_changed", "capo")}
    hers = Client()
    log_in(hers, "bruna")
    assert hers.get("/admin/").status_code == 200
    assert hers.get(address(Organization, "add")).status_code == 200


def test_the_rules_of_passwords_stand_where_one_is_chosen(client, settings):
    settings.SECOND_FACTOR = "optional"
    client.force_login(make.make_editor(language="it"))
    for page in ("/admin/password_change/", "/admin/staff/user/add/"):
        assert "almeno 12 caratteri" in client.get(page).content.decode(), page


# ------------------------------------------------------------------ the audit
def test_the_audit_says_who_came_went_and_published(client, settings):
    settings.SECOND_FACTOR = "optional"
    make_publisher(is_superuser=True)
    log_in(client)
    one = make.make_organization("L'asilo", status="in_review", summary_it="Uno")
    one.sources.create(title_it="Fonte")
    listing = address(Organization, "changelist")
    for action in ("publish", "back_to_draft", "archive"):
        client.post(listing, {"action": action, "_selected_action": [one.pk]})
    client.post("/admin/logout/")
    assert written() == ["logged_in", "published", "taken_back", "archived", "logged_out"]
    log_in(client)
    listed = client.get("/admin/staff/event/").content.decode()
    assert "anna" in listed
    assert change(one) in listed
    line = Event.objects.get(what="published")
    assert (line.by_name, line.about) == ("anna", "L'asilo")
    for page in ("change", "delete"):
        assert client.post(address(line, page, line.pk), {"post": "yes"}).status_code == 403
    sent = {"action": "delete_selected", "_selected_action": [line.pk], "post": "yes"}
    client.post("/admin/staff/event/", sent)
    assert Event.objects.filter(pk=line.pk).exists()


def test_what_is_deleted_while_public_is_written_down(client, settings):
    settings.SECOND_FACTOR = "optional"
    client.force_login(make.make_editor("anna"))
    public, draft = make.make_organization("Una"), make.make_organization("Altra", status="draft")
    for one in (public, draft):
        client.post(address(one, "delete", one.pk), {"post": "yes"})
    assert list(Event.objects.filter(what="deleted").values_list("about", flat=True)) == ["Una"]
    listed = client.get("/admin/staff/event/").content.decode()
    assert "Una" in listed


def test_the_audit_is_read_by_managers_only(client, settings):
    settings.SECOND_FACTOR = "optional"
    user = make_publisher()
    log_in(client)
    assert client.get("/admin/staff/event/").status_code == 403
    assert "/admin/staff/event/" not in client.get("/admin/").content.decode()
    give(user, "view_event")
    assert client.get("/admin/staff/event/").status_code == 200


def test_a_line_says_who_it_was_when_the_account_is_no_more(client, settings):
    settings.SECOND_FACTOR = "optional"
    user = make_publisher()
    log_in(client)
    user.delete()
    client.force_login(make.make_editor("chief", language="en"))
    assert "anna" in client.get("/admin/staff/event/").content.decode()
