"""The real first content passes through the admin's forms unharmed."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.test import Client

from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.admin_form import errors, submit
from tests.test_admin import change

MOST = 5
"""How many entries of a kind are tried: those with the most rows."""

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Organization, Network, Project])
def test_saving_without_a_change_loses_nothing(client: Client, content, model):
    """Every column and row of the real content, before and after a form is opened and saved."""
    client.force_login(make.make_editor(language="en"))
    for entry in sorted(model.objects.all(), key=lambda one: -len(all_of(one)))[:MOST]:
        before = all_of(model.objects.get(pk=entry.pk))
        answer = submit(client, change(entry))
        assert answer.status_code == 302, errors(answer)
        after = all_of(model.objects.get(pk=entry.pk))
        for row, was in zip(after, before, strict=True):
            assert row == was
    output = io.StringIO()
    call_command("load_fixtures", stdout=output)
    assert "edited by staff" not in output.getvalue()


def all_of(entry) -> list[dict[str, object]]:
    """The entry and its rows by column; an absent text is "" or NULL, which mean the same."""
    rows = [entry]
    for relation in entry._meta.related_objects:
        if relation.related_model._meta.managed and relation.one_to_many:
            rows += getattr(entry, relation.get_accessor_name()).order_by("pk")
    return [
        {
            **{
                field.attname: row.__dict__.get(field.attname) or None
                for field in row._meta.concrete_fields
                if field.name not in ("updated", "version") and not field.generated
            },
            **{
                field.name: list(getattr(row, field.name).values_list("pk", flat=True))
                for field in row._meta.many_to_many
            },
        }
        for row in rows
    ]
