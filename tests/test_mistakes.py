"""A form that cannot be saved says so before all else, with the way to each mistake."""

from __future__ import annotations

import re

import pytest

from tests import builders as make
from tests.admin_form import submit, with_row
from tests.test_admin import change
from tests.test_collisions import Session

pytestmark = pytest.mark.django_db


def test_what_keeps_a_form_from_being_saved_is_said_first_and_leads_there(client):
    client.force_login(make.make_editor(language="en"))
    one = make.make_organization(status="draft")
    row = with_row(client, change(one), "milestones", text_it="Nasce", date="ieri")
    answer = submit(client, change(one), summary_it="x" * 301, **row)
    said = " ".join(answer.content.decode().split())
    [mistakes] = re.findall(r'<section class="mistakes".*?</section>', said)
    assert "Nothing is saved yet" in mistakes
    assert re.findall(r'href="#([^"]+)"', mistakes) == ["id_summary_it", "id_milestones-0-date"]
    assert said.index("mistakes-heading") < said.index('id="id_name_it"')
    assert 'class="mistakes"' not in client.get(change(one)).content.decode()


def test_check_boxes_have_a_way_to_them_and_a_row_that_goes_has_no_mistakes(client):
    """Check boxes have no label of their own."""
    client.force_login(make.make_editor(language="en"))
    one = make.make_project(status="draft")
    make.take_part(one, "Comune")
    one.milestones.create(text_it="Nasce")
    sent = {"participations-0-roles": "0"}
    sent |= {"milestones-0-date": "ieri", "milestones-0-DELETE": "on"}
    said = submit(client, change(one), **sent).content.decode()
    assert '<div id="id_participations-0-roles">' in said
    [mistakes] = re.findall(r'<section class="mistakes".*?</section>', said, re.DOTALL)
    assert re.findall(r'href="#([^"]*)"', mistakes) == ["id_participations-0-roles"]


def test_what_is_wrong_between_two_fields_is_said_first_too(client):
    client.force_login(make.make_editor(language="en"))
    one = make.make_project(status="draft")
    said = submit(client, change(one), founded="2020", ended="2019").content.decode()
    [mistakes] = re.findall(r'<section class="mistakes".*?</section>', said, re.DOTALL)
    assert "The end comes before the start." in mistakes


def test_every_form_says_it_first_and_leads_there(client):
    """Django’s own sentence comes below what it means where two values are to be chosen between."""
    anna, bruno = Session("anna"), Session("bruno")
    one = make.make_organization(summary_it="Uno")
    theme = make.make_theme("Orti")
    for edited, field in ((one, "summary_it"), (theme, "name_it")):
        anna.open(edited)
        bruno.open(edited)
        anna.save(**{field: "Di Anna"})
        said = bruno.save(**{field: "Di Bruno"}).content.decode()
        [mistakes] = re.findall(r'<section class="mistakes".*?</section>', said, re.DOTALL)
        assert re.findall(r'href="#([^"]+)"', mistakes) == ["dispute-1"]
        [first] = re.findall(r'<input type="radio"[^>]*id="dispute-1"[^>]*>', said)
        assert said.index(mistakes) < said.index(first)
        assert "Please correct" not in said
    client.force_login(anna.user)
    said = submit(client, change(theme), name_it="").content.decode()
    [mistakes] = re.findall(r'<section class="mistakes".*?</section>', said, re.DOTALL)
    assert re.findall(r'href="#([^"]+)"', mistakes) == ["id_name_it"]
    assert said.index(mistakes) < said.index('id="id_name_it"')
    assert "Please correct" not in said


def test_a_table_without_a_file_says_where_it_is_chosen(client):
    client.force_login(make.make_editor(language="en"))
    said = client.post("/admin/tables/organization/", {"status": "draft"}).content.decode()
    [mistakes] = re.findall(r'<section class="mistakes".*?</section>', said, re.DOTALL)
    assert re.findall(r'href="#([^"]+)"', mistakes) == ["id_file"]
    assert said.index(mistakes) < said.index('id="id_file"')


def test_a_new_password_that_is_not_taken_says_why_first(client):
    client.force_login(make.make_editor(language="en"))
    sent = {"old_password": "a long enough password", "new_password1": "x", "new_password2": "y"}
    said = client.post("/admin/password_change/", sent).content.decode()
    [mistakes] = re.findall(r'<section class="mistakes".*?</section>', said, re.DOTALL)
    assert re.findall(r'href="#([^"]+)"', mistakes) == ["id_new_password2"]
    assert said.index(mistakes) < said.index('id="id_old_password"')
    assert "Please correct" not in said
