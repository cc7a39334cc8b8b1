"""What is refused is refused in a page of ours, in the language of the address."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import escape

from tests import builders as make

CANNOT = {"it": "Questa richiesta non può avere risposta", "en": "This request cannot be answered"}
FORGED = {"it": "Il modulo non veniva da una pagina", "en": "The form did not come from a page"}
NO_RIGHT = {"it": "Il tuo account non può", "en": "Your account may not"}


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_foreign_host_gets_a_page_of_ours_without_a_query(client, language):
    """No mark for the database: a query would fail the test."""
    response = client.get(f"/{language}/", headers={"host": "evil.example"})
    page = response.content.decode()
    assert response.status_code == 400
    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in page
    assert CANNOT[language] in page
    assert f'href="http://127.0.0.1:8000/{language}/"' in page
    assert "evil.example" not in page


def test_a_foreign_host_in_the_admin_is_told_in_italian(client):
    page = client.get("/admin/", headers={"host": "evil.example"}).content.decode()
    assert CANNOT["it"] in page


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("path", ["/", "/it/", "/en/organizations/", "/robots.txt", "/it/none/"])
def test_public_pages_are_only_read(method, path):
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert "default-src" in response["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_forged_form_gets_a_page_of_ours(language):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make.make_editor(language=language))
    response = strict.post("/admin/language/", {"language": "it"})
    page = response.content.decode()
    assert response.status_code == 403
    assert FORGED[language] in page
    assert "<style" not in page
    assert "style=" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["it", "en"])
def test_who_may_not_is_told_so_in_a_page_of_ours(client, language):
    client.force_login(make.make_editor(language=language, is_superuser=False))
    response = client.get("/admin/orgs/organization/add/")
    assert response.status_code == 403
    assert escape(NO_RIGHT[language]) in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "sentence"),
    [("/it/made-up/too-long/", "Ci vuole troppo tempo"), ("/en/made-up/too-long/", "too long")],
)
def test_what_would_take_longer_than_a_page_may_is_not_called_an_outage(
    client, settings, path, sentence
):
    settings.ROOT_URLCONF = "tests.scenes_urls"
    answer = client.get(path)
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
    assert sentence in answer.content.decode()
    assert "Torniamo subito" not in answer.content.decode()


@pytest.fixture
def only_read(transactional_db):
    """The database as a standby is, or one that is being looked after."""
    make.make_organization("Che si legge")
    make.make_editor("chi")
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET default_transaction_read_only")


def test_what_can_only_be_read_is_read(only_read, client):
    for address in ("/it/organizzazioni/", "/it/cerca/?q=legge", "/api/v1/organizations/"):
        response = client.get(address)
        assert (address, response.status_code) == (address, 200)
        assert "Che si legge" in response.content.decode()
    assert client.get("/readyz").status_code == 200


def test_what_cannot_be_saved_is_said_to_be_not(only_read, client):
    response = client.post("/admin/login/", {"username": "chi", "password": "sbagliata"})
    page = response.content.decode()
    assert response.status_code == 503
    assert response["Cache-Control"] == "no-store"
    assert "In questo momento non si può salvare" in page
