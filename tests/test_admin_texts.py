"""The admin is Italian for Italians, also where Django has no Italian text."""

from __future__ import annotations

import html
import re
from pathlib import Path

import django
import polib
import pytest

from staff.django_texts import MISSING, SAVED
from tests import builders as make

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
        ("/admin/staff/user/add/", "After you’ve created a user", "Dopo aver creato"),
        ("/admin/staff/user/add/", "Password-based authentication", "Accesso con password"),
        ("/admin/staff/user/add/", "Whether the user will be able", "Se la persona può"),
        ("/admin/staff/user/", ">reviewer<", ">Revisione<"),
        ("/admin/auth/group/add/", "Can add", "Organizzazioni | organizzazione: aggiungere"),
        ("/admin/auth/group/add/", "Can view", "Luoghi | città: vedere"),
        ("/admin/staff/user/{}/change/", "Can add", "organizzazione: aggiungere"),
        ("/admin/staff/user/{}/change/", "Raw passwords", "Le password non sono conservate"),
        ("/admin/staff/user/{}/password/", "Disable password", "Disattiva"),
    ],
)
def test_an_italian_page_has_no_english_sentence(client, editor, path, english, italian):
    page = html.unescape(client.get(path.format(editor.pk)).content.decode())
    assert italian in page
    assert english not in page


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
    values = {"name_it": "Orti", "slug": theme.slug, "order": "1"}
    page = html.unescape(client.post(address, values, follow=True).content.decode())
    assert "Modifiche salvate: tema “" in page
    page = html.unescape(
        client.post(address, values | {"_continue": "1"}, follow=True).content.decode()
    )
    assert "Modifiche salvate: tema “" in page
    added = {"name_it": "Cura", "slug": "cura", "order": "2"}
    page = html.unescape(
        client.post("/admin/directory/theme/add/", added, follow=True).content.decode()
    )
    assert "Aggiunta salvata: tema “" in page
    address = f"/admin/directory/theme/{theme.pk}/delete/"
    page = html.unescape(client.post(address, {"post": "yes"}, follow=True).content.decode())
    assert "Eliminazione riuscita: tema “Orti”" in page
    assert " è stato " not in page


@pytest.mark.parametrize("text", SAVED)
def test_no_such_sentence_is_djangos(text):
    ours = texts(OURS / "it" / "LC_MESSAGES" / "django.po")[text].msgstr
    theirs = texts(DJANGO / "contrib/admin/locale/it/LC_MESSAGES/django.po")[text].msgstr
    assert ours != theirs
    assert not re.search(r"\b(stat|modificat|aggiunt|cancellat|eliminat)[oi]\b", ours)
