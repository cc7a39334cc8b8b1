"""Not a test: pictures of every page in every state, to be looked at by a person.

    make screenshots                        (ARGS="-k city" for some)

writes ``var/screenshots/LANGUAGE/PAGE.WIDTH[.dark].png``, and what a printer would get as PDF.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests import builders as make
from tests import scenes, staff_scenes
from tests.browsing import Site
from tests.test_accessibility import shown

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).resolve().parent.parent / "var" / "screenshots"
WIDTHS = (390, 768, 1280)
IN_THE_DARK = {"home", "organizations", "organization", "network", "city", "components"}
PRINTED = {"organization", "network", "project", "organizations", "many members"}

# Pictures wait until they are scrolled to, and a new width may ask for another size.
PICTURES_ARE_THERE = """() => Promise.all([...document.images].map(one => {
  one.loading = 'eager';
  return one.decode().catch(() => null);
}))"""


def pictures(page, language: str, name: str, *, in_the_dark: bool) -> None:
    folder = FOLDER / language
    folder.mkdir(parents=True, exist_ok=True)
    name = name.replace(" ", "-").replace(",", "")
    for scheme in ("light", "dark") if in_the_dark else ("light",):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            dark = ".dark" if scheme == "dark" else ""
            page.evaluate(PICTURES_ARE_THERE)
            page.screenshot(path=folder / f"{name}.{width}{dark}.png", full_page=True)


@pytest.mark.parametrize("language", scenes.LANGUAGES)
@pytest.mark.parametrize("name", scenes.ALL)
def test_take(site, name, language):
    shown(site, name, language)
    pictures(site.page, language, name, in_the_dark=name in IN_THE_DARK)
    if name in PRINTED:
        site.page.emulate_media(media="print", color_scheme="light")
        site.page.pdf(path=FOLDER / language / f"{name.replace(' ', '-')}.pdf", format="A4")


@pytest.mark.parametrize("language", scenes.LANGUAGES)
def test_take_what_staff_see(page, stage, language):
    client = Client()
    client.force_login(make.make_editor("anna", language=language))
    site = Site(page, client)
    entry = scenes.draft()
    pages = {
        "index": reverse("admin:index"),
        "list": reverse("admin:orgs_organization_changelist"),
        "form": reverse("admin:orgs_organization_change", args=[entry.pk]),
        "preview": reverse("admin:orgs_organization_preview", args=[entry.pk]),
    }
    for name, path in pages.items():
        site.open(path)
        pictures(page, language, f"staff-{name}", in_the_dark=True)


@pytest.mark.parametrize("language", scenes.LANGUAGES)
def test_take_where_staff_decide(page, stage, language):
    for name, scene in staff_scenes.set_up(language).items():
        page.context.unroute_all()
        Site(page, scene.client).open(scene.path, scene.status)
        pictures(page, language, f"staff-{name}", in_the_dark=True)
