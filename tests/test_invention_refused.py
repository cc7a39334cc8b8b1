"""Nobody invents entries in a directory of their own by accident, nor is left with them."""

from __future__ import annotations

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test import Client

from networks.models import Membership, Network
from orgs.models import Organization, OrganizationSlug
from projects.models import FundingProgramme, Participation, PartnerRole, Project
from tests import builders as make
from tests.inventing import BANNER, PAGES, invent, public

pytestmark = pytest.mark.django_db


def test_a_directory_of_somebodys_own_is_refused_unless_it_is_meant(content):
    make.make_organization("Nostra")
    with pytest.raises(CommandError, match="1 entries of its own"):
        invent(20)
    assert public() == 0
    invent(20, beside=True)
    assert public() == 20


def test_it_can_be_taken_away_without_a_trace_and_without_harm(content):
    models = (Organization, Network, Project, Membership, Participation, OrganizationSlug)
    before = [model.objects.count() for model in models]
    invent(100)
    invent(0, anew=True)
    assert [model.objects.count() for model in models] == before
    assert not FundingProgramme.objects.filter(slug__startswith="inventato").exists()
    connection.check_constraints()


def test_what_a_real_entry_is_tied_to_is_not_taken_away(content):
    invent(20)
    network = Network.objects.filter(invented=False).first()
    make.join(Organization.objects.invented().published().first(), network)
    with pytest.raises(CommandError, match="take the tie away"):
        invent(0, anew=True)
    assert public() == 20


def test_without_a_vocabulary_it_says_what_is_missing(content):
    Participation.roles.through.objects.all().delete()
    PartnerRole.objects.all().delete()
    with pytest.raises(CommandError, match="load_fixtures"):
        invent(20)
    with pytest.raises(CommandError):
        invent(-1)


@pytest.mark.parametrize("address", PAGES)
def test_no_page_of_a_real_directory_says_so(content, address):
    assert BANNER[address[1:3]] not in Client().get(address).content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/admin/login/",
        "/it/organizzazioni/?format=atom",
        "/en/projects/?format=ics",
        "/it/progetti/biennale-della-prossimita.ics",
    ],
)
def test_nor_do_the_login_feeds_and_calendars(content, client, address):
    text = b"".join(client.get(address)).decode()
    for mark in (*BANNER.values(), "inventati", "invented"):
        assert mark not in text
