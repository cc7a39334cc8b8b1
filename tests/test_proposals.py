"""Who may not publish proposes: the public page stays as it is until a reviewer has accepted."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.history import documents, record_in_bulk, versions_of
from directory.told import told
from exchange.sheet_admin import AdminRights
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.admin_form import errors, fields, with_row
from tests.test_admin import address, change
from tests.test_roles import member

pytestmark = pytest.mark.django_db

every_kind = pytest.mark.parametrize("model", [Organization, Network, Project])


class Person:
    """Somebody with one role, at a browser of their own."""

    def __init__(self, role: str, name: str = "", **scope: Any) -> None:
        self.user = member(role, name, **scope)
        self.client = Client()
        self.client.force_login(self.user)
        self.sent: dict[str, Any] = {}

    # ---------------------------------------------------------------- the form of an entry
    def open(self, entry) -> Person:
        self.path = change(entry)
        answer = self.client.get(self.path)
        assert answer.status_code == 200
        self.sent = fields(answer)
        return self

    def save(self, **changes: Any):
        data = {**self.sent, **changes, "_continue": "1"}
        given = {name: value for name, value in data.items() if value is not None}
        answer = self.client.post(self.path, given)
        if answer.status_code == 200:
            self.sent = fields(answer)
        return answer

    def propose(self, entry, **changes: Any):
        answer = self.open(entry).save(**changes)
        assert answer.status_code == 302, errors(answer)
        return entry.proposals.waiting().get(author=self.user)

    # ---------------------------------------------------------------- the page of a proposal
    def look(self, proposal):
        return self.client.get(page(proposal))

    def decide(self, proposal, decision: str = "accept", without: Any = (), **said: Any):
        """Everything is ticked unless it is said to be left; ``choose`` is for what collided."""
        sent = fields(self.look(proposal))
        sent["keys"] = [key for key in sent.get("keys", ()) if key not in without]
        choices = {f"choose-{key}": choice for key, choice in said.pop("choose", {}).items()}
        return self.client.post(page(proposal), sent | {"decision": decision} | said | choices)


def page(proposal, name: str = "proposal") -> str:
    return address(proposal.entry, name, proposal.entry.pk, proposal.pk)


def text(answer) -> str:
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def editor() -> Person:
    return Person("editor", "anna")


@pytest.fixture
def reviewer() -> Person:
    return Person("reviewer", "rita")


def everything(entry) -> tuple[Any, ...]:
    """All of an entry, its number and its history."""
    said = documents(type(entry), [entry.pk])[entry.pk]
    number = type(entry).objects.values_list("version", "updated").get(pk=entry.pk)
    return json.loads(said), number, versions_of(entry).count()


# ------------------------------------------------------------------ proposing
@every_kind
def test_saving_a_published_entry_proposes_and_changes_nothing(editor, model):
    one = make.make_entry(model, "Prova", {"summary_it": "Prima", "founded": "2013"})
    address_of_page = one.get_absolute_url()
    public = Client().get(address_of_page).content
    before = everything(one)
    row = with_row(editor.client, change(one), "milestones", text_it="Nasce")
    proposal = editor.propose(one, summary_it="Dopo", founded="2014-05", why="Lo dice", **row)
    assert everything(one) == before
    assert Client().get(address_of_page).content == public
    assert (proposal.state, proposal.why, proposal.base_version) == ("open", "Lo dice", 1)
    assert proposal.before["fields"] == {
        "summary_it": "Prima",
        "founded": "2013-01-01",
        "founded_precision": "year",
    }
    assert proposal.after["fields"]["founded_precision"] == "month"
    [[added]] = [rows.values() for rows in proposal.after["lists"].values()]
    assert added["text_it"] == "Nasce"


@every_kind
def test_a_reviewer_accepts_half_through_the_form(editor, reviewer, model):
    one = make.make_entry(model, "Prova", {"summary_it": "Prima", "summary_en": "Before"})
    one.milestones.create(text_it="Nasce")
    gone = one.milestones.create(text_it="Sbagliato", order=1)
    changes = {"milestones-0-text_en": "Begins", "milestones-1-DELETE": "on"}
    theme = make.make_theme("Orti")
    proposal = editor.propose(
        one, summary_it="Dopo", summary_en="After", themes=[theme.pk], why="Dal sito", **changes
    )
    said = text(reviewer.look(proposal))
    assert "<ins>Dopo</ins>" in said
    assert "<del>Prima</del>" in said
    answer = reviewer.decide(
        proposal, without=["summary_en", f"milestones:{gone.pk}"], answer="Grazie"
    )
    assert answer.status_code == 302, text(answer)
    one = model.objects.get(pk=one.pk)
    assert (one.summary_it, one.summary_en) == ("Dopo", "Before")
    assert list(one.themes.all()) == [theme]
    assert [row.text_en for row in one.milestones.all()] == ["Begins", None]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.reviewer, proposal.answer) == (
        *("partly", reviewer.user, "Grazie"),
    )
    version = versions_of(one).first()
    assert version.revision.user == reviewer.user
    assert told(version.revision.comment) == "Proposed by anna, accepted by rita. Dal sito Grazie"
    assert versions_of(one).count() == 2, "as it was, and what happened"
    assert "partly accepted" in text(editor.look(proposal))


# ------------------------------------------------------------------ its author goes on
@every_kind
def test_the_author_finds_the_proposal_in_the_form_and_goes_on(editor, model):
    one = make.make_entry(model, "Prova", {"summary_it": "Prima"})
    row = with_row(editor.client, change(one), "milestones", text_it="Nasce")
    proposal = editor.propose(one, summary_it="Dopo", why="Dal sito", **row)
    before = everything(one)
    editor.open(one)
    assert everything(one) == before, "opening the form writes nothing"
    assert editor.sent["summary_it"] == ["Dopo"]
    assert editor.sent["milestones-0-text_it"] == ["Nasce"]
    assert editor.sent["why"] == ["Dal sito"]
    editor.save(**{"milestones-0-text_en": "Begins", "description_en": "More"})
    proposal.refresh_from_db()
    assert (one.proposals.count(), proposal.saves) == (1, 2)
    assert proposal.after["fields"] == {"summary_it": "Dopo", "description_en": "More"}
    [[added]] = [rows.values() for rows in proposal.after["lists"].values()]
    assert (added["text_it"], added["text_en"]) == ("Nasce", "Begins")
    assert everything(one) == before
    editor.open(one).save(**{"milestones-0-DELETE": "on", "summary_it": "Prima"})
    proposal.refresh_from_db()
    assert (proposal.after["fields"], proposal.after["lists"]) == ({"description_en": "More"}, {})
    answer = editor.open(one).save(description_en="")
    assert answer.status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn", "nothing of it is left"


def test_rows_on_other_pages_of_a_long_list_stay_proposed(editor, reviewer):
    network = make.make_network()
    for number in range(27):
        make.join(make.make_organization(f"Ente {number:02}"), network, order=number)
    [last, first] = network.memberships.order_by("-order")[:27:26]
    editor.propose(network, **{"memberships-0-current": "no"})
    editor.path = f"{change(network)}?memberships=2"
    editor.sent = fields(editor.client.get(editor.path))
    assert editor.save(**{"memberships-1-since": "2013"}).status_code == 302
    proposal = network.proposals.get()
    assert set(proposal.after["lists"]["memberships"]) == {str(first.pk), str(last.pk)}
    assert reviewer.decide(proposal).status_code == 302
    first.refresh_from_db()
    last.refresh_from_db()
    assert (first.current, last.since_on.iso) == ("no", "2013")
    assert network.memberships.count() == 27


def test_what_the_form_refuses_is_not_proposed(editor):
    one = make.make_organization(summary_it="Prima")
    assert "at most 300" in errors(editor.open(one).save(summary_it="x" * 301))
    assert not one.proposals.exists()
    assert editor.save(summary_it="Dopo").status_code == 302
    assert one.proposals.get().after["fields"] == {"summary_it": "Dopo"}


def test_saving_without_a_change_proposes_nothing(editor):
    one = make.make_organization(summary_it="Prima")
    assert editor.open(one).save().status_code == 302
    assert not one.proposals.exists()


def test_two_tabs_of_one_author_collide_as_two_people_do(editor):
    one = make.make_organization(summary_it="Prima")
    editor.open(one)
    other = Client()
    other.force_login(editor.user)
    sent = fields(other.get(change(one)))
    editor.save(summary_it="Dopo", life="active")
    answer = other.post(change(one), sent | {"summary_it": "Altro", "_continue": "1"})
    assert "Somebody else saved meanwhile." in errors(answer)
    assert fields(answer)["life"] == ["active"]
    assert one.proposals.get().after["fields"]["summary_it"] == "Dopo"


def test_a_collision_with_the_published_entry_is_shown_to_the_author(editor):
    one = make.make_organization(summary_it="Prima")
    editor.open(one)
    Organization.objects.filter(pk=one.pk).update(summary_it="Di un’altra persona", life="ended")
    assert "Somebody else saved meanwhile." in errors(editor.save(summary_it="Dopo"))
    assert editor.save(**{"choose-summary_it": "mine"}).status_code == 302
    proposal = one.proposals.get()
    assert proposal.before["fields"] == {"summary_it": "Di un’altra persona"}
    assert proposal.after["fields"] == {"summary_it": "Dopo"}


@every_kind
def test_the_preview_is_the_public_page_as_it_would_be(editor, reviewer, model):
    one = make.make_entry(model, "Prova", {"summary_it": "Prima", "description_it": "Testo"})
    row = with_row(editor.client, change(one), "milestones", text_it="Nasce a Napoli")
    proposal = editor.propose(one, summary_it="Dopo la proposta", **row)
    before = everything(one)
    for person in (editor, reviewer):
        answer = person.client.get(page(proposal, "proposal_preview") + "?language=it")
        assert "noindex" in answer["X-Robots-Tag"]
        said = text(answer)
        assert "Dopo la proposta" in said
        assert "Nasce a Napoli" in said
    assert everything(one) == before
    reviewer.decide(proposal)
    assert reviewer.client.get(page(proposal, "proposal_preview")).status_code == 404


def test_an_author_withdraws(editor):
    one = make.make_organization(summary_it="Prima")
    proposal = editor.propose(one, summary_it="Dopo")
    assert editor.decide(proposal, "withdraw").status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"
    assert editor.open(one).sent["summary_it"] == ["Prima"]
    assert editor.propose(one, summary_it="Ancora") != proposal


# ------------------------------------------------------------------ whose it is
def test_only_who_may_publish_the_entry_decides_and_only_they_and_the_author_see(editor, reviewer):
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli", make.make_province("NA"))
    one = make.make_organization(summary_it="Prima", city=torino)
    proposal = editor.propose(one, summary_it="Dopo")
    other, translator = Person("editor", "bruno"), Person("translator_it", "teo")
    far = Person("reviewer", "far", cities=[napoli])
    manager = Person("manager")
    for person in (other, translator, far, manager):
        assert person.look(proposal).status_code == 403, person.user
        assert person.client.get(page(proposal, "proposal_preview")).status_code == 403
        for decision in ("accept", "refuse", "withdraw"):
            answer = person.client.post(
                page(proposal), {"decision": decision, "keys": "summary_it"}
            )
            assert answer.status_code == 403, person.user
    seen = fields(reviewer.look(proposal))
    for decision in ("accept", "refuse", "anything"):
        assert editor.client.post(page(proposal), seen | {"decision": decision}).status_code == 403
    assert reviewer.client.post(page(proposal), seen | {"decision": "withdraw"}).status_code == 403
    assert "accept: " not in text(editor.look(proposal))
    proposal.refresh_from_db()
    one.refresh_from_db()
    assert (proposal.state, one.summary_it) == ("open", "Prima")
    elsewhere = make.make_organization("Altra", summary_it="Prima")
    wrong = address(elsewhere, "proposal", elsewhere.pk, proposal.pk)
    assert reviewer.client.get(wrong).status_code == 404


def test_who_may_not_edit_an_entry_may_not_propose_either():
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli", make.make_province("NA"))
    one = make.make_organization(summary_it="Prima", city=torino)
    far = Person("editor", "far", cities=[napoli])
    answer = far.client.post(change(one), {"summary_it": "Dopo", "_continue": "1"})
    assert answer.status_code == 403
    assert not one.proposals.exists()


def test_who_would_move_the_entry_out_of_their_scope_can_go_on(reviewer):
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli", make.make_province("NA"))
    one = make.make_organization(summary_it="Prima", city=torino)
    near = Person("editor", "near", cities=[torino])
    near.propose(one, city=napoli.pk)
    proposal = near.propose(one, summary_it="Dopo")
    assert set(proposal.after["fields"]) == {"city", "summary_it"}
    assert near.client.get(page(proposal, "proposal_preview")).status_code == 200
    reviewer.decide(proposal)
    assert Organization.objects.get(pk=one.pk).city == napoli


def test_to_put_back_or_to_bring_in_a_table_is_no_way_around(editor):
    one = make.make_organization(summary_it="Prima")
    record_in_bulk([one])
    version = versions_of(one).get()
    Organization.objects.filter(pk=one.pk).update(summary_it="Dopo")
    compare = f"{address(one, 'compare', one.pk)}?from={version.pk}&to=now"
    assert "Put back what is ticked" not in text(editor.client.get(compare))
    assert editor.client.post(compare, {"keys": "summary_it"}).status_code == 403
    assert editor.client.post(address(one, "delete", one.pk), {"post": "yes"}).status_code == 403
    request = RequestFactory().get("/")
    request.user = editor.user
    rights = AdminRights(request, "organization")
    assert "propose" in rights.refusal(Organization.objects.get(pk=one.pk), ["summary_it"])
    draft = make.make_organization("Bozza", status="draft")
    assert rights.refusal(draft, ["summary_it"]) == ""


# ------------------------------------------------------------------ finding them
def test_lists_show_what_waits_first_to_reviewers_of_the_entry_and_to_authors_their_own(
    editor, reviewer
):
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli", make.make_province("NA"))
    kind = make.make_kind("Impresa")
    decided = make.make_organization("Decisa", city=torino)
    reviewer.decide(editor.propose(decided, summary_it="Dopo"), "refuse")
    first = editor.propose(make.make_organization("Prima", city=torino), summary_it="Dopo")
    other = Person("editor", "bruno")
    second = other.propose(make.make_organization("Seconda", city=napoli, kind=kind), life="ended")
    listing = address(first, "changelist")

    def listed(person, **query):
        return [str(one) for one in person.client.get(listing, query).context["cl"].result_list]

    assert listed(reviewer) == ["Prima", "Seconda", "Decisa"]
    assert listed(reviewer, state__exact="open") == ["Prima", "Seconda"]
    assert listed(reviewer, author__id__exact=other.user.pk) == ["Seconda"]
    assert listed(reviewer, entry__city__id__exact=napoli.pk) == ["Seconda"]
    assert listed(reviewer, entry__kind__id__exact=kind.pk) == ["Seconda"]
    assert listed(editor) == ["Prima", "Decisa"]
    assert listed(other) == ["Seconda"]
    assert listed(Person("reviewer", "near", cities=[torino])) == ["Prima", "Decisa"]
    assert Person("manager").client.get(listing).status_code == 403
    assert "summary · Italian" in text(reviewer.client.get(listing))
    theirs = address(second, "change", second.pk)
    assert reviewer.client.get(theirs).status_code == 200
    assert editor.client.get(theirs).status_code == 404
    for name in ("delete", "change"):
        reviewer.client.post(address(second, name, second.pk), {"post": "yes"})
    assert second.entry.proposals.waiting().exists()


def test_an_author_finds_on_the_first_page_what_became_of_it(editor, reviewer):
    first = editor.propose(make.make_organization("Prima"), summary_it="Dopo")
    second = editor.propose(make.make_project("Seconda", summary_it="x"), summary_it="Dopo")
    withdrawn = editor.propose(make.make_organization("Ritirata"), summary_it="Dopo")
    editor.decide(withdrawn, "withdraw")
    front = reverse("admin:index")
    assert "Answers to your proposals" not in text(editor.client.get(front))
    reviewer.decide(first, "refuse", answer="Manca la fonte")
    reviewer.decide(second, "accept")
    answers = editor.client.get(front).context["answers"]
    assert [(one.name, one.state) for one in answers] == [
        ("Seconda", "accepted"),
        ("Prima", "refused"),
    ]
    said = text(editor.client.get(front))
    assert f'<a href="{page(first)}">Prima</a>' in said
    assert "Manca la fonte" in said
    for person in (reviewer, Person("editor", "bruno")):
        assert "Answers to your proposals" not in text(person.client.get(front))
    month = timezone.now() - timedelta(days=31)
    first.entry.proposals.filter(pk=first.pk).update(decided=month)
    assert [one.name for one in editor.client.get(front).context["answers"]] == ["Seconda"]
    listed = editor.client.get(address(first, "changelist")).context["cl"].result_list
    assert [str(one) for one in listed] == ["Ritirata", "Prima"], "the latest decision first"


def test_the_form_and_the_worklist_lead_to_what_waits(editor, reviewer):
    one = make.make_organization(summary_it="Prima")
    assert "proposal waits" not in text(reviewer.client.get(change(one)))
    proposal = editor.propose(one, summary_it="Dopo")
    said = text(reviewer.client.get(change(one)))
    assert f'href="{page(proposal)}">1 proposal waits' in said
    Person("editor", "bruno").propose(one, life="ended")
    said = text(reviewer.client.get(change(one)))
    assert f'href="{address(proposal, "changelist")}?entry={one.pk}">2 proposals wait' in said
    listing = address(one, "changelist")
    make.make_organization("Altra")
    found = reviewer.client.get(listing, {"work": "proposals"}).context["cl"].result_list
    assert list(found) == [one]
    assert "Proposals to decide" not in text(editor.client.get(listing))


# ------------------------------------------------------------------ whatever is sent
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=20)
SENT = st.fixed_dictionaries(
    {},
    optional={
        "summary_it": TEXTS,
        "description_en": TEXTS,
        "life": st.sampled_from(["active", "ended", "never"]),
        "founded": st.sampled_from(["", "2013", "2013-05", "domani"]),
        "status": st.sampled_from(["draft", "archived", "published"]),
        "slug": st.sampled_from(["altro", "un nome"]),
        "milestones-0-text_it": TEXTS,
        "milestones-0-DELETE": st.just("on"),
        "_save": st.just("1"),
        "_saveasnew": st.just("1"),
    },
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(SENT, min_size=1, max_size=2))
def test_nothing_that_an_editor_sends_changes_what_is_published(sent):
    with transaction.atomic():
        editor = Person("editor", "anna")
        one = make.make_organization(summary_it="Prima", founded="2012")
        one.milestones.create(text_it="Nasce")
        before = everything(one)
        for changes in sent:
            assert editor.open(one).save(**changes).status_code in (200, 302)
        after = everything(one)
        assert (after, Organization.objects.count()) == (before, 1)
        transaction.set_rollback(True)
