"""Which entries may be one: each reason and each absence; what the form, the list and staff say."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clock.jobs import run_due
from directory.doubles import (
    FEW,
    Asked,
    compare,
    find_doubles,
    likely,
    likely_of,
)
from directory.pairs import Distinction, Merge, SuspectedDouble
from directory.scope import EditingScope
from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from staff.models import User
from tests import builders as make
from tests.admin_form import submit, with_row
from tests.test_admin import address, change

pytestmark = pytest.mark.django_db

every_kind = pytest.mark.parametrize("model", [Organization, Network, Project])


@pytest.fixture
def editor(client: Client) -> User:
    user = make.make_editor("anna", language="en")
    client.force_login(user)
    return user


def found(model, **asked) -> dict[str, list[str]]:
    names = dict(model.objects.values_list("pk", "name_it"))
    return {names[double.pk]: double.why for double in likely(model, Asked(**asked))}


# ------------------------------------------------------------------ names
@every_kind
@pytest.mark.parametrize(
    "name",
    [
        "Associazione il Ponte",
        "IL PONTE (A.P.S.)",
        "Il Pònte odv",
        "Il Ponnte",
        "Ponte",
        "Ponte, il",
    ],
)
def test_a_similar_name_in_the_same_city_is_shown(model, name):
    city = make.make_city("Torino")
    make.make_entry(model, "Il Ponte", {"places": [city], "status": "draft"})
    make.make_entry(model, "Orti urbani", {"places": [city]})
    assert found(model, names=[name], cities=[city]) == {"Il Ponte": ["name"]}


def test_the_seat_counts_and_the_english_and_the_former_name():
    city = make.make_city("Torino")
    make.make_organization("Il Ponte", name_en="The Bridge", former_names=["La Passerella"])
    Organization.objects.update(city=city)
    for name in ("The bridge", "La passerella onlus"):
        assert found(Organization, names=[name], cities=[city]) == {"Il Ponte": ["name"]}


def test_in_the_province_a_name_must_be_more_alike():
    province = make.make_province("TO")
    torino, ivrea = make.make_city("Torino", province), make.make_city("Ivrea", province)
    make.make_organization("Legambiente", city=torino)
    assert found(Organization, names=["Legambiente Ivrea"], cities=[torino])
    assert not found(Organization, names=["Legambiente Ivrea"], cities=[ivrea])
    assert found(Organization, names=["Legambientte"], cities=[ivrea])
    assert found(Organization, names=["Legambiente"], provinces=[province.pk])


def test_elsewhere_and_of_another_kind_the_same_name_is_another():
    torino = make.make_city("Torino")
    roma = make.make_city("Roma", make.make_province("RM", make.make_region("Lazio")))
    make.make_organization("Il Ponte", city=torino)
    assert not found(Organization, names=["Il Ponte"], cities=[roma])
    assert not found(Network, names=["Il Ponte"], cities=[torino])


def test_without_a_place_only_the_same_name_says_something():
    torino = make.make_city("Torino")
    make.make_organization("Il Ponte", city=torino)
    make.make_organization("La Barca")
    assert found(Organization, names=["Il ponte APS"]) == {"Il Ponte": ["name"]}
    assert not found(Organization, names=["Il Ponnte"])
    assert found(Organization, names=["La barca"], cities=[torino]) == {"La Barca": ["name"]}


def test_a_name_follows_its_entry():
    torino, roma = make.make_city("Torino"), make.make_city("Roma", make.make_province("RM"))
    one = make.make_organization("Il Ponte", city=torino)
    one.name_it = "La Barca"
    one.save()
    assert not found(Organization, names=["Il Ponte"], cities=[torino])
    assert found(Organization, names=["La Barca"], cities=[torino])
    Organization.objects.update(city=roma)
    assert not found(Organization, names=["La Barca"], cities=[torino])
    one.places.create(city=torino)
    assert found(Organization, names=["La Barca"], cities=[torino])
    one.delete()
    assert not found(Organization, names=["La Barca"], cities=[torino])


# ------------------------------------------------------------------ addresses and codes
@every_kind
def test_the_same_address_is_shown_however_it_is_written(model):
    one = make.make_entry(model, "Il Ponte", {})
    one.web_addresses.create(url="https://www.ilponte.example/")
    for url in ("http://ilponte.example", "HTTPS://ilponte.example/?utm_source=x"):
        assert found(model, urls=[url]) == {"Il Ponte": ["address"]}
    assert not found(model, urls=["https://ilponte.example/sede"])
    assert not found(model, urls=[""])


@every_kind
def test_the_same_code_is_shown_whichever_it_is_called(model):
    one = make.make_entry(model, "Il Ponte", {})
    one.identifiers.create(scheme="fiscal_code", value="12345678901")
    one.identifiers.create(scheme="runts", value="77")
    assert found(model, codes=[("vat", " 123 456 78901")]) == {"Il Ponte": ["code"]}
    assert found(model, codes=[("runts", "77")])
    assert not found(model, codes=[("other", "77")])
    assert not found(model, codes=[("fiscal_code", "12345678902")])


def test_what_many_have_is_of_something_wider():
    for number in range(FEW + 1):
        one = make.make_organization(f"Circolo numero {number}")
        one.web_addresses.create(url="https://arci.example/")
        one.identifiers.create(scheme="fiscal_code", value="12345678901")
        if number == FEW - 1:
            assert len(found(Organization, urls=["https://arci.example"])) == FEW
    assert not found(Organization, urls=["https://arci.example"])
    assert not found(Organization, codes=[("fiscal_code", "12345678901")])


def test_the_surest_come_first_with_all_their_reasons():
    city = make.make_city("Torino")
    make.make_organization("Il Ponte", city=city)
    both = make.make_organization("Il Ponnte", city=city)
    both.identifiers.create(scheme="vat", value="1")
    asked = {"names": ["Il Ponte"], "codes": [("vat", "1")], "cities": [city]}
    assert list(found(Organization, **asked).items()) == [
        ("Il Ponnte", ["code", "name"]),
        ("Il Ponte", ["name"]),
    ]


# ------------------------------------------------------------------ the whole directory
def pair_in(name: str = "Il Ponte") -> tuple[Organization, Organization]:
    city = make.make_city("Torino")
    return make.make_organization(name, city=city), make.make_organization(f"{name} APS", city=city)


def open_pairs() -> set[tuple[int, int]]:
    return {(pair.low, pair.high) for pair in SuspectedDouble.objects.open()}


def test_the_clock_compares_what_has_changed():
    find_doubles()  # What tests that commit have left to be compared.
    one, two = pair_in()
    assert not open_pairs()
    assert [outcome.said for outcome in run_due(["find_doubles"])] == ["2 entries compared"]
    assert open_pairs() == {(one.pk, two.pk)}
    assert find_doubles() == "0 entries compared"
    two.name_it = "Orti urbani"
    two.save()
    assert find_doubles() == "1 entries compared"
    assert not open_pairs()
    for entry in (one, two):
        entry.web_addresses.create(url="https://ponte.example")
    find_doubles()
    assert SuspectedDouble.objects.get().why == ["address"]
    two.web_addresses.all().delete()
    find_doubles()
    assert not open_pairs()
    for entry in (one, two):
        entry.identifiers.create(scheme="vat", value="1")
    find_doubles()
    two.delete()
    assert not open_pairs(), "at once"


def test_comparing_takes_as_many_queries_for_many_as_for_few():
    def queries(entries) -> int:
        with CaptureQueriesContext(connection) as captured:
            compare(Organization, [entry.pk for entry in entries])
        return len(captured)

    few = queries(pair_in())
    city = make.make_city("Torino")
    many = [make.make_organization(f"Il Ponte {number}", city=city) for number in range(20)]
    assert queries(many) == few


@every_kind
def test_the_worklist_opens_those_that_wait(client, editor, model):
    city = make.make_city("Torino")
    one, two = (make.make_entry(model, name, {"places": [city]}) for name in ("Ponte", "Il ponte"))
    make.make_entry(model, "Orti urbani", {"places": [city]})
    find_doubles()
    page = unescape(client.get(address(one, "changelist"), {"work": "double"}).content.decode())
    rows = re.findall(r'field-named"><a href="[^"]+">([^<]+)<', page)
    assert sorted(rows) == ["Il ponte", "Ponte"]
    client.post(address(one, "two", one.pk), {"other": two.pk, "note": "Un ponte è in legno"})
    page = client.get(address(one, "changelist"), {"work": "double"}).content.decode()
    assert "field-named" not in page


# ------------------------------------------------------------------ not a double
def test_that_they_are_two_is_remembered_and_taken_back(client, editor):
    one, two = pair_in()
    find_doubles()
    suspected = address(one, "suspected")
    assert "Il Ponte APS" in client.get(suspected).content.decode()
    answer = client.post(address(two, "two", two.pk), {"other": one.pk, "note": "Sedi diverse"})
    assert answer["Location"] == suspected
    said = Distinction.objects.get()
    assert (said.low, said.high, said.by, said.note) == (one.pk, two.pk, editor, "Sedi diverse")
    assert not open_pairs()
    assert not likely_of(one)
    assert not likely_of(two)
    page = client.get(suspected).content.decode()
    assert "No two entries look like one." in page
    assert "Sedi diverse" in page
    client.post(address(one, "two", one.pk), {"other": two.pk, "undo": "1"})
    assert open_pairs() == {(one.pk, two.pk)}
    assert likely_of(one)


def test_all_that_were_said_to_be_two_are_there_page_by_page(client, editor):
    """Beside the pages of what is suspected: turning those of one leaves the other where it is."""
    first = make.make_organization("Il Ponte")
    others = make.make_many(
        Organization, [{"name_it": f"Ponte {n:03}", "slug": f"ponte-{n}"} for n in range(110)]
    )
    Distinction.objects.bulk_create(
        Distinction(kind=1, low=first.pk, high=other.pk, on=timezone.now() + timedelta(hours=n))
        for n, other in enumerate(others)
    )
    suspected = address(first, "suspected")

    def shown(query: str) -> list[str]:
        page = client.get(f"{suspected}{query}").content.decode()
        return re.findall(r">(Ponte \d+)</a>", page)

    assert shown("") == [f"Ponte {n:03}" for n in range(109, 59, -1)], "the latest first"
    assert shown("?said=3") == [f"Ponte {n:03}" for n in range(9, -1, -1)]
    assert shown("?said=99") == shown("?said=3")
    page = client.get(f"{suspected}?p=2&said=2").content.decode()
    assert 'href="?p=2&amp;said=3#said-to-be-two"' in page
    assert len(shown("?said=2")) == 50


def test_only_who_edits_both_says_that_they_are_two(client, editor):
    one = make.make_organization("Il Ponte", city=make.make_city("Torino"))
    two = make.make_organization("Il Ponte", city=make.make_city("Roma", make.make_province("RM")))
    of_torino = person("editor")
    scope = EditingScope.objects.create(user=of_torino)
    scope.cities.add(one.city)
    client.force_login(of_torino)
    for page in (one, two):
        other = two if page is one else one
        assert client.post(address(page, "two", page.pk), {"other": other.pk}).status_code == 403
        merging = client.get(address(page, "merge", page.pk), {"with": other.pk})
        assert "Not a double" not in merging.content.decode()
    Distinction.objects.create(kind=1, low=one.pk, high=two.pk)
    suspected = address(one, "suspected")
    undo = {"other": two.pk, "undo": "1"}
    assert 'name="undo"' not in client.get(suspected).content.decode()
    assert client.post(address(one, "two", one.pk), undo).status_code == 403
    assert Distinction.objects.exists()
    scope.cities.add(two.city)
    assert 'name="undo"' in client.get(suspected).content.decode()
    assert client.post(address(one, "two", one.pk), undo).status_code == 302
    merging = client.get(address(one, "merge", one.pk), {"with": two.pk}).content.decode()
    assert "Non è un doppione" in merging
    assert client.post(address(two, "two", two.pk), {"other": one.pk}).status_code == 302
    assert Distinction.objects.get().by == of_torino


def test_it_is_no_place_for_guesses(client, editor):
    one, two = pair_in()
    page = address(one, "two", one.pk)
    assert client.get(page).status_code == 405
    for other in ("", "0", str(one.pk), "x", "9" * 30):
        assert client.post(page, {"other": other}).status_code == 404
    client.force_login(make.make_editor("ugo", is_superuser=False))
    assert client.post(page, {"other": two.pk}).status_code == 403
    assert not Distinction.objects.exists()


# ------------------------------------------------------------------ beside the form
def asked(client: Client, model=Organization, **typed) -> str:
    place = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_doubles")
    answer = client.get(place, typed)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


@pytest.mark.parametrize(
    ("scheme", "written", "kept"),
    [
        ("fiscal_code", "800 787 50587", "80078750587"),
        ("fiscal_code", "C.F. 80078750587", "80078750587"),
        ("vat", "IT 800.787.505-87", "80078750587"),
        ("vat", "p. iva it80078750587", "80078750587"),
        ("wikidata", "https://www.wikidata.org/wiki/q220", "Q220"),
        ("runts", " 1234/5 ", "1234/5"),
        ("other", "DE 129 273 398", "DE 129 273 398"),
    ],
)
def test_a_code_is_kept_in_one_form_however_it_is_copied(client, editor, scheme, written, kept):
    other = make.make_organization("Una")
    other.identifiers.create(scheme=scheme, value=kept)
    one = make.make_organization("Altra")
    row = with_row(client, change(one), "identifiers", scheme=scheme, value=written)
    typed = {"identifiers-0-scheme": scheme, "identifiers-0-value": written}
    assert "Una" in asked(client, **typed)
    assert submit(client, change(one), **row).status_code == 302
    assert one.identifiers.get().value == kept
    assert [each.pk for each in likely_of(one)] == [other.pk]


@pytest.mark.parametrize(
    ("scheme", "written", "sentence"),
    [
        ("fiscal_code", "123", "An Italian code has eleven digits"),
        ("fiscal_code", "80078750588", "An Italian code has eleven digits"),
        ("fiscal_code", "RSSMRA85T10A562S", "A person’s code is not kept"),
        ("vat", "DE129273398", "go under “other”"),
        ("wikidata", "Torino", "Write the number of the item, as Q220."),
    ],
)
def test_a_wrong_code_is_not_kept(client, editor, scheme, written, sentence):
    one = make.make_organization("Una")
    row = with_row(client, change(one), "identifiers", scheme=scheme, value=written)
    assert sentence in submit(client, change(one), **row).content.decode()
    assert not one.identifiers.exists()


def test_what_is_typed_is_answered_with_likely_doubles(client, editor):
    city = make.make_city("Torino")
    one = make.make_organization("Il Ponte", city=city, status="draft")
    one.identifiers.create(scheme="fiscal_code", value="12345678901")
    said = asked(client, name_it="il ponte", city=city.pk)
    assert "Il Ponte (opens in a new tab) Torino" in said
    assert "draft" in said
    assert "similar name, same place or none given" in said
    row = {"identifiers-0-scheme": "vat", "identifiers-0-value": "12345678901"}
    assert "same code" in asked(client, **row)
    assert asked(client, **row, **{"identifiers-0-DELETE": "on"}) == ""
    assert asked(client, name_it="il ponte", city=city.pk, entry=one.pk) == "", "itself"
    assert asked(client) == asked(client, name_it="Altro", city=city.pk) == ""
    place = {"places-2-city": city.pk}
    assert "Il Ponte" in asked(client, name_it="il ponte", **place)


def test_an_answer_has_a_budget(client, editor):
    city = make.make_city("Torino")
    for number in range(8):
        make.make_organization(f"Il Ponte {number}", city=city)
    place = reverse("admin:orgs_organization_doubles")
    typed = {"name_it": "il ponte", "city": city.pk, "entry": "1"}
    with CaptureQueriesContext(connection) as captured:
        client.get(place, typed)
    # Session and account, what the account edits, the cities, a reason each, what was said, the
    # entries; the rest is settings of the transaction.
    read = [query["sql"] for query in captured if re.match(r"\s*(SELECT|WITH)", query["sql"])]
    assert len(read) <= 9, read


def test_only_staff_who_may_look_are_answered_and_nothing_is_written(client):
    place = reverse("admin:orgs_organization_doubles")
    assert client.get(place, {"name_it": "Il Ponte"}).status_code == 302
    client.force_login(make.make_editor("ugo", is_superuser=False))
    assert client.get(place, {"name_it": "Il Ponte"}).status_code == 403
    client.force_login(make.make_editor("anna"))
    assert client.post(place, {"name_it": "Il Ponte"}).status_code == 405
    strange = {"name_it": "\ufffd", "city": "9" * 40, "web_addresses-0-url": "://", "entry": "-1"}
    assert client.get(place, strange).status_code == 200
    assert client.get(place, {"name_it": "\x00"}).status_code == 400


@every_kind
def test_without_scripts_the_form_says_so_when_it_opens_and_when_it_was_saved(
    client, editor, model
):
    city = make.make_city("Torino")
    one = make.make_entry(model, "Il Ponte", {"places": [city]})
    new = address(one, "add")
    answer = submit(
        client, new, name_it="il ponte", **with_row(client, new, "places", city=city.pk)
    )
    assert answer.status_code == 302, "it is only shown, never refused"
    page = client.get(answer["Location"]).content.decode()
    assert "This may be a double of" in page
    assert page.count(change(one)) >= 2, "in the sentence after saving, and in the form"
    broken = submit(client, new, name_it="il ponte", email="no", slug="-", summary_it="x" * 400)
    assert broken.status_code == 200


# ------------------------------------------------------------------ merging in the admin
def test_an_editor_compares_chooses_and_merges_and_takes_it_back(client, editor):
    one, two = pair_in()
    two.summary_it, two.email = "Altro", "ciao@ponte.example"
    two.save()
    one.summary_it = "Uno"
    one.save()
    merging = address(one, "merge", one.pk)
    page = client.get(merging, {"with": two.pk}).content.decode()
    assert re.search(r'name="choose-summary_it" value="kept" checked', page)
    assert re.search(r'name="choose-email" value="other" checked', page), "where one says nothing"
    assert "choose-city" not in page, "they say the same"
    assert re.search(r'name="names_to" value="other_names" checked', page), "the likeliest"
    answer = submit(client, f"{merging}?with={two.pk}", why="Stesso ente", names_to="former_names")
    assert answer["Location"] == change(one)
    one.refresh_from_db()
    assert (one.summary_it, one.email) == ("Uno", "ciao@ponte.example")
    assert one.former_names == ["Il Ponte APS"]
    page = client.get(change(one)).content.decode()
    assert "“Il Ponte APS” and this entry are one now." in page
    merged = address(one, "merged", one.pk)
    assert merged in page
    page = client.get(merged).content.decode()
    assert "Stesso ente" in page
    assert "Take this merge back" in page
    answer = client.post(merged, {"merge": Merge.objects.get().pk})
    assert answer["Location"] == change(one)
    assert Organization.objects.get(pk=two.pk).summary_it == "Altro"
    one.refresh_from_db()
    assert (one.email, one.former_names) == ("", [])
    assert "Taken back by anna" in client.get(merged).content.decode()


def test_of_a_picture_that_both_have_the_person_chooses_the_words(client, editor):
    one, two = pair_in()
    file = {"image": "pictures/a.webp", "width": 4, "height": 3, "widths": [4]}
    one.pictures.create(**file, alt_it="Il cortile", credit="Anna")
    other = two.pictures.create(
        **file, alt_it="Il cortile d’estate", alt_en="The court", credit="Bruno"
    )
    merging = f"{address(one, 'merge', one.pk)}?with={two.pk}"
    page = unescape(client.get(merging).content.decode())
    assert "Both have it and say different things of it: choose what remains" in page
    name = f"choose-pictures-{other.pk}"
    for text, value in (("alt_it", "kept"), ("alt_en", "other"), ("credit", "kept")):
        assert re.search(rf'name="{name}-{text}" value="{value}" checked', page), text
        assert page.count(f'name="{name}-{text}"') == 2
    assert 'aria-label="Pictures: Il cortile d’estate, Credit' in page
    for words in ("Anna", "Bruno", "The court"):
        assert words in page
    submit(client, merging, **{f"{name}-credit": "other"})
    picture = Organization.objects.get().pictures.get()
    assert (picture.alt_it, picture.alt_en, picture.credit) == (
        *("Il cortile", "The court"),
        "Bruno",
    )


def test_what_cannot_be_chosen_together_comes_back_with_the_choice_and_the_reason(client, editor):
    one, two = pair_in()
    network = make.make_network("Rete")
    make.join(one, network)
    tie = make.join(two, network, until="2015-01-01", until_precision="year", current="no")
    merging = f"{address(one, 'merge', one.pk)}?with={two.pk}"
    page = client.get(merging).content.decode()
    name = f"choose-memberships-{tie.pk}-until"
    assert re.search(rf'name="{name}" value="kept" checked', page), "it goes on, so it has no end"
    answer = submit(client, merging, **{f"choose-memberships-{tie.pk}-until": "other"})
    page = unescape(answer.content.decode())
    assert "cannot say what was chosen" in page
    assert re.search(rf'name="choose-memberships-{tie.pk}-until" value="other" checked', page)
    assert Organization.objects.count() == 2


def test_what_changed_while_somebody_compared_is_looked_at_again(client, editor):
    one, two = pair_in()
    merging = address(one, "merge", one.pk)
    data = {"with": two.pk, "version": one.version, "other_version": two.version}
    two.save()
    page = client.post(merging, data).content.decode()
    assert "One of the two was changed meanwhile." in page
    assert Organization.objects.count() == 2


def test_what_stands_in_the_way_is_said_and_nothing_is_taken_back(client, editor):
    one, two = pair_in()
    submit(client, f"{address(one, 'merge', one.pk)}?with={two.pk}")
    one.refresh_from_db()
    one.save()
    merged = address(one, "merged", one.pk)
    page = unescape(client.get(merged).content.decode())
    assert "It can no longer be taken back" in page
    assert "Changed since: Organization “Il Ponte”." in page
    client.post(merged, {"merge": Merge.objects.get().pk})
    assert Organization.objects.count() == 1


def person(role: str) -> User:
    user = make.make_editor(role, is_superuser=False)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.mark.parametrize(
    ("role", "statuses", "may"),
    [
        ("editor", ("draft", "in_review"), True),
        ("editor", ("published", "draft"), False),
        ("editor", ("draft", "published"), False),
        ("reviewer", ("published", "published"), True),
        ("translator_it", ("draft", "draft"), False),
    ],
)
def test_who_may_merge_by_button_and_by_address(client, role, statuses, may):
    one, two = pair_in()
    for entry, status in zip((one, two), statuses, strict=True):
        Organization.objects.filter(pk=entry.pk).update(status=status)
        entry.refresh_from_db()
    client.force_login(person(role))
    merging = address(one, "merge", one.pk)
    page = client.get(merging, {"with": two.pk}).content.decode()
    assert ('name="names_to"' in page) == may
    data = {"with": two.pk, "version": one.version, "other_version": two.version}
    assert client.post(merging, data).status_code == (302 if may else 403)
    assert Organization.objects.count() == (1 if may else 2)


def test_who_may_not_publish_takes_back_no_merge_of_what_was_public(client, editor):
    one, two = pair_in()
    submit(client, f"{address(one, 'merge', one.pk)}?with={two.pk}")
    Organization.objects.filter(pk=one.pk).update(status="draft")
    client.force_login(person("editor"))
    answer = client.post(address(one, "merged", one.pk), {"merge": Merge.objects.get().pk})
    assert answer.status_code == 403


def test_an_entry_merges_with_another_only(client, editor):
    one, _two = pair_in()
    merging = address(one, "merge", one.pk)
    for other in (one.pk, "0", "x"):
        assert client.get(merging, {"with": other}).status_code == 404
    page = client.get(merging).content.decode()
    assert "Which other entry is the same?" in page
    assert "Il Ponte APS" in page
