"""In a real browser, with its tabs and its cookies: a login ends while somebody writes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from orgs.models import Organization
from tests import builders as make
from tests.test_accessibility import axe
from tests.test_admin import change
from tests.test_admin_browser import Watched
from tests.test_door import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

TEXT = "Scritto in un’ora,\ncon “virgolette” & <b>segni</b>."
SAID = {
    "it": {
        "log_in": "Accedi, in una nuova scheda del browser",
        "go_on": "L’accesso è fatto: continua",
        "again": "Invia di nuovo",
    },
    "en": {
        "log_in": "Log in, in a new tab",
        "go_on": "I am logged in: go on",
        "again": "Send it again",
    },
}


def give_password(page: Any) -> None:
    page.fill("#id_username", "anna")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")


def is_as_wide_as_the_screen(page: Any) -> bool:
    width = page.viewport_size["width"]
    edges = "all => Math.max(...all.map(each => each.getBoundingClientRect().right))"
    return page.locator("#content *").evaluate_all(edges) <= width


@pytest.mark.parametrize(("language", "scripts"), [("it", False), ("en", True)])
def test_what_was_written_is_sent_again_from_the_tab_that_wrote_it(
    browser, live_server, language, scripts
):
    said = SAID[language]
    make.make_editor("anna", language=language)
    one = make.make_organization("Orti del Ponte", status="draft")
    context = browser.new_context(
        java_script_enabled=scripts, viewport={"width": 390, "height": 800}
    )
    tab = Watched(context.new_page(), live_server.url)
    page = tab.page
    page.goto(live_server.url + change(one))
    give_password(page)
    page.fill("#id_description_it", TEXT)

    other = context.new_page()
    other.goto(f"{live_server.url}/admin/")
    other.click("#logout-form button")
    other.wait_for_load_state()

    page.click("input[name=_save]")
    page.wait_for_selector("#held-form")
    if scripts:
        assert is_as_wide_as_the_screen(page)
        assert axe(page, language) == []
    with context.expect_page() as opened:
        page.click(f"text={said['log_in']}")
    login = opened.value
    give_password(login)
    login.wait_for_url("**/admin/again/")
    expect(login.locator("#content")).to_contain_text(said["go_on"])

    page.click(f"text={said['go_on']}")
    page.wait_for_selector(f"input[value='{said['again']}']")
    assert Organization.objects.get().description_it in ("", None)
    page.click("summary")
    expect(page.locator("details")).to_contain_text("<b>segni</b>")
    page.click(f"text={said['again']}")
    page.wait_for_selector(".messagelist .success")
    assert Organization.objects.get().description_it == TEXT
    context.close()
