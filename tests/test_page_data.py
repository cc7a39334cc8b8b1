"""What each page says of itself to programs: schema.org, feeds and calendars."""

from __future__ import annotations

import datetime
from typing import Any

import feedparser
import pytest
from django.test import Client
from icalendar import Calendar
from playwright.sync_api import expect

from directory.dates import PartialDate
from tests import builders as make
from tests.addresses import ALL
from tests.browsing import Site
from tests.files import LISTS, body, read
from tests.page_reading import SCRIPT, announced, nodes

pytestmark = pytest.mark.django_db
BASE = "http://127.0.0.1:8000"
ICS, ATOM = "text/calendar", "application/atom+xml"


def said(path: str) -> dict[str, Any]:
    response = Client().get(path)
    assert response.status_code == 200
    return nodes(response.content.decode())


# ------------------------------------------------------------------ schema.org
def test_an_organization_says_who_it_is_where_and_since_when():
    city = make.make_city("Torino", make.make_province("TO"), name_en="Turin")
    owner = make.make_organization("Fondazione")
    one = make.make_organization(
        "L'asilo",
        name_en="The nursery",
        summary_it="Bene comune",
        short_names=["LA"],
        city=city,
        address="Via Aperta 1",
        address_public=True,
        kind=make.make_kind("Associazione"),
        themes=[make.make_theme("Orti")],
        places=[make.make_region("Puglia"), None],
        founded="2012-03",
        parent=owner,
        email="aperta@example.org",
        email_public=True,
        telephone="+39 011 000000",
    )
    one.web_addresses.create(url="https://example.org/")
    one.web_addresses.create(url="https://social.example/asilo", kind="social", order=1)
    one.identifiers.create(scheme="fiscal_code", value="97500000018")
    told = said("/en/organizations/l-asilo/")
    asilo = told["NGO"]
    assert asilo["@id"] == f"{BASE}/id/organization/l-asilo"
    assert asilo["name"] == "The nursery"
    assert asilo["alternateName"] == ["L'asilo", "LA"]
    assert asilo["description"] == "Bene comune"
    assert asilo["url"] == "https://example.org/"
    assert asilo["sameAs"] == ["https://social.example/asilo"]
    assert asilo["mainEntityOfPage"] == f"{BASE}/en/organizations/l-asilo/"
    assert asilo["address"]["streetAddress"] == "Via Aperta 1"
    assert asilo["address"]["addressLocality"] == "Turin"
    assert asilo["foundingDate"] == "2012-03"
    assert asilo["email"] == "aperta@example.org"
    assert "telephone" not in asilo
    assert asilo["taxID"] == "97500000018"
    assert [place["@type"] for place in asilo["areaServed"]] == ["AdministrativeArea", "Country"]
    assert asilo["parentOrganization"]["name"] == "Fondazione"
    assert told["WebPage"]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    steps = [step["name"] for step in told["BreadcrumbList"]["itemListElement"]]
    assert steps == ["Home", "Organizations", "Turin", "The nursery"]


def test_what_is_not_public_is_not_in_a_page_s_data():
    owner = make.make_organization("Nascosta", status="draft")
    make.make_organization(
        "Una",
        parent=owner,
        address="Via Dentro 1",
        city=make.make_city(),
        email="dentro@example.org",
        telephone="000000",
        internal_note="nota segreta",
    )
    html = Client().get("/it/organizzazioni/una/").content.decode()
    [told] = SCRIPT.findall(html)
    for hidden in ("Nascosta", "nascosta", "Dentro", "dentro@", "000000", "segreta"):
        assert hidden not in told


def test_a_preview_of_a_draft_says_nothing_to_programs(client):
    one = make.make_organization("Bozza", status="draft")
    client.force_login(make.make_editor())
    page = client.get(f"/admin/orgs/organization/{one.pk}/preview/")
    assert page.status_code == 200
    assert not SCRIPT.findall(page.content.decode())
    assert not announced(page.content.decode(), ICS)


def test_a_project_says_its_editions_as_precisely_as_they_are_known():
    project = make.make_project("Festa", founded="2019", ongoing=True)
    edition(project, "Prima", "2019")
    edition(project, "Seconda", "2020-05-01", "2020-05-03", city=make.make_city("Torino"))
    edition(project, "Senza data", "")
    told = said("/it/progetti/festa/")["Project"]
    assert [event["startDate"] for event in told["event"]] == ["2019", "2020-05-01"]
    assert told["event"][1]["endDate"] == "2020-05-03"
    assert told["event"][1]["location"]["address"]["addressLocality"] == "Torino"
    assert told["event"][0]["organizer"] == {"@id": f"{BASE}/id/project/festa"}


def test_lists_name_their_entries_in_their_order():
    city = make.make_city("Torino")
    for name in ("Beta", "Alfa"):
        make.make_organization(name, city=city)
    make.make_network("Rete", places=[city])
    items = said("/it/organizzazioni/")["ItemList"]["itemListElement"]
    assert [(item["position"], item["name"]) for item in items] == [(1, "Alfa"), (2, "Beta")]
    assert items[0]["url"] == f"{BASE}/it/organizzazioni/alfa/"
    told = said("/it/citta/torino/")
    assert len(told["ItemList"]["itemListElement"]) == 3
    steps = told["BreadcrumbList"]["itemListElement"]
    assert [step["name"] for step in steps] == ["Pagina iniziale", "Città", "Piemonte", "Torino"]
    assert not SCRIPT.findall(Client().get("/it/organizzazioni/?q=niente").content.decode())


def test_the_home_page_says_how_the_site_is_searched():
    site = said("/en/")["WebSite"]
    template = site["potentialAction"]["target"]["urlTemplate"]
    assert template == f"{BASE}/en/search/?q={{search_term_string}}"


EVIL = "</script><script>alert(1)</script> & <!-- \u2028"


def test_no_text_ends_the_data():
    make.make_organization(EVIL, slug="una", summary_it=EVIL)
    for path in ("/it/organizzazioni/una/", "/it/organizzazioni/"):
        html = Client().get(path).content.decode()
        [told] = SCRIPT.findall(html)
        assert "<" not in told
        assert "\u2028" not in told
        assert EVIL in names(html)


def names(html: str) -> list[str]:
    told = nodes(html)
    listed = told.get("ItemList", {}).get("itemListElement", [])
    return [one["name"] for one in [*told.values(), *listed] if "name" in one]


@pytest.mark.browser
def test_a_browser_takes_the_data_for_data(browser, content):
    make.make_organization(EVIL, slug="una", summary_it=EVIL)
    for path in ("/it/", "/it/organizzazioni/una/", "/en/organizations/", "/it/temi/beni-comuni/"):
        page = browser.new_page()
        site = Site(page)
        page.goto(f"{BASE}{path}")
        expect(page.locator('script[type="application/ld+json"]')).to_have_count(1)
        site.assert_no_complaint()
        page.close()


@pytest.mark.parametrize("address", ALL)
def test_every_page_s_data_can_be_read(client, content, address):
    html = client.get(address).content.decode()
    if SCRIPT.findall(html):
        nodes(html)
    assert 'property="og:title"' in html
    assert 'property="og:description"' in html
    other = "it_IT" if address.startswith("/en/") else "en_GB"
    assert f'<meta property="og:locale:alternate" content="{other}">' in html


# ------------------------------------------------------------------ feeds
def test_cities_regions_themes_and_the_whole_have_feeds(client, content):
    make.make_organization("Nuova di Torino", city=make.make_city("Torino"))
    for path, narrowed in (
        ("/it/citta/torino/", "city=torino&"),
        ("/it/regioni/piemonte/", "region=piemonte&"),
        ("/it/temi/beni-comuni/", "theme=beni-comuni&"),
        ("/it/", ""),
    ):
        html = client.get(path).content.decode()
        assert announced(html, ATOM) == [f"/it/cerca/?{narrowed}format=atom"]
        assert announced(html, ICS) == [f"/it/progetti/?{narrowed}format=ics"]
        feed = feedparser.parse(client.get(announced(html, ATOM)[0]).content)
        assert not feed.bozo
        assert feed.entries


# ------------------------------------------------------------------ calendars
def edition(project: Any, title: str, start: str, end: str = "", **fields: Any) -> Any:
    dates = {}
    for name, told in (("start", start), ("end", end)):
        if date := PartialDate.parse(told):
            dates |= {name: date, f"{name}_precision": date.precision}
    order = project.editions.count()
    return project.editions.create(title_it=title, order=order, **dates, **fields)


def events(said: bytes) -> list[Any]:
    calendar = Calendar.from_ical(said)
    assert calendar["version"] == "2.0"
    assert not calendar.errors
    assert all(not event.errors for event in calendar.walk("VEVENT"))
    return calendar.walk("VEVENT")


@pytest.fixture
def festa() -> Any:
    project = make.make_project("Festa", summary_it="Una festa, ogni anno; per chi c'è")
    edition(project, "Anno", "2018")
    edition(project, "Mese", "2019-05")
    edition(project, "Giorno", "2020-05-01")
    edition(project, "Giorni", "2021-05-01", "2021-05-03", city=make.make_city(), address="Via 1")
    edition(project, "Fino a", "2022-05-01", "2022-07")
    return project


def test_editions_of_which_the_day_is_known_are_events(client, festa):
    html = client.get("/it/progetti/festa/").content.decode()
    assert announced(html, ICS) == ["/it/progetti/festa.ics"]
    response = client.get("/it/progetti/festa.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    days, span, open_ended = events(response.content)
    assert str(days["summary"]) == "Giorno"
    assert days.decoded("dtstart") == datetime.date(2020, 5, 1)
    assert "dtend" not in days
    # The end of a whole-day event is the day after.
    assert span.decoded("dtend") == datetime.date(2021, 5, 4)
    assert str(span["location"]) == "Via 1, Torino"
    assert str(span["url"]) == f"{BASE}/it/progetti/festa/"
    assert "dtend" not in open_ended
    assert "luglio 2022" in str(open_ended["description"])
    assert "per chi c'è" in str(days["description"])
    assert days.decoded("dtstamp") == festa.updated.replace(microsecond=0)


def test_an_event_keeps_its_name_in_both_languages_and_after_a_change(client, festa):
    uids = [str(one["uid"]) for one in events(client.get("/it/progetti/festa.ics").content)]
    assert len(set(uids)) == 3
    one = festa.editions.get(title_it="Giorno")
    one.start, one.title_it = datetime.date(2020, 6, 1), "Un altro giorno"
    one.save()
    festa.slug = "festa-grande"
    festa.save()
    found = events(client.get("/en/projects/festa-grande.ics").content)
    assert [str(one["uid"]) for one in found] == uids
    assert client.get("/it/progetti/festa.ics")["Location"] == "/it/progetti/festa-grande.ics"


def test_a_listing_is_a_calendar_of_its_projects(client, festa):
    city = make.make_city("Lecce", make.make_province("LE"))
    other = make.make_project("Sagra", places=[city])
    edition(other, "Sagra del grano", "2020-06-01")
    hidden = make.make_project("Bozza", status="draft", places=[city])
    edition(hidden, "Segreta", "2020-06-02")
    whole = events(body(read(client, LISTS["project"], "ics")))
    assert [str(one["summary"]) for one in whole] == [
        "Giorno",
        "Sagra del grano",
        "Giorni",
        "Fino a",
    ]
    narrowed = events(body(read(client, LISTS["project"], "ics", city="lecce")))
    assert [str(one["summary"]) for one in narrowed] == ["Sagra del grano"]
    html = client.get("/it/progetti/?city=lecce").content.decode()
    assert announced(html, ICS) == ["/it/progetti/?city=lecce&format=ics"]
    assert not announced(client.get("/it/organizzazioni/").content.decode(), ICS)
    assert client.get("/it/organizzazioni/?format=ics").status_code == 400
    assert Calendar.from_ical(body(read(client, LISTS["project"], "ics", q="niente")))


def test_there_is_no_calendar_of_what_has_no_days(client):
    project = make.make_project("Festa")
    edition(project, "Anno", "2018")
    assert not announced(client.get("/it/progetti/festa/").content.decode(), ICS)
    for path in ("festa.ics", "festa.pdf", "niente.ics"):
        assert client.get(f"/it/progetti/{path}").status_code == 404
    make.make_project("Vecchio", status="archived")
    assert client.get("/it/progetti/vecchio.ics").status_code == 410
