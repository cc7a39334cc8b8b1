"""The guide for editors: both languages say the same, with pictures, where editors look for it."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.urls import reverse
from PIL import Image

from civicnet.guide import FILES, FOLDER, guide
from tests import builders as make

pytestmark = pytest.mark.django_db
PICTURE = re.compile(r"!\[([^\]]+)\]\((pictures/[^)]+)\)")


@pytest.mark.parametrize("language", FILES)
def test_it_is_found_from_the_front_page_in_the_language_of_the_account(client, language):
    client.force_login(make.make_editor(language=language))
    front = client.get(reverse("admin:index")).content.decode()
    assert 'href="/admin/guide/"' in front
    page = client.get("/admin/guide/").content.decode()
    said = guide(language)
    assert f"<h1>{'Guida per la redazione' if language == 'it' else 'Guide for editors'}" in page
    for name, words in said.contents:
        assert f'<a href="#{name}">{words}' in page
        assert f'<h2 id="{name}">' in page
    assert "<table>" in page
    other = "en" if language == "it" else "it"
    assert f'href="?language={other}"' in page
    twin = client.get(f"/admin/guide/?language={other}").content.decode()
    assert guide(other).contents[0][1] in twin
    for address in re.findall(r'<img src="(/admin/guide/[^"]+)"', page):
        assert client.get(address)["Content-Type"] == "image/webp"
    assert page.count("<img src=") == len(PICTURE.findall((FOLDER / FILES[language]).read_text()))


def test_nobody_else_reads_it(client):
    for path in ("/admin/guide/", "/admin/guide/pictures/list.it.webp"):
        assert "/admin/login/" in client.get(path)["Location"]


def test_no_other_file_is_served(client):
    client.force_login(make.make_editor())
    for name in ("edit.md", "..%2Fedit.md", "list.it.png", "none.it.webp"):
        assert client.get(f"/admin/guide/pictures/{name}").status_code == 404


def test_both_languages_have_the_same_sections_and_pictures():
    italian, english = ((FOLDER / FILES[language]).read_text() for language in ("it", "en"))
    assert len(guide("it").contents) == len(guide("en").contents)
    shown = {
        language: [Path(src).name for _alt, src in PICTURE.findall(text)]
        for language, text in (("it", italian), ("en", english))
    }
    assert [name.replace(".it.", ".en.") for name in shown["it"]] == shown["en"]
    there = {each.name for each in (FOLDER / "pictures").iterdir()}
    assert there == {*shown["it"], *shown["en"]}
    for name in there:
        path = FOLDER / "pictures" / name
        assert path.stat().st_size < 60_000, name
        with Image.open(path) as picture:
            assert picture.width == 1040


LABEL = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")
# What stands in the guide for what a page fills in: a number, and how much of an entry there is.
FILLED_IN = re.compile(r"%\(\w+\)[sd]")


def labels(language: str) -> set[str]:
    """What stands in italics in the guide: what is read on a page."""
    text = (FOLDER / FILES[language]).read_text()
    text = re.sub(r"`[^`]*`|!\[[^]]*\]", "", text)
    return {" ".join(label.split()) for label in LABEL.findall(text)}


def interface(language: str) -> list[re.Pattern[str]]:
    texts = set()
    for entry in polib.pofile(str(FOLDER.parent / f"locale/{language}/LC_MESSAGES/django.po")):
        texts |= {entry.msgstr, *entry.msgstr_plural.values()}
    return [
        re.compile(r"[…\d]+".join(map(re.escape, FILLED_IN.split(text.replace("%%", "%")))), re.I)
        for text in texts
        if any(map(str.isalpha, FILLED_IN.sub("", text)))
    ]


@pytest.mark.parametrize("language", FILES)
def test_what_it_quotes_is_what_the_pages_say(language):
    quoted = labels(language)
    assert len(quoted) > 60
    said = interface(language)
    assert {label for label in quoted if not any(one.fullmatch(label) for one in said)} == set()
