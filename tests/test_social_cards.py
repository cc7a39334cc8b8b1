"""The pictures that others show with an entry's address."""

import io
import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.template import engines
from django.utils.translation import override
from PIL import Image

from directory import social_cards
from directory.models import Status
from directory.registry import kinds
from directory.social_cards import (
    MARGIN,
    NAME_LINES,
    WIDTH,
    Card,
    Lettering,
    card_of,
    drawn,
    has,
    name_lines,
    palette,
    png,
)
from orgs.models import Organization
from projects.models import Project
from tests.builders import make_city, make_network, make_organization, make_project

SIXTY = "Associazione per la cura condivisa dei beni comuni urbani di Reggio nell’Emilia"


def card(name: str = "L’asilo", **fields: str) -> Card:
    given = {"kind": "organization", "kind_label": "Organizzazione", "place": "Napoli"}
    return Card(name=name, **(given | {"site": "civicnet", "language": "it"} | fields))


@pytest.fixture
def media(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def organization(db, media):
    return make_organization("L’asilo", name_en="The asylum", city=make_city("Napoli"))


def address(entry, language: str = "it", query: str = "") -> str:
    return f"/social/{entry._meta.model_name}/{entry.slug}.{language}.png{query}"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# ------------------------------------------------------------------ the answer
def test_a_published_entry_has_a_card_in_each_language(client, organization, media):
    seen = set()
    for language in ("it", "en"):
        answer = client.get(address(organization, language))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert answer["Content-Language"] == language
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        image = Image.open(io.BytesIO(answer.content))
        assert (image.format, image.size) == ("PNG", (1200, 630))
        assert len(answer.content) < 60_000
        seen.add(answer.content)
    assert len(seen) == 2
    assert len(files(media)) == 2


@pytest.mark.parametrize("make", [make_organization, make_network, make_project])
def test_every_kind_has_cards(client, db, media, make):
    answer = client.get(address(make("Qualcosa")))
    assert answer.status_code == 200
    image = Image.open(io.BytesIO(answer.content)).convert("RGB")
    kind = make.__name__.removeprefix("make_")
    assert all(
        abs(a - b) < 4 for a, b in zip(image.getpixel((600, 5)), palette()[kind], strict=True)
    )


def test_head_says_the_same_without_the_picture(client, organization):
    got, head = client.get(address(organization)), client.head(address(organization))
    assert head.status_code == 200
    assert head.content == b""
    for name in ("ETag", "Cache-Control", "Content-Length"):
        assert head.get(name) == got.get(name)
    assert client.post(address(organization)).status_code == 405


@pytest.mark.parametrize("status", [one for one in Status if one != Status.PUBLISHED])
def test_what_is_not_published_has_none(client, organization, media, status):
    organization.status = status
    organization.save()
    assert client.get(address(organization)).status_code == 404
    assert not files(media)


@pytest.mark.parametrize(
    "path",
    [
        "/social/organization/no-such.it.png",
        "/social/organization/l-asilo.de.png",
        "/social/person/l-asilo.it.png",
        "/social/network/l-asilo.it.png",
        "/social/organization/l-asilo.png",
        "/social/organization/..%2f..%2fsettings.it.png",
        "/social/organization/%00.it.png",
    ],
)
def test_no_other_address_leads_to_a_picture(client, organization, media, path):
    assert client.get(path).status_code == 404
    assert not files(media)


def test_an_address_that_leads_nowhere_costs_three_queries(
    client, organization, django_assert_num_queries
):
    """The entry, one that had this name formerly, and for the page that says so whether entries are
    invented."""
    with django_assert_num_queries(3):
        client.get("/social/organization/no-such.it.png")
    with django_assert_num_queries(1):
        client.get("/social/nothing/no-such.it.png")


def test_queries_of_a_card(client, organization, django_assert_max_num_queries):
    """The entry and its places."""
    with django_assert_max_num_queries(2):
        client.get(address(organization))


# ------------------------------------------------------------------ caching
def test_a_card_is_drawn_once(client, organization, monkeypatch):
    first = client.get(address(organization)).content
    monkeypatch.setattr(social_cards, "png", lambda card: pytest.fail("drawn again"))
    assert client.get(address(organization)).content == first


def test_only_the_exact_address_is_kept_for_good(client, organization, media):
    digest = card_of(organization, "it").digest
    exact = client.get(address(organization, query=f"?v={digest}"))
    assert exact["Cache-Control"] == "public, max-age=31536000, immutable"
    for query in ("", "?v=", "?v=another", f"?v={digest}0", "?x=1"):
        other = client.get(address(organization, query=query))
        assert other["Cache-Control"] == "public, max-age=3600"
        assert other.content == exact.content
    assert len(files(media)) == 1


def test_what_is_known_is_confirmed_without_drawing(client, organization, media):
    etag = f'"{card_of(organization, "it").digest}"'
    answer = client.get(address(organization), headers={"if-none-match": etag})
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer["ETag"] == etag
    assert "max-age" in answer["Cache-Control"]
    assert not files(media)
    stale = client.get(address(organization), headers={"if-none-match": '"old"'})
    assert stale.status_code == 200


def test_a_change_of_what_is_drawn_gives_another_card(organization, settings):
    before = {language: card_of(organization, language).digest for language in ("it", "en")}
    assert before["it"] != before["en"]
    organization.summary_it = "Not drawn."
    assert card_of(organization, "it").digest == before["it"]
    settings.SITE_NAME = "Another"
    assert card_of(organization, "it").digest != before["it"]
    settings.SITE_NAME = "civicnet"
    organization.city = make_city("Torino")
    assert card_of(organization, "it").digest != before["it"]
    organization.city = make_city("Napoli")
    assert card_of(organization, "it").digest == before["it"]
    organization.name_it = "L’Asilo"
    assert card_of(organization, "it").digest != before["it"]


def test_a_full_disk_costs_the_file_only(client, organization, media, monkeypatch):
    def full(name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    answer = client.get(address(organization))
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert not files(media)


def test_two_who_draw_at_once_leave_one_file(media):
    social_cards.keep(card().file, b"one")
    social_cards.keep(card().file, b"two")
    assert [path.read_bytes() for path in files(media)] == [b"one"]


def test_old_cards_go_and_are_drawn_again(client, organization, media):
    def command(*arguments: str) -> str:
        said = io.StringIO()
        call_command("delete_orphan_pictures", *arguments, stdout=said)
        return said.getvalue()

    assert "0 were deleted" in command()
    first = client.get(address(organization)).content
    name = card_of(organization, "it").file
    assert "0 were deleted" in command()
    os.utime(media / name, (0, 0))
    assert f"{name}\n1 would be deleted" in command("--dry-run")
    assert files(media)
    assert f"{name}\n1 were deleted" in command()
    assert not files(media)
    assert client.get(address(organization)).content == first


# ------------------------------------------------------------------ the words on it
def test_the_words_are_those_of_the_language(db):
    city = make_city("Torino", name_en="Turin")
    project = make_project("Case di quartiere", name_en="Neighbourhood houses", places=[city])
    italian, english = card_of(project, "it"), card_of(project, "en")
    assert (italian.name, italian.place) == ("Case di quartiere", "Torino")
    assert (english.name, english.place) == ("Neighbourhood houses", "Turin")
    assert (english.kind, english.kind_label) == ("project", "Project")
    assert english.alt == "Neighbourhood houses · Project · Turin"
    with override("en"):
        assert card_of(project, "it") == italian, "whatever language is active"


def test_the_place_is_the_seat_or_the_places_it_acts_in(db):
    cities = [make_city(name) for name in ("Torino", "Napoli", "Bari", "Roma")]
    seated = make_organization("A", city=cities[1], places=cities[:1])
    assert card_of(seated).place == "Napoli"
    assert card_of(make_organization("B", places=cities[:2])).place == "Torino, Napoli"
    assert card_of(make_organization("C", places=cities)).place == "Torino, Napoli, Bari…"
    assert card_of(make_organization("D", places=[None])).place
    assert card_of(make_organization("E")).place == ""


@pytest.mark.parametrize(
    "name", ["A", "L’asilo", SIXTY, "parola " * 35, "Precipitevolissimevolmente" * 4, "W" * 250]
)
def test_a_name_fits_whatever_its_length(name):
    heading = Lettering("heading")
    lines, size = name_lines(name, heading)
    assert 1 <= len(lines) <= NAME_LINES
    for line in lines:
        assert heading.width(line, size) <= WIDTH - 2 * MARGIN


def test_long_names_are_smaller_but_whole_and_longer_ones_say_so():
    heading = Lettering("heading")
    short, long = name_lines("L’asilo", heading), name_lines(SIXTY, heading)
    assert short[1] > long[1] > 60
    assert " ".join(long[0]) == SIXTY
    assert name_lines("parola " * 35, heading)[0][-1].endswith("…")


def test_what_is_drawn_differs_by_what_is_said():
    base = png(card())
    assert base == png(card()), "the same words give the same bytes"
    for changed in ({"name": "L’asola"}, {"place": "Bari"}, {"site": "rete"}, {"kind": "network"}):
        assert png(card(**changed)) != base, changed


def test_letters_stay_inside_and_clear_of_each_other():
    """Rows and columns around the name are paper."""
    image = drawn(card(SIXTY, place="Reggio nell’Emilia " * 9, site="Un nome " * 20))
    ink = [pixel for x in range(0, MARGIN - 10) for pixel in [image.getpixel((x, 300))]]
    assert set(ink) == {palette()["paper"]}
    right = {image.getpixel((x, y)) for x in range(WIDTH - 60, WIDTH) for y in range(60, 140)}
    assert right == {palette()["paper"]}


def test_letters_that_a_font_lacks_come_from_another():
    latin, extended = social_cards.HEADING_FILES
    text_extended = social_cards.TEXT_FILES[1]
    assert has(latin, "à")
    assert not has(latin, "č")
    assert has(extended, "č")
    assert not has(extended, "ł")
    assert has(text_extended, "ł")
    heading = Lettering("heading")
    assert "".join(part for _font, part in heading.runs("Čà ł – 東 ǎ", 40)) == "Čà ł –  a"
    assert heading.width("Škofja Łódź", 40) > heading.width("Skofja", 40)


def test_every_kind_has_its_colours():
    for key in kinds:
        assert key in palette()
        assert f"{key}-tint" in palette()
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    paper = re.search(r"--paper: (#\w{6});", tokens).group(1)
    assert "#{:02x}{:02x}{:02x}".format(*palette()["paper"]) == paper


# ------------------------------------------------------------------ the page's head
def metas(entry, language: str) -> dict[str, str]:
    with override(language):
        html = engines["django"].from_string("{% load drawings %}{% social_card entry %}")
        found = html.render({"entry": entry})
    return dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', found))


def test_the_page_names_the_card(client, organization, django_assert_num_queries):
    loaded = Organization.objects.published().for_detail().get()
    with django_assert_num_queries(0):
        said = metas(loaded, "en")
    image = said["og:image"]
    assert image.startswith(f"{settings.BASE_URL}/social/organization/")
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    assert said["og:image:alt"] == "The asylum · Organization · Napoli"
    answer = client.get(image.removeprefix(settings.BASE_URL))
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert metas(loaded, "it")["og:image"] != image


def test_the_page_of_a_project_needs_no_query_either(db, django_assert_num_queries):
    make_project("Co-City", places=[make_city("Torino"), make_city("Napoli")])
    loaded = Project.objects.published().for_detail().get()
    with django_assert_num_queries(0):
        assert "Torino, Napoli" in metas(loaded, "it")["og:image:alt"]


def test_a_preview_names_none(organization):
    organization.status = Status.DRAFT
    assert metas(organization, "it") == {}


def test_pages_say_who_they_are_when_they_are_shared(client, organization):
    html = client.get(organization.get_absolute_url()).content.decode()
    said = dict(re.findall(r'<meta (?:name="\w+" )?property="([^"]+)" content="([^"]*)">', html))
    assert said["og:title"] in re.search(r"<title>(.+?)</title>", html).group(1)
    assert said["og:url"] == f"{settings.BASE_URL}{organization.get_absolute_url()}"
    assert said["og:image"].startswith(f"{settings.BASE_URL}/social/organization/")
    assert (said["og:type"], said["og:locale"]) == ("article", "it_IT")
    home = client.get("/en/").content.decode()
    assert '<meta property="og:type" content="website">' in home


# ------------------------------------------------------------------ the site's own
def named_by(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta property="(og:image[^"]*)" content="([^"]*)">', html))


def test_every_other_public_page_names_the_card_of_the_site(client, content, media):
    pages = {
        "it": ("/it/", "/it/organizzazioni/?city=torino", "/it/citta/torino/", "/it/temi/ecologia/",
               "/it/regioni/", "/it/mappa/", "/it/cerca/?q=orti", "/it/privacy/"),
        "en": ("/en/", "/en/networks/", "/en/cities/torino/", "/en/themes/", "/en/about/"),
    }  # fmt: skip
    sentences = {
        "it": "Chi fa che cosa per il bene comune nelle città italiane",
        "en": "Who does what for the common good in Italian cities",
    }
    seen = set()
    for language, addresses in pages.items():
        told = [named_by(client.get(address).content.decode()) for address in addresses]
        assert all(one == told[0] for one in told)
        assert told[0]["og:image:alt"] == f"{sentences[language]} · civicnet"
        assert (told[0]["og:image:width"], told[0]["og:image:height"]) == ("1200", "630")
        image = told[0]["og:image"].removeprefix(settings.BASE_URL)
        answer = client.get(image)
        assert "immutable" in answer["Cache-Control"]
        assert answer["Content-Language"] == language
        assert not answer.cookies
        assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
        assert client.get(image, headers={"if-none-match": answer["ETag"]}).status_code == 304
        seen.add(answer.content)
    assert len(seen) == len(files(media)) == 2


def test_the_card_of_the_site_is_drawn_once_and_without_a_query(
    client, db, media, monkeypatch, django_assert_num_queries
):
    with django_assert_num_queries(0):
        first = client.get("/social/it.png")
    assert first["Cache-Control"] == "public, max-age=3600"
    monkeypatch.setattr(social_cards, "png", lambda card: pytest.fail("drawn again"))
    assert client.get("/social/it.png").content == first.content
    assert client.get("/social/de.png").status_code == 404
    assert client.post("/social/it.png").status_code == 405


@pytest.mark.parametrize("address", ["/niente/", "/it/niente/", "/admin/login/"])
def test_an_address_of_no_page_and_those_of_staff_name_none(client, db, address):
    assert "og:image" not in client.get(address).content.decode()
