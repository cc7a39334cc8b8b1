"""Every text that is in the other language says so: with ``lang``, and in sentences with a note.

All texts that exist in Italian only hold the word "soltanto", all that exist in English only the
word "merely"; whatever page shows them, the nearest ``lang`` around them must be right.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from directory.dates import PartialDate
from networks.models import NetworkSource
from tests.builders import (
    join,
    make_city,
    make_kind,
    make_network,
    make_organization,
    make_programme,
    make_project,
    make_province,
    make_region,
    make_theme,
    take_part,
)

pytestmark = pytest.mark.django_db

WORDS = {"it": "soltanto", "en": "merely"}
NOTES = {
    "it": {"en": "Testo disponibile solo in inglese."},
    "en": {"it": "Text available in Italian only."},
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
# A browser shows the first two without telling languages apart; the third is data for programs.
UNMARKABLE = {"title", "option", "script"}


class Texts(HTMLParser):
    """The texts of a page, each with the language that the page says it is in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    @property
    def language(self) -> str:
        return self.stack[-1][1] if self.stack else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        language = said.get("lang") or self.language
        for name in ("alt", "aria-label", "placeholder"):
            if text := said.get(name):
                self.found.append((text, language))
        if tag not in VOID:
            self.stack.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            return
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        # The title of a page or an option, not that of a drawing's part.
        in_drawing = any(tag == "svg" for tag, _language in self.stack)
        if self.stack and self.stack[-1][0] in UNMARKABLE and not in_drawing:
            return
        if data.strip():
            self.found.append((data.strip(), self.language))


def only(language: str, *fields: str, **plain: Any) -> dict[str, Any]:
    """Fields that have a text in one language, with its word in it."""
    texts = {f"{field}_{language}": f"{field} {WORDS[language]}" for field in fields}
    return texts | plain


def fill(entry: Any, language: str) -> None:
    """Every list of an entry, in one language."""
    date = PartialDate.parse("2013-06")
    on = {"date": date, "date_precision": "month"}
    entry.milestones.create(**only(language, "text"), **on)
    entry.web_addresses.create(**only(language, "label"), url="https://example.org/")
    entry.pictures.create(
        **only(language, "alt"),
        image=f"pictures/ab/ab{entry.pk:030}-400.webp",
        width=400,
        height=300,
        widths=[400],
    )
    if hasattr(entry, "principles"):
        entry.principles.create(**only(language, "title", "items"))
    if hasattr(entry, "figures"):
        entry.figures.create(**only(language, "label"), value=670_000, qualifier="about")
    if hasattr(entry, "editions"):
        entry.editions.create(**only(language, "title"))


@pytest.fixture(params=("it", "en"))
def written_in(request: pytest.FixtureRequest) -> str:
    """A directory in which everything that can be is written in this language alone.

    But for places and the vocabularies, which always have an Italian name.
    """
    language: str = request.param
    region = make_region("Regione soltanto")
    city = make_city("Città soltanto", make_province("TO", region, name_it="Provincia soltanto"))
    parent = make_theme("Tema soltanto", description_it="descrizione soltanto")
    theme = make_theme("Tema minore soltanto", parent)
    programme = make_programme("Programma soltanto", **only(language, "description"))
    shared = only(language, "summary", "description", themes=[theme], places=[city, region])
    name = {f"name_{language}": f"Nome {WORDS[language]}", "name_it": ""} | (
        {"name_it": "Nome soltanto"} if language == "it" else {}
    )
    name |= {"sources": [only(language, "title")]}
    organization = make_organization(
        "",
        **shared,
        **name,
        **only(language, "purpose", "vision", "story", "activities"),
        slug="organizzazione",
        city=city,
        kind=make_kind("Tipo soltanto"),
    )
    part_of = make_organization("", **name, slug="parte", parent=organization)
    part_of.successor = organization
    part_of.save()
    network = make_network(
        "",
        **shared,
        **name,
        **only(language, "aim", "founding_act_title", "founding_act_text"),
        slug="rete",
    )
    project = make_project(
        "",
        **shared,
        **name,
        **only(language, "subtitle", "challenge", "context"),
        slug="progetto",
        programme=programme,
    )
    other = make_project("", **shared, **name, slug="altro-progetto")
    source = NetworkSource.objects.create(entry=network, order=9, **only(language, "title"))
    join(organization, network, "Ruolo soltanto", since="2013-06", source=source)
    take_part(project, organization, "Capofila soltanto", **only(language, "part"))
    take_part(project, network, "Promotore soltanto", **only(language, "part"))
    take_part(other, organization, "Capofila soltanto")
    for number in range(3):  # enough for a drawing
        member = make_organization("", **name, slug=f"membro-{number}")
        join(member, network, "Ruolo soltanto")
        take_part(project, member, "Capofila soltanto")
    for entry in (organization, network, project):
        fill(entry, language)
    return language


PATHS = {
    "it": (
        "",
        "organizzazioni/",
        "reti/",
        "progetti/",
        "cerca/",
        "citta/",
        "regioni/",
        "temi/",
        "organizzazioni/organizzazione/",
        "organizzazioni/parte/",
        "reti/rete/",
        "progetti/progetto/",
        "citta/citta-soltanto/",
        "regioni/regione-soltanto/",
        "temi/tema-soltanto/",
        "temi/tema-minore-soltanto/",
        "organizzazioni/?city=citta-soltanto&theme=tema-soltanto&network=rete",
        "progetti/?partner=organizzazione&programme=programma-soltanto",
        "cerca/?q=zzz&theme=tema-soltanto",
    ),
    "en": (
        "",
        "organizations/",
        "networks/",
        "projects/",
        "search/",
        "cities/",
        "regions/",
        "themes/",
        "organizations/organizzazione/",
        "organizations/parte/",
        "networks/rete/",
        "projects/progetto/",
        "cities/citta-soltanto/",
        "regions/regione-soltanto/",
        "themes/tema-soltanto/",
        "themes/tema-minore-soltanto/",
        "organizations/?city=citta-soltanto&theme=tema-soltanto&network=rete",
        "projects/?partner=organizzazione&programme=programma-soltanto",
        "search/?q=zzz&theme=tema-soltanto",
    ),
}
DETAIL = {
    "it": ("organizzazioni/organizzazione/", "reti/rete/", "progetti/progetto/"),
    "en": ("organizations/organizzazione/", "networks/rete/", "projects/progetto/"),
}


def read(client: Client, page: str, path: str) -> tuple[str, list[tuple[str, str]]]:
    response = client.get(f"/{page}/{path}")
    assert response.status_code == 200, path
    html = response.content.decode()
    return html, Texts(html).found


@pytest.mark.parametrize("page", ["it", "en"])
def test_no_text_of_the_other_language_is_unmarked(client: Client, written_in: str, page: str):
    seen = 0
    for path in PATHS[page]:
        _html, texts = read(client, page, path)
        for text, said in texts:
            for language, word in WORDS.items():
                if word in text:
                    seen += 1
                    assert said == language, f"/{page}/{path}: {text!r} is marked {said!r}"
    assert seen > 100


@pytest.mark.parametrize("page", ["it", "en"])
def test_texts_of_the_other_language_have_a_note_and_names_have_none(
    client: Client, written_in: str, page: str
):
    for path in DETAIL[page]:
        html, _texts = read(client, page, path)
        notes = html.count(f'class="foreign-note">{NOTES[page].get(written_in, "-")}')
        # Summary, description, milestones, and what the kind has of its own; never one per row.
        assert (notes >= 6) == (written_in != page), path
        assert html.count("foreign-note") == notes, path
    home, _texts = read(client, page, "")
    cities, _texts = read(client, page, PATHS[page][5])
    assert "foreign-note" not in cities
    assert ("foreign-note" in home) == (written_in != page)


def test_a_note_stands_once_for_a_list(client: Client):
    organization = make_organization("Casa", name_en="House", summary_en="Here")
    for text in ("prima", "seconda", "terza"):
        organization.milestones.create(text_it=text)
    html = client.get("/en/organizations/casa/").content.decode()
    assert html.count("foreign-note") == 1
    assert html.count('lang="it">') >= 3


def test_dates_and_numbers_follow_the_language(client: Client):
    organization = make_organization(
        "Casa", name_en="House", founded="2013-06-01", summary_it="Qui", summary_en="Here"
    )
    organization.figures.create(
        label_it="soci", label_en="members", value=670_000, qualifier="about"
    )
    italian = client.get("/it/organizzazioni/casa/").content.decode()
    english = client.get("/en/organizations/casa/").content.decode()
    assert '<time datetime="2013-06-01">1 giugno 2013</time>' in italian
    assert '<time datetime="2013-06-01">1 June 2013</time>' in english
    assert "<span>circa</span> 670.000" in italian
    assert "<span>about</span> 670,000" in english
