"""The index written anew beside the one in use says what keepers say, and keeps nobody waiting."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from django.db import connection

from orgs.models import Organization
from tests import builders as make
from tests.conftest import settle_now
from tests.test_index import counted_slowly, documents, kept, rows, rows_written

pytestmark = pytest.mark.django_db

KEPT = "IN ('directory_document', 'directory_listed', 'directory_tally')"


def around_them() -> list[Any]:
    """What a migration gave the tables beside their rows."""
    return [
        *rows(f"SELECT indexdef FROM pg_indexes WHERE tablename {KEPT} ORDER BY 1"),
        *rows(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            f" WHERE conrelid::regclass::text {KEPT} ORDER BY conrelid::regclass::text, 1"
        ),
        *rows(
            "SELECT attrelid::regclass::text, attname, attstattarget, attstorage, attnotnull,"
            " col_description(attrelid, attnum) FROM pg_attribute"
            f" WHERE attrelid::regclass::text {KEPT} OR attrelid::regclass::text"
            f" IN (SELECT indexname FROM pg_indexes WHERE tablename {KEPT}) ORDER BY 1, attnum"
        ),
    ]


def test_what_is_written_anew_is_what_was_kept(content):
    before = kept(), documents(), around_them()
    assert before[0] == counted_slowly()
    rows_written("DELETE FROM directory_listed WHERE kind = 1")
    rows_written("UPDATE directory_tally SET n = n + 1")
    rows_written("DELETE FROM directory_document WHERE kind = 2")
    rows("SELECT public.civicnet_rewrite()")
    assert (kept(), documents(), around_them()) == before
    # And is kept from then on.
    make.make_organization("Officina", city=make.make_city("Torino"))
    Organization.objects.filter(name_it__contains="a").update(status="draft")
    assert kept() == counted_slowly()


def test_where_very_much_is_touched_at_once_all_is_written_anew(content):
    was = rows("SELECT 'directory_listed'::regclass::oid")
    make.make_organization("Officina")
    assert kept() == counted_slowly()
    assert rows("SELECT 'directory_listed'::regclass::oid") == was
    make.make_organization("Bottega")
    rows_written(
        "INSERT INTO directory_touched SELECT pg_current_xact_id()::text::bigint, 1, -number"
        " FROM generate_series(1, 6000) AS number"
    )
    assert kept() == counted_slowly()
    assert rows("SELECT 'directory_listed'::regclass::oid") != was
    assert rows("SELECT count(*) FROM directory_touched") == [(0,)]


@pytest.mark.parametrize("at_once", [1, 7, 5000])
def test_whatever_is_read_at_once_each_entry_is_read_once(content, at_once):
    for _gap in range(3):
        make.make_organization("Bottega")
        make.make_organization("Cantiere").delete()
    read = rows(
        "SELECT id FROM public.civicnet_together('orgs_organization', 'SELECT id FROM"
        f" orgs_organization WHERE id {{part}}', 'id bigint', {at_once}) AS told (id bigint)"
    )
    assert sorted(read) == sorted(Organization.objects.values_list("pk"))
    assert len(read) > 10


def test_an_empty_directory_is_written_too():
    rows("SELECT public.civicnet_rewrite()")
    assert kept() == counted_slowly()


def test_who_reads_one_table_and_asks_for_another_is_no_deadlock():
    """Without letting go in between, PostgreSQL would break off one of the two."""
    settle_now(connection.connection)
    address = connection.connection.info.dsn
    holds = threading.Event()
    read: list[Any] = []

    def visit() -> None:
        with psycopg.connect(address) as line:
            line.execute("SELECT count(*) FROM directory_listed")
            holds.set()
            waits = (
                "SELECT FROM pg_locks WHERE relation = 'directory_listed'::regclass AND NOT granted"
            )
            with psycopg.connect(address, autocommit=True) as other:
                while other.execute(waits).fetchone() is None:
                    pass
            read.append(line.execute("SELECT count(*) FROM directory_document").fetchone())

    visitor = threading.Thread(target=visit)
    visitor.start()
    assert holds.wait(timeout=30)
    rows("SELECT public.civicnet_rewrite()")
    visitor.join()
    assert read
    assert kept() == counted_slowly()


def test_documents_of_a_sample_lie_together_and_in_it_those_of_a_place(content):
    rows("SELECT public.civicnet_rewrite()")
    written = rows("SELECT kind, sections[1], keys FROM directory_document ORDER BY ctid")
    in_turn = [one <= other for one, other in pairwise(written)]
    # But for those that fitted in where room was left.
    assert len(in_turn) > 30
    assert in_turn.count(False) < len(in_turn) / 5
