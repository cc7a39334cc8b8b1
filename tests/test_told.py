"""Why something was done: what the site says of it is read by each in their own language, and what
people said as they said it."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from reversion.models import Revision

from civicnet.rooms import rooms
from directory.history import record_in_bulk, remember, versions_of
from directory.pairs import Merge
from directory.told import START, to_keep, told
from directory.workflow import STEPS, publish_due, take
from networks.models import Network
from orgs.models import Organization
from tests import builders as make
from tests.admin_form import submit
from tests.test_admin import address, change

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers() -> dict[str, Client]:
    """Two people, each with their language."""
    clients = {}
    for language in ("it", "en"):
        clients[language] = Client()
        clients[language].force_login(make.make_editor(f"reads-{language}", language=language))
    return clients


def seen(client: Client, page: str) -> str:
    return unescape(client.get(page).content.decode())


def test_each_reads_of_a_merge_in_their_own_language_and_the_reason_as_it_was_written(readers):
    one, two = make.make_organization("Il Ponte"), make.make_organization("Il Ponte APS")
    two.name_en = "The Bridge"
    two.save()
    network = make.make_network("Rete")
    make.join(two, network)
    merging = f"{address(one, 'merge', one.pk)}?with={two.pk}"
    submit(readers["it"], merging, why="Stesso codice «fiscale»")
    said = {
        "it": "Unione di «Il Ponte APS» a «Il Ponte». Stesso codice «fiscale»",
        "en": "“The Bridge” was merged into “Il Ponte”. Stesso codice «fiscale»",
    }
    pages = [address(one, "history", one.pk), address(network, "history", network.pk)]
    for language, sentence in said.items():
        for page in (*pages, reverse("admin:index")):
            assert sentence in seen(readers[language], page), (language, page)
    gone = {"it": "Unione a «Il Ponte».", "en": "Merged into “Il Ponte”."}
    for language, sentence in gone.items():
        assert sentence in seen(readers[language], address(Organization, "recover"))
    merged = {"merge": Merge.objects.get().pk}
    readers["en"].post(address(one, "merged", one.pk), merged)
    back = {
        "it": "L’unione di «Il Ponte APS» a «Il Ponte» è stata annullata.",
        "en": "The merge of “The Bridge” into “Il Ponte” was taken back.",
    }
    again = address(one, "history", Organization.objects.get(name_it="Il Ponte APS").pk)
    for language, sentence in back.items():
        for page in (*pages, again):
            assert sentence in seen(readers[language], page), (language, page)


def test_each_reads_what_was_put_back_deleted_and_recovered_in_their_own_language(readers):
    one = make.make_organization("Il Ponte", summary_it="Prima")
    remember([one])
    submit(readers["it"], change(one), summary_it="Dopo")
    old = versions_of(one).last()
    page = address(one, "compare", one.pk)
    readers["it"].post(f"{page}?from={old.pk}", {"keys": ["summary_it"], "why": "Era giusto"})
    history = address(one, "history", one.pk)
    when = timezone.localtime(old.revision.date_created)
    starts = {"it": "Ripristinato dalla versione del", "en": "Put back from the version of"}
    for language, start in starts.items():
        with override(language):
            said = f"{start} {date_format(when, 'SHORT_DATETIME_FORMAT')}. Era giusto"
        assert said in seen(readers[language], history)
    readers["en"].post(address(one, "delete", one.pk), {"post": "yes"})
    recover = address(Organization, "recover")
    for language, word in (("it", "Eliminata"), ("en", "Deleted")):
        assert f">{word}</td>" in seen(readers[language], recover)
    readers["en"].post(recover, {"version": versions_of(one).first().pk})
    for language, word in (("it", "Recuperata"), ("en", "Recovered")):
        assert f">{word}</td>" in seen(readers[language], history)


def test_each_reads_in_their_own_language_why_the_clock_did_not_publish(readers):
    one = make.make_organization("Una", status="draft", summary_it="Una sintesi")
    one.sources.create(title_it="Statuto")
    day = timezone.localdate() + timedelta(days=3)
    chief = make.make_editor("chief", language="en")
    take(STEPS["publish_on"], Organization.objects.filter(pk=one.pk), chief, day=day)
    one.sources.all().delete()
    publish_due(day)
    assert "Not published on its day: it needs a source." in seen(readers["en"], change(one))
    page = seen(readers["it"], change(one))
    assert "Not published" not in page
    assert "Non pubblicata nel suo giorno: manca una fonte." in page


def test_what_was_kept_as_a_sentence_before_is_read_as_it_is(readers):
    one = make.make_organization("Il Ponte")
    record_in_bulk([one], "x", make.make_editor("anna"))
    Revision.objects.update(comment="Unita a «La Fonte». Stesso codice")
    for reader in readers.values():
        assert "Unita a «La Fonte». Stesso codice" in seen(reader, address(one, "history", one.pk))


@given(st.text() | st.text().map(lambda text: START + text))
def test_words_of_people_are_read_as_they_were_written(words):
    assert told(to_keep(words)) == words


def test_wherever_the_site_runs_all_its_sentences_can_be_read():
    """Also those that only a command keeps."""
    root = Path(settings.BASE_DIR)
    files = [file for room in rooms(root) for file in (root / room).rglob("*.py")]
    kept = [key for file in files for key in re.findall(r'Sentence\(\s*"(\w+)"', file.read_text())]
    assert len(kept) == len(set(kept)) > 12
    asks = "import django; django.setup(); from directory.told import keys; print(*keys())"
    said = subprocess.run([sys.executable, "-c", asks], cwd=root, capture_output=True, check=True)
    assert set(said.stdout.decode().split()) == set(kept)


def test_somebody_who_writes_what_looks_like_the_site_is_read_as_they_wrote(readers):
    one = make.make_network("Rete")
    why = f'{START}"deleted", "of": {{}}, "words": ""}}'
    submit(readers["it"], change(one), aim_it="Uno scopo", why=why)
    assert why in seen(readers["en"], address(Network, "history", one.pk))
    with override("en"):
        assert told(versions_of(one).first().revision.comment) == why
