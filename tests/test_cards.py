"""Cards and choices are written in Python: nothing that somebody typed becomes HTML there."""

from __future__ import annotations

import re

import pytest

from tests import builders as make

pytestmark = pytest.mark.django_db
EVIL = "<i>&\"'"
SHOWN = "&lt;i&gt;&amp;&quot;&#x27;"


@pytest.fixture
def evil():
    """Everything that a card can name has signs of HTML in its name."""
    theme, kind = make.make_theme(f"Tema {EVIL}"), make.make_kind(f"Tipo {EVIL}")
    city = make.make_city(f"Città {EVIL}", slug="citta-strana")
    texts = {"summary_it": f"Sommario {EVIL}", "description_it": f"Descrizione {EVIL}"}
    network = make.make_network(f"Rete {EVIL}", themes=[theme], **texts)
    project = make.make_project(f"Progetto {EVIL}", themes=[theme], places=[city], **texts)
    one = make.make_organization(
        f"Associazione {EVIL}",
        city=city,
        kind=kind,
        themes=[theme],
        other_names=[f"Altra {EVIL}"],
        **texts,
    )
    make.join(one, network, "Socio")
    make.take_part(project, one, "Capofila")


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("words", ["", "?q=associazione", "?q=descrizione", "?q=altra"])
def test_what_was_typed_stays_text(client, evil, language, words):
    """In English all of it is marked as Italian, which is another way through the code."""
    address = {"it": "/it/cerca/", "en": "/en/search/"}[language]
    html = client.get(address + words).content.decode()
    assert "<i>" not in html
    bare = re.sub("</?mark>", "", html)
    said = [f"Associazione {SHOWN}", f"Tema {SHOWN}", f"Città {SHOWN}", f"Tipo {SHOWN}"]
    said += [f"Rete {SHOWN}", f"Progetto {SHOWN}", f"Sommario {SHOWN}"]
    for text in said:
        assert text in bare
    if "descrizione" in words:
        assert "Descrizione &lt;i&gt;&amp;" in bare
    if "altra" in words:
        assert f"Altra {SHOWN}" in bare


def test_a_partner_without_an_entry_stays_text(client):
    project = make.make_project("Progetto")
    project.participations.create(plain_name=f"Comune {EVIL}")
    html = client.get("/it/progetti/").content.decode()
    assert f"Comune {SHOWN}" in html
    assert "<i>" not in html


def test_the_other_language_is_marked_wherever_it_stands(client):
    theme, kind = make.make_theme("Cura"), make.make_kind("Comitato")
    make.make_organization("Nome", summary_it="Sommario", themes=[theme], kind=kind)
    html = client.get("/en/organizations/").content.decode()
    for piece in (
        '" lang="it">Nome</a>',
        '<p class="card-summary" lang="it">Sommario</p><p class="foreign-note">',
        '<li lang="it">Cura</li>',
        '<span lang="it">Comitato</span>',
        '<span class="choice-label"><span lang="it">Cura</span></span>',
    ):
        assert piece in html
    assert '<li lang="it">' not in client.get("/it/organizzazioni/").content.decode()


def test_a_card_says_when_it_is_over_and_how_many_themes_more(client):
    themes = [make.make_theme(f"Tema {number}") for number in range(6)]
    make.make_organization("Finita", themes=themes, life="ended", ended="2020")
    html = client.get("/it/organizzazioni/").content.decode()
    card = html.partition("<article")[2].partition("</article>")[0]
    assert '<span class="badge">' in card
    assert card.count("<li") == 5
    assert "<li>e altri 2</li>" in card
