"""Codes are kept in one form, those of before too; what cannot be one is work for somebody."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from directory.doubles import find_doubles
from directory.history import record_in_bulk, versions_of
from directory.pairs import SuspectedDouble
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.admin_form import submit
from tests.test_admin import address, change
from tests.test_merging import settle

pytestmark = pytest.mark.django_db
every_kind = pytest.mark.parametrize("kind", [Organization, Network, Project])


def migrate(kind: Any) -> None:
    module = import_module(f"{kind._meta.app_label}.migrations.0007_codes_in_one_form")
    [filling] = module.Migration.operations
    filling.code(apps, connection.schema_editor())


def codes(entry: Any) -> list[str]:
    return sorted(entry.identifiers.values_list("value", flat=True))


@every_kind
def test_codes_of_before_are_brought_into_the_one_form_and_doubles_are_seen(kind):
    old, new = (make.make_entry(kind, name, {}) for name in ("Il Ponte", "La Fonte"))
    for scheme, value in (
        ("vat", "IT 1234 5678 903"),
        ("fiscal_code", "C.F. 80012345678"),
        ("wikidata", "https://www.wikidata.org/wiki/Q220"),
        ("other", "IT 12 x"),
    ):
        old.identifiers.create(scheme=scheme, value=value)
    new.identifiers.create(scheme="vat", value="12345678903")
    settle()
    find_doubles()
    assert not SuspectedDouble.objects.exists()
    migrate(kind)
    assert codes(old) == ["12345678903", "80012345678", "IT 12 x", "Q220"]
    settle()
    find_doubles()
    pair = SuspectedDouble.objects.get()
    assert {pair.low, pair.high} == {old.pk, new.pk}


@every_kind
def test_a_code_that_is_there_in_both_forms_stays_and_is_work(kind, client: Client):
    one, right = (make.make_entry(kind, name, {}) for name in ("Il Ponte", "La Fonte"))
    for value in ("12345678903", "IT12345678903", "IT 123 456 789 03"):
        one.identifiers.create(scheme="vat", value=value)
    one.identifiers.create(scheme="fiscal_code", value="IT 12345678903")
    right.identifiers.create(scheme="runts", value="n. 77")
    right.identifiers.create(scheme="wikidata", value="Q220")
    migrate(kind)
    assert codes(one) == ["12345678903", "12345678903", "IT 123 456 789 03", "IT12345678903"]
    client.force_login(make.make_editor(language="en"))
    listed = client.get(address(kind, "changelist"), {"work": "wrong-code"}, follow=True)
    assert [row.pk for row in listed.context["cl"].result_list] == [one.pk]
    assert "Code that is not valid" in listed.content.decode()
    one.identifiers.exclude(value="12345678903").delete()
    listed = client.get(address(kind, "changelist"), {"work": "wrong-code"}, follow=True)
    assert not listed.context["cl"].result_list


def test_what_a_migration_wrote_is_in_the_next_version(client: Client):
    one = make.make_organization("Il Ponte", status="draft")
    one.identifiers.create(scheme="vat", value="IT 12345678903")
    record_in_bulk([one])
    migrate(Organization)
    assert versions_of(one).count() == 1
    client.force_login(make.make_editor(language="en"))
    submit(client, change(one), summary_it="Altro")
    mine, found, first = versions_of(one)
    assert (mine.revision.user.get_username(), found.revision.user) == ("editor", None)
    assert "IT 12345678903" in first.serialized_data
    assert "IT 12345678903" not in found.serialized_data
    assert "12345678903" in found.serialized_data


@every_kind
def test_few_wrong_codes_among_many_are_found_by_an_index(kind):
    rows = kind._default_manager.with_a_wrong_code().order_by().values("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        sql, params = rows.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for [line] in cursor.fetchall())
    assert re.search(r"Index (Only )?Scan using \w+identifier_odd", plan), plan
