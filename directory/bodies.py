"""Kinds of body among the words of a search, and how they are shortened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# Without their signs.
SHORTENED = {
    **dict.fromkeys(("ass", "assoc", "assne"), "associazione"),
    "coop": "cooperativa",
    "fond": "fondazione",
}
# One or several of a kind → what each may be shortened to.
SHORTER = {
    said: [short for short, whole in SHORTENED.items() if whole == one]
    for one, several in (
        ("associazione", "associazioni"),
        ("cooperativa", "cooperative"),
        ("fondazione", "fondazioni"),
    )
    for said in (one, several)
}
# What the law calls them, one and several, by what stands in their names (legislative decree 117 of
# 2017 and 36 of 2021).
ACRONYMS = {
    "aps": ("associazione di promozione sociale", "associazioni di promozione sociale"),
    "odv": ("organizzazione di volontariato", "organizzazioni di volontariato"),
    "ets": ("ente del terzo settore", "enti del terzo settore"),
    "asd": (
        "associazione sportiva dilettantistica",
        "associazioni sportive dilettantistiche",
    ),
    "ssd": ("societa sportiva dilettantistica", "societa sportive dilettantistiche"),
}
PHRASES = [(phrase.split(), acronym) for acronym, phrases in ACRONYMS.items() for phrase in phrases]


def ways_of_body(parts: Sequence[Sequence[str]]) -> Iterator[str]:
    """Runs of words without accents with what a kind of body is shortened to in its place, or with
    the whole of it."""
    runs = ["".join(part) for part in parts]
    for place, run in enumerate(runs):
        if run in ACRONYMS:
            around = [word for part in (*parts[:place], *parts[place + 1 :]) for word in part]
            yield " ".join([*around, ACRONYMS[run][0]])
    words = [word for part in parts for word in part]
    for phrase, acronym in PHRASES:
        length = len(phrase)
        for start in range(len(words) - length + 1):
            if words[start : start + length] == phrase:
                yield " ".join([*words[:start], acronym, *words[start + length :]])
