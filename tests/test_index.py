"""The index says what the rows say, however they were written."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import index
from directory.models import Status
from directory.registry import kinds
from networks.models import Membership, Network
from orgs.models import Organization, OrganizationPlace
from projects.models import Participation, Project
from tests import builders as make
from tests.conftest import settle_now
from tests.test_parameters import listing

pytestmark = pytest.mark.django_db


def rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def documents() -> list[Any]:
    """But the parts of the alphabet, which begin elsewhere as soon as all is written anew, and the
    places of words within texts that are put together in any order."""
    return rows(
        "SELECT kind, entry_id, (to_jsonb(document) - 'sections' - 'words')::text,"
        " (SELECT array_agg(lexeme || ' ' || weight ORDER BY lexeme, weight)"
        " FROM unnest(words), unnest(weights) AS weight)"
        " FROM directory_document AS document ORDER BY 1, 2"
    )


def kept() -> tuple[dict[Any, set[int]], Counter[Any]]:
    settle_now(connection.connection)
    listed = rows("SELECT kind, entry_id, coalesce(crowd, keys) FROM directory_listed")
    tally = rows("SELECT kind, given, key, n FROM directory_tally")
    return {(kind, pk): set(keys) for kind, pk, keys in listed}, Counter(
        {(kind, given, key): n for kind, given, key, n in tally}
    )


def counted_slowly() -> tuple[dict[Any, set[int]], Counter[Any]]:
    """Every published entry with its keys, and every pair of them, one by one."""
    pairs_of_places = dict(rows("SELECT id, place_pairs FROM directory_kind"))
    listed: dict[Any, set[int]] = {}
    for kind, table in rows("SELECT id, entries FROM directory_kind"):
        for (pk,) in rows(f"SELECT id FROM {table} WHERE status = 'published'"):
            listed[kind, pk] = set()
    for kind, view in rows("SELECT kind, view FROM directory_source_of_keys"):
        for pk, key in rows(f"SELECT entry_id, key FROM {view}"):
            if (kind, pk) in listed:
                listed[kind, pk].add(key)
    tally: Counter[Any] = Counter()
    for (kind, _pk), keys in listed.items():
        for first in {index.ALL, *keys}:
            for key in {index.ALL, *keys}:
                if is_counted(first, key, pairs_of_places[kind]):
                    tally[kind, first, key] += 1
        for theme, region in product(of(index.THEME, keys), of(index.REGION, keys)):
            for key in {index.ALL, *keys}:
                if is_counted_given_both(key, pairs_of_places[kind]):
                    tally[kind, index.key_of_both(theme, region), key] += 1
    return listed, tally


def is_counted(given: int, key: int, place_pairs: bool) -> bool:
    one, other = given >> index.SHIFT, key >> index.SHIFT
    if not given or not key:
        alone = one + other
        # By itself everything but a detail; and the total under a key, if it may be given.
        return alone < 32 or (not given and alone >= 64)
    if one >= 32 or other >= 32:
        return other == one + index.DETAIL
    of_places = place_pairs or index.REGION in (one, other)
    return one != other and (of_places or one > index.CITY or other > index.CITY)


def of(code: int, keys: set[int]) -> list[int]:
    """The values of the keys of a code."""
    return [key - index.key_of(code, 0) for key in keys if key >> index.SHIFT == code]


def is_counted_given_both(key: int, place_pairs: bool) -> bool:
    """Given a theme and a region: the total, and whatever a single filter of a page may be."""
    code = key >> index.SHIFT
    if key == index.ALL:
        return True
    if code in (index.THEME, index.REGION) or code >= index.DETAIL:
        return False
    return place_pairs or code > index.CITY


WAYS = 16


class Edits:
    """Things that happen to a small directory, by every way of writing."""

    def __init__(self) -> None:
        self.cities = [
            make.make_city(name, make.make_province(sigla, make.make_region(region)))
            for name, sigla, region in (("Torino", "TO", "Piemonte"), ("Lecce", "LE", "Puglia"))
        ]
        parent = make.make_theme("Beni comuni")
        self.themes = [parent, make.make_theme("Orti", parent), make.make_theme("Scuole")]
        self.organizations = [
            make.make_organization(f"Casa {n}", city=self.cities[n % 2]) for n in range(4)
        ]
        self.networks = [make.make_network(f"Rete {n}") for n in range(2)]
        self.projects = [make.make_project(f"Progetto {n}", founded="2020") for n in range(2)]

    def do(self, way: int, a: int, b: int) -> None:
        organization = self.organizations[a % 4]
        network, project = self.networks[b % 2], self.projects[a % 2]
        city, theme = self.cities[b % 2], self.themes[b % 3]
        status = ["published", "draft", "archived"][b % 3]
        if way == 0:
            organization.status = status
            organization.save()
        elif way == 1:
            Organization.objects.filter(pk__lte=organization.pk).update(status=status)
        elif way == 2:
            rows_written(
                f"UPDATE orgs_organization SET city_id = {city.pk}, life = 'ended'"
                f" WHERE id = {organization.pk}"
            )
        elif way == 3:
            organization.themes.set([theme, self.themes[a % 3]])
        elif way == 4:
            OrganizationPlace.objects.create(entry=organization, city=city, order=a)
        elif way == 5:
            OrganizationPlace.objects.filter(entry=organization).delete()
        elif way == 6:
            Membership.objects.get_or_create(
                network=network,
                organization=organization,
                role=make.make_role(f"Ruolo {b % 2}"),
                defaults={"current": "yes" if a % 2 else "unstated"},
            )
        elif way == 7:
            Membership.objects.filter(network=network).delete()
        elif way == 8:
            Network.objects.filter(pk=network.pk).update(status=status)
        elif way == 9:
            Participation.objects.get_or_create(project=project, organization=organization)
        elif way == 10:
            Participation.objects.get_or_create(project=project, network=network)
        elif way == 11:
            Participation.objects.filter(project=project).delete()
        elif way == 12:
            Project.objects.filter(pk=project.pk).update(ongoing=bool(b % 2), status=status)
        elif way == 13:
            last = self.themes[2]
            last.parent = self.themes[0] if b % 2 else None
            last.save()
        elif way == 14:
            slugs = (f"bulk-{a}-{b}-{n}" for n in range(3))
            there = set(Organization.objects.values_list("slug", flat=True))
            make.make_many(
                Organization,
                ({"slug": one, "name_it": one, "city": city} for one in slugs if one not in there),
            )
        else:
            Organization.objects.filter(slug__startswith="bulk-").delete()


def rows_written(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


EDIT = st.tuples(st.integers(0, WAYS - 1), st.integers(0, 7), st.integers(0, 5))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(EDIT, min_size=20, max_size=40), min_size=1, max_size=8))
def test_kept_counts_are_the_counted_ones_after_any_edits(db, transactions):
    """Some two thousand edits in all. A list of edits is what one transaction writes."""
    with transaction.atomic():
        edits = Edits()
        for together in transactions:
            for edit in together:
                edits.do(*edit)
            listed, tally = kept()
            assert (listed, tally) == counted_slowly()
        transaction.set_rollback(True)


def test_a_rebuild_says_the_same_and_mends_what_is_wrong(content):
    before = kept()
    assert before == counted_slowly()
    assert before[1][1, 0, 0] == Organization.objects.published().count()
    rows_written("UPDATE directory_tally SET n = n + 1")
    rows_written("DELETE FROM directory_listed WHERE kind = 2")
    assert kept() != before
    call_command("rebuild_index", verbosity=0)
    assert kept() == before


def test_whoever_empties_the_tables_leaves_nothing_behind():
    """Neither of what is published nor of drafts."""
    for kind in kinds.values():
        for status in Status:
            make.make_entry(kind.model, f"Una {status}", {"status": status})
    settle_now(connection.connection)
    kept_of_entries = ("listed", "document", "called")
    for name in kept_of_entries:
        assert rows(f"SELECT count(*) FROM directory_{name}") > [(0,)], name
    tables = ", ".join(kind.model._meta.db_table for kind in kinds.values())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
    settle_now(connection.connection)
    for name in (*kept_of_entries, "tally"):
        assert rows(f"SELECT count(*) FROM directory_{name}") == [(0,)], name


def test_an_entry_with_very_many_keys_is_listed_and_found():
    province = make.make_province("TO")
    cities = [make.make_city(f"Borgo {n}", province) for n in range(index.FEW + 10)]
    network = make.make_network("Rete dei borghi", places=cities)
    assert kept() == counted_slowly()
    for query in (
        f"city={cities[3].slug}",
        "region=piemonte",
        f"province=TO&city={cities[7].slug}",
    ):
        assert network in listing("network", query)[0:24]
    network.places.exclude(city=cities[3]).delete()
    assert kept() == counted_slowly()
    assert listing("network", f"city={cities[7].slug}").total == 0


@pytest.mark.django_db
def test_kept_counts_and_words_are_planned_once_but_where_many_begin_so_each_time(client):
    others = [f"zuppa{a}{b}" for a in "abcdefghil" for b in "mnopqrs"]
    make.make_organization("Officina", description_it=" ".join(others))
    settle_now(connection.connection)

    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    def prepared(*words: str) -> list[str]:
        for _visit in range(5):
            for each in words:
                assert client.get(f"/it/organizzazioni/{each}").status_code == 200
        return [one for (one,) in rows("SELECT statement FROM pg_prepared_statements")]

    assert [one for one in prepared("") if "directory_tally" in one]
    assert not [one for one in prepared("?q=zuppa") if "directory_document" in one]
    assert (
        len([one for one in prepared("?q=officina", "?q=zuppaam") if "directory_document" in one])
        == 1
    )
