"""From draft to the public and back: who may take which step, by button and by address."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from directory.history import versions_of
from directory.workflow import STEPS, may_take, publish_due, take
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.admin_form import errors, submit, with_row
from tests.test_admin import act, address, change, sentences
from tests.test_roles import member

pytestmark = pytest.mark.django_db
every_kind = pytest.mark.parametrize("model", [Organization, Network, Project])


def draft(name: str = "L'asilo", status: str = "draft", **fields) -> Organization:
    return make.fit(make.make_organization(name, status=status, **fields))


def status_of(entry) -> str:
    return type(entry)._default_manager.values_list("status", flat=True).get(pk=entry.pk)


def as_role(client: Client, role: str, name: str = "", **scope):
    user = member(role, name, **scope)
    client.force_login(user)
    return user


def buttons(client: Client, entry) -> set[str]:
    page = client.get(change(entry)).content.decode()
    return {slug for slug in STEPS if f'name="_step" value="{slug}"' in page}


def actions(client: Client, model=Organization) -> set[str]:
    page = client.get(address(model, "changelist")).content.decode()
    offered = (*STEPS, "checked_today", "delete_selected")
    return {slug for slug in offered if f'<option value="{slug}"' in page}


# ------------------------------------------------------------------ the way
@every_kind
def test_a_draft_is_sent_back_with_a_note_and_then_published(client, model):
    one = make.fit(model._default_manager.create(name_it="Prova", summary_it="Che cosa fa."))
    editor = as_role(client, "editor", "anna")
    editor.first_name, editor.last_name = "Anna", "Bassi"
    editor.save()
    assert buttons(client, one) == {"send_to_review"}
    submit(client, change(one), _step="send_to_review", description_it="Più a lungo.")
    one.refresh_from_db()
    assert (one.status, one.description_it, one.review.sent_by) == (
        *("in_review", "Più a lungo."),
        editor,
    )
    as_role(client, "reviewer", "bruno")
    assert buttons(client, one) == {
        "send_back",
        "publish",
        "publish_on",
        "back_to_draft",
        "archive",
    }
    assert "Sent to review by Anna Bassi" in client.get(change(one)).content.decode()
    refused = submit(client, change(one), _step="send_back", description_it="Altro")
    assert "Say what is to be put right." in refused.content.decode()
    one.refresh_from_db()
    assert (one.status, one.description_it) == ("in_review", "Più a lungo.")
    submit(client, change(one), _step="send_back", step_note="Manca l’anno.\nE la città.")
    assert status_of(one) == "draft"
    assert versions_of(one).first().revision.comment == "Manca l’anno.\nE la città."
    client.force_login(editor)
    page = client.get(change(one)).content.decode()
    assert "Sent back by bruno" in page
    assert "Manca l’anno.<br>E la città." in page
    mine = client.get(address(model, "changelist"), {"work": "sent-back"})
    assert list(mine.context["cl"].result_list) == [one]
    submit(client, change(one), _step="send_to_review")
    client.force_login(make.make_editor("owner", language="en"))
    waiting = client.get(address(model, "changelist"), {"work": "to-review"})
    assert list(waiting.context["cl"].result_list) == [one]
    answer = submit(client, change(one), _step="publish")
    one.refresh_from_db()
    assert one.is_published
    assert one.published_at
    assert not hasattr(one, "review"), "it has arrived"
    assert "1 entry is now: published." in client.get(answer["Location"]).content.decode()


def test_what_was_sent_back_and_is_taken_back_waits_for_nobody(client):
    """Nobody sent it back this time. What was said before is still there to read, as what it is."""
    one = draft(summary_it="Uno")
    editor = as_role(client, "editor", "anna")
    reviewer = make.make_editor("bruno", language="en")
    submit(client, change(one), _step="send_to_review")
    client.force_login(reviewer)
    submit(client, change(one), _step="send_back", step_note="Manca l’anno.")
    client.force_login(editor)
    submit(client, change(one), _step="send_to_review")
    again = client.get(change(one)).content.decode()
    assert "Sent back earlier by bruno" in again
    submit(client, change(one), _step="back_to_draft")
    mine = client.get(address(Organization, "changelist"), {"work": "sent-back"})
    assert list(mine.context["cl"].result_list) == []
    page = client.get(change(one)).content.decode()
    assert "Sent back earlier by bruno" in page
    assert "Manca l’anno." in page
    submit(client, change(one), _step="send_to_review")
    client.force_login(reviewer)
    submit(client, change(one), _step="send_back", step_note="Manca la città.")
    client.force_login(editor)
    mine = client.get(address(Organization, "changelist"), {"work": "sent-back"})
    assert list(mine.context["cl"].result_list) == [one]
    page = client.get(change(one)).content.decode()
    assert "Sent back by bruno" in page
    assert "Manca la città." in page


def test_a_new_entry_is_a_draft_and_can_be_sent_on_at_once(client):
    as_role(client, "editor")
    page = client.get(address(Organization, "add")).content.decode()
    assert 'value="send_to_review"' in page
    assert 'value="publish"' not in page
    submit(client, address(Organization, "add"), name_it="Una", status="published")
    submit(client, address(Organization, "add"), name_it="Due", _step="publish")
    submit(client, address(Organization, "add"), name_it="Tre", _step="send_to_review")
    found = dict(Organization.objects.values_list("name_it", "status"))
    assert found == {"Una": "draft", "Due": "draft", "Tre": "in_review"}


def test_a_status_is_set_by_no_form(client):
    client.force_login(make.make_editor())
    one = draft()
    submit(client, change(one), status="published")
    assert status_of(one) == "draft"


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("name", "To be published it needs a name."),
        ("summary", "To be published it needs a summary in Italian or in English."),
        ("source", "To be published it needs a source."),
        ("all", "it needs a name, a summary in Italian or in English, a source."),
    ],
)
def test_what_lacks_something_is_not_published_and_the_form_says_what(client, missing, sentence):
    client.force_login(make.make_editor(language="en"))
    one = draft()
    if missing in ("name", "all"):
        Organization.objects.update(name_it="")
    if missing in ("summary", "all"):
        Organization.objects.update(summary_it="")
    if missing in ("source", "all"):
        one.sources.all().delete()
    answer = submit(client, change(one), _step="publish", life="active")
    page = client.get(answer["Location"]).content.decode()
    assert sentence in page
    one.refresh_from_db()
    assert (one.status, one.life) == ("draft", "active")
    tomorrow = str(timezone.localdate() + timedelta(days=1))
    submit(client, change(one), _step="publish_on", step_day=tomorrow)
    assert status_of(one) == "draft"
    assert "To be published it still needs" in page


def test_what_is_public_keeps_what_makes_it_fit(client):
    client.force_login(make.make_editor(language="en"))
    one = draft(status="published")
    submit(client, change(one), summary_en="What it does.")
    assert submit(client, change(one), summary_it="").status_code == 302, "there is the English"
    for values, lost in (
        ({"summary_en": ""}, "a summary"),
        ({"name_it": ""}, "a name"),
        ({"sources-0-DELETE": "on"}, "a source"),
    ):
        assert f"This entry is public and would lose {lost}" in errors(
            submit(client, change(one), **values)
        )
    row = with_row(client, change(one), "sources", title_it="Un’altra")
    assert submit(client, change(one), **row | {"sources-0-DELETE": "on"}).status_code == 302
    assert [source.title_it for source in one.sources.all()] == ["Un’altra"]


def test_a_table_takes_no_summary_and_no_source_from_what_is_public(client):
    from tests.test_tables import outcomes, sent, why

    client.force_login(make.make_editor(language="en"))
    draft("Una", status="published", slug="una")
    draft("Due", slug="due")
    sheet = sent(
        client,
        {"slug": "una", "summary_it": "", "sources": "Statuto"},
        {"slug": "due", "summary_it": "", "sources": ""},
        empties="on",
    )
    assert outcomes(sheet) == {2: "refused", 3: "changed"}
    assert "would lose a summary" in why(sheet, 2)
    sheet = sent(client, {"slug": "una", "sources": ""}, empties="on")
    assert "would lose a source" in why(sheet, 2)


def test_putting_back_takes_nothing_that_what_is_public_needs(client):
    client.force_login(make.make_editor(language="en"))
    one = make.make_organization("Una", status="draft", email="a@b.example")
    submit(client, change(one), email="c@d.example")
    row = with_row(client, change(one), "sources", title_it="Statuto")
    submit(client, change(one), **row | {"summary_it": "Che cosa fa.", "_step": "publish"})
    oldest = versions_of(one).last()
    page = address(one, "compare", one.pk) + f"?from={oldest.pk}&to=now"
    source = one.sources.get()
    later = one.milestones.create(text_it="Apre")
    keys = ["summary_it", f"sources:{source.pk}", f"milestones:{later.pk}"]
    said = client.post(page, {"keys": keys}, follow=True).content.decode()
    assert "Not put back: Statuto." in said
    assert "1 thing was put back." in said
    assert not one.milestones.exists(), "the rest is put back all the same"
    assert "would lose a summary" in said
    assert "would lose a source" in said
    one.refresh_from_db()
    assert (one.summary_it, list(one.sources.all())) == ("Che cosa fa.", [source])
    client.post(page, {"keys": ["email"]})
    one.refresh_from_db()
    assert one.email == "a@b.example"


# ------------------------------------------------------------------ on a day
def on_a_day(one, day: date, by=None) -> None:
    by = by or make.make_editor("chief")
    take(STEPS["publish_on"], type(one)._default_manager.filter(pk=one.pk), by, day=day)


def test_publishing_on_a_day_waits_for_the_command(client):
    reviewer = as_role(client, "reviewer", "bruno")
    one = draft()
    tomorrow = timezone.localdate() + timedelta(days=1)
    for wrong in ("", "x", str(timezone.localdate())):
        answer = submit(client, change(one), _step="publish_on", step_day=wrong)
        assert answer.status_code == 200, wrong
    submit(client, change(one), _step="publish_on", step_day=str(tomorrow))
    one.refresh_from_db()
    assert (one.status, one.review.publish_on, one.review.publish_by) == (
        *("in_review", tomorrow),
        reviewer,
    )
    assert "It will be published on" in client.get(change(one)).content.decode()
    listed = client.get(address(Organization, "changelist"), {"work": "on-a-day"})
    assert list(listed.context["cl"].result_list) == [one]
    out = io.StringIO()
    call_command("publish_due", stdout=out)
    assert out.getvalue() == "0 published\n"
    assert status_of(one) == "in_review"
    type(one.review).objects.update(publish_on=timezone.localdate())
    assert status_of(one) == "in_review"
    assert Client().get(one.get_absolute_url()).status_code == 404, "no date makes it public"
    call_command("run_due", "publish_due", stdout=out)
    assert "publish_due: done (1 published)" in out.getvalue()
    one.refresh_from_db()
    assert one.is_published
    assert versions_of(one).first().revision.user == reviewer
    assert Client().get(one.get_absolute_url()).status_code == 200
    call_command("publish_due", stdout=out)
    assert out.getvalue().endswith("\n0 published\n")


def test_what_lacks_something_on_its_day_stays_and_says_why(client):
    one, other = draft("Una"), draft("Due")
    day = timezone.localdate() + timedelta(days=3)
    on_a_day(one, day, make.make_editor("chief", language="en"))
    on_a_day(other, day, make.make_editor("second"))
    one.sources.all().delete()
    due = publish_due(day)
    assert [entry.slug for entry in due.published] == ["due"]
    assert str(due) == "1 published, 1 not: una (source)"
    one.refresh_from_db()
    assert (one.status, one.review.publish_on) == ("in_review", None)
    as_role(client, "reviewer")
    page = client.get(change(one)).content.decode()
    assert "Not published on its day: it needs a source." in page
    one.sources.create(title_it="Statuto")
    assert not publish_due(day).published, "the day is gone"


def test_a_step_in_between_takes_the_day_away(client):
    chief = make.make_editor("chief")
    day = timezone.localdate() + timedelta(days=3)
    for slug in ("back_to_draft", "archive"):
        one = draft(slug)
        on_a_day(one, day, chief)
        take(STEPS[slug], Organization.objects.filter(pk=one.pk), chief)
    one = draft("rimandata")
    on_a_day(one, day, chief)
    take(STEPS["send_back"], Organization.objects.filter(pk=one.pk), chief, note="No")
    assert not publish_due(day).published


def test_a_note_or_a_day_beside_another_button_is_not_lost_in_silence(client):
    as_role(client, "reviewer")
    one = draft(status="in_review")
    tomorrow = str(timezone.localdate() + timedelta(days=1))
    for step in ("", "back_to_draft", "publish"):
        for name, value, sentence in (
            ("step_note", "Manca l’anno.", "A note goes only with “Send back with a note”"),
            ("step_day", tomorrow, "A day counts only with “Publish on a day”"),
        ):
            answer = submit(client, change(one), life="active", _step=step, **{name: value})
            assert sentence in errors(answer), step
            assert value in answer.content.decode(), "what was written is still there"
    one.refresh_from_db()
    assert (one.status, one.life) == ("in_review", "unknown"), "nothing was saved"


# ------------------------------------------------------------------ many at a time
def test_many_are_sent_back_and_given_a_day_from_the_list(client):
    as_role(client, "reviewer")
    one, two, bare = draft("Una", "in_review"), draft("Due", "in_review"), draft("Tre")
    asked = act(client, Organization, "send_back", one, two, bare)
    assert "What is to be put right." in asked.content.decode()
    assert status_of(one) == "in_review"
    chosen = [entry.pk for entry in (one, two, bare)]
    data = {"action": "send_back", "_selected_action": chosen, "answered": "1"}
    listing = address(Organization, "changelist")
    assert client.post(listing, data).status_code == 422
    done = client.post(listing, data | {"note": "Manca l’anno."}, follow=True)
    assert sentences(done) == ["2 entries are now: draft.", "Already there and left alone: Tre."]
    assert {status_of(one), status_of(two)} == {"draft"}
    day = timezone.localdate() + timedelta(days=2)
    bare.sources.all().delete()
    data |= {"action": "publish_on", "day": str(day)}
    done = client.post(listing, data, follow=True)
    assert sentences(done)[0].startswith("2 entries will be published on ")
    assert sentences(done)[1] == "Not published, because they have no source: Tre."


def test_a_summary_says_what_was_not_theirs_to_do(client):
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli")
    as_role(client, "editor", cities=[torino])
    here, there = draft("Qui", city=torino), draft("Là", city=napoli)
    public = draft("Pubblica", "published", city=torino)
    done = act(client, Organization, "send_to_review", here, there, public)
    assert sentences(done) == [
        "1 entry is now: in review.",
        "Left alone, because it is not yours to do: Là, Pubblica.",
    ]


def test_what_is_said_of_many_names_those_that_are_not_ones_own(client):
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli")
    here, there = draft("Qui", city=torino), draft("Là", city=napoli)
    for role in ("editor", "translator_en"):
        as_role(client, role, cities=[torino])
        action, done = {
            "editor": ("checked_today", "1 entry marked as checked today."),
            "translator_en": ("still_right_en", "0 texts are marked as still right."),
        }[role]
        left = "Left alone, because it is not yours to do: Là."
        assert sentences(act(client, Organization, action, here, there)) == [done, left]
        assert sentences(act(client, Organization, action, here)) == [done]
    assert Organization.objects.get(checked_on__isnull=False) == here
    as_role(client, "editor", "everywhere")
    done = act(client, Organization, "checked_today", here, there)
    assert sentences(done) == ["2 entries marked as checked today."]


# ------------------------------------------------------------------ roles, by button and address
ALLOWED = {
    "editor": {"send_to_review", "back_to_draft", "checked_today"},
    "reviewer": {*STEPS, "checked_today", "delete_selected"},
    "translator_it": set(),
    "translator_en": set(),
    "manager": set(),
}


@pytest.mark.parametrize("role", ALLOWED)
def test_each_role_is_offered_its_actions_and_no_other_works_by_address(client, role):
    as_role(client, role)
    one = draft(status="in_review")
    assert actions(client) == ALLOWED[role]
    before = Organization.objects.values().get(pk=one.pk)
    for action in {*STEPS, "checked_today", "delete_selected"} - ALLOWED[role]:
        answers = {"answered": "1", "note": "x", "day": "2999-01-01", "post": "yes"}
        client.post(
            address(Organization, "changelist"),
            {"action": action, "_selected_action": [one.pk], **answers},
        )
    assert Organization.objects.values().get(pk=one.pk) == before


@pytest.mark.parametrize("role", ["editor", "translator_it", "translator_en", "manager"])
@pytest.mark.parametrize("status", ["published", "archived", "draft"])
def test_no_step_of_the_form_is_open_by_address_to_whoever_may_not_take_it(client, role, status):
    user = as_role(client, role)
    one = draft(status=status)
    for slug, step in STEPS.items():
        if not may_take(user, step, one):
            asked = {"note": {"step_note": "x"}, "day": {"step_day": "2999-01-01"}}
            answers = asked.get(step.asks, {}) | {"_step": slug}
            client.post(change(one), {"name_it": "L'asilo", **answers})
            assert status_of(one) == status, slug


def test_what_is_public_or_has_its_day_is_not_written_without_the_right_to_publish(client):
    public, promised = draft("Pubblica", "published"), draft("Promessa")
    on_a_day(promised, timezone.localdate() + timedelta(days=9))
    for role in ("editor", "translator_it"):
        as_role(client, role)
        for one in (public, promised):
            assert not buttons(client, one)
            said = client.get(change(one)).content.decode()
            assert ("This entry is published." in said) == (one == public)
            assert ("will be published on a day that is set" in said) == (one == promised)
            before = Organization.objects.values().get(pk=one.pk)
            submit(client, change(one), summary_it="Altro", _step="publish")
            assert Organization.objects.values().get(pk=one.pk) == before, "a proposal at most"
            assert client.get(address(one, "preview", one.pk)).status_code == 200
            assert client.get(address(one, "delete", one.pk)).status_code == 403
            if version := versions_of(one).first():
                compare = address(one, "compare", one.pk) + f"?from={version.pk}"
                assert client.post(compare, {"keys": ["name_it"]}).status_code == 403


def test_an_editor_reads_and_does_not_write_what_is_elsewhere(client):
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli")
    as_role(client, "editor", cities=[torino])
    there = draft("Là", city=napoli)
    submit_page = client.get(change(there))
    assert b'name="_save"' not in submit_page.content
    assert client.post(change(there), {"name_it": "Altro"}).status_code == 403
    here = draft("Qui", city=torino)
    assert submit(client, change(here), summary_en="Here").status_code == 302
    assert client.get(address(here, "delete", here.pk)).status_code == 403


def test_who_takes_an_entry_out_of_their_places_is_told(client):
    torino, napoli = make.make_city("Torino"), make.make_city("Napoli")
    as_role(client, "editor", cities=[torino])
    told = "outside the places and themes that you look after"
    here = draft("Qui", city=torino)
    stays = client.get(submit(client, change(here), summary_en="Here")["Location"])
    assert told not in " ".join(sentences(stays))
    leaves = client.get(submit(client, change(here), city=napoli.pk)["Location"])
    assert told in sentences(leaves)[-1]
    new = client.get(
        submit(client, address(Organization, "add"), name_it="Là", city=napoli.pk)["Location"]
    )
    assert told in " ".join(sentences(new))
    as_role(client, "editor", "libera")
    free = client.get(submit(client, change(here), city=torino.pk)["Location"])
    assert told not in " ".join(sentences(free))


def test_a_table_writes_no_more_than_the_forms_of_a_role(client):
    from tests.test_tables import IN, outcomes, sent, why

    torino, napoli = make.make_city("Torino"), make.make_city("Napoli")
    draft("Qui", slug="qui", city=torino)
    draft("Là", slug="la", city=napoli)
    draft("Pubblica", "published", slug="pubblica", city=torino)
    as_role(client, "editor", cities=[torino])
    rows = [{"slug": slug, "summary_en": "A garden."} for slug in ("qui", "la", "pubblica")]
    sheet = sent(client, *rows)
    assert outcomes(sheet) == {2: "changed", 3: "refused", 4: "refused"}
    assert "You may not change this entry." in why(sheet, 3)
    as_role(client, "translator_en")
    table = sent(client, {"slug": "qui", "summary_en": "A yard."})
    assert outcomes(table) == {2: "changed"}
    cells = {"name_it": "Z", "founded": "2001", "sources": "Z", "email": "z@z.example"}
    for column, cell in cells.items():
        table = sent(client, {"slug": "qui", "summary_en": "A yard.", column: cell})
        assert table.left == [column], column
    as_role(client, "manager")
    assert client.get(IN).status_code == 403


@pytest.mark.parametrize(("role", "mine", "other"), [("translator_it", "it", "en")])
def test_a_translator_writes_the_texts_of_one_language(client, role, mine, other):
    one = draft(summary_en="What it does.", description_en="Long.", founded="2013")
    one.milestones.create(date="2001-01-01", date_precision="year", text_it="Uno", text_en="One")
    place = one.places.create(country=True)
    as_role(client, role)
    page = client.get(change(one)).content.decode()
    assert f'name="summary_{mine}"' in page
    assert f'name="milestones-0-text_{mine}"' in page
    for closed in (f"summary_{other}", "slug", "founded", "themes", "email", "city"):
        assert f'name="{closed}"' not in page, closed
    for closed in (f"milestones-0-text_{other}", "milestones-0-date", "places-0-country"):
        assert f'name="{closed}"' not in page, closed
    assert "2013" in page
    assert "2013-01-01" not in page
    values = {
        **{f"description_{mine}": "Lungo.", f"description_{other}": "Stolen"},
        **{"slug": "stolen", "founded": "1999", "city": "1", "email": "x@y.example"},
        **{f"milestones-0-text_{mine}": "Primo", f"milestones-0-text_{other}": "Stolen"},
        **{"milestones-0-DELETE": "on", "places-0-DELETE": "on", "status": "published"},
        **{"sources-TOTAL_FORMS": "2", "sources-1-title_it": "Rubata", "sources-1-order": "1"},
    }
    assert submit(client, change(one), **values).status_code == 302
    one.refresh_from_db()
    assert one.description_it == "Lungo."
    assert (one.description_en, one.slug, one.founded_on.iso) == ("Long.", "l-asilo", "2013")
    assert (one.email, one.city, one.status) == ("", None, "draft")
    milestone = one.milestones.get()
    assert (milestone.text_it, milestone.text_en) == ("Primo", "One")
    assert list(one.places.all()) == [place]
    assert one.sources.count() == 1
    assert client.get(address(Organization, "add")).status_code == 403
    assert client.get(address(Organization, "recover")).status_code == 403


def test_a_manager_changes_no_entry_and_makes_no_superuser(client):
    manager = as_role(client, "manager")
    one = draft()
    assert client.post(change(one), {"name_it": "Altro"}).status_code == 403
    owner = make.make_editor("owner")
    anna = member("editor", "anna")
    page = client.get(change(anna)).content.decode()
    assert 'name="groups"' in page
    assert 'name="is_superuser"' not in page
    assert 'name="user_permissions"' not in page
    submit(client, change(anna), is_superuser="on", user_permissions=["1"], first_name="Anna")
    anna.refresh_from_db()
    assert (anna.first_name, anna.is_superuser) == ("Anna", False)
    assert not anna.user_permissions.exists()
    assert client.post(change(owner), {"username": "mine"}).status_code == 403
    password = f"/admin/staff/user/{owner.pk}/password/"
    assert client.get(password).status_code == 403
    submit(client, change(manager), is_superuser="on")
    manager.refresh_from_db()
    assert not manager.is_superuser


# ------------------------------------------------------------------ how complete
def test_the_form_says_what_is_missing_with_a_link_and_the_list_how_complete(client):
    client.force_login(make.make_editor(language="en"))
    one = make.make_organization("Una", status="draft", summary_it="x", kind=make.make_kind())
    page = client.get(change(one)).content.decode()
    assert "26% complete: 9 things are missing" in page
    assert '<a href="#sources-heading">Source</a> <span class="weight">15 of 115</span>' in page
    assert '<a href="#id_summary_en">Summary in English</a>' in page
    assert page.index("#sources-heading") < page.index("#id_summary_en"), "what is needed first"
    assert 'id="sources-heading"' in page
    assert 'id="id_summary_en"' in page
    row = client.get(address(Organization, "changelist")).content.decode()
    assert "26 %" in row
    make.fit(one)
    one.pictures.model._default_manager.bulk_create(
        [one.pictures.model(entry=one, image="a.webp", width=9, height=9, widths=[9], alt_en="x")]
    )
    one.web_addresses.create(url="https://una.example/")
    one.themes.add(make.make_theme())
    Organization.objects.update(
        summary_en="x", description_it="x", description_en="x", city=make.make_city("Torino"),
        checked_on=timezone.localdate() - timedelta(days=300),
    )  # fmt: skip
    assert "100% complete" in client.get(change(one)).content.decode()
    Organization.objects.update(checked_on=timezone.localdate() - timedelta(days=400))
    page = client.get(change(one)).content.decode()
    assert "91% complete: 1 thing is missing" in page


def test_a_new_entry_is_told_what_it_will_need(client):
    as_role(client, "editor")
    page = client.get(address(Organization, "add")).content.decode()
    assert "0% complete: 12 things are missing" in page
    needs = "a name, a summary in Italian or in English, a source"
    assert f"To be published it still needs {needs}." in page
    assert '<a href="#id_name_it">Name</a> <span class="weight">15 of 115</span>' in page


def test_what_is_missing_has_no_way_to_what_is_not_ones_own(client):
    one = draft(summary_en="x")
    as_role(client, "translator_en")
    page = client.get(change(one)).content.decode()
    assert '<a href="#id_description_en">Description in English</a>' in page
    assert "<li>Description in Italian <span" in page
    assert 'href="#id_description_it"' not in page
    assert "<li>Checked within a year <span" in page


def test_kinds_have_wishes_of_their_own(client):
    client.force_login(make.make_editor(language="en"))
    for model, wish in ((Network, "memberships"), (Project, "participations")):
        one = model._default_manager.create(name_it="Prova")
        assert f'href="#{wish}-heading"' in client.get(change(one)).content.decode()
