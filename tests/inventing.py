"""An invented directory for tests, and what every page then says."""

from __future__ import annotations

import io
from typing import Any

from django.core.management import call_command

from networks.models import Network
from orgs.models import Organization
from projects.models import Project

NUMBER = 300
BANNER = {"it": "Contenuti inventati.", "en": "Invented content."}
PAGES = [
    "/it/",
    "/it/organizzazioni/",
    "/en/organizations/?q=co",
    "/it/organizzazioni/officina-comune/",
    "/it/reti/",
    "/it/citta/torino/",
    "/en/regions/piemonte/",
    "/it/temi/",
    "/en/search/?q=city",
    "/en/about/",
    "/it/questo-non-esiste/",
]


def invent(number: int = NUMBER, **options: Any) -> str:
    """What the command says."""
    said = io.StringIO()
    call_command("make_directory", number, stdout=said, **options)
    return said.getvalue()


def public() -> int:
    """How many invented entries are public."""
    return sum(
        model.objects.invented().published().count() for model in (Organization, Network, Project)
    )
