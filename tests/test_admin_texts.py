"""The admin is Italian for Italians, also where Django has no Italian text."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import django
import polib
import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.urls import reverse

from directory.history import record_in_bulk
from places.models import Province
from staff.django_texts import MISSING, SAVED
from staff.models import Event
from tests import builders as make
from tests.admin_form import fields
from tests.browsing import Site
from tests.test_admin import ENTRIES, MAKERS, address, change, make_import
from tests.test_door import addresses_of_the_admin
from tests.test_text import VOID

DJANGO = Path(django.__file__).parent
OURS = Path(__file__).resolve().parent.parent / "locale"


@pytest.fixture
def editor(client):
    editor = make.make_editor()
    client.force_login(editor)
    return editor


def texts(file: Path) -> dict[str, polib.POEntry]:
    return {entry.msgid: entry for entry in polib.pofile(str(file))}


@pytest.mark.parametrize("part", ["contrib/admin", "contrib/auth"])
def test_every_text_of_djangos_admin_has_its_italian(part):
    folder = DJANGO / part / "locale"
    theirs = texts(folder / "it" / "LC_MESSAGES" / "django.po")
    ours = texts(OURS / "it" / "LC_MESSAGES" / "django.po")
    for msgid in texts(folder / "en" / "LC_MESSAGES" / "django.po"):
        known = [found[msgid] for found in (theirs, ours) if msgid in found]
        assert any(entry.translated() for entry in known), msgid


@pytest.mark.parametrize("part", ["contrib/admin", "contrib/auth"])
def test_what_django_says_in_italian_is_written_as_the_rest_is(part):
    """Our own words go before Django’s; what is left of those has no sign of a typewriter."""
    folder = DJANGO / part / "locale"
    theirs = texts(folder / "it" / "LC_MESSAGES" / "django.po")
    ours = texts(OURS / "it" / "LC_MESSAGES" / "django.po")
    said = {}
    for msgid in texts(folder / "en" / "LC_MESSAGES" / "django.po"):
        entry = ours.get(msgid) or theirs[msgid]
        if msgid in theirs and theirs[msgid].msgid_plural and not entry.msgid_plural:
            entry = theirs[msgid]  # which is what gettext takes
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            without_markup = re.sub(r"<[^>]*>", "", text)
            if re.search(r"['\"]|\be' ", without_markup):
                said[msgid] = text
    assert said == {}


def test_nothing_is_kept_here_that_django_has_by_now():
    theirs = {
        msgid
        for part in ("contrib/admin", "contrib/auth", "conf")
        for msgid, entry in texts(DJANGO / part / "locale/it/LC_MESSAGES/django.po").items()
        if entry.translated()
    }
    assert not theirs & {text for text in MISSING if isinstance(text, str)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "english", "italian"),
    [
        ("/admin/", "Model name", "Nome del modello"),
        ("/admin/", "Add link", "Collegamento per aggiungere"),
        ("/admin/", "Change or view list link", "Collegamento all’elenco"),
        ("/admin/staff/user/add/", "Tell the new person", "Comunica"),
        ("/admin/staff/user/", ">reviewer<", ">Revisione<"),
        ("/admin/auth/group/add/", "Can add", "Organizzazioni | organizzazione: aggiungere"),
        ("/admin/auth/group/add/", "Can view", "Luoghi | città: vedere"),
        ("/admin/staff/user/{}/change/", "Can add", "organizzazione: aggiungere"),
        ("/admin/staff/user/{}/change/", "Raw passwords", "Le password non sono conservate"),
    ],
)
def test_an_italian_page_has_no_english_sentence(client, editor, path, english, italian):
    page = html.unescape(client.get(path.format(editor.pk)).content.decode())
    assert italian in page
    assert english not in page


@cache
def said_in_one_language_only(language: str) -> tuple[set[str], list[re.Pattern[str]]]:
    """What the interface says in this language and never in the other: whole texts, in small
    letters, and such with something in them."""
    texts: dict[str, set[str]] = {"en": set(), "it": set()}
    for name in ("django", "djangojs"):
        for entry in polib.pofile(str(OURS / "it" / "LC_MESSAGES" / f"{name}.po")):
            texts["en"] |= {entry.msgid, entry.msgid_plural}
            texts["it"] |= {entry.msgstr, *entry.msgstr_plural.values()}
    small = {code: {" ".join(text.casefold().split()) for text in texts[code]} for code in texts}
    own = small[language] - small["it" if language == "en" else "en"]
    whole, patterns = set(), []
    for text in own:
        parts = re.split(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text)
        if len(parts) == 1 and re.search(r"[a-z]{3}", text):
            whole.add(text)
        elif max(map(len, parts)) > 8:
            patterns.append(re.compile(".+".join(map(re.escape, parts))))
    return whole, patterns


@cache
def is_in(language: str, text: str) -> bool:
    whole, patterns = said_in_one_language_only(language)
    small = " ".join(text.casefold().split())
    return small in whole or any(one.fullmatch(small) for one in patterns)


def of_the_other_language(said: Iterable[str], language: str) -> set[str]:
    other = "en" if language == "it" else "it"
    return {text for text in said if is_in(other, text)}


class Said(HTMLParser):
    """The pieces of a page that is read or heard, but for what says that it is in a language."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.pieces: set[str] = set()
        self.stack: list[tuple[str, bool]] = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        its = dict(attrs)
        own = tag in ("script", "style", "code") or ("lang" in its and tag != "html")
        if tag not in VOID:
            self.stack.append((tag, own or bool(self.stack and self.stack[-1][1])))
        names = ["title", "placeholder", "aria-label", "alt", "label"]
        if tag == "input" and its.get("type") in ("submit", "button"):
            names.append("value")
        self.pieces |= {" ".join((its.get(name) or "").split()) for name in names}

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self.stack and self.stack[-1][1]):
            self.pieces.add(" ".join(data.split()))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["it", "en"])
def test_no_page_of_the_admin_says_a_thing_in_the_other_language(client, language):
    """Each address that there is, and a page of each kind of row."""
    client.force_login(make.make_editor(language=language))
    client.raise_request_exception = False
    rows = [maker() for maker in MAKERS.values()]
    for row in rows:
        if isinstance(row, ENTRIES):
            record_in_bulk([row])
    paths = [path for path in addresses_of_the_admin() if "guide" not in path]
    for row in rows:
        paths += [address(row, page, row.pk) for page in ("change", "delete")]
    names = {str(province) for province in Province.objects.all()}
    left = {}
    for path in paths:
        answer = client.get(path)
        is_page = answer.get("Content-Type", "").startswith("text/html")
        said = Said(answer).pieces if is_page else set()
        if found := of_the_other_language(said - names, language):
            left[path] = found
    assert left == {}


# What a page says to the eye and to a screen reader, piece by piece.
SAID_BY_THE_PAGE = """() => {
  const said = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest('script, style, template, [lang=en]')) {
      said.push(walk.currentNode.data);
    }
  }
  const names = ['title', 'placeholder', 'aria-label', 'alt', 'label'];
  document.querySelectorAll('body *').forEach((one) => {
    names.forEach((name) => said.push(one.getAttribute(name) ?? ''));
    if (one.matches('input[type=submit], input[type=button]')) {
      said.push(one.value);
    }
  });
  return [...new Set(said.map((text) => text.split(/\\s+/).join(' ').trim()))].filter(Boolean);
}"""


@pytest.mark.browser
@pytest.mark.django_db
def test_no_english_is_left_on_an_italian_page_with_all_that_its_scripts_add(page, client):
    """Accounts, groups, a list, a form, what was deleted, a row of an import, the login."""
    editor = make.make_editor(language="it")
    client.force_login(editor)
    site = Site(page, client)
    one = make.make_organization("Prova", summary_it="Uno", city=make.make_city("Torino"))
    record_in_bulk([one])
    gone = make.make_organization("Andata")
    record_in_bulk([gone])
    gone.delete()
    group = Group.objects.get(name="editor")
    left = {}
    for path in (
        change(editor),
        address(editor, "add"),
        address(editor, "changelist"),
        change(group),
        address(one, "changelist"),
        change(one),
        address(one, "recover"),
        change(one.city),
        address(Event, "changelist"),
        change(make_import().imported.create(number=2, digest=uuid.uuid4(), outcome="uncertain")),
        reverse("admin:password_change"),
        reverse("admin:auth_user_password_change", args=[editor.pk]),
    ):
        site.open(path)
        said = page.evaluate(SAID_BY_THE_PAGE)
        assert len(said) > 20, path
        found = of_the_other_language(said, "it")
        # The names of rows that have an icon for yes or no, and of parts of Django itself.
        strange = r"True|False|[Oo]tp|[Rr]eversion|current password"
        found |= {text for text in said if re.search(strange, text)}
        if found:
            left[path] = found
        if path == change(editor):
            assert "Scegli tutto: permessi dell’account" in said
    assert left == {}


@pytest.mark.django_db
def test_the_page_that_gives_a_password_is_in_the_language_of_the_account(client, editor):
    path = reverse("admin:auth_user_password_change", args=[editor.pk])
    italian = html.unescape(client.get(path).content.decode())
    assert "Scegli una nuova password per l’account" in italian
    editor.language = "en"
    editor.save()
    english = html.unescape(client.get(path).content.decode())
    assert "Enter a new password" in english
    assert "Scegli" not in english


@pytest.mark.django_db
def test_what_goes_with_an_account_is_counted_and_not_named(client, editor):
    """It may be all that somebody ever did, and the log keeps the names of fields in English."""
    gone = make.make_editor("gone")
    one = make.make_organization("Prova")
    changed = [{"changed": {"fields": ["Summary · Italian"]}}]
    LogEntry.objects.log_actions(gone.pk, [one], CHANGE, change_message=changed)
    said = html.unescape(client.get(address(gone, "delete", gone.pk)).content.decode())
    assert "Voci di log: 1" in said
    assert ">gone</a>" in said
    assert "Summary" not in said


@pytest.mark.django_db
def test_permissions_are_english_for_an_english_account(client, editor):
    editor.language = "en"
    editor.save()
    page = client.get("/admin/auth/group/add/").content.decode()
    assert "Organizations | organization: add" in page


@pytest.mark.django_db
def test_what_was_saved_is_said_for_a_name_of_any_gender(client, editor):
    theme = make.make_theme("Orti")
    address = f"/admin/directory/theme/{theme.pk}/change/"
    values = fields(client.get(address)) | {"order": "1"}
    page = html.unescape(client.post(address, values, follow=True).content.decode())
    assert "Modifiche salvate: tema «" in page
    page = html.unescape(
        client.post(address, values | {"_continue": "1"}, follow=True).content.decode()
    )
    assert "Modifiche salvate: tema «" in page
    added = {"name_it": "Cura", "slug": "cura", "order": "2"}
    page = html.unescape(
        client.post("/admin/directory/theme/add/", added, follow=True).content.decode()
    )
    assert "Aggiunta salvata: tema «" in page
    address = f"/admin/directory/theme/{theme.pk}/delete/"
    asked = fields(client.get(address))
    page = html.unescape(client.post(address, asked, follow=True).content.decode())
    assert "Eliminazione riuscita: tema «Orti»" in page
    assert " è stato " not in page


@pytest.mark.parametrize("text", SAVED)
def test_no_such_sentence_is_djangos(text):
    ours = texts(OURS / "it" / "LC_MESSAGES" / "django.po")[text].msgstr
    theirs = texts(DJANGO / "contrib/admin/locale/it/LC_MESSAGES/django.po")[text].msgstr
    assert ours != theirs
    assert not re.search(r"\b(stat|modificat|aggiunt|cancellat|eliminat)[oi]\b", ours)
