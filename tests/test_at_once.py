"""Two people at the same moment: one effect, and whoever comes second is told in a sentence."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from directory.history import Document, deleted, versions_of
from directory.models import Theme
from directory.pairs import Merge
from directory.proposals import KEPT_FOR, forget
from directory.registry import kind_of
from directory.workflow import publish_due
from exchange.models import Import, ImportedRow
from networks.models import Membership, Network
from orgs.models import Organization
from projects.models import Project
from staff.models import Event
from tests import builders as make
from tests import databases
from tests.admin_form import fields, with_row
from tests.at_once import Act, at_once, beside_who_takes_long
from tests.test_admin import address, change
from tests.test_attacks import asked, asked_of_many
from tests.test_proposals import Person, page
from tests.test_tables import sent

names = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), databases.lent_to_commit():
        yield


@pytest.fixture
def anna() -> Person:
    return Person("reviewer", f"anna{next(names)}")


@pytest.fixture
def bruno() -> Person:
    return Person("reviewer", f"bruno{next(names)}")


@pytest.fixture
def vera() -> Person:
    """Who may not publish."""
    return Person("editor", f"vera{next(names)}")


def entry(status: str = "published", model: Any = Organization, **said: Any) -> Any:
    said = {"summary_it": "Prima", "vision_it": "Vecchia"} | said
    if model is not Organization:
        del said["vision_it"]
    one = make.fit(make.make_entry(model, f"Orto {next(names)}", {"status": "draft", **said}))
    model._default_manager.filter(pk=one.pk).update(status=status)
    one.refresh_from_db()
    return one


def now(one: Any) -> Any:
    return type(one)._default_manager.get(pk=one.pk)


def written(one: Any) -> int:
    """Versions, beside that of what was there before."""
    return max(0, versions_of(one).count() - 1)


def audited(one: Any) -> list[str]:
    events = Event.objects.filter(kind=one._meta.label_lower, key=str(one.pk))
    return list(events.order_by("pk").values_list("what", flat=True))


# ------------------------------------------------------------------ what each of them does
def save(person: Person, one: Any, **changes: Any) -> Act:
    """The form is open already."""
    person.open(one)
    return lambda: person.save(**changes)


def step(person: Person, one: Any, slug: str, **said: Any) -> Act:
    return save(person, one, _step=slug, **{f"step_{name}": text for name, text in said.items()})


def from_the_list(person: Person, one: Any, action: str, **said: Any) -> Act:
    listing = address(one, "changelist")
    shown = fields(person.client.get(listing, {"q": one.slug}))
    data = shown | {"action": action, "_selected_action": [one.pk], "answered": "1"} | said
    return lambda: person.client.post(listing, data)


def decide(person: Person, proposal: Any, decision: str, without: Any = ()) -> Act:
    shown = fields(person.look(proposal))
    shown["keys"] = [key for key in shown.get("keys", ()) if key not in without]
    return lambda: person.client.post(page(proposal), shown | {"decision": decision})


def merge(person: Person, kept: Any, lost: Any) -> Act:
    path = address(kept, "merge", kept.pk)
    shown = fields(person.client.get(path, {"with": lost.pk}))
    return lambda: person.client.post(path, shown)


def take_back(person: Person, kept: Any) -> Act:
    done = Merge.objects.into(kind_of(type(kept)).number, kept.pk).first()
    return lambda: person.client.post(address(kept, "merged", kept.pk), {"merge": done.pk})


def delete(person: Person, one: Any) -> Act:
    return lambda: person.client.post(address(one, "delete", one.pk), {"post": "yes"})


# ------------------------------------------------------------------ the way to the public
@pytest.mark.parametrize("model", [Organization, Network, Project])
@pytest.mark.parametrize("way", [step, from_the_list])
def test_of_two_who_publish_the_same_entry_one_does(anna, bruno, model, way):
    one = entry("in_review", model)
    first, second = at_once([one], way(anna, one, "publish"), way(bruno, one, "publish"))
    assert "1 entry is now: published." in first
    assert "It is now: published." in second or "Already there and left alone" in second
    assert (now(one).status, audited(one), written(one)) == ("published", ["published"], 1)


@pytest.mark.parametrize("way", [step, from_the_list])
def test_what_was_sent_back_a_moment_ago_is_not_published(anna, bruno, way):
    one = entry("in_review")
    send_back = way(anna, one, "send_back", note="Manca la fonte")
    first, second = at_once([one], send_back, way(bruno, one, "publish"))
    assert "1 entry is now: draft." in first
    assert "It is now: draft." in second or "somebody else changed their status" in second
    assert (now(one).status, audited(one), written(one)) == ("draft", [], 1)
    assert now(one).review.note == "Manca la fonte"


@pytest.mark.parametrize("way", [step, from_the_list])
def test_what_was_published_a_moment_ago_is_not_sent_back(anna, bruno, way):
    one = entry("in_review")
    send_back = way(bruno, one, "send_back", note="Manca la fonte")
    first, second = at_once([one], way(anna, one, "publish"), send_back)
    assert "1 entry is now: published." in first
    assert "It is now: published." in second or "their status allows no such step" in second
    assert (now(one).status, audited(one), written(one)) == ("published", ["published"], 1)


def test_what_somebody_wrote_a_moment_ago_is_not_published_unseen(anna, vera):
    one = entry("in_review")
    write = save(vera, one, summary_it="Di Vera")
    _first, second = at_once([one], write, save(anna, one, vision_it="Nuova", _step="publish"))
    assert "Saved, without the step" in second
    assert (now(one).summary_it, now(one).vision_it) == ("Di Vera", "Nuova")
    assert (now(one).status, audited(one)) == ("in_review", [])
    assert step(anna, one, "publish")().status_code == 302
    assert now(one).status == "published"


def test_what_is_published_meanwhile_becomes_a_proposal(anna, vera):
    one = entry("in_review")
    first, second = at_once(
        [one], step(anna, one, "publish"), save(vera, one, summary_it="Di Vera")
    )
    assert "1 entry is now: published." in first
    assert "Your proposal" in second
    assert (now(one).summary_it, now(one).status) == ("Prima", "published")
    assert one.proposals.get().after["fields"] == {"summary_it": "Di Vera"}


# ------------------------------------------------------------------ on a day
def on_its_day(person: Person, one: Any) -> None:
    reviews = one._meta.get_field("review").related_model._default_manager
    reviews.create(entry=one, publish_on=timezone.localdate(), publish_by=person.user)


def test_what_is_published_by_hand_is_not_published_again_on_its_day(anna, bruno):
    one = entry("in_review")
    on_its_day(anna, one)
    _first, due = at_once([one], from_the_list(bruno, one, "publish"), publish_due)
    assert (due.published, due.kept) == ([], [])
    assert (audited(one), written(one)) == (["published"], 1)


def test_what_is_published_on_its_day_is_not_published_again_by_hand(anna, bruno):
    one = entry("in_review")
    on_its_day(anna, one)
    due, second = at_once([one], publish_due, from_the_list(bruno, one, "publish"))
    assert due.published == [one]
    assert "Already there and left alone" in second
    assert (audited(one), written(one)) == (["published"], 1)


@pytest.mark.parametrize("what", ["another day", "sent back"])
def test_who_decides_otherwise_at_the_last_moment_is_heard(anna, bruno, what):
    one = entry("in_review")
    on_its_day(anna, one)
    day = timezone.localdate() + timedelta(days=7)
    act = {
        "another day": from_the_list(bruno, one, "publish_on", day=day.isoformat()),
        "sent back": from_the_list(bruno, one, "send_back", note="Aspetta"),
    }[what]
    first, due = at_once([one], act, publish_due)
    assert first.sentences
    assert (due.published, due.kept, audited(one)) == ([], [], [])
    assert now(one).review.publish_on == (day if what == "another day" else None)


# ------------------------------------------------------------------ proposals
def proposed(person: Person) -> tuple[Any, Any]:
    one = entry()
    return one, person.propose(one, summary_it="Dopo", vision_it="Nuova")


def test_of_two_who_accept_the_same_proposal_one_decides(anna, bruno, vera):
    one, proposal = proposed(vera)
    acts = (decide(each, proposal, "accept") for each in (anna, bruno))
    first, second = at_once([one], *acts)
    assert "What you accepted is in the entry now." in first
    assert "This proposal is decided already: accepted." in second
    assert (now(one).summary_it, written(one)) == ("Dopo", 1)
    assert one.proposals.get().reviewer == anna.user


@pytest.mark.parametrize("decision", ["accept_some", "accept", "refuse"])
def test_who_accepts_a_part_leaves_the_rest_to_who_has_seen_that(anna, bruno, vera, decision):
    one, proposal = proposed(vera)
    first, second = at_once(
        [one],
        decide(anna, proposal, "accept_some", without=["vision_it"]),
        decide(bruno, proposal, decision, without=["summary_it"]),
    )
    assert "The rest still waits." in first
    assert "The entry or the proposal was changed while you were reading. Look again." in second
    assert (now(one).summary_it, now(one).vision_it) == ("Dopo", "Vecchia")
    proposal.refresh_from_db()
    assert (proposal.is_open, written(one)) == (True, 1)
    assert decide(bruno, proposal, decision)().status_code == 302
    assert now(one).vision_it == ("Vecchia" if decision == "refuse" else "Nuova")


def test_what_is_refused_and_accepted_is_what_came_first(anna, bruno, vera):
    one, proposal = proposed(vera)
    acts = decide(anna, proposal, "refuse"), decide(bruno, proposal, "accept")
    _first, second = at_once([one], *acts)
    assert "This proposal is decided already: refused." in second
    assert (now(one).summary_it, written(one)) == ("Prima", 0)


def test_its_author_writes_on_while_it_is_accepted(anna, vera):
    one, proposal = proposed(vera)
    more = save(vera, one, summary_it="Ancora dopo")
    _first, second = at_once([one], more, decide(anna, proposal, "accept"))
    assert "Look again." in second
    assert now(one).summary_it == "Prima"
    one, proposal = proposed(vera)
    more = save(vera, one, summary_it="Ancora dopo")
    _first, second = at_once([one], decide(anna, proposal, "accept"), more)
    assert now(one).summary_it == "Dopo"
    assert "Your proposal" in second
    assert one.proposals.waiting().get().after["fields"] == {"summary_it": "Ancora dopo"}


def test_its_author_withdraws_while_it_is_accepted(anna, vera):
    one, proposal = proposed(vera)
    withdraw = decide(vera, proposal, "withdraw")
    _first, second = at_once([one], withdraw, decide(anna, proposal, "accept"))
    assert "This proposal is decided already: withdrawn." in second
    assert now(one).summary_it == "Prima"


def test_who_accepts_sees_what_the_other_just_wrote(anna, bruno, vera):
    one, proposal = proposed(vera)
    write = save(bruno, one, summary_it="Di Bruno")
    _first, second = at_once([one], write, decide(anna, proposal, "accept"))
    assert "The entry or the proposal was changed while you were reading. Look again." in second
    assert "Di <ins>Bruno</ins>" in second or "Bruno" in second
    assert (now(one).summary_it, now(one).vision_it, written(one)) == ("Di Bruno", "Vecchia", 1)
    proposal.refresh_from_db()
    assert proposal.is_open


def test_who_writes_sees_what_was_just_accepted(anna, bruno, vera):
    one, proposal = proposed(vera)
    write = save(bruno, one, summary_it="Di Bruno")
    _first, second = at_once([one], decide(anna, proposal, "accept"), write)
    assert second.status == 200
    assert "Somebody else saved meanwhile." in second
    assert "Dopo" in second
    assert "Di Bruno" in second
    assert (now(one).summary_it, now(one).vision_it, written(one)) == ("Dopo", "Nuova", 1)
    assert bruno.save(**{"choose-summary_it": "mine"}).status_code == 302
    assert (now(one).summary_it, now(one).vision_it, written(one)) == ("Di Bruno", "Nuova", 2)


@pytest.mark.parametrize("writer_is_first", [True, False])
def test_what_only_one_changed_is_kept_of_both(anna, bruno, vera, writer_is_first):
    one, proposal = proposed(vera)
    acts = [save(bruno, one, story_it="Intanto"), decide(anna, proposal, "accept")]
    at_once([one], *acts if writer_is_first else reversed(acts))
    assert (now(one).summary_it, now(one).story_it) == ("Dopo", "Intanto")
    assert written(one) == 2


# ------------------------------------------------------------------ proposals opened again
def put_aside(person: Person, reviewer: Person) -> tuple[Any, Any, Act]:
    """An entry, a proposal that was refused, and the act of opening it again."""
    one, proposal = proposed(person)
    assert decide(reviewer, proposal, "refuse")().status_code == 302
    return one, proposal, again(reviewer, proposal)


def again(person: Person, proposal: Any) -> Act:
    return lambda: person.client.post(page(proposal), {"decision": "open_again"})


def state(proposal: Any) -> str:
    return type(proposal).objects.values_list("state", flat=True).get(pk=proposal.pk)


@pytest.mark.parametrize("decision", ["accept", "refuse"])
def test_what_is_opened_again_is_decided_by_who_had_it_before_their_eyes(
    anna, bruno, vera, decision
):
    one, proposal = proposed(vera)
    late = decide(bruno, proposal, decision)
    assert decide(anna, proposal, "refuse")().status_code == 302
    first, second = at_once([one], again(anna, proposal), late)
    assert "The proposal waits again, as it was." in first
    assert "decided already" not in second
    proposal.refresh_from_db()
    outcome = ("accepted", "Dopo", 1) if decision == "accept" else ("refused", "Prima", 0)
    assert (proposal.state, now(one).summary_it, written(one)) == outcome
    assert proposal.reviewer == bruno.user


@pytest.mark.parametrize("decision", ["accept", "accept_some", "refuse"])
def test_who_decides_a_moment_before_it_is_opened_again_is_told_and_it_waits(
    anna, bruno, vera, decision
):
    one, proposal = proposed(vera)
    late = decide(bruno, proposal, decision)
    assert decide(anna, proposal, "refuse")().status_code == 302
    first, second = at_once([one], late, again(anna, proposal))
    assert "This proposal is decided already: refused." in first
    assert "The proposal waits again, as it was." in second
    assert (state(proposal), now(one).summary_it, written(one)) == ("open", "Prima", 0)


def test_of_two_who_open_the_same_proposal_again_one_does(anna, bruno, vera):
    one, proposal, first_act = put_aside(vera, anna)
    first, second = at_once([one], first_act, again(bruno, proposal))
    assert "The proposal waits again, as it was." in first
    assert "This proposal waits already." in second
    assert state(proposal) == "open"


def test_of_two_proposals_of_one_author_only_one_is_opened_again(anna, bruno, vera):
    one, proposal, first_act = put_aside(vera, anna)
    later = vera.propose(one, summary_it="Ancora dopo")
    assert decide(bruno, later, "refuse")().status_code == 302
    first, second = at_once([one], first_act, again(bruno, later))
    assert "The proposal waits again, as it was." in first
    assert "has another proposal for this entry, which waits. Decide that one first." in second
    assert (state(proposal), state(later)) == ("open", "refused")


def test_its_author_proposes_anew_while_it_is_opened_again(anna, vera):
    one, proposal, open_it = put_aside(vera, anna)
    anew = save(vera, one, summary_it="Ancora dopo")
    first, second = at_once([one], anew, open_it)
    assert "Your proposal" in first
    assert "has another proposal for this entry, which waits. Decide that one first." in second
    assert state(proposal) == "refused"
    assert one.proposals.waiting().get().after["fields"] == {"summary_it": "Ancora dopo"}


def test_who_proposes_anew_sees_what_was_just_opened_again(anna, vera):
    one, proposal, open_it = put_aside(vera, anna)
    anew = save(vera, one, summary_it="Ancora dopo")
    _first, second = at_once([one], open_it, anew)
    assert second.status == 200
    assert "Ancora dopo" in second
    assert "Dopo" in second
    proposal.refresh_from_db()
    assert proposal.is_open
    assert proposal.after["fields"] == {"summary_it": "Dopo", "vision_it": "Nuova"}
    assert vera.save(**{"choose-summary_it": "mine"}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.after["fields"] == {"summary_it": "Ancora dopo", "vision_it": "Nuova"}


def test_what_its_author_withdrew_waits_again_by_them_alone(anna, vera):
    one, proposal = proposed(vera)
    late = decide(anna, proposal, "accept")
    withdrawn, back = decide(vera, proposal, "withdraw"), again(vera, proposal)
    _first, second = at_once([one], withdrawn, back)
    assert "The proposal waits again, as it was." in second
    assert decide(vera, proposal, "withdraw")().status_code == 302
    _first, second = at_once([one], back, late)
    assert "What you accepted is in the entry now." in second
    assert now(one).summary_it == "Dopo"


def test_what_is_opened_again_goes_where_its_entry_goes(anna, bruno, vera):
    one, proposal, open_it = put_aside(vera, anna)
    kept = entry()
    first, second = at_once([one, kept], open_it, merge(bruno, kept, one))
    assert "The proposal waits again, as it was." in first
    assert "are one now" in second
    proposal.refresh_from_db()
    assert (proposal.entry, proposal.is_open) == (kept, True)


def test_what_was_merged_a_moment_ago_is_opened_again_where_it_is_now(anna, bruno, vera):
    one, proposal, open_it = put_aside(vera, anna)
    kept = entry()
    _first, second = at_once([one, kept], merge(bruno, kept, one), open_it)
    assert f"The entry was merged into “{kept}” meanwhile. Look at the proposal there." in second
    proposal.refresh_from_db()
    assert (proposal.entry, proposal.state) == (kept, "refused")
    assert second.location == page(proposal)
    assert again(anna, proposal)().status_code == 302
    assert state(proposal) == "open"


@pytest.mark.parametrize("deleted_first", [True, False])
def test_what_was_deleted_is_not_opened_again(anna, bruno, vera, deleted_first):
    one, proposal, open_it = put_aside(vera, anna)
    acts = [delete(bruno, one), open_it]
    told = at_once([one], *acts if deleted_first else reversed(acts))
    gone, opened = told if deleted_first else reversed(told)
    assert "was deleted successfully" in gone
    words = "The entry was deleted meanwhile, and its proposals with it."
    assert (words if deleted_first else "The proposal waits again, as it was.") in opened
    assert not type(proposal).objects.filter(pk=proposal.pk).exists()


@pytest.mark.parametrize("archived_first", [True, False])
def test_what_is_archived_keeps_what_is_opened_again(anna, bruno, vera, archived_first):
    one, proposal, open_it = put_aside(vera, anna)
    acts = [step(bruno, one, "archive"), open_it]
    told = at_once([one], *acts if archived_first else reversed(acts))
    assert any("The proposal waits again, as it was." in each for each in told)
    assert (now(one).status, now(one).summary_it, state(proposal)) == ("archived", "Prima", "open")


def test_what_is_opened_again_at_the_last_moment_is_not_forgotten(anna, vera):
    one, proposal, open_it = put_aside(vera, anna)
    long_ago = timezone.now() - KEPT_FOR - timedelta(days=1)
    one.proposals.update(decided=long_ago)
    first, _forgotten = at_once([proposal], open_it, lambda: forget(Organization))
    assert "The proposal waits again, as it was." in first
    assert state(proposal) == "open"


# ------------------------------------------------------------------ merging
def test_what_changed_a_moment_ago_is_not_merged_unseen(anna, bruno):
    for edited in (0, 1):
        both = entry(), entry(summary_it="Altra")
        write = save(bruno, both[edited], vision_it="Di Bruno")
        _first, second = at_once([both[edited]], write, merge(anna, *both))
        assert "One of the two was changed meanwhile. Nothing is merged yet: look again." in second
        assert "Bruno" in second
        assert now(both[edited]).vision_it == "Di Bruno"
        assert not Merge.objects.filter(kept=both[0].pk).exists()
        assert merge(anna, *both)().status_code == 302


def test_who_writes_into_what_was_just_merged_is_told_where_it_is(anna, bruno):
    kept, lost = entry(), entry(summary_it="Altra")
    write = save(bruno, lost, vision_it="Di Bruno")
    first, second = at_once([lost], merge(anna, kept, lost), write)
    assert "are one now" in first
    assert f"“{lost}” was merged into this entry. Nothing of what you sent was saved." in second
    assert f'href="{change(kept)}"' in second
    assert "Di Bruno" in second, "to be copied"


def test_who_writes_into_what_took_another_in_loses_nothing_of_either(anna, bruno):
    kept = entry(summary_en="")
    lost = entry(summary_it="Altra", summary_en="Other")
    write = save(bruno, kept, vision_it="Di Bruno")
    at_once([kept], merge(anna, kept, lost), write)
    assert (now(kept).summary_en, now(kept).vision_it) == ("Other", "Di Bruno")
    assert now(kept).sources.count() == 1


@pytest.mark.parametrize("same_way", [True, False])
def test_of_two_who_merge_the_same_two_one_does(anna, bruno, same_way):
    one, other = entry(), entry(summary_it="Altra")
    theirs = (one, other) if same_way else (other, one)
    first, second = at_once([one, other], merge(anna, one, other), merge(bruno, *theirs))
    assert "are one now" in first
    assert "was merged into this entry. Nothing of what you sent was saved." in second
    assert second.location == change(one)
    assert Merge.objects.filter(kept__in=[one.pk, other.pk]).count() == 1
    assert Organization.objects.filter(pk__in=[one.pk, other.pk]).count() == 1
    # Once, though both of them tried.
    assert (audited(one), audited(other)) == (["merged"], [])
    late = merge(bruno, one, entry())
    assert late().status_code == 302, "the entry that stays can be merged with a third"


def test_a_proposal_is_decided_where_its_entry_went(anna, bruno, vera):
    one, proposal = proposed(vera)
    kept = entry()
    accept = decide(bruno, proposal, "accept")
    _first, second = at_once([one, kept], merge(anna, kept, one), accept)
    assert f"The entry was merged into “{kept}” meanwhile. Look at the proposal there." in second
    proposal.refresh_from_db()
    assert (proposal.entry, proposal.is_open) == (kept, True)
    assert second.location == page(proposal)


def test_a_merge_and_many_published_at_once_do_not_wait_for_each_other(anna, bruno):
    """The parts of what goes are written by both."""
    parts = [entry("in_review") for _one in range(3)]
    kept, lost = entry("in_review"), entry("in_review")
    Organization.objects.filter(pk__in=[part.pk for part in parts]).update(parent=lost)
    everything = {"_selected_action": [each.pk for each in (*parts, lost)]}
    publish = from_the_list(bruno, lost, "publish", **everything)
    first, second = at_once([kept, parts[1]], merge(anna, kept, lost), publish)
    assert "are one now" in first
    assert "3 entries are now: published." in second
    assert set(Organization.objects.filter(parent=kept)) == set(parts)


def test_of_two_who_take_a_merge_back_one_does(anna, bruno):
    kept, lost = entry(), entry(summary_it="Altra")
    assert merge(anna, kept, lost)().status_code == 302
    back = take_back(anna, kept), take_back(bruno, kept)
    first, second = at_once([kept], *back)
    assert "Both entries are again what they were." in first
    assert "It was taken back already." in second
    assert (audited(kept), audited(lost)) == (["merged", "parted"], [])


def test_what_changed_a_moment_ago_is_not_taken_back(anna, bruno):
    kept, lost = entry(), entry(summary_it="Altra")
    assert merge(anna, kept, lost)().status_code == 302
    write = save(bruno, kept, vision_it="Di Bruno")
    _first, second = at_once([kept], write, take_back(anna, kept))
    assert "Changed since" in second
    assert now(kept).vision_it == "Di Bruno"


# ------------------------------------------------------------------ words and accounts
def manager() -> Person:
    return Person("manager", f"carla{next(names)}")


def test_of_two_who_save_the_same_word_the_second_sees_both_values():
    word = make.make_theme(f"Orto {next(names)}")
    one, other = manager(), manager()
    acts = save(one, word, name_en="One"), save(other, word, name_en="Other")
    first, second = at_once([word], *acts)
    assert (first.status, second.status) == (302, 200)
    assert "Somebody else saved meanwhile." in second
    assert now(word).name_en == "One"


def test_of_two_who_save_the_same_account_the_second_sees_both_values():
    clerk = Person("editor", f"dario{next(names)}").user
    one, other = manager(), manager()
    acts = save(one, clerk, email="one@a.example"), save(other, clerk, email="other@a.example")
    first, second = at_once([clerk], *acts)
    assert (first.status, second.status) == (302, 200)
    assert "one@a.example" in second
    assert now(clerk).email == "one@a.example"


def test_of_two_who_add_the_same_word_the_second_is_told_and_keeps_the_form():
    slug = f"orto-{next(names)}"

    def add(person: Person) -> Act:
        path = address(Theme, "add")
        data = fields(person.client.get(path)) | {"name_it": "Orto", "slug": slug}
        return lambda: person.client.post(path, data | {"description_it": "Scritto a lungo"})

    in_the_way = lambda: Theme.objects.create(name_it="Orto", slug=slug)  # noqa: E731
    # Both wait for the same place in an index, so either may come first.
    told = at_once(in_the_way, add(manager()), add(manager()))
    second, first = sorted(told, key=lambda each: each.status)
    assert (first.status, second.status) == (302, 200)
    assert "Scritto a lungo" in second
    assert Theme.objects.filter(slug=slug).count() == 1


@pytest.mark.parametrize("asks", [asked, asked_of_many])
def test_a_word_is_not_deleted_with_what_was_written_a_moment_ago(asks):
    word = make.make_theme(f"Orto {next(names)}")
    one, other = manager(), manager()
    path, data = asks(other.client, word)
    acts = save(one, word, name_en="One"), lambda: other.client.post(path, data)
    _first, second = at_once([word], *acts)
    assert "Nothing was deleted" in second
    assert now(word).name_en == "One"


def test_who_saves_a_word_that_was_just_deleted_has_what_they_wrote():
    word = make.make_theme(f"Orto {next(names)}")
    one, other = manager(), manager()
    path, data = asked(one.client, word)
    acts = lambda: one.client.post(path, data), save(other, word, name_en="Written long")
    _first, second = at_once([word], *acts)
    assert second.status == 410
    assert "Written long" in second


# ------------------------------------------------------------------ the two ends of a tie
def test_who_ties_two_entries_from_both_ends_do_not_wait_for_each_other(anna, bruno):
    one, network = entry(), entry(model=Network)
    tie = {"role": make.make_role().pk, "current": "yes"}
    theirs = with_row(anna.client, change(one), "memberships", **tie, network=network.pk)
    mine = with_row(bruno.client, change(network), "memberships", **tie, organization=one.pk)
    acts = save(anna, one, **theirs), save(bruno, network, **mine)
    # They hold different rows, so either may come first.
    second, first = sorted(at_once([one, network], *acts), key=lambda told: told.status)
    assert first.status == 302
    assert Membership.objects.filter(organization=one, network=network).count() == 1
    assert second.status == 200
    assert "Nothing was saved" in second or "already" in second


# ------------------------------------------------------------------ deleting, putting back
def test_of_two_who_delete_the_same_entry_one_does(anna, bruno):
    one = entry()
    first, second = at_once([one], delete(anna, one), delete(bruno, one))
    assert "was deleted successfully" in first
    assert "Perhaps it was deleted?" in second
    assert (audited(one), versions_of(one).count()) == (["deleted"], 1)


def test_of_two_who_delete_many_each_counts_what_they_deleted(anna, bruno):
    one, other = entry(), entry()
    both = {"_selected_action": [one.pk, other.pk], "post": "yes"}
    alone = from_the_list(anna, one, "delete_selected", post="yes")
    _first, second = at_once([one], alone, from_the_list(bruno, one, "delete_selected", **both))
    assert "Successfully deleted 1 organization." in second
    for each in (one, other):
        assert (audited(each), versions_of(each).count()) == (["deleted"], 1)


def test_what_was_saved_a_moment_before_it_is_deleted_can_be_recovered(anna, bruno):
    one = entry()
    at_once([one], save(anna, one, vision_it="Di Anna"), delete(bruno, one))
    last = deleted(Organization).get(object_id=str(one.pk))
    said = Document.read(Organization, last.serialized_data)
    assert said.fields["vision_it"] == "Di Anna"


def test_who_saves_what_was_just_deleted_is_told(anna, bruno):
    one = entry()
    _first, second = at_once([one], delete(anna, one), save(bruno, one, vision_it="Di Bruno"))
    assert "Perhaps it was deleted?" in second


def test_what_was_written_a_moment_ago_is_not_put_back_unseen(anna, bruno):
    one = entry()
    assert save(anna, one, vision_it="Nuova")().status_code == 302
    before = versions_of(one).last()
    path = address(one, "compare", one.pk) + f"?from={before.pk}"
    shown = fields(anna.client.get(path))
    write = save(bruno, one, vision_it="Di Bruno")
    put_back = lambda: anna.client.post(path, shown | {"keys": ["vision_it"]})  # noqa: E731
    _first, second = at_once([one], write, put_back)
    assert "Nothing was put back: the entry was changed while you were reading." in second
    assert now(one).vision_it == "Di Bruno"


def test_of_two_who_recover_the_same_entry_one_does(anna, bruno):
    one = entry()
    assert delete(anna, one)().status_code == 302
    version = deleted(Organization).get(object_id=str(one.pk)).pk
    path = address(one, "recover")
    acts = [
        lambda person=person: person.client.post(path, {"version": version})
        for person in (anna, bruno)
    ]

    def in_the_way() -> None:
        Organization(pk=one.pk, slug=one.slug, name_it="In mezzo").save(force_insert=True)

    told = at_once(in_the_way, *acts)
    # Of two who wait for a row that is not there yet, either may come first.
    for words in ("is here again, as a draft.", "is here already: somebody else recovered it."):
        assert sorted(words in one for one in told) == [False, True]
    assert now(one).status == "draft"
    assert versions_of(one).count() == 2


def test_of_two_who_checked_the_same_entry_both_are_remembered_once(anna, bruno):
    one = entry()
    acts = [from_the_list(person, one, "checked_today") for person in (anna, bruno)]
    first, second = at_once([one], *acts)
    assert "1 entry marked as checked today." in first
    assert "1 entry marked as checked today." in second
    assert now(one).checked_by == bruno.user
    people = [version.revision.user for version in versions_of(one)]
    assert people == [bruno.user, anna.user, None]


# ------------------------------------------------------------------ imports
def confirm(person: Person, sheet: Any, **sent: str) -> Act:
    data = sent or {"import": "1"}
    return lambda: person.client.post(f"/admin/tables/sent/{sheet.pk}/", data)


def why(sheet: Any) -> str:
    return " ".join(said["en"] for row in sheet.rows.all() for _column, said in row.why)


def test_two_tables_about_the_same_entry_are_written_one_after_the_other(anna, bruno):
    one = entry()
    sheets = [
        sent(person.client, {"slug": one.slug, "vision_it": person.user.username})
        for person in (anna, bruno)
    ]
    mine, theirs = (confirm(*pair) for pair in zip((anna, bruno), sheets, strict=True))
    first, second = at_once([one], mine, theirs, second_waits=False)
    assert "1 entry was changed." in first
    assert "Another import is running. Try again when it is over." in second
    again = theirs()
    assert again.status_code == 302
    assert "the entry was changed after this table was made" in why(sheets[1])
    assert (now(one).vision_it, written(one)) == (anna.user.username, 1)


@pytest.mark.parametrize("meanwhile", ["written", "by hand"])
def test_what_came_since_a_table_was_looked_at_is_not_made_twice(anna, bruno, meanwhile):
    name = f"Orto condiviso {next(names)}"
    row = {"name_it": name, "city": make.make_city("Torino").slug}
    mine, theirs = (sent(person.client, row) for person in (anna, bruno))
    if meanwhile == "written":
        assert confirm(anna, mine)().status_code == 302
    else:
        make.make_organization(name, status="draft", city=make.make_city("Torino"))
    assert confirm(bruno, theirs)().status_code == 302
    assert "Perhaps this is there already" in why(theirs)
    assert Organization.objects.filter(name_it=name).count() == 1


def test_of_two_who_write_what_was_changed_by_hand_the_table_gives_way(anna, bruno):
    one = entry()
    sheet = sent(anna.client, {"slug": one.slug, "vision_it": "Della tabella"})
    write = save(bruno, one, vision_it="Di Bruno")
    _first, second = at_once([one], write, confirm(anna, sheet))
    assert "1 row could not be imported any more." in second
    assert "the entry was changed after this table was made" in why(sheet)
    assert (now(one).vision_it, written(one)) == ("Di Bruno", 1)


def test_a_table_is_not_thrown_away_while_it_is_written(anna):
    one = entry()
    sheet = sent(anna.client, {"slug": one.slug, "vision_it": "Della tabella"})
    acts = confirm(anna, sheet), confirm(anna, sheet, discard="1")
    first, second = at_once([one], *acts, second_waits=False)
    assert "1 entry was changed." in first
    assert "Another import is running." in second
    assert now(one).vision_it == "Della tabella"


def test_of_two_who_decide_the_same_row_one_does(anna, bruno):
    run = Import.objects.create(kind="organization", file_name="a.csv", source_title="A")
    name = f"Orto dell'elenco {next(names)}"
    row = ImportedRow.objects.create(
        run=run,
        number=2,
        digest="0" * 32,
        outcome="uncertain",
        values={"name_it": name, "sources": [["", ""]]},
    )
    acts = [
        lambda person=person: person.client.post(change(row), {"decision": "new"})
        for person in (anna, bruno)
    ]
    first, second = at_once([row], *acts)
    assert "A new entry was made" in first
    assert "Somebody has decided this row meanwhile" in second
    assert Organization.objects.filter(name_it=name).count() == 1


# ------------------------------------------------------------------ somebody takes long
def test_who_would_wait_too_long_is_told_that_nothing_was_saved(anna):
    one = entry()
    answer = beside_who_takes_long([one], save(anna, one, vision_it="Di Anna"))
    assert answer.status == 503
    assert "Nothing of yours was saved." in answer
    assert now(one).vision_it == "Vecchia"
