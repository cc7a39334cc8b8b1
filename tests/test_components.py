"""The page that contributors copy from: every sample, and the template that makes it."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from civicnet.components import GROUPS

SAMPLES = Path(__file__).resolve().parent.parent / "templates/civicnet/samples"
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


def test_no_sample_is_forgotten():
    named = [name for _title, names in GROUPS for name in names]
    assert sorted(named) == sorted(path.stem for path in SAMPLES.glob("*.html"))


@pytest.mark.django_db
def test_search_engines_are_not_led_there(client):
    assert b"componenti" not in client.get("/sitemap-pages.xml").content
    assert b"componenti" not in client.get("/it/").content
