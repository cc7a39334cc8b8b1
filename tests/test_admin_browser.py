"""The admin in Chromium: under the strict Content-Security-Policy, on a desk and on a phone."""

from __future__ import annotations

from base64 import b32decode

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.translation import override
from django_otp.oath import totp
from playwright.sync_api import expect

from directory.history import record_in_bulk, versions_of
from links.models import Link
from orgs.models import Organization
from staff.models import Authenticator, User
from tests import builders as make
from tests.browsing import Watch
from tests.test_admin import address, change

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long enough password"


class Watched(Watch):
    """The admin of a real server in a tab."""

    def open(self, path: str) -> None:
        answer = self.page.goto(self.base + path)
        assert answer.status == 200, path
        assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]

    def log_in(self, name: str) -> None:
        self.open("/admin/login/")
        self.page.fill("#id_username", name)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("input[type=submit]")
        self.page.wait_for_url("**/admin/")


@pytest.fixture
def site(page, live_server) -> Watched:
    return Watched(page, live_server.url)


def prepared() -> Organization:
    city, theme = make.make_city("Torino"), make.make_theme("Orti")
    city.names.create(name="Torino", kind="current", language="it")
    one = make.make_organization(
        "L'asilo", city=city, themes=[theme], summary_it="Uno", founded="2013", places=[city]
    )
    network = make.make_network("Rete", summary_it="Uno")
    make.join(one, network, since="2013-06")
    make.take_part(make.make_project("Co-City"), one, "Capofila", part_it="Cura")
    one.milestones.create(text_it="Nasce", city=city)
    return one


def test_no_page_of_the_admin_offends_the_policy(site):
    one = prepared()
    network, project = one.memberships.get().network, one.participations.get().project
    make.make_editor("anna", language="it")
    site.log_in("anna")
    record_in_bulk([one])
    one.milestones.all().delete()
    Organization.objects.filter(pk=one.pk).update(summary_it="Due")
    Link.objects.create(url="https://civicnet.example/")
    theme = one.themes.get()
    for path in (
        reverse("admin:index"),
        reverse("admin:app_list", args=["orgs"]),
        *(address(model, "changelist") for model in (one, network, project, theme, one.city)),
        *(change(row) for row in (one, network, project, theme, one.city)),
        address(one, "add"),
        address(theme, "add"),
        address(one, "delete", one.pk),
        address(theme, "delete", theme.pk),
        address(one, "history", one.pk),
        f"{address(one, 'compare', one.pk)}?from={versions_of(one)[0].pk}&to=now",
        address(one, "recover"),
        address(one, "suspected"),
        address(one, "merge", one.pk),
        f"{address(one, 'merge', one.pk)}?with={make.make_organization('L’asilo').pk}",
        address(one, "merged", one.pk),
        address(Link, "changelist") + "?state=all",
        address(one, "preview", one.pk),
        "/admin/tables/organization/",
        reverse("admin:password_change"),
        reverse("admin:staff_user_changelist"),
        reverse("admin:staff_user_add"),
        reverse("admin:staff_event_changelist"),
        reverse("second_factor"),
        reverse("second_factor_set_up"),
    ):
        site.open(path)
        assert site.complaints == [], path


def test_a_publisher_comes_in_with_a_second_factor_and_without_javascript(
    browser, live_server, settings
):
    settings.SECOND_FACTOR = "required"
    make.make_editor("anna", language="en")
    context = browser.new_context(java_script_enabled=False)
    site = Watched(context.new_page(), live_server.url)
    page = site.page

    def log_in() -> None:
        site.open("/admin/orgs/organization/")
        page.fill("#id_username", "anna")
        page.fill("#id_password", PASSWORD)
        page.click("input[type=submit]")

    def code() -> str:
        device = Authenticator.objects.get()
        Authenticator.objects.update(last_t=-1)
        return f"{totp(device.bin_key):06}"

    log_in()
    page.wait_for_url("**/second-factor/set-up/**")
    assert page.locator(".drawing svg").bounding_box()["width"] > 150
    secret = page.inner_text(".secret").replace(" ", "")
    assert b32decode(secret) == Authenticator.objects.get().bin_key
    page.fill("#id_code", code())
    page.get_by_role("button", name="Set up").click()
    shown = page.locator(".recovery-codes code")
    expect(shown).to_have_count(10)
    codes = shown.all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/admin/orgs/organization/")

    page.get_by_role("button", name="Log out").click()
    log_in()
    page.fill("#id_code", code())
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/admin/orgs/organization/")

    page.get_by_role("button", name="Log out").click()
    log_in()
    page.get_by_role("link", name="Use a recovery code").click()
    page.fill("#id_code", codes[3])
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/admin/orgs/organization/")
    expect(page.get_by_text("You have 9 recovery codes left.")).to_be_visible()
    assert site.complaints == []
    context.close()


def test_an_editor_corrects_a_text_and_sees_it_public(site):
    one = prepared()
    make.make_editor("anna", language="en")
    site.log_in("anna")
    site.open(change(one))
    page = site.page
    page.fill("#id_summary_it", "Il testo corretto")
    page.fill("#id_summary_en", "The corrected text")
    page.click("input[name=_continue]")
    page.wait_for_load_state()
    for language, text in (("it", "Il testo corretto"), ("en", "The corrected text")):
        with override(language):
            public = one.get_absolute_url()
        site.open(public)
        expect(page.get_by_text(text).first).to_be_visible()
    site.assert_no_complaint()


def test_a_button_pressed_twice_adds_one_entry(site):
    make.make_editor("anna", language="en")
    site.log_in("anna")
    site.open(reverse("admin:orgs_organization_add"))
    page, sent = site.page, []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.fill("#id_name_it", "Orti del Ponte")
    page.dblclick("input[name=_continue]")
    page.wait_for_url("**/change/")
    assert len(sent) == 1
    page.fill("#id_name_it", "Orti del Ponte vecchio")
    page.click("input[name=_continue]")
    page.wait_for_load_state()
    assert [str(one) for one in Organization.objects.all()] == ["Orti del Ponte vecchio"]
    assert len(sent) == 2
    site.assert_no_complaint()


def test_two_people_collide_and_the_second_chooses(site, browser):
    one = prepared()
    for name in ("anna", "bruno"):
        make.make_editor(name, language="it")
    other = Watched(browser.new_context().new_page(), site.base)
    for tab, name in ((site, "anna"), (other, "bruno")):
        tab.log_in(name)
        tab.open(change(one))
    site.page.fill("#id_summary_it", "Di Anna")
    site.page.fill("#id_summary_en", "By Anna")
    site.page.click("input[name=_continue]")
    site.page.wait_for_load_state()
    page = other.page
    page.fill("#id_summary_it", "Di Bruno")
    page.fill("#id_description_it", "Anche questo")
    page.click("input[name=_continue]")
    expect(page.locator(".disputes")).to_contain_text("Di Anna")
    expect(page.locator(".disputes")).to_contain_text("Di Bruno")
    expect(page.locator("#id_summary_en")).to_have_value("By Anna")
    page.check(".disputes input[value=theirs]")
    page.click("input[name=_continue]")
    page.wait_for_selector(".messagelist .success")
    one.refresh_from_db()
    assert (one.summary_it, one.summary_en) == ("Di Anna", "By Anna")
    assert one.description_it == "Anche questo"
    site.assert_no_complaint()
    other.assert_no_complaint()
    page.context.close()


def test_a_city_and_a_row_are_added_with_the_keyboard_and_the_mouse(site):
    prepared()
    make.make_editor("anna", language="it")
    site.log_in("anna")
    site.open(address(Organization, "add"))
    page = site.page
    page.fill("#id_name_it", "Casa nuova")
    page.click(".field-city .select2-selection")
    page.keyboard.type("torin", delay=30)
    page.click(".select2-results__option:has-text('Torino (TO)')")
    page.click("#milestones-group .add-row a")
    # Each autocomplete has a name, the one of the new row too.
    expect(page.get_by_role("combobox", name="Città della sede")).to_have_count(1)
    expect(page.locator("#milestones-0").get_by_role("combobox", name="Città")).to_have_count(1)
    page.fill("#id_milestones-0-text_it", "Apre")
    page.fill("#id_milestones-0-date", "06/2013")
    page.click("input[name=_continue]")
    page.wait_for_url("**/change/")
    made = Organization.objects.get(slug="casa-nuova")
    assert made.city.slug == "torino"
    assert made.milestones.get().on.iso == "2013-06"
    assert page.input_value("#id_milestones-0-date") == "2013-06"
    site.assert_no_complaint()


def test_the_language_is_switched_in_the_header(site):
    one = prepared()
    make.make_editor("anna", language="it")
    site.log_in("anna")
    site.open(change(one))
    site.page.click(".language-choice button[value=en]")
    site.page.wait_for_load_state()
    assert site.page.url.endswith(change(one))
    assert site.page.get_attribute("html", "lang") == "en"
    site.assert_no_complaint()


# What may be scrolled to by itself is in its frame; what nobody sees is nowhere.
BEYOND = """() => [...document.querySelectorAll('#content a, #content input, #content select, '
  + '#content button, #content textarea')]
  .filter(one => one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1)
  .filter(one => !one.closest('.select2-hidden-accessible, .visually-hidden, .results'))
  .map(one => one.outerHTML.slice(0, 120))"""


def test_whoever_changes_the_language_or_leaves_in_the_middle_of_a_form_is_asked_first(site):
    one = make.make_organization("L'asilo", status="draft")
    make.make_editor("anna", language="it")
    site.log_in("anna")
    page, asked = site.page, []
    site.open(change(one))
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en]")
    page.fill("#id_summary_it", "Scritto e non salvato.")

    def answer(yes: bool) -> None:
        def heard(dialog) -> None:
            asked.append(dialog.message)
            (dialog.accept if yes else dialog.dismiss)()

        page.once("dialog", heard)

    for button in ("Italiano", "Log out"):
        answer(False)
        page.get_by_role("button", name=button).click()
        expect(page.locator("#id_summary_it")).to_have_value("Scritto e non salvato.")
    assert len(asked) == 2
    assert asked[0].startswith("What you wrote on this page is not saved yet")
    answer(True)
    page.get_by_role("button", name="Italiano").click()
    page.wait_for_selector("html[lang=it]")
    expect(page.locator("#id_summary_it")).to_have_value("")
    page.fill("#id_email", "storta@")
    page.locator("#organization_form").evaluate("form => (form.noValidate = true)")
    page.get_by_role("button", name="Salva", exact=True).click()
    page.wait_for_selector(".mistakes")
    answer(False)
    page.get_by_role("button", name="English").click()
    expect(page.locator("#id_email")).to_have_value("storta@")
    assert len(asked) == 4, "what came back with a mistake is saved nowhere either"
    site.assert_no_complaint()


def test_whoever_leaves_a_form_in_the_middle_is_asked_first(site):
    one = make.make_organization("L'asilo", status="draft")
    make.make_editor("anna", language="en")
    site.log_in("anna")
    page, asked = site.page, []

    def stay(dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    site.open(change(one))
    page.fill("#id_summary_it", "Scritto e non salvato.")
    page.locator(".breadcrumbs a").first.click()
    expect(page.locator("#id_summary_it")).to_have_value("Scritto e non salvato.")
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    expect(page.locator("#id_summary_it")).to_have_value("Scritto e non salvato.")
    assert asked == ["beforeunload", "beforeunload"]

    page.click("input[name=_continue]")
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.locator(".breadcrumbs a").last.click()
    page.check("#result_list input[name=_selected_action]")
    page.fill("#searchbar", "asilo")
    page.locator("#changelist-filter li:not(.selected) a").first.click()
    page.wait_for_url("**/organization/?*")
    assert len(asked) == 2, "nothing is lost by sending, nor in a list"
    site.assert_no_complaint()


def test_between_two_lists_what_was_moved_counts_and_not_what_is_marked(site):
    anna = make.make_editor("anna", language="en")
    Group.objects.create(name="Amici")
    site.log_in("anna")
    page, asked = site.page, []

    def stay(dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    site.open(change(anna))
    page.get_by_label("Amici").check()
    page.click("input[name=_continue]")
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(page.get_by_label("Amici")).to_be_checked()
    chosen = page.locator("#id_user_permissions_to option")
    page.locator("#id_user_permissions_from option").first.evaluate("one => (one.selected = true)")
    page.get_by_role("link", name="Home").click()
    page.wait_for_url("**/admin/")
    assert asked == []

    site.open(change(anna))
    page.locator("#id_user_permissions_from option").first.evaluate("one => (one.selected = true)")
    page.locator("#id_user_permissions_from").dispatch_event("change")
    page.click("#id_user_permissions_add")
    expect(chosen).to_have_count(1)
    page.get_by_role("link", name="Home").click()
    expect(chosen).to_have_count(1)
    assert asked == ["beforeunload"]
    site.assert_no_complaint()


@pytest.mark.parametrize("width", [390, 768])
def test_nothing_is_wider_than_the_screen_and_languages_stack_on_a_phone(site, width):
    one = prepared()
    network, project = one.memberships.get().network, one.participations.get().project
    make.make_editor("anna", language="en")
    site.page.set_viewport_size({"width": width, "height": 844})
    site.log_in("anna")
    for path in (
        reverse("admin:index"),
        address(one, "changelist"),
        address(network, "changelist"),
        change(one),
        change(network),
        change(project),
        reverse("admin:password_change"),
        change(User.objects.get()),
    ):
        site.open(path)
        assert site.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert site.page.evaluate(BEYOND) == [], path
    site.open(address(one, "changelist"))
    said = "one => [getComputedStyle(one, '::before').content, one.textContent]"
    cell = site.page.locator("#result_list td.field-checked").first.evaluate(said)
    assert cell == ['"Checked on: "' if width < 768 else "none", "-"]
    site.open(change(one))
    italian = site.page.locator("#id_summary_it").bounding_box()
    english = site.page.locator("#id_summary_en").bounding_box()
    side_by_side = abs(italian["y"] - english["y"]) < 2
    assert side_by_side == (width >= 768)
    assert italian["x"] >= 0
    assert english["x"] + english["width"] <= width


def test_what_somebody_edits_is_chosen_in_fields_with_names(site):
    anna = make.make_editor("anna", language="it")
    site.log_in("anna")
    site.open(change(anna))
    for name in ("Città", "Province", "Regioni", "Temi"):
        box = site.page.get_by_role("searchbox", name=f"{name}:", exact=True)
        expect(box).to_have_count(1)
    assert "Ctrl" not in site.page.content()
    assert "tenere premuto" not in site.page.content().lower()
    site.assert_no_complaint()


# Of each of our texts the contrast with what is behind it.
CONTRASTS = """() => {
  const light = ([r, g, b]) => {
    const part = [r, g, b].map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const behind = one => {
    const colour = numbers(getComputedStyle(one).backgroundColor);
    return colour.length === 4 && colour[3] === 0 ? behind(one.parentElement) : colour;
  };
  const ours = '.status, .language, .rooms a, .language-choice button, '
    + '.selector-chosen-title label';
  return [...document.querySelectorAll(ours)].map(one => {
    const tones = [numbers(getComputedStyle(one).color), behind(one)].map(light);
    return [one.className || one.textContent,
      (Math.max(...tones) + 0.05) / (Math.min(...tones) + 0.05)];
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read_in_light_and_in_dark(site, scheme):
    """Contrast of our own colours: 4.5 to 1 on what is behind them."""
    one = prepared()
    make.make_organization("Bozza", status="in_review")
    make.make_organization("Vecchia", status="archived")
    anna = make.make_editor("anna", language="en")
    site.page.emulate_media(color_scheme=scheme)
    site.log_in("anna")
    contrasts = []
    for path in (address(one, "changelist"), change(anna)):
        site.open(path)
        contrasts += site.page.evaluate(CONTRASTS)
    assert len(contrasts) > 24
    assert any("Chosen user permissions" in of for of, _contrast in contrasts)
    assert [pair for pair in contrasts if pair[1] < 4.5] == []
