"""Two people save the same entry: nothing of either is lost, and the second chooses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.fixtures import content
from directory.history import documents
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from staff.collisions import Seen
from tests import builders as make
from tests.admin_form import errors, fields, submit, with_row
from tests.test_admin import change
from tests.test_picture_rows import upload

pytestmark = pytest.mark.django_db

every_kind = pytest.mark.parametrize("model", [Organization, Network, Project])


class Session:
    """Somebody at a browser of their own, with a form open."""

    def __init__(self, name: str) -> None:
        self.user = make.make_editor(name, language="en")
        self.client = Client()
        self.client.force_login(self.user)
        self.sent: dict[str, Any] = {}

    def open(self, entry) -> Session:
        self.path = change(entry)
        self.sent = fields(self.client.get(self.path))
        return self

    def save(self, **changes: Any):
        """What the form shows, with the changes; after a refusal, the form as it came back."""
        data = {**self.sent, **changes, "_continue": "1"}
        answer = self.client.post(
            self.path, {name: value for name, value in data.items() if value is not None}
        )
        if answer.status_code == 200:
            self.sent = fields(answer)
        return answer


@pytest.fixture
def anna() -> Session:
    return Session("anna")


@pytest.fixture
def bruno() -> Session:
    return Session("bruno")


def disputed(answer) -> list[tuple[str, str, str]]:
    assert "Somebody else saved meanwhile." in errors(answer)
    return [(one.key, one.theirs, one.mine) for one in answer.context["disputes"]]


# ------------------------------------------------------------------ the number
@every_kind
def test_every_change_of_a_row_counts_whoever_writes(model):
    one = make.make_entry(model, "Prova", {})
    assert model.objects.get(pk=one.pk).version == 1
    one.save()
    model.objects.filter(pk=one.pk).update(summary_it="x")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET version = 0 WHERE id = %s", [one.pk])
    assert model.objects.get(pk=one.pk).version == 4
    other = model.objects.create(name_it="Altra")
    assert other.version == 1
    assert "version" not in content(other), "a load does not take it for an edit"
    assert '"version"' not in documents(model, [one.pk])[one.pk]


# ------------------------------------------------------------------ fields
@every_kind
def test_what_only_one_changed_is_kept_of_both(anna, bruno, model):
    theme = make.make_theme("Orti")
    one = make.make_entry(model, "Prova", {"summary_it": "Uno", "founded": "2013"})
    anna.open(one)
    bruno.open(one)
    assert (
        anna.save(
            summary_it="Di Anna", themes=[theme.pk], founded="2014-05", email_public="on"
        ).status_code
        == 302
    )
    assert bruno.save(description_en="By Bruno", life="active").status_code == 302
    one = model.objects.get(pk=one.pk)
    assert (one.summary_it, one.description_en, one.life) == ("Di Anna", "By Bruno", "active")
    assert (one.founded_on.iso, one.email_public) == ("2014-05", True)
    assert list(one.themes.all()) == [theme]


@every_kind
@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_what_both_changed_is_shown_and_chosen(anna, bruno, model, choice):
    one = make.make_entry(model, "Prova", {"summary_it": "Uno", "summary_en": "One"})
    anna.open(one)
    bruno.open(one)
    anna.save(summary_it="Di Anna", name_en="Trial", why="Lo dice il sito")
    answer = bruno.save(summary_it="Di Bruno", summary_en="By Bruno")
    assert disputed(answer) == [("summary_it", "Di Anna", "Di Bruno")]
    page = answer.content.decode()
    assert "Saved by anna" in page
    assert "Lo dice il sito" in page
    one.refresh_from_db()
    assert (one.summary_it, one.summary_en) == ("Di Anna", "One"), "nothing is saved yet"
    # What he wrote is still in his form, and what only she changed is there already.
    assert bruno.sent["summary_it"] == ["Di Bruno"]
    assert bruno.sent["name_en"] == ["Trial"]
    assert disputed(bruno.save()) == [("summary_it", "Di Anna", "Di Bruno")], "not without choosing"
    assert bruno.save(**{"choose-summary_it": choice}).status_code == 302
    one = model.objects.get(pk=one.pk)
    chosen = {"mine": "Di Bruno", "theirs": "Di Anna"}[choice]
    assert (one.summary_it, one.summary_en, one.name_en) == (chosen, "By Bruno", "Trial")


def test_the_same_change_by_both_is_no_collision(anna, bruno):
    one = make.make_organization(summary_it="Uno")
    anna.open(one)
    bruno.open(one)
    anna.save(summary_it="Due")
    assert bruno.save(summary_it=" Due\r\n").status_code == 302


def test_choices_dates_and_lists_are_shown_as_people_read_them(anna, bruno):
    cities = [make.make_city(name) for name in ("Torino", "Napoli")]
    themes = [make.make_theme(name) for name in ("Orti", "Parchi")]
    one = make.make_organization()
    anna.open(one)
    bruno.open(one)
    for session, number in ((anna, 0), (bruno, 1)):
        answer = session.save(
            city=cities[number].pk,
            themes=[themes[number].pk],
            life=("active", "ended")[number],
            founded=("2013", "2013-01")[number],
            other_names=("Uno\nDue", "Uno\nTre")[number],
        )
    said = {key: (theirs, mine) for key, theirs, mine in disputed(answer)}
    assert said == {
        "city": ("Torino (TO)", "Napoli (TO)"),
        "themes": ("Orti", "Parchi"),
        "life": ("active", "ended"),
        "founded": ("2013", "2013-01"),
        "other_names": ("Uno\nDue", "Uno\nTre"),
    }
    choices = {f"choose-{key}": "theirs" for key in said}
    assert bruno.save(**choices).status_code == 302
    one = Organization.objects.get(pk=one.pk)
    assert (one.city, list(one.themes.all()), one.life) == (cities[0], themes[:1], "active")
    assert (one.founded_precision, one.other_names) == ("year", ["Uno", "Due"])


def test_a_third_save_in_between_is_a_new_collision(anna, bruno):
    one = make.make_organization(summary_it="Uno")
    anna.open(one)
    bruno.open(one)
    anna.save(summary_it="Due")
    bruno.save(summary_it="Tre")
    anna.open(one).save(summary_it="Quattro")
    answer = bruno.save(**{"choose-summary_it": "theirs"})
    assert disputed(answer) == [("summary_it", "Quattro", "Tre")]


def test_publishing_from_a_list_and_imports_count_too(anna):
    one = make.fit(make.make_organization(summary_it="Uno", status="draft"))
    anna.open(one)
    Organization.objects.filter(pk=one.pk).update(status="published", summary_it="Dall’elenco")
    assert anna.save(summary_en="One").status_code == 302
    one.refresh_from_db()
    assert (one.status, one.summary_it, one.summary_en) == ("published", "Dall’elenco", "One")


@pytest.mark.parametrize("seen", ["", "nonsense", "another"])
def test_of_a_form_that_says_nothing_nothing_is_believed(anna, seen):
    one, other = make.make_organization(summary_it="Uno"), make.make_organization("Altra")
    if seen == "another":
        seen = Seen(one.version, {"summary_it": ["Due"]}).signed(other.pk)
    answer = anna.open(one).save(seen=seen, summary_it="Due")
    assert disputed(answer) == [("summary_it", "Uno", "Due")]
    assert anna.save(**{"choose-summary_it": "mine"}).status_code == 302


def test_after_another_error_the_collision_is_still_seen(anna, bruno):
    one = make.make_organization(summary_it="Uno")
    anna.open(one)
    bruno.open(one)
    assert "at most 300" in errors(bruno.save(summary_it="x" * 301))
    anna.save(summary_it="Di Anna")
    assert disputed(bruno.save(summary_it="Di Bruno")) == [("summary_it", "Di Anna", "Di Bruno")]


# ------------------------------------------------------------------ rows of lists
def rows_of(one) -> list[str]:
    return list(one.milestones.order_by("order", "pk").values_list("text_it", flat=True))


def test_rows_are_merged_by_what_they_are_and_not_by_their_place(anna, bruno):
    one = make.make_organization()
    for order, text in enumerate(("Prima", "Seconda", "Terza")):
        one.milestones.create(text_it=text, order=order)
    anna.open(one)
    bruno.open(one)
    new = with_row(anna.client, change(one), "milestones", text_it="Di Anna", order="9")
    anna.save(**{"milestones-0-DELETE": "on", "milestones-1-text_it": "Seconda di Anna"}, **new)
    new = with_row(bruno.client, change(one), "milestones", text_it="Di Bruno", order="10")
    # His form has the three rows that he saw and his new one; the first of them is gone.
    assert bruno.save(**{"milestones-2-text_en": "Third"}, **new).status_code == 302
    assert rows_of(one) == ["Seconda di Anna", "Terza", "Di Anna", "Di Bruno"]
    assert one.milestones.get(text_it="Terza").text_en == "Third"


def test_a_row_that_both_changed_is_chosen(anna, bruno):
    network, member = make.make_network(), make.make_organization()
    tie = make.join(member, network, since="2013")
    anna.open(network)
    bruno.open(network)
    anna.save(**{"memberships-0-since": "2014"})
    answer = bruno.save(**{"memberships-0-since": "2015", "aim_it": "Scopo"})
    assert disputed(answer) == [(f"memberships:{tie.pk}:since", "2014", "2015")]
    choice = {f"choose-memberships:{tie.pk}:since": "theirs"}
    assert bruno.save(**choice).status_code == 302
    tie.refresh_from_db()
    network.refresh_from_db()
    assert (tie.since_on.iso, network.aim_it) == ("2014", "Scopo")


def test_a_row_that_one_changed_and_the_other_deleted_comes_back_to_be_seen(anna, bruno):
    one = make.make_organization()
    one.milestones.create(text_it="Nasce", order=0)
    one.milestones.create(text_it="Cresce", order=1)
    anna.open(one)
    bruno.open(one)
    anna.save(**{"milestones-0-DELETE": "on"})
    answer = bruno.save(**{"milestones-0-text_it": "Nasce a Napoli", "summary_it": "Uno"})
    (dispute,) = answer.context["disputes"]
    assert dispute.deleted
    assert "The row that you changed was deleted meanwhile." in answer.content.decode()
    assert rows_of(one) == ["Cresce"]
    assert bruno.sent["milestones-1-text_it"] == ["Nasce a Napoli"]
    assert bruno.save().status_code == 302
    assert sorted(rows_of(one)) == ["Cresce", "Nasce a Napoli"]


def test_who_deletes_what_the_other_just_changed_sees_the_change_first(anna, bruno):
    one = make.make_organization()
    one.milestones.create(text_it="Nasce")
    anna.open(one)
    bruno.open(one)
    anna.save(**{"milestones-0-text_it": "Nasce a Napoli"})
    answer = bruno.save(**{"milestones-0-DELETE": "on"})
    (dispute,) = answer.context["disputes"]
    assert (dispute.deleted, dispute.theirs) == (True, "Nasce a Napoli")
    assert rows_of(one) == ["Nasce a Napoli"]
    assert bruno.save(**{"milestones-0-DELETE": "on"}).status_code == 302
    assert rows_of(one) == []


@pytest.fixture
def pictured(settings, tmp_path) -> Organization:
    settings.MEDIA_ROOT = tmp_path
    one = make.make_organization()
    session = Session("clara").open(one)
    new = {"pictures-TOTAL_FORMS": "1", "pictures-0-alt_it": "Una piazza", "pictures-0-order": "0"}
    assert session.save(**new, **{"pictures-0-image": upload()}).status_code == 302
    return one


def file_of(entry) -> str:
    return str(entry.pictures.values_list("image", flat=True).get())


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_a_picture_that_both_replaced_is_chosen(anna, bruno, pictured, choice):
    anna.open(pictured)
    bruno.open(pictured)
    assert anna.save(**{"pictures-0-image": upload((0, 255, 0))}).status_code == 302
    theirs = file_of(pictured)
    mine = {"pictures-0-image": upload((0, 0, 255), name="Mia.jpg")}
    answer = bruno.save(**mine)
    ((key, _theirs, name),) = disputed(answer)
    assert name == "Mia.jpg"
    assert "Both of you put another file here." in answer.content.decode()
    assert file_of(pictured) == theirs
    # No browser sends the file again by itself.
    assert disputed(bruno.save(**{f"choose-{key}": "mine"}))
    sent = {"pictures-0-image": upload((0, 0, 255))} if choice == "mine" else {}
    assert bruno.save(**{f"choose-{key}": choice}, **sent).status_code == 302
    assert (file_of(pictured) == theirs) is (choice == "theirs")


def test_a_picture_that_one_replaced_stands_beside_what_the_other_wrote(anna, bruno, pictured):
    anna.open(pictured)
    bruno.open(pictured)
    anna.save(**{"pictures-0-image": upload((0, 255, 0))})
    theirs = file_of(pictured)
    assert bruno.save(**{"pictures-0-alt_en": "A square"}).status_code == 302
    assert pictured.pictures.get().alt_en == "A square"
    assert file_of(pictured) == theirs


def test_a_picture_is_not_deleted_unseen_nor_replaced_in_a_row_that_went(anna, bruno, pictured):
    anna.open(pictured)
    bruno.open(pictured)
    anna.save(**{"pictures-0-image": upload((0, 255, 0))})
    answer = bruno.save(**{"pictures-0-DELETE": "on"})
    assert [(one.deleted, one.theirs) for one in answer.context["disputes"]] == [
        (True, "another file")
    ]
    assert pictured.pictures.count() == 1
    anna.open(pictured)
    bruno.open(pictured)
    anna.save(**{"pictures-0-DELETE": "on"})
    answer = bruno.save(**{"pictures-0-image": upload((0, 0, 255))})
    (dispute,) = answer.context["disputes"]
    assert dispute.deleted
    assert bruno.sent["pictures-0-alt_it"] == ["Una piazza"]


def test_what_both_deleted_is_gone(anna, bruno):
    one = make.make_organization()
    one.milestones.create(text_it="Nasce")
    anna.open(one)
    bruno.open(one)
    for session in (anna, bruno):
        assert session.save(**{"milestones-0-DELETE": "on"}).status_code == 302
    assert rows_of(one) == []


def test_roles_of_a_partner_are_merged(anna, bruno):
    project, partner = make.make_project(), make.make_organization()
    tie = make.take_part(project, partner, "A")
    both = [role.pk for role in (make.make_partner_role("A"), make.make_partner_role("B"))]
    anna.open(project)
    bruno.open(project)
    anna.save(**{"participations-0-roles": both})
    assert bruno.save(**{"participations-0-part_it": "Cura"}).status_code == 302
    tie.refresh_from_db()
    assert (tie.part_it, tie.roles.count()) == ("Cura", 2)


# ------------------------------------------------------------------ cost
def test_without_a_collision_saving_takes_one_query_more(client):
    client.force_login(make.make_editor())
    one = make.make_organization()
    for number in range(3):
        one.milestones.create(text_it=f"{number}", order=number)
    data = {**fields(client.get(change(one))), "_continue": "1"}
    with CaptureQueriesContext(connection) as captured:
        assert client.post(change(one), data).status_code == 302
    held = [query["sql"] for query in captured if "FOR NO KEY UPDATE" in query["sql"]]
    assert len(held) == 1
    assert held[0].startswith('SELECT "orgs_organization"."id"')
    assert submit(client, change(one), summary_it="x").status_code == 302
