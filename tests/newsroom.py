"""A small newsroom for tests: people with every role, a few entries of one kind that say something
in every text and every list, and what is known of them.

What a person may do is said here a second time, in the words of the guide and not in those of the
program, so that the two can be held against each other.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse
from PIL import Image

from directory.history import Document, documents, kept_fields, latest, record_in_bulk
from directory.pictures import check_and_encode, store
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.api_client import API
from tests.test_roles import member

KINDS = {Organization: "organizations", Network: "networks", Project: "projects"}
LANGUAGES = ("it", "en")

# ------------------------------------------------------------------ who
EDITORS = frozenset({"editor", "editor_near", "reviewer", "reviewer_near"})
REVIEWERS = frozenset({"reviewer", "reviewer_near"})
NEAR = frozenset({"editor_near", "reviewer_near"})
TRANSLATORS = {"translator_it": ("it",), "translator_en": ("en",)}
NOBODY = "nobody"
PEOPLE = (
    *("editor", "editor_near", "reviewer", "reviewer_near"),
    *(*TRANSLATORS, "manager", NOBODY),
)


def languages_of(who: str) -> tuple[str, ...]:
    return LANGUAGES if who in EDITORS else TRANSLATORS.get(who, ())


def may_write_column(who: str, column: str) -> bool:
    return who in EDITORS or column.rpartition("_")[2] in languages_of(who)


# ------------------------------------------------------------------ the way to the public
PUBLIC = frozenset({"published", "archived"})
WAYS = {
    "send_to_review": ({"draft", "published", "archived"}, "in_review"),
    "send_back": ({"in_review"}, "draft"),
    "publish": ({"draft", "in_review", "archived"}, "published"),
    "publish_on": ({"draft", "in_review"}, "in_review"),
    "back_to_draft": ({"in_review", "published", "archived"}, "draft"),
    "archive": ({"draft", "in_review", "published"}, "archived"),
}
FOR_REVIEWERS = frozenset({"send_back", "publish", "publish_on", "archive"})
NEED_ALL = frozenset({"publish", "publish_on"})


# ------------------------------------------------------------------ what
@dataclass
class Said:
    """All of an entry that a person can write, and where it is on its way."""

    fields: dict[str, Any]
    lists: dict[str, dict[int, dict[str, Any]]]
    version: int
    day: date | None
    is_recorded: bool
    """Whether its last version says what it is."""

    @property
    def status(self) -> str:
        return self.fields["status"]

    @property
    def slug(self) -> str:
        return self.fields["slug"]

    @property
    def is_fit(self) -> bool:
        texts = [
            [self.fields[f"{name}_{code}"] for code in LANGUAGES] for name in ("name", "summary")
        ]
        return all(map(any, texts)) and bool(self.lists["sources"])


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """A text that is not there is empty or null."""
    return {name: "" if value is None else value for name, value in fields.items()}


@dataclass
class Newsroom:
    """``torino`` is where those who are near may work; ``pks`` are the entries by name."""

    model: Any
    people: dict[str, Any]
    clients: dict[str, Client]
    torino: Any
    partner: Any
    theme: Any
    pks: dict[str, int] = field(default_factory=dict)

    # ---------------------------------------------------------------- reading
    def read(self) -> dict[int, Said]:
        pks = list(self.pks.values())
        said = documents(self.model, pks)
        last = latest(self.model, said)
        rows = self.model._default_manager.filter(pk__in=pks)
        stored = {pk: more for pk, *more in rows.values_list("pk", "version", "review__publish_on")}
        found = {}
        for pk, text in said.items():
            document = Document.read(self.model, text)
            lists = {
                name: {key: _plain(row) for key, row in rows.items()}
                for name, rows in document.lists.items()
            }
            is_recorded = json.loads(text) == json.loads(last.get(pk, "[]"))
            found[pk] = Said(_plain(document.fields), lists, *stored[pk], is_recorded)
        return found

    def seen(self) -> dict[str, Any]:
        """What a visitor can read of the entries and of whoever is tied to them, but when a person
        last looked at each, which is no change of it."""
        records = {}
        for plural in KINDS.values():
            for record in Client().get(f"{API}/{plural}/?page_size=100").json()["results"]:
                records[f"{plural}/{record['slug']}"] = record | {"checked_on": "", "updated": ""}
        return records

    def partner_is_recorded(self) -> bool:
        """Whether the last version of whoever they are tied to has the ties that there are now."""
        kind, pk = type(self.partner), self.partner.pk
        text = documents(kind, [pk])[pk]
        return json.loads(text) == json.loads(latest(kind, [pk])[pk])

    def address(self, page: str, *args: Any) -> str:
        options = self.model._meta
        return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=args)

    # ---------------------------------------------------------------- who may what
    def is_in_scope(self, who: str, said: Said) -> bool:
        """What is not public and says no place yet is for all."""
        places = [row["city"] for row in said.lists["places"].values()]
        is_anywhere = not places and said.status != "published"
        return who not in NEAR or is_anywhere or self.torino.pk in places

    def may_edit(self, who: str, said: Said) -> bool:
        return who in EDITORS and self.is_in_scope(who, said)

    def may_publish(self, who: str, said: Said) -> bool:
        return who in REVIEWERS and self.is_in_scope(who, said)

    def writes_at_once(self, who: str, said: Said) -> bool:
        """Whether what they change of it, all or the texts in their language, is a change of it."""
        if not (self.may_edit(who, said) or who in TRANSLATORS):
            return False
        return self.may_publish(who, said) or not (said.status == "published" or said.day)

    def may_delete(self, who: str, said: Said) -> bool:
        """What is in use stays: an organization in a network, or in a project."""
        is_in_use = self.model is Organization and (
            said.lists["memberships"] or said.lists["participations"]
        )
        return self.may_publish(who, said) and not is_in_use

    def may_merge(self, who: str, said: Said) -> bool:
        return self.may_edit(who, said) and (
            self.may_publish(who, said) or not (said.status in PUBLIC or said.day)
        )

    def after(self, who: str, said: Said | None, step: str, is_fit: bool) -> str:
        """The status that a step leads to, or the one that there is; none for what is new."""
        sources, goal = WAYS[step]
        status = said.status if said else "draft"
        if status not in sources or (step in NEED_ALL and not is_fit):
            return status
        for_reviewers = step in FOR_REVIEWERS or status in PUBLIC
        may = who in REVIEWERS if for_reviewers else who in EDITORS
        return goal if may and (said is None or self.is_in_scope(who, said)) else status


def open_newsroom(model: Any) -> Newsroom:
    """The people, and four entries: one is public, one is a draft, one lacks all but its name, one
    waits for review. The first two are where those who are near may work."""
    torino = make.make_city("Torino")
    napoli = make.make_city("Napoli", make.make_province("NA"))
    people, clients = {}, {}
    for who in PEOPLE[:-1]:
        scope = {"cities": [torino]} if who in NEAR else {}
        people[who] = member(who.removesuffix("_near"), who, **scope)
        clients[who] = Client()
        clients[who].force_login(people[who])
    clients[NOBODY] = Client()
    other = Network if model is Organization else Organization
    partner = make.make_entry(other, "Il socio", {"summary_it": "Socio."})
    room = Newsroom(model, people, clients, torino, partner, make.make_theme("Orti"))
    for name, status, city in (
        ("Abete", "published", torino),
        ("Betulla", "draft", torino),
        ("Cipresso", "draft", napoli),
        ("Dattero", "in_review", napoli),
    ):
        room.pks[name] = _entry(room, name, status, city).pk
    record_in_bulk([model(pk=pk) for pk in room.pks.values()])
    record_in_bulk([partner])
    return room


def _entry(room: Newsroom, name: str, status: str, city: Any) -> Any:
    bare = name == "Cipresso"
    texts = {} if bare else {"summary_it": f"{name} fa.", "summary_en": f"{name} does."}
    fields = texts | {"description_it": f"{name} a lungo.", "email": f"{name}@a.example".lower()}
    if not bare:
        fields |= {each: f"{name}, {each}" for each in _texts(room.model) if each not in fields}
        fields |= {"themes": [make.make_theme()], "telephone": "+39 011 1234567"}
    one = make.make_entry(room.model, name, {"status": "draft", "places": [city], **fields})
    one.milestones.create(text_it=f"{name} nasce", order=1)
    one.web_addresses.create(url=f"https://{name}.example/".lower())
    if not bare:
        make.fit(one)
        _fill_lists(one, name)
    if name in ("Abete", "Dattero"):
        _tie(room, one)
    one.refresh_from_db()
    one.status = status
    one.save()
    return one


def _texts(model: Any) -> list[str]:
    """In both languages; a name in English would be called first in one of the two."""
    names = (each.name for each in kept_fields(model))
    return [each for each in names if each.endswith(("_it", "_en")) and each[:-3] != "name"]


def _fill_lists(one: Any, name: str) -> None:
    picture = _picture(len(name))
    stored = {each: getattr(picture, each) for each in ("width", "height", "widths")}
    one.pictures.create(image=picture.name, alt_it=f"{name} da vicino", credit=name, **stored)
    one.identifiers.create(scheme="other", value=name)
    for list_, row in (
        ("principles", {"title_it": f"{name} crede", "items_it": "uno\ndue"}),
        ("figures", {"label_it": f"foglie di {name}", "value": 7}),
        ("editions", {"title_it": f"{name} fiorisce"}),
    ):
        if hasattr(one, list_):
            getattr(one, list_).create(**row)


def _picture(size: int) -> Any:
    upload = io.BytesIO()
    Image.new("RGB", (60 + size, 40), "green").save(upload, "PNG")
    return store(check_and_encode(upload))


def _tie(room: Newsroom, one: Any) -> None:
    if room.model is Organization:
        make.join(one, room.partner)
    elif room.model is Network:
        make.join(room.partner, one)
    else:
        make.take_part(one, room.partner, "Capofila")
