"""A person has checked an entry: said from its form and from the list, and shown to everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.formats import date_format

from directory.history import versions_of
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.admin_form import fields
from tests.test_admin import address, change

pytestmark = pytest.mark.django_db
every_kind = pytest.mark.parametrize("kind", [Organization, Network, Project])


@pytest.fixture
def editor(client):
    user = make.make_editor(language="en")
    client.force_login(user)
    return user


@every_kind
def test_checked_today_from_the_form(client, editor, kind):
    entry = make.make_entry(kind, "Orti", {})
    changed = entry.updated
    assert f'action="{address(entry, "checked_today", entry.pk)}"' in (
        client.get(change(entry)).content.decode()
    )
    done = client.post(address(entry, "checked_today", entry.pk), follow=True)
    assert "1 entry marked as checked today." in done.content.decode()
    entry.refresh_from_db()
    assert (entry.checked_on, entry.checked_by) == (timezone.localdate(), editor)
    assert entry.updated == changed, "to check is not to change"
    assert versions_of(entry).first().revision.user == editor
    public = client.get(f"/en{entry.get_absolute_url()[3:]}").content.decode()
    assert date_format(timezone.localdate(), "DATE_FORMAT") in public


def test_what_is_typed_meanwhile_is_saved_without_a_dispute(client, editor):
    entry = make.make_organization("Orti")
    form = address(Organization, "change", entry.pk)
    page = client.get(form)
    client.post(
        address(Organization, "checked_today", entry.pk), headers={"X-Requested-With": "fetch"}
    )
    saved = client.post(form, {**fields(page), "summary_it": "Nuovo", "_continue": "1"})
    assert saved.status_code == 302
    entry.refresh_from_db()
    assert (entry.summary_it, entry.checked_on) == ("Nuovo", timezone.localdate())


def test_who_may_not_edit_checks_nothing(client):
    reader = make.make_editor("chi-traduce", is_superuser=False, language="en")
    reader.groups.add(Group.objects.get(name="translator_it"))
    client.force_login(reader)
    entry = make.make_organization("Orti")
    assert "checked-today" not in client.get(change(entry)).content.decode()
    assert client.post(address(entry, "checked_today", entry.pk)).status_code == 403
    entry.refresh_from_db()
    assert entry.checked_on is None


@every_kind
def test_the_queue_of_a_place(client, editor, kind):
    """What waits longest comes first, of the whole directory, a region, a province or a city."""
    region = make.make_region("Piemonte")
    turin = make.make_province("TO", region=region)
    there = make.make_province("PZ", region=make.make_region("Basilicata"))
    city, elsewhere = make.make_city("Torino", turin), make.make_city("Potenza", there)
    today = timezone.localdate()
    for name, where, days in (
        ("Da due anni", city, 730),
        ("Da tre anni", city, 1095),
        ("Mai", city, None),
        ("Altrove", elsewhere, None),
        ("Ieri", city, 1),
    ):
        checked = None if days is None else today - timedelta(days=days)
        make.make_entry(kind, name, {"checked_on": checked, "places": [where]})

    def queue(place: str = "") -> list[str]:
        asked = {"work": "unchecked", "place": place}
        page = client.get(address(kind, "changelist"), asked, follow=True)
        return [entry.name_it for entry in page.context["cl"].result_list]

    there = ["Mai", "Da tre anni", "Da due anni"]
    assert queue() == [*there[:1], "Altrove", *there[1:]]
    for place in (f"region-{region.pk}", f"province-{turin.pk}", f"city-{city.pk}"):
        assert queue(place) == there
    assert queue("region-0") == queue()
    page = client.get(address(kind, "changelist"), {"place": f"province-{turin.pk}"})
    (offered,) = (one for one in page.context["cl"].filter_specs if one.title == "place")
    assert "›› Torino" in str(offered.lookup_choices)
    assert "Potenza" not in str(offered.lookup_choices)
