"""Light or dark: by the device, or by a choice that stays in the visitor's browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parent.parent
PAPER = {"light": "rgb(250, 246, 238)", "dark": "rgb(26, 22, 27)"}


def test_dark_by_device_and_dark_by_choice_are_the_same_colours():
    css = (ROOT / "static/css/tokens.css").read_text()
    by_device = css.split(':root:where(:not([data-theme="light"])) {', 1)[1].split("}")[0]
    by_choice = css.split(':root:where([data-theme="dark"]) {', 1)[1].split("}")[0]
    assert by_device == by_choice
    assert len(re.findall(r"--[\w-]+:", by_device)) > 20


def paper(page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.browser
@pytest.mark.parametrize(("device", "choice"), [("dark", "light"), ("light", "dark")])
def test_a_choice_is_kept_in_the_browser_and_can_be_taken_back(page, live_server, device, choice):
    labels = {"light": "Chiari", "dark": "Scuri"}
    page.emulate_media(color_scheme=device)
    page.goto(live_server.url + "/it/privacy/")
    assert paper(page) == PAPER[device]
    expect(page.get_by_label("Automatici")).to_be_checked()

    page.get_by_label(labels[choice]).check()
    assert paper(page) == PAPER[choice]
    page.goto(live_server.url + "/en/privacy/")
    assert paper(page) == PAPER[choice]
    expect(page.get_by_label(choice.capitalize(), exact=True)).to_be_checked()
    shown = "[...document.querySelectorAll('meta[name=theme-color]')].filter(m => m.media == 'all')"
    assert page.evaluate(f"{shown}.map(m => m.dataset.scheme)") == [choice]
    assert page.context.cookies() == []
    # On paper the choice is of no matter.
    page.emulate_media(media="print", color_scheme="light")
    assert paper(page) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme=device)

    page.get_by_label("Automatic", exact=True).check()
    assert paper(page) == PAPER[device]


@pytest.mark.browser
def test_without_a_script_there_is_nothing_to_choose(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + "/it/privacy/")
    expect(page.get_by_label("Scuri")).to_be_hidden()
    context.close()
