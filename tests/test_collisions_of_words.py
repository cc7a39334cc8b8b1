"""Two managers save the same word, city or account: nothing of either is lost, as with entries."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import signing
from django.test import Client

from directory.scope import EditingScope
from links.models import Link
from places.models import CityName
from staff.models import User
from tests import builders as make
from tests.admin_form import errors
from tests.test_admin import address
from tests.test_attacks import TERMS, asked, asked_of_many
from tests.test_collisions import Session, disputed

pytestmark = pytest.mark.django_db

every_word = pytest.mark.parametrize("model", list(TERMS))


@pytest.fixture
def anna() -> Session:
    return Session("anna")


@pytest.fixture
def bruno() -> Session:
    return Session("bruno")


def both_open(anna: Session, bruno: Session, row: Any) -> None:
    anna.open(row)
    bruno.open(row)


def now(row: Any) -> Any:
    return type(row)._default_manager.get(pk=row.pk)


# ------------------------------------------------------------------ words
@every_word
def test_what_only_one_changed_of_a_word_is_kept_of_both(anna, bruno, model):
    word = TERMS[model]("Orti")
    both_open(anna, bruno, word)
    assert anna.save(name_en="Gardens").status_code == 302
    assert bruno.save(order="7").status_code == 302
    word = now(word)
    assert (word.name_it, word.name_en, word.order) == ("Orti", "Gardens", 7)


@every_word
@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_what_both_changed_of_a_word_is_shown_and_chosen(anna, bruno, model, choice):
    word = TERMS[model]("Orti")
    both_open(anna, bruno, word)
    anna.save(name_it="Di Anna")
    answer = bruno.save(name_it="Di Bruno", name_en="By Bruno")
    assert disputed(answer) == [("name_it", "Di Anna", "Di Bruno")]
    page = answer.content.decode()
    assert "Saved by anna" in page
    assert "Di Anna" in page
    assert now(word).name_en in ("", None), "nothing is saved yet"
    assert disputed(bruno.save()) == [("name_it", "Di Anna", "Di Bruno")], "not without choosing"
    assert bruno.save(**{"choose-name_it": choice}).status_code == 302
    chosen = {"mine": "Di Bruno", "theirs": "Di Anna"}[choice]
    assert (now(word).name_it, now(word).name_en) == (chosen, "By Bruno")


def test_a_parent_is_shown_by_its_name(anna, bruno):
    theme, one, other = (make.make_theme(name) for name in ("Orti", "Cibo", "Cura"))
    both_open(anna, bruno, theme)
    anna.save(parent=one.pk)
    assert disputed(bruno.save(parent=other.pk)) == [("parent", "Cibo", "Cura")]


def test_a_third_save_in_between_is_a_new_collision(anna, bruno):
    theme = make.make_theme("Orti")
    both_open(anna, bruno, theme)
    anna.save(name_it="Due")
    bruno.save(name_it="Tre")
    anna.open(theme).save(name_it="Quattro")
    answer = bruno.save(**{"choose-name_it": "theirs"})
    assert disputed(answer) == [("name_it", "Quattro", "Tre")]


@pytest.mark.parametrize("seen", ["", "nonsense"])
def test_of_a_form_that_says_nothing_nothing_is_believed(anna, seen):
    theme = make.make_theme("Orti")
    answer = anna.open(theme).save(seen=seen, name_it="Due")
    assert disputed(answer) == [("name_it", "Orti", "Due")]


def test_who_sends_the_same_twice_is_asked_nothing(anna):
    theme = make.make_theme("Orti")
    anna.open(theme)
    for _time in range(2):
        assert anna.save(name_it="Due").status_code == 302


# ------------------------------------------------------------------ deleting
@every_word
@pytest.mark.parametrize("asks", [asked, asked_of_many])
def test_what_somebody_just_changed_is_not_deleted_unseen(anna, bruno, model, asks):
    word = TERMS[model]("Orti")
    path, data = asks(bruno.client, word)
    anna.open(word).save(name_it="Di Anna")
    answer = bruno.client.post(path, data, follow=True)
    assert "Nothing was deleted: “Di Anna” was changed" in answer.content.decode()
    assert now(word).name_it == "Di Anna"
    path, data = asks(bruno.client, word)
    bruno.client.post(path, data)
    assert not model._default_manager.filter(pk=word.pk).exists()


def test_what_is_deleted_without_having_been_asked_about_stays(anna):
    word = make.make_theme("Orti")
    anna.client.post(address(word, "delete", word.pk), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [word.pk], "post": "yes"}
    anna.client.post(address(word, "changelist"), chosen)
    assert now(word)


def test_what_was_written_about_a_word_that_is_no_more_can_be_copied(anna, bruno):
    word = make.make_theme("Orti")
    both_open(anna, bruno, word)
    path, data = asked(anna.client, word)
    anna.client.post(path, data)
    answer = bruno.save(description_it="Scritto in un’ora")
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "Perhaps it was deleted?" in page
    assert "Scritto in un’ora" in page


def test_what_was_written_about_an_entry_that_is_no_more_can_be_copied(anna, bruno):
    one = make.make_organization(status="draft")
    both_open(anna, bruno, one)
    anna.client.post(address(one, "delete", one.pk), {"post": "yes"})
    answer = bruno.save(description_it="Scritto in un’ora")
    assert answer.status_code == 410
    assert "Scritto in un’ora" in answer.content.decode()


# ------------------------------------------------------------------ cities, and checked addresses
def test_further_names_of_a_city_are_kept_of_both(anna, bruno):
    city = make.make_city("Torino")
    CityName.objects.create(city=city, name="Augusta", kind=CityName.Kind.FORMER, by_staff=True)
    both_open(anna, bruno, city)
    prefix = next(name for name in anna.sent if name.endswith("-0-name"))
    answer = anna.save(**{prefix: "Augusta Taurinorum"})
    assert answer.status_code == 302, errors(answer)
    answer = bruno.save(**{prefix: "Julia Augusta"})
    assert [(theirs, mine) for _key, theirs, mine in disputed(answer)] == [
        ("Augusta Taurinorum", "Julia Augusta")
    ]
    both_open(anna, bruno, city)
    empty = prefix.replace("-0-", "-1-")
    assert anna.save(**{empty: "La città della Mole"}).status_code == 302
    assert bruno.save(**{prefix: "Julia", empty: "La mole"}).status_code == 302
    names = city.names.filter(by_staff=True).values_list("name", flat=True)
    assert set(names) == {"Julia", "La città della Mole", "La mole"}


def test_a_name_that_another_took_away_comes_back_only_by_ones_will(anna, bruno):
    city = make.make_city("Torino")
    CityName.objects.create(city=city, name="Augusta", kind=CityName.Kind.FORMER, by_staff=True)
    both_open(anna, bruno, city)
    prefix = next(name for name in anna.sent if name.endswith("-0-name"))
    anna.save(**{prefix.replace("-name", "-DELETE"): "on"})
    assert not city.names.filter(by_staff=True).exists()
    answer = bruno.save(**{prefix: "Julia Augusta"})
    assert "Somebody else saved meanwhile." in errors(answer)
    assert "Julia Augusta" in answer.content.decode()
    assert not city.names.filter(by_staff=True).exists()


def test_notes_on_an_address_are_shown_of_both(anna, bruno):
    link = Link.objects.create(url="https://prova.example/")
    both_open(anna, bruno, link)
    anna.save(note="Di Anna")
    assert disputed(bruno.save(note="Di Bruno")) == [("note", "Di Anna", "Di Bruno")]


# ------------------------------------------------------------------ accounts and roles
def test_what_both_changed_of_an_account_is_shown_and_no_password(anna, bruno):
    clerk = make.make_editor("clerk", is_superuser=False, email="clerk@a.example")
    both_open(anna, bruno, clerk)
    clerk.set_password("another long password")
    clerk.save()
    anna.save(email="anna@a.example", first_name="Carla")
    answer = bruno.save(email="bruno@a.example", language="it")
    assert disputed(answer) == [("email", "anna@a.example", "bruno@a.example")]
    page = answer.content.decode()
    assert clerk.password not in page
    assert bruno.save(**{"choose-email": "mine"}).status_code == 302
    after = now(clerk)
    said = (after.email, after.first_name, after.language)
    assert said == ("bruno@a.example", "Carla", "it")
    assert after.check_password("another long password")


def test_no_form_says_anything_of_a_password(anna):
    clerk = make.make_editor("clerk")
    seen = anna.open(clerk).sent["seen"][0]
    said = signing.loads(seen, salt="staff.collisions")
    assert "password" not in said["values"]
    assert clerk.password not in str(said)


def test_rights_that_both_changed_are_shown_by_name(anna, bruno):
    clerk = make.make_editor("clerk", is_superuser=False)
    editor, reviewer = (Group.objects.get(name=name) for name in ("editor", "reviewer"))
    both_open(anna, bruno, clerk)
    anna.save(groups=[editor.pk])
    answer = bruno.save(groups=[reviewer.pk])
    [(key, theirs, mine)] = disputed(answer)
    assert key == "groups"
    assert theirs
    assert mine
    assert theirs != mine
    assert list(now(clerk).groups.all()) == [editor]


def test_who_logged_in_meanwhile_is_no_collision(anna, bruno):
    clerk = make.make_editor("clerk")
    anna.open(clerk)
    Client().force_login(clerk)
    before = now(clerk).last_login
    assert before
    assert anna.save(first_name="Carla").status_code == 302
    assert (now(clerk).first_name, now(clerk).last_login) == ("Carla", before)


def test_what_a_person_edits_is_kept_of_both_who_say_it_first(anna, bruno):
    clerk = make.make_editor("clerk", is_superuser=False)
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli")
    theme = make.make_theme("Orti")
    both_open(anna, bruno, clerk)
    prefix = "editing_scope-0-"
    assert anna.save(**{f"{prefix}cities": [torino.pk]}).status_code == 302
    answer = bruno.save(**{f"{prefix}cities": [napoli.pk], f"{prefix}themes": [theme.pk]})
    [(key, theirs, mine)] = disputed(answer)
    assert (theirs, mine) == ("Torino (TO)", "Napoli (TO)")
    assert bruno.save(**{f"choose-{key}": "theirs"}).status_code == 302
    scope = EditingScope.objects.get(user=clerk)
    assert (list(scope.cities.all()), list(scope.themes.all())) == ([torino], [theme])


def test_a_role_is_kept_of_both(anna, bruno):
    group = Group.objects.create(name="Chi guarda")
    words = ("view_organization", "change_organization")
    one, other = (Permission.objects.get(codename=word) for word in words)
    both_open(anna, bruno, group)
    assert anna.save(permissions=[one.pk]).status_code == 302
    assert bruno.save(name="Chi legge").status_code == 302
    assert (now(group).name, list(now(group).permissions.all())) == ("Chi legge", [one])
    both_open(anna, bruno, group)
    anna.save(permissions=[other.pk])
    [(key, _theirs, _mine)] = disputed(bruno.save(permissions=[one.pk, other.pk]))
    assert key == "permissions"


def test_an_account_that_somebody_just_changed_is_not_deleted_unseen(anna, bruno):
    clerk = make.make_editor("clerk", is_superuser=False)
    torino = make.make_city("Torino")
    path, data = asked(bruno.client, clerk)
    anna.open(clerk).save(**{"editing_scope-0-cities": [torino.pk]})
    bruno.client.post(path, data)
    assert now(clerk), "what it edits was changed"
    path, data = asked(bruno.client, clerk)
    Client().force_login(clerk)
    bruno.client.post(path, data)
    assert not User.objects.filter(pk=clerk.pk).exists(), "that it logged in is no change"


def test_every_form_in_which_something_is_changed_keeps_people_apart():
    """Proposals are decided on a page of their own; the rest is only looked at."""
    from django.contrib import admin

    from directory.proposal_list_admin import ProposalAdmin
    from exchange.admin import OnlyLookedAt
    from staff.collision_admin import ShowsBoth

    others = {
        type(each).__name__
        for each in admin.site._registry.values()
        if not isinstance(each, ShowsBoth | ProposalAdmin | OnlyLookedAt)
    }
    assert others == {"RegionAdmin", "ProvinceAdmin", "EventAdmin"}
