"""How much a phone has to fetch for a page."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from civicnet import styles
from tests.addresses import ALL

KB = 1024
LINKED = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js|woff2|svg))"')
LATER = re.compile(r'data-later="([^"]*)"')
FONT = re.compile(r'url\("\.\./fonts/([^"]+)"\)')


def read(name: str) -> bytes:
    if name == styles.SITE:
        return styles.joined(lambda part: source(part).decode()).encode()
    return source(name)


def source(name: str) -> bytes:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found).read_bytes()


def squeezed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


@pytest.mark.parametrize("address", ALL)
def test_a_page_is_light(client, content, address):
    """At most 60 kB of HTML, CSS and JavaScript, compressed, in at most 10 requests."""
    html = client.get(address).content
    linked = sorted(set(LINKED.findall(html.decode())))
    [later] = LATER.findall(html.decode())
    linked += [name.removeprefix("/static/") for name in later.split()]
    text = [name for name in linked if name.endswith((".css", ".js"))]
    assert "css/site.css" in text
    weight = squeezed(html) + sum(squeezed(read(name)) for name in text)
    assert weight <= 60 * KB, f"{weight / KB:.1f} kB"
    assert 1 + len(linked) <= 10, linked


def test_all_fonts_together_are_light():
    """So they are on a page in whatever language."""
    fonts = FONT.findall(read("css/tokens.css").decode())
    assert len(fonts) == 5
    assert sum(len(read(f"fonts/{name}")) for name in fonts) <= 40 * KB
