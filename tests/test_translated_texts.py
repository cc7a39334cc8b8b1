"""Marks of texts: what lacks in one language, and what the other language has left behind."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format

from directory.history import Document, record_in_bulk, versions_of
from directory.restoring import recover, restore
from directory.translated_texts import known_behind, may_be_right, say_still_right, texts_of
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.admin_form import submit
from tests.test_admin import address, change

pytestmark = pytest.mark.django_db
KINDS = (Organization, Network, Project)
every_kind = pytest.mark.parametrize("kind", KINDS)


def marks(entry) -> dict[str, str]:
    entry.refresh_from_db()
    flags = {
        f"{what}_{language}"
        for what in ("missing", "stale")
        for language in ("it", "en")
        if getattr(entry, f"{what}_{language}")
    }
    told = {
        ("stale_" if mark == "stale" else "missing_") + column[-2:]
        for column, mark in entry.text_marks.items()
    }
    assert flags == told, "the flags of an entry are those of its texts"
    return entry.text_marks


def write(entry, **texts) -> dict[str, str]:
    for column, text in texts.items():
        setattr(entry, column, text)
    entry.save()
    return marks(entry)


@pytest.fixture
def both():
    entry = make.make_organization("Orti", summary_it="Orti di tutti", summary_en="Common gardens")
    assert marks(entry) == {}, "what is written at once is not stale"
    return entry


# ------------------------------------------------------------------ what is marked
@every_kind
def test_every_text_of_a_kind_is_watched(kind):
    """Of a new text this wants to hear: the triggers are to be made again with it."""
    for name in texts_of(kind):
        said = {f"{name}_it": "uno", f"{name}_en": "one", "status": "draft"}
        entry = make.make_entry(kind, name, said)
        assert marks(entry) == {}
        assert write(entry, **{f"{name}_it": "due"}) == {f"{name}_en": "stale"}
        assert write(entry, **{f"{name}_en": ""}) == {f"{name}_en": "missing"}
    assert "name" not in texts_of(kind)


def test_a_text_that_is_there_in_one_language_is_missing_in_the_other(both):
    assert write(both, purpose_it="Coltivare") == {"purpose_en": "missing"}
    assert write(both, purpose_en="To grow") == {}, "the original is not older for being translated"
    assert write(both, purpose_it="") == {"purpose_it": "missing"}
    assert write(both, purpose_en="") == {}


def test_a_text_is_stale_when_the_other_changed_after_it(both):
    assert write(both, summary_it="Orti di tutti e tutte") == {"summary_en": "stale"}
    assert "summary_it" in both.text_times
    assert "summary_en" not in both.text_times, "it has not changed since it was made"
    assert write(both, life="active") == {"summary_en": "stale"}
    assert write(both, summary_it="Orti per chi vuole") == {"summary_en": "stale"}
    assert write(both, summary_en="Gardens for all") == {}, "and the Italian is not stale for that"
    assert write(both, summary_en="Gardens for everybody") == {"summary_it": "stale"}
    assert write(both, summary_it="Orti", summary_en="Gardens") == {}


def test_a_copy_is_marked_until_somebody_edits_it(both):
    assert write(both, story_it="Nel 1980") == {"story_en": "missing"}
    assert write(both, story_en="Nel 1980") == {"story_en": "copied"}
    assert both.missing_en
    assert write(both, life="active") == {"story_en": "copied"}
    assert write(both, story_it="Nel 1981") == {"story_en": "stale"}
    assert write(both, story_en="Nel 1981") == {"story_en": "copied"}
    assert write(both, story_en="In 1981") == {}
    assert write(both, vision_en="Green") == {"vision_it": "missing"}
    assert write(both, vision_it="Green") == {"vision_it": "copied"}


def test_two_texts_that_are_made_alike_are_a_copy_in_english():
    one = make.make_organization("Una", summary_it="Orti", summary_en="Orti")
    assert marks(one) == {"summary_en": "copied"}


# ------------------------------------------------------------------ whoever writes
def test_sql_counts_too_and_what_is_in_memory_does_not(both):
    in_memory = Organization.objects.get(pk=both.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orgs_organization SET summary_it = 'Altro' WHERE id = %s", [both.pk])
    assert marks(both) == {"summary_en": "stale"}
    in_memory.summary_it, in_memory.email = "Altro", "a@example.org"
    in_memory.save()
    assert marks(both) == {"summary_en": "stale"}, "an older object wipes no mark away"
    Organization.objects.update(text_marks={}, stale_en=False, text_times={})
    assert marks(both) == {"summary_en": "stale"}, "nor does a hand"


def test_rows_written_in_bulk_have_marks():
    Organization.objects.bulk_create(
        [
            Organization(slug="a", name_it="A", summary_it="Testo"),
            Organization(slug="b", name_it="B", summary_it="Testo", summary_en="Text"),
        ]
    )
    assert list(Organization.objects.order_by("slug").values_list("missing_en", flat=True)) == [
        True,
        False,
    ]


# ------------------------------------------------------------------ still right
def test_still_right_takes_the_mark_away_and_is_recorded(both):
    editor = make.make_editor()
    write(both, summary_it="Orti, di tutti", story_it="Nel 1980", story_en="Nel 1980")
    assert set(may_be_right(both)) == {"summary_en", "story_en"}
    some = Organization.objects.filter(pk=both.pk)
    assert say_still_right(some, editor, languages=["it"]) == (0, 0)
    assert say_still_right(some, editor, only="summary_en") == (1, 1)
    assert marks(both) == {"story_en": "copied"}
    version = versions_of(both).first()
    assert version.revision.user == editor
    assert "summary_en" in both.still_right
    assert say_still_right(some, editor) == (0, 0), "a copy is right only when it is named"
    assert say_still_right(some, editor, only="story_en") == (1, 1)
    assert marks(both) == {}
    assert write(both, email="a@example.org") == {}
    assert write(both, summary_it="Altro") == {"summary_en": "stale"}, "until it changes again"


def test_a_missing_text_is_not_right(both):
    write(both, purpose_it="Coltivare")
    assert say_still_right(Organization.objects.all(), make.make_editor()) == (0, 0)
    assert marks(both) == {"purpose_en": "missing"}


# ------------------------------------------------------------------ put back
def version(entry) -> Document:
    record_in_bulk([entry])
    return Document.read(type(entry), versions_of(entry).first().serialized_data)


def test_what_agreed_agrees_again_when_it_is_put_back(both):
    then = version(both)
    write(both, summary_it="Altro")
    record_in_bulk([both])
    restore(both, then, ["summary_it"])
    assert marks(both) == {}, "the Italian says again what the English says"
    write(both, summary_it="Altro", summary_en="Other")
    restore(both, then, ["summary_it"])
    assert marks(both) == {"summary_en": "stale"}, "put back in one language only"
    restore(both, then, ["summary_it", "summary_en"])
    assert marks(both) == {}


def test_what_was_stale_is_stale_again_when_it_is_recovered(both):
    write(both, summary_it="Altro", story_it="Storia")
    then = version(both)
    both.delete()
    entry = recover(Organization, then).entry
    assert marks(entry) == {"summary_en": "stale", "story_en": "missing"}


def test_what_was_behind_and_written_anew_is_not_stale_when_it_is_recovered(both):
    write(both, story_it="Nel 1981", vision_it="Il verde")
    both.still_right |= known_behind(["story_en", "vision_en"])
    behind = write(both, story_en="Nel 1980", vision_en="Verde")
    assert behind == {"story_en": "stale", "vision_en": "stale"}
    assert write(both, story_en="In 1981") == {"vision_en": "stale"}
    then = version(both)
    both.delete()
    assert marks(recover(Organization, then).entry) == {"vision_en": "stale"}


# ------------------------------------------------------------------ in the admin
def member(role: str):
    user = make.make_editor(role, is_superuser=False, language="en")
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def stale(both):
    write(both, summary_it="Orti di tutti e tutte", story_it="Nel 1980")
    return both


@pytest.fixture
def editor(client):
    user = make.make_editor(language="en")
    client.force_login(user)
    return user


def page_of(client, entry) -> str:
    return client.get(address(type(entry), "change", entry.pk)).content.decode()


def test_the_form_says_what_is_stale_and_what_is_missing_under_the_text(client, editor, stale):
    page = page_of(client, stale)
    today = date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    said = f"The Italian text changed on {today}; the English was last touched before."
    assert f'id="id_summary_en_mark">{said}</span>' in page
    assert 'aria-describedby="id_summary_en_helptext id_summary_en_mark"' in page
    assert 'id="id_story_en_mark">Missing in English.</span>' in page
    assert 'id="id_summary_it_mark"' not in page
    assert 'data-length-of="id_summary_it">21</span>/300' in page
    assert page.count('name="text"') == 1, "only what is written may be right"
    assert 'name="text" value="summary_en"' in page
    assert 'data-copy-from="id_story_it" data-copy-to="id_story_en"' in page
    assert "id_name_en_mark" not in page


def test_still_right_from_the_form(client, editor, stale):
    where = address(Organization, "still_right", stale.pk)
    done = client.post(where, {"text": "summary_en"}, follow=True)
    assert "1 text is marked as still right." in done.content.decode()
    assert marks(stale) == {"story_en": "missing"}
    assert client.get(where).status_code == 405
    assert client.post(where, {"text": "nonsense"}).status_code == 403


def test_still_right_for_many(client, editor, stale):
    other = make.make_organization("Altra", summary_it="a", summary_en="b")
    write(other, summary_it="c")
    done = client.post(
        address(Organization, "changelist"),
        {"action": "still_right_en", "_selected_action": [stale.pk, other.pk]},
        follow=True,
    )
    assert "2 texts are marked as still right." in done.content.decode()
    assert marks(other) == {}
    assert Organization.objects.stale_in("en").count() == 0


def test_who_translates_clears_the_marks_of_their_language_only(client, stale):
    where = address(Organization, "still_right", stale.pk)
    client.force_login(member("translator_it"))
    assert client.post(where, {"text": "summary_en"}).status_code == 403
    page = client.get(address(Organization, "changelist")).content.decode()
    assert "work=stale-it" in page
    assert "work=stale-en" not in page
    assert marks(stale)["summary_en"] == "stale"


def test_who_only_looks_clears_no_mark(client, stale):
    client.force_login(make.make_editor("ospite", is_superuser=False))
    where = address(Organization, "still_right", stale.pk)
    assert client.post(where, {"text": "summary_en"}).status_code == 403
    assert marks(stale)["summary_en"] == "stale"


@every_kind
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_worklist_for_each_language_and_kind(client, editor, kind, language):
    mine, other = f"summary_{language}", "summary_en" if language == "it" else "summary_it"
    missing = make.make_entry(kind, "Manca", {other: "x"})
    old = make.make_entry(kind, "Vecchia", {other: "x", mine: "y"})
    make.make_entry(kind, "Archiviata", {other: "x", "status": "archived"})
    make.make_entry(kind, "Buona", {other: "x", mine: "y"})
    make.make_entry(kind, "Vuota", {"status": "draft"})
    write(old, **{other: "z"})

    def listed(work: str) -> list:
        page = client.get(address(kind, "changelist"), {"work": f"{work}-{language}"})
        return list(page.context["cl"].result_list)

    assert listed("missing") == [missing]
    assert listed("stale") == [old]


# ------------------------------------------------------------------ a form that comes back
def _shown_as_copies(page: str) -> set[str]:
    """The inputs of which the page says that they are a copy, without a script's help."""
    said = re.findall(r'data-copied="id_([\w-]+)" role="status"( hidden)?', page)
    return {name for name, hidden in said if not hidden}


def test_a_copy_is_marked_in_a_form_that_comes_back_with_mistakes(client):
    client.force_login(make.make_editor(language="en"))
    story = {"story_it": "Storia", "story_en": "Story"}
    one = make.make_organization(summary_it="Uno", vision_it="Vista", **story)
    one.milestones.create(text_it="Nasce")
    typed = {
        "summary_en": "Uno",
        "story_en": "Another story",
        "purpose_it": "Nuovo",
        "purpose_en": "Nuovo",
        "milestones-0-text_en": " Nasce\r\n",
        "founded": "nonsense",
    }
    back = submit(client, change(one), **typed)
    assert back.status_code == 200
    page = back.content.decode()
    assert _shown_as_copies(page) == {"summary_en", "purpose_en", "milestones-0-text_en"}
    assert re.search(r'id="id_summary_en_mark" hidden>', page), "it is missing no more"
    assert re.search(r'id="id_vision_en_mark">', page)
    assert _shown_as_copies(client.get(change(one)).content.decode()) == set()
    added = submit(
        client, address(one, "add"), name_it="Due", summary_it="Due", summary_en="Due", founded="x"
    )
    assert _shown_as_copies(added.content.decode()) == {"summary_en"}


def test_a_copy_is_marked_for_whoever_writes_one_language_only(client):
    one = make.make_organization(summary_it="Uno", status="draft")
    client.force_login(member("translator_en"))
    too_long = "x" * 4000
    back = submit(client, change(one), summary_en="Uno", subtitle_en=too_long, purpose_en="\x00")
    assert _shown_as_copies(back.content.decode()) == {"summary_en"}
