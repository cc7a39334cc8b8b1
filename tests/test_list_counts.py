"""Each number beside a choice of a list of staff is how many entries the choice lists."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.statistics import MANY, count_anew
from networks.models import Network
from orgs.models import Organization
from places.models import Region
from projects.models import Project
from tests import builders as make

pytestmark = pytest.mark.django_db

LISTS = {
    Organization: "/admin/orgs/organization/",
    Network: "/admin/networks/network/",
    Project: "/admin/projects/project/",
}
NUMBER = re.compile(r"(.*) \((\d+)\)")


@pytest.fixture
def directory(content: None) -> None:
    """Beside the first content, what is not public: with places and themes, and with neither."""
    child = Organization.objects.published().exclude(themes__parent=None)[0].themes.first()
    for number, status in enumerate(("draft", "draft", "in_review", "archived")):
        one: Any = make.make_organization(
            f"Orti {number}",
            city=make.make_city("Torino"),
            kind=make.make_kind("Impresa"),
            status=status,
        )
        one.places.create(region=Region.objects.get(slug="piemonte"))
        one.places.create(region=Region.objects.get(slug="puglia"))
        one.themes.add(child, child.parent)
        make.make_network(f"Rete {number}", status=status).places.create(city=one.city)
        make.make_project(f"Progetto {number}", status=status).themes.add(child)
    make.make_organization("Senza niente", status="draft")
    # Most of what is public was not checked.
    public = Organization.objects.published()
    public.update(checked_on=None)
    checked = public.exclude(themes=None).exclude(city=None).order_by("pk")[:2]
    public.filter(pk__in=list(checked.values_list("pk", flat=True))).update(
        checked_on=timezone.localdate()
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def chosen_and_numbers(client: Any, path: str, asked: dict[str, str]) -> list[tuple[str, str, int]]:
    """(address, choice, number) of each choice of a list, but those that are no choice."""
    page = client.get(path, asked | {"_facets": "True"})
    listed = page.context["cl"]
    return [
        (path + str(choice["query_string"]), *_read(choice["display"]))
        for spec in listed.filter_specs
        for choice in spec.choices(listed)
        if NUMBER.fullmatch(str(choice["display"]))
    ]


def _read(shown: Any) -> tuple[str, int]:
    label, number = NUMBER.fullmatch(str(shown)).groups()  # type: ignore[union-attr]
    return label, int(number)


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        *((model, {}) for model in LISTS),
        (Organization, {"place": "region-{piemonte}"}),
        (Organization, {"theme": "{theme}"}),
        (Organization, {"q": "orti"}),
        (Organization, {"place": "region-{piemonte}", "theme": "{theme}"}),
        *((model, {"status__exact": "published"}) for model in LISTS),
        (Organization, {"status__exact": "draft"}),
        (Organization, {"work": "unchecked"}),
        (Organization, {"work": "unchecked", "theme": "{theme}"}),
        *((model, {"life__exact": "active"}) for model in LISTS),
        (Organization, {"life__exact": "active", "status__exact": "published"}),
        (Organization, {"q": "a", "life__exact": "active"}),
        (Organization, {"q": "orti", "place": "region-{piemonte}"}),
        (Organization, {"kind__id__exact": "{kind}"}),
        (Network, {"work": "missing-en"}),
        (Project, {"programme__isnull": "True"}),
    ],
)
def test_a_number_is_what_its_choice_lists(client, directory, model, asked):
    client.force_login(make.make_editor(language="en"))
    piemonte = Region.objects.get(slug="piemonte").pk
    theme = Organization.objects.published().exclude(themes__parent=None)[0].themes.first().slug
    kind = Organization.objects.published().exclude(kind=None)[0].kind_id
    known = {"piemonte": piemonte, "theme": theme, "kind": kind}
    asked = {key: value.format(**known) for key, value in asked.items()}
    choices = chosen_and_numbers(client, LISTS[model], asked)
    assert any(number for _address, _label, number in choices) or model is not Organization
    # Every fourth, and some of which none is said.
    some = [choice for choice in choices if choice[2]][::4]
    none = [choice for choice in choices if not choice[2]][::12]
    for address, label, number in some + none:
        assert client.get(address).context["cl"].result_count == number, (label, address)


def test_a_list_that_fills_no_page_is_shown_in_its_order(client, directory):
    client.force_login(make.make_editor(language="en"))
    page = client.get(LISTS[Organization], {"q": "orti", "status__exact": "draft", "o": "-1"})
    names = [entry.name_it for entry in page.context["cl"].result_list]
    assert names == sorted(names, reverse=True)
    assert len(names) >= 2


def test_the_rows_of_very_many_are_counted_once_they_are_written(
    content, django_capture_on_commit_callbacks
):
    """A plan for an empty table makes a search take half a minute."""
    with django_capture_on_commit_callbacks() as few:
        count_anew(MANY - 1)
    assert not few
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = -1 WHERE relname = 'directory_document'")
        with django_capture_on_commit_callbacks(execute=True) as many:
            count_anew(MANY)
        assert len(many) == 1
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'directory_document'")
        assert cursor.fetchone()[0] > 0


def test_what_is_written_anew_is_not_counted_twice(content, django_capture_on_commit_callbacks):
    """It was counted when it was written: of hundreds of thousands of documents that takes time."""
    with connection.cursor() as cursor, django_capture_on_commit_callbacks() as counts:
        count_anew(MANY)
        cursor.execute("SELECT public.civicnet_rewrite()")
    with CaptureQueriesContext(connection) as asked:
        for count in counts:
            count()
    [counted] = [query["sql"] for query in asked if "ANALYZE" in query["sql"]]
    assert '"directory_called"' in counted
    assert '"orgs_organization"' in counted
    assert '"directory_document"' not in counted
