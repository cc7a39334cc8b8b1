"""Answers to whoever watches over the site, with and without a database."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

pytestmark = pytest.mark.django_db


def test_healthz_asks_nothing_of_the_database(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_with_every_migration(client: Client) -> None:
    assert client.get("/readyz").status_code == 200


def test_readyz_misses_a_migration(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("staff", "0001_user")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"1 migrations missing" in answer.content
