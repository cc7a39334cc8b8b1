"""Marks of the texts in an entry's lists: who made a list sees what it lacks in a language."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format

from directory.entry_lists import Source
from directory.history import Document, deleted, lists_of, record_in_bulk, versions_of
from directory.marked_texts import MarkedText, mark_lists
from directory.merging import Wanted, merge
from directory.registry import kinds
from directory.restoring import recover
from directory.translated_texts import say_still_right, texts_of
from networks.models import Network
from orgs.models import Organization
from places.languages import LANGUAGES
from projects.models import Edition, Participation, Project
from tests import builders as make
from tests.admin_form import submit
from tests.test_admin import address, change
from tests.test_roles import member

pytestmark = pytest.mark.django_db


def marks(row) -> dict[str, str]:
    found = MarkedText.objects.filter(list=row._meta.db_table, row=row.pk)
    return {f"{one.text}_{one.language}": one.mark for one in found}


def write(row, **texts) -> dict[str, str]:
    for column, text in texts.items():
        setattr(row, column, text)
    row.save()
    return marks(row)


def translated_lists():
    """Each list with translated texts, once, with the kind of entry that it is a list of."""
    for kind in kinds.values():
        for relation in lists_of(kind.model).values():
            row = relation.related_model
            owner = "project" if row is Participation else "entry"
            if relation.field.name == owner:
                yield from ((kind.model, row, owner, text) for text in sorted(texts_of(row)))


@pytest.mark.parametrize(("kind", "model", "owner", "text"), list(translated_lists()))
def test_every_text_of_a_list_is_watched(kind, model, owner, text):
    """Of a new text this wants to hear: the triggers are to be made again with it."""
    rows = model._default_manager
    others = {"plain_name": "Comune"} if model is Participation else {}
    others |= {"width": 9, "height": 9} if text == "alt" else {}
    others |= {"url": "https://a.example/"} if "webaddress" in model._meta.model_name else {}
    others |= {"value": "3"} if "figure" in model._meta.model_name else {}
    row = rows.create(
        **{owner: make.make_entry(kind, "Prova", {}), f"{text}_it": "uno", f"{text}_en": "one"},
        **others,
    )
    assert marks(row) == {}, "what is written at once is not out of date"
    assert write(row, **{f"{text}_it": "due"}) == {f"{text}_en": "stale"}
    missing = {} if issubclass(model, Source) else {f"{text}_en": "missing"}
    assert write(row, **{f"{text}_en": ""}) == missing
    row.delete()
    assert not MarkedText.objects.exists()


@pytest.fixture
def both():
    return make.make_organization("Orti", summary_it="Orti", summary_en="Gardens")


def test_what_the_other_language_leaves_behind_until_it_says_the_same_again(both):
    one = both.milestones.create(text_it="Apre", text_en="Opens")
    assert write(one, text_it="Riapre") == {"text_en": "stale"}
    assert write(one, order=3) == {"text_en": "stale"}
    assert write(one, text_it="Riapre due volte") == {"text_en": "stale"}
    assert write(one, text_it="Apre") == {}, "as when they agreed"
    assert write(one, text_it="Riapre") == {"text_en": "stale"}
    assert write(one, text_en="Opens again") == {}
    assert write(one, text_en="Opens twice") == {"text_it": "stale"}
    assert write(one, text_en="Riapre") == {"text_en": "copied"}
    assert write(one, text_it="Chiude") == {"text_en": "stale"}


def test_a_name_may_be_the_same_in_both_and_a_copy_is_a_copy(both):
    link = both.web_addresses.create(
        url="https://a.example/", label_it="Facebook", label_en="Facebook"
    )
    assert marks(link) == {}
    assert marks(both.milestones.create(text_it="Apre", text_en="Apre")) == {"text_en": "copied"}
    other = both.web_addresses.create(url="https://b.example/", label_it="Sito")
    assert marks(other) == {"label_en": "missing"}
    assert write(other, label_en="Sito") == {"label_en": "copied"}


def test_a_source_is_quoted_in_one_language(both):
    source = both.sources.create(title_it="Statuto")
    assert marks(source) == {}
    assert write(source, title_en="Statute") == {}
    assert write(source, title_it="Statuto del 1999") == {"title_en": "stale"}


def test_marks_move_with_their_rows_when_entries_become_one(both):
    other = make.make_organization("Orti urbani", status="draft")
    row = other.milestones.create(text_it="Apre")
    merge(both, other, Wanted(set()))
    assert MarkedText.objects.get(row=row.pk).entry == both.pk


def test_a_list_goes_with_its_entry(both):
    both.milestones.create(text_it="Apre")
    Organization.objects.filter(pk=both.pk).delete()
    assert not MarkedText.objects.exists()


# ------------------------------------------------------------------ rows from before
def of_all() -> list[tuple]:
    return sorted(MarkedText.objects.values_list("kind", "list", "row", "text", "language", "mark"))


def test_a_list_that_is_marked_from_now_on_has_marks_of_what_is_there(both):
    """As when a list with rows gets its triggers by a migration."""
    both.milestones.create(text_it="Apre", text_en="Apre")
    both.sources.create(title_it="Statuto")
    for model in (Network, Project):
        entry = make.make_entry(model, "Prova", {"summary_it": "Uno", "description_en": "One"})
        entry.web_addresses.create(url="https://a.example/", label_en="Site")
    Edition.objects.create(entry=entry, title_it="Prima edizione")
    make.take_part(entry, "Comune", part_it="Ospita")
    expected = of_all()
    assert len(expected) == 5
    MarkedText.objects.all().delete()
    with connection.cursor() as cursor:
        for kind in kinds.values():
            rules = import_module(f"{kind.model._meta.app_label}.migrations.0004_rules")
            for operation in mark_lists(kind.number, *rules.LISTS):
                if "CREATE FUNCTION" not in operation.sql:
                    cursor.execute(operation.sql)
    assert of_all() == expected


# ------------------------------------------------------------------ in the admin
@pytest.fixture
def stale(both):
    both.summary_it = "Orti di tutti"
    both.save()
    one = both.milestones.create(text_it="Apre", text_en="Opens")
    write(one, text_it="Riapre")
    return both


def page_of(client, entry) -> str:
    return client.get(change(entry)).content.decode()


def test_the_form_says_it_under_the_text_and_takes_the_mark_away(client, stale):
    editor = make.make_editor(language="en")
    client.force_login(editor)
    today = date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    page = page_of(client, stale)
    said = f"The Italian text changed on {today}; the English was last touched before."
    assert f'id="id_milestones-0-text_en_mark">{said}</span>' in page
    key = MarkedText.objects.get().key
    assert f'name="text" value="{key}"' in page
    where = address(Organization, "still_right", stale.pk)
    done = client.post(where, {"text": key}, follow=True)
    assert "1 text is marked as still right." in done.content.decode()
    assert not MarkedText.objects.exists()
    stale.refresh_from_db()
    assert stale.text_marks == {"summary_en": "stale"}
    assert key in stale.still_right
    assert versions_of(stale).first().revision.user == editor


def test_all_texts_of_a_language_are_right_at_once(client, stale):
    write(stale, story_it="Nel 1980", story_en="Nel 1980")
    client.force_login(member("translator_en"))
    page = page_of(client, stale)
    assert "All English texts are still right (2)" in page
    where = address(Organization, "still_right", stale.pk)
    assert client.post(where, {"language": "it"}).status_code == 403
    assert client.post(where, {"language": "xx"}).status_code == 403
    assert client.post(where, {}).status_code == 403
    done = client.post(where, {"language": "en"}, follow=True)
    assert "2 texts are marked as still right." in done.content.decode()
    stale.refresh_from_db()
    assert stale.text_marks == {"story_en": "copied"}, "nobody has translated that"
    assert not MarkedText.objects.exists()
    assert "are still right (" not in page_of(client, stale)


def test_a_row_that_was_deleted_comes_back_with_its_marks(client, stale):
    """So does the list of an entry that was deleted."""
    client.force_login(make.make_editor(language="en"))
    row, mark = stale.milestones.get(), MarkedText.objects.values().get()
    submit(client, change(stale), **{"milestones-0-DELETE": "on"})
    assert not MarkedText.objects.exists()
    there = versions_of(stale)[1]
    where = address(Organization, "compare", stale.pk) + f"?from={there.pk}&to=now"
    client.post(where, {"keys": [f"milestones:{row.pk}"]})
    assert marks(row) == {"text_en": "stale"}
    now = MarkedText.objects.values().get()
    assert abs(now.pop("since") - mark.pop("since")) < timedelta(milliseconds=1)
    assert now | {"id": 0} == mark | {"id": 0}
    client.post(address(Organization, "delete", stale.pk), {"post": "yes"})
    assert not MarkedText.objects.exists()
    gone = deleted(Organization).get()
    client.post(address(Organization, "recover"), {"version": gone.pk})
    assert marks(row) == {"text_en": "stale"}
    assert write(row, text_it="Apre") == {}, "as when they agreed"


def test_a_copy_that_was_deleted_comes_back_as_the_same_copy(both):
    one = both.milestones.create(text_en="Opens")
    assert write(one, text_it="Opens") == {"text_it": "copied"}
    link = both.web_addresses.create(url="https://a.example/", label_it="Sito")
    assert write(link, label_en="Sito") == {"label_en": "copied"}
    record_in_bulk([both])
    then = Document.read(Organization, versions_of(both).first().serialized_data)
    both.delete()
    recover(Organization, then)
    assert marks(one) == {"text_it": "copied"}
    assert marks(link) == {"label_en": "copied"}


def test_what_a_person_said_to_be_right_stays_right_when_only_the_order_is_put_back(client, stale):
    client.force_login(make.make_editor(language="en"))
    record_in_bulk([stale])
    then, row = versions_of(stale).first(), stale.milestones.get()
    say_still_right(Organization.objects.filter(pk=stale.pk), None)
    row.order = 7
    row.save()
    where = address(Organization, "compare", stale.pk) + f"?from={then.pk}&to=now"
    client.post(where, {"keys": [f"milestones:{row.pk}"]})
    row.refresh_from_db()
    assert row.order == 0
    assert marks(row) == {}


def test_what_a_partner_does_keeps_its_mark_when_the_partner_is_recovered(client):
    client.force_login(make.make_editor(language="en"))
    partner, project = make.make_organization("Ente"), make.make_project("Orti")
    tie = make.take_part(project, partner, part_it="Cura", part_en="Care")
    assert write(tie, part_it="Cura gli orti") == {"part_en": "stale"}
    record_in_bulk([partner])
    Participation.objects.all().delete()
    where = address(Organization, "compare", partner.pk)
    there = versions_of(partner).first()
    client.post(f"{where}?from={there.pk}&to=now", {"keys": [f"participations:{tie.pk}"]})
    assert marks(Participation.objects.get()) == {"part_en": "stale"}
    assert MarkedText.objects.get().entry == project.pk


def test_who_translates_the_other_language_is_offered_nothing(client, stale):
    client.force_login(member("translator_it"))
    assert "still right" not in page_of(client, stale)
    where = address(Organization, "still_right", stale.pk)
    key = MarkedText.objects.get().key
    assert client.post(where, {"text": key}).status_code == 403
    assert MarkedText.objects.exists()


def test_who_only_looks_is_offered_nothing(client, stale):
    client.force_login(member("manager"))
    assert "still right" not in page_of(client, stale)


def test_a_row_that_is_typed_anew_keeps_its_marks_apart(client, stale):
    client.force_login(make.make_editor(language="en"))
    submit(client, change(stale), **{"milestones-0-text_en": "Opens again"})
    assert not MarkedText.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [Organization, Network, Project])
def test_a_worklist_for_each_language_and_kind(client, kind, language):
    mine, its_other = f"text_{language}", "text_en" if language == "it" else "text_it"
    missing, old, good, archived = (make.make_entry(kind, name, {}) for name in "abcd")
    missing.milestones.create(**{its_other: "x"})
    archived.milestones.create(**{its_other: "x"})
    kind.objects.filter(pk=archived.pk).update(status="archived")
    good.milestones.create(**{its_other: "x", mine: "y"})
    write(old.milestones.create(**{its_other: "x", mine: "y"}), **{its_other: "z"})
    client.force_login(make.make_editor(language="en"))

    def listed(work: str) -> list:
        page = client.get(address(kind, "changelist"), {"work": f"{work}-in-lists-{language}"})
        return list(page.context["cl"].result_list)

    assert listed("missing") == [missing]
    assert listed("stale") == [old]
    say_still_right(kind.objects.all(), make.make_editor("anna"), [language])
    assert listed("stale") == []
