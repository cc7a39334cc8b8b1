"""An invented directory: believable, the same every time, never by accident, and always said."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.models import F, Q
from django.test import Client

from civicnet.invention.making import vocabulary
from civicnet.invention.rows import Inventor, Numbers, Share, check_digit
from networks.models import Membership, Network
from orgs.models import Organization, OrganizationIdentifier, OrganizationSlug
from places.models import City
from projects.models import Edition, Participation, Project
from tests import builders as make
from tests.inventing import BANNER, NUMBER, PAGES, invent, public

pytestmark = pytest.mark.django_db


def told() -> list[Any]:
    """What an invented directory says, without the keys that the sequences gave."""
    entries = [
        row
        for model in (Organization, Network, Project)
        for row in model.objects.invented()
        .order_by("slug")
        .values_list(
            "slug", "name_it", "summary_it", "description_en", "short_names", "founded", "updated"
        )
    ]
    seats = Organization.objects.invented().order_by("slug").values_list("city__istat_code")
    ties = Membership.objects.order_by(
        "network__slug", "organization__slug", "role__slug"
    ).values_list("network__slug", "organization__slug", "role__slug", "since")
    partners = Participation.objects.order_by(
        "project__slug", "order", "organization__slug", "network__slug", "plain_name"
    ).values_list("project__slug", "organization__slug", "network__slug", "plain_name")
    return [*entries, *seats, *ties, *partners]


@pytest.fixture(scope="module")
def invented_once(content_once: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        invent()
        # All that the database checks at the end of a transaction: ties, dates, slugs.
        connection.check_constraints()


@pytest.fixture
def invented(invented_once: None, db: None) -> None:
    """The first content and an invented directory; what a test changes is undone after it."""


# ------------------------------------------------------------------ what it is like
def test_so_many_entries_are_public_and_some_are_not(invented):
    assert public() == NUMBER
    numbers = [model.objects.invented().published().count() for model in (Network, Project)]
    assert numbers == [3, 27]
    assert Organization.objects.invented().exclude(status="published").count() == 3


def test_seats_are_real_cities_and_the_large_ones_have_more(invented):
    # A third of Italians live in the 150 largest of some 8,000 cities.
    largest = City.objects.order_by("-population")[:150].values("pk")
    seated = Organization.objects.invented().exclude(city=None)
    assert 0.2 < seated.filter(city__in=largest).count() / seated.count() < 0.5
    assert seated.values("city").distinct().count() > 120


def test_texts_are_in_both_languages_of_fit_length_and_rich_in_rare_words(invented):
    rows = Organization.objects.invented()
    assert not rows.filter(summary_it="").exists()
    assert 0.15 < rows.exclude(description_en="").count() / rows.count() < 0.45
    lengths = []
    words: Counter[str] = Counter()
    for summary, text in rows.values_list("summary_it", "description_it"):
        assert len(summary) <= 300
        found = re.findall(r"\w+", f"{summary} {text}".lower())
        lengths.append(len(found))
        words.update(set(found))
    assert 50 < sum(lengths) / len(lengths) < 90
    assert words["comunità"] > len(lengths) / 4
    assert sum(1 for number in words.values() if number <= 2) > 200


def test_texts_call_cities_as_their_language_does(invented):
    english = dict(
        City.objects.exclude(name_en__in=["", F("name_it")]).values_list("pk", "name_en")
    )
    seated = Organization.objects.invented().filter(city__in=english).exclude(summary_en="")
    told = list(seated.values_list("city", "city__name_it", "summary_it", "summary_en"))
    assert len(told) > 3
    for city, name, italian, text in told:
        assert f" di {name} che " in italian
        assert f" of {english[city]} that " in text


def test_nothing_invented_stumbles_over_its_articles(invented):
    for model in (Organization, Network, Project):
        for texts in model.objects.invented().values_list(
            "name_it", "summary_it", "description_it"
        ):
            assert not re.search(r" a A|festival della", " ".join(texts))


def test_names_repeat_and_no_address_name_does(invented):
    slugs = list(OrganizationSlug.objects.values_list("slug", flat=True))
    assert len(slugs) == len(set(slugs)) == Organization.objects.count()
    for organization in Organization.objects.invented()[:50]:
        assert organization.former_slugs.get().slug == organization.slug


def test_fiscal_codes_are_well_formed_and_of_an_office_that_does_not_exist(invented):
    assert check_digit("0764352056") == "7"
    codes = OrganizationIdentifier.objects.filter(entry__invented=True).values_list(
        "value", flat=True
    )
    assert len(codes) > 100
    for code in codes:
        assert re.fullmatch(r"9\d{6}000\d", code)
        assert check_digit(code[:10]) == code[10]


def test_web_and_mail_addresses_lead_nowhere(invented):
    for model in (Organization, Network, Project):
        for entry in model.objects.invented().prefetch_related("web_addresses", "sources"):
            hosts = [row.url for row in (*entry.web_addresses.all(), *entry.sources.all())]
            for address in filter(None, [*hosts, entry.email]):
                assert re.search(r"[./@][\w-]+\.example(/|$)", address), address


def test_ties_have_a_long_tail(invented):
    assert Membership.objects.filter(network__invented=True).count() > 60
    partners = Counter(
        Participation.objects.filter(project__invented=True).values_list("project", flat=True)
    )
    assert max(partners.values()) > 8
    assert min(partners.values()) == 1


def test_what_has_ended_does_not_go_on(invented):
    """In what is invented, and in the rows that COPY wrote."""
    gone, ended = Q(life__in=["ended", "merged"]), Q(ended__isnull=False)
    for model in (Organization, Network, Project):
        rows = model.objects.invented()
        assert not rows.filter(ended & ~gone).exists()
        assert not rows.filter(ended__lt=F("founded")).exists()
    assert Organization.objects.invented().filter(gone & ended).exists()
    assert Project.objects.invented().filter(ongoing=True).exists()
    assert not Project.objects.invented().filter(gone, ongoing=True).exists()
    members = Membership.objects.filter(organization__in=Organization.objects.invented())
    assert members.filter(current="yes").exists()
    of_gone = members.filter(organization__life__in=["ended", "merged"])
    assert not of_gone.exclude(current="no").exists()


def test_rows_are_consistent_before_they_are_written(content):
    """Of many more, as they are drawn."""
    share = Share.of(3000)
    numbers = Numbers(
        organizations=range(10_001, 10_001 + share.organizations + share.unpublished),
        networks=range(10_001, 10_001 + share.networks),
        projects=range(10_001, 10_001 + share.projects),
        participations=iter(range(1, 10**6)),
    )
    slugs: dict[Any, set[str]] = {model: set() for model in (Organization, Network, Project)}
    seen: Counter[str] = Counter()
    gone: set[int] = set()
    for batch in Inventor(4, share, vocabulary(), numbers, slugs).batches():
        for model in slugs:
            for row in batch.get(model, ()):
                is_gone = row["life"] in ("ended", "merged")
                assert is_gone or "ended" not in row
                assert not (is_gone and row.get("ongoing"))
                assert "ended" not in row or row["ended"] >= row.get("founded", row["ended"])
                seen[row["life"]] += 1
                if is_gone and model is Organization:
                    gone.add(row["id"])
        for row in batch.get(Membership, ()):
            assert row["organization_id"] not in gone or row["current"] == "no"
    assert min(seen[life] for life in ("active", "unknown", "ended", "merged")) > 20


def test_the_same_number_and_seed_give_the_same_rows(invented):
    before = told()
    invent(anew=True)
    assert told() == before
    invent(anew=True, seed=5)
    assert told() != before


def test_staff_can_go_on_after_it(invented):
    name = Organization.objects.invented().first().name_it
    entry = make.make_organization(name)
    assert re.search(r"-\d+$", entry.slug)
    assert entry.invented is False


# ------------------------------------------------------------------ never by accident
def test_a_second_time_nothing_doubles(invented):
    assert "nothing to do" in invent()
    assert public() == NUMBER
    with pytest.raises(CommandError, match="--anew"):
        invent(20)
    assert public() == NUMBER
    invent(20, anew=True)
    assert public() == 20


# ------------------------------------------------------------------ always said
@pytest.mark.parametrize("address", PAGES)
def test_every_page_says_that_there_are_invented_entries(invented, address):
    page = Client().get(address).content.decode()
    assert page.count(BANNER[address[1:3]]) == 1


def test_an_invented_entry_has_a_page_that_says_so(invented):
    entry = Organization.objects.invented().published().first()
    assert BANNER["it"] in Client().get(f"/it/organizzazioni/{entry.slug}/").content.decode()


@pytest.mark.parametrize(("language", "said"), BANNER.items())
def test_staff_are_told_so_before_they_log_in_and_on_every_page(invented, client, language, said):
    login = client.get("/admin/login/", headers={"accept-language": language})
    assert login.content.decode().count(said) == 1
    client.force_login(make.make_editor(language=language))
    for address in ("/admin/", "/admin/orgs/organization/", "/admin/orgs/organization/add/"):
        assert client.get(address).content.decode().count(said) == 1, address
    # What opens in a small window of one of these is part of it.
    assert said not in client.get("/admin/orgs/organization/?_popup=1").content.decode()


FEEDS = {
    "/it/organizzazioni/?format=atom": ("(contenuti inventati)", "Non fare affidamento"),
    "/en/search/?q=city&format=atom": ("(invented content)", "Do not rely on any of them"),
    "/it/progetti/?format=ics": ("(contenuti inventati)", ""),
}


@pytest.mark.parametrize("address", FEEDS)
def test_feeds_and_calendars_say_so_in_their_titles(invented, client, address):
    answer = client.get(address)
    text = b"".join(answer).decode().replace("\r\n ", "")
    mark, sentence = FEEDS[address]
    head = text.partition("<entry>")[0].partition("BEGIN:VEVENT")[0]
    assert mark in head
    assert sentence in head


def test_the_calendar_of_an_invented_project_says_so(invented, client):
    project = Project.objects.invented().published().first()
    day = datetime.date(2024, 5, 1)
    Edition.objects.create(entry=project, title_it="Festa", start=day, start_precision="day")
    text = b"".join(client.get(f"/it/progetti/{project.slug}.ics")).decode().replace("\r\n ", "")
    assert "(contenuti inventati)" in text.partition("BEGIN:VEVENT")[0]
