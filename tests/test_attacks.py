"""What no button offers is tried by address: by each role, and by staff who have none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.serializers import serialize
from django.db import transaction
from django.db.models import ForeignKey
from django.test import Client
from django.urls import reverse

from directory.registry import kinds
from orgs.models import Organization
from staff.models import Event, User
from tests import builders as make
from tests.admin_form import fields
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

ACTIONS = (
    *("publish", "archive", "back_to_draft", "send_back", "checked_today", "still_right_en"),
    "delete_selected",
)
STEPS = ("publish", "archive", "back_to_draft")


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


class Attack:
    """A request to each address of organizations that takes something, of a public one and a draft,
    with what its own form would send."""

    def __init__(self, client: Client) -> None:
        there = make.make_city("Napoli")
        one = make.make_organization("Pubblica", city=there, summary_it="Com'è", slug="una")
        draft = make.make_organization("Bozza", city=there, status="draft", slug="due")
        client.force_login(make.make_editor("all"))
        self.sent: list[tuple[str, str, dict[str, Any]]] = []
        listing = address(Organization, "changelist")
        own = {path for path in addresses_of_the_admin() if path.startswith(listing)}
        for entry, other in ((one, draft), (draft, one)):
            entry.sources.create(title_it="Fonte")
            form = fields(client.get(change(entry)))
            sent = SENT | {"other": other.pk, "into": other.pk, "with": other.pk}
            sent["_selected_action"] = [entry.pk]
            asked = [path.replace("/1/", f"/{entry.pk}/") for path in sorted(own)]
            assert len(asked) > 12
            for path in asked:
                if path != address(Organization, "add"):
                    own_form = form if path == change(entry) else {}
                    self.sent.append((path, "", own_form | sent))
            for step in STEPS:
                self.sent.append((change(entry), step, form | {"_step": step}))
            for action in ACTIONS:
                chosen = {"action": action, "_selected_action": [entry.pk], "note": "x"}
                self.sent.append((listing, action, chosen | {"post": "yes", "answered": "1"}))

    def by(self, client: Client, user: User) -> Iterator[tuple[str, str, int]]:
        client.force_login(user)
        for path, action, sent in self.sent:
            yield path, action, client.post(path, sent).status_code


@pytest.mark.parametrize("role", WHO)
def test_entries_stay_as_they_are_whatever_is_sent_where(client, role):
    """All have another city for theirs."""
    here = make.make_city("Torino")
    attack = Attack(client)
    before = everything()
    user = nobody() if role == "nobody" else member(role, cities=[here])
    failed = [(path, action) for path, action, status in attack.by(client, user) if status >= 500]
    assert failed == []
    assert everything() == before
    assert not Event.objects.filter(what__in=("published", "taken_back", "archived")).exists()


def test_who_may_do_everything_does_something_by_the_same_requests(client):
    """Else the test before would hold of anybody."""
    attack = Attack(client)
    user = User.objects.get(username="all")
    before = everything()
    client.force_login(user)
    done = set()
    for path, action, sent in attack.sent:
        with transaction.atomic():
            client.post(path, sent)
            if everything() != before:
                done.add(action or path.strip("/").rpartition("/")[2])
            transaction.set_rollback(True)
    # Nothing is in review, and no text is marked.
    wanted = {"change", "checked-today", "delete", *STEPS, *ACTIONS}
    assert done >= wanted - {"send_back", "still_right_en"}


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
