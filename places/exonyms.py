"""What regions are called in other languages, for those who type a name that no table has.

Their English names, and those in a region's own other language, are in
``fixtures/places/regioni.csv``; other names of cities are in its ``other_names.csv``. This list is
made by hand. French Marches are left out: to an English reader they are walks.
"""

from __future__ import annotations

from collections.abc import Iterable

# By the Italian words: other names of one word, without accents, in small letters.
REGIONS = {
    "valle aosta": ("aostatal",),
    "valle": ("val", "vallee"),
    "piemonte": ("piemont",),
    "lombardia": ("lombardei", "lombardie"),
    "veneto": ("venetien", "venetie"),
    "friuli": ("friaul", "frioul", "friul", "furlanija"),
    "liguria": ("ligurien", "ligurie"),
    "romagna": ("romagne",),
    "toscana": ("toskana", "toscane"),
    "umbria": ("umbrien", "ombrie"),
    "marche": ("marken",),
    "lazio": ("latium",),
    "abruzzo": ("abruzzen", "abruzzes", "abruzzi"),
    "campania": ("kampanien", "campanie"),
    "puglia": ("apulien", "pouilles"),
    "basilicata": ("basilikata", "basilicate", "lucania"),
    "calabria": ("kalabrien", "calabre"),
    "sicilia": ("sizilien", "sicile"),
    "sardegna": ("sardinien", "sardaigne", "sardigna", "sardinnia"),
    "trentino": ("trentin",),
    "alto adige": ("sudtirol",),
}
ITALIAN = {other: italian for italian, names in REGIONS.items() for other in names}


def in_italian(words: Iterable[str]) -> list[str]:
    """The words, with those that are a region's name in another language put into Italian."""
    return [italian for word in words for italian in ITALIAN.get(word, word).split()]
