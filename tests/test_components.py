"""The page that contributors copy from: every sample, and the template that makes it."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path

import pytest

from civicnet.components import GROUPS

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SAMPLES = TEMPLATES / "civicnet/samples"
NAMED = re.compile(r'"([a-z]+/[\w/]+\.html)"')
DRAWN = re.compile(r"{% (italy|italy_points|ties_map) ")
# Not parts to copy: the frame, which is around the page itself; what a head holds; whole forms,
# made of parts that are shown; and parts that show nothing without what is asked.
NOT_SHOWN = {
    "partials/filter_form.html",
    "partials/feeds.html",
    "partials/footer.html",
    "partials/header.html",
    "partials/language_switch.html",
    "partials/map.html",  # The map's own page is the place to see it.
    "partials/map_table.html",
    "partials/mark.html",
    "partials/near_me.html",  # Hidden until its script finds out that it can ask.
    "partials/query.html",
    "partials/section.html",  # A heading and a text.
    "partials/entry_links.html",  # A heading and links.
    "partials/social_card.html",
    "partials/styles.html",
    "partials/swapping.html",
}
ADDRESSES = ["/it/componenti/", "/en/components/"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_sample_is_shown_beside_its_template(client, address, django_assert_num_queries):
    with django_assert_num_queries(0):
        html = client.get(address).content.decode()
    assert '<meta name="robots" content="noindex">' in html
    for path in SAMPLES.glob("*.html"):
        assert escape(path.read_text().strip(), quote=True) in html
    assert "style=" not in html
    assert html.count('class="card ') == 7
    assert html.count("placeholder--") > 8


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_links_of_samples_lead_somewhere(client, content, address):
    html = re.sub("<pre.*?</pre>", "", client.get(address).content.decode(), flags=re.DOTALL)
    ids = {f"#{name}" for name in re.findall(r' id="([^"]+)"', html)} | {"#"}
    links = {unescape(link) for link in re.findall(r'<a [^>]*href="([^"]*)"', html)}
    assert {link for link in links if link.startswith("#")} <= ids
    paths = {link for link in links if link.startswith("/") and not link.startswith("/admin")}
    assert len(paths) > 20
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_no_sample_is_forgotten():
    named = [name for _title, names in GROUPS for name in names]
    assert sorted(named) == sorted(path.stem for path in SAMPLES.glob("*.html"))


def test_every_part_of_a_page_has_a_sample():
    parts = {str(path.relative_to(TEMPLATES)) for path in (TEMPLATES / "partials").glob("*.html")}
    seen: set[str] = set()
    texts = [path.read_text() for path in SAMPLES.glob("*.html")]
    while texts:
        text = texts.pop()
        found = {*NAMED.findall(text), *(f"partials/{tag}.html" for tag in DRAWN.findall(text))}
        texts += [(TEMPLATES / name).read_text() for name in found - seen]
        seen |= found
    assert sorted(parts - seen - NOT_SHOWN) == []
    assert sorted(NOT_SHOWN - parts) == []
    assert sorted(NOT_SHOWN & seen) == []


@pytest.mark.django_db
def test_search_engines_are_not_led_there(client):
    assert b"componenti" not in client.get("/sitemap-pages.xml").content
    assert b"componenti" not in client.get("/it/").content
