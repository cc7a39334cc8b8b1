"""What every answer carries, whoever asks and whatever comes back."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from staff.models import User

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " object-src 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "Strict-Transport-Security"


@pytest.fixture
def editor(django_user_model: type[User]) -> User:
    return django_user_model.objects.create_superuser("editor", password="x", language="en")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 302),
        ("/en/organizations/", 200),
        ("/it/privacy/", 200),
        ("/it/no-such-page/", 404),
        ("/no-such-page/", 404),
        ("/admin/", 302),
        ("/admin/login/", 200),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/static/no-such-file.css", 404),
    ],
)
def test_headers(client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert HSTS not in answer.headers, "http on this machine"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/it/", "/en/cities/", "/it/mappa/"])
def test_only_pages_with_the_button_may_ask_where_a_visitor_is(settings, path: str) -> None:
    settings.PAGE_CACHE_MB = 8
    policy = "camera=(), geolocation=(self), microphone=()"
    client = Client()
    for _rendered_then_kept in range(2):
        answer = client.get(path)
        found = {name: answer.headers.get(name) for name in EXPECTED}
        assert found == EXPECTED | {"Permissions-Policy": policy}
        assert b'id="near-me"' in answer.content


@pytest.mark.django_db
def test_headers_of_a_refused_host(client: Client) -> None:
    answer = client.get("/it/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED


@pytest.mark.django_db
def test_headers_of_an_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: object) -> None:
        raise RuntimeError("a fault that nobody foresaw")

    monkeypatch.setattr("civicnet.health.missing_migrations", lambda: broken(None))
    client.raise_request_exception = False
    answer = client.get("/readyz")
    assert answer.status_code == 500
    assert b"a fault that nobody foresaw" not in answer.content
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED


@pytest.mark.django_db
def test_https_is_asked_for_and_kept(client: Client, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63_072_000
    fresh = Client()  # middleware reads these settings once
    away = fresh.get("/it/")
    assert away.status_code == 301
    assert away.headers["Location"].startswith("https://")
    answer = fresh.get("/healthz", secure=True)
    assert answer.headers[HSTS] == "max-age=63072000", "this host alone, unless set"
    assert fresh.get("/healthz").status_code == 200, "asked from the machine itself"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "language"),
    [("/it/", "it"), ("/en/", "en"), ("/en/no-such-page/", "en"), ("/nothing/", "it")],
)
def test_the_address_says_the_language(client: Client, path: str, language: str) -> None:
    for accepted in ("it", "en", "de"):
        answer = client.get(path, headers={"accept-language": accepted})
        assert answer.headers["Content-Language"] == language


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/it/", "/en/organizations/", "/it/no-such-page/", "/healthz"])
def test_public_pages_know_no_visitor(client: Client, editor: User, path: str) -> None:
    """The same for staff who are logged in: neither session nor user is looked at."""
    client.force_login(editor)
    answer = client.get(path)
    assert not answer.cookies
    assert "cookie" not in answer.headers.get("Vary", "").lower()
    assert not answer.wsgi_request.session.accessed


@pytest.mark.django_db
def test_the_account_says_the_language_of_the_admin(client: Client, editor: User) -> None:
    client.force_login(editor)
    assert client.get("/admin/").headers["Content-Language"] == "en"
    answer = client.post("/admin/language/", {"language": "it", "next": "/admin/auth/group/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/auth/group/")
    editor.refresh_from_db()
    assert editor.language == "it"
    assert client.get("/admin/").headers["Content-Language"] == "it"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "away",
    [
        "//evil.example",
        "https:evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "%09//e",
    ],
)
def test_the_choice_of_language_leads_nowhere_else(client: Client, editor: User, away: str) -> None:
    client.force_login(editor)
    answer = client.post("/admin/language/", {"language": "it", "next": away})
    assert answer.headers["Location"] in {"/admin/", "%09//e"}


@pytest.mark.django_db
def test_the_choice_of_language_is_for_staff_and_not_forged(editor: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/admin/language/", {"language": "it"})
    assert answer.status_code in {302, 403}
    strict.force_login(editor)
    assert strict.post("/admin/language/", {"language": "it"}).status_code == 403
    assert strict.get("/admin/language/").status_code == 405
    editor.refresh_from_db()
    assert editor.language == "en"


@pytest.mark.django_db
def test_nonsense_is_no_language(client: Client, editor: User) -> None:
    client.force_login(editor)
    client.post("/admin/language/", {"language": "../../etc"})
    editor.refresh_from_db()
    assert editor.language == "en"


def test_every_language_has_its_formats() -> None:
    from datetime import date

    from django.utils.formats import date_format

    day = date(2013, 6, 1)
    for language, written in (("it", "1 Giugno 2013"), ("en", "1 June 2013")):
        with translation.override(language):
            assert date_format(day).lower() == written.lower()
    assert [code for code, _name in settings.LANGUAGES] == ["it", "en"]
