"""Rendered pages are kept, and gone the moment anything is published, however it was written."""

from __future__ import annotations

import gzip

import psycopg
import pytest
from django.apps import apps
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from civicnet import page_cache
from civicnet.page_cache import Kept, Memory
from directory import stamp
from orgs.models import Organization
from tests import builders as make
from tests.inventing import BANNER

LIST = "/it/organizzazioni/"


@pytest.fixture
def visitor(settings, transactional_db) -> Client:
    """A visitor of a site that keeps pages."""
    settings.PAGE_CACHE_MB = 8
    return Client()


def queries(client: Client, address: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address, headers=headers)
    return len(captured)


def test_a_kept_page_takes_one_query_and_is_the_same(visitor):
    make.make_organization("Una")
    first = visitor.get(LIST)
    assert queries(visitor, LIST) == 1
    assert visitor.get(LIST).content == first.content
    assert first["Cache-Control"] == "public, no-cache"


def test_kept_forms_of_an_entry_are_not_taken_for_one_another(visitor):
    make.make_organization("Una")
    path = f"{LIST}una/"
    asked = ["text/html", "text/turtle", "application/ld+json"]
    first = {one: visitor.get(path, headers={"Accept": one}) for one in asked}
    assert len({response["ETag"] for response in first.values()}) == 3
    for accepted in asked:
        again = visitor.get(path, headers={"Accept": accepted})
        assert again.content == first[accepted].content
        assert again["Content-Type"] == first[accepted]["Content-Type"]
        assert {"Accept", "Accept-Encoding"} <= set(again["Vary"].split(", "))
        for other in asked:
            known = {"Accept": accepted, "If-None-Match": first[other]["ETag"]}
            confirmed = visitor.get(path, headers=known)
            assert confirmed.status_code == (304 if accepted == other else 200)
            assert "Accept" in confirmed["Vary"].split(", ")


def test_a_head_request_leaves_no_empty_file_behind(visitor):
    make.make_organization("Una")
    for form in ("atom", "xlsx"):
        address = f"{LIST}?format={form}"
        assert visitor.head(address).status_code == 200
        said = visitor.get(address)
        assert b"".join(said)
        assert said["X-Robots-Tag"] == "noindex"
        assert visitor.get(address)["X-Robots-Tag"] == "noindex"


def test_head_says_of_a_feed_what_get_says_whoever_comes_first(visitor):
    make.make_organization("Una")
    for query in ("", "&life=active"):
        address = f"{LIST}?format=atom{query}"
        first, second = (visitor.head, visitor.get) if query else (visitor.get, visitor.head)
        told = [first(address), second(address)]
        for name in ("Content-Length", "Content-Type", "ETag", "Vary", "X-Robots-Tag"):
            assert told[0][name] == told[1][name], name
        assert int(told[0]["Content-Length"]) > 500
    # What is made as it is sent has no length before.
    for form in ("xlsx", "csv"):
        assert "Content-Length" not in visitor.head(f"{LIST}?format={form}")


def test_what_a_browser_has_is_confirmed_without_rendering(visitor):
    make.make_organization("Una")
    etag = visitor.get(LIST)["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        response = visitor.get(LIST, headers={"if-none-match": known})
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == etag
    assert visitor.get(LIST, headers={"if-none-match": '"other"'}).status_code == 200
    assert queries(visitor, LIST, **{"if-none-match": etag}) == 1


@pytest.mark.parametrize(
    "path", [LIST, "/it/mappa/", "/it/incorpora/elenco/", "/it/incorpora/mappa/", f"{LIST}una/"]
)
def test_what_is_confirmed_keeps_the_policies_of_the_page(visitor, path):
    """Browsers keep what came with the page, and take in its place what confirms it says."""
    make.make_organization("Una")
    page = visitor.get(path)
    confirmed = visitor.get(path, headers={"if-none-match": page["ETag"]})
    assert confirmed.status_code == 304
    for name in ("Content-Security-Policy", "Permissions-Policy", "X-Frame-Options"):
        assert confirmed.get(name, page.get(name)) == page.get(name)
    for name in ("ETag", "Cache-Control", "Vary"):
        assert confirmed[name] == page[name]


# The digest of the last address begins with a letter with which a mark of an ETag begins, too.
@pytest.mark.parametrize("path", [LIST, f"{LIST}una/", "/it/mappa/", f"{LIST}?q=una2"])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_worker_that_never_had_the_page_confirms_it_without_rendering(visitor, path, encoding):
    make.make_organization("Una")
    accepted = {"accept-encoding": encoding}
    page = visitor.get(path, headers=accepted)
    known = {**accepted, "if-none-match": page["ETag"]}
    other = Client()
    assert queries(other, path, **known) == 1
    confirmed = other.get(path, headers=known)
    assert (confirmed.status_code, confirmed.content) == (304, b"")
    assert (confirmed["ETag"], confirmed["Vary"]) == (page["ETag"], page["Vary"])
    # What another page is known by confirms nothing, nor does it after a change.
    assert other.get("/it/reti/", headers=known).status_code == 200
    publish_by_program()
    assert other.get(path, headers=known).status_code == 200


def test_whether_there_is_anything_is_not_said_without_looking(visitor):
    assert visitor.get(f"{LIST}nessuna/", headers={"if-none-match": "*"}).status_code == 404


def publish_by_program() -> None:
    make.make_organization("Nuova")


def publish_in_bulk() -> None:
    make.make_many(Organization, [{"slug": "nuova", "name_it": "Nuova"}])


def publish_by_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orgs_organization SET name_it = 'Nuova'")


@pytest.mark.parametrize("publish", [publish_by_program, publish_in_bulk, publish_by_sql])
def test_a_change_is_public_at_once(visitor, publish):
    make.make_organization("Una")
    etag = visitor.get(LIST)["ETag"]
    publish()
    response = visitor.get(LIST, headers={"if-none-match": etag})
    assert response.status_code == 200
    assert "Nuova" in response.content.decode()


def test_a_change_elsewhere_is_seen_too(visitor):
    theme = make.make_theme("Prima")
    make.make_organization("Una", themes=[theme])
    visitor.get(LIST)
    theme.name_it = "Dopo"
    theme.save()
    assert "Dopo" in visitor.get(LIST).content.decode()
    Organization.objects.get().themes.clear()
    assert "Dopo" not in visitor.get(LIST).content.decode()


def test_kept_pages_say_at_once_that_entries_are_invented_and_asking_costs_nothing(visitor):
    entry = make.make_organization("Una")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            visitor.get(address)
        return sum(
            "EXISTS" in query["sql"] and "WHERE invented" in query["sql"] for query in captured
        )

    for is_invented in (False, True, False):
        Organization.objects.filter(pk=entry.pk).update(invented=is_invented)
        assert asked("/it/organizzazioni/") == 1
        assert asked("/it/reti/") == 0, "known from the page before"
        for address in ("/it/", "/it/organizzazioni/", "/it/reti/", "/it/temi/"):
            page = visitor.get(address).content.decode()
            assert (BANNER["it"] in page) is is_invented


@pytest.mark.parametrize(
    ("name", "is_seen"), [("CONTACT_EMAIL", True), ("TILE_URL", True), ("DATABASE_URL", False)]
)
def test_a_page_of_other_settings_is_not_confirmed(visitor, monkeypatch, name, is_seen):
    """An operator writes another address of mail into the settings, and starts the site again."""
    etag = visitor.get(LIST)["ETag"]
    monkeypatch.setenv(name, "another")
    page_cache.release.cache_clear()
    try:
        response = visitor.get(LIST, headers={"if-none-match": etag})
    finally:
        monkeypatch.undo()
        page_cache.release.cache_clear()
    assert response.status_code == (200 if is_seen else 304)


def test_nobody_gets_the_page_of_another_language_host_or_query(visitor, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    make.make_organization("Una", name_en="One")
    addresses = [LIST, "/en/organizations/", LIST + "?q=una", LIST + "?q=niente"]
    pages = [visitor.get(address).content for address in addresses]
    assert len(set(pages)) == 4
    assert [visitor.get(address).content for address in addresses] == pages
    visitor.get(LIST, headers={"host": "other.example"})
    assert visitor.get(LIST, headers={"host": "evil.example"}).status_code == 400


def test_staff_get_the_public_page_and_the_public_get_no_staff_page(visitor):
    make.make_organization("Una")
    visitor.force_login(make.make_editor())
    for_staff = visitor.get(LIST).content
    visitor.logout()
    assert visitor.get(LIST).content == for_staff
    assert "ETag" not in visitor.get("/admin/login/")


def test_what_is_not_a_page_is_not_kept(visitor):
    for _time in range(2):
        response = visitor.get("/it/organizzazioni/niente/")
        assert response.status_code == 404
        assert "ETag" not in response


def test_compressed_and_plain_pages_say_the_same_under_two_etags(visitor):
    make.make_organization("Una")
    plain = visitor.get(LIST)
    squeezed = visitor.get(LIST, headers={"accept-encoding": "gzip"})
    assert squeezed["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.content) == plain.content
    assert squeezed["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in plain["Vary"]


@pytest.mark.parametrize(
    ("accepted", "is_squeezed"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, *", False),
        ("identity, *;q=0", False),
        ("gzip;q=0.01", True),
        ("xgzip", False),
        ("", False),
    ],
)
def test_nobody_gets_a_form_that_they_refuse(visitor, accepted, is_squeezed):
    make.make_organization("Una")
    for _time in range(2):
        said = visitor.get(LIST, headers={"accept-encoding": accepted})
        assert ("Content-Encoding" in said) is is_squeezed


def test_memory_is_bounded_and_forgets_what_was_not_used():
    memory = Memory(100_000)
    for number in range(100):
        memory.put(("host", str(number)), Kept("v", b"x" * 4000, b"", ()))
        memory.get(("host", "0"), "v")
    assert memory.bytes <= 100_000
    assert memory.get(("host", "0"), "v")
    assert memory.get(("host", "99"), "v")
    assert memory.get(("host", "5"), "v") is None
    assert memory.get(("host", "99"), "another") is None
    memory.put(("host", "large"), Kept("v", b"x" * 20_000, b"", ()))
    assert memory.get(("host", "large"), "v") is None


@pytest.mark.django_db(transaction=True)
def test_a_long_import_does_not_hold_up_two_saves():
    una, due = make.make_organization("Una"), make.make_organization("Due")
    target = connections["default"].get_connection_params()
    target = {
        key: target[key] for key in ("host", "port", "dbname", "user", "password") if key in target
    }
    with psycopg.connect(**target) as importer:
        importer.execute("UPDATE orgs_organization SET telephone = '1' WHERE slug = 'una'")
        before = stamp.current()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        due.save()
        due.save()
        assert stamp.current() == before + 2
        importer.commit()
    assert stamp.current() == before + 3
    una.refresh_from_db()
    assert una.telephone == "1"


@pytest.mark.django_db
def test_every_table_that_a_visitor_sees_raises_the_stamp():
    unseen = {"LoadedBundle", "CityName", "KeptPicture"}
    unseen |= {"MarkedText"}
    # What staff decide on, before anything of it is public.
    unseen |= {"Distinction", "Merge", "SuspectedDouble"}
    seen = {
        model._meta.db_table
        for room in ("places", "directory", "orgs", "networks", "projects")
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
        if model._meta.managed
        and model.__name__ not in unseen
        and not model.__name__.endswith(("Slug", "Proposal", "ProposedPicture", "Review"))
        and not model.__name__.startswith("EditingScope")
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'civicnet_touch'"
        )
        found = cursor.fetchall()
    for event in ("insert", "update", "delete", "truncate"):
        assert {table for name, table in found if name == f"touch_{event}"} == seen


@pytest.mark.django_db(transaction=True)
def test_emptying_the_tables_raises_the_stamp():
    make.make_organization("Una")
    before = stamp.current()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE orgs_organization CASCADE")
    assert stamp.current() > before
