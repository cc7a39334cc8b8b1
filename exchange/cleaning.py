"""From a cell to a value: telephones, codes, dates, addresses, in the form the directory keeps.

A cleaner takes any cell, and gives its value, or raises Unreadable with the reason. What is
cleaned already comes out as it went in.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from stdnum.it import codicefiscale, iva  # type: ignore[import-untyped]

from directory.addresses import validate_web_address
from directory.dates import PartialDate
from exchange import wording


class Unreadable(ValueError):
    """A cell that says nothing the directory can keep; the text is a key of ``exchange.why``."""


def text_of(cell: Any) -> str:
    """What a spreadsheet shows: ``80012345678`` for a number, no time for a day."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "sì" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else repr(cell)
    if isinstance(cell, datetime.datetime):
        at_midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return (cell.date() if at_midnight else cell).isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def stable(why: str) -> Callable[[Callable[[Any], str]], Callable[[Any], str]]:
    """A cleaner whose result would not be read the same again has misread the cell."""

    def decorated(clean: Callable[[Any], str]) -> Callable[[Any], str]:
        @wraps(clean)
        def cleaned(cell: Any) -> str:
            value = clean(cell)
            if value != cell:
                try:
                    same = not value or clean(value) == value
                except Unreadable:
                    same = False
                if not same:
                    raise Unreadable(why)
            return value

        return cleaned

    return decorated


# ------------------------------------------------------------------ texts
def limited(clean: Callable[[str], str], most: int) -> Callable[[Any], str]:
    def cleaned(cell: Any) -> str:
        value = clean(text_of(cell))
        if len(value) > most:
            raise Unreadable("too_long")
        return value

    return cleaned


name = limited(wording.name, 250)
line = limited(wording.title, 300)
prose = limited(wording.prose, 50_000)
summary = limited(lambda text: wording.title(" ".join(text.split())), 300)

TAIL = re.compile(
    r"(?P<street>.*\w.*?)\s*(?:[-,;–]\s*|\s)(?P<cap>\d{1,5})\s*[-,;–\s]\s*(?P<city>[^\d,;]+?)"
    r"\s*(?:[-,;–]\s*|\()\s*(?P<sigla>[A-Z]{2})\)?\s*"
)
TAIL_WITHOUT_PROVINCE = re.compile(
    r"(?P<street>.*\w.*?)\s*(?:[-,;–]\s*|\s)(?P<cap>\d{5})\s*[-,;–\s]\s*(?P<city>[^\d,;()]+?)\s*"
)
NUMBERS = re.compile(r"\b(?:n|nr|num)(?:[.°º]+\s*|\s+)(?=\d)", re.IGNORECASE)
NO_NUMBER = re.compile(r"\bs\.?\s?n\.?\s?c?\.?(?=\s*$|\s*[,;(-])", re.IGNORECASE)
COMMA_IN_PLACE = re.compile(r"\s*,(?=\S)|\s+,")


def parted(text: str) -> tuple[str, str, str, str]:
    """Street, postcode, city, two letters, of an address that has them all in one cell."""
    text = wording.one_line(text)
    for pattern in (TAIL, TAIL_WITHOUT_PROVINCE):
        if match := pattern.fullmatch(text):
            found = match.groupdict()
            return (
                found["street"].rstrip(" ,;-–"),
                found["cap"].zfill(5),
                found["city"].strip(),
                found.get("sigla") or "",
            )
    return text, "", "", ""


def address(cell: Any) -> str:
    value = wording.settled(_address, text_of(cell))
    if len(value) > 300:
        raise Unreadable("too_long")
    return value


def _address(text: str) -> str:
    text = wording.name(text)
    text = NO_NUMBER.sub("s.n.c.", NUMBERS.sub("", text))
    return COMMA_IN_PLACE.sub(", ", text).replace(",  ", ", ").strip(" ,;-–")


# ------------------------------------------------------------------ how to reach it
BETWEEN_ADDRESSES = re.compile(r"[\s;|]+|,(?=\s|https?:|www\.)|(?<=\w)/(?=https?:|www\.)")
PLAINLY_ADDRESS = re.compile(r"[(<\"']*(?:https?://|www\.)", re.IGNORECASE)
WRONG_SCHEME = re.compile(
    r"^(?:h{0,2}t{1,3}p{1,3}|hptt)s?(?:[:;.]*/{1,3}|[:;]+)(?=\S)", re.IGNORECASE
)
SCHEME = re.compile(r"^(https?)://", re.IGNORECASE)
HOST = re.compile(r"^[^\W_](?:[\w-]*\.)+[^\W\d_]{2,}(?=$|[/:?#])")


def web_addresses(cell: Any) -> list[str]:
    """All addresses of a cell, each once. Among other words only those count that are plainly
    addresses, with a scheme or ``www.``; raises where there are none, or others too."""
    found: list[str] = []
    wrong, all_plain = None, True
    for part in BETWEEN_ADDRESSES.split(wording.one_line(text_of(cell))):
        if wording.is_nothing(part):
            continue
        try:
            one = web_address(part)
        except Unreadable as error:
            wrong = error
            continue
        if one and one not in found:
            found.append(one)
        if one and not PLAINLY_ADDRESS.match(part):
            all_plain = False
    if wrong and not (found and all_plain):
        raise wrong
    return found


@stable("no_address")
def web_address(cell: Any) -> str:
    """With a scheme, and the host in small letters. ``https`` where there was none."""
    text = wording.one_line(text_of(cell)).strip("<>()[]\"'“”«»,;").rstrip(".")
    if wording.is_nothing(text):
        return ""
    for _round in range(3):
        # ``http://http://www``, ``http:/www``, ``htpp://www``, ``http//www``
        right = SCHEME.match(text)
        rest = text[right.end() :] if right else text
        if right and WRONG_SCHEME.match(rest):
            text = rest
        elif not right and (wrong := WRONG_SCHEME.match(text)):
            text = f"{'https' if 's' in wrong[0].lower() else 'http'}://{text[wrong.end() :]}"
        else:
            break
    if not SCHEME.match(text):
        if not HOST.match(text):
            raise Unreadable("no_address")
        text = f"https://{text}"
    scheme, _, rest = text.partition("://")
    end = min((rest.find(sign) for sign in "/?#" if sign in rest), default=len(rest))
    host = rest[:end].lower().rstrip(".")
    text = f"{scheme.lower()}://{host}{rest[end:]}"
    try:
        validate_web_address(text)
    except (ValidationError, ValueError):
        raise Unreadable("no_address") from None
    return text


SOCIAL = (
    *("facebook.com", "fb.com", "instagram.com", "twitter.com", "x.com", "youtube.com"),
    *("youtu.be", "linkedin.com", "tiktok.com", "t.me", "telegram.me", "mastodon.social"),
    *("mastodon.uno", "bsky.app", "threads.net", "wa.me", "vimeo.com", "flickr.com"),
)


def kind_of_address(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return "website"
    social = any(host == known or host.endswith(f".{known}") for known in SOCIAL)
    return "social" if social else "website"


EMAIL = re.compile(r"[^\s<>()\[\],;:\"'/|]+@[^\s<>()\[\],;:\"'/|]+")


@stable("no_email")
def email(cell: Any) -> str:
    """The first of the addresses in a cell, the part behind @ in small letters."""
    text = wording.one_line(text_of(cell))
    match = EMAIL.search(text)
    if not match:
        raise Unreadable("no_email")
    local, _, host = match[0].strip(".").rpartition("@")
    value = f"{local.removeprefix('mailto:')}@{host.lower()}"
    try:
        validate_email(value)
    except ValidationError:
        raise Unreadable("no_email") from None
    if len(value) > 254:
        raise Unreadable("no_email")
    return value


BETWEEN_NUMBERS = re.compile(
    r"\s*[;|]\s*|\s+[-–/]\s+|\s*,\s*|\s+(?:o|e|or|and)\s+"
    r"|(?=\b(?:fax|tel|telefono|cell|cellulare|mob|centralino|ufficio)\b)",
    re.IGNORECASE,
)
LABEL = re.compile(r"[^\W\d_]+[.:°]*|[.:]")
NOT_WITH_ZERO = ("800", "803", "840", "848", "847", "892", "895", "899", "199")


@stable("no_telephone")
def telephone(cell: Any) -> str:
    """Numbers in groups as written, with one space between; the zero that was lost put back.

    Italian numbers begin with 0, mobile ones with 3, those for everybody with 8 or 1 and are
    short or known (numbering plan: Agcom 8/15/CIR). What is none of these lost its zero.
    """
    text = wording.one_line(text_of(cell).replace("\n", "; "))
    found: list[str] = []
    for part in BETWEEN_NUMBERS.split(text):
        number = _number(part)
        if number and number not in found:
            found.append(number)
    if not found:
        raise Unreadable("no_telephone")
    value = ", ".join(found)
    if len(value) > 60:
        value = found[0]
    return value


def _number(written: str) -> str:
    if written.lower().startswith("fax"):
        return ""
    if re.search(r"\d\s*e\+?\d", written, re.IGNORECASE):
        raise Unreadable("no_telephone")
    kept = LABEL.sub(" ", written.replace("(0)", "0").replace("\u00a0", " "))
    abroad = "+" in kept[: len(kept) - len(kept.lstrip(" +(")) + 1]
    groups = re.findall(r"[0-9]+", kept)
    digits = "".join(groups)
    if not digits:
        return ""
    if not 3 <= len(digits) <= 15:
        raise Unreadable("no_telephone")
    if digits.startswith("00"):
        abroad = True
        groups = _without(groups, 2)
    elif digits.startswith("39") and len(digits) in (11, 12, 13) and digits[2] in "03":
        abroad = True
    if abroad:
        digits = "".join(groups)
        if digits.startswith("39"):
            rest = _without(groups, 2)
            # +39 11 … lost its zero as well.
            return " ".join(["+39", *_with_zero(rest)])
        return "+" + " ".join(groups)
    return " ".join(_with_zero(groups))


def _without(groups: list[str], count: int) -> list[str]:
    while groups and count:
        cut = min(count, len(groups[0]))
        groups = [groups[0][cut:], *groups[1:]] if cut < len(groups[0]) else groups[1:]
        count -= cut
    return groups


def _with_zero(groups: list[str]) -> list[str]:
    digits = "".join(groups)
    needs_none = (
        not digits
        or digits[0] in "01"
        or (digits[0] == "3" and len(digits) in (9, 10))
        or digits.startswith(NOT_WITH_ZERO)
        or not 6 <= len(digits) <= 10
    )
    return groups if needs_none else ["0" + groups[0], *groups[1:]]


# ------------------------------------------------------------------ codes
def _digits_of(cell: Any) -> str:
    text = wording.one_line(text_of(cell)).upper().strip("'\"")
    text = re.sub(r"^(C\.?F\.?|P\.?\s?I\.?(VA)?)?[\s:./]*", "", text)
    text = re.sub(r"^IT[\s:.-]*(?=\d)", "", text)
    return re.sub(r"[\s./-]", "", text.removesuffix(".0"))


def fiscal_code(cell: Any) -> str:
    """The eleven digits of a body, with the zeros that spreadsheets lose, and their check digit.

    A person's code (sixteen signs) is refused: it says when and where somebody was born.
    """
    code = _digits_of(cell)
    if code.isascii() and code.isdigit() and 7 <= len(code) <= 11:
        code = code.zfill(11)
        if code != "0" * 11 and iva.is_valid(code):
            return code
    if len(code) == 16 and codicefiscale.is_valid(code):
        raise Unreadable("persons_code")
    raise Unreadable("wrong_code")


def vat(cell: Any) -> str:
    code = _digits_of(cell)
    if code.isascii() and code.isdigit() and 7 <= len(code) <= 11:
        code = code.zfill(11)
        if code != "0" * 11 and iva.is_valid(code):
            return code
    raise Unreadable("wrong_code")


@stable("too_long")
def code(cell: Any) -> str:
    value = wording.one_line(text_of(cell)).strip("'\" ")
    if len(value) > 100:
        raise Unreadable("too_long")
    return value


# ------------------------------------------------------------------ dates, yes and no
MONTHS = {
    **{
        name: number
        for number, names in enumerate(
            (
                ("gennaio", "gen", "january", "jan"),
                ("febbraio", "feb", "february"),
                ("marzo", "mar", "march"),
                ("aprile", "apr", "april"),
                ("maggio", "mag", "may"),
                ("giugno", "giu", "june", "jun"),
                ("luglio", "lug", "july", "jul"),
                ("agosto", "ago", "august", "aug"),
                ("settembre", "set", "sett", "september", "sep", "sept"),
                ("ottobre", "ott", "october", "oct"),
                ("novembre", "nov", "november"),
                ("dicembre", "dic", "december", "dec"),
            ),
            1,
        )
        for name in names
    }
}
IN_WORDS = re.compile(
    r"(?:(?P<day>\d{1,2})(?:°|º|st|nd|rd|th)?[\s./-]+)?(?P<month>[a-z]+)\.?[\s,./-]+(?P<year>\d{4})"
)
IN_ENGLISH = re.compile(
    r"(?P<month>[a-z]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
)
WITH_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
BEFORE_DATE = re.compile(
    r"^(?:(?:fondat[aoie]|costituit[aoie]|nat[aoie]|attiv[aoie]|dal|dall'|dalla|del|dell'|nel|nell'"
    r"|da|il|in|since|from|founded|anno|year)\b[\s:']*)+"
)
YEARS = range(1000, 2101)


@stable("no_date")
def partial_date(cell: Any) -> str:
    """``2013``, ``2013-06`` or ``2013-06-01``: never an invented day."""
    if isinstance(cell, bool):
        raise Unreadable("no_date")
    text = wording.one_line(text_of(cell)).lower().strip("'\"() ")
    text = BEFORE_DATE.sub("", text).strip(" .,;:")
    if match := WITH_TIME.fullmatch(text.upper()):
        text = match[1]
    try:
        date = _in_words(text) or PartialDate.parse(
            re.sub(r"\s*[-/.]\s*", "/", text) if text[:4].count("-") or "." in text else text
        )
    except (ValueError, OverflowError):
        raise Unreadable("no_date") from None
    if date is None or date.year not in YEARS:
        raise Unreadable("no_date")
    return date.iso


def _in_words(text: str) -> PartialDate | None:
    for pattern in (IN_WORDS, IN_ENGLISH):
        if (match := pattern.fullmatch(text)) and (month := MONTHS.get(match["month"])):
            day = match["day"]
            precision = "day" if day else "month"
            return PartialDate(int(match["year"]), month, int(day or 1), precision)
    return None


YES = frozenset(("si", "sì", "s", "yes", "y", "true", "vero", "1", "x", "on"))
NO = frozenset(("no", "n", "false", "falso", "0", "off"))


def yes_or_no(cell: Any) -> bool:
    text = wording.accents(wording.one_line(text_of(cell))).casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise Unreadable("neither_yes_nor_no")


BETWEEN_NAMES = re.compile(r"\s*[;|\n]\s*")


def names(cell: Any) -> list[str]:
    found: list[str] = []
    for part in BETWEEN_NAMES.split(wording.lines(text_of(cell))):
        one = name(part)
        if one and not wording.is_nothing(one) and one not in found:
            found.append(one)
    return found
