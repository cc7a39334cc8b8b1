"""Very many invented entries are written without indexes and foreign keys; then all are back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from civicnet.invention import making, rows
from networks.models import Membership
from orgs.models import Organization, OrganizationIdentifier
from tests import builders as make
from tests.inventing import NUMBER, invent, public
from tests.test_invention import told

pytestmark = pytest.mark.django_db
# Whatever the catalogue says of an index or a constraint, but for its number.
CATALOGUE = """
SELECT class.relname, index.relname, pg_get_indexdef(indexrelid), indisunique, indisprimary,
    indisvalid, index.reloptions::text,
    (SELECT string_agg(attstattarget::text, ',' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = indexrelid), obj_description(indexrelid, 'pg_class')
FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
    JOIN pg_class AS class ON class.oid = indrelid
WHERE class.relnamespace = 'public'::regnamespace
UNION ALL
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferrable, condeferred,
    convalidated, contype::text, confrelid::regclass::text, obj_description(oid, 'pg_constraint')
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""


# PostgreSQL writes a list of texts in two ways: as it was given, and as it wrote it itself.
TYPES = re.compile(r"[()]|::text(\[\])?|::character varying")


def catalogue() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE)
        return [(*row[:2], TYPES.sub("", row[2]), *row[3:]) for row in cursor.fetchall()]


def dropped(queries: CaptureQueriesContext) -> list[str]:
    said = [str(one["sql"]) for one in queries]
    return [statement for statement in said if statement.startswith(("DROP", "ALTER"))]


@pytest.fixture
def from_few_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MANY", 100)
    monkeypatch.setattr(making, "TIMES", 3)


def test_indexes_and_foreign_keys_are_as_they_were(content, from_few_on):
    before = catalogue()
    with CaptureQueriesContext(connection) as queries:
        invent()
    statements = " ".join(dropped(queries))
    assert "INDEX public.orgs_organization_part" in statements
    assert "CONSTRAINT orgs_organization_city_id_" in statements
    assert "CONSTRAINT networks_membership_organization_id_" in statements
    # Triggers ask by it.
    assert "INDEX public.orgs_organizationplace_entry_id_" not in statements
    assert catalogue() == before
    assert public() == NUMBER


def test_the_same_rows_are_written(content, from_few_on, monkeypatch):
    invent()
    unhindered = told()
    monkeypatch.undo()
    with CaptureQueriesContext(connection) as queries:
        invent(anew=True)
    assert not dropped(queries)
    assert told() == unhindered


def test_a_key_that_leads_nowhere_leaves_all_as_it_was(content, from_few_on, monkeypatch):
    before = catalogue()
    entries = Organization.objects.count()

    def nowhere(self: rows.Inventor, organization: int, weights: list[float]) -> None:
        row = {"network_id": 999_999, "organization_id": organization, "role_id": 1}
        self.batch[Membership].append(row)

    monkeypatch.setattr(rows.Inventor, "memberships", nowhere)
    with (
        pytest.raises(IntegrityError, match="networks_membership_network_id"),
        transaction.atomic(),
    ):
        invent()
    assert catalogue() == before
    assert Organization.objects.count() == entries
    assert public() == 0


def test_what_was_forbidden_still_is(content, from_few_on):
    invent()
    identifier = OrganizationIdentifier.objects.filter(entry__invented=True).first()
    with pytest.raises(IntegrityError, match="once"), transaction.atomic():
        OrganizationIdentifier.objects.create(
            entry=identifier.entry, scheme=identifier.scheme, value=identifier.value
        )
    Organization.objects.filter(pk=identifier.entry_id).update(city=10**6)
    with pytest.raises(IntegrityError, match="city_id"):
        connection.check_constraints()


def test_a_directory_of_many_entries_keeps_its_indexes_meanwhile(content, from_few_on):
    for number in range(NUMBER // 3 - Organization.objects.count()):
        make.make_organization(f"Nostra {number}")
    with CaptureQueriesContext(connection) as queries:
        invent(beside=True)
    assert public() == NUMBER
    assert not dropped(queries)
