"""The first page and the lists of the admin ask as many questions of 10,000 entries as of ten."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import Organization
from places.models import Region
from tests import builders as make
from tests.inventing import invent

pytestmark = pytest.mark.django_db

# Session, user and whether it has a second factor; then what each page is for.
BUDGETS = {
    # all worklists; lately changed: the acts, what they name, what of each kind is still there
    "/admin/": 9,
    # how many, page and how complete; choices of the filters: regions, kinds, themes
    "/admin/orgs/organization/": 10,
    "/admin/orgs/organization/?work=unchecked": 10,
    "/admin/orgs/organization/?work=no-theme": 10,
    "/admin/orgs/organization/?work=missing-en": 10,
    "/admin/orgs/organization/?q=orti": 10,
    # how many there are in all; worklists; of each of the other filters what its choices lead to:
    # two of the choices themselves, the kept counts, what is not public, and its places or themes
    "/admin/orgs/organization/?_facets=True": 40,
    "/admin/orgs/organization/?_facets=True&place=region-{region}": 54,
    "/admin/orgs/organization/?_facets=True&q=orti": 42,
    # besides: the place, and the provinces of the region
    "/admin/orgs/organization/?work=unchecked&place=region-{region}": 12,
    # the places of the rows with city, province, region
    "/admin/networks/network/?work=unchecked": 13,
    # and the choices of programmes
    "/admin/projects/project/?work=no-place": 14,
}


def count(client, page: str) -> int:
    address = page.format(region=Region.objects.get(slug="piemonte").pk)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in captured)


def test_as_many_questions_of_ten_thousand_entries_as_of_few(client, content):
    client.force_login(make.make_editor(language="en"))
    client.get("/admin/")
    few = {page: count(client, page) for page in BUDGETS}
    invent(10_000, beside=True)
    assert Organization.objects.count() > 1000
    # What the database does by itself, once it has a moment.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    many = {page: count(client, page) for page in BUDGETS}
    for page, budget in BUDGETS.items():
        assert max(few[page], many[page]) <= budget, page
    front = client.get("/admin/").content.decode()
    assert "more than 1,000" in front
