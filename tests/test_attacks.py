"""What no button offers is tried by address: by each role, and by staff who have none."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.serializers import serialize
from django.db.models import ForeignKey
from django.urls import reverse

from directory.registry import kinds
from orgs.models import Organization
from staff.models import Event, User
from tests import builders as make
from tests.test_admin import address, change
from tests.test_door import addresses_of_the_admin, give
from tests.test_roles import member

pytestmark = pytest.mark.django_db

SENT: dict[str, Any] = {
    "status": "published", "name_it": "Altro nome", "name_en": "Another name", "slug": "altro",
    "summary_it": "Altro", "description_it": "Altro", "version": "1", "why": "x", "post": "yes",
    "decision": "accept", "keys": ["name_it", "summary_it", "status"], "answer": "x", "_save": "1",
    "accept": "all", "accepted": ["name_it"], "language": "en", "field": "name_it", "note": "x",
    "confirm": "yes", "undo": "yes", "step": "publish", "publish_on": "2030-01-01",
}  # fmt: skip

ACTIONS = ("publish", "archive", "back_to_draft", "send_back", "checked_today", "delete_selected")


def everything() -> list[str]:
    """Each row of each kind, and what there is beside."""
    models = [model for kind in kinds.values() for model in _with_rows(kind.model)]
    return [serialize("json", model._base_manager.order_by("pk")) for model in models]


def _with_rows(model: Any) -> list[Any]:
    rows = [
        relation.related_model
        for relation in model._meta.related_objects
        if relation.related_model._meta.app_label == model._meta.app_label
        and "roposal" not in relation.related_model.__name__
    ]
    return [model, *rows]


def nobody() -> User:
    return make.make_editor("nobody", is_superuser=False, language="en")


WHO = ("nobody", "manager", "translator_it", "editor", "reviewer")


@pytest.mark.parametrize("role", WHO)
def test_entries_stay_as_they_are_whatever_is_sent_where(client, role):
    """All have another city for theirs."""
    here, there = make.make_city("Torino"), make.make_city("Napoli")
    one = make.make_organization("Pubblica", city=there, summary_it="Com'è", slug="una")
    draft = make.make_organization("Bozza", city=there, status="draft", slug="due")
    one.sources.create(title_it="Fonte")
    client.force_login(nobody() if role == "nobody" else member(role, cities=[here]))
    before = everything()
    listing = address(Organization, "changelist")
    own = {path for path in addresses_of_the_admin() if path.startswith(listing)}
    failed = []
    for entry, other in ((one, draft), (draft, one)):
        sent = SENT | {"other": other.pk, "into": other.pk, "with": other.pk}
        sent["_selected_action"] = [entry.pk]
        asked = [(path.replace("/1/", f"/{entry.pk}/"), "") for path in sorted(own)]
        assert len(asked) > 12
        for path, action in [*asked, *((listing, action) for action in ACTIONS)]:
            if path != address(Organization, "add"):
                answer = client.post(path, sent | {"action": action})
                failed += [(path, action)] if answer.status_code >= 500 else []
    assert failed == []
    assert everything() == before
    assert not Event.objects.filter(what__in=("published", "taken_back", "archived")).exists()


def test_no_list_is_filtered_by_what_nobody_may_read(client):
    """A question about the beginning of a password, asked often enough, tells it."""
    client.force_login(make.make_editor())
    told = []
    for model in admin.site._registry:
        ties = [
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, ForeignKey) and field.related_model is User
        ]
        asked = [f"{tie}__password__startswith" for tie in ties]
        for name in ("password__startswith", "_to_field", *asked):
            answer = client.get(address(model, "changelist"), {name: "password", "_popup": "1"})
            if answer.status_code not in (302, 400, 403):
                told.append((model, name, answer.status_code))
    assert told == []


@pytest.mark.parametrize("role", ["nobody", "keeps accounts"])
def test_no_address_tells_of_a_draft_to_who_may_not_see_it(client, role):
    secret = make.make_organization("Bozza segreta", status="draft", slug="bozza-segreta")
    user = nobody()
    if role != "nobody":
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="staff"))
    client.force_login(user)
    kind = ContentType.objects.get_for_model(Organization)
    paths = {path.replace("/1/", f"/{secret.pk}/") for path in addresses_of_the_admin()}
    paths |= {
        f"/admin/r/{kind.pk}/{secret.pk}/",
        f"{address(Organization, 'changelist')}?q=bozza&_popup=1",
        f"{change(secret)}?_popup=1",
    }
    for tie in ("organization&field_name=parent", "membership&field_name=organization"):
        for room in ("orgs", "networks"):
            paths.add(f"/admin/autocomplete/?app_label={room}&model_name={tie}&term=bozza")
    told = []
    for path in sorted(paths):
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if b"segreta" in body or "segreta" in answer.get("Location", ""):
            told.append(path)
    assert told == []
    client.force_login(make.make_editor("chief"))
    assert "segreta" in client.get(f"/admin/r/{kind.pk}/{secret.pk}/")["Location"]


def test_a_manager_gives_no_rights_that_no_role_has(client):
    above = Group.objects.create(name="Chi fa i gruppi")
    above.permissions.add(Permission.objects.get(codename="change_group"))
    own = Group.objects.create(name="Chi pubblica a Torino")
    own.permissions.add(Permission.objects.get(codename="publish_project"))
    manager = member("manager")
    holder = make.make_editor("holder", is_superuser=False)
    holder.groups.add(above)
    direct = make.make_editor("direct", is_superuser=False)
    give(direct, "change_group")
    client.force_login(manager)
    page = client.get(change(manager)).content.decode()
    assert "Chi pubblica a Torino" in page
    assert "Chi fa i gruppi" not in page
    sent = {"username": "manager", "is_staff": "on", "is_active": "on", "language": "en"}
    sent |= {"date_joined_0": "2026-01-01", "date_joined_1": "10:00", "groups": [above.pk]}
    client.post(change(manager), sent)
    assert above not in manager.groups.all()
    for one in (holder, direct):
        assert client.post(change(one), sent).status_code == 403
        for page in (
            reverse("admin:auth_user_password_change", args=[one.pk]),
            reverse("admin:staff_user_reset_second_factor", args=[one.pk]),
        ):
            assert client.post(page, {"password1": "x", "password2": "x"}).status_code == 403


def test_nobody_deletes_a_superuser_among_others(client):
    chief = make.make_editor("chief")
    user = nobody()
    give(user, "view_user", "delete_user")
    client.force_login(user)
    sent = {"action": "delete_selected", "_selected_action": [chief.pk], "post": "yes"}
    client.post(address(User, "changelist"), sent)
    assert User.objects.filter(pk=chief.pk).exists()
