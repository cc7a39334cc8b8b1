"""The way to each page of the admin, above it: every step once, and each leads somewhere."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from directory.models import Theme
from links.models import Link
from networks.models import Network
from orgs.models import Organization, OrganizationKind
from projects.models import Project
from staff.models import User
from tests import builders as make
from tests.test_admin import MAKERS, address

pytestmark = pytest.mark.django_db
KINDS = {
    "it": {Organization: "Organizzazioni", Network: "Reti", Project: "Progetti"},
    "en": {Organization: "Organizations", Network: "Networks", Project: "Projects"},
}


def path_of(client: Client, there: str, sent: Any = None) -> list[str]:
    """What the steps are called, the page itself last."""
    answer = client.post(there, sent) if sent else client.get(there)
    assert answer.status_code == 200, there
    [steps] = re.findall(
        r'<div class="breadcrumbs">(.*?)</div>', answer.content.decode(), re.DOTALL
    )
    for link in re.findall(r'href="([^"]+)"', steps):
        assert client.get(unescape(link)).status_code == 200, link
    said = unescape(re.sub(r"<[^>]+>", "", steps))
    return [" ".join(step.split()) for step in said.split("›")]


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("model", [Organization, Network, Project])
def test_a_room_that_is_called_as_what_it_holds_is_named_once(client, model, language):
    client.force_login(make.make_editor(language=language))
    row, other = MAKERS[model](), make.make_entry(model, "Altra", {})
    home = "Pagina iniziale" if language == "it" else "Home"
    plural = KINDS[language][model]
    listing = address(model, "changelist")
    assert path_of(client, listing) == [home, plural]
    assert path_of(client, address(model, "change", row.pk)) == [home, plural, "Prova"]
    chosen = {"_selected_action": [row.pk], "action": "delete_selected"}
    assert path_of(client, listing, chosen)[:2] == [home, plural]
    for page in ("add", "suspected", "recover"):
        assert path_of(client, address(model, page))[:-1] == [home, plural], page
    for page in ("history", "delete", "merge", "merged"):
        steps = path_of(client, address(model, page, row.pk))
        assert steps[:-1] == [home, plural, "Prova"], page
    merging = f"{address(model, 'merge', row.pk)}?with={other.pk}"
    assert path_of(client, merging)[:-1] == [home, plural, "Prova"]
    table = f"/admin/tables/{model._meta.model_name}/"
    assert path_of(client, table)[:-1] == [home, plural]


def test_a_room_with_another_name_is_named_before_what_it_holds(client):
    client.force_login(make.make_editor(language="en"))
    anna = MAKERS[User]()
    assert path_of(client, address(User, "changelist")) == ["Home", "Staff", "Users"]
    assert path_of(client, address(User, "change", anna.pk)) == ["Home", "Staff", "Users", "prova"]
    for model, room in ((Theme, "Directory"), (OrganizationKind, "Organizations")):
        row = MAKERS[model]()
        plural = str(model._meta.verbose_name_plural).capitalize()
        for page, args in (("history", [row.pk]), ("delete", [row.pk]), ("add", [])):
            assert path_of(client, address(model, page, *args))[:3] == ["Home", room, plural], page
    assert path_of(client, address(Link, "changelist"))[0] == "Home"
