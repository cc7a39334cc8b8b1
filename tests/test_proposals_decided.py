"""A reviewer decides on a proposal: all, a part, against what others changed, or nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from directory.history import versions_of
from directory.marked_texts import marks_of
from directory.picture_field import orphans
from directory.proposals import KEPT_FOR, forget
from networks.models import Network
from orgs.models import Organization
from tests import builders as make
from tests.admin_form import fields, with_row, with_rows
from tests.test_admin import address, change
from tests.test_admin_editing import picture_file
from tests.test_proposals import Person, every_kind, everything, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Person:
    return Person("editor", "anna")


@pytest.fixture
def reviewer() -> Person:
    return Person("reviewer", "rita")


def files() -> set[str]:
    if not default_storage.exists("pictures"):
        return set()
    folders = default_storage.listdir("pictures")[0]
    return {name for folder in folders for name in default_storage.listdir(f"pictures/{folder}")[1]}


A_COPY = "A copy of the Italian text, not translated yet."
A_NAME = {
    "url": "https://x.example/",
    "kind": "other",
    "label_it": "Facebook",
    "label_en": "Facebook",
}


def marks(answer) -> dict[str, str]:
    """What is said of texts that are proposed, by the text."""
    found = re.findall(r'<ins>([^<]*)</ins><span class="text-mark"[^>]*>([^<]*)<', text(answer))
    return dict(found)


# ------------------------------------------------------------------ refusing
@every_kind
def test_refused_with_a_note_nothing_changes(editor, reviewer, model):
    one = make.make_entry(model, "Prova", {"summary_it": "Prima"})
    before = everything(one)
    proposal = editor.propose(one, summary_it="Dopo")
    assert reviewer.decide(proposal, "refuse", answer="Manca la fonte").status_code == 302
    assert everything(one) == before
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer) == ("refused", "Manca la fonte")
    said = text(editor.look(proposal))
    assert "Manca la fonte" in said
    assert "left out" in said
    assert "<ins>Dopo</ins>" in said


@pytest.mark.parametrize("decision", ["refuse", "withdraw"])
def test_what_was_put_aside_is_opened_again_by_whoever_may_put_it_aside(editor, reviewer, decision):
    one = make.make_organization(summary_it="Prima")
    proposal = editor.propose(one, summary_it="Dopo", why="Lo dice")
    theirs, others = (reviewer, editor) if decision == "refuse" else (editor, reviewer)
    again = {"decision": "open_again"}
    assert "waits already" in text(theirs.client.post(page(proposal), again, follow=True))
    theirs.decide(proposal, decision, answer="Manca la fonte")
    assert "Open it again" not in text(others.look(proposal))
    assert others.client.post(page(proposal), again).status_code == 403
    assert "Open it again" in text(theirs.look(proposal))
    assert "waits again" in text(theirs.client.post(page(proposal), again, follow=True))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided, proposal.reviewer) == ("open", None, None)
    assert (proposal.answer, proposal.why) == ("", "Lo dice")
    assert editor.open(one).sent["summary_it"] == ["Dopo"]
    reviewer.decide(proposal)
    one.refresh_from_db()
    assert one.summary_it == "Dopo"
    assert "Open it again" not in text(reviewer.look(proposal))
    assert reviewer.client.post(page(proposal), again).status_code == 403


def test_of_one_author_only_one_waits_also_of_those_that_are_opened_again(editor, reviewer):
    one = make.make_organization(summary_it="Prima")
    first = editor.propose(one, summary_it="Dopo")
    reviewer.decide(first, "refuse")
    second = editor.propose(one, summary_it="Dopo ancora")
    again = {"decision": "open_again"}
    answer = reviewer.client.post(page(first), again, follow=True)
    assert "has another proposal for this entry" in text(answer)
    editor.decide(second, "withdraw")
    reviewer.client.post(page(first), again)
    first.refresh_from_db()
    assert first.state == "open"


def test_nothing_ticked_is_no_acceptance(editor, reviewer):
    one = make.make_organization(summary_it="Prima")
    proposal = editor.propose(one, summary_it="Dopo")
    answer = reviewer.decide(proposal, without=["summary_it"])
    assert "Tick what you accept" in text(answer)
    proposal.refresh_from_db()
    assert proposal.is_open


def test_a_part_is_accepted_and_the_rest_stays_open(editor, reviewer):
    one = make.make_organization(summary_it="Prima", vision_it="Vecchia")
    row = with_row(editor.client, change(one), "milestones", text_it="Apre", text_en="Opens")
    proposal = editor.propose(one, summary_it="Dopo", vision_it="Nuova", **row)
    answer = reviewer.decide(
        proposal, "accept_some", without=["vision_it"], answer="La visione dopo"
    )
    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.summary_it, one.vision_it) == ("Dopo", "Vecchia")
    assert one.milestones.get().text_en == "Opens"
    proposal.refresh_from_db()
    assert proposal.is_open
    assert list(proposal.after["fields"]) == ["vision_it"]
    taken = one.proposals.get(state="accepted")
    said = text(editor.look(taken))
    assert "La visione dopo" in said
    assert "taken in" in said
    assert "left out" not in said
    assert "Nuova" in text(editor.look(proposal))
    editor.propose(one, vision_it="Nuovissima")
    assert reviewer.decide(proposal, "accept_some").status_code == 302
    one.refresh_from_db()
    assert one.vision_it == "Nuovissima"
    proposal.refresh_from_db()
    assert proposal.state == "accepted", "there is no rest"


def test_a_copy_that_was_proposed_is_still_a_copy_once_it_is_accepted(editor, reviewer):
    one = make.make_organization(summary_it="Prima")
    proposal = editor.propose(one, summary_en="Prima")
    assert "A copy of the Italian text" in text(editor.client.get(change(one)))
    reviewer.decide(proposal)
    one.refresh_from_db()
    assert one.text_marks == {"summary_en": "copied"}


# ------------------------------------------------------------------ what others changed since
@pytest.mark.parametrize(("choice", "after"), [("now", "Di Rita"), ("proposed", "Di Anna")])
def test_what_both_changed_is_shown_with_three_values_and_chosen(editor, reviewer, choice, after):
    one = make.make_organization(summary_it="Prima", vision_it="Vecchia")
    proposal = editor.propose(one, summary_it="Di Anna", vision_it="Nuova")
    reviewer.open(one).save(summary_it="Di Rita", story_it="Intanto")
    said = text(reviewer.look(proposal))
    for value in ("Prima", "Anna", "Rita", "when it was proposed"):
        assert value in said
    answer = reviewer.decide(proposal)
    assert "Choose between the values" in text(answer)
    one.refresh_from_db()
    assert (one.summary_it, one.vision_it) == ("Di Rita", "Vecchia"), "not without choosing"
    assert reviewer.decide(proposal, choose={"summary_it": choice}).status_code == 302
    one.refresh_from_db()
    assert (one.summary_it, one.vision_it, one.story_it) == (after, "Nuova", "Intanto")
    proposal.refresh_from_db()
    assert proposal.state == ("accepted" if choice == "proposed" else "partly")


def test_the_value_it_was_proposed_over_outlives_what_its_author_adds(editor, reviewer):
    one = make.make_organization(summary_it="Prima")
    one.milestones.create(text_it="Nasce", text_en="Begins")
    proposal = editor.propose(one, summary_it="Di Anna", **{"milestones-0-text_it": "Di Anna"})
    changed = {"milestones-0-text_it": "Di Rita", "milestones-0-text_en": "Born"}
    reviewer.open(one).save(summary_it="Di Rita", **changed)
    editor.propose(one, vision_it="Nuova", **{"milestones-0-order": "4"})
    proposal.refresh_from_db()
    row = one.milestones.get()
    [before] = proposal.before["lists"]["milestones"].values()
    assert proposal.before["fields"]["summary_it"] == "Prima"
    assert (before["text_it"], before["text_en"], before["order"]) == ("Nasce", "Born", 0)
    choices = {"summary_it": "proposed", f"milestones:{row.pk}": "proposed"}
    assert reviewer.decide(proposal, choose=choices).status_code == 302
    row.refresh_from_db()
    assert (row.text_it, row.text_en, row.order) == ("Di Anna", "Born", 4)


@every_kind
def test_rows_are_merged_by_field_and_deleted_ones_are_chosen(editor, reviewer, model):
    one = make.make_entry(model, "Prova", {})
    rows = [one.milestones.create(text_it=text, order=n) for n, text in enumerate("abcd")]
    proposal = editor.propose(
        one,
        **{
            "milestones-0-text_en": "A",
            "milestones-1-text_it": "b di Anna",
            "milestones-2-DELETE": "on",
            "milestones-3-text_it": "d di Anna",
        },
    )
    reviewer.open(one).save(
        **{
            "milestones-0-text_it": "a di Rita",
            "milestones-1-DELETE": "on",
            "milestones-2-text_it": "c di Rita",
        }
    )
    review = reviewer.look(proposal).context["review"]
    assert {unit.key: unit.collided for unit in review.units} == {
        f"milestones:{rows[0].pk}": False,
        f"milestones:{rows[1].pk}": True,
        f"milestones:{rows[2].pk}": True,
        f"milestones:{rows[3].pk}": False,
    }
    choices = {f"milestones:{rows[1].pk}": "proposed", f"milestones:{rows[2].pk}": "now"}
    assert reviewer.decide(proposal, choose=choices).status_code == 302
    said = one.milestones.order_by("order").values_list("text_it", "text_en")
    assert sorted((it, en or "") for it, en in said) == [
        *(("a di Rita", "A"), ("b di Anna", ""), ("c di Rita", ""), ("d di Anna", "")),
    ]


def test_what_is_there_already_is_no_longer_proposed(editor, reviewer):
    one = make.make_organization(summary_it="Prima")
    proposal = editor.propose(one, summary_it="Dopo")
    Organization.objects.filter(pk=one.pk).update(summary_it="Dopo")
    said = text(reviewer.look(proposal))
    assert "The entry says all of this already." in said
    assert "Accept what is ticked" not in said


@pytest.mark.parametrize("who", ["the entry", "the author"])
def test_what_changes_before_a_reviewers_eyes_is_looked_at_again(editor, reviewer, who):
    one = make.make_organization(summary_it="Prima")
    proposal = editor.propose(one, summary_it="Dopo")
    seen = fields(reviewer.look(proposal))
    if who == "the entry":
        Organization.objects.filter(pk=one.pk).update(summary_it="Intanto")
    else:
        editor.propose(one, summary_it="Dopo ancora")
    answer = reviewer.client.post(page(proposal), seen | {"decision": "accept"})
    assert "Look again" in text(answer)
    one.refresh_from_db()
    assert one.summary_it in ("Prima", "Intanto")


def test_of_two_reviewers_the_second_is_told(editor, reviewer):
    one = make.make_organization(summary_it="Prima")
    proposal = editor.propose(one, summary_it="Dopo")
    second = Person("reviewer", "remo")
    seen = fields(second.look(proposal))
    reviewer.decide(proposal)
    for decision in ("accept", "refuse"):
        answer = second.client.post(page(proposal), seen | {"decision": decision}, follow=True)
        assert "decided already: accepted" in text(answer)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.reviewer) == ("accepted", reviewer.user)
    assert editor.client.post(page(proposal), {"decision": "withdraw"}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "accepted"


# ------------------------------------------------------------------ the form's own rules
def test_what_the_form_refuses_is_not_accepted_and_nothing_is_lost(editor, reviewer):
    one = make.make_organization(summary_it="Prima", founded="2013")
    proposal = editor.propose(one, founded="2001", ended="2005", summary_it="Dopo")
    before = everything(one)
    answer = reviewer.decide(proposal, without=["founded"], answer="Così")
    assert answer.status_code == 200
    assert answer.context["review"].errors
    assert everything(one) == before
    proposal.refresh_from_db()
    assert proposal.is_open
    ticked = {unit.key for unit in answer.context["review"].units if unit.chosen}
    assert ticked == {"ended", "summary_it"}, "what was ticked still is"
    assert reviewer.decide(proposal).status_code == 302


def test_what_no_longer_fits_stays_proposed_and_its_author_is_told(editor, reviewer):
    one = make.make_organization(summary_it="Prima", founded="2001")
    proposal = editor.propose(one, ended="2005", summary_it="Dopo")
    reviewer.open(one).save(founded="2013")
    editor.open(one)
    assert "no longer fits the entry" in text(editor.client.get(change(one)))
    assert editor.sent["summary_it"] == ["Dopo"]
    assert editor.save(vision_it="Nuova").status_code == 302
    proposal.refresh_from_db()
    assert proposal.after["fields"] == {
        **{"summary_it": "Dopo", "vision_it": "Nuova"},
        **{"ended": "2005-01-01", "ended_precision": "year"},
    }


def test_a_tie_may_cite_a_source_that_is_proposed_with_it(editor, reviewer):
    network, member = make.make_network(), make.make_organization()
    tie = make.join(member, network)
    source = with_row(editor.client, change(network), "sources", title_it="Atto")
    editor.propose(network, **source)
    editor.open(network)
    [new] = editor.sent["sources-1-id"]
    proposal = editor.propose(network, **{"memberships-0-source": new})
    assert reviewer.decide(proposal).status_code == 302
    tie.refresh_from_db()
    assert tie.source == network.sources.get(title_it="Atto")


def test_a_tie_to_what_is_gone_is_refused_by_the_form(editor, reviewer):
    network, member = make.make_network(), make.make_organization()
    row = with_row(
        editor.client,
        change(network),
        "memberships",
        organization=member.pk,
        role=make.make_role().pk,
        current="yes",
    )
    proposal = editor.propose(network, aim_it="Scopo", **row)
    member.delete()
    answer = reviewer.decide(proposal)
    assert answer.status_code == 200
    assert any("Organization" in one for one in answer.context["review"].errors)
    [gone] = [unit.key for unit in answer.context["review"].units if unit.change]
    assert reviewer.decide(proposal, without=[gone]).status_code == 302
    network.refresh_from_db()
    assert (network.aim_it, network.memberships.count()) == ("Scopo", 0)


# ------------------------------------------------------------------ the fate of the entry
@every_kind
def test_a_proposed_slug_redirects_once_it_is_accepted(editor, reviewer, model):
    one = make.make_entry(model, "Prova", {"slug": "prova"})
    proposal = editor.propose(one, slug="prova-nuova")
    old = one.get_absolute_url()
    assert Client().get(old).status_code == 200
    assert reviewer.decide(proposal).status_code == 302
    assert Client().get(old).status_code == 301


@pytest.mark.parametrize("status", ["draft", "in_review", "archived"])
def test_an_entry_that_is_no_longer_published_keeps_its_proposals(editor, reviewer, status):
    one = make.make_organization(summary_it="Prima")
    proposal = editor.propose(one, summary_it="Dopo")
    Organization.objects.filter(pk=one.pk).update(status=status)
    assert reviewer.decide(proposal).status_code == 302
    one.refresh_from_db()
    assert (one.summary_it, one.status) == ("Dopo", status)


def test_published_while_the_form_was_open_it_is_a_proposal(editor):
    one = make.fit(make.make_organization(summary_it="Prima", status="draft"))
    editor.open(one)
    Organization.objects.filter(pk=one.pk).update(status="published")
    assert editor.save(summary_it="Dopo", status="draft").status_code == 302
    one.refresh_from_db()
    assert (one.summary_it, one.status) == ("Prima", "published")
    assert one.proposals.get().after["fields"] == {"summary_it": "Dopo"}


def test_deleting_an_entry_says_so_and_takes_its_proposals(editor, reviewer):
    one = make.make_organization(summary_it="Prima")
    editor.propose(one, summary_it="Dopo")
    question = address(one, "delete", one.pk)
    assert "Proposals for organizations: 1" in text(reviewer.client.get(question))
    assert reviewer.client.post(question, {"post": "yes"}).status_code == 302
    assert not Organization.objects.filter(pk=one.pk).exists()


def test_the_day_of_a_check_is_its_authors(editor, reviewer):
    one = make.make_organization()
    proposal = editor.propose(one, checked_on="2026-11-20")
    assert list(proposal.after["fields"]) == ["checked_on"]
    reviewer.decide(proposal)
    assert Organization.objects.get(pk=one.pk).checked_by == editor.user


# ------------------------------------------------------------------ pictures
def with_picture(editor: Person, one, **values):
    row = {"image": picture_file(), "alt_it": "La corte"} | values
    return with_row(editor.client, change(one), "pictures", **row)


def test_an_accepted_picture_is_the_file_that_was_proposed(
    editor, reviewer, django_capture_on_commit_callbacks
):
    one = make.make_organization()
    before = files()
    with django_capture_on_commit_callbacks(execute=True):
        proposal = editor.propose(one, **with_picture(editor, one))
    assert not one.pictures.exists()
    kept = proposal.pictures.get()
    new = files() - before
    assert new
    assert not set(orphans(timedelta(0))) & {f"pictures/{name[:2]}/{name}" for name in new}
    assert str(kept.image) in reviewer.look(proposal).content.decode()
    preview = reviewer.client.get(page(proposal, "proposal_preview"))
    assert str(kept.image) in preview.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert reviewer.decide(proposal).status_code == 302
    picture = one.pictures.get()
    assert (picture.image.name, picture.widths) == (kept.image.name, kept.widths)
    assert (picture.width, picture.alt_it) == (max(kept.widths), "La corte")
    with django_capture_on_commit_callbacks(execute=True):
        proposal.delete()
    assert files() - before == new, "the entry has it"


def test_a_proposed_picture_goes_with_its_proposal(editor, django_capture_on_commit_callbacks):
    one = make.make_organization()
    before = files()
    with django_capture_on_commit_callbacks(execute=True):
        proposal = editor.propose(one, **with_picture(editor, one))
    first = files() - before
    changed = {"pictures-0-image": picture_file(size=(500, 300))}
    with django_capture_on_commit_callbacks(execute=True):
        editor.propose(one, **changed)
    second = files() - before
    assert second
    assert not first & second, "the one that was replaced is gone"
    editor.decide(proposal, "withdraw")
    with django_capture_on_commit_callbacks(execute=True):
        assert forget(Organization) == 0, "not yet"
    later = timezone.now() - KEPT_FOR - timedelta(days=1)
    one.proposals.update(decided=later)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("run_due", "forget_proposals")
    assert not one.proposals.exists()
    assert files() == before


def test_a_picture_in_the_place_of_another(editor, reviewer, django_capture_on_commit_callbacks):
    one = make.make_organization()
    reviewer.open(one).save(**with_picture(reviewer, one))
    old = one.pictures.get()
    with django_capture_on_commit_callbacks(execute=True):
        changed = {"pictures-0-image": picture_file(size=(500, 300)), "pictures-0-alt_en": "Yard"}
        proposal = editor.propose(one, **changed)
    assert default_storage.exists(old.image.name)
    with django_capture_on_commit_callbacks(execute=True):
        reviewer.decide(proposal)
    new = one.pictures.get()
    assert (new.pk, new.alt_en, new.width, new.height) == (old.pk, "Yard", 500, 300)
    assert default_storage.exists(old.image.name), "a version has it"
    assert versions_of(one).count() == 3
    assert Network.objects.count() == 0


def test_a_translator_proposes_the_texts_of_one_language_and_no_more(reviewer):
    one = make.make_organization(summary_it="Prima", summary_en="Before", address="Via Po 1")
    milestone = one.milestones.create(text_it="Nasce", text_en="Is born", order=3)
    before = everything(one)
    teo = Person("translator_en", "teo")
    changes = {"milestones-0-text_en": "Begins", "milestones-0-text_it": "Altro"}
    refused = {"summary_it": "Dopo", "address": "Via Roma 1", "status": "draft", "life": "ended"}
    row = {"milestones-0-DELETE": "on", "milestones-0-order": "9"}
    proposal = teo.propose(one, summary_en="After", **changes, **refused, **row)
    assert everything(one) == before
    assert proposal.after["fields"] == {"summary_en": "After"}
    rows = proposal.after["lists"]["milestones"]
    assert rows[str(milestone.pk)]["text_en"] == "Begins"
    teo.propose(one, description_en="More")
    assert reviewer.decide(proposal).status_code == 302
    one.refresh_from_db()
    milestone.refresh_from_db()
    said = (one.summary_it, one.summary_en, one.description_en, one.address, one.life)
    assert said == ("Prima", "After", "More", "Via Po 1", "unknown")
    assert (milestone.text_it, milestone.text_en, milestone.order) == ("Nasce", "Begins", 3)


# ------------------------------------------------------------------ copies of the other language
@pytest.mark.parametrize("how", ["accept", "accept_some"])
def test_a_copy_is_said_to_be_one_before_it_is_accepted_and_is_one_after(editor, reviewer, how):
    one = make.make_organization(summary_it="Prima", vision_it="Visione")
    row = with_rows(
        *(editor.client, change(one), "milestones"),
        {"text_it": "Nasce", "text_en": "Nasce"},
        {"text_it": "Cresce", "text_en": "Grows"},
    )
    row |= with_row(editor.client, change(one), "web_addresses", **A_NAME)
    proposal = editor.propose(one, summary_en="Prima", vision_en="Vision", **row)
    marked = marks(reviewer.look(proposal))
    assert sorted(marked) == ["Nasce", "Prima"]
    assert set(marked.values()) == {A_COPY}
    reviewer.decide(proposal, how)
    one = Organization.objects.get(pk=one.pk)
    assert one.text_marks == {"summary_en": "copied"}
    [of_list] = marks_of(one).values()
    assert (of_list.mark, of_list.text, of_list.language) == ("copied", "text", "en")
    assert sorted(marks(editor.look(proposal))) == ["Nasce", "Prima"]


def test_a_copy_that_its_author_writes_anew_is_none(editor, reviewer):
    one = make.make_organization(summary_it="Prima")
    editor.propose(one, summary_en="Prima")
    proposal = editor.propose(one, summary_en="Before")
    assert marks(reviewer.look(proposal)) == {}
    reviewer.decide(proposal)
    one.refresh_from_db()
    assert (one.summary_en, one.text_marks) == ("Before", {})


def test_a_copy_of_what_was_changed_meanwhile_is_out_of_date(editor, reviewer):
    """The Italian text is the later one, and the English was never a translation of it."""
    one = make.make_organization(summary_it="Prima", vision_it="Vecchia", vision_en="Old")
    one.milestones.create(text_it="Nasce")
    copied = {"summary_en": "Prima", "milestones-0-text_en": "Nasce"}
    proposal = editor.propose(one, **copied)
    reviewer.open(one).save(**{"summary_it": "Dopo", "milestones-0-text_it": "Apre"})
    editor.propose(one, vision_en="Vision")
    marked = marks(reviewer.look(proposal))
    assert sorted(marked) == ["Nasce", "Prima"]
    assert all("the Italian has changed since" in said for said in marked.values())
    units = reviewer.look(proposal).context["review"].units
    assert [unit.key for unit in units if unit.chosen] == ["vision_en"], "only who ticks it"
    assert reviewer.decide(proposal, keys=[unit.key for unit in units]).status_code == 302
    one = Organization.objects.get(pk=one.pk)
    assert (one.summary_it, one.summary_en, one.vision_en) == ("Dopo", "Prima", "Vision")
    assert (one.text_marks, one.stale_en) == (
        *({"summary_en": "stale", "vision_it": "stale"}, True),
    )
    assert [each.mark for each in marks_of(one).values()] == ["stale"]
    before = versions_of(one).count()
    reviewer.open(one).save(story_it="Storia")
    assert versions_of(one).count() == before + 1, "the mark was in the version"
    reviewer.open(one).save(summary_en="After")
    assert "summary_en" not in Organization.objects.get(pk=one.pk).text_marks


# ------------------------------------------------------------------ rows that name new rows
def new_source(editor: Person, network: Network) -> str:
    """Propose a source; the key that the form gives it."""
    editor.propose(network, **with_row(editor.client, change(network), "sources", title_it="Atto"))
    editor.open(network)
    [key] = editor.sent["sources-1-id"]
    return key


def test_what_is_left_open_still_names_the_source_that_was_accepted(editor, reviewer):
    network, member = make.make_network(), make.make_organization("Asilo")
    make.join(member, network)
    new = new_source(editor, network)
    proposal = editor.propose(network, aim_it="Scopo", **{"memberships-0-source": new})
    said = text(reviewer.look(proposal))
    assert "no longer there" not in said
    assert said.count("<ins>Atto</ins>") == 2, "the source, and the tie that names it"
    left = [f"memberships:{network.memberships.get().pk}", "aim_it"]
    assert reviewer.decide(proposal, "accept_some", without=left).status_code == 302
    source = network.sources.get(title_it="Atto")
    assert network.memberships.get().source is None
    said = text(reviewer.look(proposal))
    assert "no longer there" not in said
    assert said.count("<ins>Atto</ins>") == 1
    assert "no longer there" not in text(reviewer.look(network.proposals.get(state="accepted")))
    editor.open(network)
    assert editor.sent["memberships-0-source"] == [str(source.pk)]
    public = network.get_absolute_url()
    assert "Scopo" not in text(Client().get(public))
    editor.propose(network, aim_it="Scopo comune")
    assert reviewer.decide(proposal).status_code == 302
    assert network.memberships.get().source == source
    assert network.sources.get(title_it="Atto") == source
    assert "Scopo comune" in text(Client().get(public))


def test_what_names_a_new_source_is_not_accepted_without_it(editor, reviewer):
    network = make.make_network()
    make.join(make.make_organization("Asilo"), network)
    new = new_source(editor, network)
    proposal = editor.propose(network, **{"memberships-0-source": new})
    answer = reviewer.decide(proposal, "accept_some", without=[f"sources:{new}"])
    assert "“Asilo (Aderente)” names “Atto”, which is new and not ticked." in text(answer)
    proposal.refresh_from_db()
    assert proposal.is_open
    assert network.memberships.get().source is None
