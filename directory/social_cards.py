"""The picture of an entry that others show with its address: name, kind, place, in one language.

It is drawn when first asked for and kept in the media folder under a digest of what it says, so
a changed entry gets a new picture and a new address (``?v=``), and the same is never drawn twice.
Only published entries have one, and the site itself for all other pages: nobody can have more
files written than there are entries.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont

from directory.lettering import shortened, wrapped
from directory.models import Entry
from directory.moved import moved_to
from directory.registry import kind_of, kinds
from places.languages import LANGUAGES, current, translated

WIDTH, HEIGHT = 1200, 630
FOLDER = "social"
# Raised by whoever changes how cards look, so that all are drawn anew.
DESIGN = 1

A_YEAR = 365 * 24 * 3600
AN_HOUR = 3600
# A card that is asked for after that is drawn again, which costs a tenth of a second.
KEPT = timedelta(days=90)
MOST_PLACES = 3
# The kind whose colours the card of the site has.
SITE_COLOURS = "organization"

one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Card:
    """All that is drawn, as words; ``kind`` is the key that names its colours."""

    name: str
    kind: str
    kind_label: str
    place: str
    site: str
    language: str

    @property
    def digest(self) -> str:
        said = json.dumps([DESIGN, asdict(self)], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    @property
    def alt(self) -> str:
        said = [self.name, self.kind_label or self.site, self.place]
        return " · ".join(part for part in said if part)

    @property
    def file(self) -> str:
        return f"{FOLDER}/{self.digest[:2]}/{self.digest}.png"


def card_of(entry: Entry, language: str | None = None) -> Card:
    """Without a query for an entry that was loaded with ``with_places``."""
    language = language or current()
    kind = kind_of(entry)
    with override(language):
        return Card(
            name=" ".join(translated(entry, "name")[0].split()),
            kind=kind.key,
            kind_label=capfirst(str(kind.label)),
            place=place_of(entry),
            site=settings.SITE_NAME,
            language=language,
        )


def card_of_site(language: str | None = None) -> Card:
    """For the pages that are no entry's."""
    language = language or current()
    with override(language):
        return Card(
            name=_("Who does what for the common good in Italian cities"),
            kind=SITE_COLOURS,
            kind_label="",
            place="",
            site=settings.SITE_NAME,
            language=language,
        )


def place_of(entry: Entry) -> str:
    """The seat or, for what has none, the first places it acts in."""
    if seat := getattr(entry, "city", None):
        return translated(seat, "name")[0]
    places = list(entry.places.all())  # type: ignore[attr-defined]
    if any(place.country for place in places):
        return capfirst(_("the whole of Italy"))
    names = [translated(place.territory, "name")[0] for place in places[:MOST_PLACES]]
    return ", ".join(names) + ("…" if len(places) > MOST_PLACES else "")


def address_of(entry: Entry, card: Card) -> str:
    path = reverse("social_card", args=[card.kind, entry.slug, card.language])
    return f"{settings.BASE_URL}{path}?v={card.digest}"


def address_of_site(card: Card) -> str:
    path = reverse("site_card", args=[card.language])
    return f"{settings.BASE_URL}{path}?v={card.digest}"


# ------------------------------------------------------------------ serving
@require_safe
def social_card(request: HttpRequest, kind: str, slug: str, language: str) -> HttpResponse:
    """Two queries; one for an address that leads nowhere."""
    if kind not in kinds or language not in LANGUAGES:
        raise Http404
    entries = kinds[kind].model._default_manager.published().with_places()
    entry = entries.with_slug(slug).first()
    if entry is None:
        if moved := entries.formerly(slug).first():
            return moved_to(reverse("social_card", args=[kind, moved.slug, language]))
        raise Http404
    return answer(request, card_of(entry, language))


@require_safe
def site_card(request: HttpRequest, language: str) -> HttpResponse:
    """No query."""
    if language not in LANGUAGES:
        raise Http404
    return answer(request, card_of_site(language))


def answer(request: HttpRequest, card: Card) -> HttpResponse:
    etag = f'"{card.digest}"'
    response = get_conditional_response(request, etag)
    if not isinstance(response, HttpResponse):
        response = HttpResponse(content_of(card), content_type="image/png")
    is_exact = request.GET.get("v") == card.digest
    lasting = f"{A_YEAR}, immutable" if is_exact else str(AN_HOUR)
    response["Cache-Control"] = f"public, max-age={lasting}"
    response["ETag"] = etag
    response["Content-Language"] = card.language
    # It is made to be shown by others.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def content_of(card: Card) -> bytes:
    """The picture's bytes, from its file if there is one. A process draws one at a time."""
    if (kept := read(card.file)) is not None:
        return kept
    with one_at_a_time:
        if (kept := read(card.file)) is not None:
            return kept
        content = png(card)
        keep(card.file, content)
    return content


def read(name: str) -> bytes | None:
    try:
        with default_storage.open(name) as file:
            return file.read()
    except FileNotFoundError:
        return None


def keep(name: str, content: bytes) -> None:
    """Unless the disk is full; the card is served all the same."""
    try:
        written = default_storage.save(name, ContentFile(content))
    except OSError:
        return
    if written != name:  # another process was faster
        default_storage.delete(written)


def old_files(older_than: timedelta = KEPT) -> Iterator[str]:
    """Names of cards that may go: nobody misses a card, since it is drawn again when needed."""
    before = timezone.now() - older_than
    if not default_storage.exists(FOLDER):
        return
    for folder in default_storage.listdir(FOLDER)[0]:
        for file in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            name = f"{FOLDER}/{folder}/{file}"
            if name.endswith(".png") and default_storage.get_modified_time(name) < before:
                yield name


def delete_old_files(older_than: timedelta = KEPT) -> Iterator[str]:
    """Delete them one by one, giving the name of each."""
    for name in old_files(older_than):
        default_storage.delete(name)
        yield name


# ------------------------------------------------------------------ drawing
Colour = tuple[int, int, int]
Spot = tuple[float, float]

MARGIN = 84
BAND = 16
NAME_SIZES = range(132, 43, -4)
NAME_LINES = 3
NAME_LEADING = 1.12
# Between these the name stands, a little above the middle.
NAME_TOP, NAME_BOTTOM = 160, 500
LABEL_BASELINE = 120
LABEL_SIZE = 36
FOOT = HEIGHT - 60
SITE_SIZE = 40

# The logotype: three arches on five feet, in the measure of static/img/logotype.svg.
ARCH_FEET = ((4, 20), (20, 36), (12, 28))
ARCH_COLOURS = ("organization", "project", "network")
FEET = (4, 12, 20, 28, 36)
SPRING, GROUND = 15, 29
ARCH_STROKE, FOOT_STROKE = 2.5, 5
MARK_SCALE = 1.7
ART_SCALE = 15.0
ART_AT = (WIDTH - 36 * ART_SCALE + 70, HEIGHT - GROUND * ART_SCALE + 20)
# Shapes are drawn this many times larger and made smaller, which smooths their edges.
FINER = 3


def png(card: Card) -> bytes:
    # A few flat colours, and the steps between them at the edges of letters.
    image = drawn(card).quantize(128, dither=Image.Dither.NONE)
    output = BytesIO()
    image.save(output, "PNG", optimize=True)
    return output.getvalue()


def drawn(card: Card) -> Image.Image:
    colours = palette()
    accent = colours[card.kind]
    image = Image.new("RGB", (WIDTH, HEIGHT), colours["paper"])
    for feet in ARCH_FEET:
        paint(image, colours[f"{card.kind}-tint"], ART_AT, ART_SCALE, arches=[feet])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, BAND - 1), fill=accent)

    label, text, heading = Lettering("text", 650), Lettering("text", 400), Lettering("heading")
    label.write(draw, (MARGIN, LABEL_BASELINE), card.kind_label, LABEL_SIZE, accent)
    if card.place:
        left = MARGIN + label.width(card.kind_label, LABEL_SIZE)
        room = WIDTH - MARGIN - left
        place = shortened(f" · {card.place}", room, LABEL_SIZE, text.width)
        text.write(draw, (left, LABEL_BASELINE), place, LABEL_SIZE, colours["ink"])

    lines, size = name_lines(card.name, heading)
    height = (len(lines) - 1) * size * NAME_LEADING + size * 0.7
    baseline = NAME_TOP + (NAME_BOTTOM - NAME_TOP - height) * 0.4 + size * 0.7
    for line in lines:
        heading.write(draw, (MARGIN, baseline), line, size, colours["ink"])
        baseline += size * NAME_LEADING

    corner = (MARGIN - FEET[0] * MARK_SCALE, FOOT - GROUND * MARK_SCALE)
    for feet, colour in zip(ARCH_FEET, ARCH_COLOURS, strict=True):
        paint(image, colours[colour], corner, MARK_SCALE, arches=[feet])
    paint(image, colours["ink"], corner, MARK_SCALE, feet=FEET)
    left = corner[0] + (FEET[-1] + 8) * MARK_SCALE
    site = shortened(card.site, WIDTH / 2, SITE_SIZE, heading.width)
    heading.write(draw, (left, FOOT + 2), site, SITE_SIZE, colours["ink"])
    return image


def name_lines(name: str, lettering: Lettering) -> tuple[list[str], int]:
    """As large as the room allows; what is too long even for the smallest size is cut."""
    room, height = WIDTH - 2 * MARGIN, NAME_BOTTOM - NAME_TOP

    @cache
    def relative_width(text: str) -> float:
        # Small letters are a little wider, since each takes whole pixels.
        return lettering.width(text, 100) / 100 * 1.03

    for size in NAME_SIZES:
        lines = wrapped(
            name, room, size, NAME_LINES, lambda text, size: relative_width(text) * size
        )
        is_whole = set(" ".join(lines).split()) == set(name.split())  # and no word is parted
        if is_whole and len(lines) * size * NAME_LEADING <= height:
            break
    return lines, size


def paint(
    image: Image.Image,
    colour: Colour,
    at: Spot,
    scale: float,
    arches: Iterable[tuple[int, int]] = (),
    feet: Iterable[int] = (),
) -> None:
    """Parts of the logotype in one colour, with its corner at ``at``."""
    size = round(40 * scale) + 1, round(34 * scale) + 1
    mask = Image.new("L", (size[0] * FINER, size[1] * FINER))
    draw = ImageDraw.Draw(mask)
    unit = scale * FINER

    def dot(x: float, y: float, width: float) -> None:
        half = width / 2
        box = (x - half, y - half, x + half, y + half)
        draw.ellipse(tuple(part * unit for part in box), fill=255)

    for left, right in arches:
        half, radius = ARCH_STROKE / 2, (right - left) / 2
        box = (left - half, SPRING - radius - half, right + half, SPRING + radius + half)
        # An odd pixel more, since the arc's ends and the legs' are rounded differently.
        width = round(ARCH_STROKE * unit)
        draw.arc(tuple(round(part * unit) for part in box), 180, 360, fill=255, width=width)
        for x in (left, right):
            leg = (x - half, SPRING - 0.2, x + half, GROUND)
            draw.rectangle(tuple(round(part * unit) for part in leg), fill=255)
            dot(x, GROUND, ARCH_STROKE)
    for x in feet:
        dot(x, GROUND, FOOT_STROKE)
    spot = round(at[0]), round(at[1])
    image.paste(colour, (*spot, spot[0] + size[0], spot[1] + size[1]), mask.reduce(FINER))


@cache
def palette() -> dict[str, Colour]:
    """The colours of the light page, by the names that the style sheet gives them."""
    css = (static() / "css" / "tokens.css").read_text()
    light = css.split(":root {", 1)[1].split("}", 1)[0]
    return {
        name: (int(hexes[:2], 16), int(hexes[2:4], 16), int(hexes[4:], 16))
        for name, hexes in re.findall(r"--([\w-]+): #([0-9a-f]{6});", light)
    }


def static() -> Path:
    return Path(settings.BASE_DIR) / "static"


# ------------------------------------------------------------------ letters
# The site's own fonts, each in two files; what neither has may be in the text font.
TEXT_FILES = (
    "atkinson-hyperlegible-next-latin.woff2",
    "atkinson-hyperlegible-next-latin-ext.woff2",
)
HEADING_FILES = ("young-serif-latin.woff2", "young-serif-latin-ext.woff2")
FILES = {"text": TEXT_FILES, "heading": (*HEADING_FILES, *TEXT_FILES)}


@dataclass(frozen=True)
class Lettering:
    """Writes with the first of its files that has a letter."""

    family: str
    weight: int = 400

    def width(self, text: str, size: float) -> float:
        return sum(font.getlength(part) for font, part in self.runs(text, size))

    def write(
        self, draw: ImageDraw.ImageDraw, at: Spot, text: str, size: float, colour: Colour
    ) -> None:
        """``at`` is where the baseline begins."""
        x, y = at
        for font, part in self.runs(text, size):
            draw.text((x, y), part, font=font, fill=colour, anchor="ls")
            x += font.getlength(part)

    def runs(self, text: str, size: float) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        run, used = "", ""
        for letter in unicodedata.normalize("NFC", text):
            file = self.file_with(letter)
            if file is None:
                # Without its accent rather than not at all; then not at all.
                letter = unicodedata.normalize("NFKD", letter)[0]
                if (file := self.file_with(letter)) is None:
                    continue
            if run and file != used:
                yield font_of(used, round(size), self.weight), run
                run = ""
            run, used = run + letter, file
        if run:
            yield font_of(used, round(size), self.weight), run

    def file_with(self, letter: str) -> str | None:
        return next((file for file in FILES[self.family] if has(file, letter)), None)


@cache
def font_of(file: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(static() / "fonts" / file, size, layout_engine=ImageFont.Layout.BASIC)
    if file in TEXT_FILES:
        font.set_variation_by_axes([weight])
    return font


@cache
def has(file: str, letter: str) -> bool:
    """Whether the font can show the letter: what it cannot, it shows like one that nobody has."""
    if letter.isspace():
        return letter == " "
    font = font_of(file, 32, 400)
    shown, unknown = font.getmask(letter), font.getmask("\uffff")
    return shown.getbbox() is not None and bytes(shown) != bytes(unknown)
