"""Answers to whoever watches over the site, and to visitors while the database is away."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from psycopg import OperationalError
from psycopg_pool import ConnectionPool

from civicnet import environment
from civicnet.database import configuration
from civicnet.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.django_db
def test_healthz_asks_nothing_of_the_database(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_with_every_migration(client: Client) -> None:
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_readyz_misses_a_migration(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("clock", "0001_runs_of_jobs")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"1 migrations missing" in answer.content


@pytest.mark.django_db
def test_a_database_goes_on_whose_migrations_were_drawn_together_since(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    drawn = MigrationExecutor(connection).loader.replacements.keys()
    assert {"orgs", "networks", "projects"} < {app for app, _name in drawn}
    for key in drawn:
        recorder.record_unapplied(*key)
    assert client.get("/readyz").status_code == 200

    executor = MigrationExecutor(connection)
    every = executor.loader.graph.leaf_nodes()
    assert executor.migration_plan(every) == []
    executor.migrate(every)
    assert drawn <= recorder.applied_migrations().keys()


@pytest.mark.django_db
def test_a_database_that_has_had_only_some_of_them_is_told_what_to_do(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    for name in ("0004_rules", "0027_what_to_complete"):
        recorder.record_unapplied("orgs", name)
    recorder.record_unapplied("orgs", "0001_tables")
    assert client.get("/readyz").status_code == 503
    with pytest.raises(SystemCheckError, match=r"that orgs would need .* commit [0-9a-f]{7} first"):
        call_command("migrate", skip_checks=False)
    with pytest.raises(CommandError, match="that orgs would need"):
        call_command("prepare_demo", var=Path("nowhere"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_never_kept(client: Client, path: str) -> None:
    assert "no-store" in client.get(path).headers["Cache-Control"]
    assert client.post(path).status_code == 405


# ------------------------------------------------------------------ without a database
@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    text: str
    seconds: float


class Site:
    """gunicorn, as in production, pointed at a database that may or may not be there."""

    def __init__(self, database_url: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = folder / "log"
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database_url,
            "SECRET_KEY": "s" * 50,
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "STATIC_ROOT": str(static_root(folder)),
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "civicnet.wsgi", f"--bind=127.0.0.1:{self.port}",
                 "--threads=4", "--no-control-socket"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )  # fmt: skip

    def get(self, path: str) -> Answer:
        start = time.monotonic()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as got:
                status, headers, text = got.status, got.headers, got.read().decode()
        except urllib.error.HTTPError as error:
            status, headers, text = error.code, error.headers, error.read().decode()
        return Answer(status, headers, text, time.monotonic() - start)

    def wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self.get("/healthz")
                return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)


def static_root(folder: Path) -> Path:
    """As after collectstatic, as far as pages can see: every file has its name."""
    static = folder / "static"
    static.mkdir()
    names = [name for finder in get_finders() for name, _storage in finder.list([])]
    manifest = {"version": "1.1", "paths": {name: name for name in names}}
    (static / "staticfiles.json").write_text(json.dumps(manifest))
    return static


class Database:
    """A server that can go away and come back at the same address."""

    def __init__(self, folder: Path) -> None:
        self.server = EmbeddedServer(folder / "server", durable=False)
        self.link = folder / "socket"
        self.address = f"postgresql://civicnet@{quote(str(self.link), safe='')}/postgres"

    def start(self) -> None:
        self.server.acquire()
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(unquote(urlsplit(self.server.address("x")).netloc.split("@")[1]))

    def stop(self) -> None:
        self.server.release()


@pytest.fixture
def database() -> Iterator[Database]:
    folder = Path(tempfile.mkdtemp(prefix="civicnet-test-"))
    folder.chmod(0o755)
    database = Database(folder)
    yield database
    database.stop()
    shutil.rmtree(folder)


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Iterator[Site]:
    """Started while its database is down."""
    site = Site(database.address, tmp_path)
    site.wait()
    yield site
    site.process.terminate()
    site.process.wait(timeout=20)


@pytest.mark.parametrize(
    ("path", "language", "sentence"),
    [
        ("/it/organizzazioni/", "it", "Torniamo subito"),
        ("/en/organizations/", "en", "We will be right back"),
    ],
)
def test_pages_while_the_database_is_away(
    site: Site, path: str, language: str, sentence: str
) -> None:
    page = site.get(path)
    assert page.status == 503
    assert page.seconds < 2.5
    assert int(page.headers["Retry-After"]) > 0
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in page.text
    assert sentence in page.text
    assert "Traceback" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    lines = site.log.read_text().splitlines()
    said = [json.loads(line) for line in lines if line.startswith("{")]
    [away] = [line for line in said if line["message"] == "database away"]
    assert (away["path"], away["error"]) == (path, "PoolTimeout")


def test_a_command_says_in_a_sentence_that_the_database_is_away(database: Database) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "run_due"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "s" * 50, "DATABASE_URL": database.address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("civicnet: the database is away: ")
    assert done.stderr.count("\n") == 1


def test_comes_and_goes_with_the_database(site: Site, database: Database) -> None:
    assert site.get("/healthz").status == 200
    # Long enough for the pool to have failed several times: it must not wait ever longer.
    deadline = time.monotonic() + 9
    while time.monotonic() < deadline:
        ready = site.get("/readyz")
        assert (ready.status, ready.text) == (503, "database unreachable\n")
        assert ready.seconds < 2.5

    database.start()
    start = time.monotonic()
    while "migrations missing" not in site.get("/readyz").text:
        assert time.monotonic() - start < 2, "back within two seconds of the database"

    database.stop()
    assert site.get("/readyz").text == "database unreachable\n"
    assert site.get("/healthz").status == 200


def connections(address: str, monkeypatch: pytest.MonkeyPatch) -> ConnectionPool:
    """The pool of a process that answers visitors."""
    monkeypatch.setattr(environment, "SERVING", True)
    return ConnectionPool(address, **configuration(address)["OPTIONS"]["pool"], open=True)


def test_is_back_however_many_asked_while_the_database_was_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connections(database.address, monkeypatch) as pool:
        # Long enough for it to give up several times.
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with pytest.raises(OperationalError):
                pool.getconn(timeout=0.02)
        database.start()
        pool.putconn(pool.getconn(timeout=5))


def test_the_log_names_no_visitor(site: Site) -> None:
    site.get("/it/cerca/?q=a-secret-search")
    log = site.log.read_text()
    assert '"path": "/it/cerca/"' in log
    assert "a-secret-search" not in log
    assert "Python-urllib" not in log


def test_the_log_names_nobody_whose_request_gunicorn_refuses(site: Site) -> None:
    assert site.get("/it/cerca/?q=" + "a-secret-search" * 1000).status == 414
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(b"GET /it/cerca/?q=another-secret\r\n\r\n")
        assert b"400" in connection.recv(100)
    lines = [line for line in site.log.read_text().splitlines() if "Invalid request" in line]
    assert [json.loads(line)["message"] for line in lines] == ["Invalid request"] * 2
    log = site.log.read_text()
    assert "ip=" not in log
    assert "secret" not in log
