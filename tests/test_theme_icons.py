"""Each theme's sign, and one for the themes that staff will add."""

import json
from pathlib import Path

import pytest

from directory.models import Theme
from directory.theme_icons import ANY_THEME, ICONS, drawn, icon_of

ROOT = Path(__file__).resolve().parent.parent


def test_every_parent_theme_of_the_first_content_has_an_icon_of_its_own():
    themes = json.loads((ROOT / "fixtures/themes.json").read_text())
    parents = {one["fields"]["slug"] for one in themes if not one["fields"].get("parent")}
    assert parents == set(ICONS)
    assert len(set(ICONS.values())) == len(ICONS)


@pytest.mark.parametrize("name", [*ICONS.values(), ANY_THEME])
def test_an_icon_is_silent_and_needs_no_style_of_its_own(name):
    assert 'aria-hidden="true"' in drawn(name)
    assert "style=" not in drawn(name)
    assert drawn(name).count("/>") >= 1


def test_a_narrower_theme_has_the_icon_of_its_parent_and_a_new_one_the_common_icon():
    parent = Theme(slug="ecologia")
    assert icon_of(Theme(slug="acqua", parent=parent)) == icon_of(parent) == drawn("sprout")
    assert icon_of(Theme(slug="nuovo")) == drawn(ANY_THEME)
