"""Texts as people typed them into tables, put right: spaces, quotation marks, capitals, accents.

Every function here takes any text, never raises, and changes nothing the second time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

NOTHING = frozenset(
    (
        *("-", "--", "---", "–", "—", ".", "..", "...", "/", "//", "_", "*", "?", "#", "x", "xx"),
        *("n.d.", "nd", "n.d", "n/d", "n.a.", "na", "n/a", "n.p.", "n.p", "np", "#n/a", "#n/d"),
        *("null", "none", "nil", "nan", "nat", "undefined", "nessuno", "nessuna", "niente"),
        *("non disponibile", "non pervenuto", "non indicato", "non presente", "vuoto", "assente"),
        *("sconosciuto", "unknown", "not available", "not applicable", "no data", "#rif!", "#ref!"),
        *("#value!", "#valore!", "#div/0!", "#name?", "#nome?", "#num!", "'-", "(vuoto)"),
    )
)
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")  # fmt: skip  # noqa: E501
SPACES = re.compile(r"\s+")
LINE_SPACES = re.compile(r"[^\S\n]+")
MANY_LINES = re.compile(r"\n{3,}")

BACKTICKS = re.compile("[`\u00b4]")
BACKTICK_INSIDE = re.compile(r"(?<=\w)[`\u00b4](?=\w)")
TWO_APOSTROPHES = re.compile("''+")
MANY_QUOTES = re.compile(r'"{2,}')
QUOTES = "\"“”„‟«»'‘’"
QUOTED = re.compile(f"[{QUOTES}`\u00b4]")
PAIRS = {'"': '"', "“": "”", "«": "»", "„": "“", "'": "'", "‘": "’"}

ACRONYMS = frozenset(
    (
        # Forms of organizations and of what they are registered as.
        *("asd", "ssd", "odv", "aps", "ets", "onlus", "ong", "ngo", "onp", "oda", "ipab", "asp"),
        *("srl", "srls", "spa", "sas", "snc", "scarl", "scrl", "scs", "coop", "scsd", "ats", "ati"),
        *("runts", "cts", "gas", "gal", "csv", "cav", "cat", "rsa", "cpia", "scu", "sc", "eea"),
        # Bodies and associations.
        *("acli", "agesci", "aido", "aifo", "ail", "airc", "aism", "anci", "anfass", "anffas"),
        *("anmic", "anmil", "anpas", "anpi", "ant", "arci", "asl", "ausl", "ulss", "ats", "asst"),
        *("auser", "avis", "avo", "admo", "cai", "caritas", "cgil", "cisl", "uil", "cif", "cisom"),
        *("cngei", "cna", "cnr", "coni", "cri", "csi", "csen", "enaip", "endas", "enpa", "ens"),
        *("eu", "ue", "fai", "fidas", "fish", "fiab", "figc", "gvv", "inail", "inps", "istat"),
        *("lida", "lilt", "lipu", "masci", "msf", "onu", "opes", "pgs", "snals", "uici", "uildm"),
        *(
            "uisp",
            "unhcr",
            "unicef",
            "unpli",
            "usl",
            "wwf",
            "lgbt",
            "lgbtq",
            "lgbti",
            "dsa",
            "cnca",
        ),
        *(
            "anteas",
            "ada",
            "aias",
            "adi",
            "aned",
            "anla",
            "apice",
            "avulss",
            "afi",
            "udi",
            "unesco",
        ),
        *("tv", "pc", "ict", "it", "onl", "rsu", "cisv", "coopi", "vides", "vis", "cesvi", "lvia"),
    )
) - {
    "coop",
    "caritas",
    "apice",
    "vis",
    "sc",
    "it",
    "cat",
    "ant",
    "fai",
    "fish",
    "avo",
    "ada",
    "gas",
}
"""Words that stay in capitals. Those that are Italian words too are left out, unless their
letters are the first ones of the words beside them."""
ROMAN = re.compile(r"(?=[XVI]{2,}$)X{0,3}(?:IX|IV|V?I{0,3})")
NOT_ROMAN = frozenset(("VI",))
SMALL = frozenset(
    (
        *("a", "ad", "al", "allo", "alla", "ai", "agli", "alle", "da", "dal", "dallo", "dalla"),
        *("dai", "dagli", "dalle", "di", "del", "dello", "della", "dei", "degli", "delle", "in"),
        *("nel", "nello", "nella", "nei", "negli", "nelle", "con", "col", "coi", "su", "sul"),
        *("sullo", "sulla", "sui", "sugli", "sulle", "per", "tra", "fra", "il", "lo", "la", "i"),
        *("gli", "le", "un", "uno", "una", "e", "ed", "o", "od", "non", "che", "senza"),
        *("and", "of", "the", "for", "und", "der", "die", "das", "von", "im", "am"),
    )
)
ELIDED = frozenset(
    (
        *("l", "d", "un", "all", "dall", "dell", "nell", "sull", "coll", "c", "quell", "quest"),
        *("s", "m", "t", "v", "n"),
    )
)
NO_INITIAL = SMALL | ELIDED
# What stands behind the point of ``P.zza`` and ``F.lli``, and never begins a name.
ENDS_OF_ABBREVIATIONS = frozenset(
    ("zza", "zzale", "zzetta", "tta", "so", "le", "go", "lli", "ssa", "rso", "lo", "za")
)
# Cities whose article is a part of the name.
WITH_THEIR_ARTICLE = {"l": ("aquila",), "la": ("spezia", "maddalena", "thuile", "morra")}
# Words that end in an apostrophe of their own, which stands for no accent.
CUT_SHORT = frozenset(
    (
        *("po", "ca", "de", "fra", "mo", "be", "va", "fa", "sta", "da", "di", "ne", "co", "pie"),
        *("a", "i", "o", "su", "que", "coi", "nei", "dei", "ai", "dai", "sui", "to", "cio"),
        *("tra", "to", "ma", "no", "so", "vo", "pe", "cche"),
    )
) - {"cio"}
ACUTE = re.compile(r"(?:ch|n|s|tr)e$", re.IGNORECASE)
ALSO_GRAVE = frozenset(("caffe", "te", "the", "ole", "bebe"))
WORD = re.compile(r"[^\W\d_]+")
WORD_OR_ACRONYM = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?|[^\W\d_]+")
ONE_LETTER_AND_POINT = re.compile(r"(?<![^\W_])[^\W\d_]\.$")
NUMBER_AND_STROKE = re.compile(r"\d\s?/\s?$")
CARE_OF = re.compile(r"(?<![^\W_])[Cc]/$")
# ``LOCALITA'COPPITELLA``: no Italian word that ends so loses its last vowel.
GLUED = re.compile(r"(?<![\w'’])([^\W\d_]{2,}T)A['’](?=\w)", re.IGNORECASE)
ENDS_IN_APOSTROPHE = re.compile(r"(?<![\w'’])([^\W\d_]+)['’](?![\w'’])")
OPENING = re.compile(r"(?:^|[\s(\[«“\"])['‘](?=\w)")
VOWELS = frozenset("aeiouyàèéìòù")
GRAVE = {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}


def settled(change: Callable[[str], str], text: str) -> str:
    """Applied until nothing changes: one rule may make way for another."""
    for _round in range(8):
        changed = change(text)
        if changed == text:
            break
        text = changed
    return text


def is_nothing(text: str) -> bool:
    return (len(text) < 20 and text.strip().casefold() in NOTHING) or not text.strip()


def is_plain(text: str) -> bool:
    """Most cells, told at a tenth of the cost: only the spaces at their ends may have to go."""
    return text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text)


def one_line(text: str) -> str:
    return text.strip(" ") if is_plain(text) else settled(_one_line, text)


def _one_line(text: str) -> str:
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return SPACES.sub(" ", text).strip()


def lines(text: str) -> str:
    """A text of several lines; no line ends in spaces and at most one in a row is empty."""
    return text.strip(" ") if is_plain(text) else settled(_lines, text)


def _lines(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace("\f", "\n")
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    kept = "\n".join(LINE_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return MANY_LINES.sub("\n\n", kept).strip()


def quotes(text: str) -> str:
    """No quotation marks around the whole, none doubled, and apostrophes that are apostrophes."""
    if not QUOTED.search(text):
        return text.strip()
    return settled(_quotes, text)


def _quotes(text: str) -> str:
    text = BACKTICKS.sub("'", text)
    text = TWO_APOSTROPHES.sub('"', text)
    text = MANY_QUOTES.sub('"', text).strip()
    if len(text) > 1 and PAIRS.get(text[0]) == text[-1]:
        inside = text[1:-1]
        if text[0] not in inside and text[-1] not in inside:
            return inside.strip()
    # Half of a pair: the other one was lost on the way.
    if text.count('"') == 1 and (text[0] == '"' or text[-1] == '"'):
        return text.strip('"').strip()
    return text


def accents(text: str) -> str:
    """``CITTA'`` is ``CITTÀ`` and ``perche'`` is ``perché``; ``po'`` and ``'Alcamo'`` stay."""
    if "'" not in text and "’" not in text:
        return text

    def accented(match: re.Match[str]) -> str:
        word = match[1]
        last = word[-1].lower()
        if last not in GRAVE or word.lower() in CUT_SHORT:
            return match[0]
        if len(word) == 1 and last != "e":
            return match[0]
        if OPENING.search(text[: match.start() + 1]):
            return match[0]
        sign = GRAVE[last]
        if last == "e" and ACUTE.search(word) and word.lower() not in ALSO_GRAVE:
            sign = "é"
        return word[:-1] + (sign.upper() if word[-1].isupper() else sign)

    text = GLUED.sub(lambda match: match[1] + ("À " if match[1].isupper() else "à "), text)
    return ENDS_IN_APOSTROPHE.sub(accented, text)


def proper_case(text: str) -> str:
    """Capitals that shout become proper case: ``ASD L'AQUILONE`` is ``ASD L'Aquilone``.

    Only where most words are in capitals. Acronyms, Roman numbers and words without vowels
    stay; small Italian words become small.
    """
    every = WORD.findall(text)
    words = [word for word in every if len(word) > 3 and word.lower() not in ACRONYMS]
    shouting = sum(word.isupper() for word in words)
    if not words:
        # A name of short words alone shouts when it has a small word in capitals.
        if not text.isupper() or len(every) < 2:
            return text
    elif shouting * 2 <= len(words):
        return text
    if len(words) == 1 and len(every) == 1 and len(words[0]) < 6:
        return text
    initials = [word[0].lower() for word in every if word.lower() not in NO_INITIAL]

    def cased(match: re.Match[str]) -> str:
        word = match[0]
        if not word.isupper() or "." in word:
            return word
        before = text[: match.start()]
        after = text[match.end() :]
        low = word.lower()
        if len(word) == 1 and (before[-1:].isdigit() or NUMBER_AND_STROKE.search(before)):
            return word  # ``2/A``
        if low in ENDS_OF_ABBREVIATIONS and ONE_LETTER_AND_POINT.search(before):
            return low
        if (low == "c" and after[:2] in ("/O", "/o")) or (low == "o" and CARE_OF.search(before)):
            return low
        if _is_acronym(word, initials, after):
            return word
        # What has no small form, or more than one letter for it, is left as it is.
        if low == word or len(low) != len(word) or low.capitalize().upper() != word:
            return word
        if after[:1] in ("'", "’") and after[1:2].isalpha():
            small = low in ELIDED
        else:
            small = low in SMALL and not (after[:1] == "." and len(low) == 1)
        if small and not _begins(before) and not _is_a_citys_article(low, after):
            return low
        return low[:1].upper() + low[1:]

    return WORD_OR_ACRONYM.sub(cased, text)


def _is_a_citys_article(low: str, after: str) -> bool:
    following = WORD.match(after.lstrip(" '’"))
    return following is not None and following[0].lower() in WITH_THEIR_ARTICLE.get(low, ())


def _begins(before: str) -> bool:
    """Whether a word stands at the beginning: of the text, a quotation or after a dash."""
    left = before.rstrip()
    if not WORD.search(left):
        return True
    if left[-1] in "'‘" and (len(left) == 1 or not left[-2].isalnum()):
        return True
    return left[-1] in '"“«„([:;' or (left[-1] in "-–—" and left != before)


def _is_acronym(word: str, initials: list[str], after: str) -> bool:
    low = word.lower()
    if low in ACRONYMS:
        return True
    if len(word) == 1:
        return False
    if ROMAN.fullmatch(word) and word not in NOT_ROMAN:
        return True
    if not VOWELS.intersection(low):
        # ``ST.`` and ``SS.`` are abbreviations, ``CNGEI`` and ``BCC`` are names.
        return not after.startswith(".")
    return len(word) > 2 and low not in SMALL and _made_of(low, initials)


def _made_of(acronym: str, initials: list[str]) -> bool:
    """Whether the letters are first letters of the words beside it, one after another.

    The word itself is one of those words, and does not count.
    """
    count = len(acronym)
    whole = "".join(initials)
    place = whole.find(acronym)
    return place >= 0 and len(initials) > count


def name(text: str) -> str:
    """What an entry is called."""
    return settled(_name, text)


@lru_cache(maxsize=4096)
def _name(text: str) -> str:
    return proper_case(accents(quotes(one_line(text))))


def title(text: str) -> str:
    """A line of text that is no name: as a name, but with the capitals it has."""
    return settled(lambda one: accents(quotes(one_line(one))), text)


def prose(text: str) -> str:
    return settled(lambda one: accents(_backticks(lines(one))), text)


def _backticks(text: str) -> str:
    return BACKTICK_INSIDE.sub("'", text)
