"""The drawing for entries without a picture."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.initials import HUES, SHAPES, initials, placeholder_svg


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("L'asilo", "A"),
        ("L’Asilo", "A"),
        ("Co.M.E.S.", "C"),
        ("Università di Torino", "UT"),
        ("Rete nazionale per la Prossimità", "RN"),
        ("Case del Quartiere", "CQ"),
        ("Casa dell'Arte", "CA"),
        ("La Casa", "C"),
        ("The Commons", "C"),
        ("Gli", "G"),
        ("di e da", "D"),
        ("D'Amico", "A"),
        ("Sant'Anna", "S"),
        ("Co-City", "C"),
        ("“Officina” Comune", "OC"),
        ("(+39) Onlus", "3O"),
        ("è qui", "ÈQ"),
        ("e\u0300 qui", "ÈQ"),
        ("ßeta", "S"),
        ("ǆ", "Ǆ"),
        ("🏡 Casa 🏡", "C"),
        ("🏡", ""),
        ("👩‍👩‍👧", ""),
        ("", ""),
        ("   ", ""),
        ("& – ...", ""),
        ("'", ""),
        ("l'", "L"),
        ("東京 駅", "東駅"),
        ("\x00\ud800", ""),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_gives_a_small_drawing_that_is_well_formed(name, slug):
    drawn = placeholder_svg(name, slug)
    assert len(drawn.encode(errors="replace")) < 700
    root = ElementTree.fromstring(drawn)
    assert root.get("aria-hidden") == "true"
    assert re.fullmatch(rf"placeholder placeholder--[0-{HUES - 1}]", root.get("class"))
    assert {element.tag for element in root.iter()} <= {"svg", "path", "g", "circle", "text"}
    assert not any(
        attribute == "style" or attribute.startswith("on")
        for element in root.iter()
        for attribute in element.attrib
    )


def test_every_shape_is_small_enough_with_the_widest_letters():
    assert max(map(len, SHAPES)) + len(placeholder_svg("東京 駅", "")) < 700


def test_the_drawing_follows_the_slug_alone():
    one, other = placeholder_svg("Casa", "casa"), placeholder_svg("Rete", "casa")
    assert one.replace(">C<", ">R<") == other
    drawn = {placeholder_svg("", f"slug-{number}") for number in range(2000)}
    assert len(drawn) == HUES * len(SHAPES)


def test_nothing_of_the_name_is_markup():
    assert "<script" not in placeholder_svg("<script>", "<script>")
