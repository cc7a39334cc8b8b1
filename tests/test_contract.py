"""What the outside relies on: addresses, redirects, twins, robots, and no cookie anywhere."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.db.models.signals import post_init
from django.test import Client
from django.utils.translation import override

from civicnet.sitemaps import EntrySitemap
from directory.models import Theme
from networks.models import Network
from orgs.models import Organization
from places.models import City
from projects.models import Project
from tests import builders as make
from tests.addresses import ALL, LISTINGS, MACHINES, NETWORK, PAGES

BASE = "http://127.0.0.1:8000"


class Page(HTMLParser):
    """The parts of a page that these tests ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.anchors: list[dict[str, str]] = []
        self.meta: dict[str, str] = {}
        self.language = ""
        self.headings: list[str] = []
        self.title = ""
        self._in = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        told = {name: value or "" for name, value in attrs}
        self._in = tag
        if tag == "html":
            self.language = told["lang"]
        elif tag == "link":
            self.links.append(told)
        elif tag == "a":
            self.anchors.append(told)
        elif tag == "meta" and "name" in told:
            self.meta[told["name"]] = told.get("content", "")
        elif re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)

    def handle_data(self, data):
        if self._in == "title" and not self.title:
            self.title = data.strip()

    def link(self, rel: str, **attributes: str) -> str:
        (found,) = [
            one["href"]
            for one in self.links
            if one.get("rel") == rel and all(one.get(k) == v for k, v in attributes.items())
        ]
        return found


def read(client: Client, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200, address
    return Page(response.content.decode())


# ------------------------------------------------------------------ pages
@pytest.mark.parametrize(("italian", "english"), PAGES)
def test_every_page_exists_in_both_languages_and_names_its_twin(client, content, italian, english):
    for address, language in ((italian, "it"), (english, "en")):
        page = read(client, address)
        assert page.language == language
        assert page.link("alternate", hreflang="it") == BASE + italian
        assert page.link("alternate", hreflang="en") == BASE + english
        assert page.link("alternate", hreflang="x-default")
        if "q=" not in address:
            assert page.link("canonical") == BASE + address
        twin = english if language == "it" else italian
        assert [one for one in page.anchors if one.get("hreflang") and one["href"] == twin]
        assert page.headings.count("h1") == 1
        levels = [int(tag[1]) for tag in page.headings]
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), levels


def test_titles_and_descriptions_tell_pages_apart(client, content):
    for pages in zip(*[[read(client, one) for one in pair] for pair in PAGES], strict=True):
        assert len({page.title for page in pages}) == len(PAGES)
        assert all(page.meta.get("description") for page in pages)


@pytest.mark.parametrize(("italian", "english"), LISTINGS)
def test_the_language_switch_keeps_object_and_filters(client, content, italian, english):
    query = "q=persone&region=piemonte&region=toscana&theme=prossimita&sort=name"
    (switch,) = [one for one in read(client, f"{italian}?{query}").anchors if one.get("hreflang")]
    path, _mark, kept = switch["href"].partition("?")
    assert path == english
    assert sorted(kept.split("&")) == sorted(query.split("&"))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "it"),
        ("en-GB,en;q=0.9", "en"),
        ("de,en;q=0.5,it;q=0.3", "en"),
        ("fr,de", "it"),
        ("it-IT", "it"),
        ("../../etc," + "x" * 4000, "it"),
    ],
)
def test_the_root_leads_to_the_visitors_language(client, accepted, language):
    response = client.get("/", headers={"accept-language": accepted})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/")
    assert response["Vary"] == "Accept-Language"


def test_paths_of_one_language_do_not_exist_in_the_other(client, content):
    for address in ("/en/organizzazioni/", "/it/organizations/", "/de/", "/organizzazioni/"):
        assert client.get(address).status_code == 404


# ------------------------------------------------------------------ moved, gone, hidden
@pytest.mark.django_db
def test_a_changed_slug_redirects_in_both_languages(client):
    for entry in (make.make_organization("Vecchio"), make.make_network("Vecchio")):
        entry.slug = "nuovo"
        entry.save()
        for language in ("it", "en"):
            with override(language):
                new = entry.get_absolute_url()
            response = client.get(new.replace("nuovo", "vecchio"))
            assert (response.status_code, response["Location"]) == (301, new)


@pytest.mark.django_db
def test_a_changed_theme_slug_redirects(client):
    theme = make.make_theme("Vecchio")
    make.make_organization("Una", themes=[theme])
    theme.slug = "nuovo"
    theme.save()
    response = client.get("/it/temi/vecchio/")
    assert (response.status_code, response["Location"]) == (301, "/it/temi/nuovo/")
    assert response["Cache-Control"] == "no-cache"


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_what_is_not_published_is_not_found_by_present_or_former_slug(client, status):
    entry = make.make_organization("Prima", status=status)
    entry.slug = "dopo"
    entry.save()
    for slug in ("prima", "dopo"):
        assert client.get(f"/it/organizzazioni/{slug}/").status_code == 404


@pytest.mark.django_db
def test_an_archived_entry_is_gone_with_a_sentence(client):
    make.make_organization("Finita", status="archived")
    italian = client.get("/it/organizzazioni/finita/")
    english = client.get("/en/organizations/finita/")
    assert italian.status_code == english.status_code == 410
    assert Page(italian.content.decode()).language == "it"
    assert Page(english.content.decode()).language == "en"
    assert b"Finita" not in italian.content


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/it/niente/", "/en/nothing/", "/it/organizzazioni/niente/"])
def test_a_missing_page_says_so_in_the_language_of_the_address(client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert Page(response.content.decode()).language == address[1:3]


@pytest.mark.parametrize("status", ["draft", "in_review", "archived"])
def test_what_is_not_published_shows_on_no_page_however_it_is_tied(client, content, status):
    """Tied to a city, a theme, a network, a project and other entries, and the newest of all."""
    torino, theme = City.objects.get(slug="torino"), Theme.objects.get(slug="beni-comuni")
    everywhere = {"themes": [theme], "places": [torino], "status": status, "life": "active"}
    hidden = make.make_organization("Segretissima", city=torino, **everywhere)
    network = make.make_network("Rete Segretissima", **everywhere)
    project = make.make_project("Progetto Segretissimo", **everywhere)
    officina = Organization.objects.get(slug="officina-comune")
    public = Network.objects.get(slug=NETWORK)
    make.join(hidden, public, "Aderente")
    make.join(officina, network, "Aderente")
    make.take_part(Project.objects.get(slug="co-city-beni-comuni"), hidden, "Partner")
    make.take_part(project, officina, "Partner")
    make.take_part(project, public, "Partner")
    for entry in (officina, hidden):
        entry.parent = officina if entry is hidden else hidden
        entry.successor = entry.parent
        entry.save()
    members = client.get(f"/it/organizzazioni/?network={NETWORK}").content.decode()
    for address in ALL:
        html = client.get(address).content.decode()
        assert "egretissim" not in html, address
    assert "egretissim" not in members
    assert ">14<" in members or "14 organizzazioni" in members


# ------------------------------------------------------------------ robots
@pytest.mark.parametrize(
    ("query", "indexed"),
    [
        ("", True),
        ("?theme=prossimita", True),
        ("?page=1", True),
        ("?theme=prossimita&theme=beni-comuni", False),
        ("?theme=prossimita&region=piemonte", False),
        ("?q=casa", False),
        ("?theme=niente", False),
    ],
)
def test_only_plain_and_single_filter_pages_are_for_search_engines(client, content, query, indexed):
    page = read(client, "/it/organizzazioni/" + query)
    assert ("noindex" in page.meta.get("robots", "")) is not indexed


def test_links_of_facets_are_not_followed(client, content):
    page = read(client, "/it/organizzazioni/?theme=prossimita&region=piemonte")
    dropping = [
        one for one in page.anchors if one["href"] in ("?theme=prossimita", "?region=piemonte")
    ]
    dropping += [
        one for one in page.anchors if one["href"].endswith("organizzazioni/?region=piemonte")
    ]
    assert dropping
    assert all("nofollow" in one.get("rel", "") for one in dropping)


@pytest.mark.django_db
def test_the_icon_is_in_the_page_and_where_programs_look(client):
    assert client.get("/favicon.ico").headers["Location"] == "/static/img/favicon.svg"
    html = client.get("/it/informazioni/").content.decode()
    assert html.count('rel="icon" href="data:image/svg+xml,%3Csvg') == 1


def test_robots_keeps_crawlers_from_the_admin_and_from_exports(client):
    told = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in told
    assert "format=" in told
    assert f"Sitemap: {BASE}/sitemap.xml" in told


@pytest.mark.django_db
def test_security_contact_follows_rfc_9116(client, settings):
    settings.SECURITY_CONTACT = "security@civicnet.example"
    told = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:security@civicnet.example" in told
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT[\d:]+Z$", told, re.M)


# ------------------------------------------------------------------ sitemap
def locations(client: Client, address: str) -> list[str]:
    tree = ElementTree.fromstring(client.get(address).content)
    return [one.text or "" for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def test_the_sitemap_lists_every_published_entry_twice_and_no_draft(client, content):
    make.make_organization("Bozza segreta", status="draft")
    parts = locations(client, "/sitemap.xml")
    assert len(parts) == 7
    found = [
        one for part in parts for one in locations(client, part.removeprefix("http://testserver"))
    ]
    entries = [one for one in found if re.search(r"/(organizzazioni|reti|progetti)/.+/$", one)]
    assert len(entries) == 27 + 1 + 2
    assert f"{BASE}/en/networks/{NETWORK}/" in found
    assert not [one for one in found if "bozza-segreta" in one or "senza-nome" in one]


def test_parts_of_the_sitemap_read_no_more_than_they_say(client, content, monkeypatch):
    """There may be hundreds of thousands of entries: no page reads all."""
    whole = locations(client, "/sitemap-orgs.xml")
    assert len(whole) == len(set(whole)) == 2 * 27
    monkeypatch.setattr(EntrySitemap, "limit", 7)
    read: list[Organization] = []

    def remember(instance: Organization, **_told: object) -> None:
        read.append(instance)

    post_init.connect(remember, Organization)
    parts = [one.removeprefix("http://testserver") for one in locations(client, "/sitemap.xml")]
    parts = [one for one in parts if "orgs" in one]
    assert len(parts) == 8
    assert not read
    assert [one for part in parts for one in locations(client, part)] == whole
    # Four are in one language at the end of a part, and in the other at the beginning of the next.
    assert len(read) == 27 + 4


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["nothing", "pages"])
@pytest.mark.parametrize("number", ["last", "0", "99"])
def test_a_part_that_the_sitemap_lacks_is_a_page_that_does_not_exist(client, part, number):
    response = client.get(f"/sitemap-{part}.xml?p={number}")
    assert response.status_code == 404
    # Its address is in no language: the other one is at the beginning.
    page = Page(response.content.decode())
    assert "/en/" in [one["href"] for one in page.anchors if one.get("hreflang") == "en"]


# ------------------------------------------------------------------ cookies
@pytest.mark.parametrize("address", [*ALL, *MACHINES, "/", "/it/niente/"])
def test_no_public_page_sets_or_varies_by_a_cookie_even_for_staff(client, content, address):
    client.force_login(make.make_editor())
    response = client.get(address)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    if response.status_code == 200 and address in ALL:
        html = response.content.decode()
        assert "csrfmiddlewaretoken" not in html
        assert 'method="post"' not in html.lower()
        assert html == Client().get(address).content.decode()


@pytest.mark.parametrize("address", ALL)
def test_public_pages_refuse_to_be_written_to(client, content, address):
    assert client.post(address).status_code in (403, 405)


# ------------------------------------------------------------------ by click
def test_every_published_entry_is_reached_by_click_from_home(content):
    for language in ("it", "en"):
        client, seen, ahead = Client(), set(), [f"/{language}/"]
        while ahead:
            address = ahead.pop()
            if address in seen:
                continue
            seen.add(address)
            for anchor in read(client, address).anchors:
                target = anchor["href"].partition("#")[0]
                if target.startswith("?"):
                    target = address.partition("?")[0] + target
                plain = "?" not in target or re.search(r"\?page=\d+$", target)
                if target.startswith(f"/{language}/") and plain and target not in seen:
                    ahead.append(target)
        with override(language):
            for model in (Organization, Network, Project):
                for entry in model.objects.published():
                    assert entry.get_absolute_url() in seen
        assert not [one for one in seen if "senza-nome" in one]
