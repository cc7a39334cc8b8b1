"""The first page and all lists of the admin ask as many questions of 10,000 entries as of ten."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.scope import EditingScope
from directory.vocabulary import Theme
from directory.worklists import worklists
from networks.models import Network
from orgs.models import Organization
from places.models import Region
from projects.models import Project
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
    # how many there are in all; worklists, status, life; of what the index knows, its counts, and
    # what is not public by theme, place and kind
    "/admin/orgs/organization/?_facets=True": 18,
    # the place and its provinces; its own counts besides: the index, regions and provinces
    "/admin/orgs/organization/?_facets=True&place=region-{region}": 23,
    # what is found, once
    "/admin/orgs/organization/?_facets=True&q=orti": 20,
    "/admin/orgs/organization/?_facets=True&status__exact=draft": 19,
    # of what the index knows: of all, and of what is not listed
    "/admin/orgs/organization/?_facets=True&work=unchecked": 17,
    # besides: the place, and the provinces of the region
    "/admin/orgs/organization/?work=unchecked&place=region-{region}": 12,
    # the places of the rows with city, province, region
    "/admin/networks/network/?work=unchecked": 13,
    # and the choices of programmes
    "/admin/projects/project/?work=no-place": 14,
    "/admin/networks/network/?_facets=True": 24,
    "/admin/projects/project/?_facets=True": 24,
    # pairs and how many, what was decided and how much, both ends of each
    "/admin/orgs/organization/suspected/": 10,
    # how many, those of a page, who
    "/admin/orgs/organization/recover/": 6,
    "/admin/links/link/": 8,
    "/admin/exchange/import/": 8,
    "/admin/exchange/importedrow/": 9,
    "/admin/staff/event/": 7,
    "/admin/staff/user/": 8,
    "/admin/directory/theme/": 8,
    "/admin/places/city/": 9,
    "/admin/places/province/": 9,
}
# Besides, whether some entries are invented.
OF_EVERY_PAGE = 1
# Each worklist of each kind, as its list.
WORKLISTS = {Organization: 12, Network: 14, Project: 15}


# Of the list of organizations, within a second: searched, narrowed, far down, in another order.
LISTING = "/admin/orgs/organization/"
QUICK = ("", "?q=9999", "?q=orti", "?status__exact=draft&work=missing-en", "?p=100", "?o=-6")

# For whom a place and a theme are set; besides: rights, what became of proposals, what is set, and
# for each kind what of it is theirs, and what there is to do in that; whether some is invented.
FRONT_PAGE_OF_A_SCOPE = 23


def editor_of_a_scope(theme):
    user = make.make_editor("of a scope", is_superuser=False, language="en")
    user.groups.add(Group.objects.get(name="editor"))
    scope = EditingScope.objects.create(user=user)
    scope.regions.add(Region.objects.get(slug="piemonte"))
    scope.themes.add(theme)
    client = Client()
    client.force_login(user)
    return client


def worklists_of_all() -> dict[str, int]:
    return {
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/?work={one.slug}": budget
        for model, budget in WORKLISTS.items()
        for one in worklists.values()
        if one.is_for(model)
    }


def count(client, page: str) -> int:
    address = page.format(region=Region.objects.get(slug="piemonte").pk)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in captured)


def quickest(client, page: str) -> float:
    """Of three tries, since the machine may be busy."""
    took = []
    for _try in range(3):
        start = time.perf_counter()
        assert client.get(page).status_code == 200
        took.append(time.perf_counter() - start)
    return min(took)


def test_as_many_questions_of_ten_thousand_entries_as_of_few(client, content):
    client.force_login(make.make_editor(language="en"))
    client.get("/admin/")
    budgets = BUDGETS | worklists_of_all()
    assert len(budgets) > 60
    scoped = editor_of_a_scope(Theme.objects.filter(parent=None)[0])
    scoped.get("/admin/")
    assert count(scoped, "/admin/") <= FRONT_PAGE_OF_A_SCOPE
    few = {page: count(client, page) for page in budgets}
    invent(10_000, beside=True)
    assert Organization.objects.count() > 5000
    # What the database does by itself, once it has a moment.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    many = {page: count(client, page) for page in budgets}
    over = {
        page: (few[page], many[page], budget)
        for page, budget in budgets.items()
        if max(few[page], many[page]) > budget + OF_EVERY_PAGE
    }
    assert not over
    for query in QUICK:
        assert count(client, LISTING + query) <= few[LISTING] + 3, query
        assert quickest(client, LISTING + query) < 1, query
    assert count(scoped, "/admin/") <= FRONT_PAGE_OF_A_SCOPE
    front = client.get("/admin/").content.decode()
    assert "more than 1,000" in front
