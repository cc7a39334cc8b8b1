"""Who changed what, when and why; comparing, putting back, recovering; by every way of writing."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from reversion.models import Revision, Version

from directory import history_admin
from directory.comparison import compare, words_marked
from directory.fixtures import load
from directory.history import (
    Document,
    documents,
    kept_fields,
    lists_of,
    record_in_bulk,
    remember,
    versions_of,
)
from directory.models import KeptPicture
from directory.picture_field import orphans
from directory.registry import kinds
from directory.restoring import recover, restore
from directory.told import told
from networks.models import Membership, Network
from orgs.models import Organization
from projects.models import Participation, Project
from staff.models import User
from tests import builders as make
from tests.admin_form import fields, submit, with_row
from tests.test_admin import act, address, change, sentences
from tests.test_admin_editing import picture_file

pytestmark = pytest.mark.django_db

every_kind = pytest.mark.parametrize("model", [Organization, Network, Project])


@pytest.fixture
def editor(client: Client) -> User:
    user = make.make_editor("anna", language="en")
    client.force_login(user)
    return user


def read(version: Version) -> Document:
    return Document.read(version._model, version.serialized_data)


def now(entry) -> Document:
    return Document.read(type(entry), documents(type(entry), [entry.pk])[entry.pk])


def full_project() -> Project:
    """With every list that a project can have, and every kind of partner."""
    city, theme = make.make_city("Torino"), make.make_theme("Orti")
    one = make.make_project("Co-City", themes=[theme], places=[city], founded="2013-06")
    source = one.sources.create(title_it="Fonte", url="https://source.example/")
    make.take_part(one, make.make_organization("Ente"), "Capofila", source=source)
    make.take_part(one, make.make_network("Rete"), "Partner")
    make.take_part(one, "Un comitato", part_it="Cura gli orti")
    one.editions.create(title_it="Prima", city=city)
    one.milestones.create(text_it="Nasce", text_en="Begins")
    one.web_addresses.create(url="https://co-city.example/")
    one.identifiers.create(scheme="other", value="7")
    return one


# ------------------------------------------------------------------ what a version holds
def test_every_kind_keeps_its_texts_lists_and_ties():
    assert {kind.model for kind in kinds.values()} == {Organization, Network, Project}
    shared = {"places", "web_addresses", "milestones", "sources", "identifiers", "pictures"}
    assert set(lists_of(Organization)) == shared | {
        *("principles", "figures", "memberships", "participations"),
    }
    assert set(lists_of(Network)) == shared | {"principles", "memberships", "participations"}
    assert set(lists_of(Project)) == shared | {"participations", "editions"}
    names = {each.name for each in kept_fields(Organization)}
    assert {"name_it", "name_en", "themes", "city", "founded", "founded_precision"} <= names
    assert not {"name", "sort_it", "search_it", "search_en", "updated", "id"} & names


def test_a_version_is_in_the_form_that_reversion_reads():
    one = full_project()
    record_in_bulk([one])
    version = versions_of(one).get()
    said = version.field_dict
    assert said["name_it"] == "Co-City"
    assert said["themes"] == [theme.pk for theme in one.themes.all()]
    assert version.object_repr == "Co-City"
    models = {row["model"] for row in json.loads(version.serialized_data)}
    assert "projects.participation" in models
    tie = one.participations.get(organization__isnull=False)
    kept = read(version).lists["participations"][tie.pk]
    assert (kept["organization"], kept["source"]) == (tie.organization_id, tie.source_id)
    assert kept["roles"] == [role.pk for role in tie.roles.all()]


# ------------------------------------------------------------------ every way of writing
@every_kind
def test_saving_in_the_admin_says_who_what_and_why(client, editor, model):
    one = make.make_entry(model, "Prova", {"summary_it": "Prima"})
    submit(client, change(one), summary_it="Dopo", why="Lo dice il sito nuovo")
    first, second = versions_of(one)[::-1]
    assert (first.revision.user, first.revision.comment) == (None, "")
    assert (second.revision.user, second.revision.comment) == (editor, "Lo dice il sito nuovo")
    assert read(first).fields["summary_it"] == "Prima", "what was there before anybody kept it"
    assert read(second).fields["summary_it"] == "Dopo"
    page = unescape(client.get(address(one, "history", one.pk)).content.decode())
    row = next(row for row in page.split("<tr>") if "Lo dice il sito nuovo" in row)
    assert "anna" in row
    assert re.search(r">summary[^<]*it[^<]*</a>", row, re.IGNORECASE)
    submit(client, change(one), why="Niente di nuovo")
    assert versions_of(one).count() == 2, "nothing changed, nothing is written"


def test_a_new_entry_with_its_rows_is_one_version(client, editor):
    row = with_row(client, address(Organization, "add"), "milestones", text_it="Nasce")
    submit(client, address(Organization, "add"), name_it="Nuova", **row)
    one = Organization.objects.get()
    (document,) = map(read, versions_of(one))
    assert [said["text_it"] for said in document.lists["milestones"].values()] == ["Nasce"]


def test_a_row_that_is_added_changed_or_deleted_makes_a_version(client, editor):
    one = make.make_organization()
    for changes in (
        with_row(client, change(one), "milestones", text_it="Nasce"),
        {"milestones-0-text_it": "Nasce a Napoli"},
        {"milestones-0-DELETE": "on"},
    ):
        submit(client, change(one), **changes)
    said = [
        [row["text_it"] for row in read(version).lists["milestones"].values()]
        for version in versions_of(one)[::-1]
    ]
    assert said == [[], ["Nasce"], ["Nasce a Napoli"], []]


@every_kind
def test_actions_on_lists_are_kept_too(client, editor, model):
    one, other = (make.fit(make.make_entry(model, name, {"status": "draft"})) for name in "AB")
    act(client, model, "publish", one, other)
    assert Revision.objects.exclude(user=None).count() == 1, "one for all"
    for entry in (one, other):
        before, after = (read(version).fields for version in versions_of(entry)[::-1])
        assert (before["status"], after["status"]) == ("draft", "published")
    act(client, model, "checked_today", one)
    assert read(versions_of(one)[0]).fields["checked_by"] == editor.pk
    assert versions_of(one)[0].revision.user == editor


def test_loading_fixtures_is_kept_in_one_revision_and_only_what_changed(tmp_path):
    def fixture(**fields) -> list:
        row = {"model": "orgs.organization", "fields": {"slug": "asilo", "name_it": "A"} | fields}
        path = tmp_path / "organizations.json"
        path.write_text(json.dumps([row]))
        return [path]

    load(fixture())
    one = Organization.objects.get()
    assert [told(version.revision.comment) for version in versions_of(one)] == [
        "caricata con i contenuti iniziali"
    ]
    load(fixture())
    assert versions_of(one).count() == 1
    load(fixture(summary_it="Di più"))
    assert read(versions_of(one)[0]).fields["summary_it"] == "Di più"
    # What staff wrote by a way that nobody kept is kept before it is overwritten.
    Organization.objects.update(summary_it="A mano")
    load(fixture(summary_it="Di nuovo"), overwrite=True)
    said = [read(version).fields["summary_it"] for version in versions_of(one)]
    assert said[:3] == ["Di nuovo", "A mano", "Di più"]


def test_many_entries_take_as_many_queries_as_few_and_one_revision():
    def cost(number: int) -> int:
        entries = [make.make_organization(f"Ente {number} {n}") for n in range(number)]
        for one in entries:
            one.milestones.create(text_it="Nasce")
        with CaptureQueriesContext(connection) as captured:
            assert record_in_bulk(entries, "import", None) == number
        return len(captured)

    few = cost(2)
    # Savepoint twice, revision, versions, last versions, entries, themes, ten lists, roles, marks.
    assert few <= 21
    assert cost(30) == few
    assert Revision.objects.count() == 2


def test_saving_costs_no_more_however_many_rows_there_are(client, editor):
    network = make.make_network()

    def cost() -> int:
        data = {**fields(client.get(change(network))), "aim_it": str(network.memberships.count())}
        with CaptureQueriesContext(connection) as captured:
            assert client.post(change(network), data | {"_continue": "1"}).status_code == 302
        return len(captured)

    make.join(make.make_organization("Ente"), network)
    remember([network])
    few = cost()
    for number in range(20):
        make.join(make.make_organization(f"Ente {number}"), network)
    remember([network])
    assert cost() == few


# ------------------------------------------------------------------ comparing
def test_words_are_marked():
    before, after = words_marked("Cura gli orti di Napoli", "Cura gli orti e i parchi di Napoli")
    assert [piece for marked, piece in before if marked] == []
    assert "".join(piece for marked, piece in after if marked).split() == ["e", "i", "parchi"]
    assert "".join(piece for _marked, piece in after) == "Cura gli orti e i parchi di Napoli"


def test_two_versions_are_compared_field_by_field_in_both_languages(client, editor):
    one = full_project()
    record_in_bulk([one])
    theme, programme = make.make_theme("Parchi"), make.make_programme("Urbact")
    submit(
        client,
        change(one),
        description_it="Testo <b>nuovo</b>",
        description_en="New text",
        founded="2013",
        programme=programme.pk,
        themes=[theme.pk],
        life="active",
        other_names="Uno\nDue",
        **{"milestones-0-text_en": "It begins", "participations-2-DELETE": "on"},
    )
    old, new = versions_of(one)[::-1]
    page = client.get(address(one, "compare", one.pk), {"from": old.pk, "to": new.pk})
    html = page.content.decode()
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))
    assert "<ins>Testo &lt;b&gt;nuovo&lt;/b&gt;</ins>" in html
    assert ' lang="en"><ins>New text</ins></td>' in html
    assert "June 2013" in text
    assert "1 January" not in text, "no day is invented"
    for words in ("Orti", "Parchi", "Urbact", "active", "Uno Due", "Changed: Nasce"):
        assert words in text, words
    assert "Removed: Un comitato" in text
    assert "Un comitato" in text
    assert "<ins>It</ins>" in html or "<ins>It b" in html
    assert "form" not in re.findall(r'name="keys"', html), "two old versions: nothing to put back"
    unchanged = ("Fonte", "co-city.example", "Prima")
    assert not any(words in text for words in unchanged)


def test_a_comparison_takes_as_many_queries_for_one_difference_as_for_ten(client, editor):
    network = make.make_network()

    def cost(number: int) -> int:
        for each in range(number):
            make.join(make.make_organization(f"Ente {number} {each}"), network)
        page = address(network, "compare", network.pk)
        with CaptureQueriesContext(connection) as captured:
            first = versions_of(network).last().pk
            assert client.get(page, {"from": first, "to": "now"}).status_code == 200
        return len(captured)

    record_in_bulk([network])
    few = cost(1)
    assert cost(10) == few


def test_a_history_takes_as_many_queries_for_one_version_as_for_many_and_has_pages(client, editor):
    one = make.make_organization("Voce")

    def grow(number: int) -> int:
        for _each in range(number):
            Organization.objects.filter(pk=one.pk).update(summary_it=str(versions_of(one).count()))
            record_in_bulk([one], "perché sì", editor)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(one, "history", one.pk)).status_code == 200
        return len(captured)

    few = grow(2)
    assert grow(55) == few
    page = client.get(address(one, "history", one.pk), {"p": "2"}).content.decode()
    assert page.count('name="from"') == 7
    assert "the oldest version" in page


# ------------------------------------------------------------------ putting back
def put_back(client, entry, version, *keys: str, **data):
    page = f"{address(entry, 'compare', entry.pk)}?from={version.pk}&to=now"
    return client.post(page, {"keys": keys, **data}, follow=True)


def test_one_field_is_put_back_and_the_rest_stays(client, editor):
    one = make.make_organization(summary_it="Prima", summary_en="Before")
    submit(client, change(one), summary_it="Dopo", summary_en="After")
    done = put_back(client, one, versions_of(one).last(), "summary_it", why="Era giusto")
    assert sentences(done)[-1] == "1 thing was put back."
    one.refresh_from_db()
    assert (one.summary_it, one.summary_en) == ("Prima", "After")
    last = versions_of(one)[0]
    assert last.revision.user == editor
    with override("en"):
        said = told(last.revision.comment)
    assert re.fullmatch(r"Put back from the version of .*\d\. Era giusto", said), said


def test_nothing_is_ticked_at_first_and_all_of_it_has_a_button(client, editor):
    one = make.make_organization(summary_it="Prima", summary_en="Before")
    row = with_row(client, change(one), "milestones", text_it="Nasce")
    submit(client, change(one), summary_it="Dopo", summary_en="After", **row)
    oldest = versions_of(one).last()
    page = client.get(address(one, "compare", one.pk), {"from": oldest.pk, "to": "now"})
    assert len(all_keys(page)) == 3
    assert "checked" not in page.content.decode()
    done = put_back(client, one, oldest)
    assert sentences(done) == ["Nothing was put back: tick what should be, or put back all of it."]
    assert done.redirect_chain[-1][0].endswith(f"/compare/?from={oldest.pk}&to=now")
    assert sentences(put_back(client, one, oldest, all="yes"))[-1] == "3 things were put back."
    one.refresh_from_db()
    assert (one.summary_it, one.summary_en) == ("Prima", "Before")
    assert not one.milestones.exists()


def all_keys(page) -> list[str]:
    return re.findall(r'name="keys" value="([^"]+)"', page.content.decode())


@every_kind
def test_the_whole_is_put_back(client, editor, model):
    """Whatever was changed, added and deleted, with ties and many-to-many, but not the status."""
    project = full_project()
    one = {
        Project: project,
        Organization: Organization.objects.get(),
        Network: Network.objects.get(),
    }[model]
    make.join(Organization.objects.get(), Network.objects.get(), since="2013")
    for each in (one.milestones, one.sources):
        each.create(order=5, **{f"{'text' if each == one.milestones else 'title'}_it": "Resta"})
    before = now(one)
    record_in_bulk([one])
    version = versions_of(one)[0]

    one.name_it, one.founded, one.founded_precision = "Altro", None, ""
    one.life = "ended"
    one.save()
    one.themes.clear()
    one.milestones.all().delete()
    one.places.create(country=True)
    Participation.objects.all().delete()
    Membership.objects.all().delete()
    one.sources.update(title_it="Altra fonte")
    act(client, model, "archive", one)

    page = client.get(address(one, "compare", one.pk), {"from": version.pk, "to": "now"})
    keys = all_keys(page)
    assert "status" not in keys
    done = put_back(client, one, version, *keys)
    assert not [said for said in sentences(done) if said.startswith("Not put back")]
    after = now(one)
    assert after.lists == before.lists
    assert after.fields | {"status": "published"} == before.fields | {
        "published_at": after.fields["published_at"]
    }
    assert after.fields["status"] == "archived"


def test_what_the_rules_refuse_is_left_and_said(client, editor):
    first = make.make_organization("A", slug="presa", status="draft")
    record_in_bulk([first])
    version = versions_of(first)[0]
    first.slug = "altra"
    first.summary_it = "Dopo"
    first.save()
    tie = make.join(first, make.make_network("Rete"))
    record_in_bulk([first])
    with_tie = versions_of(first)[0]
    row = f"memberships:{tie.pk}"
    tie.delete()
    Network.objects.all().delete()
    done = put_back(client, first, with_tie, row, "nonsense", "memberships:x")
    assert "Not put back: membership." in " ".join(sentences(done))
    done = put_back(client, first, version, "slug", "summary_it")
    first.refresh_from_db()
    assert (first.slug, first.summary_it) == ("presa", "")


def test_a_row_that_went_to_another_entry_is_not_taken_back(editor):
    one, other = make.make_organization("A"), make.make_organization("B")
    row = one.milestones.create(text_it="Nasce")
    document = now(one)
    row.entry = other
    row.save()
    outcome = restore(one, document, [f"milestones:{row.pk}"], "", editor)
    assert (outcome.done, len(outcome.left)) == (0, 1)
    row.refresh_from_db()
    assert row.entry == other


def test_who_may_only_look_compares_and_puts_nothing_back(client):
    looker = make.make_editor(is_superuser=False, language="en")
    one = make.make_organization(summary_it="Prima")
    record_in_bulk([one])
    Organization.objects.update(summary_it="Dopo")
    version = versions_of(one)[0]
    page = f"{address(one, 'compare', one.pk)}?from={version.pk}&to=now"
    client.force_login(looker)
    for path in (page, address(one, "history", one.pk)):
        assert client.get(path).status_code == 403
    looker.user_permissions.add(Permission.objects.get(codename="view_organization"))
    seen = client.get(page)
    assert "<del>Prima</del>" in seen.content.decode()
    assert all_keys(seen) == []
    assert client.post(page, {"keys": ["summary_it"]}).status_code == 403
    assert client.get(address(Organization, "recover")).status_code == 403
    one.refresh_from_db()
    assert one.summary_it == "Dopo"
    assert "why" not in fields(client.get(change(one)))


def test_no_version_of_another_entry_is_shown(client, editor):
    one, other = make.make_organization("A"), make.make_organization("B")
    record_in_bulk([one, other])
    page = address(one, "compare", one.pk)
    for asked in (versions_of(other)[0].pk, "x", "", "9" * 30, "٣", 0):
        assert client.get(page, {"from": asked, "to": "now"}).status_code == 404
    assert client.get(address(one, "compare", 999999), {"from": 1}).status_code == 404


# ------------------------------------------------------------------ pictures
def test_a_picture_is_compared_and_comes_back(client, editor, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    one = make.make_organization()
    row = with_row(client, change(one), "pictures", alt_it="Un orto")
    submit(client, change(one), **row, **{"pictures-0-image": picture_file()})
    picture = one.pictures.get()
    name, widths = picture.image.name, picture.widths
    version = versions_of(one)[0]
    submit(client, change(one), **{"pictures-0-image": picture_file("PNG", (300, 300))})
    submit(client, change(one), **{"pictures-0-DELETE": "on"})
    assert default_storage.exists(name), "a version still has it"
    assert name not in list(orphans(older_than=-picture_age()))
    page = client.get(address(one, "compare", one.pk), {"from": version.pk, "to": "now"})
    assert f'<img src="{default_storage.url(name)}"' in page.content.decode()
    put_back(client, one, version, f"pictures:{picture.pk}")
    back = one.pictures.get()
    assert (back.image.name, back.widths, back.alt_it) == (name, widths, "Un orto")
    default_storage.delete(name)
    one.pictures.all().delete()
    done = put_back(client, one, version, f"pictures:{picture.pk}")
    assert "The file of the picture is no longer there." in " ".join(sentences(done))


def picture_age():
    from datetime import timedelta

    return timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_a_kept_picture_goes_when_nothing_wants_it_any_more(settings, tmp_path):
    from directory.pictures import check_and_encode

    settings.MEDIA_ROOT = str(tmp_path)
    one = make.make_organization()
    picture = one.pictures.create(image=check_and_encode(picture_file()), alt_it="x")
    name = picture.image.name
    record_in_bulk([one])
    picture.delete()
    assert default_storage.exists(name)
    KeptPicture.objects.all().delete()
    assert not default_storage.exists(name)


# ------------------------------------------------------------------ recovering
@every_kind
def test_what_was_deleted_is_recovered_with_its_lists_and_ties(client, editor, model):
    project = full_project()
    one = {Project: project}.get(model) or make.make_entry(model, "Voce", {"summary_it": "Uno"})
    one.milestones.create(text_it="Resta", order=9)
    one.themes.add(make.make_theme("Parchi"))
    before, slug = now(one), one.slug
    client.post(address(one, "delete", one.pk), {"post": "yes"})
    assert not model.objects.filter(pk=one.pk).exists()
    listed = client.get(address(model, "recover"))
    assert str(before.fields["name_it"]) in listed.content.decode()
    assert "anna" in listed.content.decode()
    (version,) = listed.context["versions"]
    done = client.post(address(model, "recover"), {"version": version.pk}, follow=True)
    assert "is here again, as a draft." in sentences(done)[0]
    after = now(model.objects.get(pk=one.pk))
    assert after.lists == before.lists
    assert after.fields == before.fields | {"status": "draft", "published_at": None}
    assert after.fields["slug"] == slug
    assert not client.get(address(model, "recover")).context["versions"]
    # The key goes on from where it was.
    model._default_manager.create(name_it="Altra")


def test_a_recovered_entry_gives_way_where_its_slug_was_taken(editor):
    one = make.make_organization("Asilo")
    document = now(one)
    one.delete()
    other = make.make_organization("Asilo")
    back = recover(Organization, document).entry
    assert (other.slug, back.slug) == ("asilo", "asilo-2")


def test_many_deleted_at_once_can_be_recovered(client, editor):
    entries = [make.make_organization(name) for name in ("A", "B")]
    client.post(
        address(Organization, "changelist"),
        {
            "action": "delete_selected",
            "_selected_action": [entry.pk for entry in entries],
            "post": "yes",
        },
    )
    assert not Organization.objects.exists()
    assert len(client.get(address(Organization, "recover")).context["versions"]) == 2
    assert client.post(address(Organization, "recover"), {"version": "9"}).status_code == 404


def test_all_that_was_deleted_is_found_page_by_page_and_by_name(client, editor, monkeypatch):
    monkeypatch.setattr(history_admin, "DELETED_SHOWN", 2)
    names = ["Orti del Po", "Casa Però", "Orti di là", "Radio", "Casa"]
    entries = [make.make_organization(name) for name in names]
    entries[3].summary_it = "Gli orti"
    entries[3].save()
    for entry in entries:
        record_in_bulk([entry], deleted=True)
        entry.delete()
    recovery = address(Organization, "recover")

    def listed(**asked: str) -> list[str]:
        return [one.object_repr for one in client.get(recovery, asked).context["versions"]]

    assert listed() == ["Casa", "Radio"]
    assert listed(p="2") + listed(p="3") == ["Orti di là", "Casa Però", "Orti del Po"]
    assert listed(q="orti LA") == ["Orti di là"]
    assert listed(q="orti") == ["Orti di là", "Orti del Po"]
    assert listed(q="casa pero\x00") == ["Casa Però"]
    page = client.get(recovery, {"q": "r"}).content.decode()
    assert 'href="?q=r&amp;p=2"' in page
    assert "was called that" in client.get(recovery, {"q": "nulla"}).content.decode()
    first = client.get(recovery, {"p": "3"}).context["versions"][0]
    client.post(f"{recovery}?p=3", {"version": first.pk})
    assert Organization.objects.get().name_it == "Orti del Po"


def test_old_versions_can_be_given_up(editor):
    """By reversion's own command, as the operator's handbook says."""
    one = make.make_organization()
    for text in "abc":
        Organization.objects.update(summary_it=text)
        record_in_bulk([one])
    call_command("deleterevisions", "orgs.Organization", keep=1, verbosity=0)
    assert [read(version).fields["summary_it"] for version in versions_of(one)] == ["c"]


def test_documents_that_are_the_same_have_no_difference():
    one = full_project()
    document = now(one)
    assert not compare(Project, document, now(one))
    one.milestones.update(order=3)
    assert [each.name for each in compare(Project, document, now(one)).lists] == ["milestones"]
