"""Address names of the territory: ASCII, from the Italian name, every other sign a hyphen."""

from __future__ import annotations

import re
import unicodedata

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
NOT_SLUG = re.compile(r"[^a-z0-9]+")


def sigla_in(slug: str, name: str) -> str:
    """The province's two letters that a city's slug ends with where another has its name."""
    stem, _hyphen, sigla = slug.rpartition("-")
    return sigla.upper() if len(sigla) == 2 and stem == slug_of(name) else ""


def slug_of(name: str) -> str:
    """``Reggio nell'Emilia`` is ``reggio-nell-emilia``; what leaves nothing is empty."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return NOT_SLUG.sub("-", letters).strip("-")
