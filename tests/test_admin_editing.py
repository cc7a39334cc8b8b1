"""What is typed in the admin is kept as it was typed, and what is wrong gets a sentence."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from PIL import Image

from directory.forms import RowFormSet, translated_fields
from directory.models import Theme
from networks.models import Membership, Network
from orgs.models import Organization, OrganizationKind
from projects.models import Participation, Project
from staff.models import User
from tests import builders as make
from tests.admin_form import errors, fields, submit, with_row, with_rows
from tests.test_translated_texts import marks

pytestmark = pytest.mark.django_db

every_kind = pytest.mark.parametrize("model", [Organization, Network, Project])


@pytest.fixture
def editor(client: Client) -> User:
    user = make.make_editor(language="en")
    client.force_login(user)
    return user


def add_page(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def change(obj) -> str:
    opts = obj._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[obj.pk])


def make_one(model, name: str = "Prova", **values):
    return make.make_entry(model, name, values)


def saved(response) -> None:
    if response.status_code != 302:
        raise AssertionError(errors(response))


# ------------------------------------------------------------------ two languages
@every_kind
def test_the_line_ends_of_browsers_are_no_change_of_a_text(client, editor, model):
    texts = {"description_it": "Prima\n\nDopo", "description_en": "Before\n\nAfter"}
    one = make_one(model, **texts, internal_note="Uno\ndue", summary_it="Prima")
    model.objects.filter(pk=one.pk).update(description_it="Prima\n\nAdesso")
    assert marks(model.objects.get(pk=one.pk))["description_en"] == "stale"
    opened = fields(client.get(change(one)))
    sent = {
        name: values[0].replace("\n", "\r\n")
        for name, values in opened.items()
        if "\n" in values[0]
    }
    assert {*texts, "internal_note"} <= set(sent)
    saved(submit(client, change(one), **sent, summary_it="Ora"))
    after = model.objects.get(pk=one.pk)
    assert after.summary_it == "Ora"
    assert after.description_it == "Prima\n\nAdesso"
    assert after.description_en == texts["description_en"]
    assert after.internal_note == "Uno\ndue"
    assert marks(after)["description_en"] == "stale"


@every_kind
def test_italian_and_english_stand_side_by_side(client, editor, model):
    page = client.get(change(make_one(model))).content.decode()
    names = [field.name for field in model._meta.fields if field.name.endswith("_it")]
    names = [name.removesuffix("_it") for name in names if name[:-3] in translated_fields(model)]
    assert {"name", "summary", "description"} < set(names)
    for name in names:
        row = f'class="form-row field-{name}_it field-{name}_en"'
        assert row in page, name
        for language in ("it", "en"):
            tag = re.search(rf'<(input|textarea)[^>]*name="{name}_{language}"[^>]*>', page)
            assert tag, name
            assert f'lang="{language}"' in tag.group(), name
        assert f'name="{name}"' not in page, "the bare field is no input"


@every_kind
@pytest.mark.parametrize("language", ["it", "en"])
def test_saving_neither_fills_nor_clears_the_other_language(client, editor, model, language):
    User.objects.update(language=language)
    one = make_one(model, summary_it="Solo italiano")
    saved(submit(client, change(one), description_it="Di più"))
    one = model.objects.get(pk=one.pk)
    assert (one.name_it, one.summary_it, one.description_it) == ("Prova", "Solo italiano", "Di più")
    assert (one.name_en, one.summary_en, one.description_en) == ("", "", "")


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("cleared", ["it", "en"])
def test_a_text_can_be_cleared_whatever_the_language(client, editor, language, cleared):
    User.objects.update(language=language)
    one = make_one(Organization, name_en="Trial", summary_it="Uno", summary_en="One")
    saved(submit(client, change(one), **{f"summary_{cleared}": "", f"name_{cleared}": ""}))
    one = Organization.objects.get(pk=one.pk)
    other = {"it": "en", "en": "it"}[cleared]
    assert (getattr(one, f"summary_{cleared}"), getattr(one, f"name_{cleared}")) == ("", "")
    assert getattr(one, f"summary_{other}") == {"it": "Uno", "en": "One"}[other]
    assert getattr(one, f"name_{other}") == {"it": "Prova", "en": "Trial"}[other]


@pytest.mark.django_db(transaction=True)
def test_a_corrected_text_is_public_at_once_in_both_languages(client, editor, settings):
    settings.PAGE_CACHE_MB = 8
    one = make.make_organization("L'asilo", summary_it="Uno", summary_en="One")
    for language, text in (("it", "Uno"), ("en", "One")):
        with override(language):
            assert text in Client().get(one.get_absolute_url()).content.decode()
    saved(submit(client, change(one), summary_it="Due nuovo", summary_en="Two new"))
    for language, text in (("it", "Due nuovo"), ("en", "Two new")):
        with override(language):
            assert text in Client().get(one.get_absolute_url()).content.decode()


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_label_may_be_in_one_language_but_not_in_none(client, editor, language):
    one = make.make_organization()
    row = with_row(client, change(one), "figures", value="4")
    refused = submit(client, change(one), **row)
    assert "Write this in Italian, in English or in both." in errors(refused)
    saved(submit(client, change(one), **row, **{f"figures-0-label_{language}": "Orti"}))
    figure = one.figures.get()
    assert getattr(figure, f"label_{language}") == "Orti"
    assert figure.label_it + figure.label_en == "Orti"


# ------------------------------------------------------------------ a new entry
@every_kind
def test_an_entry_is_added_with_a_slug_of_its_italian_name(client, editor, model):
    make_one(model, "L'asilo di città")
    saved(submit(client, add_page(model), name_it="L'asilo di città", name_en="The nursery"))
    one = model.objects.latest("pk")
    assert one.slug == "l-asilo-di-citta-2"
    assert (one.status, one.name_en) == ("draft", "The nursery")


@every_kind
def test_a_nameless_lead_can_be_kept_and_not_be_published(client, editor, model):
    saved(submit(client, add_page(model), internal_note="Sentito dire"))
    one = model.objects.get()
    assert one.status == "draft"
    make.fit(one)
    kept = submit(client, change(one), _step="publish", life="active")
    said = client.get(kept["Location"]).content.decode()
    assert "Saved, and not published. To be published it needs a name." in said
    one.refresh_from_db()
    assert (one.status, one.life) == ("draft", "active")
    saved(submit(client, change(one), _step="publish", name_en="Named"))
    one.refresh_from_db()
    assert (one.slug, one.status) == ("named", "published")


# ------------------------------------------------------------------ dates and lists of names
WRITTEN = [
    ("2013", date(2013, 1, 1), "year", "2013"),
    ("2013-06", date(2013, 6, 1), "month", "2013-06"),
    ("06/2013", date(2013, 6, 1), "month", "2013-06"),
    ("2013-06-01", date(2013, 6, 1), "day", "2013-06-01"),
    ("1/6/2013", date(2013, 6, 1), "day", "2013-06-01"),
    (" 2013 ", date(2013, 1, 1), "year", "2013"),
    ("", None, "", ""),
]


@pytest.mark.parametrize(("written", "day", "precision", "shown"), WRITTEN)
def test_a_partial_date_is_one_input(client, editor, written, day, precision, shown):
    one = make.make_organization(founded="1999-12")
    saved(submit(client, change(one), founded=written))
    one.refresh_from_db()
    assert (one.founded, one.founded_precision) == (day, precision)
    assert fields(client.get(change(one)))["founded"] == [shown]


def test_a_precision_alone_can_change(client, editor):
    one = make.make_organization(founded="2013-01")
    saved(submit(client, change(one), founded="2013"))
    one.refresh_from_db()
    assert (one.founded, one.founded_precision) == (date(2013, 1, 1), "year")


@pytest.mark.parametrize(
    "written", ["ieri", "2013-13", "2013-02-30", "0000", "20130", "1/2/3", "2013-", "\x00"]
)
def test_a_wrong_date_gets_a_sentence_and_stays_as_typed(client, editor, written):
    one = make.make_organization(founded="2013")
    refused = submit(client, change(one), founded=written)
    assert "Write a year, a month or a day: 2013, 2013-06 or 2013-06-01." in errors(refused)
    if written.isprintable():
        assert fields(refused)["founded"] == [written]
    one.refresh_from_db()
    assert one.founded_precision == "year"


def test_partial_dates_in_lists(client, editor):
    network, member, city = make.make_network(), make.make_organization(), make.make_city()
    role = make.make_role()
    rows = with_row(
        client,
        change(network),
        "memberships",
        organization=member.pk,
        role=role.pk,
        current="no",
        since="06/2013",
        until="2015",
    ) | with_row(
        client, change(network), "milestones", date="2016-06", text_it="Biennale", city=city.pk
    )
    saved(submit(client, change(network), **rows))
    tie, milestone = network.memberships.get(), network.milestones.get()
    assert (tie.since_on.iso, tie.until_on.iso) == ("2013-06", "2015")
    assert milestone.on.iso == "2016-06"
    shown = fields(client.get(change(network)))
    assert shown["memberships-0-since"] == ["2013-06"]
    assert shown["milestones-0-date"] == ["2016-06"]
    saved(submit(client, change(network), **{"memberships-0-since": "2013"}))
    tie = network.memberships.get()
    assert tie.since_on.iso == "2013"


def test_names_are_written_one_to_a_line(client, editor):
    one = make.make_organization(other_names=["Uno"])
    assert fields(client.get(change(one)))["other_names"] == ["Uno"]
    saved(
        submit(
            client,
            change(one),
            other_names="  L'asilo  \r\n\r\nEx  asilo\nL'asilo\n",
            short_names="ASL",
        )
    )
    one.refresh_from_db()
    assert one.other_names == ["L'asilo", "Ex asilo"]
    assert one.short_names == ["ASL"]
    saved(submit(client, change(one), other_names=""))
    one.refresh_from_db()
    assert one.other_names == []


@pytest.mark.parametrize("written", ["a\x00b", "x" * 251])
def test_a_wrong_name_in_a_list_gets_a_sentence(client, editor, written):
    one = make.make_organization()
    assert errors(submit(client, change(one), other_names=written))


# ------------------------------------------------------------------ what the database forbids
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"founded": "2014", "ended": "2013-05"}, "The end comes before the start."),
        ({"slug": "Una Cosa"}, "Small ASCII letters"),
        ({"slug": "gia-preso"}, "Another entry has or had this address name."),
        ({"slug": "una-volta"}, "Another entry has or had this address name."),
        ({"summary_it": "x" * 301}, "at most 300"),
        ({"name_it": "x" * 251}, "at most 250"),
        ({"name_it": "a\x00b"}, "Null characters"),
        ({"email": "no"}, "valid email"),
        ({"life": "nonsense"}, "Select a valid choice"),
        ({"city": "999999999"}, "Select a valid choice"),
        ({"themes": ["999999999"]}, "Select a valid choice"),
        ({"newsletter_url": "javascript:alert(1)"}, "http"),
        ({"parent": "itself"}, "An organization cannot be part of itself."),
        ({"successor": "itself"}, "An entry cannot be its own successor."),
    ],
)
def test_a_wrong_value_gets_a_sentence(client, editor, values, sentence):
    make.make_organization("Altro", slug="gia-preso")
    moved = make.make_organization("Terzo", slug="una-volta")
    moved.slug = "adesso"
    moved.save()
    one = make.make_organization()
    values = {name: one.pk if value == "itself" else value for name, value in values.items()}
    assert sentence in errors(submit(client, change(one), **values))


def test_an_ongoing_project_has_no_end(client, editor):
    one = make.make_project(ended="2020")
    assert "An ongoing project has no end date." in errors(
        submit(client, change(one), ongoing="on")
    )


@pytest.mark.parametrize(
    ("chosen", "accepted"),
    [
        (["city"], True),
        (["region"], True),
        (["country"], True),
        (["city", "region"], False),
        (["city", "country"], False),
        ([], False),
    ],
)
def test_a_place_is_exactly_one(client, editor, chosen, accepted):
    one, city = make.make_organization(), make.make_city()
    values = {"city": city.pk, "region": city.region_id, "country": "on"}
    row = {"order": "5"} | {name: values[name] for name in chosen}
    answer = submit(client, change(one), **with_row(client, change(one), "places", **row))
    if accepted:
        saved(answer)
        assert one.places.count() == 1
    else:
        assert "Choose exactly one" in errors(answer)


def test_a_partner_is_exactly_one(client, editor):
    project, partner = make.make_project(), make.make_organization()
    both = with_row(
        client, change(project), "participations", organization=partner.pk, plain_name="Un comitato"
    )
    assert "Choose exactly one" in errors(submit(client, change(project), **both))
    row = with_row(
        client,
        change(project),
        "participations",
        plain_name="Un comitato",
        part_en="Helps",
        roles=[make.make_partner_role("A").pk, make.make_partner_role("B").pk],
    )
    saved(submit(client, change(project), **row))
    tie = project.participations.get()
    assert (tie.plain_name, tie.part_en, tie.roles.count()) == ("Un comitato", "Helps", 2)
    saved(submit(client, change(project), **{"participations-0-part_it": "Aiuta"}))
    assert project.participations.get().roles.count() == 2


def test_the_same_tie_twice_gets_a_sentence(client, editor):
    network, member, role = make.make_network(), make.make_organization(), make.make_role()
    row = {"organization": member.pk, "role": role.pk, "current": "yes"}
    twice = with_rows(client, change(network), "memberships", row, row)
    assert "This membership is there already." in errors(submit(client, change(network), **twice))
    saved(
        submit(client, change(network), **with_row(client, change(network), "memberships", **row))
    )
    again = with_row(client, change(network), "memberships", **row)
    assert "This membership is there already." in errors(submit(client, change(network), **again))
    earlier = with_row(client, change(network), "memberships", **row | {"since": "2013"})
    saved(submit(client, change(network), **earlier))
    assert network.memberships.count() == 2

    project = make.make_project()
    partner = {"organization": member.pk}
    twice = with_rows(client, change(project), "participations", partner, partner)
    assert "This partner is there already." in errors(submit(client, change(project), **twice))
    two = with_rows(
        client, change(project), "participations", partner, {"plain_name": "A"}, {"plain_name": "B"}
    )
    saved(submit(client, change(project), **two))
    renamed = {"participations-2-plain_name": "A"}
    assert "This partner is there already." in errors(submit(client, change(project), **renamed))


def test_the_same_code_twice_gets_a_sentence(client, editor):
    one = make.make_organization()
    row = {"scheme": "vat", "value": "00743110157", "order": None}
    twice = with_rows(client, change(one), "identifiers", row, row)
    assert errors(submit(client, change(one), **twice))
    saved(submit(client, change(one), **with_row(client, change(one), "identifiers", **row)))
    again = with_row(client, change(one), "identifiers", **row)
    assert errors(submit(client, change(one), **again))
    assert one.identifiers.count() == 1


def test_a_current_membership_has_no_end(client, editor):
    network, member = make.make_network(), make.make_organization()
    row = with_row(
        client,
        change(network),
        "memberships",
        organization=member.pk,
        role=make.make_role().pk,
        current="yes",
        until="2015",
    )
    assert "A current membership has no end date." in errors(submit(client, change(network), **row))


def test_the_source_of_a_membership_is_one_of_its_network(client, editor):
    network, other, member = (
        make.make_network("A"),
        make.make_network("B"),
        make.make_organization(),
    )
    own, foreign = (
        network.sources.create(title_it="Nostra"),
        other.sources.create(title_it="Altrui"),
    )
    page = client.get(change(network)).content.decode()
    assert f'<option value="{own.pk}">Nostra' in page
    assert "Altrui" not in page
    row = {"organization": member.pk, "role": make.make_role().pk, "current": "yes"}
    wrong = with_row(client, change(network), "memberships", **row, source=foreign.pk)
    assert "Select a valid choice" in errors(submit(client, change(network), **wrong))
    right = with_row(client, change(network), "memberships", **row, source=own.pk)
    saved(submit(client, change(network), **right))
    # Seen from the organization: the tie moves to another network, its source stays behind.
    saved(submit(client, change(member), **{"memberships-0-network": other.pk}))
    tie = member.memberships.get()
    assert (tie.network, tie.source) == (other, None)


def test_a_source_can_be_deleted_with_the_tie_that_names_it_in_the_same_form(client, editor):
    network, member = make.make_network(status="draft"), make.make_organization()
    tie = make.join(member, network, source=network.sources.create(title_it="Fonte"))
    changes = {"memberships-0-current": "unstated", "sources-0-DELETE": "on"}
    saved(submit(client, change(network), **changes))
    tie.refresh_from_db()
    assert (tie.current, tie.source) == ("unstated", None)
    assert not network.sources.exists()


def test_somebody_who_was_faster_gets_a_sentence_and_no_500(client, editor, monkeypatch):
    """The same tie is saved by another person between the check and the writing."""
    network, member, role = make.make_network(), make.make_organization(), make.make_role()
    plain = RowFormSet.save_new

    def slow(self, form, commit=True):
        if self.model is Membership:
            monkeypatch.setattr(RowFormSet, "save_new", plain)
            Membership.objects.create(network=network, organization=member, role=role)
        return plain(self, form, commit)

    row = with_row(
        client, change(network), "memberships", organization=member.pk, role=role.pk, current="yes"
    )
    monkeypatch.setattr(RowFormSet, "save_new", slow)
    answer = submit(client, change(network), **row)
    # The other's row went with our transaction here, so the second try succeeds.
    saved(answer)
    assert network.memberships.count() == 1
    monkeypatch.setattr(RowFormSet, "save_new", _always_colliding(network, member, role))
    other = make.make_organization("Altro")
    row = with_row(
        client, change(network), "memberships", organization=other.pk, role=role.pk, current="yes"
    )
    answer = client.post(
        change(network), {**fields(client.get(change(network))), **row}, follow=True
    )
    assert answer.status_code == 409
    assert "Nothing was saved" in answer.content.decode()
    assert network.memberships.count() == 1


def _always_colliding(network, member, role):
    def save_new(self, form, commit=True):
        return Membership.objects.create(network=network, organization=member, role=role)

    return save_new


# ------------------------------------------------------------------ rows
def test_new_rows_go_to_the_end(client, editor):
    one = make.make_organization()
    one.web_addresses.create(url="https://a.example/", order=4)
    rows = with_rows(
        client,
        change(one),
        "web_addresses",
        {"url": "https://b.example/", "kind": "social"},
        {"url": "https://c.example/", "kind": "other"},
        {"url": "https://d.example/", "kind": "other", "order": "2"},
    )
    saved(submit(client, change(one), **rows))
    assert [row.url[8] for row in one.web_addresses.all()] == ["d", "a", "b", "c"]
    assert list(one.web_addresses.values_list("order", flat=True)) == [2, 4, 5, 6]


def test_rows_are_deleted_and_changed(client, editor):
    sources = [{"title_it": f"Fonte {number}", "order": number} for number in range(3)]
    one = make.make_organization(sources=sources)
    saved(
        submit(
            client,
            change(one),
            **{
                "sources-0-DELETE": "on",
                "sources-1-title_en": "Source 1",
                "sources-1-read_on": "2026-11-22",
            },
        )
    )
    first, second = one.sources.all()
    assert (first.title_it, first.title_en, first.read_on) == (
        "Fonte 1",
        "Source 1",
        date(2026, 11, 22),
    )
    assert second.title_it == "Fonte 2"


def test_a_long_list_comes_in_pages_and_saving_one_leaves_the_others(client, editor):
    network, role = make.make_network(), make.make_role()
    members = Organization.objects.bulk_create(
        Organization(slug=f"ente-{number:03}", name_it=f"Ente {number:03}") for number in range(120)
    )
    Membership.objects.bulk_create(
        Membership(network=network, organization=one, role=role, order=number)
        for number, one in enumerate(members, 1)
    )
    first, last = client.get(change(network)), client.get(change(network) + "?memberships=5")
    for page, numbers in ((first, range(25)), (last, range(100, 120))):
        shown = re.findall(r'inline_label">(Ente \d+)', page.content.decode())
        assert shown == [f"Ente {number:03}" for number in numbers]
        assert "120 rows" in page.content.decode()
    assert client.get(change(network) + "?memberships=x").status_code == 200
    assert client.get(change(network) + "?memberships=99").status_code == 200
    changes = {
        "memberships-0-current": "yes",
        "memberships-19-DELETE": "on",
        "memberships-TOTAL_FORMS": "21",
        "memberships-20-organization": make.make_organization("Nuova").pk,
        "memberships-20-role": role.pk,
        "memberships-20-current": "no",
        "memberships-20-order": "0",
    }
    saved(submit(client, change(network) + "?memberships=5", **changes))
    assert network.memberships.count() == 120
    assert [row.organization.slug for row in network.memberships.current()] == ["ente-100"]
    assert network.memberships.last().organization.slug == "nuova"
    assert network.memberships.last().order == 120
    again = with_row(
        client, change(network), "memberships", organization=members[110].pk, role=role.pk
    ) | {"memberships-25-current": "yes"}
    assert "This membership is there already." in errors(submit(client, change(network), **again))


def test_no_form_holds_a_list_of_all_cities(client, editor):
    for number in range(30):
        make.make_city(f"Villaggio {number}")
    one = make.make_organization(
        city=make.make_city("Villaggio 3"), places=[make.make_city("Villaggio 4")]
    )
    page = client.get(change(one)).content.decode()
    assert set(re.findall(r"Villaggio \d+", page)) == {"Villaggio 3", "Villaggio 4"}


# ------------------------------------------------------------------ checks, words, permissions
def test_who_checked_is_kept_with_the_day(client, editor):
    one = make.make_organization()
    saved(submit(client, change(one), checked_on="2026-11-20"))
    one.refresh_from_db()
    assert (one.checked_on, one.checked_by) == (date(2026, 11, 20), editor)
    other = make.make_editor("other", language="en")
    client.force_login(other)
    saved(submit(client, change(one), summary_it="Altro"))
    one.refresh_from_db()
    assert one.checked_by == editor, "saving is no check"
    saved(submit(client, change(one), checked_on=""))
    one.refresh_from_db()
    assert (one.checked_on, one.checked_by) == (None, None)


@pytest.mark.parametrize("model", [Theme, OrganizationKind])
def test_a_word_gets_its_slug_from_its_italian_name(client, editor, model):
    saved(submit(client, add_page(model), name_it="Attività d'oggi", name_en="Today"))
    assert model.objects.get().slug == "attivita-d-oggi"
    refused = errors(submit(client, add_page(model), name_it="Attività d'oggi"))
    assert re.search("already exists|has or had", refused)
    assert "none can be made" in errors(submit(client, add_page(model), name_it="???"))
    assert "Write this in Italian" in errors(submit(client, add_page(model), slug="x"))
    saved(submit(client, add_page(model), name_en="Only English"))
    assert model.objects.get(slug="only-english").name_it == ""


def test_a_former_slug_of_a_theme_gets_a_sentence(client, editor):
    theme = make.make_theme("Orti")
    theme.slug = "giardini"
    theme.save()
    assert "has or had" in errors(submit(client, add_page(Theme), name_it="Orti"))
    saved(submit(client, change(theme), slug="orti"))


def test_who_may_only_look_sees_no_invented_day_and_saves_nothing(client):
    looker = make.make_editor(is_superuser=False, language="en")
    looker.user_permissions.add(Permission.objects.get(codename="view_network"))
    client.force_login(looker)
    network = make.make_network(founded="2013", other_names=["Una", "Due"])
    make.join(make.make_organization(), network, since="2013-06")
    page = client.get(change(network)).content.decode()
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    assert re.search(r"Founded: +2013 ", text)
    assert re.search(r"Since: +June 2013 ", text)
    assert "January" not in text
    assert re.search(r"Other names: +Una +Due ", text)
    assert 'name="name_it"' not in page
    assert client.post(change(network), {"name_it": "Altro"}).status_code == 403


def test_who_may_change_an_entry_may_change_its_lists(client):
    user = make.make_editor(is_superuser=False, language="en")
    for codename in ("change_organization", "view_organization"):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(user)
    one = make.make_organization(status="draft")
    row = with_row(client, change(one), "sources", title_it="Fonte")
    saved(submit(client, change(one), **row))
    assert one.sources.get().title_it == "Fonte"


# ------------------------------------------------------------------ how many queries
def count(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def grow(number: int) -> None:
    """One more of everything a list or a form shows."""
    city, theme = make.make_city(f"Città {number}"), make.make_theme("Tema")
    kind, programme = make.make_kind(f"Tipo {number}"), make.make_programme(f"Bando {number}")
    one = make.make_organization(
        f"Ente {number}", city=city, kind=kind, themes=[theme], places=[city]
    )
    network = make.make_network(f"Rete {number}", places=[city, city.region])
    make.make_project(f"Progetto {number}", programme=programme, places=[city])
    hub, act = Network.objects.get(slug="hub"), Project.objects.get(slug="act")
    source = hub.sources.create(title_it=f"Fonte {number}")
    make.join(one, hub, f"Ruolo {number}", source=source)
    make.take_part(
        act, one, "A", "B", since=None, source=act.sources.create(title_it=f"F {number}")
    )
    make.take_part(act, network, "A")
    act.editions.create(title_it=f"Edizione {number}", city=city)
    above = make.make_theme(f"Sopra {number}")
    for entry in (hub, act, Organization.objects.get(slug="pivot")):
        entry.themes.add(make.make_theme(f"Sotto {number}", parent=above))
    for entry in (hub, act):
        entry.places.create(city=city)
        entry.milestones.create(text_it="Nasce", city=city)
        entry.web_addresses.create(url="https://civicnet.example/")
        entry.identifiers.create(scheme="other", value=str(number))
    make.join(Organization.objects.get(slug="pivot"), network, f"Ruolo {number}")


@pytest.fixture
def hubs(editor) -> dict[str, str]:
    pages = {
        model.__name__: change(make_one(model, "Perno", slug=slug))
        for model, slug in ((Network, "hub"), (Project, "act"), (Organization, "pivot"))
    }
    lists = ("orgs_organization", "networks_network", "projects_project", "directory_theme")
    return pages | {name: reverse(f"admin:{name}_changelist") for name in lists}


# Session, user and whether it has a second factor, whether some entries are invented, then what
# each page is for.
LIST_BUDGETS = {
    # how many, keys of the page, page, how complete; choices of the filters: regions, kinds, themes
    "orgs_organization": 11,
    # how many, keys of the page, page, how complete; choices of the filters: regions, themes;
    # places of the rows with city, province, region
    "networks_network": 14,
    # the same, and the choices of programmes
    "projects_project": 15,
    # how many, page, parents for the filter
    "directory_theme": 7,
}


def test_queries_do_not_grow_with_the_rows(client, hubs):
    grow(1)
    before = {name: count(client, page) for name, page in hubs.items()}
    for number in range(2, 6):
        grow(number)
    after = {name: count(client, page) for name, page in hubs.items()}
    assert after == before
    for name, budget in LIST_BUDGETS.items():
        assert after[name] <= budget, name


def test_an_autocomplete_takes_as_many_queries_for_one_as_for_twenty(client, editor):
    page = reverse("admin:autocomplete")
    asked = "?app_label=networks&model_name=membership&field_name=organization&term=ente"
    make.make_organization("Ente", city=make.make_city("Una"))
    before = count(client, page + asked)
    for number in range(19):
        make.make_organization(f"Ente {number}", city=make.make_city(f"C {number}"))
    assert count(client, page + asked) == before <= 6


def test_untouched_rows_cost_nothing_when_a_form_is_saved(client, editor):
    network = make.make_network()
    city = make.make_city()

    def cost() -> int:
        page = client.get(change(network))
        data = {**fields(page), "_continue": "1", "aim_it": str(timezone.now())}
        with CaptureQueriesContext(connection) as captured:
            assert client.post(change(network), data).status_code == 302
        return len(captured)

    def more(start: int, stop: int) -> None:
        for number in range(start, stop):
            make.join(make.make_organization(f"Ente {number}"), network, since="2013")
            network.milestones.create(text_it="Nasce", city=city)

    more(0, 2)
    before = cost()
    more(2, 12)
    assert cost() == before
    assert Participation.objects.count() == 0


# ------------------------------------------------------------------ pictures
def picture_file(kind: str = "JPEG", size: tuple[int, int] = (900, 600)) -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", size, "green").save(content, kind)
    return SimpleUploadedFile("Foto di Mario.jpg", content.getvalue(), "image/jpeg")


@every_kind
def test_a_picture_is_added_shown_described_and_deleted(client, editor, model, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    one = make.fit(make_one(model, summary_it="Uno", status="draft"))
    row = with_row(client, change(one), "pictures", alt_it="Un orto", credit="Mario")
    saved(submit(client, change(one), **row, **{"pictures-0-image": picture_file()}))
    picture = one.pictures.get()
    assert (picture.width, picture.height, picture.alt_it) == (900, 600, "Un orto")
    assert "Mario" not in picture.image.name
    smallest = picture.image.sources[0][0]
    page = client.get(change(one)).content.decode()
    assert f'<img src="{smallest}" width="400" height="267"' in page
    assert 'enctype="multipart/form-data"' in page
    model.objects.update(status="published")
    with override("it"):
        assert smallest in Client().get(one.get_absolute_url()).content.decode()
        listed = Client().get(reverse(f"{model._meta.app_label}:list")).content.decode()
    assert smallest in listed
    saved(submit(client, change(one), **{"pictures-0-alt_en": "A garden"}))
    picture.refresh_from_db()
    assert (picture.alt_it, picture.alt_en) == ("Un orto", "A garden")
    assert picture.image.sources[0][0] == smallest, "the file stays when only words change"
    replaced = {"pictures-0-image": picture_file("PNG", (300, 300))}
    saved(submit(client, change(one), **replaced))
    picture.refresh_from_db()
    assert (picture.width, picture.widths) == (300, [300])
    saved(submit(client, change(one), **{"pictures-0-DELETE": "on"}))
    assert not one.pictures.exists()


def test_a_picture_is_described_or_decorative(client, editor, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    one = make.make_organization()
    row = with_row(client, change(one), "pictures") | {"pictures-0-image": picture_file()}
    assert "or that it is decorative" in errors(submit(client, change(one), **row))
    row["pictures-0-image"].seek(0)
    saved(submit(client, change(one), **row, **{"pictures-0-decorative": "on"}))
    assert one.pictures.get().decorative


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"<svg onload='alert(1)'/>", "not a picture"), (b"", "empty"), (b"\xff\xd8\xff\xe0", "")],
)
def test_what_is_no_picture_gets_a_sentence(client, editor, settings, tmp_path, content, sentence):
    settings.MEDIA_ROOT = str(tmp_path)
    one = make.make_organization()
    row = with_row(client, change(one), "pictures", alt_it="Un orto")
    upload = SimpleUploadedFile("x.jpg", content, "image/jpeg")
    refused = errors(submit(client, change(one), **row, **{"pictures-0-image": upload}))
    assert sentence in refused
    assert "Accepted are JPEG, PNG and WebP" in refused
    assert not one.pictures.exists()
    missing = errors(submit(client, change(one), **row))
    assert "This field is required." in missing
