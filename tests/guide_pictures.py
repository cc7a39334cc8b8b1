"""Not a test: the pictures in the guide for editors, of the real administration pages.

    make guide-pictures

writes ``docs/pictures/NAME.LANGUAGE.webp``. All that they show is invented.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from directory.history import record_in_bulk, versions_of
from exchange.models import Sheet
from orgs.models import Organization
from tests import builders as make
from tests.browsing import Site
from tests.test_admin import address, change
from tests.test_proposals import Person
from tests.test_proposals import page as proposal_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH = 1040


def invented() -> Organization:
    """A small directory that is nobody's."""
    city, other = make.make_city("Torino"), make.make_city("Napoli", make.make_province("NA"))
    themes = [make.make_theme(name) for name in ("Beni comuni", "Orti urbani", "Cultura")]
    kind = make.make_kind("Associazione", name_en="Association")
    for name, place, status in (
        ("Biblioteca degli Attrezzi", other, "in_review"),
        ("Cooperativa La Rondine", other, "published"),
        ("Officina del Quartiere", city, "draft"),
        ("Radio Cortile", city, "published"),
    ):
        make.make_organization(
            name, city=place, kind=kind, status=status, summary_it="Un esempio inventato."
        )
    one = make.make_organization(
        "Orti del Ponte",
        name_en="",
        city=city,
        kind=kind,
        themes=themes[:2],
        founded="2013-06",
        summary_it="Coltiva insieme agli abitanti gli orti lungo il fiume.",
        summary_en="Tends the gardens along the river together with its neighbours.",
        description_it="Ogni sabato gli orti sono aperti a tutti.",
        places=[city],
    )
    one.sources.create(title_it="Statuto", url="https://orti.example/statuto")
    record_in_bulk([one], "")
    one.summary_it = "Coltiva insieme agli abitanti gli orti e il frutteto lungo il fiume."
    one.save()
    record_in_bulk([one], "Il frutteto è nato in primavera")
    return one


class Studio:
    def __init__(self, page: Any, language: str) -> None:
        self.page, self.language = page, language
        self.client = Client()
        self.client.force_login(make.make_editor("anna", language=language))
        self.site = Site(page, self.client)
        page.set_viewport_size({"width": WIDTH, "height": 1600})
        page.emulate_media(color_scheme="light")

    def take(self, name: str, path: str, *, of: str = "#content", height: int = 600) -> None:
        """What is seen of the page from the element ``of`` on, below the header."""
        self.site.open(path)
        box = self.page.locator(of).first.bounding_box()
        room = {"x": 0, "y": box["y"], "width": WIDTH, "height": min(height, box["height"])}
        with Image.open(io.BytesIO(self.page.screenshot(clip=room))) as seen:
            FOLDER.mkdir(exist_ok=True)
            seen.convert("RGB").save(FOLDER / f"{name}.{self.language}.webp", quality=60, method=6)
        assert not self.site.complaints, self.site.complaints


@pytest.mark.parametrize("language", ["it", "en"])
def test_take(page, language, settings):
    one = invented()
    studio = Studio(page, language)
    settings.SECOND_FACTOR = "required"
    studio.take("second-factor", reverse("second_factor_set_up"), height=640)
    settings.SECOND_FACTOR = "optional"
    studio.take("list", address(Organization, "changelist"))
    studio.take("form", change(one), height=760)
    first, last = sorted(versions_of(one), key=lambda each: each.pk)
    there = f"{address(one, 'compare', one.pk)}?from={first.pk}&to={last.pk}"
    studio.take("difference", there)
    proposal = Person("editor", "vera").propose(
        one,
        summary_it="Coltiva con gli abitanti gli orti e il frutteto lungo il fiume.",
        summary_en="Tends the gardens and the orchard along the river with its neighbours.",
        founded="2012",
        why="Lo dice lo statuto",
    )
    Organization.objects.filter(pk=one.pk).update(founded="2013-01-01", founded_precision="year")
    studio.take("proposal", proposal_page(proposal))
    rows = "slug,name_it,summary_en,city,website\n" + "\n".join(
        (
            "orti-del-ponte,Orti del Ponte,Tends the gardens and the orchard.,torino,",
            ",Teatro di Cortile,Plays in the courtyards.,napoli,https://teatro.example/",
            ",Mercato dei Saperi,Swaps lessons for lessons.,napoli,non ha un sito",
            ",Casa della Musica,Music for everybody.,Borgo Inesistente,",
            ",Radio Cortile,A radio.,torino,",
        )
    )
    file = SimpleUploadedFile("tabella.csv", rows.encode())
    sent = {"status": "in_review", "file": file}
    studio.client.post(reverse("exchange:bring_back", args=["organization"]), sent)
    seen = reverse("exchange:table", args=[Sheet.objects.get().pk])
    studio.take("table-refused", seen)
    studio.take("table-changed", f"{seen}?show=changed")
