"""The pages where staff decide, each in a state that gives them something to decide or to read.

Beside ``tests.scenes``, whose entries they are about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from directory.doubles import find_doubles
from directory.history import record_in_bulk, versions_of
from directory.merging import Wanted, merge
from exchange.models import Sheet
from orgs.models import Organization
from staff.models import User
from tests import builders as make
from tests.test_admin import address, change
from tests.test_proposals import Person
from tests.test_proposals import page as proposal_page


@dataclass(frozen=True)
class Scene:
    """A page as somebody sees it, and the status it answers with."""

    client: Client
    path: str
    status: int = 200


TABLE = """slug,name_it,summary_en,city,website,founded
officina-comune,Officina Comune,A workshop anew.,torino,,2001
,Teatro di Cortile,Plays in the courtyards.,napoli,https://teatro.example/,
,Mercato dei Saperi,Swaps lessons for lessons.,napoli,non ha un sito,boh
,Casa della Musica,Music for everybody.,Borgo Inesistente,,
,,Without a name,torino,,
"""


def set_up(language: str) -> dict[str, Scene]:
    """Needs the stage of ``tests.scenes``."""
    author, second, third = (Person("editor", name) for name in ("vera", "ugo", "pia"))
    reviewer = Person("reviewer", "rita")
    chief = Client()
    chief.force_login(make.make_editor("anna"))
    User.objects.update(language=language)
    entry = Organization.objects.get(slug="officina-comune")
    record_in_bulk([entry])
    first = versions_of(entry).last()
    return {
        **_proposals(entry, author, second, third, reviewer),
        **_history(entry, first, chief),
        **_doubles(entry, chief),
        **_tables(chief),
        "somebody else is writing": Scene(chief, "/admin/made-up/busy/", 503),
    }


def _proposals(
    entry: Any, author: Person, second: Person, third: Person, reviewer: Person
) -> dict[str, Scene]:
    waiting = author.propose(
        entry,
        summary_it="Una bottega che ripara, e insegna a riparare.",
        summary_en="A workshop that mends, and teaches mending.",
        founded="2001",
        why="Lo dice lo statuto, articolo 2",
        **{"milestones-0-text_en": "It begins"},
    )
    refused = second.propose(entry, story_en="A long story.")
    reviewer.decide(refused, "refuse", answer="Manca la fonte: dove si legge?")
    partly = third.propose(entry, purpose_en="To mend.", vision_en="A mended town.")
    reviewer.decide(partly, without=["vision_en"], answer="La visione è da rivedere insieme.")
    meanwhile = {"summary_en": "Meanwhile", "founded": "1999-01-01"}
    Organization.objects.filter(pk=entry.pk).update(**meanwhile)
    return {
        "proposal with three values": Scene(reviewer.client, proposal_page(waiting)),
        "own proposal": Scene(author.client, proposal_page(waiting)),
        "form of who proposes": Scene(author.client, change(entry)),
        "refused proposal": Scene(reviewer.client, proposal_page(refused)),
        "partly accepted proposal": Scene(third.client, proposal_page(partly)),
        "proposals": Scene(reviewer.client, address(waiting, "changelist")),
    }


def _history(entry: Any, first: Any, chief: Client) -> dict[str, Scene]:
    entry.milestones.first().delete()
    for name in ("Orto andato", "Un’associazione dal nome piuttosto lungo, che non c’è più"):
        gone = make.make_organization(name)
        chief.post(address(gone, "delete", gone.pk), {"post": "yes"})
    recover = address(entry, "recover")
    return {
        "history": Scene(chief, address(entry, "history", entry.pk)),
        "comparison": Scene(chief, address(entry, "compare", entry.pk) + f"?from={first.pk}"),
        "recover": Scene(chief, recover),
        "nothing to recover": Scene(chief, f"{recover}?q=zzz"),
    }


def _doubles(entry: Any, chief: Client) -> dict[str, Scene]:
    double = make.make_organization(
        "Officina Comune APS",
        city=entry.city,
        summary_it="Un altro testo",
        email="ciao@officina.example",
    )
    double.web_addresses.create(url="https://officina.example/una/pagina/molto/lunga/da/leggere")
    for row, words in ((entry, "Il sito"), (double, "Il nostro sito")):
        row.web_addresses.create(url="https://officina.example/", label_it=words)
    find_doubles()
    one = address(entry, "merge", entry.pk)
    done = merge(*(make.make_organization(name) for name in ("Una", "Un’altra")), Wanted())
    return {
        "suspected doubles": Scene(chief, address(entry, "suspected")),
        "merge": Scene(chief, f"{one}?with={double.pk}"),
        "choose what to merge": Scene(chief, one),
        "merged": Scene(chief, address(entry, "merged", done.kept)),
    }


def _tables(chief: Client) -> dict[str, Scene]:
    bring = reverse("exchange:bring_back", args=["organization"])
    file = SimpleUploadedFile("tabella di novembre.csv", TABLE.encode())
    chief.post(bring, {"status": "in_review", "file": file})
    table = reverse("exchange:table", args=[Sheet.objects.latest("pk").pk])
    return {
        "table to bring": Scene(chief, bring),
        "rows not imported": Scene(chief, f"{table}?show=refused"),
        "changed entries": Scene(chief, f"{table}?show=changed"),
        "new entries": Scene(chief, f"{table}?show=new"),
    }
