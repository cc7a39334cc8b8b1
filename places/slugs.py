"""Address names of the territory: ASCII, from the Italian name, every other sign a hyphen."""

from __future__ import annotations

import re
import unicodedata

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slug_of(name: str) -> str:
    """``Reggio nell'Emilia`` is ``reggio-nell-emilia``; what leaves nothing is empty."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return NOT_SLUG.sub("-", letters).strip("-")
