"""What is said of a place beside its name, as texts hardly ever do: “in provincia di Bergamo”,
“regione Lazio”, “nel comune di Pisa”, “Milano e provincia”, “near Rome”."""

from __future__ import annotations

import re

LINK = r"(?:a|ad|al|alla|di|del|della|of|the)"
OF_PLACE = re.compile(
    r"\b(?:(?:provincia|province|prov|regione|region)\b\.?(?:\s+autonoma\b)?|near\b|vicino(?=\s+a)"
    r"|(?<=\bnel )comune(?=\s+di\s)|(?<=\bnella )citt(?:a'?|à)(?=\s+di\s)"
    r"|(?<=\bthe )(?:city|town|municipality)(?=\s+of\s))"
    rf"(?=(?:\s+{LINK}\b)*\s+(?!{LINK}\b)\w)"
    r"|(?<=\w\w)\s+(?:e\s+(?:provincia|dintorni)|provincia|province|region)\s*$",
    re.IGNORECASE,
)

AFTER_LINKS = re.compile(rf"^\s*(?:{LINK}\s+)*", re.IGNORECASE)


def without_its_kind(text: str) -> str:
    """The rest of what was typed."""
    return OF_PLACE.sub("", text, count=1)


def place_in(text: str) -> str:
    """What names the place where more is said of it: “in provincia di Bergamo” is of Bergamo."""
    if not (said := OF_PLACE.search(text)):
        return text
    return AFTER_LINKS.sub("", text[said.end() :] or text[: said.start()])
