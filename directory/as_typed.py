"""What a visitor typed or copied, without what says nothing to a search."""

from __future__ import annotations

import re
import unicodedata

QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
# What a web address says beside the name of the site.
ADDRESS = re.compile(r"\b(?:https?://(?:www\.)?|www\.)([\w.-]+)\.[a-z]{2,}\b\S*", re.IGNORECASE)
# Signs that are not seen: they come with what is copied.
UNSEEN = dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF))
# A fiscal code, in whatever groups.
DIGITS = r"(?<!\d)\d(?:[\s./-]?\d){10}(?!\w)"
# What stands before a fiscal code where it is copied from: “C.F. / P.IVA IT”.
LABEL = re.compile(
    r"\b(?:(?:c\W?f|cod\w*\W+fisc\w*|p\w*\W*iva|fiscal code|tax code|vat(?: number)?|n[or]?)\b\W*)*"
    rf"(?:(?:it|cf|piva)\W?)?(?={DIGITS})",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """With plain quotes and dashes, the names of sites instead of their addresses, and codes in the
    one form in which they are kept."""
    text = unicodedata.normalize("NFKC", text.replace("\x00", " ")).translate(UNSEEN)
    text = ADDRESS.sub(r"\1", text.translate(QUOTES).translate(DASHES))
    text = LABEL.sub("", text)
    return re.sub(DIGITS, lambda code: re.sub(r"\D", "", code[0]), text)
