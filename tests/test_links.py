"""Web addresses of published entries are looked at: politely, and never inside the house."""

from __future__ import annotations

import gc
import io
import threading
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import trustme
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clock import jobs
from links import rounds
from links.addresses import places, with_a_broken_address
from links.batches import batches
from links.findings import Finding, Reason, Verdict
from links.models import Link, Mention
from links.network import Network, Target, Unreachable, is_open
from networks.models import Network as NetworkEntry
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.admin_form import fields
from tests.hosts import (
    Host,
    Internet,
    Rest,
    checker,
    drip,
    endless_body,
    endless_headers,
    hang_up,
    nonsense,
    only,
    silent,
    status,
    to,
)
from tests.test_admin import address, change
from tests.test_roles import member

URL = "http://good.example/page"


@pytest.fixture(scope="module")
def host_once() -> Iterator[Host]:
    host = Host()
    yield host
    host.close()


@pytest.fixture
def host(host_once: Host) -> Host:
    host = host_once
    host.pages, host.asked, host.headers = {}, [], []
    host.robots = status(404)
    host.context, host.connections = None, 0
    return host


@pytest.fixture
def internet(host: Host) -> Internet:
    internet = Internet(request_seconds=2)
    internet.add("good.example", host)
    return internet


def check(internet: Internet, url: str = URL) -> Finding:
    return checker(internet).check(url)


# ------------------------------------------------------------------ what is found
@pytest.mark.parametrize(
    ("page", "verdict", "reason", "code"),
    [
        (status(200), "works", None, 200),
        (status(204), "works", None, 204),
        (status(404), "fails", "status", 404),
        (status(410), "fails", "status", 410),
        (status(500), "fails", "status", 500),
        (status(503), "fails", "status", 503),
        (status(401), "unknown", "wall", 401),
        (status(403), "unknown", "wall", 403),
        (status(429), "unknown", "wall", 429),
        (status(999), "unknown", "wall", 999),
        (only("GET", status(405)), "works", None, 200),
        (only("GET", status(404)), "works", None, 200),
        (only("GET", hang_up), "works", None, 200),
        (only("GET", nonsense), "works", None, 200),
        (only("HEAD", status(404)), "works", None, 200),
        (hang_up, "fails", "answer", None),
        (nonsense, "fails", "answer", None),
        (endless_headers, "fails", "answer", None),
        (endless_body, "works", None, 200),
    ],
)
def test_what_a_page_answers(internet, host, page, verdict, reason, code):
    host.pages["/page"] = page
    assert check(internet) == Finding(Verdict(verdict), reason and Reason(reason), code)


def test_head_is_asked_first_and_get_only_where_it_is_refused(internet, host):
    host.pages = {"/page": status(200), "/old": status(404), "/busy": status(429)}
    for path in host.pages:
        check(internet, f"http://good.example{path}")
    robots = ("GET", "/robots.txt")
    assert host.asked == [
        *(robots, ("HEAD", "/page")),
        *(robots, ("HEAD", "/old"), ("GET", "/old")),
        *(robots, ("HEAD", "/busy")),
    ]


@pytest.mark.parametrize("page", [drip, silent])
def test_who_takes_too_long_is_left_however_it_drips(internet, host, page):
    internet.request_seconds = 0.2
    host.pages["/page"] = page
    start = time.monotonic()
    assert check(internet).reason == "slow"
    assert time.monotonic() - start < 2


def test_a_name_or_a_host_that_is_not_there(internet):
    assert check(internet, "http://nobody.example/").reason == "name"
    internet.names["gone.example"] = ["8.8.0.77"]
    assert check(internet, "http://gone.example/").reason == "connection"
    assert internet.dialled[-1] == ("8.8.0.77", 80)


def test_a_name_server_that_never_answers_stops_nobody(internet, host):
    """Nor is it waited for at the end of a round."""
    answers = threading.Event()

    def lookup(name: str, port: int) -> list[str]:
        if "mute" in name:
            answers.wait()
        return internet.names[name]

    internet.lookup = lookup  # type: ignore[method-assign]
    internet.lookup_seconds = 0.2
    host.pages["/page"] = status(200)
    urls = [f"http://mute{number}.example/" for number in range(12)]
    start = time.monotonic()
    found = dict(rounds.look([*urls[:3], URL, *urls[3:]], checker(internet), start + 60))
    assert time.monotonic() - start < 10
    assert found.pop(URL).verdict == "works"
    assert {(one.verdict, one.reason) for one in found.values()} == {("fails", "name")}
    assert len(found) == 12
    answers.set()


def test_another_address_of_the_name_is_tried(internet, host):
    host.pages["/page"] = status(200)
    internet.names["good.example"].insert(0, "2001:4860:4860::8888")
    assert check(internet).verdict == "works"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://good.example", "/"),
        ("http://good.example?a=b#c", "/?a=b"),
        ("http://good.example/città d'arte", "/citt%C3%A0%20d'arte"),
        ("http://good.example/%C3%A0?q=à", "/%C3%A0?q=%C3%A0"),
    ],
)
def test_addresses_are_asked_for_as_browsers_do(internet, host, url, path):
    host.pages[path] = status(200)
    assert check(internet, url).verdict == "works"


def test_a_name_with_accents(internet, host):
    host.pages["/"] = status(200)
    internet.add("xn--citt-3na.example", host)
    assert check(internet, "http://città.example/").verdict == "works"
    assert host.headers[-1]["host"] == "xn--citt-3na.example"


# ------------------------------------------------------------------ redirects
def test_redirects_are_followed_and_recorded(internet, host):
    host.pages = {
        "/page": to("/second"),
        "/second": to("http://good.example/third?a=à", 308),
        "/third?a=%C3%A0": status(200),
    }
    found = check(internet)
    assert found == Finding(
        Verdict.WORKS, None, 200, "http://good.example/third?a=%C3%A0", moved=True
    )
    host.pages["/second"] = to("/third?a=à", 302)
    assert check(internet).moved is False
    host.pages["/third?a=%C3%A0"] = status(404)
    found = check(internet)
    assert (found.verdict, found.status, found.moved) == ("fails", 404, False)
    assert found.leads_to.endswith("/third?a=%C3%A0")


def test_redirects_without_end(internet, host):
    host.pages = {"/page": to("/other"), "/other": to("/page")}
    assert check(internet).reason == "redirects"
    host.pages = {f"/{n}": to(f"/{n + 1}") for n in range(30)} | {"/page": to("/0")}
    host.asked.clear()
    assert check(internet).reason == "redirects"
    assert len(host.asked) == 12
    # For a visitor, whose browser keeps the cookie, it may well end.
    host.pages = {"/page": to("/page", 302, Set_Cookie="seen=1")}
    assert check(internet).verdict == "unknown"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("ftp://good.example/", "address"),
        ("file:///etc/passwd", "address"),
        ("javascript:alert(1)", "address"),
        ("gopher://127.0.0.1:6379/_SET", "address"),
        ("http://user:secret@good.example/", "address"),
        ("http://[bad/", "address"),
        ("http://good.example:99999/", "address"),
        ("http://", "redirects"),
        ("http://good.example:22/", "port"),
        ("http://good.example:6379/", "port"),
        ("//nobody.example/", "name"),
    ],
)
def test_a_redirect_to_what_is_not_looked_at(internet, host, location, reason):
    host.pages["/page"] = to(location)
    before = len(internet.dialled)
    found = check(internet)
    assert found.reason == reason
    assert "secret" not in found.leads_to
    # The robots.txt and the page of the first host, and nothing else.
    assert len(internet.dialled) == before + 2


# ------------------------------------------------------------------ never inside
INNER = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *(
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:db8::1",
        "3fff::1",
    ),
    *("2001:0:7f00:1::", "100::1"),
]


@pytest.mark.parametrize("ip", INNER)
def test_an_address_that_is_not_of_the_open_internet(internet, host, ip):
    assert not is_open(ip)
    internet.names["inner.example"] = [ip]
    assert check(internet, "http://inner.example/").reason == "inner"
    internet.names["inner.example"] = ["8.8.8.8", ip]
    assert check(internet, "https://inner.example/").reason == "inner"
    assert internet.dialled == []
    host.pages["/page"] = to("http://inner.example/")
    found = check(internet)
    assert (found.verdict, found.reason) == ("fails", "inner")
    assert all(address in internet.homes for address, _port in internet.dialled)


@pytest.mark.parametrize("ip", ["8.8.8.8", "151.1.1.1", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_an_address_of_the_open_internet(ip):
    assert is_open(ip)


LITERALS = [
    *(
        "127.0.0.1",
        "127.1",
        "0",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
    ),
    *("169.254.169.254", "2852039166", "0xa9fea9fe", "[::1]", "[::ffff:127.0.0.1]", "[::]"),
    *("127.0.0.1..", "0x7F.0.0.0x1", "00000177.0.0.1", "127.0.1", "127.65535", "0.0.0.0:8080"),
    *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[0:0:0:0:0:ffff:7f00:1]", "[fe80::1%25lo]"),
    *("good.example@127.0.0.1", "127.0.0.1:80@127.0.0.1", "127.0.0.1%2egood.example"),
    *("[::ffff:a9fe:a9fe]", "127.0.0.1.", "①②⑦.0.0.1", "127。0。0。1", "localhost"),
]


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_notation_leads_inside_at_the_first_hop_or_later(internet, host, literal, scheme):
    """With the machine's own lookup, which understands them all."""
    url = f"{scheme}://{literal}/"
    assert check(internet, url).reason in ("inner", "name", "address")
    assert internet.dialled == []
    host.pages["/page"] = to(url)
    host.pages["/robots.txt"] = to(url)
    assert check(internet).reason in ("inner", "name", "address")
    assert all(address in internet.homes for address, _port in internet.dialled)


def test_a_robots_txt_that_redirects_inside_is_not_followed(internet, host):
    host.robots = to("http://169.254.169.254/latest/meta-data/")
    host.pages["/page"] = status(200)
    assert check(internet).reason == "inner"
    assert host.asked == [("GET", "/robots.txt")]


def test_the_real_way_out_refuses_a_real_server_here(host):
    """Production's own network, with nothing replaced, and no setting to weaken it."""
    out = Network("civicnet-links")
    target = Target("http", "127.0.0.1", host.port, "/")
    with pytest.raises(Unreachable, match="inner"):
        out.ask("GET", target)
    with pytest.raises(Unreachable, match="port"):
        Target.of(f"http://127.0.0.1:{host.port}/")
    assert host.connections == 0


def test_a_name_is_looked_up_once_and_the_connection_goes_there(internet, host):
    """A name that says another thing when asked again gains nothing by it."""
    host.pages["/page"] = status(200)
    answers = [internet.names["good.example"], ["127.0.0.1"], ["127.0.0.1"]]
    internet.names["good.example"] = []
    internet.lookup = lambda name, port: answers.pop(0)  # type: ignore[method-assign]
    (home,) = internet.homes
    target = Target.of(URL)
    assert internet.ask("HEAD", target).status == 200
    assert (internet.dialled, len(answers)) == ([(home, 80)], 2)
    with pytest.raises(Unreachable, match="inner"):
        internet.ask("HEAD", target)


def test_no_proxy_of_the_environment_is_used(internet, host, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    host.pages["/page"] = status(200)
    assert check(internet).verdict == "works"


# ------------------------------------------------------------------ certificates
@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def secure(host: Host, authority: trustme.CA, internet: Internet, name: str) -> list[str]:
    """The host speaks TLS, with a certificate for the name; what it is called by callers."""
    import ssl

    called: list[str] = []
    host.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(host.context)
    host.context.sni_callback = lambda _socket, name, _context: called.append(name)
    internet.certificates = ssl.create_default_context()
    authority.configure_trust(internet.certificates)
    return called


def test_the_certificate_and_the_host_are_those_of_the_name(internet, host, authority):
    host.pages["/page"] = status(200)
    called = secure(host, authority, internet, "good.example")
    assert check(internet, "https://good.example/page").verdict == "works"
    assert set(called) == {"good.example"}
    assert {headers["host"] for headers in host.headers} == {"good.example"}
    assert {port for _address, port in internet.dialled} == {443}
    assert host.headers[0]["user-agent"] == "civicnet-links (+https://civicnet.example/)"
    assert "cookie" not in host.headers[0]


def test_a_certificate_of_another_name_or_of_an_unknown_authority(internet, host, authority):
    secure(host, authority, internet, "other.example")
    assert check(internet, "https://good.example/page").reason == "certificate"
    secure(host, authority, internet, "good.example")
    internet.certificates = Network("x").certificates
    assert check(internet, "https://good.example/page").reason == "certificate"
    assert host.asked == []


def test_a_host_that_does_not_encrypt_or_never_shakes_hands(internet, host):
    assert check(internet, "https://good.example/page").reason in ("encryption", "answer", "slow")
    deaf = Host()
    deaf._talk = lambda connection: time.sleep(3)  # type: ignore[method-assign]
    internet.add("deaf.example", deaf)
    internet.request_seconds = 0.2
    start = time.monotonic()
    assert check(internet, "https://deaf.example/").reason == "slow"
    assert time.monotonic() - start < 2
    deaf.server.server_close()


# ------------------------------------------------------------------ manners
def robots(text: str):
    return lambda talk: talk.answer(200, text.encode())


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /page", False),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: civicnet-links\nDisallow: /", False),
        ("User-agent: *\nDisallow: /p*e$", False),
        ("User-agent: *\nDisallow: /\nAllow: /page", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: civicnet-links\nDisallow:", True),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: *\nDisallow: /admin", True),
        ("<html>not a robots.txt</html>", True),
        ("\x00\xff", True),
    ],
)
def test_robots_txt_is_obeyed(internet, host, rules, allowed):
    host.pages["/page"] = status(200)
    host.robots = robots(rules)
    found = check(internet)
    assert (found.verdict == "works") is allowed
    assert (found.reason == "robots") is not allowed
    assert (("HEAD", "/page") in host.asked) is allowed


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (status(403), "works"),
        (status(410), "works"),
        (status(500), "unknown"),
        (status(429), "unknown"),
        (to("/robots/"), "works"),
        (to("/robots.txt"), "works"),
        (endless_body, "works"),
        (hang_up, "fails"),
    ],
)
def test_a_robots_txt_that_is_not_to_be_had(internet, host, answer, verdict):
    host.pages["/page"] = status(200)
    host.robots = answer
    assert check(internet).verdict == verdict
    assert (("HEAD", "/page") in host.asked) is (verdict == "works")


def test_robots_txt_is_obeyed_at_every_hop(internet, host):
    other = internet.add("other.example", Host())
    other.robots = robots("User-agent: *\nDisallow: /")
    host.pages["/page"] = to("http://other.example/")
    found = check(internet)
    assert (found.verdict, found.leads_to) == ("unknown", "http://other.example/")
    assert other.asked == [("GET", "/robots.txt")]
    other.close()


def test_a_host_rests_after_each_request_and_longer_if_it_asks(internet, host):
    host.pages["/page"] = status(404)
    rest = Rest()
    checker(internet, 2.0, rest).check(URL)
    # Before HEAD and before GET; time did not pass, so nearly all of it is left.
    assert [round(seconds) for seconds in rest.slept] == [2, 2]
    host.robots = robots("User-agent: *\nCrawl-delay: 7\n")
    rest.slept.clear()
    checker(internet, 2.0, rest).check(URL)
    assert [round(seconds) for seconds in rest.slept] == [7, 7]
    host.robots = robots("User-agent: *\nCrawl-delay: 86400\n")
    rest.slept.clear()
    checker(internet, 2.0, rest).check(URL)
    assert [round(seconds) for seconds in rest.slept] == [30, 30]


def test_a_host_is_asked_one_thing_at_a_time(internet, host):
    """Also by those who were redirected to it from elsewhere."""
    inside, most = [], []

    def slowly(talk) -> None:
        inside.append(talk)
        most.append(len(inside))
        time.sleep(0.01)
        inside.remove(talk)
        talk.answer(200)

    host.pages = {f"/{n}": slowly for n in range(4)}
    away = Host()
    for n in range(4):
        internet.add(f"away{n}.example", away)
        away.pages[f"/{n}"] = to(f"http://good.example/{n}")
    urls = [f"http://good.example/{n}" for n in range(4)]
    urls += [f"http://away{n}.example/{n}" for n in range(4)]
    found = dict(rounds.look(urls, checker(internet), time.monotonic() + 60))
    assert {finding.verdict for finding in found.values()} == {"works"}
    assert len(found) == 8
    assert set(most) == {1}
    away.close()


def test_no_host_fills_a_round_and_time_ends_it(internet, host, monkeypatch):
    monkeypatch.setattr(rounds, "MOST_FOR_A_HOST", 3)
    host.pages = {f"/{n}": status(200) for n in range(9)}
    urls = [f"http://good.example/{n}" for n in range(9)]
    assert len(list(rounds.look(urls, checker(internet), time.monotonic() + 60))) == 3
    assert list(rounds.look(urls, checker(internet), time.monotonic() - 1)) == []


def test_who_stops_a_round_does_not_wait_for_all_that_is_left(monkeypatch):
    """As whoever ends the command does, with ten minutes of it to go."""
    asked, is_left = [], threading.Event()

    class Left(threading.Event):
        def set(self) -> None:
            super().set()
            is_left.set()

    class Waiting:
        def check(self, url: str) -> Finding:
            asked.append(url)
            assert len(asked) == 1 or is_left.wait(60)
            return WORKS

    monkeypatch.setattr(rounds, "Event", Left)
    monkeypatch.setattr(rounds, "HOSTS_AT_A_TIME", 1)
    urls = [f"http://host{n}.example/" for n in range(9)]
    looking: Any = rounds.look(urls, Waiting(), time.monotonic() + 600)  # type: ignore[arg-type]
    assert next(looking) == (urls[0], WORKS)
    looking.close()
    assert asked[1:] in ([], urls[1:2])


# ------------------------------------------------------------------ days, and what is written
FAILS = Finding(Verdict.FAILS, Reason.STATUS, 404)
WORKS = Finding(Verdict.WORKS, None, 200)
WALL = Finding(Verdict.UNKNOWN, Reason.WALL, 403)


def on(day: int, hour: int = 12) -> tuple[datetime, date]:
    now = datetime(2026, 11, day, hour, tzinfo=timezone.get_current_timezone())
    return now, now.date()


def test_three_failures_on_different_days_make_it_broken():
    link = Link(url=URL)
    for hour in (1, 2, 3, 4):
        link.take(FAILS, *on(1, hour))
        assert (link.failures, link.is_broken) == (1, False)
    link.take(FAILS, *on(2))
    assert not link.is_broken
    link.take(FAILS, *on(5))
    assert (link.failures, link.is_broken) == (3, True)
    assert link.since == on(1, 1)[0]
    link.take(WORKS, *on(6))
    assert (link.failures, link.failed_on, link.is_broken) == (0, None, False)


@pytest.mark.parametrize("between", [WORKS, WALL])
def test_an_answer_in_between_begins_the_count_anew(between):
    link = Link(url=URL)
    for day, finding in enumerate((FAILS, FAILS, between, FAILS, FAILS), 1):
        link.take(finding, *on(day))
        assert not link.is_broken
    assert link.failures == 2


def test_a_wall_is_never_broken():
    link = Link(url=URL)
    for day in range(1, 9):
        link.take(WALL, *on(day))
    assert (link.verdict, link.is_broken) == ("unknown", False)


@pytest.mark.django_db
def test_a_result_is_written_only_when_it_changes():
    Link.objects.bulk_create(Link(url=f"http://good.example/{n}") for n in range(40))
    found = dict.fromkeys(Link.objects.values_list("url", flat=True), WORKS)
    assert rounds.keep(found, on(1)[0]) == 40
    with CaptureQueriesContext(connection) as captured:
        assert rounds.keep(found, on(8)[0]) == 0
    written = [query["sql"] for query in captured if query["sql"].startswith("UPDATE")]
    assert len(written) == 1
    assert written[0].partition(" WHERE")[0].count("=") == 1, "only when it was looked at"
    one = Link.objects.first()
    assert (one.since, one.checked_at) == (on(1)[0], on(8)[0])
    found[one.url] = FAILS
    assert rounds.keep(found, on(9)[0]) == 1
    assert Link.objects.get(pk=one.pk).since == on(9)[0]


@pytest.mark.django_db
def test_what_is_due():
    now = timezone.now()

    def link(name: str, hours: int | None, failures: int = 0) -> str:
        Link.objects.create(
            url=name,
            checked_at=None if hours is None else now - timedelta(hours=hours),
            failures=failures,
            failed_on=now if failures else None,
        )
        return name

    link("fresh", 24)
    link("just failed", 5, 1)
    link("broken lately", 24, 3)
    due = [
        link("new", None),
        link("a week old", 24 * 7),
        link("failed yesterday", 21, 2),
    ]
    assert [one.url for one in Link.objects.due(now)] == due


@pytest.mark.django_db
def test_the_addresses_at_one_host_keep_nobody_else_waiting(monkeypatch):
    """Thousands of entries have a page at the same social network."""
    monkeypatch.setattr(rounds, "MOST_FOR_A_HOST", 2)
    monkeypatch.setattr(rounds, "MOST_IN_A_ROUND", 5)
    many = (
        *("http://Good.example./a", "https://good.example:8443/b?c=http://other.example/"),
        *(f"http://user@good.example/{n}" for n in range(6)),
    )
    others = [f"http://host{n}.example" for n in range(4)]
    Link.objects.bulk_create(Link(url=url) for url in (*many, *others))
    assert {rounds.host_of(url) for url in many} == {"good.example"}
    looked_at: list[str] = []
    monkeypatch.setattr(rounds, "gather", lambda: None)
    monkeypatch.setattr(
        rounds,
        "look",
        lambda urls, *rest: [(url, WORKS) for url in urls if not looked_at.append(url)],
    )
    rounds.look_around()
    assert looked_at == [*many[:2], *others[:3]]
    looked_at.clear()
    rounds.look_around(everything=True)
    assert looked_at[:5] == [*many[2:4], others[3], *others[:2]], "the longest unseen first"


# ------------------------------------------------------------------ which addresses
def test_every_field_that_holds_addresses_is_known():
    """Of a new field of addresses this wants to hear: it is looked at without being named."""
    fields = {f"{place.model._meta.model_name}.{place.field}" for place in places()}
    assert fields == {
        *(f"organization.{name}_url" for name in ("newsletter", "privacy", "cookie")),
        "organization.transparency_url",
        "project.follow_url",
        *(f"{kind}webaddress.url" for kind in ("organization", "network", "project")),
        *(f"{kind}source.url" for kind in ("organization", "network", "project")),
    }
    assert len(places()) == 11


@pytest.mark.django_db
def test_the_addresses_of_published_entries_and_no_others():
    wanted = set()
    for place in places():
        for state in ("published", "draft", "in_review", "archived"):
            url = f"https://{state}.example/{place.model._meta.model_name}/{place.field}"
            entry = make.make_entry(place.kind, f"{state} {url}", {"status": state})
            if place.owner:
                place.model._default_manager.create(entry=entry, **{place.field: url})
            else:
                place.model._default_manager.filter(pk=entry.pk).update(**{place.field: url})
            if state == "published":
                wanted.add(url)
    rounds.gather()
    assert set(Link.objects.values_list("url", flat=True)) == wanted
    assert len(wanted) == 11
    silenced = Link.objects.order_by("pk").first()
    Link.objects.filter(pk=silenced.pk).update(silenced=True)
    for kind in (Organization, NetworkEntry, Project):
        kind.objects.update(status="archived")
    rounds.gather()
    assert list(Link.objects.all()) == [silenced], "staff said something about it"


@pytest.mark.django_db
def test_the_addresses_within_texts_of_published_entries(client, editor):
    text = """Il *bando* è [qui](https://bando.example/a?b=1&c=è), il sito <https://sito.example/>.

[Scrivici](mailto:a@b.example), o [leggi](/it/temi/). Non https://nudo.example/ né
`https://codice.example/`. ![foto](https://foto.example/x.png) [male](javascript:alert)
"""
    one = make.make_organization("Una", description_it=text, story_en="[x](http://storia.example)")
    project = make.make_project("Co-City", challenge_it="[y](https://sito.example/)")
    make.make_network("Rete", status="draft", aim_it="[z](https://bozza.example/)")
    make.make_organization("Altra", summary_it="<https://riassunto.example/>")
    rounds.gather()
    assert set(Link.objects.values_list("url", flat=True)) == {
        "https://bando.example/a?b=1&c=%C3%A8",
        "https://sito.example/",
        "http://storia.example",
    }
    link = Link.objects.get(url="https://sito.example/")
    Link.objects.filter(pk=link.pk).update(
        verdict="fails", reason="name", failures=3, failed_on="2026-11-20"
    )
    listed = client.get(LISTING).content.decode()
    assert change(one) in listed
    assert change(project) in listed
    assert list(with_a_broken_address(Organization.objects.all())) == [one]

    Organization.objects.filter(pk=one.pk).update(description_it="Corretto")
    listed = client.get(LISTING).content.decode()
    assert change(one) not in listed, "at once"
    Project.objects.update(status="draft")
    assert not with_a_broken_address(Project.objects.all())
    rounds.gather()
    assert set(Link.objects.values_list("url", flat=True)) == {"http://storia.example"}
    rounds.gather()
    assert Mention.objects.count() == 1


@pytest.mark.django_db
def test_reading_texts_takes_as_many_queries_for_one_entry_as_for_twenty():
    def spent() -> int:
        with CaptureQueriesContext(connection) as captured:
            rounds.gather()
        return len(captured)

    make.make_organization("Una", description_it="[x](https://uno.example/)")
    first = spent()
    for number in range(20):
        make.make_organization(f"Ente {number}", description_it=f"<https://{number}.example/>")
    assert spent() == first


@pytest.mark.django_db
def test_gathering_takes_as_much_memory_for_many_as_for_few(monkeypatch):
    for name in ("addresses.BATCH", "rounds.BATCH", "texts.BATCH", "texts.ENTRIES"):
        monkeypatch.setattr(f"links.{name}", 50)
    monkeypatch.setattr(rounds, "batches", partial(batches, size=50))

    def make_more(start: int, stop: int) -> None:
        made = make.make_many(
            Organization,
            (
                {
                    "slug": f"ente-{n}",
                    "name_it": f"Ente {n}",
                    "description_it": " ".join(f"<https://e{n}.example/{i}>" for i in range(20)),
                }
                for n in range(start, stop)
            ),
        )
        in_fields = Organization._meta.get_field("web_addresses").related_model
        in_fields.objects.bulk_create(
            in_fields(entry=one, url=f"https://e{one.pk}.example/{field}/")
            for one in made
            for field in "ab"
        )

    def most() -> int:
        gc.collect()
        tracemalloc.start()
        rounds.gather()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    make_more(0, 100)
    few = most()
    make_more(100, 350)
    assert most() < 1.5 * few, "more than twice as many, and all of them new"
    assert Link.objects.count() == 350 * 22
    assert Mention.objects.count() == 350 * 20
    Organization.objects.filter(slug__gt="ente-2").update(status="draft")
    assert most() < 1.5 * few, "and most of them gone"
    assert Link.objects.count() == 22 * Organization.objects.filter(status="published").count()


# ------------------------------------------------------------------ a whole round
@pytest.fixture
def entry(db) -> Organization:
    one = make.make_organization("L'asilo")
    one.web_addresses.create(url=URL)
    one.sources.create(title_it="Fonte", url="http://gone.example/x")
    return one


@pytest.mark.django_db
def test_a_round_over_three_days(internet, host, entry):
    host.pages["/page"] = status(200)
    for day in (1, 2, 3):
        Link.objects.update(checked_at=timezone.now() - timedelta(days=8))
        Link.objects.filter(failures__gt=0).update(failed_on=timezone.now() - timedelta(days=1))
        done = rounds.look_around(checker=checker(internet))
        assert (done.looked_at, done.broken) == (2, int(day == 3))
    assert [link.url for link in Link.objects.broken()] == ["http://gone.example/x"]
    assert rounds.look_around(checker=checker(internet)).looked_at == 0


@pytest.mark.django_db
def test_nothing_is_written_when_this_machine_is_away(internet, entry):
    for number in range(5):
        entry.web_addresses.create(url=f"http://h{number}.example/")
    with pytest.raises(rounds.NetworkAway):
        rounds.look_around(checker=checker(internet))
    assert not Link.objects.exclude(checked_at=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("away", "looked_at"), [(9, 9), (7, 30)])
def test_where_nothing_is_let_out_it_is_soon_seen(monkeypatch, away, looked_at):
    monkeypatch.setattr(rounds, "ENOUGH_TO_SEE_IT", 9)
    monkeypatch.setattr(rounds, "gather", lambda: None)
    Link.objects.bulk_create(Link(url=f"http://host{n}.example/") for n in range(30))
    asked: list[str] = []

    def look(urls, *rest):
        for url in urls:
            asked.append(url)
            yield url, Finding.failing(Reason.NAME) if len(asked) <= away else WORKS

    monkeypatch.setattr(rounds, "look", look)
    if looked_at == 30:
        assert rounds.look_around().looked_at == 30
    else:
        with pytest.raises(rounds.NetworkAway):
            rounds.look_around()
        assert not Link.objects.exclude(checked_at=None).exists()
    assert len(asked) == looked_at


@pytest.mark.django_db
def test_hosts_that_failed_before_are_not_this_machine(internet, host):
    """A day after a round those that failed are due, and nothing else."""
    week, yesterday = (timezone.now() - timedelta(days=days) for days in (6, 1))
    gone = [f"http://gone{n}.example/" for n in range(6)]
    one = make.make_organization("L'asilo")
    for number in range(6):
        internet.add(f"here{number}.example", host)
        one.web_addresses.create(url=f"http://here{number}.example/page")
        one.web_addresses.create(url=gone[number])
    host.pages["/page"] = status(200)
    rounds.gather()
    Link.objects.update(verdict="works", since=week, checked_at=week)
    failed = {"verdict": "fails", "failures": 1, "failed_on": yesterday, "checked_at": yesterday}
    Link.objects.filter(url__in=gone).update(**failed)
    rounds.look_around(checker=checker(internet))
    assert set(Link.objects.filter(url__in=gone).values_list("failures", flat=True)) == {2}
    assert Link.objects.filter(checked_at=week).count() == 1, "five were asked that had worked"

    Link.objects.filter(url__in=gone).update(**failed)
    internet.names.clear()
    with pytest.raises(rounds.NetworkAway):
        rounds.look_around(checker=checker(internet))
    assert set(Link.objects.filter(url__in=gone).values_list("failures", flat=True)) == {1}


@pytest.mark.django_db
def test_the_command_says_what_is_broken_and_where(internet, host, entry, monkeypatch):
    host.pages["/page"] = status(200)
    monkeypatch.setattr(rounds, "Checker", lambda network: checker(internet))
    out = io.StringIO()
    call_command("check_links", stdout=out)
    assert out.getvalue() == (
        "2 looked at, 2 of them with news, 0 broken in all, 0 left for the next round\n"
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    Link.objects.filter(url="http://gone.example/x").update(failures=2, failed_on=yesterday)
    call_command("check_links", "--all", stdout=out)
    assert "http://gone.example/x: no site has this name (L'asilo)" in out.getvalue()


@pytest.mark.django_db
def test_one_command_at_a_time(monkeypatch):
    from contextlib import contextmanager

    @contextmanager
    def taken(job):
        assert job is jobs.jobs["check_links"]
        yield False

    monkeypatch.setattr("links.management.commands.check_links.held", taken)
    with pytest.raises(CommandError, match="another process"):
        call_command("check_links")


# ------------------------------------------------------------------ in the admin
@pytest.fixture
def editor(client: Client):
    user = make.make_editor(language="en")
    client.force_login(user)
    return user


def make_link(url: str = URL, **fields) -> Link:
    broken = {"verdict": "fails", "reason": "status", "status": 404, "failures": 3}
    values = broken | {"failed_on": timezone.localdate(), "checked_at": timezone.now()} | fields
    return Link.objects.create(url=url, **values)


LISTING = address(Link, "changelist")


@pytest.mark.django_db
def test_the_broken_ones_are_listed_with_the_entries_to_correct(client, editor, entry):
    draft = make.make_organization("Bozza", status="draft")
    draft.web_addresses.create(url=URL)
    project = make.make_project("Co-City", follow_url=URL)
    make_link()
    make_link("http://works.example/", verdict="works", reason="", failures=0, failed_on=None)
    make_link("http://once.example/", failures=1)
    page = client.get(LISTING)
    assert [link.url for link in page.context["cl"].result_list] == [URL]
    html = page.content.decode()
    assert "there is no such page, or fails (404)" in html
    assert f'<a href="{change(entry)}">L&#x27;asilo</a>' in html
    assert f'<a href="{change(project)}">Co-City</a>' in html
    assert "Bozza" not in html


@pytest.mark.django_db
def test_each_state_has_its_list(client, editor):
    gone = {"failures": 0, "failed_on": None, "status": None, "reason": ""}
    made = {
        "broken": make_link("http://a.example/"),
        "failing": make_link("http://b.example/", failures=1),
        "moved": make_link("http://c.example/", **gone, verdict="works", moved=True),
        "unknown": make_link("http://d.example/", **gone | {"reason": "wall"}, verdict="unknown"),
        "silenced": make_link("http://e.example/", silenced=True),
    }
    new = make_link("http://f.example/", **gone, verdict="unknown", checked_at=None)

    def listed(state: str) -> list[Link]:
        return list(client.get(LISTING, {"state": state}).context["cl"].result_list)

    for state, link in made.items():
        assert listed(state) == [link], state
    assert listed("works") == [made["moved"]]
    assert len(listed("all")) == 6
    assert listed("nonsense") == [made["broken"]]
    assert new in listed("all")


@pytest.mark.django_db
def test_one_can_be_silenced_and_listened_to_again(client, editor):
    link = make_link()
    for action, silenced, by in (("silence", True, editor), ("listen", False, None)):
        data = {"action": action, "_selected_action": [link.pk]}
        client.post(f"{LISTING}?state=all", data)
        link.refresh_from_db()
        assert (link.silenced, link.silenced_by) == (silenced, by)
        assert link.is_broken is not silenced
    said = {"silenced": "on", "note": "La pagina chiede un accesso"}
    form = fields(client.get(change(link))) | said
    assert client.post(change(link), form).status_code == 302
    link.refresh_from_db()
    assert (link.silenced_by, link.note, link.failures) == (editor, form["note"], 3)
    # What is found later does not lift it, and stays to be seen.
    link.take(FAILS, *on(1))
    assert not link.is_broken


@pytest.mark.django_db
def test_who_may_only_look_silences_nothing(client):
    looker = make.make_editor(is_superuser=False)
    link = make_link()
    client.force_login(looker)
    assert client.get(LISTING).status_code == 403
    looker.user_permissions.add(Permission.objects.get(codename="view_link"))
    page = client.get(LISTING)
    assert page.status_code == 200
    assert b'value="silence"' not in page.content
    client.post(LISTING, {"action": "silence", "_selected_action": [link.pk]})
    assert client.post(change(link), {"silenced": "on"}).status_code == 403
    link.refresh_from_db()
    assert not link.silenced


@pytest.mark.django_db
def test_who_edits_elsewhere_silences_nothing_here(client):
    here, there = make.make_city("Torino"), make.make_city("Napoli", make.make_province("NA"))
    for name, city in (("qui", here), ("altrove", there), ("anche-qui", here)):
        one = make.make_organization(name, city=city)
        one.web_addresses.create(url=f"http://{name}.example/")
    one.web_addresses.create(url="http://altrove.example/shared/")
    Organization.objects.get(slug="altrove").web_addresses.create(
        url="http://altrove.example/shared/"
    )
    mine, other, shared = (
        make_link(f"http://{name}/")
        for name in ("qui.example", "altrove.example", "altrove.example/shared")
    )
    client.force_login(member("editor", cities=[here]))
    data = {"action": "silence", "_selected_action": [mine.pk, other.pk, shared.pk]}
    page = client.post(LISTING, data, follow=True)
    assert [str(said) for said in page.context["messages"]] == [
        "2 addresses are silenced.",
        "Left alone, because it is not yours to do: http://altrove.example/.",
    ]
    assert list(Link.objects.filter(silenced=False)) == [other]
    assert b'name="silenced"' not in client.get(change(other)).content
    assert client.post(change(other), {"silenced": "on"}).status_code == 403
    assert b'name="silenced"' in client.get(change(mine)).content


@pytest.mark.django_db
def test_the_address_a_stranger_leads_to_is_no_link_unless_it_worked(client, editor):
    bad = make_link(leads_to="http://10.0.0.1/<script>")
    page = client.get(change(bad)).content.decode()
    assert 'href="http://10.0.0.1/' not in page
    assert "<script>" not in page.partition("<main")[2]
    works = {"failures": 0, "failed_on": None, "verdict": "works", "reason": "", "status": 200}
    good = make_link("http://b.example/", **works, leads_to="http://c.example/")
    assert 'href="http://c.example/" rel="noopener' in client.get(change(good)).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Organization, NetworkEntry, Project])
def test_entries_with_a_broken_address_are_a_worklist(client, editor, kind):
    bad, good, hidden, silenced = (
        make.make_entry(kind, name, {"status": state})
        for name, state in (
            *(("Rotto", "published"), ("Sano", "published")),
            *(("Bozza", "draft"), ("Taciuto", "published")),
        )
    )
    bad.sources.create(title_it="Fonte", url=URL)
    hidden.web_addresses.create(url=URL)
    good.web_addresses.create(url="http://once.example/")
    silenced.web_addresses.create(url="http://silent.example/")
    make_link()
    make_link("http://once.example/", failures=2)
    make_link("http://silent.example/", silenced=True)
    page = client.get(address(kind, "changelist"), {"work": "broken"})
    assert list(page.context["cl"].result_list) == [bad]
    # Besides the site's own: no query for a filter that nobody chose.
    with CaptureQueriesContext(connection) as captured:
        client.get(address(kind, "changelist"))
    assert not any("links_link" in query["sql"] for query in captured)


@pytest.mark.django_db
def test_the_list_takes_as_many_queries_for_one_as_for_fifty(client, editor):
    def grow(start: int, stop: int) -> int:
        for number in range(start, stop):
            url = f"http://n{number}.example/"
            make.make_organization(f"Ente {number}").web_addresses.create(url=url)
            make_link(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LISTING).status_code == 200
        return len(captured)

    few = grow(0, 1)
    # Session, user and its second factor, whether some entries are invented, how many, page, the
    # entries of all its addresses: those that name them in a field, and those in whose texts they
    # were.
    assert few <= 8
    assert grow(1, 50) == few
