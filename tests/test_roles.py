"""What each role may do, and what part of the directory is whose."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from directory.roles import (
    languages_of,
    may_edit,
    may_publish,
    may_translate,
    may_write,
    within_scope,
)
from directory.scope import EditingScope
from networks.models import Network
from orgs.models import Organization, OrganizationKind
from projects.models import Project
from staff.models import User
from staff.roles import LABELS
from tests import builders as make

pytestmark = pytest.mark.django_db

ENTRIES = (Organization, Network, Project)


def member(role: str, name: str = "", **scope: list) -> User:
    """Somebody with one role; ``scope`` says what they edit."""
    user = make.make_editor(name or role, is_superuser=False, language="en")
    user.groups.add(Group.objects.get(name=role))
    if scope:
        chosen = EditingScope.objects.create(user=user)
        for field, rows in scope.items():
            getattr(chosen, field).set(rows)
    return User.objects.get(pk=user.pk)


def rights(role: str) -> set[str]:
    return {
        f"{right.content_type.app_label}.{right.codename}"
        for right in Group.objects.get(name=role).permissions.select_related("content_type")
    }


# ------------------------------------------------------------------ the groups
def test_migrating_makes_the_groups_with_their_rights():
    assert set(Group.objects.values_list("name", flat=True)) == set(LABELS)
    assert "orgs.change_organization" in rights("editor")
    assert "projects.add_project" in rights("editor")
    assert not {right for right in rights("editor") if ".publish_" in right or "delete" in right}
    assert {right for right in rights("reviewer") if ".publish_" in right} == {
        "orgs.publish_organization",
        "networks.publish_network",
        "projects.publish_project",
    }
    for language in ("it", "en"):
        held = rights(f"translator_{language}")
        assert f"directory.translate_{language}" in held
        assert not {right for right in held if ".view_" not in right and "translate" not in right}
    assert {"orgs.delete_organizationkind", "staff.change_user"} <= rights("manager")
    assert not {"orgs.change_organization", "staff.delete_user"} & rights("manager")
    every = set().union(*map(rights, LABELS))
    assert not {right for right in every if right.startswith("auth.")}, "no role makes its rights"


def test_the_command_puts_the_groups_right_and_leaves_people_and_other_groups():
    anna = member("editor")
    Group.objects.get(name="reviewer").delete()
    editors = Group.objects.get(name="editor")
    before = rights("editor")
    editors.permissions.remove(Permission.objects.get(codename="change_organization"))
    editors.permissions.add(Permission.objects.get(codename="publish_organization"))
    own = Group.objects.create(name="Quelli di Torino")
    own.permissions.add(Permission.objects.get(codename="publish_project"))
    Permission.objects.get(codename="publish_network").delete()
    said = io.StringIO()
    call_command("make_roles", stdout=said)
    assert rights("editor") == before
    assert "networks.publish_network" in rights("reviewer")
    assert rights("Quelli di Torino") == {"projects.publish_project"}
    assert list(anna.groups.all()) == [editors]
    assert f"editor: {len(before)} rights" in said.getvalue()
    call_command("make_roles", stdout=io.StringIO())
    assert rights("editor") == before


# ------------------------------------------------------------------ the questions
@pytest.mark.parametrize("model", ENTRIES)
def test_who_may_edit_publish_and_translate(model):
    draft = model._default_manager.create(name_it="Bozza")
    public = make.make_entry(model, "Pubblica", {})
    expected = {
        # edits, publishes, translates; writes the draft, the published one
        "editor": (True, False, True, True, False),
        "translator_it": (False, False, True, True, False),
        "translator_en": (False, False, True, True, False),
        "reviewer": (True, True, True, True, True),
        "manager": (False, False, False, False, False),
    }
    for role, answers in expected.items():
        user = member(role)
        assert (
            may_edit(user, draft),
            may_publish(user, draft),
            may_translate(user, draft),
            may_write(user, draft),
            may_write(user, public),
        ) == answers, role
        assert may_publish(user, model) is may_publish(user, draft)
    owner = make.make_editor("owner")
    assert may_publish(owner, public)
    assert may_write(owner, public)
    gone = member("reviewer", "gone")
    gone.is_active = False
    assert not may_write(gone, draft)


def test_the_languages_of_a_person():
    assert languages_of(member("translator_it")) == ("it",)
    assert languages_of(member("translator_en")) == ("en",)
    assert languages_of(member("editor")) == ("it", "en")
    assert languages_of(member("reviewer")) == ("it", "en")
    assert languages_of(member("manager")) == ()
    assert languages_of(make.make_editor("owner")) == ("it", "en")
    both = member("translator_it", "both")
    both.groups.add(Group.objects.get(name="translator_en"))
    assert languages_of(User.objects.get(pk=both.pk)) == ("it", "en")


# ------------------------------------------------------------------ scope
def names(user: User, model=Organization) -> set[str]:
    entries = within_scope(user, model._default_manager.all())
    found = set(entries.values_list("name_it", flat=True))
    each = {one.name_it for one in model._default_manager.all() if may_edit(user, one)}
    assert found == each, "one entry and many are asked the same"
    return found


def test_a_scope_is_places_and_themes():
    piemonte = make.make_region("Piemonte")
    torino = make.make_city("Torino", make.make_province("TO", piemonte))
    napoli = make.make_city("Napoli", make.make_province("NA", make.make_region("Campania")))
    commons = make.make_theme("Beni comuni")
    gardens = make.make_theme("Orti", parent=commons)
    other = make.make_theme("Ecologia")
    make.make_organization("A Torino", city=torino, themes=[gardens])
    make.make_organization("Per Torino", city=napoli, places=[torino], themes=[other])
    make.make_organization("A Napoli", city=napoli, themes=[commons], status="draft")
    make.make_organization("Senza nulla", status="draft")
    make.make_organization("Pubblica senza nulla")
    everything = {"A Torino", "Per Torino", "A Napoli", "Senza nulla", "Pubblica senza nulla"}
    assert names(member("editor", "all")) == everything
    assert names(member("editor", "empty", cities=[])) == everything
    assert names(member("editor", "city", cities=[torino])) == {
        *("A Torino", "Per Torino", "Senza nulla"),
    }
    assert names(member("editor", "province", provinces=[napoli.province])) == {
        *("Per Torino", "A Napoli", "Senza nulla"),
    }
    assert names(member("editor", "region", regions=[piemonte])) == {
        *("A Torino", "Per Torino", "Senza nulla"),
    }
    assert names(member("editor", "theme", themes=[commons])) == {
        *("A Torino", "A Napoli", "Senza nulla"),
    }
    assert names(member("editor", "both", cities=[torino], themes=[commons])) == {
        *("A Torino", "Senza nulla"),
    }
    assert names(member("editor", "two", cities=[torino, napoli])) == {
        *("A Torino", "Per Torino", "A Napoli", "Senza nulla"),
    }


@pytest.mark.parametrize("role", ["reviewer", "translator_en"])
def test_a_scope_holds_for_every_role(role):
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli")
    here = make.make_organization("Qui", city=torino)
    there = make.make_organization("Là", city=napoli, status="draft")
    user = member(role, cities=[torino])
    assert may_translate(user, here)
    assert not may_translate(user, there)
    assert not may_write(user, there)
    assert may_publish(user, here) is (role == "reviewer")
    assert not may_publish(user, there)


def test_what_is_in_a_scope_cannot_be_deleted():
    theme = make.make_theme("Orti")
    member("editor", themes=[theme])
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        theme.delete()


def test_asking_again_costs_nothing(django_assert_num_queries):
    torino = make.make_city("Torino")
    one = make.make_organization("Qui", city=torino)
    user = member("reviewer", cities=[torino])
    assert may_publish(user, one)
    with django_assert_num_queries(0):
        assert may_edit(user, one)
        assert may_write(user, one)


# ------------------------------------------------------------------ accounts
def test_the_page_of_an_account_names_the_roles_and_what_the_person_edits(client):
    client.force_login(make.make_editor("owner", language="en"))
    anna = member("editor", cities=[make.make_city("Torino")])
    page = client.get(f"/admin/staff/user/{anna.pk}/change/").content.decode()
    assert "Translation into Italian" in page
    assert "translator_it" not in page
    assert "Torino (TO)" in page
    listed = client.get("/admin/auth/group/").content.decode()
    assert "Translation into English" in listed


def test_vocabularies_are_the_managers(client):
    kind = make.make_kind()
    client.force_login(member("manager"))
    assert client.get(f"/admin/orgs/organizationkind/{kind.pk}/delete/").status_code == 200
    for role in ("editor", "reviewer", "translator_it"):
        client.force_login(member(role))
        assert client.get("/admin/orgs/organizationkind/add/").status_code == 403
        assert client.get(f"/admin/orgs/organizationkind/{kind.pk}/delete/").status_code == 403
        client.post(f"/admin/orgs/organizationkind/{kind.pk}/change/", {"name_it": "Altro"})
    assert OrganizationKind.objects.get().name_it == kind.name_it
