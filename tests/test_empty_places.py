"""A page of a place or theme without entries is there, and kept from search engines."""

from __future__ import annotations

import pytest
from django.db import connection

from tests import builders as make
from tests.conftest import settle_now

pytestmark = pytest.mark.django_db

NOINDEX = '<meta name="robots" content="noindex">'


def pages(city, theme) -> list[str]:
    return [city.get_absolute_url(), city.region.get_absolute_url(), theme.get_absolute_url()]


def in_sitemap(client, part: str) -> str:
    return client.get(f"/sitemap-{part}.xml").content.decode()


@pytest.mark.parametrize("status", ["draft", "published"])
def test_a_page_with_nothing_published_is_not_indexed(client, status):
    city, theme = make.make_city("Torino"), make.make_theme("Orti")
    make.make_organization("Orto", city=city, themes=[theme], status=status)
    settle_now(connection.connection)
    listed = "".join(in_sitemap(client, part) for part in ("cities", "regions", "themes"))
    for path in pages(city, theme):
        answer = client.get(path)
        assert answer.status_code == 200
        assert (NOINDEX in answer.content.decode()) == (status == "draft"), path
        assert (f"{path}</loc>" in listed) == (status == "published"), path
