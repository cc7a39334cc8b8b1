"""Provinces and cities in a sentence, in both languages."""

import pytest
from django.template import engines
from django.utils.html import escape, strip_tags
from django.utils.translation import override

from places.models import Province
from tests.builders import make_city


def said(language: str, sigla: str, name: str, uts: str = "066", **names: str) -> str:
    province = Province(sigla=sigla, uts_code=uts, name_it=name, **names)
    template = engines["django"].from_string("{% load texts %}{% province province %}")
    with override(language):
        return template.render({"province": province})


@pytest.mark.parametrize(
    ("sigla", "name", "uts", "sentence"),
    [
        ("CN", "Cuneo", "004", "provincia di Cuneo"),
        ("AQ", "L'Aquila", "066", "provincia dell’Aquila"),
        ("SP", "La Spezia", "011", "provincia della Spezia"),
        ("VB", "Verbano-Cusio-Ossola", "103", "provincia del Verbano-Cusio-Ossola"),
        ("TO", "Torino", "201", "città metropolitana di Torino"),
        ("SS", "Sassari", "312", "città metropolitana di Sassari"),
        ("EN", "Enna", "086", "libero consorzio comunale di Enna"),
        ("TN", "Trento", "022", "provincia autonoma di Trento"),
        ("MB", "Monza e della Brianza", "108", "provincia di Monza e della Brianza"),
    ],
)
def test_italian_joins_the_name_as_people_say_it(sigla, name, uts, sentence):
    assert said("it", sigla, name, uts) == sentence


def test_english_marks_a_name_that_is_italian():
    assert said("en", "TO", "Torino", "201", name_en="Turin") == "metropolitan city of Turin"
    html = said("en", "AQ", "L'Aquila")
    assert strip_tags(html) == "province of L&#x27;Aquila"
    assert '<span lang="it">' in html


def test_a_name_is_never_markup():
    assert "<b>" not in said("it", "CN", "<b>Cuneo</b>")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Torino", "Organizzazioni intorno a Torino"),
        ("Ancona", "Organizzazioni intorno ad Ancona"),
        ("Empoli", "Organizzazioni intorno a Empoli"),
        ("L'Aquila", "Organizzazioni intorno all’Aquila"),
        ("La Spezia", "Organizzazioni intorno alla Spezia"),
        ("La Morra", "Organizzazioni intorno a La Morra"),
    ],
)
@pytest.mark.django_db
def test_a_city_is_joined_as_people_say_it(client, name, sentence):
    city = make_city(name)
    assert f"<h1>{sentence}</h1>" in client.get(f"/it/citta/{city.slug}/intorno/").content.decode()
    english = client.get(f"/en/cities/{city.slug}/nearby/").content.decode()
    assert f"Organizations around {escape(name)}" in english
