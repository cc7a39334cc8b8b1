"""What the database and the models promise about entries, however they are written."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from directory.dates import PartialDate
from directory.models import Theme
from directory.slugs import DIVIDE
from directory.templatetags.texts import period
from networks.models import Network
from orgs.models import Organization, OrganizationPlace
from projects.models import Participation
from tests import builders as make

pytestmark = pytest.mark.django_db


def refused(constraint: str):
    """The database refuses, and says for which rule."""
    return pytest.raises(IntegrityError, match=constraint)


# ------------------------------------------------------------------ slugs
@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("L'asilo", "l-asilo"),
        ("Cooperativa Co.M.E.S.", "cooperativa-co-m-e-s"),
        ("Bancarotta 2.0", "bancarotta-2-0"),
        ("Fondazione Èbbene", "fondazione-ebbene"),
        ("Straße der Künste", "strasse-der-kunste"),
    ],
)
def test_a_slug_is_made_from_the_name(name, slug):
    assert make.make_organization(name).slug == slug


def test_entries_of_one_name_get_numbered_slugs_and_renaming_keeps_the_slug():
    first, second = make.make_organization("Casa"), make.make_organization("Casa")
    assert [first.slug, second.slug] == ["casa", "casa-2"]
    first.name_it = "Casa grande"
    first.save()
    assert first.slug == "casa"


def test_a_nameless_draft_gets_its_slug_with_its_first_name():
    draft = make.make_organization("", status="draft")
    assert draft.slug.startswith("senza-nome")
    draft.name_it = "Finalmente"
    draft.save()
    assert draft.slug == "finalmente"


def test_a_former_slug_is_never_given_to_another_entry_even_by_sql():
    moved = make.make_organization("Vecchio nome")
    moved.slug = "nuovo-nome"
    moved.save()
    assert make.make_organization("Vecchio nome").slug == "vecchio-nome-2"
    with refused("slug"), transaction.atomic():
        Organization.objects.bulk_create([Organization(slug="vecchio-nome", name_it="Altro")])
    other = make.make_organization("Altro")
    with refused("slug"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orgs_organization SET slug = 'vecchio-nome' WHERE id = %s", [other.pk]
        )
    other.slug = "vecchio-nome"
    with pytest.raises(ValidationError) as error:
        other.full_clean()
    assert list(error.value.message_dict) == ["slug"]


def test_of_many_new_entries_none_takes_the_slug_of_another():
    moved = make.make_organization("Vecchio nome")
    moved.slug = "nuovo-nome"
    moved.save()
    many = [Organization(slug=f"una-{number}", name_it="Una") for number in range(3)]
    with refused("slug vecchio-nome is or was"), transaction.atomic():
        taker = Organization(slug="vecchio-nome", name_it="Altro")
        Organization.objects.bulk_create([*many[:2], taker, many[2]])
    assert not Organization.objects.filter(name_it__in=["Una", "Altro"]).exists()
    Organization.objects.bulk_create(many)
    assert [entry.former_slugs.get().slug for entry in many] == ["una-0", "una-1", "una-2"]


def test_a_database_of_before_keeps_slugs_as_a_new_one():
    triggers = (
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgname LIKE 'keep_slug%' ORDER BY 2"
    )
    with connection.cursor() as cursor:
        cursor.execute(triggers)
        now = cursor.fetchall()
        assert {name for name, _sql in now} == {"keep_slug", "keep_slugs"}
        cursor.execute(
            "DROP TRIGGER keep_slug ON orgs_organization;"
            "DROP TRIGGER keep_slugs ON orgs_organization;"
            "CREATE TRIGGER keep_slug AFTER INSERT OR UPDATE OF slug ON orgs_organization"
            " FOR EACH ROW EXECUTE FUNCTION public.civicnet_keep_slug('orgs_organizationslug')"
        )
        for _time in range(2):
            cursor.execute(DIVIDE)
            cursor.execute(triggers)
            assert cursor.fetchall() == now


def test_an_entry_may_take_its_own_former_slug_back():
    entry = make.make_organization("Uno")
    entry.slug = "due"
    entry.save()
    entry.slug = "uno"
    entry.save()
    assert set(entry.former_slugs.values_list("slug", flat=True)) == {"uno", "due"}


def test_kinds_have_slugs_of_their_own():
    assert make.make_organization("Rete").slug == make.make_network("Rete").slug == "rete"


@pytest.mark.parametrize("slug", ["Città", "a b", "-a", "a--b", "a_b", ""])
def test_the_database_refuses_slugs_that_are_not_plain(slug):
    with pytest.raises(IntegrityError):
        Organization.objects.bulk_create([Organization(slug=slug, name_it="Una")])


# ------------------------------------------------------------------ publication
def test_nothing_without_a_name_is_published():
    with refused("published_has_name"), transaction.atomic():
        make.make_organization("")
    assert make.make_organization("", status="draft").pk
    assert make.make_organization("", name_en="Only English").is_published


def test_publication_is_stamped_once():
    entry = make.fit(make.make_organization("Una", status="draft"))
    assert entry.published_at is None
    entry.status = "published"
    entry.save()
    first = entry.published_at
    assert first is not None
    entry.status = "archived"
    entry.save()
    entry.status = "published"
    entry.save()
    assert entry.published_at == first


# ------------------------------------------------------------------ dates
@pytest.mark.parametrize(
    ("written", "iso", "shown"),
    [
        ("2013", "2013", "2013"),
        ("2013-06", "2013-06", "giugno 2013"),
        ("2013-6", "2013-06", "giugno 2013"),
        ("06/2013", "2013-06", "giugno 2013"),
        ("2013-06-01", "2013-06-01", "1 giugno 2013"),
        ("1/6/2013", "2013-06-01", "1 giugno 2013"),
        ("1.6.2013", "2013-06-01", "1 giugno 2013"),
    ],
)
def test_a_partial_date_says_only_what_is_known(written, iso, shown):
    date = PartialDate.parse(written)
    assert date is not None
    assert (date.iso, date.localized) == (iso, shown)


@pytest.mark.parametrize("written", ["13", "2013-13", "2013-02-30", "ieri", "2013-", "0000"])
def test_what_is_no_date_is_refused(written):
    with pytest.raises(ValueError, match=r".*"):
        PartialDate.parse(written)


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2013", None, "dal 2013"),
        ("2013-06", None, "da giugno 2013"),
        ("2013-06-06", None, "dal 6 giugno 2013"),
        ("2013-06-08", None, "dall’8 giugno 2013"),
        (None, "2013-06-11", "fino all’11 giugno 2013"),
        (None, "2013-06-18", "fino al 18 giugno 2013"),
        ("2013-06-08", "2013-06-11", "8 giugno 2013 – 11 giugno 2013"),
    ],
)
def test_a_period_is_said_as_italian_says_it(since, until, said):
    written = period(*(PartialDate.parse(one or "") for one in (since, until)))
    assert re.sub("<[^>]+>", "", written) == said


def test_a_partial_date_survives_the_database():
    entry = make.make_organization("Una", founded="2013-06")
    entry = Organization.objects.get(pk=entry.pk)
    assert entry.founded == datetime.date(2013, 6, 1)
    assert entry.founded_on.iso == "2013-06"


@pytest.mark.parametrize(
    ("date", "precision"),
    [("2013-06-02", "month"), ("2013-06-01", "year"), ("2013-06-01", ""), (None, "year")],
)
def test_a_date_and_its_precision_must_agree(date, precision):
    with refused("founded_precision"):
        Organization.objects.bulk_create(
            [Organization(slug="una", name_it="Una", founded=date, founded_precision=precision)]
        )


def test_an_end_before_the_start_is_refused_as_far_as_both_are_known():
    make.make_project("Stesso anno", founded="2013-06", ended="2013")
    with refused("founded_before_ended"), transaction.atomic():
        make.make_project("Prima", founded="2013-06", ended="2013-05")


def test_what_goes_on_has_no_end():
    with refused("ongoing_has_no_end"):
        make.make_project("Mai", ongoing=True, ended="2013")


# ------------------------------------------------------------------ ties
def test_a_membership_stands_once_with_one_role_and_start_and_again_with_another():
    una, rete = make.make_organization("Una"), make.make_network("Rete")
    make.join(una, rete, "Firmatario", since="2013-06")
    make.join(una, rete, "Promotore", since="2013-06")
    make.join(una, rete, "Promotore")
    with refused("membership_once"):
        make.join(una, rete, "Promotore")


def test_a_current_member_has_no_end():
    with refused("current_has_no_end"):
        make.join(
            make.make_organization("Una"),
            make.make_network("Rete"),
            until=datetime.date(2014, 1, 1),
            until_precision="year",
        )


def test_a_partner_is_exactly_one_thing_and_stands_once():
    project, una = make.make_project(), make.make_organization("Una")
    make.take_part(project, una)
    make.take_part(project, "Un comitato senza scheda")
    with refused("organization_once"), transaction.atomic():
        make.take_part(project, una)
    for wrong in ({}, {"organization": una, "plain_name": "Una"}):
        with refused("one_partner"), transaction.atomic():
            Participation.objects.create(project=project, **wrong)


def test_a_place_of_intervention_is_exactly_one_place():
    una, city = make.make_organization("Una"), make.make_city()
    for wrong in ({}, {"city": city, "country": True}, {"city": city, "region": city.region}):
        with refused("one_place"), transaction.atomic():
            OrganizationPlace.objects.create(entry=una, **wrong)


# ------------------------------------------------------------------ what is in use stays
def test_what_is_in_use_cannot_be_deleted():
    theme, city, kind = make.make_theme(), make.make_city(), make.make_kind()
    una = make.make_organization("Una", themes=[theme], city=city, kind=kind)
    rete, project = make.make_network("Rete"), make.make_project()
    member, part = make.join(una, rete), make.take_part(project, una, "Capofila")
    for used in (theme, city, kind, member.role, part.roles.get(), una):
        with pytest.raises(ProtectedError), transaction.atomic():
            used.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        Theme.objects.all().delete()
    assert list(Organization.objects.get(pk=una.pk).themes.all()) == [theme]


def test_what_is_not_in_use_can_be_deleted():
    theme = make.make_theme()
    network = make.make_network("Rete", themes=[theme])
    make.join(make.make_organization("Una"), network)
    network.delete()
    theme.delete()
    assert not Network.objects.exists()
    assert not Theme.objects.exists()


def test_themes_have_two_levels():
    child = make.make_theme("Figlio", make.make_theme("Padre"))
    with pytest.raises(ValidationError):
        Theme(slug="nipote", name_it="Nipote", parent=child).full_clean()


def test_a_card_names_three_places_and_says_how_many_more(client, db):
    project = make.make_project("Ovunque")
    for order, name in enumerate(("Bari", "Genova", "Lecce", "Matera", "Padova")):
        project.places.create(city=make.make_city(name), order=order)
    card = client.get("/it/progetti/").content.decode().partition('class="card-meta"')[2]
    card = card.partition("</p>")[0]
    assert [name in card for name in ("Bari", "Genova", "Lecce")] == [True] * 3
    assert "e altre 2" in card or "e altri 2" in card
    assert "Matera" not in card
