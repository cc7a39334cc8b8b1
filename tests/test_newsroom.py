"""Whatever anybody sends in whatever order: no draft becomes public by whom it is not theirs to
publish, no field changes that nobody wrote, and the history has all of it.

People of every role send to every address of the admin that takes something, what their pages offer
and what they do not. After each request the entries are held against what they were before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from directory.comparison import changed_keys
from directory.history import Document, deleted, documents, versions_of
from directory.pairs import Merge
from directory.registry import kind_of
from directory.workflow import STEPS, publish_due
from exchange.models import Import, ImportedRow, Sheet
from tests import builders as make
from tests import databases
from tests.admin_form import fields
from tests.newsroom import (
    EDITORS,
    KINDS,
    LANGUAGES,
    NEAR,
    NOBODY,
    PEOPLE,
    PUBLIC,
    REVIEWERS,
    TRANSLATORS,
    WAYS,
    Newsroom,
    Said,
    languages_of,
    may_write_column,
    open_newsroom,
)
from tests.test_admin import change
from tests.test_tables import as_csv

ANYTHING = object()
# What texts say of each other follows from them.
FOLLOWING = dict.fromkeys(("text_marks", "still_right"), ANYTHING)
THE_CLOCK = "the clock"
# After so many requests that changed nothing a visitor reads again all the same.
REREAD = 5

Allowed = dict[str, Any]
"""Of one entry the fields, and the rows by list and key, that may be another now, each with the
value that it has if it is."""

# Reviewers and editors do most of what there is to do.
people = st.sampled_from((*PEOPLE, "editor", "editor", "reviewer", "reviewer", "reviewer"))
names = st.sampled_from(("Abete", "Abete", "Betulla", "Cipresso", "Dattero"))
steps = st.sampled_from(tuple(WAYS))
columns = st.sampled_from(
    ("summary_it", "summary_en", "description_it", "description_en", "email", "name_it")
)
edits = st.dictionaries(columns, st.sampled_from(("new", "new", "empty", "copy")), max_size=3)
rows_done = st.sets(
    st.sampled_from(
        ("edit", "add", "drop", "add source", "drop sources", "theme", "place", "picture", "tie")
    ),
    max_size=2,
)


MOVES: dict[str, Any] = {}
OFTEN: list[str] = []


def move(weight: int, **drawn: Any) -> Callable[[Any], Any]:
    """Something that somebody may do, with what is chosen by chance, and how often it is done.

    Rules of their own would each be left out of half of the examples, which are few here.
    """

    def known(method: Any) -> Any:
        MOVES[method.__name__] = drawn
        OFTEN.extend([method.__name__] * weight)
        return method

    return known


class Work(RuleBasedStateMachine):
    """One request is one step; all of an example is taken back at its end."""

    def __init__(self, room: Newsroom) -> None:
        super().__init__()
        self.room, self.model, self.pks = room, room.model, room.pks
        self.plural = KINDS[room.model]
        self.block = transaction.atomic()
        self.block.__enter__()
        self.written = self.requests = 0
        self.is_sound = True
        self.forms: dict[tuple[str, str], dict[str, Any]] = {}
        self.tables: dict[str, tuple[int, int, dict[str, str]]] = {}
        self.gone: dict[int, Said] = {}
        self.merges: dict[int, dict[int, Said]] = {}
        self.now = room.read()
        self.seen = room.seen()
        self.highest = {pk: said.version for pk, said in self.now.items()}

    def teardown(self) -> None:
        try:
            if self.is_sound:
                assert self.room.partner_is_recorded()
                for said in self.now.values():
                    self._look_at(said)
                for place in self._places():
                    self._look_in(place)
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @rule(data=st.data())
    def something_happens(self, data: Any) -> None:
        waiting = self.model._meta.get_field("proposals").related_model.objects.waiting()
        can = {
            "decide": waiting.exists(),
            "recover": bool(self.gone),
            "take_a_merge_back": bool(self.merges),
            "import_the_table": bool(self.tables),
            "throw_the_table_away": bool(self.tables),
            # The form of a partner does not have its projects.
            "tie_or_untie": hasattr(self.model, "memberships"),
        }
        what = data.draw(st.sampled_from([each for each in OFTEN if can.get(each, True)]))
        chosen = {name: data.draw(drawn, label=name) for name, drawn in MOVES[what].items()}
        getattr(self, what)(**chosen)

    # ---------------------------------------------------------------- what holds after every step
    def check(
        self,
        who: str,
        allowed: dict[int, Allowed],
        status: Callable[[int, Said, Said], str] = lambda pk, old, new: old.status,
    ) -> dict[int, Said]:
        """What the entries were. ``status`` says what that of an entry must be."""
        self.requests += 1
        self.is_sound = False
        before, self.now = self.now, self.room.read()
        was_seen = self.seen
        if self.now != before or self.requests % REREAD == 0:
            self.seen = self.room.seen()
        for pk, said in self.now.items():
            old = before.get(pk) or self.gone[pk]
            is_back = pk not in before
            may_publish = self.room.may_publish(who, old)
            assert said.version >= self.highest[pk] + is_back, (pk, said.version, self.highest[pk])
            self.highest[pk] = said.version
            assert said.is_recorded, pk
            assert said.status == status(pk, old, said), (who, old.status, said.status)
            if said.day and (is_back or said.day != old.day):
                assert may_publish, (who, said.day)
            if said.status in PUBLIC and (is_back or said.status != old.status):
                assert may_publish or who == THE_CLOCK, who
            if said.status == "published":
                assert said.is_fit
            assert (f"{self.plural}/{said.slug}" in self.seen) == (said.status == "published")
            self._only_what_was_written(old, said, allowed.get(pk, {}))
        self.gone |= {pk: said for pk, said in before.items() if pk not in self.now}
        for pk in self.now:
            self.gone.pop(pk, None)
        if who != THE_CLOCK and not any(self.room.may_publish(who, one) for one in before.values()):
            assert self.seen == was_seen, who
        self._look_around()
        self.is_sound = True
        return before

    def _only_what_was_written(self, old: Said, new: Said, allowed: Allowed) -> None:
        if allowed:
            allowed = FOLLOWING | allowed
        for name, value in new.fields.items():
            if name in ("status", "published_at") or old.fields[name] == value:
                continue
            assert name in allowed, (name, old.fields[name], value)
            assert allowed[name] in (ANYTHING, value), (name, allowed[name], value)
        for name, rows in new.lists.items():
            for key in {*rows, *old.lists[name]}:
                was, now = old.lists[name].get(key), rows.get(key)
                if was == now:
                    continue
                unit = f"{name}:{key}" if was else f"{name}:new"
                assert unit in allowed, (unit, was, now)
                wanted = allowed[unit]
                assert wanted is ANYTHING or (now or {}).items() >= wanted.items(), (unit, now)

    # ---------------------------------------------------------------- what a visitor sees
    def _look_around(self) -> None:
        """At one entry's page, or at one of the places where entries might stand."""
        found, places = list(self.now.values()), self._places()
        turn, is_page = divmod(self.requests, 2)
        if is_page and found:
            self._look_at(found[turn % len(found)])
        elif not is_page:
            self._look_in(places[turn % len(places)])

    def _look_at(self, said: Said) -> None:
        page = reverse(f"{self.model._meta.app_label}:detail", args=[said.slug])
        expected = {"published": 200, "archived": 410}.get(said.status, 404)
        assert Client().get(page).status_code == expected, (said.slug, said.status)

    def _places(self) -> list[str]:
        listing = reverse(f"{self.model._meta.app_label}:list")
        return [
            *(listing, f"{listing}?format=csv", f"{listing}?format=geojson"),
            *(f"{reverse('search')}?q={name}" for name in self.pks),
            f"{reverse('suggestions')}?q=betulla",
            f"/sitemap-{self.model._meta.app_label}.xml",
        ]

    def _look_in(self, place: str) -> None:
        answer = Client().get(place)
        assert answer.status_code == 200, place
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        for said in self.now.values():
            if said.status != "published":
                assert f"/{said.slug}/".encode() not in body, (place, said.slug)
                assert f'"{said.slug}"'.encode() not in body, (place, said.slug)

    # ---------------------------------------------------------------- small words
    def entry(self, name: str) -> tuple[int, Any]:
        return self.pks[name], self.now.get(self.pks[name])

    def post(self, who: str, page: str, data: dict[str, Any]) -> Any:
        answer = self.room.clients[who].post(page, data)
        assert answer.status_code < 500, page
        return answer

    def values(self, edits: dict[str, str], said: Said) -> dict[str, str]:
        return {column: self._value(column, how, said) for column, how in edits.items()}

    def _value(self, column: str, how: str, said: Said) -> str:
        name, _, language = column.rpartition("_")
        if how == "copy" and language in LANGUAGES:
            return said.fields[f"{name}_{'en' if language == 'it' else 'it'}"]
        if how == "empty":
            return ""
        self.written += 1
        return f"t{self.written}@a.example" if column == "email" else f"Testo {self.written}"

    def writable(self, who: str, said: Said, values: dict[str, str]) -> dict[str, str]:
        if not self.room.writes_at_once(who, said):
            return {}
        return {name: value for name, value in values.items() if may_write_column(who, name)}

    # ---------------------------------------------------------------- the form
    @move(2, who=people, name=names)
    def open_the_form(self, who: str, name: str) -> None:
        """And leave it open, while others go on."""
        pk, said = self.entry(name)
        if said is None:
            return
        # Whoever has no form sends what somebody else's has.
        has_one = who in TRANSLATORS or self.room.may_edit(who, said)
        answer = self.room.clients[who if has_one else "reviewer"].get(
            self.room.address("change", pk)
        )
        assert answer.status_code == 200
        self.forms[who, name] = fields(answer)

    @move(6, who=people, name=names, edits=edits, rows=rows_done, step=st.none() | steps)
    def save_the_form(self, who: str, name: str, edits: Any, rows: Any, step: str | None) -> None:
        """As it was opened, maybe long ago; with a step or without."""
        if (who, name) not in self.forms:
            self.open_the_form(who, name)
        pk, said = self.entry(name)
        shown = self.forms.pop((who, name), None)
        if said is None or shown is None:
            return
        values = self.values(edits, said)
        data = shown | values | {"_continue": "1"}
        written = self._row_changes(data, rows) if who in EDITORS else {}
        if step:
            data |= {"_step": step, **_answer_to(step)}
        answer = self.post(who, self.room.address("change", pk), data)
        mine = self.writable(who, said, values)
        is_saved = answer.status_code == 302 and self.room.writes_at_once(who, said)
        if not is_saved:
            mine, written = {}, {}
        was = {column: (shown.get(column) or [""])[0] for column in mine}
        for column, value in list(mine.items()):
            now = said.fields[column]
            if value == was[column]:
                mine[column] = now
            else:
                assert now in (was[column], value), f"{column}: another's text is overwritten"
        allowed = {pk: mine | written | (FOLLOWING if is_saved else {})}
        self.check(
            who,
            allowed,
            lambda each, old, new: (
                self.room.after(who, old, step, new.is_fit)
                if each == pk and is_saved and step
                else old.status
            ),
        )
        for column, value in mine.items():
            assert self.now[pk].fields[column] == value, (column, value)

    def _row_changes(self, data: dict[str, Any], rows: set[str]) -> Allowed:
        """Changes the rows of what is sent; the rows that may be another for it."""
        allowed: Allowed = {}
        self.written += 1
        text = f"Riga {self.written}"
        stored = int(data.get("milestones-INITIAL_FORMS", ["0"])[0])
        if "edit" in rows and stored:
            data["milestones-0-text_it"] = text
            allowed[f"milestones:{data['milestones-0-id'][0]}"] = ANYTHING
            # What somebody deleted meanwhile comes back as a row of its own.
            allowed["milestones:new"] = {"text_it": text}
        if "drop" in rows and stored:
            data["milestones-0-DELETE"] = "on"
            allowed[f"milestones:{data['milestones-0-id'][0]}"] = ANYTHING
        for prefix, column, what in (
            ("milestones", "text_it", "add"),
            ("sources", "title_it", "add source"),
        ):
            if what in rows and f"{prefix}-TOTAL_FORMS" in data:
                number = int(data[f"{prefix}-TOTAL_FORMS"][0])
                data[f"{prefix}-TOTAL_FORMS"] = [str(number + 1)]
                data |= {f"{prefix}-{number}-{column}": text, f"{prefix}-{number}-order": "0"}
                allowed[f"{prefix}:new"] = {column: text}
        if "drop sources" in rows:
            for number in range(int(data.get("sources-INITIAL_FORMS", ["0"])[0])):
                data[f"sources-{number}-DELETE"] = "on"
                allowed[f"sources:{data[f'sources-{number}-id'][0]}"] = ANYTHING
        if "theme" in rows:
            data["themes"] = [self.room.theme.pk]
            allowed["themes"] = ANYTHING
        if "picture" in rows and int(data.get("pictures-INITIAL_FORMS", ["0"])[0]):
            data["pictures-0-alt_en"] = text
            allowed[f"pictures:{data['pictures-0-id'][0]}"] = ANYTHING
        for prefix, what in (
            ("places", "place"),
            ("memberships", "tie"),
            ("participations", "tie"),
        ):
            if what in rows and int(data.get(f"{prefix}-INITIAL_FORMS", ["0"])[0]):
                data[f"{prefix}-0-DELETE"] = "on"
                allowed[f"{prefix}:{data[f'{prefix}-0-id'][0]}"] = ANYTHING
        return allowed

    @move(
        1,
        who=people,
        name=names,
        page=st.sampled_from(("change", "preview", "history", "proposal", "proposal_preview")),
    )
    def look(self, who: str, name: str, page: str) -> None:
        """Pages put a proposal in for as long as they are drawn."""
        pk, said = self.entry(name)
        if said is None:
            return
        proposal = self.model(pk=pk).proposals.first()
        if page.startswith("proposal") and proposal is None:
            return
        number = [proposal.pk] if page.startswith("proposal") else []
        answer = self.room.clients[who].get(self.room.address(page, pk, *number))
        assert answer.status_code != 200 or who not in (NOBODY, "manager"), page
        self.check(who, {})

    @move(1, who=people, step=steps)
    def add_an_entry(self, who: str, step: str) -> None:
        page = self.room.address("add")
        opened = self.room.clients["reviewer"].get(page)
        name = f"Edera {self.requests}"
        new = {"name_it": name, "summary_it": "Nuova", "status": "published", "_step": step}
        answer = self.post(who, page, fields(opened) | new | _answer_to(step))
        made = self.model.objects.filter(name_it=name).first()
        assert bool(made) == (who in EDITORS), answer.status_code
        if made:
            # It has no source yet.
            may = self.room.after(who, None, step, False)
            assert made.status == may, (who, step, made.status)
            made.delete()
        self.check(who, {})

    # ---------------------------------------------------------------- the list
    @move(4, who=people, chosen=st.sets(names, min_size=1), step=steps)
    def take_a_step_from_the_list(self, who: str, chosen: set[str], step: str) -> None:
        pks = [self.pks[name] for name in chosen]
        data = {"action": step, "_selected_action": pks, "answered": "1", **_answers()}
        self.post(who, self.room.address("changelist"), data)
        self.check(
            who,
            {},
            lambda pk, old, new: (
                self.room.after(who, old, step, old.is_fit) if pk in pks else old.status
            ),
        )

    @move(2, days=st.sampled_from((1, 0)))
    def the_day_comes(self, days: int) -> None:
        day = timezone.localdate() + timedelta(days=days)
        publish_due(day)

        def due(pk: int, old: Said, new: Said) -> str:
            is_due = old.status == "in_review" and old.day and old.day <= day and old.is_fit
            return "published" if is_due else old.status

        self.check(THE_CLOCK, {}, due)
        assert not any(said.day and said.day <= day for said in self.now.values())

    @move(1, who=people, name=names)
    def check_today(self, who: str, name: str) -> None:
        pk, said = self.entry(name)
        if said is None:
            return
        self.post(who, self.room.address("checked_today", pk), {})
        self._checked(who, [pk])

    def _checked(self, who: str, pks: list[int]) -> None:
        mine = [pk for pk in pks if pk in self.now and self.room.may_edit(who, self.now[pk])]
        self.check(who, {pk: dict.fromkeys(("checked_on", "checked_by"), ANYTHING) for pk in mine})
        for pk in mine:
            assert self.now[pk].fields["checked_on"] == str(timezone.localdate())

    @move(1, who=people, name=names, language=st.sampled_from(LANGUAGES), one=st.booleans())
    def say_still_right(self, who: str, name: str, language: str, one: bool) -> None:
        pk, said = self.entry(name)
        if said is None:
            return
        data = {"text": f"summary_{language}"} if one else {"language": language}
        self.post(who, self.room.address("still_right", pk), data)
        self._still_right(who, [pk], language)

    def _still_right(self, who: str, pks: list[int], language: str) -> None:
        speaks = language in languages_of(who)
        mine = [
            pk
            for pk in pks
            if speaks and pk in self.now and self.room.is_in_scope(who, self.now[pk])
        ]
        self.check(who, dict.fromkeys(mine, FOLLOWING))

    @move(
        3,
        who=people,
        chosen=st.sets(names, min_size=1),
        action=st.sampled_from(
            ("checked_today", "still_right_it", "still_right_en", "delete_selected")
        ),
    )
    def act_on_several(self, who: str, chosen: set[str], action: str) -> None:
        """From the list."""
        pks = [self.pks[name] for name in chosen]
        data = {"action": action, "_selected_action": pks, "post": "yes"}
        self.post(who, self.room.address("changelist"), data)
        if action == "checked_today":
            self._checked(who, pks)
        elif action == "delete_selected":
            self._deleted(who, pks)
        else:
            self._still_right(who, pks, action.removeprefix("still_right_"))

    @move(1, who=people, name=names)
    def delete(self, who: str, name: str) -> None:
        pk, said = self.entry(name)
        if said is None:
            return
        self.post(who, self.room.address("delete", pk), {"post": "yes"})
        self._deleted(who, [pk])

    def _deleted(self, who: str, pks: list[int]) -> None:
        """One that may not be deleted can keep the others, and is never deleted with them."""
        mine = {pk for pk in pks if pk in self.now and self.room.may_delete(who, self.now[pk])}
        there = set(pks) & set(self.now)
        self.check(who, {})
        gone = there - set(self.now)
        assert gone == mine or (gone < mine < there), (who, gone, mine)

    # ---------------------------------------------------------------- the other end of a tie
    @move(2, who=people, name=names, adds=st.booleans())
    def tie_or_untie(self, who: str, name: str, adds: bool) -> None:
        """In the form of whoever they are tied to, which is public and in no place."""
        pk, said = self.entry(name)
        if said is None:
            return
        page = change(self.room.partner)
        data = fields(self.room.clients["reviewer"].get(page))
        there, own = int(data["memberships-TOTAL_FORMS"][0]), self.model._meta.model_name
        allowed: Allowed = {}
        if adds:
            data |= {"memberships-TOTAL_FORMS": str(there + 1), f"memberships-{there}-{own}": pk}
            data |= {f"memberships-{there}-role": make.make_role().pk}
            data |= {f"memberships-{there}-current": "yes", f"memberships-{there}-order": "0"}
            allowed["memberships:new"] = ANYTHING
        for number in range(0 if adds else there):
            if data[f"memberships-{number}-{own}"] == [str(pk)]:
                data[f"memberships-{number}-DELETE"] = "on"
                allowed[f"memberships:{data[f'memberships-{number}-id'][0]}"] = ANYTHING
        self.post(who, page, data)
        may = who == "reviewer"
        self.check(who, {pk: allowed} if may else {})
        assert not may or bool(self.now[pk].lists["memberships"]) == adds

    # ---------------------------------------------------------------- proposals
    @move(
        4,
        who=people,
        name=names,
        decision=st.sampled_from(("accept", "accept", "accept_some", "refuse", "withdraw")),
        part=st.sampled_from((slice(None), slice(None), slice(1), slice(1, None))),
        choice=st.sampled_from(("proposed", "now")),
    )
    def decide(self, who: str, name: str, decision: str, part: slice, choice: str) -> None:
        pk, said = self.entry(name)
        waiting = self.model(pk=pk).proposals.waiting().first() if said else None
        if waiting is None:
            return
        page = self.room.address("proposal", pk, waiting.pk)
        sent = fields(self.room.clients["reviewer"].get(page))
        keys = sent["keys"] = sent.get("keys", [])[part]
        disputed = [each for each in sent if each.startswith("choose-")]
        sent |= {each: [choice] for each in disputed}
        self.post(who, page, sent | {"decision": decision})
        state = type(waiting).objects.values_list("state", flat=True).get(pk=waiting.pk)
        may = self.room.may_publish(who, said)
        is_author = waiting.author == self.room.people.get(who)
        assert state == "open" or (is_author if decision == "withdraw" else may), (who, state)
        if choice == "proposed":
            keys = [*keys, *(each.removeprefix("choose-") for each in disputed)]
        allowed: Allowed = {}
        if may and decision.startswith("accept"):
            allowed = _of_keys(keys, waiting.after["fields"], said)
        self.check(who, {pk: allowed})
        for key in allowed if state in ("accepted", "partly") else ():
            if key in waiting.after["fields"]:
                assert self.now[pk].fields[key] == (waiting.after["fields"][key] or "")

    @move(2, who=people, name=names)
    def open_again(self, who: str, name: str) -> None:
        pk, said = self.entry(name)
        rows = self.model(pk=pk).proposals if said else None
        aside = rows.filter(state__in=("refused", "withdrawn")).first() if rows else None
        if aside is None:
            return
        waits = rows.waiting().of_author(aside.author).exists()
        page = self.room.address("proposal", pk, aside.pk)
        self.post(who, page, {"decision": "open_again"})
        is_author = aside.author == self.room.people.get(who)
        may = is_author if aside.state == "withdrawn" else self.room.may_publish(who, said)
        state = type(aside).objects.values_list("state", flat=True).get(pk=aside.pk)
        assert (state == "open") == (may and not waits), (who, aside.state, state)
        self.check(who, {})

    # ---------------------------------------------------------------- history
    @move(2, who=people, name=names, age=st.integers(1, 9), part=st.sampled_from((None, 0, 1)))
    def put_back(self, who: str, name: str, age: int, part: int | None) -> None:
        pk, said = self.entry(name)
        if said is None:
            return
        versions = list(versions_of(self.model(pk=pk))[: age + 1])
        then = Document.read(self.model, versions[-1].serialized_data)
        now = Document.read(self.model, documents(self.model, [pk])[pk])
        keys = list(changed_keys(self.model, now, then))
        keys = keys if part is None else keys[part : part + 1]
        page = f"{self.room.address('compare', pk)}?from={versions[-1].pk}&to=now"
        self.post(who, page, {"keys": [*keys, "status", "published_at"]})
        may = self.room.may_edit(who, said) and self.room.writes_at_once(who, said)
        self.check(who, {pk: _of_keys(keys, then.fields, said) if may else {}})
        for key in keys if may and said.status != "published" else ():
            if key in then.fields and key not in ("status", "published_at", *FOLLOWING):
                was = then.fields[key]
                assert self.now[pk].fields[key] == ("" if was is None else was), key

    @move(3, who=people, name=names)
    def recover(self, who: str, name: str) -> None:
        pk, said = self.entry(name)
        if said is not None:
            return
        was = self.gone[pk]
        is_merged = (
            Merge.objects.standing().filter(kind=kind_of(self.model).number, lost=pk).exists()
        )
        version = deleted(self.model).filter(object_id=pk).first()
        self.post(who, self.room.address("recover"), {"version": version.pk})
        # What was merged is elsewhere, with its address and its rows.
        allowed = {"slug": ANYTHING} if is_merged else {}
        if is_merged:
            allowed |= {f"{each}:{key}": ANYTHING for each in was.lists for key in was.lists[each]}
        self.check(who, {pk: allowed}, lambda each, old, new: "draft" if each == pk else old.status)
        if pk in self.now:
            assert self.room.may_edit(who, self.now[pk]), who
        elif not (is_merged and who in NEAR):
            draft = replace(was, fields=was.fields | {"status": "draft"})
            assert not self.room.may_edit(who, draft), who

    # ---------------------------------------------------------------- merging
    @move(
        2,
        who=people,
        kept=names,
        lost=names,
        taken=st.sets(columns | st.just("status"), max_size=2),
    )
    def merge(self, who: str, kept: str, lost: str, taken: set[str]) -> None:
        (one, mine), (two, theirs) = self.entry(kept), self.entry(lost)
        if mine is None or theirs is None or one == two:
            return
        data = {"with": two, "version": mine.version, "other_version": theirs.version}
        data |= {"names_to": "other_names"} | {f"choose-{name}": "other" for name in taken}
        self.post(who, self.room.address("merge", one), data)
        may = all(self.room.may_merge(who, said) for said in (mine, theirs))
        is_done = not self.model.objects.filter(pk=two).exists()
        assert may or not is_done, who
        allowed: Allowed = {}
        if is_done:
            allowed = {name: theirs.fields[name] for name in taken}
            allowed |= dict.fromkeys(("other_names", "internal_note", "themes"), ANYTHING)
            allowed |= {f"{name}:new": ANYTHING for name in mine.lists}
            # Of two rows that are one, each says what only it said.
            allowed |= {f"{name}:{key}": ANYTHING for name, key in _rows(mine)}
        takes_status = is_done and "status" in taken
        before = self.check(
            who,
            {one: allowed},
            lambda pk, old, new: theirs.status if takes_status and pk == one else old.status,
        )
        if is_done:
            self.merges[Merge.objects.latest("pk").pk] = before
            self._nothing_is_lost(self.now[one], mine, theirs)

    def _nothing_is_lost(self, now: Said, *both: Said) -> None:
        """What either said in any row is said by a row, and each theme is there."""
        assert set(now.fields["themes"]) == {pk for said in both for pk in said.fields["themes"]}
        for said in both:
            for name, rows in said.lists.items():
                for row in rows.values():
                    own = {"order", "entry", "source", self.model._meta.model_name}
                    words = {key: value for key, value in row.items() if value and key not in own}
                    left = now.lists[name].values()
                    assert any(words.items() <= each.items() for each in left), (name, words)
            called = {now.fields["name_it"], *now.fields["other_names"], ""}
            assert said.fields["name_it"] in called

    @move(3, who=people, name=names)
    def take_a_merge_back(self, who: str, name: str) -> None:
        pk, said = self.entry(name)
        done = Merge.objects.standing().filter(pk__in=self.merges, kept=pk).order_by("-pk").first()
        if said is None or done is None:
            return
        was = self.merges[done.pk]
        self.post(who, self.room.address("merged", pk), {"merge": done.pk})
        done.refresh_from_db()
        may = self.room.may_edit(who, said) and self.room.writes_at_once(who, said)
        for each in (done.kept, done.lost):
            if was[each].status in PUBLIC or was[each].day:
                may = may and self.room.may_publish(who, said)
        assert may or not done.undone_on, who
        if done.undone_on:
            self.gone[done.lost] = was[done.lost]
        self.check(
            who,
            {pk: _everything(said, was[pk])} if done.undone_on else {},
            lambda each, old, new: (
                was[each].status if done.undone_on and each == pk else old.status
            ),
        )
        for each in (done.kept, done.lost) if done.undone_on else ():
            same = [(one.fields | FOLLOWING, one.lists) for one in (self.now[each], was[each])]
            assert same[0] == same[1]

    # ---------------------------------------------------------------- tables
    @move(2, who=people, name=names, edits=edits, empties=st.booleans())
    def send_a_table(self, who: str, name: str, edits: Any, empties: bool) -> None:
        pk, said = self.entry(name)
        if said is None or not edits:
            return
        values = self.values(edits, said)
        file = SimpleUploadedFile("t.csv", as_csv([{"slug": said.slug} | values]))
        data = {"file": file, "status": "draft"} | ({"empties": "on"} if empties else {})
        self.post(who, f"/admin/tables/{self.model._meta.model_name}/", data)
        self.check(who, {})
        kept = {name: value for name, value in values.items() if value or empties}
        self.tables[who] = (pk, said.version, kept)

    @move(1, who=people, other=st.none() | people)
    def throw_the_table_away(self, who: str, other: str | None) -> None:
        owner = other or who
        user = self.room.people.get(owner)
        sheet = Sheet.objects.filter(user=user, written=None).first() if user else None
        if sheet is None:
            return
        self.post(who, f"/admin/tables/sent/{sheet.pk}/", {"discard": "1"})
        self.check(who, {})
        assert Sheet.objects.filter(pk=sheet.pk).exists() == (owner != who), (who, owner)

    @move(2, who=people, name=names, decision=st.sampled_from(("same", "same", "new", "left_out")))
    def decide_a_row(self, who: str, name: str, decision: str) -> None:
        """Of an import that somebody made at the terminal."""
        pk, said = self.entry(name)
        if said is None:
            return
        self.written += 1
        text, kind = f"Testo {self.written}", self.model._meta.model_name
        run = Import.objects.create(kind=kind, file_name="a.csv", source_title="Elenco")
        row = ImportedRow.objects.create(
            run=run,
            number=2,
            digest="0" * 32,
            outcome="uncertain",
            values={"name_it": text, "summary_it": text, "sources": [["", ""]]},
            candidates=[[pk, "same_name_and_city"]],
        )
        page = reverse("admin:exchange_importedrow_change", args=[row.pk])
        self.post(who, page, {"decision": str(pk) if decision == "same" else decision})
        row.refresh_from_db()
        may = who in REVIEWERS and (decision != "same" or self.room.writes_at_once(who, said))
        assert (row.outcome == "uncertain") != may, (who, decision, row.outcome)
        if decision == "new" and may:
            made = self.model.objects.get(name_it=text)
            assert made.status == "in_review"
            made.delete()
        # What somebody wrote is not written over.
        allowed: Allowed = {
            name: text for name in ("name_it", "summary_it") if not said.fields[name]
        }
        allowed |= {"sources:new": ANYTHING} if allowed else {}
        self.check(who, {pk: allowed} if may and decision == "same" else {})

    @move(3, who=people, other=st.none() | people)
    def import_the_table(self, who: str, other: str | None) -> None:
        """One's own, or somebody else's."""
        owner = other or who
        user = self.room.people.get(owner)
        sheet = Sheet.objects.filter(user=user, written=None).first() if user else None
        if sheet is None:
            return
        pk, version, values = self.tables[owner]
        self.post(who, f"/admin/tables/sent/{sheet.pk}/", {"import": "1"})
        said, allowed = self.now.get(pk), {}
        if said and owner == who and said.version == version:
            allowed = self.writable(who, said, values)
        self.check(who, {pk: allowed})


# ------------------------------------------------------------------ what is allowed
def _answers() -> dict[str, str]:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return {"note": "Manca l’anno.", "day": str(tomorrow)}


def _answer_to(step: str) -> dict[str, str]:
    """In the form of an entry a note or a day goes with the step that asks for it, and no other."""
    return {
        f"step_{asked}": said for asked, said in _answers().items() if STEPS[step].asks == asked
    }


def _rows(said: Said) -> Iterator[tuple[str, int]]:
    for name, rows in said.lists.items():
        for key in rows:
            yield name, key


def _of_keys(keys: list[str], values: dict[str, Any], said: Said) -> Allowed:
    """Of what versions and proposals call what differs: a field, or a row of a list."""
    allowed: Allowed = {}
    for key in keys:
        name, _, row = key.partition(":")
        if row:
            is_there = row.isdigit() and int(row) in said.lists[name]
            allowed[key if is_there else f"{name}:new"] = ANYTHING
        elif name in values:
            allowed[name] = "" if values[name] is None else values[name]
    return allowed


def _everything(said: Said, then: Said) -> Allowed:
    allowed = dict.fromkeys(said.fields, ANYTHING)
    allowed |= {f"{name}:{key}": ANYTHING for name, key in _rows(said)}
    return allowed | {f"{name}:new": ANYTHING for name in then.lists}


# ------------------------------------------------------------------ running it
@pytest.fixture(scope="module", params=KINDS, ids=lambda model: model.__name__)
def room(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Newsroom]:
    with django_db_blocker.unblock(), databases.lent(databases.TABLES), transaction.atomic():
        with translation.override("it"):
            yield open_newsroom(request.param)
        transaction.set_rollback(True)


def test_what_may_be_done_is_done(room):
    """All the rest would hold too if whatever is dear to undo were refused to everybody."""
    work = Work(room)
    try:
        work.merge("reviewer", "Abete", "Betulla", {"email"})
        assert set(room.pks.values()) - set(work.now) == {room.pks["Betulla"]}
        work.take_a_merge_back("reviewer", "Abete")
        assert set(work.now) == set(room.pks.values())
        assert not Merge.objects.standing().exists()
        work.send_a_table("reviewer", "Abete", {"summary_it": "new", "email": "empty"}, True)
        [[pk, _version, written]] = work.tables.values()
        work.import_the_table("reviewer", None)
        said = {name: work.now[pk].fields[name] for name in written}
        assert said == written == {"summary_it": "Testo 1", "email": ""}
    finally:
        work.teardown()


def test_what_is_not_theirs_is_tried_where_one_guard_stands_before_it(room):
    """Chance brings these together too seldom."""
    work, everything, all_of_it = Work(room), set(room.pks), slice(None)
    try:
        for _time in range(2):
            work.save_the_form("reviewer", "Abete", {"summary_it": "new"}, set(), None)
        for who in ("editor", "translator_it"):
            work.put_back(who, "Abete", 1, None)
        two = {"summary_it": "new", "summary_en": "new"}
        work.save_the_form("editor", "Abete", two, {"add"}, None)
        for page in ("change", "proposal", "proposal_preview"):
            work.look("editor", "Abete", page)
        work.decide("editor", "Abete", "accept", all_of_it, "proposed")
        work.decide("reviewer", "Abete", "accept_some", slice(1), "proposed")
        work.decide("reviewer", "Abete", "refuse", all_of_it, "proposed")
        work.open_again("editor", "Abete")
        work.decide_a_row("reviewer_near", "Dattero", "same")
        work.decide_a_row("editor", "Betulla", "same")
        work.send_a_table("editor", "Abete", {"summary_it": "new"}, False)
        work.import_the_table("reviewer", "editor")
        work.throw_the_table_away("reviewer", "editor")
        work.import_the_table("editor", None)
        if hasattr(room.model, "memberships"):
            for who, adds in (("editor", False), ("reviewer", False), ("reviewer", True)):
                work.tie_or_untie(who, "Dattero", adds)
        work.act_on_several("editor_near", everything, "checked_today")
        work.act_on_several("translator_it", everything, "still_right_en")
        for step in WAYS:
            work.take_a_step_from_the_list("editor_near", everything, step)
        work.act_on_several("editor", everything, "delete_selected")
        work.act_on_several("reviewer_near", {"Betulla", "Dattero"}, "delete_selected")
        for name in ("Betulla", "Dattero"):
            work.delete("reviewer", name)
        for who in ("translator_it", "editor"):
            work.recover(who, "Betulla")
        assert work.now[room.pks["Betulla"]].status == "draft"
    finally:
        work.teardown()


def test_whatever_anybody_does_in_the_newsroom(room):
    """Few examples and many steps in each, since what makes the difference has come before."""
    run_state_machine_as_test(
        lambda: Work(room),
        settings=settings(
            max_examples=2,
            stateful_step_count=24,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            # To make a failing example smaller takes minutes.
            phases=(Phase.generate,),
        ),
    )
