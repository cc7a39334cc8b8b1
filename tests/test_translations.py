"""Every text of the interface is there in both languages, and what runs is what is written."""

from pathlib import Path

import polib
import pytest

from civicnet import catalogues
from civicnet.catalogues import Text

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_the_catalogue_is_whole_and_compiled(language: str, domain: str) -> None:
    assert catalogues.problems(ROOT, language, domain) == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one page and one module, with every way to mark a text."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        """{% load i18n %}
        <p title="{% translate 'A title' %}">it's {{ _("A variable") }}</p>
          {# Translators: a note (with a bracket #}
        {% blocktranslate trimmed with name=entry.name %}
          Two lines about {{ name }}
          in one.
        {% endblocktranslate %}
            {% translate "May" context "month" %}
        {% blocktranslate trimmed count counter=n %}
          {{ counter }} city{% plural %}{{ counter }} cities
        {% endblocktranslate %}
        {% comment %}{% translate "Not this" %}{% endcomment %}
        """
    )
    (tmp_path / "orgs").mkdir()
    (tmp_path / "orgs" / "__init__.py").touch()
    (tmp_path / "orgs" / "models.py").write_text(
        'name = _("a label")\n'
        'other = ngettext_lazy("%(n)s row", "%(n)s rows", "n")\n'
        'third = pgettext("noun", "Reach")\n'
        'joined = _("one" " sentence")\n'
        'alone = _("%(n)s row")\n'
    )
    return tmp_path


def test_every_way_to_mark_a_text_is_found(project: Path) -> None:
    assert set(catalogues.texts(project)) == {
        Text(None, "A title", None),
        Text(None, "A variable", None),
        Text(None, "Two lines about %(name)s in one.", None),
        Text("month", "May", None),
        Text(None, "%(counter)s city", "%(counter)s cities"),
        Text(None, "a label", None),
        Text(None, "%(n)s row", "%(n)s rows"),
        Text("noun", "Reach", None),
        Text(None, "one sentence", None),
    }


def test_what_scripts_say_is_found_ours_and_that_of_djangos_admin(project: Path) -> None:
    own = project / "static" / "admin-civicnet"
    own.mkdir(parents=True)
    (own / "one.js").write_text(
        "say(gettext('Ours'), ngettext('%s row', '%s rows', n), pgettext('noun', 'Reach'));"
    )
    (project / "static" / "vendor").mkdir()
    (project / "static" / "vendor" / "theirs.js").write_text("gettext('Not ours')")
    found = catalogues.texts(project, catalogues.SCRIPTS)
    assert found[Text(None, "Ours", None)] == {"static/admin-civicnet/one.js"}
    assert Text(None, "%s row", "%s rows") in found
    assert Text("noun", "Reach", None) in found
    assert Text(None, "Choose all %s", None) in found, "of Django’s two-column chooser"
    assert Text(None, "Not ours", None) not in found
    assert Text(None, "a label", None) not in found, "that is for the other catalogue"


def test_a_text_is_not_marked_by_another_name(project: Path) -> None:
    catalogues.write(project, "en", catalogues.update(project, "en"))
    (project / "orgs" / "views.py").write_text(
        "from django.utils.translation import gettext, gettext_lazy as _, gettext_noop as noop\n"
        'said = noop("Nobody finds this")\n'
    )
    assert catalogues.problems(project, "en") == [
        "orgs/views.py: what “noop” marks is not collected"
    ]


def test_english_is_whole_by_itself_and_italian_keeps_its_work(project: Path) -> None:
    for language in ("it", "en"):
        catalogues.write(project, language, catalogues.update(project, language))
    assert catalogues.problems(project, "en") == []
    assert "it: not translated: “a label”" in catalogues.problems(project, "it")

    italian = catalogues.read(project, "it")
    for entry in italian:
        entry.msgstr = entry.msgid
        if entry.msgid_plural:
            entry.msgstr, entry.msgstr_plural = "", {0: entry.msgid, 1: entry.msgid_plural}
    catalogues.write(project, "it", italian)
    assert catalogues.problems(project, "it") == []

    (project / "orgs" / "models.py").write_text('name = _("a label")\nnew = _("a new text")\n')
    assert "it: not in the catalogue: “a new text”" in catalogues.problems(project, "it")
    assert "it: no longer used: “one sentence”" in catalogues.problems(project, "it")
    again = catalogues.update(project, "it")
    kept = again.find("a label")
    assert kept
    assert kept.msgstr == "a label"


def test_a_stale_mo_and_a_lost_placeholder_are_seen(project: Path) -> None:
    catalogues.write(project, "en", catalogues.update(project, "en"))
    path = project / "locale" / "en" / "LC_MESSAGES" / "django.po"
    catalogue = polib.pofile(str(path))
    entry = catalogue.find("Two lines about %(name)s in one.")
    assert entry
    entry.msgstr = "Two lines about %(nome)s"
    catalogue.save(str(path))
    found = "\n".join(catalogues.problems(project, "en"))
    assert "the .mo is not what the .po compiles to" in found
    assert "other placeholders in “Two lines about %(nome)s”" in found


def test_the_singular_of_a_text_is_found_by_itself(project: Path) -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.append(
        polib.POEntry(msgid="one", msgid_plural="ones", msgstr_plural={0: "uno", 1: "alcuni"})
    )
    compiled = polib.mofile(catalogues.compiled(catalogue))
    assert [entry.msgstr for entry in compiled if not entry.msgid_plural] == ["uno"]
