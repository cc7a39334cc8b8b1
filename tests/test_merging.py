"""Making one entry of two, and taking that back: nothing is lost, nothing dangles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import surroundings
from directory.fixtures import load
from directory.history import versions_of
from directory.merge_choices import choices_of, takes_other
from directory.merging import Wanted, merge
from directory.models import Entry
from directory.pairs import Distinction, Merge, pair_of
from directory.registry import kind_of, kinds
from directory.surroundings import pointing_at
from directory.told import told
from directory.twins import twins_of
from directory.unmerging import obstacles, take_back
from exchange.models import Import, ImportedRow, Sheet, SheetRow
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from staff.models import Event, User
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def said_in_english():
    with override("en"):
        yield


every_kind = pytest.mark.parametrize("model", [Organization, Network, Project])


def settle() -> None:
    """What a commit would do: the index is written, and keys are checked."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def default(kept: Entry, lost: Entry, **chosen: Any) -> Wanted:
    taken = {one.name for one in choices_of(type(kept)) if takes_other(one, kept, lost)}
    return Wanted(taken, **chosen)


def whole(*entries: Any) -> surroundings.Rows:
    model = type(entries[0])
    return surroundings.read(model, [entry.pk for entry in entries])


def changed(before: surroundings.Rows, after: surroundings.Rows) -> list[tuple[str, str]]:
    return list(surroundings.differing(before, after))


def rich_pair() -> tuple[Organization, Organization]:
    """Two organizations with every list and tie, some of them the same on both."""
    torino, orti, cibo = make.make_city("Torino"), make.make_theme("Orti"), make.make_theme("Cibo")
    site = {"title_it": "Il sito", "url": "https://asilo.example/"}
    kept = make.make_organization(
        "L'asilo",
        city=torino,
        themes=[orti],
        summary_it="Un centro",
        short_names=["ASI"],
        sources=[site],
    )
    lost = make.make_organization(
        "Ex Asilo Filangieri",
        city=torino,
        themes=[orti, cibo],
        places=[torino],
        summary_it="Altro",
        summary_en="A centre",
        founded="2012-03",
        email="ciao@asilo.example",
        email_public=True,
        other_names=["L'Asilo occupato"],
        internal_note="Visto a marzo",
        sources=[site],
    )
    network, project = make.make_network("Rete dei beni comuni"), make.make_project("Orti in rete")
    make.join(kept, network, "Aderente", current="unstated")
    make.join(lost, network, "Aderente")
    make.join(lost, network, "Fondatore", since="2013")
    make.take_part(project, kept, "Capofila")
    make.take_part(project, lost, "Partner", part_it="Cura l'orto")
    make.take_part(make.make_project("Altro progetto"), lost, "Partner")
    for entry in (kept, lost):
        entry.identifiers.create(scheme="fiscal_code", value="12345678901")
        entry.figures.create(label_it="Persone", value=entry.pk, order=0)
    kept.web_addresses.create(url="https://www.asilo.example")
    lost.web_addresses.create(url="http://asilo.example/", label_it="Sito")
    lost.web_addresses.create(url="https://social.example/asilo", kind="social")
    lost.milestones.create(text_it="Occupato", date="2012-03-02", date_precision="day")
    lost.principles.create(title_it="Carta", items_it="Cura")
    make.make_organization("Una parte", parent=lost)
    make.make_organization("Prima era", successor=lost, life="ended")
    run = Import.objects.create(kind="organization", file_name="a.csv", source_title="A")
    ImportedRow.objects.create(
        run=run, number=2, digest="0" * 32, outcome="updated", organization=lost
    )
    return kept, lost


# ------------------------------------------------------------------ what becomes of each row
def test_everything_of_both_is_in_the_one_that_stays():
    kept, lost = rich_pair()
    slug = lost.slug
    merge(kept, lost, default(kept, lost))
    settle()
    kept = Organization.objects.get(pk=kept.pk)
    assert not Organization.objects.filter(pk=lost.pk).exists()
    assert (kept.name_it, kept.summary_it, kept.summary_en) == ("L'asilo", "Un centro", "A centre")
    assert (str(kept.founded_on.iso), kept.email, kept.email_public) == (
        *("2012-03", "ciao@asilo.example"),
        True,
    )
    assert kept.other_names == ["L'Asilo occupato", "Ex Asilo Filangieri"]
    assert (kept.short_names, kept.internal_note) == (["ASI"], "Visto a marzo")
    assert {theme.slug for theme in kept.themes.all()} == {"orti", "cibo"}
    assert [str(place.city) for place in kept.places.all()] == [str(kept.city)]
    addresses = [row.url for row in kept.web_addresses.all()]
    assert addresses == ["https://www.asilo.example", "https://social.example/asilo"]
    assert kept.web_addresses.first().label_it == "Sito", "what the dropped row alone said"
    assert kept.sources.count() == kept.identifiers.count() == 1
    assert kept.figures.count() == 2, "they say different things"
    assert [row.text_it for row in kept.milestones.all()] == ["Occupato"]
    assert kept.principles.count() == 1
    ties = {(tie.role.slug, tie.current) for tie in kept.memberships.all()}
    assert ties == {("aderente", "yes"), ("fondatore", "yes")}, "the twin's word replaced none"
    shared = kept.participations.get(project__slug="orti-in-rete")
    assert {role.slug for role in shared.roles.all()} == {"capofila", "partner"}
    assert shared.part_it == "Cura l'orto"
    assert kept.participations.count() == 2
    assert [one.slug for one in kept.parts.all()] == ["una-parte"]
    assert [one.slug for one in kept.predecessors.all()] == ["prima-era"]
    assert ImportedRow.objects.get().organization == kept
    assert Organization.objects.formerly(slug).get() == kept


def test_a_value_is_taken_from_the_other_where_that_is_chosen():
    kept, lost = rich_pair()
    wanted = Wanted({"name_it", "summary_it", "email"}, names_to="former_names")
    merge(kept, lost, wanted)
    kept.refresh_from_db()
    assert (kept.name_it, kept.summary_it, kept.summary_en) == ("Ex Asilo Filangieri", "Altro", "")
    assert (kept.email, kept.email_public) == ("ciao@asilo.example", True), "they go together"
    assert kept.former_names == ["L'asilo"], "the name that is no longer its own"
    assert kept.other_names == ["L'Asilo occupato"]
    assert kept.slug == "l-asilo"


def test_an_entry_is_neither_part_nor_successor_of_itself():
    kept = make.make_organization("Uno")
    lost = make.make_organization("Due", parent=kept)
    kept.successor, kept.life = lost, "merged"
    kept.save()
    merge(kept, lost, Wanted({"parent"}))
    kept.refresh_from_db()
    assert (kept.successor, kept.parent) == (None, None)


def test_values_that_do_not_go_together_are_refused_and_nothing_is_written():
    kept = make.make_organization("Uno", founded="2020")
    lost = make.make_organization("Due", ended="2010")
    before = whole(kept, lost)
    with pytest.raises(ValidationError):
        merge(kept, lost, Wanted({"ended"}))
    assert not changed(before, whole(kept, lost))
    assert not Merge.objects.exists()


def test_two_networks_put_their_members_together():
    kept, lost = make.make_network("Rete"), make.make_network("La Rete")
    both, one = make.make_organization("Di tutte e due"), make.make_organization("Di una")
    mine, theirs = kept.sources.create(title_it="Elenco"), lost.sources.create(title_it="Elenco")
    make.join(both, kept, source=mine)
    make.join(both, lost, source=theirs)
    make.join(one, lost, source=theirs)
    merge(kept, lost, default(kept, lost))
    settle()
    found = {(tie.organization.name_it, tie.source_id) for tie in kept.memberships.all()}
    assert found == {("Di tutte e due", mine.pk), ("Di una", mine.pk)}, "the source that stayed"


def test_proposals_wait_for_the_one_that_stays():
    kept, lost = make.make_organization("Uno"), make.make_organization("Due")
    anna, bruno = make.make_editor("anna"), make.make_editor("bruno")
    for author in (anna, bruno):
        lost.proposals.create(author=author, base_version=1)
    mine = kept.proposals.create(author=anna, base_version=1)
    with pytest.raises(ValidationError):
        merge(kept, lost, Wanted())
    assert lost.proposals.count() == 2, "of one person two cannot wait for one entry"
    mine.decide("refused")
    done = merge(kept, lost, Wanted())
    assert kept.proposals.waiting().count() == 2
    take_back(done)
    assert lost.proposals.waiting().count() == 2


def test_the_way_to_the_public_goes_with_the_one_that_goes_and_comes_back():
    kept, lost = make.make_organization("Uno"), make.make_organization("Due", status="draft")
    anna = make.make_editor("anna")
    for one in (kept, lost):
        one.review = type(one).review.related.related_model.objects.create(entry=one, sent_by=anna)
    type(lost.review).objects.filter(entry=lost.pk).update(note="Manca l’anno.")
    done = merge(kept, lost, Wanted())
    settle()
    reviews = type(lost.review).objects
    assert [(one.entry_id, one.note) for one in reviews.all()] == [(kept.pk, "")]
    take_back(done)
    found = {one.entry.name_it: one.note for one in reviews.all()}
    assert found == {"Uno": "", "Due": "Manca l’anno."}


@every_kind
def test_the_rows_of_tables_follow_the_entry_and_come_back(model):
    kept, lost, other = (make.make_entry(model, name, {}) for name in ("Uno", "Due", "Tre"))
    for kind in ("organization", "network", "project"):
        sheet = Sheet.objects.create(user=make.make_editor(kind), kind=kind, file_name="a.csv")
        for number, entry in enumerate((kept, lost, other, lost)):
            row = {"entry": entry.pk, "version": 1, "outcome": "changed", "number": number}
            SheetRow.objects.create(sheet=sheet, **row)

    def said() -> dict[str, list[tuple[int, int]]]:
        kinds_of = [model._meta.model_name, "other"]
        found: dict[str, list[tuple[int, int]]] = {name: [] for name in kinds_of}
        for row in SheetRow.objects.select_related("sheet").order_by("pk"):
            name = row.sheet.kind if row.sheet.kind == kinds_of[0] else "other"
            found[name].append((row.entry, row.version))
        return found

    before = said()
    done = merge(kept, lost, Wanted())
    after = said()
    assert after["other"] == before["other"], "they have keys of their own"
    own = model._meta.model_name
    assert after[own] == [(kept.pk, 1), (kept.pk, 0), (other.pk, 1), (kept.pk, 0)]
    gone = SheetRow.objects.order_by("-pk").filter(sheet__kind=own).first()
    gone.delete()
    take_back(done)
    there = said()
    assert there[own] == before[own][:3], "what the clock deleted meanwhile is no hindrance"
    assert there["other"] == before["other"]


# What a merge does with every key that points at a kind of entry. Whoever adds one says it here.
MOVES = "moves, and what would stand twice is dropped"
NAMES = "names the one that stays"
GOES = "goes with the one that goes, and comes back with it"
OWN_LISTS = ("Place", "WebAddress", "Milestone", "Source", "Identifier", "Picture")
FATES = {
    Organization: {
        **{
            f"orgs.Organization{name}.entry": MOVES
            for name in (*OWN_LISTS, "Principles", "Figure", "Slug")
        },
        "orgs.Organization_themes.organization": MOVES,
        "orgs.Organization.parent": NAMES,
        "orgs.Organization.successor": NAMES,
        "networks.Membership.organization": MOVES,
        "projects.Participation.organization": MOVES,
        "orgs.OrganizationProposal.entry": NAMES,
        "orgs.OrganizationReview.entry": GOES,
        "exchange.ImportedRow.organization": NAMES,
    },
    Network: {
        **{f"networks.Network{name}.entry": MOVES for name in (*OWN_LISTS, "Principles", "Slug")},
        "networks.Network_themes.network": MOVES,
        "networks.Network.successor": NAMES,
        "networks.Membership.network": MOVES,
        "projects.Participation.network": MOVES,
        "networks.NetworkProposal.entry": NAMES,
        "networks.NetworkReview.entry": GOES,
        "exchange.ImportedRow.network": NAMES,
    },
    Project: {
        **{f"projects.Project{name}.entry": MOVES for name in (*OWN_LISTS, "Slug")},
        "projects.Project_themes.project": MOVES,
        "projects.Edition.entry": MOVES,
        "projects.Project.successor": NAMES,
        "projects.Participation.project": MOVES,
        "projects.ProjectProposal.entry": NAMES,
        "projects.ProjectReview.entry": GOES,
        "exchange.ImportedRow.project": NAMES,
    },
}


def keys_to(model: type[Entry]) -> set[str]:
    """Walked from the other side than ``pointing_at``: field by field of every table."""
    return {
        f"{other._meta.label}.{each.name}"
        for other in apps.get_models(include_auto_created=True)
        if other._meta.managed
        for each in other._meta.concrete_fields
        if each.remote_field and each.related_model is model
    }


@every_kind
def test_every_key_that_points_at_an_entry_has_a_fate(model):
    assert keys_to(model) == {one.label for one in pointing_at(model)} == set(FATES[model])
    assert {kind.model for kind in kinds.values()} == set(FATES)


# ------------------------------------------------------------------ visitors
def test_the_former_address_leads_to_the_one_that_stays(client: Client):
    kept, lost = rich_pair()
    address = lost.get_absolute_url()
    merge(kept, lost, default(kept, lost))
    settle()
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (301, kept.get_absolute_url())
    assert answer["Cache-Control"] == "no-cache", "a browser asks again: a merge is taken back"
    now = kept.get_absolute_url()
    others = {
        f"{address[:-1]}.ttl": f"{now[:-1]}.ttl",
        f"{address[:-1]}.jsonld": f"{now[:-1]}.jsonld",
        f"/api/v1/organizations/{lost.slug}/": f"/api/v1/organizations/{kept.slug}/",
        f"/it/incorpora/organizzazioni/{lost.slug}/?colours=dark": (
            f"/it/incorpora/organizzazioni/{kept.slug}/?colours=dark"
        ),
        f"/social/organization/{lost.slug}.it.png": f"/social/organization/{kept.slug}.it.png",
    }
    for before, after in others.items():
        answer = client.get(before)
        assert (answer.status_code, answer["Location"]) == (301, after)
        assert answer["Cache-Control"] == "no-cache", before
    told = client.get("/oembed/", {"url": f"http://127.0.0.1:8000{address}"}).json()
    assert told["title"] == "L'asilo"


# ------------------------------------------------------------------ history
def test_both_and_whatever_changed_beside_them_have_a_version_that_says_so():
    kept, lost = rich_pair()
    user = make.make_editor()
    merge(kept, lost, default(kept, lost, note="Stesso codice"), user)
    gone = versions_of(lost).first().revision
    assert (gone.user, told(gone.comment)) == (user, "Merged into “L'asilo”. Stesso codice")
    others = [
        *(kept, Network.objects.get(), *Project.objects.all()),
        *Organization.objects.filter(slug__in=["una-parte", "prima-era"]),
    ]
    for entry in others:
        assert "Ex Asilo Filangieri" in told(versions_of(entry).first().revision.comment), entry


# ------------------------------------------------------------------ taking it back
def test_both_are_exactly_what_they_were():
    kept, lost = rich_pair()
    third = make.make_organization("Terza")
    low, high = pair_of(lost.pk, third.pk)
    Distinction.objects.create(kind=1, low=low, high=high)
    before = whole(kept, lost)
    done = merge(kept, lost, default(kept, lost))
    settle()
    assert changed(before, whole(kept, lost))
    again = take_back(done)
    settle()
    assert not changed(before, whole(kept, lost))
    assert Organization.objects.with_slug("ex-asilo-filangieri").published().get() == again == lost
    assert Organization.objects.in_place(kept.city).count() == 2
    for entry in (kept, lost, Network.objects.get()):
        assert "was taken back" in told(versions_of(entry).first().revision.comment)
    assert [line.what for line in Event.objects.order_by("pk")] == ["merged", "parted"]
    with pytest.raises(ValidationError, match="taken back already"):
        take_back(done)


def test_the_audit_has_a_line_for_a_merge_of_what_is_public_and_for_its_undo(client: Client):
    anna = make.make_editor("anna", language="en")
    kept, lost = make.make_organization("L'asilo"), make.make_organization("Asilo", status="draft")
    drafts = [make.make_organization(name, status="draft") for name in ("Uno", "Due")]
    take_back(merge(kept, lost, default(kept, lost), anna), anna)
    take_back(merge(*drafts, default(*drafts), anna), anna)
    lines = list(Event.objects.order_by("pk"))
    assert [(line.what, line.by_name, line.about) for line in lines] == [
        ("merged", "anna", "Asilo → L'asilo"),
        ("parted", "anna", "Asilo → L'asilo"),
    ]
    assert {(line.kind, line.key) for line in lines} == {("orgs.organization", str(kept.pk))}
    client.force_login(anna)
    page = client.get("/admin/staff/event/").content.decode()
    assert "merged, one of the two public" in page
    assert "took a merge back" in page


def test_the_address_leads_back_too(client: Client):
    kept, lost = rich_pair()
    address = lost.get_absolute_url()
    take_back(merge(kept, lost, default(kept, lost)))
    settle()
    assert client.get(address).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM directory_listed WHERE entry_id = %s", [lost.pk])
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda kept: kept.save(), "Changed since: Organization “L'asilo”."),
        (lambda kept: kept.sources.create(title_it="Nuova"), "Added since: Source “Nuova”."),
        (lambda kept: kept.milestones.all().delete(), "Deleted since: Milestone."),
        (
            lambda kept: kept.memberships.filter(role__slug="fondatore").update(current="no"),
            "Changed since: Membership “L'asilo · Fondatore”.",
        ),
        (
            lambda kept: kept.parts.update(parent=None),
            "Changed since: Organization “Una parte”.",
        ),
    ],
)
def test_what_changed_since_stands_in_the_way_and_is_named(change, sentence):
    kept, lost = rich_pair()
    done = merge(kept, lost, default(kept, lost))
    change(Organization.objects.get(pk=kept.pk))
    assert obstacles(done) == [sentence]
    with pytest.raises(ValidationError):
        take_back(done)
    assert not Organization.objects.filter(pk=lost.pk).exists()


def test_a_text_of_an_entry_beside_them_is_no_hindrance_and_stays():
    kept, lost = rich_pair()
    done = merge(kept, lost, default(kept, lost))
    part = Organization.objects.get(slug="una-parte")
    part.summary_it = "Riscritto"
    part.save()
    take_back(done)
    part.refresh_from_db()
    assert (part.summary_it, part.parent_id) == ("Riscritto", lost.pk)


def test_merges_are_taken_back_in_turn():
    one, two, three = (make.make_organization(name) for name in ("Uno", "Due", "Tre"))
    first = merge(two, three, Wanted())
    second = merge(one, two, Wanted())
    assert Organization.objects.formerly("tre").get() == one
    assert "itself merged, into “Uno”" in obstacles(first)[0]
    take_back(second)
    take_back(first)
    for entry in (one, two, three):
        assert Organization.objects.with_slug(entry.slug).get() == entry
        assert entry.former_slugs.count() == 1


def test_a_merge_from_before_versions_of_deletions_had_numbers_is_taken_back_with_a_version():
    kept, lost = (make.make_organization(name) for name in ("Uno", "Due"))
    done = merge(kept, lost, Wanted())
    version = versions_of(lost).first()
    first, *rows = json.loads(version.serialized_data)
    del first["number"]
    version.serialized_data = json.dumps([first, *rows], ensure_ascii=False)
    version.save()
    take_back(done)
    assert "was taken back" in told(versions_of(lost).first().revision.comment)
    assert [line.what for line in Event.objects.order_by("pk")] == ["merged", "parted"]


def test_who_checked_an_entry_may_have_left_since():
    kept, lost = rich_pair()
    Organization.objects.filter(pk=lost.pk).update(
        checked_on="2026-01-02", checked_by=make.make_editor("via")
    )
    done = merge(kept, lost, Wanted())
    User.objects.get(username="via").delete()
    assert take_back(done).checked_by is None


def test_the_pictures_of_both_are_there_again():
    kept, lost = rich_pair()
    for entry, name in ((kept, "a"), (lost, "b"), (lost, "a")):
        entry.pictures.create(image=f"pictures/{name}.webp", width=4, height=3, widths=[4])
    before = whole(kept, lost)
    done = merge(kept, lost, Wanted())
    names = [str(row.image) for row in Organization.objects.get(pk=kept.pk).pictures.all()]
    assert names == ["pictures/a.webp", "pictures/b.webp"], "one file once"
    take_back(done)
    assert not changed(before, whole(kept, lost))


def described(entry: Organization, **said: Any) -> Any:
    row = {"image": "pictures/a.webp", "width": 4, "height": 3, "widths": [4]}
    return entry.pictures.create(**row, **said)


def test_of_a_picture_that_both_have_each_text_is_taken_over_or_chosen():
    kept, lost = make.make_organization("Uno"), make.make_organization("Due")
    described(kept, alt_it="Il cortile", credit="Anna")
    row = described(lost, alt_it="Il cortile d’estate", alt_en="The court", credit="Bruno")
    before = whole(kept, lost)
    offered = {twins.name_of(one): one for twins in twins_of(kept, lost) for one in twins.choices()}
    assert list(offered) == [f"pictures-{row.pk}-{name}" for name in ("alt_it", "alt_en", "credit")]
    done = merge(kept, lost, Wanted(rows={f"pictures-{row.pk}-credit": True}))
    picture = Organization.objects.get().pictures.get()
    assert (picture.alt_it, picture.alt_en) == ("Il cortile", "The court")
    assert picture.credit == "Bruno", "as chosen"
    take_back(done)
    assert not changed(before, whole(kept, lost))
    merge(kept, lost, Wanted(rows={f"pictures-{row.pk}-alt_en": False}))
    assert Organization.objects.get().pictures.get().alt_en == "", "it was not wanted"


def test_what_a_row_cannot_say_is_refused_and_nothing_is_written():
    kept, lost = make.make_organization("Uno"), make.make_organization("Due")
    network = make.make_network("Rete")
    make.join(kept, network, "Aderente")
    tie = make.join(
        lost, network, "Aderente", until="2015-01-01", until_precision="year", current="no"
    )
    before = whole(kept, lost)
    with pytest.raises(ValidationError) as refused:
        merge(kept, lost, Wanted(rows={f"memberships-{tie.pk}-until": True}))
    assert "cannot say what was chosen" in refused.value.messages[0]
    assert not changed(before, whole(kept, lost))
    merge(kept, lost, Wanted())
    settle()
    assert Organization.objects.get().memberships.get().until is None


def test_a_source_that_both_have_is_no_difference_between_ties():
    kept, lost = make.make_network("Rete"), make.make_network("La Rete")
    one = make.make_organization("Di tutte e due")
    for network in (kept, lost):
        make.join(one, network, source=network.sources.create(title_it="Elenco"))
    assert [each for twins in twins_of(kept, lost) for each in twins.choices()] == []


texts = st.sampled_from(["", "a", "b", "L'asilo", "Però\n#"])
statuses = st.sampled_from(["draft", "in_review", "published", "archived"])
entries = st.fixed_dictionaries(
    {
        "name_en": texts,
        "summary_it": texts,
        "status": statuses,
        "other_names": st.lists(texts.filter(bool), max_size=2),
        "founded": st.sampled_from(["", "2013", "2013-06"]),
        "themes": st.sets(st.integers(0, 2)),
        "places": st.sets(st.integers(0, 1)),
        "urls": st.lists(st.sampled_from(["https://a.example", "http://a.example/"]), max_size=2),
        "roles": st.sets(st.sampled_from(["Aderente", "Fondatore"])),
        "partner": st.booleans(),
        "points": st.sampled_from([None, "parent", "successor"]),
    }
)


@settings(max_examples=10, deadline=None)
@given(one=entries, other=entries, taken=st.sets(st.sampled_from(["name_it", "status", "founded"])))
def test_whatever_two_entries_say_merging_and_taking_back_changes_nothing(one, other, taken):
    _there_and_back(Organization, one, other, taken)


@pytest.mark.parametrize("model", [Network, Project])
@settings(max_examples=5, deadline=None)
@given(one=entries, other=entries, taken=st.sets(st.sampled_from(["name_it", "status", "founded"])))
def test_nor_do_two_networks_or_two_projects(model, one, other, taken):
    _there_and_back(model, one, other, taken & {choice.name for choice in choices_of(model)})


def _there_and_back(model: Any, one: Any, other: Any, taken: set[str]) -> None:
    with transaction.atomic():
        kept, lost = (_entry(model, number, dict(said)) for number, said in enumerate((one, other)))
        columns = {each.name for each in model._meta.concrete_fields}
        for entry, said, target in ((kept, one, lost), (lost, other, kept)):
            if said["points"] in columns:
                model.objects.filter(pk=entry.pk).update(**{said["points"]: target})
        settle()
        before = whole(kept, lost)
        if "status" in taken and lost.is_published and not kept.is_published:
            # With the status of the one that is public goes the summary that this needs.
            taken = taken | {"summary_it"}
        done = merge(kept, lost, Wanted(taken))
        settle()
        take_back(done)
        settle()
        assert not changed(before, whole(kept, lost))
        transaction.set_rollback(True)


def _entry(model: Any, number: int, said: dict[str, Any]) -> Any:
    themes = [make.make_theme(f"Tema {n}") for n in range(3)]
    cities = [make.make_city(f"Città {n}") for n in range(2)]
    urls, roles, partner = said.pop("urls"), said.pop("roles"), said.pop("partner")
    said.pop("points")
    said["themes"] = [themes[n] for n in said["themes"]]
    said["places"] = [cities[n] for n in said["places"]]
    if "founded" not in {each.name for each in model._meta.concrete_fields}:
        said.pop("founded")
    one = make.make_entry(model, f"Ente {number}", said)
    network = Network.objects.filter(slug="rete").first() or make.make_network("Rete")
    project = Project.objects.filter(slug="co-city").first() or make.make_project("Co-City")
    for url in urls:
        one.web_addresses.create(url=url)
    member = Organization.objects.filter(slug="socia").first() or make.make_organization("Socia")
    for role in roles:
        if model is Organization:
            make.join(one, network, role)
        elif model is Network:
            make.join(member, one, role)
        else:
            make.take_part(one, member, role)
            one.editions.create(title_it=role)
            break
    if partner and model is not Project:
        make.take_part(project, one, "Capofila")
    elif partner:
        make.take_part(one, network, "Partner")
        make.take_part(one, "Un comitato", "Partner")
    return one


# ------------------------------------------------------------------ the first content
def test_a_load_does_not_bring_back_what_was_merged(tmp_path: Path):
    file = tmp_path / "organizations.json"
    rows = [
        {"model": "orgs.organization", "fields": {"slug": slug, "name_it": slug, "status": "draft"}}
        for slug in ("uno", "due")
    ]
    file.write_text(json.dumps(rows))
    load([file])
    kept, lost = (Organization.objects.get(slug=slug) for slug in ("uno", "due"))
    done = merge(kept, lost, Wanted(set(), "other_names"))
    report = load([file], overwrite=True)
    assert report.deleted == ["orgs.organization due"]
    assert [one.slug for one in Organization.objects.all()] == ["uno"]
    assert Organization.objects.get().name_it == "uno", "not written over with the other"
    assert not obstacles(done) or report.updated == ["orgs.organization uno"]
    assert kind_of(kept).number == done.kind
