"""The admin opens, lists, finds, previews, publishes, and lets nobody in who may not."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from civicnet.rooms import rooms
from clock.jobs import jobs
from directory.models import Theme
from exchange.models import Import, ImportedRow, SavedMapping
from links.models import Link
from networks.models import MembershipRole, Network, NetworkProposal
from orgs.models import Organization, OrganizationKind, OrganizationProposal
from places.models import City, Province, Region
from projects.models import FundingProgramme, PartnerRole, Project, ProjectProposal
from staff.models import Event, User
from tests import builders as make
from tests.admin_form import fields

pytestmark = pytest.mark.django_db


def make_city_with_name(name: str) -> City:
    city = make.make_city(name)
    city.names.create(name=name, kind="current", language="it")
    return city


def make_import() -> Import:
    return Import.objects.create(
        kind="organization", file_name="prova.csv", file_digest="0" * 64, source_title="Prova"
    )


def make_proposal(entry):
    said = {"fields": {"summary_it": "Prima"}, "lists": {}}
    return entry.proposals.create(
        author=User.objects.first(), base_version=1, before=said, after=said, why="prova"
    )


MAKERS = {
    Organization: lambda: make.make_organization("Prova"),
    OrganizationKind: lambda: make.make_kind("Prova"),
    Network: lambda: make.make_network("Prova"),
    MembershipRole: lambda: make.make_role("Prova"),
    Project: lambda: make.make_project("Prova"),
    PartnerRole: lambda: make.make_partner_role("Prova"),
    FundingProgramme: lambda: make.make_programme("Prova"),
    Theme: lambda: make.make_theme("Prova"),
    City: lambda: make_city_with_name("Prova"),
    Province: lambda: make.make_province("PR", name_it="Prova"),
    Region: lambda: make.make_region("Prova"),
    User: lambda: make.make_editor("prova"),
    Group: lambda: Group.objects.create(name="Prova"),
    Link: lambda: Link.objects.create(
        url="https://prova.example/", verdict="fails", failures=3, failed_on="2026-11-20"
    ),
    Import: lambda: make_import(),
    ImportedRow: lambda: make_import().imported.create(
        number=2, digest=uuid.uuid4(), outcome="uncertain", values={"name_it": "Prova"}
    ),
    OrganizationProposal: lambda: make_proposal(make.make_organization("Prova")),
    NetworkProposal: lambda: make_proposal(make.make_network("Prova")),
    ProjectProposal: lambda: make_proposal(make.make_project("Prova")),
    Event: lambda: Event.objects.create(what="published", by_name="anna", about="Prova"),
    SavedMapping: lambda: SavedMapping.objects.create(kind="organization", name="Prova"),
}
# What no hand adds or deletes by itself: from Istat, from entries and their forms, from commands.
PROPOSALS = (OrganizationProposal, NetworkProposal, ProjectProposal)
GIVEN = (City, Province, Region, Link, Import, ImportedRow, SavedMapping, Event, *PROPOSALS)
ENTRIES = (Organization, Network, Project)
registered = pytest.mark.parametrize(
    "model", sorted(admin.site._registry, key=lambda model: model._meta.label)
)
every_kind = pytest.mark.parametrize("model", ENTRIES)


@pytest.fixture
def editor(client: Client) -> User:
    user = make.make_editor(language="en")
    client.force_login(user)
    return user


def address(obj_or_model, page: str, *args: object) -> str:
    opts = obj_or_model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)


def change(obj) -> str:
    return address(obj, "change", obj.pk)


# ------------------------------------------------------------------ every page opens
def test_every_model_has_a_maker_here():
    assert set(MAKERS) == set(admin.site._registry)


def test_every_model_of_the_rooms_is_in_the_admin_or_in_a_form_of_it():
    from django.apps import apps

    inline = {inline.model for listed in admin.site._registry.values() for inline in listed.inlines}
    kept_by_the_program = {"ThemeSlug", "OrganizationSlug", "NetworkSlug", "ProjectSlug"} | {
        "OrganizationTerritory",
        "NetworkTerritory",
        "ProjectTerritory",
        "LoadedBundle",
        "Run",
        "KeptPicture",
        "OrganizationProposedPicture",
        "NetworkProposedPicture",
        "ProjectProposedPicture",
        *("OrganizationReview", "NetworkReview", "ProjectReview"),
        "Sheet",
        "SheetRow",
        # In pages of their own.
        "SuspectedDouble",
        "Distinction",
        "MarkedText",
        "Merge",
        "Failure",
        "ResetMail",
        "Authenticator",
        "Mention",
    }
    for room in rooms(Path(settings.BASE_DIR)):
        for model in apps.get_app_config(room).get_models():
            if model._meta.managed and model.__name__ not in kept_by_the_program:
                assert model in inline or model in admin.site._registry, model


@registered
@pytest.mark.parametrize("language", ["it", "en"])
def test_every_list_search_and_form_opens(client, model, language):
    client.force_login(make.make_editor(language=language))
    one = MAKERS[model]()
    listed = client.get(address(model, "changelist"))
    assert str(one) in listed.content.decode()
    found = client.get(address(model, "changelist"), {"q": "prova"})
    assert found.status_code == 200
    assert one in found.context["cl"].result_list
    missed = client.get(address(model, "changelist"), {"q": "zzzz qqqq"})
    assert not missed.context["cl"].result_list
    for page in ("change", "history"):
        assert client.get(address(one, page, one.pk)).status_code == 200
    expected = 403 if model in GIVEN else 200
    assert client.get(address(one, "delete", one.pk)).status_code == expected
    assert client.get(address(model, "add")).status_code == expected


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_list_is_called_what_is_in_it(client, language):
    client.force_login(make.make_editor("anna", language=language))
    for model, name in (
        (Organization, {"it": "Organizzazioni", "en": "Organizations"}),
        (User, {"it": "Utenti", "en": "Users"}),
        (City, {"it": "Città", "en": "Cities"}),
    ):
        page = client.get(address(model, "changelist")).content.decode()
        assert f"<h1>{name[language]}</h1>" in page
        assert re.search(rf"<title>\s*{name[language]} \|", page)


def test_no_form_says_to_hold_a_key_down(client, editor):
    for model, its_admin in admin.site._registry.items():
        if its_admin.has_add_permission(_request(editor)):
            page = client.get(address(model, "add")).content.decode()
            assert "Hold down" not in page, model


def _request(user: User) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def test_the_index_groups_by_room_in_both_languages(client, editor):
    for language, words in (
        ("it", ["Organizzazioni", "Reti", "Progetti"]),
        ("en", ["Organizations", "Networks", "Projects"]),
    ):
        User.objects.update(language=language)
        page = client.get(reverse("admin:index"))
        rooms = [room["app_label"] for room in page.context["app_list"]]
        assert rooms == [
            *("orgs", "networks", "projects", "links"),
            *("directory", "exchange", "places", "staff", "auth"),
        ]
        assert [room["name"] for room in page.context["app_list"]][:3] == words


@every_kind
def test_a_new_entry_has_no_times_yet(client, editor, model):
    assert "DatabaseDefault" not in client.get(address(model, "add")).content.decode()
    shown = client.get(change(MAKERS[model]())).content.decode()
    assert "field-created" in shown
    assert "field-updated" in shown


# ------------------------------------------------------------------ lists
@every_kind
@pytest.mark.parametrize(
    "words",
    ["citta", "CITTÀ comunic", "unica", "nica", "officina-com", "sost", "volontari", "neighbours"],
)
def test_the_search_of_a_list_finds(client, editor, model, words):
    one = MAKERS[model]()
    model.objects.filter(pk=one.pk).update(
        name_it="Officina comunicante della città",
        slug="officina-comunicante",
        short_names=["SOST"],
        summary_it="Un gruppo di volontarie.",
        description_en="We meet our neighbours.",
    )
    model._default_manager.create(name_it="Altro", slug="altro")
    found = client.get(address(model, "changelist"), {"q": words})
    assert list(found.context["cl"].result_list) == [one]


def test_the_search_survives_any_signs(client, editor):
    make.make_organization()
    listing = address(Organization, "changelist")
    for words in ("' OR 1=1", "a & | ! (", "%", "_", "\\", "<b>", "a" * 3000, '"'):
        assert client.get(listing, {"q": words}).status_code == 200
    for words in ("%", "_"):
        assert not client.get(listing, {"q": words}).context["cl"].result_list
    choices = {"app_label": "orgs", "model_name": "organization", "field_name": "parent"}
    for words in ("\x00", "' OR 1=1", "%"):
        page = client.get(reverse("admin:autocomplete"), choices | {"term": words})
        assert page.status_code == 200


def test_filters_of_a_list(client, editor):
    parent = make.make_theme("Beni comuni")
    child = make.make_theme("Orti", parent=parent)
    other = make.make_theme("Ecologia")
    kind = make.make_kind("Impresa")
    a = make.make_organization("A", themes=[child], summary_it="x", life="active", kind=kind)
    b = make.make_organization("B", themes=[other], summary_en="x", status="draft")
    c = make.make_organization("C", summary_it="x", description_en="y", status="in_review")

    def listed(**filters):
        page = client.get(address(Organization, "changelist"), filters)
        return list(page.context["cl"].result_list)

    assert listed() == [a, b, c]
    assert listed(theme="beni-comuni") == [a]
    assert listed(theme="orti") == [a]
    assert listed(theme="ecologia") == [b]
    assert listed(work="missing-it") == [b, c]
    assert listed(work="missing-en") == [a, c]
    assert listed(status__exact="draft") == [b]
    assert listed(life__exact="active") == [a]
    assert listed(kind__id__exact=kind.pk) == [a]
    assert listed(theme="") == [a, b, c]
    with_counts = client.get(address(Organization, "changelist"), {"_facets": "True"})
    assert "Orti" not in with_counts.content.decode(), "children show below the chosen parent"
    assert "(1)" in with_counts.content.decode()


def test_a_list_shows_what_matters(client, editor):
    make.make_organization(
        "Una", city=make.make_city("Torino"), kind=make.make_kind("Impresa"), summary_it="x"
    )
    page = client.get(address(Organization, "changelist")).content.decode()
    row = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "Torino (TO)" in row
    assert "Impresa" in row
    assert "status-published" in row
    assert re.search(r'class="language present".*There is a text in this language: </span>it<', row)
    assert re.search(r'class="language absent".*No text in this language: </span>en<', row)


def test_a_choice_tells_namesakes_apart(client, editor):
    for name, city, status in (("Lecce", "Lecce", "published"), ("Bari", "Bari", "draft")):
        make.make_organization(
            "Arci", slug=f"arci-{name.lower()}", city=make.make_city(city), status=status
        )
    answer = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "orgs", "model_name": "organization", "field_name": "parent", "term": "arci"},
    ).json()
    assert sorted(one["text"] for one in answer["results"]) == [
        "Arci · Bari (TO) · draft",
        "Arci · Lecce (TO)",
    ]


def test_themes_are_offered_with_their_parent(client, editor):
    make.make_theme("Orti", parent=make.make_theme("Beni comuni"))
    answer = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "orgs", "model_name": "organization", "field_name": "themes", "term": "ort"},
    ).json()
    assert [one["text"] for one in answer["results"]] == ["Beni comuni › Orti"]


# ------------------------------------------------------------------ actions
def act(client, model, action: str, *entries):
    return client.post(
        address(model, "changelist"),
        {"action": action, "_selected_action": [entry.pk for entry in entries]},
        follow=True,
    )


def sentences(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@every_kind
def test_publishing_says_what_was_skipped_and_why(client, editor, model):
    draft = make.fit(model._default_manager.create(name_it="Bozza", status="draft"))
    only_english = model._default_manager.create(name_en="Draft", status="in_review")
    make.fit(only_english)
    nameless = make.fit(model._default_manager.create(status="draft"))
    bare = model._default_manager.create(name_it="Nuda", summary_en="x", status="draft")
    mute = model._default_manager.create(name_it="Muta", status="draft")
    mute.sources.create(title_it="Statuto")
    there = make.make_entry(model, "Già", {})
    first = there.published_at
    done = act(client, model, "publish", draft, only_english, nameless, bare, mute, there)
    assert sentences(done) == [
        "2 entries are now: published.",
        f"Not published, because they have no name: {nameless.slug}.",
        "Not published, because they have no source: Nuda.",
        "Not published, because they have no summary: Muta.",
        "Already there and left alone: Già.",
    ]
    for entry in (draft, only_english, nameless, there):
        entry.refresh_from_db()
    assert [draft.status, only_english.status, nameless.status] == [
        "published",
        "published",
        "draft",
    ]
    assert draft.published_at
    assert there.published_at == first
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {
        str(draft.pk),
        str(only_english.pk),
    }


@pytest.mark.parametrize(
    ("action", "status"),
    [("send_to_review", "in_review"), ("back_to_draft", "draft"), ("archive", "archived")],
)
def test_other_statuses(client, editor, action, status):
    one, nameless = make.make_organization(), make.make_organization("", status="draft")
    if status == "draft":
        Organization.objects.filter(pk=nameless.pk).update(status="in_review")
    before = one.updated
    done = act(client, Organization, action, one, nameless)
    one.refresh_from_db()
    nameless.refresh_from_db()
    assert {one.status, nameless.status} == {status}
    assert one.updated > before
    assert sentences(done)[0].startswith("2 entries")


def test_many_names_are_not_all_named(client, editor):
    entries = [make.make_organization(f"Ente {number:02}") for number in range(13)]
    done = act(client, Organization, "publish", *entries)
    assert sentences(done)[1].endswith("Ente 09 and 3 more.")


def test_checked_today_is_no_change(client, editor):
    one = make.make_organization()
    done = act(client, Organization, "checked_today", one)
    before = one.updated
    one.refresh_from_db()
    assert (one.checked_on, one.checked_by) == (timezone.localdate(), editor)
    assert one.updated == before
    assert sentences(done) == ["1 entry marked as checked today."]


def test_who_may_only_look_cannot_act(client):
    looker = make.make_editor(is_superuser=False)
    looker.user_permissions.add(Permission.objects.get(codename="view_organization"))
    client.force_login(looker)
    one = make.make_organization(status="draft")
    page = client.get(address(Organization, "changelist"))
    assert page.status_code == 200
    assert b'value="publish"' not in page.content
    act(client, Organization, "publish", one)
    one.refresh_from_db()
    assert one.status == "draft"


# ------------------------------------------------------------------ public page and preview
@every_kind
def test_only_a_published_entry_leads_to_its_public_page(client, editor, model):
    one = MAKERS[model]()
    with override("en"):
        public = one.get_absolute_url()
    assert f'href="{public}"' in client.get(change(one)).content.decode()
    model._default_manager.update(status="draft")
    page = client.get(change(one)).content.decode()
    assert public not in page
    assert address(one, "preview", one.pk) in page


@every_kind
@pytest.mark.parametrize("status", ["draft", "in_review", "archived", "published"])
def test_a_preview_is_the_public_page_with_a_warning(client, editor, model, status):
    one = MAKERS[model]()
    model._default_manager.update(
        status=status,
        summary_it="Testo italiano",
        summary_en="English text",
        internal_note="non dirlo",
    )
    for language, text in (("it", "Testo italiano"), ("en", "English text")):
        page = client.get(address(one, "preview", one.pk), {"language": language})
        html = page.content.decode()
        assert page.status_code == 200
        assert f'<html lang="{language}"' in html
        assert text in html
        assert "Prova" in html
        assert "non dirlo" not in html
        assert 'name="robots" content="noindex"' in html
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert page["Content-Language"] == language
        other = {"it": "en", "en": "it"}[language]
        assert f'href="{page.wsgi_request.path}?language={other}"' in html
    assert "Preview: this page is not public." in html
    with override("it"):
        public = Client().get(one.get_absolute_url())
    expected = {"draft": 404, "in_review": 404, "archived": 410, "published": 200}
    assert public.status_code == expected[status]
    assert b"Preview" not in public.content


def test_the_preview_of_a_draft_shows_its_ties(client, editor):
    network = make.make_network("Rete di prova", status="draft")
    member = make.make_organization("Chi è dentro")
    hidden = make.make_organization("Chi non è pubblico", status="draft")
    make.join(member, network)
    make.join(hidden, network)
    page = client.get(address(network, "preview", network.pk)).content.decode()
    assert "Chi è dentro" in page
    assert "Chi non è pubblico" not in page
    page = client.get(address(hidden, "preview", hidden.pk)).content.decode()
    assert "Rete di prova" not in page, "its other end is not public"
    project = make.make_project("Progetto", status="draft")
    make.take_part(project, member, part_it="Cura gli orti")
    assert "Cura gli orti" in client.get(address(project, "preview", project.pk)).content.decode()
    assert "Cura gli orti" not in client.get(address(member, "preview", member.pk)).content.decode()


def test_a_preview_is_for_staff_who_may_see_the_entry(client):
    one = make.make_organization(status="draft")
    preview = address(one, "preview", one.pk)
    answer = client.get(preview)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))
    stranger = make.make_editor(is_superuser=False)
    client.force_login(stranger)
    assert client.get(preview).status_code == 403
    stranger.user_permissions.add(Permission.objects.get(codename="view_organization"))
    assert client.get(preview).status_code == 200
    assert client.get(address(Organization, "preview", 999999)).status_code == 404
    assert client.get(address(Organization, "preview", "x")).status_code == 404


# ------------------------------------------------------------------ what is typed is never run
EVIL = "<script>alert(1)</script>"


@every_kind
def test_names_are_escaped_everywhere(client, editor, model):
    one = MAKERS[model]()
    values = {"name_it": EVIL, "summary_it": EVIL, "internal_note": EVIL, "other_names": [EVIL]}
    model._default_manager.update(**values)
    act(client, model, "archive", one)
    for page in (
        address(model, "changelist"),
        change(one),
        address(one, "history", one.pk),
        address(one, "delete", one.pk),
        address(one, "preview", one.pk),
        reverse("admin:index"),
    ):
        html = client.get(page).content.decode()
        assert EVIL not in html, page
        assert escape(EVIL) in html or "alert(1)" in html, page


# ------------------------------------------------------------------ words in use
def test_a_theme_in_use_cannot_be_deleted(client, editor):
    theme = make.make_theme("Orti")
    entries = [make.make_organization(f"Ente {number}", themes=[theme]) for number in range(23)]
    project = make.make_project("Progetto", themes=[theme])
    page = client.get(address(theme, "delete", theme.pk))
    html = page.content.decode()
    assert "protected" in html
    assert change(project) in html
    assert len(re.findall(r"/admin/orgs/organization/\d+/change/", html)) == 20
    assert "and 3 more" in html
    client.post(address(theme, "delete", theme.pk), confirmed(page))
    chosen = {"action": "delete_selected", "_selected_action": [theme.pk]}
    page = client.post(address(Theme, "changelist"), chosen)
    client.post(address(Theme, "changelist"), chosen | confirmed(page))
    assert Theme.objects.filter(pk=theme.pk).exists()
    Organization.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
    project.themes.clear()
    path = address(theme, "delete", theme.pk)
    client.post(path, fields(client.get(path)))
    assert not Theme.objects.filter(pk=theme.pk).exists()


def confirmed(page) -> dict[str, str]:
    """What the button would send, where the page has one."""
    return {"post": "yes", "looked_at": getattr(page.wsgi_request, "looked_at", "")}


def test_no_word_in_use_can_be_deleted(client, editor):
    kind, programme = make.make_kind(), make.make_programme()
    organization = make.make_organization(kind=kind)
    network = make.make_network()
    project = make.make_project(programme=programme)
    membership = make.join(organization, network)
    participation = make.take_part(project, organization, "Capofila")
    role = participation.roles.get()
    parent = make.make_theme("Sopra")
    make.make_theme("Sotto", parent=parent)
    for word in (kind, programme, membership.role, role, parent, organization):
        page = client.get(address(word, "delete", word.pk))
        assert page.context["protected"], word
        client.post(address(word, "delete", word.pk), confirmed(page))
        assert type(word)._default_manager.filter(pk=word.pk).exists()


# ------------------------------------------------------------------ language and login
def test_the_language_is_chosen_in_the_header_and_kept(client, editor):
    page = client.get(change(make.make_organization())).content.decode()
    assert '<html lang="en"' in page
    assert re.search(
        r'<button type="submit" name="language" value="it" lang="it"[^>]*>Italiano<', page
    )
    answer = client.post(reverse("admin_language"), {"language": "it", "next": "/admin/"})
    assert answer["Location"] == "/admin/"
    editor.refresh_from_db()
    assert editor.language == "it"
    assert '<html lang="it"' in client.get(reverse("admin:index")).content.decode()


def test_the_language_form_is_for_staff_and_goes_nowhere_else(client):
    assert client.post(reverse("admin_language"), {"language": "it"}).status_code == 302
    user = make.make_editor(language="en")
    client.force_login(user)
    assert client.get(reverse("admin_language")).status_code == 405
    away = client.post(
        reverse("admin_language"), {"language": "xx", "next": "https://elsewhere.example/"}
    )
    assert away["Location"] == "/admin/"
    user.refresh_from_db()
    assert user.language == "en"
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert strict.post(reverse("admin_language"), {"language": "it"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "language"),
    [("en-GB,en;q=0.9,it;q=0.5", "en"), ("fr,it;q=0.5", "it"), ("de", "it"), ("", "it")],
)
def test_the_pages_before_the_login_are_in_the_language_that_the_browser_asks_for(
    client, settings, asked, language
):
    settings.MAIL_IS_SET = True
    asking = {"headers": {"accept-language": asked}}
    for path in ("/admin/", "/admin/login/", "/admin/orgs/organization/"):
        answer = client.get(path, follow=True, **asking)
        assert f'<html lang="{language}"' in answer.content.decode()
        assert answer["Content-Language"] == language
        assert "Accept-Language" in answer["Vary"]
    wrong = {"username": "nobody", "password": "wrong"}
    said = client.post("/admin/login/", wrong, **asking).content.decode()
    assert f'<html lang="{language}"' in said


def test_the_language_is_chosen_before_the_login_and_the_browser_keeps_it(client):
    asking = {"headers": {"accept-language": "it"}}
    there = "/admin/login/?next=/admin/orgs/organization/"
    page = client.get(there, **asking).content.decode()
    assert '<button type="submit" name="language" value="en" lang="en">English<' in page
    sent = {"language": "en", "next": there}
    answer = client.post(reverse("admin_language"), sent, **asking)
    assert answer["Location"] == there
    kept = answer.cookies["language"]
    assert (kept.value, kept["path"], kept["httponly"], kept["samesite"]) == (
        *("en", "/admin/", True, "Lax"),
    )
    assert '<html lang="en"' in client.get(there, **asking).content.decode()
    client.cookies["language"] = "../../etc"
    assert '<html lang="it"' in client.get(there, **asking).content.decode()


def test_the_account_says_the_language_and_the_next_login_is_in_it(client):
    """Whatever was chosen before somebody said who they are."""
    make.make_editor("anna", language="en")
    asking = {"headers": {"accept-language": "it"}}
    client.post(reverse("admin_language"), {"language": "it"}, **asking)
    who = {"username": "anna", "password": "a long enough password"}
    assert client.post("/admin/login/", who, **asking).status_code == 302
    assert '<html lang="en"' in client.get("/admin/", **asking).content.decode()
    client.post(reverse("admin:logout"), **asking)
    assert '<html lang="en"' in client.get("/admin/login/", **asking).content.decode()


def test_without_a_mail_server_the_login_page_names_the_command(client, settings):
    settings.MAIL_IS_SET = False
    page = client.get(reverse("admin:login")).content.decode()
    assert "manage.py changepassword" in page
    assert "password-reset" not in page


class WithMail:
    """The addresses as they are when a mail server is set."""

    from django.urls import include, path

    from civicnet.urls import urlpatterns as all_addresses
    from staff.urls import mailed

    urlpatterns = (path("admin/", include(mailed)), *all_addresses)


def test_with_a_mail_server_the_password_is_reset_by_mail(client, settings, mailoutbox):
    settings.MAIL_IS_SET = True
    settings.ROOT_URLCONF = WithMail
    make.make_editor("anna", email="anna@civicnet.example")
    page = client.get("/admin/login/").content.decode()
    assert "changepassword" not in page
    assert reverse("admin_password_reset", urlconf=WithMail) in page
    asked = client.post("/admin/password-reset/", {"email": "anna@civicnet.example"}, follow=True)
    assert asked.status_code == 200
    jobs["send_reset_mails"].run()
    link = re.search(r"/admin/password-reset/\S+", mailoutbox[0].body)
    assert link
    form = client.get(link.group(), follow=True)
    assert form.context["validlink"]
    assert "almeno 12 caratteri" in form.content.decode()
    there = form.redirect_chain[-1][0]
    old, new = "a long enough password", "un'altra parola lunga"
    same = client.post(there, {"new_password1": old, "new_password2": old})
    assert "che questo account ha già" in same.content.decode()
    done = client.post(there, {"new_password1": new, "new_password2": new}, follow=True)
    assert done.status_code == 200
    assert Client().login(username="anna", password=new)


@pytest.mark.parametrize(
    ("language", "subject", "sentence", "foreign"),
    [
        ("it", "Una nuova password per Beni in rete", "Il tuo nome utente: anna", "Your user name"),
        ("en", "A new password for Beni in rete", "Your user name: anna", "Il tuo nome utente"),
    ],
)
def test_the_mail_is_in_the_language_of_the_account_and_names_the_site(
    client, settings, mailoutbox, language, subject, sentence, foreign
):
    settings.MAIL_IS_SET = True
    settings.ROOT_URLCONF = WithMail
    settings.SITE_NAME = "Beni in rete"
    settings.BASE_URL = "https://beni.example"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "other.example"]
    make.make_editor("anna", email="anna@civicnet.example", language=language)
    asked = {"email": "anna@civicnet.example"}
    client.post("/admin/password-reset/", asked, headers={"host": "other.example"})
    jobs["send_reset_mails"].run()
    (mail,) = mailoutbox
    assert mail.subject == subject
    assert sentence in mail.body
    assert foreign not in mail.body
    assert "https://beni.example/admin/password-reset/" in mail.body
    assert "other.example" not in mail.body
    assert "\n\n\n" not in mail.body


def test_the_pages_that_reset_a_password_are_the_sites_and_italian(client, settings):
    settings.MAIL_IS_SET = True
    settings.ROOT_URLCONF = WithMail
    settings.SITE_NAME = "Beni in rete"
    login = client.get("/admin/login/").content.decode()
    assert "Forgotten" not in login
    assert "Hai dimenticato" in login
    for rest in ("", "sent/", "MQ/no-such-token/", "done/"):
        page = client.get(f"/admin/password-reset/{rest}").content.decode()
        assert "Beni in rete" in page
        assert "Django" not in page


def test_anonymous_visitors_come_to_the_login_page_from_every_page(client):
    one = make.make_organization()
    for page in (change(one), address(one, "preview", one.pk), reverse("admin:autocomplete")):
        assert client.get(page)["Location"].startswith(reverse("admin:login"))


def test_who_is_no_staff_is_not_let_in(client):
    client.force_login(make.make_editor(is_staff=False, is_superuser=False))
    assert client.get(reverse("admin:index")).status_code == 302
    with override("it"):
        assert client.get(reverse("admin:login")).status_code == 200
