"""Lists, maps and entries on other sites: who may frame what, and what oEmbed tells."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from orgs.models import Organization
from tests import builders as make
from tests.addresses import NETWORK

pytestmark = pytest.mark.django_db
BASE = "http://127.0.0.1:8000"
FRAMED = [
    ("/it/incorpora/elenco/?city=torino", "/en/embed/list/?city=torino"),
    ("/it/incorpora/mappa/?region=piemonte", "/en/embed/map/?region=piemonte"),
    ("/it/incorpora/organizzazioni/l-asilo/", "/en/embed/organizations/l-asilo/"),
    (f"/it/incorpora/reti/{NETWORK}/", f"/en/embed/networks/{NETWORK}/"),
    ("/it/incorpora/progetti/co-city-beni-comuni/", "/en/embed/projects/co-city-beni-comuni/"),
]
EACH = [address for pair in FRAMED for address in pair]


@pytest.mark.parametrize("kept", [0, 8], ids=["rendered", "kept"])
@pytest.mark.parametrize("address", EACH)
def test_every_site_may_frame_it_and_it_runs_nothing(content, settings, address, kept):
    settings.PAGE_CACHE_MB = kept
    client = Client()
    for _rendered_then_kept in range(2 if kept else 1):
        answer = client.get(address)
        assert answer.status_code == 200
        policy = answer["Content-Security-Policy"]
        assert "frame-ancestors *" in policy
        assert "script-src 'none'" in policy
        assert "X-Frame-Options" not in answer
        assert not answer.cookies
        said = answer.content.decode()
        assert "<script" not in said
        assert "<form" not in said
        assert '<meta name="robots" content="noindex">' in said
        assert "CC BY 4.0" in said


@pytest.mark.parametrize(
    "address", ["/it/", "/it/incorpora/", "/it/organizzazioni/", "/it/incorpora/reti/nessuna/"]
)
def test_no_other_page_may_be_framed(content, client, address):
    answer = client.get(address)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def names_in(answer) -> list[str]:
    return re.findall(r'<h2 class="card-name"><a href="[^"]*/([^/"]+)/"', answer.content.decode())


def test_a_list_shows_what_the_filters_leave(content, client):
    answer = client.get("/it/incorpora/elenco/?type=organization&city=torino&theme=beni-comuni")
    assert names_in(answer)
    listed = client.get("/it/organizzazioni/?city=torino&theme=beni-comuni").content.decode()
    found = re.findall(r'<h3 class="card-name"><a href="[^"]*/([^/"]+)/"', listed)
    assert names_in(answer) == found
    title = re.search(r"<title>(.*?)</title>", answer.content.decode())[1]
    assert title.startswith("Organizzazioni · Torino · Beni comuni ·")
    where = "http://127.0.0.1:8000/it/organizzazioni/?city=torino&amp;theme=beni-comuni"
    assert f'<a href="{where}" rel="noopener">' in answer.content.decode()


def test_a_map_says_how_many_have_no_place_on_it(content, client):
    # Inside a region, how many are in no part of it.
    for query in ("type=organization", "type=organization&region=piemonte"):
        on_site = client.get(f"/it/mappa/?{query}").content.decode()
        [number] = re.findall(r'id="nowhere-heading">[^<]*<span[^>]*>(\d+)<', on_site)
        framed = client.get(f"/it/incorpora/mappa/?{query}").content.decode()
        assert f"<p>Non sulla mappa: {number}</p>" in framed
    inside = client.get("/it/incorpora/mappa/?type=organization&city=torino")
    assert "Non sulla mappa" not in inside.content.decode()


def test_what_is_not_public_is_not_framed(content, client):
    make.make_organization("Bozza", slug="bozza", status="draft")
    assert client.get("/it/incorpora/organizzazioni/bozza/").status_code == 404
    assert "bozza" not in client.get("/it/incorpora/elenco/?q=bozza").content.decode().replace(
        "q=bozza", ""
    ).replace("· bozza", "")


def test_nothing_internal_is_framed_or_told(content, client):
    """Drafts that an entry is tied to, and contacts that are not public."""
    draft = make.make_organization("Ente segreto", status="draft")
    one = make.make_organization(
        "Palestra popolare",
        parent=draft,
        city=make.make_city("Torino"),
        email="dentro@example.org",
        telephone="+39 999888",
        address="Via Dentro 1",
        internal_note="nota segreta",
    )
    make.join(one, make.make_network("Rete segreta", status="draft"))
    make.take_part(make.make_project("Progetto segreto", status="draft"), one)
    addresses = [
        "/it/incorpora/organizzazioni/palestra-popolare/",
        "/en/embed/list/?q=palestra",
        "/en/embed/map/?q=palestra",
        f"/oembed/?{urlencode({'url': f'{BASE}/it/organizzazioni/palestra-popolare/'})}",
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        said = answer.content.decode()
        assert "alestra" in said
        for hidden in ("segret", "dentro@", "999888", "Via Dentro"):
            assert hidden not in said, (address, hidden)


@pytest.mark.parametrize("asked", ["light", "dark"])
def test_the_other_site_may_choose_the_colours(content, client, asked):
    html = client.get(f"/it/incorpora/elenco/?colours={asked}").content.decode()
    assert f'<html lang="it" data-theme="{asked}">' in html
    assert f"page=2&amp;colours={asked}" in html
    html = client.get(f"/it/incorpora/mappa/?colours={asked}").content.decode()
    assert re.search(rf'class="map-mark" href="/it/incorpora/mappa/\?[^"]+colours={asked}"', html)
    assert "data-theme" not in client.get("/it/incorpora/elenco/?colours=pink").content.decode()


def test_a_wrong_value_is_said(content, client):
    answer = client.get("/en/embed/list/?city=atlantide")
    assert answer.status_code == 200
    assert "notice" in answer.content.decode()
    assert names_in(answer) == []
    assert client.get("/en/embed/list/?page=99").status_code == 404


def test_the_line_shows_what_was_chosen(content, client):
    page = client.get("/en/embed/?city=torino&show=map&colours=dark&q=&find_city=").content.decode()
    line = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])
    assert line == (
        f'<iframe src="{BASE}/en/embed/map/?city=torino&amp;colours=dark"'
        ' title="civicnet: Entries · Turin" width="100%" height="640" loading="lazy"'
        ' referrerpolicy="no-referrer"></iframe>'
    )
    assert 'href="/en/embed/map/?city=torino&amp;colours=dark"' in page
    assert client.get("/en/embed/map/?city=torino&colours=dark").status_code == 200


def test_a_name_cannot_leave_the_line(content, client):
    Organization.objects.filter(slug="l-asilo").update(name_it='"><script>alert(1)</script>')
    said = client.get("/oembed/", {"url": f"{BASE}/it/organizzazioni/l-asilo/"}).json()
    assert "<script>" not in said["html"]


def test_each_list_leads_to_it_with_its_filters(content, client):
    page = client.get("/it/organizzazioni/?city=torino").content.decode()
    assert 'href="/it/incorpora/?city=torino&amp;type=organization"' in page


# ------------------------------------------------------------------ oEmbed
def asked(client: Client, address: str, **more: str):
    return client.get(f"/oembed/?{urlencode({'url': address, **more})}")


@pytest.mark.parametrize(
    ("path", "framed"),
    [
        ("/it/organizzazioni/l-asilo/", "/it/incorpora/organizzazioni/l-asilo/"),
        ("/en/projects/co-city-beni-comuni/", "/en/embed/projects/co-city-beni-comuni/"),
    ],
)
def test_an_entry_tells_how_to_show_it(content, client, path, framed):
    page = client.get(path).content.decode()
    [found] = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page)
    answer = client.get(html.unescape(found).removeprefix(BASE))
    assert answer["Content-Type"] == "application/json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    said = answer.json()
    assert {"version": "1.0", "type": "rich", "provider_name": "civicnet"}.items() <= said.items()
    assert (said["width"], said["height"]) == (480, 360)
    assert f'src="{BASE}{framed}"' in said["html"]
    assert client.get(framed).status_code == 200
    picture = said["thumbnail_url"].removeprefix(BASE)
    assert picture.startswith("/social/")
    assert client.get(picture).status_code == 200


def test_it_takes_no_more_room_than_there_is(content, client):
    address = f"{BASE}/it/organizzazioni/l-asilo/"
    said = asked(client, address, maxwidth="300", maxheight="200").json()
    assert (said["width"], said["height"]) == (300, 200)
    assert 'width="300" height="200"' in said["html"]
    said = asked(client, address, maxwidth="-1", maxheight="9" * 30).json()
    assert (said["width"], said["height"]) == (480, 360)


def test_a_former_address_shows_the_entry_of_today(content, client):
    entry = Organization.objects.get(slug="l-asilo")
    entry.slug = "asilo"
    entry.save()
    said = asked(client, f"{BASE}/it/organizzazioni/l-asilo/").json()
    assert "/it/incorpora/organizzazioni/asilo/" in said["html"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        f"{BASE}/it/organizzazioni/nessuna/",
        f"{BASE}/it/organizzazioni/",
        f"{BASE}/admin/",
        f"{BASE}/it/organizzazioni/bozza/",
        "https://evil.example/it/organizzazioni/l-asilo/",
        "//127.0.0.1:8000/it/organizzazioni/l-asilo/",
        "http://[::1/it/",
        f"{BASE}/it/organizzazioni/l-asilo\x00/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_public_entry_is_not_found(content, client, address):
    make.make_organization("Bozza", slug="bozza", status="draft")
    assert asked(client, address).status_code == 404


def test_another_format_is_not_answered(content, client):
    address = f"{BASE}/it/organizzazioni/l-asilo/"
    assert asked(client, address, format="xml").status_code == 501
    assert asked(client, address, format="json").status_code == 200
