"""What no button offers is tried by address: by each role, and by staff who have none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps as registry
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import ForeignKey
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from reversion.models import Revision, Version

from directory.history import deleted, record_in_bulk, versions_of
from directory.merging import Wanted, merge
from directory.models import Theme
from directory.workflow import STEPS
from exchange.models import Import, Sheet
from links.models import Link
from networks.models import MembershipRole, Network
from orgs.models import Organization, OrganizationKind
from projects.models import FundingProgramme, PartnerRole, Project
from staff.models import Event, User
from tests import builders as make
from tests.admin_form import fields
from tests.test_admin import address, change
from tests.test_door import addresses_of_the_admin, give
from tests.test_proposals import Person, page
from tests.test_roles import member
from tests.test_tables import as_csv, confirm, outcomes, send
from tests.test_tables import sent as table_of

pytestmark = pytest.mark.django_db

ENTRIES = (Organization, Network, Project)
TERMS: dict[Any, Any] = {
    Theme: make.make_theme,
    OrganizationKind: make.make_kind,
    MembershipRole: make.make_role,
    PartnerRole: make.make_partner_role,
    FundingProgramme: make.make_programme,
}
ROLES = ("nobody", "manager", "translator_it", "translator_en", "editor", "reviewer")
ELSEWHERE = "Torino"
"""What all of them have for theirs; the entries are in another city."""


@dataclass(frozen=True)
class Attack:
    """A request as a form of the admin sends it; ``may`` are the roles whose work it is, wherever
    an entry lies. ``by`` is who may for certain, so that it is seen to do something."""

    name: str
    path: str
    sent: dict[str, Any]
    by: str = "chief"
    may: frozenset[str] = frozenset()


KEPT = ("orgs", "networks", "projects", "directory", "links", "exchange", "places", "auth")
PEOPLE = """(SELECT id, username, password, is_superuser, is_staff, is_active, first_name
    FROM staff_user)"""


def everything() -> dict[str, str]:
    """A digest of each table, but of what somebody leaves behind who logs in. One query."""
    models = [
        each
        for app in KEPT
        for each in registry.get_app_config(app).get_models(include_auto_created=True)
        if each._meta.managed
    ]
    models += [User.groups.through, User.user_permissions.through, TOTPDevice, Revision, Version]
    rows = {model._meta.db_table: model._meta.db_table for model in models} | {"people": PEOPLE}
    digests = (
        f"SELECT '{name}', md5(string_agg(one::text, '' ORDER BY one::text)) FROM {said} AS one"
        for name, said in rows.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(digests))
        return dict(cursor.fetchall())


# ------------------------------------------------------------------ what is sent
def entry(model: Any, name: str, status: str, **said: Any) -> Any:
    there = make.make_city("Napoli", make.make_province("NA"))
    texts = {"summary_it": "Prima", "summary_en": "First", "status": "draft"}
    one = make.fit(make.make_entry(model, name, texts | {"places": [there]} | said))
    model._default_manager.filter(pk=one.pk).update(status=status)
    one.refresh_from_db()
    return one


def on_the_way(model: Any, entries: dict[str, Any], forms: dict[str, Any]) -> Iterator[Attack]:
    """Each step as a button below the form and as an action of the list."""
    day = "2040-01-01"
    said = {"note": "x", "day": day, "answered": "1"}
    for name, one in STEPS.items():
        status = next(status for status in entries if status in one.sources)
        there = entries[status]
        asked = {f"step_{one.asks}": said[one.asks]} if one.asks else {}
        sent = forms[status] | asked | {"_step": name}
        yield Attack(f"{name} below the form", change(there), sent)
        chosen = {"action": name, "_selected_action": [there.pk]}
        yield Attack(f"{name} in the list", address(model, "changelist"), chosen | said)


def actions(model: Any, one: Any) -> Iterator[Attack]:
    chosen = {"_selected_action": [one.pk], "post": "yes"}
    for name in ("checked_today", "still_right_it", "still_right_en", "delete_selected"):
        yield Attack(f"{name} in the list", address(model, "changelist"), chosen | {"action": name})


def with_stale_texts(one: Any) -> Any:
    for column, text in (
        *(("summary_it", "Seconda"), ("description_en", "Long"), ("description_it", "Lungo")),
        ("description_en", "Longer"),
    ):
        type(one)._default_manager.filter(pk=one.pk).update(**{column: text})
    return type(one)._default_manager.get(pk=one.pk)


def on_entries(model: Any, chief: Client, author: Person) -> Iterator[Attack]:
    one, draft = entry(model, "Pubblica", "published"), entry(model, "Bozza", "draft")
    one = with_stale_texts(one)
    review = entry(model, "In revisione", "in_review")
    entries = {"draft": draft, "in_review": review, "published": one}
    forms = {status: fields(chief.get(change(each))) for status, each in entries.items()}
    for status, each in entries.items():
        sent = forms[status] | {"name_it": "Altro nome", "_save": "1"}
        yield Attack(f"save what is {status}", change(each), sent)
        yield Attack(f"delete what is {status}", address(each, "delete", each.pk), {"post": "yes"})
        yield Attack("checked today", address(each, "checked_today", each.pk), {})
    new = fields(chief.get(address(model, "add"))) | {"name_it": "Nuova"}
    writers = frozenset({"editor", "reviewer"})
    yield Attack("add", address(model, "add"), new, may=writers)
    right = address(one, "still_right", one.pk)
    yield Attack("still right, one text", right, {"text": "summary_en"})
    yield Attack("still right, a language", right, {"language": "it"})
    yield from on_the_way(model, entries, forms)
    yield from actions(model, one)
    # Doubles.
    other = entry(model, "Altra", "draft")
    both = fields(chief.get(address(draft, "merge", draft.pk), {"with": other.pk}))
    yield Attack("merge", address(draft, "merge", draft.pk), both)
    yield Attack("are two", address(draft, "two", draft.pk), {"other": other.pk, "note": "x"})
    kept, lost = entry(model, "Resta", "draft"), entry(model, "Va", "draft")
    done = merge(kept, lost, Wanted())
    yield Attack("take back", address(kept, "merged", kept.pk), {"merge": done.pk})
    # History.
    older = entry(model, "Prima era altro", "draft")
    record_in_bulk([older])
    version = versions_of(older).first()
    model._default_manager.filter(pk=older.pk).update(summary_it="Dopo")
    compare = address(older, "compare", older.pk) + f"?from={version.pk}"
    yield Attack("put back", compare, fields(chief.get(compare)) | {"keys": ["summary_it"]})
    gone = entry(model, "Non c'è più", "draft")
    chief.post(address(gone, "delete", gone.pk), {"post": "yes"})
    last = deleted(model).get(object_id=str(gone.pk))
    yield Attack("recover", address(model, "recover"), {"version": last.pk})
    # Somebody else's proposal.
    proposal = author.propose(one, summary_it="Proposta", description_it="Proposta a lungo")
    shown = fields(chief.get(page(proposal)))
    for decision in ("accept", "accept_some", "refuse"):
        yield Attack(decision, page(proposal), shown | {"decision": decision})
    yield Attack("withdraw", page(proposal), {"decision": "withdraw"}, by="author")
    # What was put aside: by whom, and so by whom it is opened again.
    other = entry(model, "Con proposte messe da parte", "published")
    for decision, by in (("refuse", "chief"), ("withdraw", "author")):
        aside = author.propose(other, summary_it=f"Proposta: {decision}")
        client = chief if by == "chief" else author.client
        client.post(page(aside), fields(client.get(page(aside))) | {"decision": decision})
        again = {"decision": "open_again"}
        yield Attack(f"open again after {decision}", page(aside), again, by=by)
    # Somebody else's table, and one's own.
    sheet = table_of(
        chief, {"slug": draft.slug, "summary_it": "Tabella"}, kind=model._meta.model_name
    )
    for what in ("import", "discard"):
        yield Attack(f"{what} a table", f"/admin/tables/sent/{sheet.pk}/", {what: "1"})


FAILING = {"verdict": "fails", "failures": 3, "failed_on": "2026-11-20"}


def asked(chief: Client, row: Any) -> tuple[str, dict[str, Any]]:
    """The page that asks before it is deleted, and what its button sends."""
    path = address(row, "delete", row.pk)
    return path, fields(chief.get(path))


def asked_of_many(chief: Client, row: Any) -> tuple[str, dict[str, Any]]:
    path = address(row, "changelist")
    chosen = {"action": "delete_selected", "_selected_action": [row.pk]}
    return path, fields(chief.post(path, chosen))


def on_the_rest(chief: Client) -> Iterator[Attack]:
    managers = frozenset({"manager"})
    for model, make_word in TERMS.items():
        word = make_word("Parola")
        own = fields(chief.get(change(word))) | {"name_it": "Altra parola"}
        name = model._meta.model_name
        yield Attack(f"change {name}", change(word), own, may=managers)
        there, confirmed = asked(chief, word)
        yield Attack(f"delete {name}", there, confirmed, may=managers)
        own = fields(chief.get(address(model, "add"))) | {"name_it": "Nuova parola"}
        yield Attack(f"add {name}", address(model, "add"), own, may=managers)
        there, confirmed = asked_of_many(chief, word)
        yield Attack(f"delete some {name}", there, confirmed, may=managers)
    link = Link.objects.create(url="https://prova.example/", **FAILING)
    own = fields(chief.get(change(link))) | {"silenced": "on", "note": "x"}
    yield Attack("silence", change(link), own)
    for action, silenced in (("silence", False), ("listen", True)):
        its = Link.objects.create(url=f"https://{action}.example/", silenced=silenced)
        chosen = {"action": action, "_selected_action": [its.pk]}
        listing = address(Link, "changelist") + "?state=all"
        yield Attack(f"{action} in the list", listing, chosen)
    # Rows of imports.
    there = entry(Organization, "Nell'elenco", "draft")
    run = Import.objects.create(kind="organization", file_name="a.csv", source_title="A")
    said = {"name_it": "Dell'elenco", "summary_it": "Altro", "sources": [["", ""]]}
    row = run.imported.create(
        number=2,
        digest="0" * 32,
        outcome="uncertain",
        values=said,
        candidates=[[there.pk, "same_name_and_city"]],
    )
    for decision in ("new", "left_out"):
        deciding = {"decision": decision}
        yield Attack(f"row: {decision}", change(row), deciding, may=frozenset({"reviewer"}))
    yield Attack("row: the same", change(row), {"decision": str(there.pk)})
    # Accounts: those that may more than any role are for superusers.
    owner = make.make_editor("their-owner")
    clerk = member("editor", "their-clerk")
    group = Group.objects.get(name="reviewer")
    form = fields(chief.get(change(owner))) | {"username": "mine"}
    yield Attack("change a superuser", change(owner), form)
    word = {"password1": "another long password", "password2": "another long password"}
    password = reverse("admin:auth_user_password_change", args=[owner.pk])
    yield Attack("a superuser's password", password, word)
    form = fields(chief.get(change(clerk)))
    yield Attack("give a role", change(clerk), form | {"groups": [group.pk]}, may=managers)
    yield Attack("give all rights", change(clerk), form | {"is_superuser": "on"})
    yield Attack("delete an account", *asked(chief, clerk))
    yield Attack("delete some accounts", *asked_of_many(chief, clerk))
    rights = fields(chief.get(change(group))) | {"name": "altro"}
    yield Attack("change a role", change(group), rights)
    yield Attack("delete a role", *asked(chief, group))
    yield Attack("add a role", address(Group, "add"), {"name": "nuovo"})
    yield Attack("delete some roles", *asked_of_many(chief, group))
    new = fields(chief.get(address(User, "add"))) | {"username": "nuovo"} | word
    yield Attack("add an account", address(User, "add"), new, may=managers)
    city = make.make_city("Caserta")
    named = fields(chief.get(change(city))) | {
        "names-2-TOTAL_FORMS": "1",
        "names-2-0-name": "Casertavecchia",
        "names-2-0-kind": "common",
        "names-2-0-language": "it",
    }
    yield Attack("name a city", change(city), named)


# ------------------------------------------------------------------ the table and who sends it
@dataclass
class Siege:
    attacks: list[Attack]
    people: dict[str, Client]


@pytest.fixture(scope="module")
def siege(django_db_setup: None, django_db_blocker: Any) -> Iterator[Siege]:
    """Made once; what a test changes is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        chief, author = Client(), Person("editor", "their-author")
        chief.force_login(make.make_editor("their-chief", language="en"))
        colleague = Person("reviewer", "besieging-colleague")
        people = {"chief": chief, "author": author.client, "colleague": colleague.client}
        here = make.make_city(ELSEWHERE)
        for role in ROLES:
            name = f"besieging-{role}"
            user = nobody(name) if role == "nobody" else member(role, name, cities=[here])
            people[role] = Client()
            people[role].force_login(user)
        attacks = [each for model in ENTRIES for each in on_entries(model, chief, author)]
        yield Siege([*attacks, *on_the_rest(chief)], people)
        transaction.set_rollback(True)


def nobody(name: str = "nobody") -> User:
    return make.make_editor(name, is_superuser=False, language="en")


@pytest.mark.parametrize("role", ROLES)
def test_all_stays_as_it_is_whatever_is_sent_by_whoever_may_not(siege, role):
    before = everything()
    client = siege.people[role]
    failed = []
    for one in siege.attacks:
        if role not in one.may and client.post(one.path, one.sent).status_code >= 500:
            failed.append(one)
    assert failed == []
    assert everything() == before
    assert not Event.objects.filter(by_name=f"besieging-{role}", kind__startswith="orgs.").exists()


# Whose page shows the proposal, and offers other things.
NOT_THEIRS = {
    "author": {"accept", "accept_some", "refuse", "open again after refuse"},
    "colleague": {"withdraw", "open again after withdraw"},
}


@pytest.mark.parametrize("who", NOT_THEIRS)
def test_of_a_proposal_its_author_and_a_reviewer_do_each_what_is_theirs(siege, who):
    before = everything()
    attacks = [one for one in siege.attacks if one.name in NOT_THEIRS[who]]
    assert len(attacks) == len(NOT_THEIRS[who]) * len(ENTRIES)
    for one in attacks:
        assert siege.people[who].post(one.path, one.sent).status_code == 403, one.name
    assert everything() == before


def test_who_may_does_something_by_each_of_the_same_requests(siege):
    """Else the test before would hold of anybody."""
    before = everything()
    idle = []
    for one in siege.attacks:
        for role in {one.by, *one.may}:
            client = siege.people[role]
            session = client.cookies["sessionid"].value
            with transaction.atomic():
                client.post(one.path, one.sent)
                if everything() == before:
                    idle.append((one.name, one.path, role))
                transaction.set_rollback(True)
            # Some give whoever sends them a new one.
            client.cookies["sessionid"] = session
    assert not idle, "; ".join(map(str, idle))


# Where nothing is written, whoever asks.
LOOKED_AT = re.compile(
    r"/(history|preview|public|doubles|suspected)/$|/1/$|/not-imported|/blank|/entries|/r/1/1/$"
    r"|/(import|importedrow|savedmapping|event|\w+proposal|region|province|city|link)/"
    r"|/admin/(again|autocomplete|guide|jsi18n|orgs|no-such-page)/|^/admin/$"
)
OWN = re.compile(r"/(second-factor|login|logout|language|password_change)/|/reset-second-factor/")
"""What everybody has of their own, and a page that asks for a code first (tests/test_door.py)."""


def test_every_address_of_the_admin_that_takes_something_is_attacked(siege):
    attacked = {re.sub(r"/\d+/", "/1/", one.path.partition("?")[0]) for one in siege.attacks}
    taking = {path for path in addresses_of_the_admin() if not OWN.search(path)}
    # A table is sent in a file: see below.
    left = taking - attacked - {"/admin/tables/organization/"}
    assert {path for path in left if not LOOKED_AT.search(path)} == set()


@pytest.mark.parametrize("role", ROLES)
def test_an_address_that_takes_nothing_takes_nothing(siege, role):
    before = everything()
    attacked = {re.sub(r"/\d+/", "/1/", one.path.partition("?")[0]) for one in siege.attacks}
    for path in sorted(addresses_of_the_admin()):
        if path not in attacked and not OWN.search(path):
            assert siege.people[role].post(path, {"post": "yes", "name": "x"}).status_code < 500
    assert everything() == before


@pytest.mark.parametrize("model", ENTRIES)
@pytest.mark.parametrize("role", ROLES)
def test_a_table_of_ones_own_writes_nothing_that_is_elsewhere(siege, role, model):
    one = entry(model, "Altrove", "draft")
    client, kind = siege.people[role], model._meta.model_name
    row = {"slug": one.slug, "summary_it": "Tabella", "summary_en": "Table"}
    answer = send(client, as_csv([row]), kind)
    if role in ("nobody", "manager"):
        assert answer.status_code == 403
        return
    sheet = Sheet.objects.latest("pk")
    assert set(outcomes(sheet).values()) == {"refused"}
    confirm(client, sheet)
    assert model._default_manager.get(pk=one.pk).summary_it == "Prima"


def test_no_list_is_filtered_by_what_nobody_may_read(client):
    """A question about the beginning of a password, asked often enough, tells it."""
    client.force_login(make.make_editor())
    told = []
    for model in admin.site._registry:
        ties = [
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, ForeignKey) and field.related_model is User
        ]
        asked = [f"{tie}__password__startswith" for tie in ties]
        for name in ("password__startswith", "_to_field", *asked):
            answer = client.get(address(model, "changelist"), {name: "password", "_popup": "1"})
            if answer.status_code not in (302, 400, 403):
                told.append((model, name, answer.status_code))
    assert told == []


@pytest.mark.parametrize("query", ["status=%00", "state=draft%00", "_to_field="])
def test_a_choice_that_cannot_be_is_a_bad_request(client, query):
    client.force_login(make.make_editor())
    one = make.make_organization()
    for model in admin.site._registry:
        assert client.get(f"{address(model, 'changelist')}?{query}").status_code == 400
    form = reverse("admin:orgs_organization_change", args=[one.pk])
    assert client.get(f"{form}?{query}").status_code == 400
    assert client.get(f"{address(Organization, 'changelist')}?q=casa%00").status_code == 200


@pytest.mark.parametrize("key", ["\x00", "x", "", "²", "-1"])
def test_a_row_without_a_number_is_a_bad_request(client, key):
    client.force_login(make.make_editor())
    one = make.make_organization()
    for model in admin.site._registry:
        sent = {"action": "publish", "_selected_action": [one.pk, key], "index": "0"}
        assert client.post(address(model, "changelist"), sent).status_code == 400


@pytest.mark.parametrize("role", ["nobody", "keeps accounts"])
@pytest.mark.parametrize("model", ENTRIES)
def test_no_address_tells_of_a_draft_to_who_may_not_see_it(client, role, model):
    said = {"status": "draft", "slug": "bozza-segreta"}
    secret = make.make_entry(model, "Bozza segreta", said)
    user = nobody()
    if role != "nobody":
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="staff"))
    client.force_login(user)
    kind = ContentType.objects.get_for_model(model)
    listing = address(model, "changelist")
    own = {path for path in addresses_of_the_admin() if path.startswith(listing)}
    paths = {path.replace("/1/", f"/{secret.pk}/") for path in own}
    paths |= {f"/admin/tables/{model._meta.model_name}/entries.{end}" for end in ("csv", "xlsx")}
    paths |= {"/admin/", f"/admin/{model._meta.app_label}/"}
    paths |= {
        f"/admin/r/{kind.pk}/{secret.pk}/",
        f"{listing}?q=bozza&_popup=1",
        f"{change(secret)}?_popup=1",
    }
    for tie in ("organization&field_name=parent", "membership&field_name=organization"):
        for room in ("orgs", "networks"):
            paths.add(f"/admin/autocomplete/?app_label={room}&model_name={tie}&term=bozza")
    told = []
    for path in sorted(paths):
        answer = client.get(path)
        assert not path.startswith("/admin/tables/") or answer.status_code == 403
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if b"segreta" in body or "segreta" in answer.get("Location", ""):
            told.append(path)
    assert told == []
    client.force_login(make.make_editor("chief"))
    assert "segreta" in client.get(f"/admin/r/{kind.pk}/{secret.pk}/")["Location"]


def test_a_manager_gives_no_rights_that_no_role_has(client):
    above = Group.objects.create(name="Chi fa i gruppi")
    above.permissions.add(Permission.objects.get(codename="change_group"))
    own = Group.objects.create(name="Chi pubblica a Torino")
    own.permissions.add(Permission.objects.get(codename="publish_project"))
    manager = member("manager")
    holder = make.make_editor("holder", is_superuser=False)
    holder.groups.add(above)
    direct = make.make_editor("direct", is_superuser=False)
    give(direct, "change_group")
    client.force_login(manager)
    page = client.get(change(manager)).content.decode()
    assert "Chi pubblica a Torino" in page
    assert "Chi fa i gruppi" not in page
    sent = {"username": "manager", "is_staff": "on", "is_active": "on", "language": "en"}
    sent |= {"date_joined_0": "2026-01-01", "date_joined_1": "10:00", "groups": [above.pk]}
    client.post(change(manager), sent)
    assert above not in manager.groups.all()
    for one in (holder, direct):
        assert client.post(change(one), sent).status_code == 403
        for page in (
            reverse("admin:auth_user_password_change", args=[one.pk]),
            reverse("admin:staff_user_reset_second_factor", args=[one.pk]),
        ):
            assert client.post(page, {"password1": "x", "password2": "x"}).status_code == 403


def test_nobody_deletes_a_superuser_among_others(client):
    chief = make.make_editor("chief")
    user = nobody()
    give(user, "view_user", "delete_user")
    client.force_login(user)
    boss = Client()
    boss.force_login(make.make_editor("boss"))
    client.post(*asked_of_many(boss, chief))
    assert User.objects.filter(pk=chief.pk).exists()
