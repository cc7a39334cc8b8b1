"""What entries are tied to changes, and the index with it, at once or however long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from orgs.models import Organization, OrganizationPlace
from tests import builders as make
from tests.test_index import counted_slowly, documents, kept, rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_a_tie_and_a_change_at_its_other_end_the_later_sees_both():
    """Neither waits for the other, and neither sees what the other has not yet committed."""
    near, far = (make.make_region(name) for name in ("Piemonte", "Puglia"))
    province = make.make_province("TO", near)
    city, home = make.make_city("Torino", province), make.make_city("Ivrea", province)
    parent, theme = make.make_theme("Beni comuni"), make.make_theme("Orti")
    network = make.fit(make.make_network("Rete", status="draft"))
    one, two = make.make_organization("Casa", city=home), make.make_organization("Corte")
    partner = make.fit(make.make_organization("Lavatoio", status="draft"))
    project = make.make_project("Progetto")
    altered = (
        f"UPDATE networks_network SET status = 'published' WHERE id = {network.pk}",
        f"UPDATE orgs_organization SET status = 'published' WHERE id = {partner.pk}",
        f"UPDATE orgs_organization SET city_id = {city.pk} WHERE id = {one.pk}",
        f"UPDATE directory_theme SET parent_id = {parent.pk}, name_it = 'Giardini'"
        f" WHERE id = {theme.pk}",
        f"UPDATE places_region SET name_it = 'Pedemonte' WHERE id = {near.pk}",
        "INSERT INTO places_cityname (city_id, name, key, loose_key, kind, language, istat_code,"
        " catasto_code, sigla, by_staff) VALUES"
        f" ({city.pk}, 'Taurasia', 'taurasia', 'taurasia', 'former', '', '', '', '', false)",
    )
    with another_line() as line:
        for statement in altered:
            line.execute(statement)
        with transaction.atomic():
            make.join(one, network)
            make.take_part(project, partner)
            make.take_part(project, network)
            two.city = city
            two.save()
            two.themes.add(theme)
            OrganizationPlace.objects.create(entry=two, region=far, order=1)
        line.commit()
    was = kept(), documents()
    assert was[0] == counted_slowly()
    call_command("rebuild_index", verbosity=0)
    assert (kept(), documents()) == was


def test_what_very_many_entries_are_tied_to_may_take_its_time_to_change():
    """A theme's new name is written into the words of all entries that have it, by who may have no
    statement of more than some seconds: by the admin, but not by a command."""
    theme, city = make.make_theme("Orti"), make.make_city("Torino")
    one = make.make_organization("Casa", themes=[theme])
    network = make.make_network("Rete")

    def allowed(statement: str, before: str = "5s") -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{before}'")
            cursor.execute(statement)
            cursor.execute("SHOW statement_timeout")
            return cursor.fetchone()[0]

    renamed = f"UPDATE directory_theme SET name_it = 'Giardini' WHERE id = {theme.pk}"
    assert allowed(renamed) == "10min"
    assert allowed(renamed) == "5s", "nothing changed"
    assert (
        allowed(f"UPDATE networks_network SET status = 'draft' WHERE id = {network.pk}") == "10min"
    )
    assert allowed(f"UPDATE places_city SET name_it = 'Turin' WHERE id = {city.pk}", "0") == "0"
    assert allowed(f"UPDATE orgs_organization SET name_it = 'Corte' WHERE id = {one.pk}") == "5s"
    make.make_many(Organization, ({"slug": f"n{n}", "name_it": f"N{n}"} for n in range(99)))
    assert allowed("UPDATE orgs_organization SET telephone = '1'") == "10min", "a hundred at once"
    assert allowed("UPDATE orgs_organization SET telephone = '2' WHERE slug <> 'casa'") == "5s"
    assert rows("SHOW statement_timeout") == [("0",)]


@contextmanager
def another_line() -> Iterator[Any]:
    """A connection of its own, whose transaction lasts until it is told to end."""
    wanted = ("host", "port", "dbname", "user", "password")
    target = connection.get_connection_params()
    with psycopg.connect(**{key: target[key] for key in wanted if key in target}) as line:
        yield line
