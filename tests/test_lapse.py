"""The login ends while somebody writes: what they wrote is not lost, and nobody else has it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session as StoredSession
from django.core.signing import TimestampSigner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.models import Theme
from orgs.models import Organization, OrganizationProposal
from staff.models import User
from tests import builders as make
from tests.admin_form import errors, fields
from tests.test_admin import address, change
from tests.test_door import PASSWORD, SECOND_FACTOR, code_of, with_device
from tests.test_picture_rows import upload
from tests.test_proposals import Person
from tests.test_proposals import page as proposal_page
from tests.test_roles import member

pytestmark = pytest.mark.django_db

HERE = "http://testserver"
TEXT = "Un testo lungo,\nscritto in un’ora & più: <b>«orti»</b>."
HELD = "it waits in this page"
AGAIN = "What you wrote has not been saved yet."


class Browser:
    """One browser, as strict about forgery as the site: whoever sits before it, all tabs share its
    cookies. Says where a form came from, as browsers do."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def log_in(self, name: str) -> Any:
        page = self.client.get("/admin/login/")
        said = fields(page) | {"username": name, "password": PASSWORD}
        answer = self.send("/admin/login/?next=/admin/", said)
        assert answer.status_code == 302, errors(answer)
        return answer

    def log_out(self) -> None:
        page = self.client.get("/admin/")
        assert self.send("/admin/logout/", _token(page)).status_code == 200

    def open(self, path: str) -> dict[str, Any]:
        page = self.client.get(path)
        assert page.status_code == 200, page.status_code
        return fields(page)

    def send(self, path: str, data: dict[str, Any], origin: str | None = HERE) -> Any:
        headers = {"origin": origin} if origin else {}
        return self.client.post(path, data, headers=headers)

    def send_what_is_held(self, page: Any, **headers: Any) -> Any:
        """The button of a page that holds what was written."""
        action = re.search(r'action="([^"]+)" enctype', page.content.decode())
        assert action, "it holds nothing"
        return self.send(action[1].replace("&amp;", "&"), fields(page), **headers)


def _token(page: Any) -> dict[str, str]:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found
    return {"csrfmiddlewaretoken": found[1]}


def shown(page: Any) -> str:
    return page.content.decode()


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def anna() -> User:
    return make.make_editor("anna", language="en")


@pytest.fixture
def writing(browser, anna) -> tuple[str, dict[str, Any]]:
    """Anna is logged in and has written in the form of an entry."""
    browser.log_in("anna")
    path = change(make.make_organization(summary_it="Uno"))
    return path, browser.open(path) | {"description_it": TEXT, "_save": "Save"}


def stored() -> str:
    return Organization.objects.get().description_it


# ------------------------------------------------------------------ ways in which a login ends
def logged_out(browser: Browser, user: User) -> None:
    browser.log_out()


def expired(browser: Browser, user: User) -> None:
    StoredSession.objects.all().delete()


def new_password(browser: Browser, user: User) -> None:
    user.set_password(PASSWORD)
    user.save()


def ended_by_a_manager(browser: Browser, user: User) -> None:
    user.refresh_from_db()
    user.end_logins()


def cookies_gone(browser: Browser, user: User) -> None:
    browser.client.cookies.clear()


@pytest.mark.parametrize(
    "ends", [logged_out, expired, new_password, ended_by_a_manager, cookies_gone]
)
def test_what_was_written_waits_in_the_page_until_one_is_logged_in(browser, anna, writing, ends):
    path, data = writing
    ends(browser, anna)
    page = browser.send(path, data)
    assert page.status_code == 403
    assert HELD in shown(page)
    assert "no-store" in page["Cache-Control"]
    assert "&lt;b&gt;«orti»" in shown(page)
    assert "<b>«orti»" not in shown(page)
    assert not stored()
    # Too early: it waits on.
    page = browser.send_what_is_held(page)
    assert HELD in shown(page)
    browser.log_in("anna")
    page = browser.send_what_is_held(page)
    assert page.status_code == 403
    assert AGAIN in shown(page)
    assert not stored()
    assert browser.send_what_is_held(page).status_code == 302
    assert stored() == TEXT


def test_the_page_leads_through_all_the_steps_of_logging_in(browser, anna, writing, settings):
    settings.SECOND_FACTOR = "required"
    path, data = writing
    device = with_device(anna)
    page = browser.send(path, data)
    assert HELD in shown(page)
    login = re.search(r'href="([^"]+)" target="_blank"', shown(page))
    assert login
    there = browser.client.get(login[1])
    assert urlsplit(there["Location"]).path == f"{SECOND_FACTOR}prove/"
    code = fields_of_first_form(browser.client.get(there["Location"])) | {"code": code_of(device)}
    there = browser.send(there["Location"], code)
    assert there["Location"] == "/admin/again/"
    assert "waits in the other tab" in shown(browser.client.get("/admin/again/"))
    # She is the same, and her login too: nothing is asked once more.
    assert browser.send_what_is_held(page).status_code == 302
    assert stored() == TEXT


def fields_of_first_form(page: Any) -> dict[str, str]:
    named = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown(page))
    return dict(named[:2])


def test_a_form_that_was_opened_before_another_login_loses_nothing(browser, writing):
    path, data = writing
    browser.log_out()
    browser.log_in("anna")
    page = browser.send(path, data)
    assert page.status_code == 403
    assert AGAIN in shown(page)
    assert not stored()
    assert browser.send_what_is_held(page).status_code == 302
    assert stored() == TEXT


def test_what_another_saved_meanwhile_is_not_overwritten(browser, writing):
    path, data = writing
    browser.log_out()
    Organization.objects.update(description_it="Di un altro")
    browser.log_in("anna")
    answer = browser.send_what_is_held(browser.send(path, data))
    assert [dispute.mine for dispute in answer.context["disputes"]] == [TEXT]
    assert stored() == "Di un altro"


@pytest.mark.parametrize("language", ["it", "en"])
def test_it_is_said_in_the_language_of_whoever_wrote(browser, anna, writing, language):
    User.objects.update(language=language)
    path, data = writing
    browser.log_out()
    page = browser.send(path, data)
    assert page["Content-Language"] == language
    assert f'<html lang="{language}"' in shown(page)
    assert (HELD in shown(page)) == (language == "en")


def test_a_new_entry_and_a_word_are_held_too(browser, anna):
    browser.log_in("anna")
    for path in (address(Organization, "add"), "/admin/directory/theme/add/"):
        data = browser.open(path) | {"name_it": f"Nuovo {path[-12:-5]}", "slug": "nuovo"}
        StoredSession.objects.all().delete()
        page = browser.send(path, data)
        assert HELD in shown(page)
        browser.log_in("anna")
        assert browser.send_what_is_held(browser.send_what_is_held(page)).status_code == 302
    assert Organization.objects.count() == Theme.objects.filter(slug="nuovo").count() == 1


def test_a_popup_stays_one(browser, anna):
    browser.log_in("anna")
    path = f"{address(Organization, 'add')}?_popup=1"
    data = browser.open(path) | {"name_it": "Nuova"}
    browser.log_out()
    page = browser.send(path, data)
    assert "popup" in re.search(r'<body class="([^"]*)"', shown(page))[1]
    browser.log_in("anna")
    done = browser.send_what_is_held(browser.send_what_is_held(page))
    assert "data-popup-response" in shown(done)


def test_a_step_goes_with_it_and_is_named_first(browser, writing):
    path, data = writing
    Organization.objects.update(status="draft")
    data = browser.open(path) | {"description_it": TEXT, "_step": "send_to_review"}
    browser.log_out()
    page = browser.send(path, data)
    assert "With it goes the step <strong>Send to review</strong>" in shown(page)
    browser.log_in("anna")
    browser.send_what_is_held(browser.send_what_is_held(page))
    one = Organization.objects.get()
    assert (one.description_it, one.status) == (TEXT, "in_review")


# ------------------------------------------------------------------ what is not held
def test_files_are_named_and_the_form_stays_open_for_them(browser, writing):
    path, data = writing
    browser.log_out()
    picture = upload()
    page = browser.send(path, data | {"pictures-0-file": picture})
    assert f"<q>{picture.name}</q>" in shown(page)
    assert "pictures-0-file" not in fields(page)
    sent = fields(page)
    assert "_continue" in sent
    assert "_save" not in sent
    browser.log_in("anna")
    page = browser.send_what_is_held(page)
    assert f"<q>{picture.name}</q>" in shown(page), "as long as it is not sent"
    done = browser.send_what_is_held(page)
    assert done["Location"].endswith(path)
    assert stored() == TEXT
    warning = re.search(r'<li class="warning">(.*?)</li>', shown(browser.client.get(path)))
    assert warning
    assert picture.name in warning[1]


def test_passwords_are_not_in_the_page(browser, anna):
    browser.log_in("anna")
    path = "/admin/staff/user/add/"
    secret = "correct horse battery"
    data = browser.open(path) | {"username": "bruno", "password1": secret, "password2": secret}
    browser.log_out()
    page = browser.send(path, data)
    assert HELD in shown(page)
    assert "Passwords are never kept" in shown(page)
    assert secret not in shown(page)
    assert fields(page)["username"] == ["bruno"]
    browser.log_in("anna")
    answer = browser.send_what_is_held(browser.send_what_is_held(page))
    assert "password2" in answer.context["adminform"].form.errors
    assert not User.objects.filter(username="bruno").exists()


def test_who_changes_a_password_is_told_that_nothing_was_done(browser, anna):
    browser.log_in("anna")
    path = "/admin/password_change/"
    data = browser.open(path) | {"old_password": PASSWORD, "new_password1": "x" * 20}
    browser.log_out()
    answer = browser.send(path, data)
    assert answer.status_code == 302
    page = browser.client.get(answer["Location"])
    assert "nothing was done" in shown(page) or "non è stato fatto nulla" in shown(page)


def test_what_deletes_is_asked_again(browser, anna):
    theme = make.make_theme("Orti")
    browser.log_in("anna")
    path = f"/admin/directory/theme/{theme.pk}/delete/"
    one_page = _token(browser.client.get(path)) | {"post": "yes"}
    listing = "/admin/directory/theme/"
    many = browser.open(listing) | {"action": "delete_selected", "_selected_action": [theme.pk]}
    many |= {"post": "yes"}
    browser.log_out()
    for there, data in ((path, one_page), (listing, many)):
        answer = browser.send(there, data)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/?why=ended&next=")
        assert "errornote" in shown(browser.client.get(answer["Location"]))
    browser.log_in("anna")
    for there, data in ((path, one_page), (listing, many)):
        answer = browser.send(there, data)
        assert answer.status_code == 403
        assert "Somebody has logged in since this page was opened" in shown(answer)
    assert Theme.objects.filter(pk=theme.pk).exists()


def test_what_decides_is_asked_again_and_its_words_stand_there(browser, anna):
    one, other = make.make_organization("Uno"), make.make_organization("Due")
    browser.log_in("anna")
    path = f"{address(one, 'merge', one.pk)}?with={other.pk}"
    data = browser.open(path) | {"why": "Sono la stessa cosa"}
    browser.log_out()
    for logs_in in (False, True):
        if logs_in:
            browser.log_in("anna")
        page = browser.send(path, data)
        assert page.status_code == 403
        assert "Nothing was done." in shown(page)
        assert "Sono la stessa cosa" in shown(page)
    filled = browser.send_what_is_held(page)
    assert filled.status_code == 200
    assert fields(filled)["why"] == ["Sono la stessa cosa"]
    assert Organization.objects.count() == 2


def filled_in(browser: Browser, held: Any) -> Any:
    """After logging in: the page of a decision, with what was chosen in it."""
    page = browser.send_what_is_held(held)
    assert page.status_code == 403
    assert AGAIN in shown(page)
    page = browser.send_what_is_held(page)
    assert page.status_code == 200
    return page


def test_the_choices_of_a_merge_are_kept(browser, anna):
    one = make.make_organization("Uno", summary_it="Prima")
    other = make.make_organization("Due", summary_it="Seconda")
    browser.log_in("anna")
    path = f"{address(one, 'merge', one.pk)}?with={other.pk}"
    data = browser.open(path) | {"choose-summary_it": "other", "names_to": "former_names"}
    browser.log_out()
    held = browser.send(path, data)
    browser.log_in("anna")
    filled = fields(filled_in(browser, held))
    assert (filled["choose-summary_it"], filled["names_to"]) == (["other"], ["former_names"])
    assert Organization.objects.count() == 2, "nothing is done yet"
    assert browser.send(path, filled).status_code == 302
    assert Organization.objects.get().summary_it == "Seconda"


def test_the_ticks_of_a_decision_are_kept_and_decide_nothing(browser):
    one = make.make_organization("Uno", summary_it="Prima", summary_en="Before")
    author, reviewer = Person("editor", "vera"), Person("reviewer", "rita")
    proposal = author.propose(one, summary_it="Dopo", summary_en="After", founded="2001")
    path = proposal_page(proposal)
    User.objects.filter(pk=reviewer.user.pk).update(language="en")
    browser.log_in("rita")
    opened = browser.open(path)
    assert set(opened["keys"]) == {"summary_it", "summary_en", "founded"}
    ticked = opened | {"keys": ["summary_en"], "answer": "Solo l’inglese", "decision": "accept"}
    browser.log_out()
    held = browser.send(path, ticked)
    assert held.status_code == 403
    browser.log_in("rita")
    filled = fields(filled_in(browser, held))
    assert filled["keys"] == ["summary_en"]
    assert filled["answer"] == ["Solo l’inglese"]
    proposal.refresh_from_db()
    assert proposal.is_open, "nothing is decided yet"
    assert browser.send(path, filled | {"decision": "accept"}).status_code == 302
    one.refresh_from_db()
    assert (one.summary_it, one.summary_en, one.founded) == ("Prima", "After", None)


def test_ticks_for_what_changed_meanwhile_are_looked_at_again(browser):
    one = make.make_organization("Uno", summary_it="Prima")
    author, reviewer = Person("editor", "vera"), Person("reviewer", "rita")
    proposal = author.propose(one, summary_it="Dopo", founded="2001")
    User.objects.filter(pk=reviewer.user.pk).update(language="en")
    browser.log_in("rita")
    path = proposal_page(proposal)
    ticked = browser.open(path) | {"keys": ["founded"], "decision": "accept"}
    browser.log_out()
    held = browser.send(path, ticked)
    Organization.objects.filter(pk=one.pk).update(summary_it="Intanto")
    browser.log_in("rita")
    page = filled_in(browser, held)
    assert "was changed while you were reading. Look again." in shown(page)
    assert fields(page)["keys"] == ["founded"]


def test_every_form_of_the_admin_that_takes_words_says_who_opened_it():
    """A form without words has nothing to lose; Django's own are in ``admin/change_form.html``."""
    for file in sorted(Path("templates/admin").rglob("*.html")):
        for form in re.findall(r'<form method="post".*?</form>', file.read_text(), re.DOTALL):
            takes_words = re.search(r'<textarea|type="text"|{{ form|{{ field }}', form)
            if takes_words and "multipart" not in form:
                assert "staff/opened_by.html" in form, file


# ------------------------------------------------------------------ who else is at that browser
def test_another_person_does_not_get_it(browser, writing):
    path, data = writing
    browser.log_out()
    held = browser.send(path, data)
    make.make_editor("bruno", language="en")
    browser.log_in("bruno")
    for page in (browser.send(path, data), browser.send_what_is_held(held)):
        assert page.status_code == 403
        assert "Somebody else opened this form" in shown(page)
        assert "scritto in un" not in shown(page)
        assert "anna" not in shown(page)
        assert 'id="held-form"' not in shown(page)
    assert not stored()
    browser.log_out()
    browser.log_in("anna")
    assert browser.send_what_is_held(browser.send_what_is_held(held)).status_code == 302
    assert stored() == TEXT, "it is hers still"


def test_who_is_logged_in_but_no_member_of_staff_does_not_get_it(browser, writing):
    path, data = writing
    browser.log_out()
    browser.client.force_login(make.make_editor("bruno", is_staff=False, is_superuser=False))
    page = browser.send(path, data)
    assert page.status_code == 403
    assert "scritto in un" not in shown(page)


def test_of_three_at_one_browser_each_gets_their_own(browser, writing):
    path, data = writing
    texts = {"anna": data}
    for name in ("bruno", "carla"):
        make.make_editor(name, language="en")
        browser.log_out()
        browser.log_in(name)
        texts[name] = browser.open(path) | {"description_it": f"Scritto da {name} a lungo"}
    texts["anna"] |= {"description_it": "Scritto da anna a lungo"}
    for name in texts:
        browser.log_out()
        browser.log_in(name)
        for whose, sent in texts.items():
            page = browser.send(path, sent)
            assert page.status_code == 403
            assert (f"Scritto da {whose}" in shown(page)) == (name == whose), (name, whose)
    assert not stored()


def test_who_only_proposes_has_the_proposal_kept_too(browser):
    member("editor", "vera")
    browser.log_in("vera")
    path = change(make.make_organization(summary_it="Uno"))
    data = browser.open(path) | {"description_it": TEXT, "_save": "Propose"}
    browser.log_out()
    page = browser.send(path, data)
    browser.log_in("vera")
    for _time in range(2):
        page = browser.send_what_is_held(page)
    assert page.status_code == 302
    assert not stored()
    proposal = OrganizationProposal.objects.get()
    assert proposal.after["fields"] == {"description_it": TEXT}


# ------------------------------------------------------------------ a hostile person
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", f"{HERE}.evil.example"])
@pytest.mark.parametrize("is_in", [True, False])
def test_no_other_site_can_plant_anything(browser, writing, origin, is_in):
    """Not even one that got hold of what a form of Anna's says."""
    path, data = writing
    if not is_in:
        browser.log_out()
    planted = data | {"description_it": "Piantato qui", "csrfmiddlewaretoken": "x" * 64}
    page = browser.send(path, planted, origin=origin)
    assert page.status_code == 403
    assert "Piantato" not in shown(page)
    assert "The form did not come from a page" in shown(page) or not is_in
    assert not stored()


@pytest.mark.parametrize("said", ["", "1", "1:abc:def", "another", "old", "of another purpose"])
@pytest.mark.parametrize("is_in", [True, False])
def test_what_does_not_say_who_opened_it_is_not_shown(browser, anna, writing, said, is_in):
    path, data = writing
    if said == "old":
        with pytest.MonkeyPatch.context() as patch:
            before = (timezone.now() - timedelta(days=31)).timestamp()
            patch.setattr("time.time", lambda: before)
            said = TimestampSigner(salt="staff.lapse").sign(str(anna.pk))
    elif said == "another":
        said = TimestampSigner(salt="staff.lapse").sign("999999")
    elif said == "of another purpose":
        said = TimestampSigner(salt="staff.collisions").sign(str(anna.pk))
    browser.log_out()
    if is_in:
        browser.log_in("anna")
    page = browser.send(path, data | {"opened_by": said})
    assert page.status_code == (403 if is_in else 302)
    assert "scritto in un" not in shown(page)


def test_nothing_is_kept_on_the_server_and_nobody_pays_much(browser, writing):
    path, data = writing
    browser.log_out()
    sessions = StoredSession.objects.count()
    with CaptureQueriesContext(connection) as queries:
        page = browser.send(path, data)
    assert HELD in shown(page)
    writes = [each["sql"] for each in queries if not each["sql"].startswith("SELECT")]
    assert not writes
    assert len(queries) == 1, "whose the form was"
    assert StoredSession.objects.count() == sessions
    assert "messages" not in page.cookies


def test_somebody_who_does_not_log_in_learns_nothing_of_accounts(client, anna):
    """Without a form of hers there is no page with her name."""
    answer = client.post("/admin/orgs/organization/add/", {"name_it": "Uno due"})
    assert answer.status_code == 302
    assert "anna" not in shown(client.get(answer["Location"]))


# ------------------------------------------------------------------ the login itself
def test_a_login_page_that_is_too_old_says_so(browser, anna):
    old = browser.open("/admin/login/")
    browser.log_in("anna")
    browser.log_out()
    there = "/admin/login/?next=/admin/again/"
    answer = browser.send(there, old | {"username": "anna", "password": PASSWORD})
    assert answer["Location"] == "/admin/login/?why=old&next=%2Fadmin%2Fagain%2F"
    page = browser.client.get(answer["Location"])
    assert "errornote" in shown(page)
    assert PASSWORD not in shown(page)
