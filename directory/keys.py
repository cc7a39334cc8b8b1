"""By what an entry is recognized: the core of its name, and its web addresses.

The database has the same reductions as functions with indexes (``civicnet_name_key`` and
``civicnet_address_key``), which find what may be the same; the ones here decide.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from functools import lru_cache

from directory.addresses import normalised_address

DOTTED = re.compile(r"\b(\w)\.(?=\w\b)")
NO_LETTER = re.compile(r"[\W_]+")
PHRASES = (
    "associazione sportiva dilettantistica",
    "associazione di promozione sociale",
    "associazione di volontariato",
    "organizzazione di volontariato",
    "ente del terzo settore",
    "ass ne",
)
WORDS = (
    *("associazione", "ass", "assoc", "asd", "ssd", "odv", "aps", "ets", "onlus"),
    *("ong", "srl", "srls", "onp", "asdc", "apsd"),
)
FORMS = re.compile(rf"\b(?:{'|'.join((*PHRASES, *WORDS))})\b")
SMALL = re.compile(r"\b(?:il|lo|la|i|gli|le|l|di|del|dello|della|dei|degli|delle|d|e|ed|the|of)\b")

# SQL for the words of ``name``, with one space between two.
PLAIN = r"""regexp_replace(
    regexp_replace(lower(public.civicnet_unaccent(name)), '\m(\w)\.(?=\w\M)', '\1', 'g'),
    '[\W_]+', ' ', 'g')"""
# The same without those of FORMS, a space before and after each. One regular expression of them all
# costs twenty times as much.
CORE = f"' ' || replace({PLAIN}, ' ', '  ') || ' '"
for form in (*PHRASES, *WORDS):
    CORE = f"replace({CORE}, ' {form.replace(' ', '  ')} ', '')"

CREATE = (
    f"""
CREATE OR REPLACE FUNCTION public.civicnet_name_key(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(replace({CORE}, ' ', ''), ''), replace({PLAIN}, ' ', ''))
$$;
"""
    r"""
CREATE OR REPLACE FUNCTION public.civicnet_address_key(url text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT rtrim(
        regexp_replace(regexp_replace(lower(url), '^https?://(www\.)?', ''), '[?#].*$', ''), '/'
    )
$$;
"""
)
DROP = """
DROP FUNCTION public.civicnet_name_key(text);
DROP FUNCTION public.civicnet_address_key(text);
"""


def words_of_name(name: str) -> list[str]:
    """Small letters without accents, without the words for an organization's form."""
    plain = name.lower()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", name.casefold())
        plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    plain = NO_LETTER.sub(" ", DOTTED.sub(r"\1", plain))
    return FORMS.sub(" ", plain).split() or plain.split()


@lru_cache(maxsize=8192)
def core(name: str) -> str:
    """``A.S.D. Il Ponte`` and ``Il Ponte (ASD)`` are one."""
    return "".join(words_of_name(name))


def alike(one: str, another: str) -> bool:
    """Whether one name says what the other says and more: ``Legambiente`` and its circle.

    Articles and prepositions do not count. A single short word says too little.
    """
    words, others = (
        set(SMALL.sub(" ", " ".join(words_of_name(name))).split()) for name in (one, another)
    )
    fewer, more = sorted((words, others), key=len)
    return bool(fewer) and fewer <= more and (len(fewer) > 1 or len("".join(fewer)) > 5)


@lru_cache(maxsize=8192)
def address_key(url: str) -> str:
    with suppress(ValueError):
        return normalised_address(url).lower()
    return url.lower()
