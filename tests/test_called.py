"""Names and places by which doubles are found are those that the rows say, however written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.keys import words_of_name
from directory.registry import kinds
from orgs.models import Organization, OrganizationPlace
from tests import builders as make
from tests.conftest import settle_now
from tests.test_index import EDIT, Edits, rows

pytestmark = pytest.mark.django_db


def kept() -> list[Any]:
    return rows("SELECT kind, entry_id, name, places FROM directory_called ORDER BY 1, 2, 3")


def said() -> list[Any]:
    """What the views say of every entry."""
    found = []
    for kind in kinds.values():
        view = f"{kind.model._meta.app_label}_called"
        found += rows(
            f"SELECT DISTINCT {kind.number}, entry_id, name, places FROM {view} WHERE name <> ''"
        )
    return sorted(found)


NAMES = ["Il Ponte", "Associazione Il Ponte ODV", "Ponte", "L'Officina", "…", "Casa 1"]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(EDIT, max_size=12),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(NAMES), st.sampled_from(NAMES))),
)
def test_names_and_places_follow_any_edits(db, edits, names):
    with transaction.atomic():
        directory = Edits()
        for edit in edits:
            directory.do(*edit)
        for number, name, former in names:
            entry = directory.organizations[number]
            Organization.objects.filter(pk=entry.pk).update(
                name_it=name, name_en=former, other_names=[former, name], city=None
            )
        # A place is another entry's from now on.
        OrganizationPlace.objects.update(entry=directory.organizations[0])
        assert kept() == said()
        settle_now(connection.connection)
        transaction.set_rollback(True)


def test_a_name_that_says_the_same_twice_stands_once_and_goes_with_its_entry():
    one = make.make_organization("Ponte", name_en="PONTE", other_names=["Associazione Ponte"])
    assert [name for _kind, _entry, name, _places in kept()] == ["ponte"]
    make.make_organization("Fonte", city=make.make_city("Asti"))
    Organization.objects.filter(pk=one.pk).delete()
    assert kept() == said()
    assert [name for _kind, _entry, name, _places in kept()] == ["fonte"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("A.S.D. Il Ponte", "il ponte"),
        ("Il Ponte (A.P.S.) - ONLUS", "il ponte"),
        ("Associazione di Promozione Sociale Associazione di Volontariato L’Orto", "l orto"),
        ("Ass.ne Ass. Vigna aps aps", "vigna"),
        ("Organizzazione di volontariato", "organizzazione di volontariato"),
        ("Ente del terzo", "ente del terzo"),
        ("Dissonanze sonore", "dissonanze sonore"),
        ("_Aps_ Città\tgiardino\nETS", "citta giardino"),
        ("Associazione", "associazione"),
        ("…", ""),
    ],
)
def test_the_database_reduces_a_name_as_the_program_does(name, words):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.civicnet_name_words(%s), public.civicnet_name_key(%s)", [name, name]
        )
        assert cursor.fetchone() == (words, words.replace(" ", ""))
    assert words_of_name(name) == words.split()
