"""Addresses among the words of a search.

An entry's street is found with its kind only, or whoever seeks Rome would find every Via Roma
(``directory.documents.words_of_street``). Its kind may be shortened, there and here.
"""

from __future__ import annotations

from collections.abc import Sequence

from directory.documents import STREET

# What an address begins with, and how that is shortened.
KINDS = {
    "via": ("v",),
    "viale": ("v.le",),
    "piazza": ("p.zza", "p.za"),
    "piazzale": ("p.le", "p.zle"),
    "piazzetta": ("p.tta", "p.zzetta"),
    "corso": ("c.so",),
    "largo": ("l.go",),
    "vicolo": ("v.lo",),
    "strada": ("str",),
    "salita": (),
    "contrada": ("c.da",),
    "borgo": ("b.go",),
    "calle": (),
    "campo": (),
    "lungomare": (),
    "localita": ("loc",),
    "rione": (),
}
# Without signs, which people leave out.
WHOLE = {short.replace(".", ""): kind for kind, shorts in KINDS.items() for short in shorts}
# So many words of an address.
LONGEST = 7


def ways_of_street(parts: Sequence[Sequence[str]]) -> list[str]:
    """The ways of reading runs of words without accents as an address among others: of a street one
    cannot tell where it ends (“via san donato bologna”). Its number is left out."""
    runs = [("".join(part), part) for part in parts]
    plain = [word for run, part in runs for word in ([WHOLE[run]] if run in WHOLE else part)]
    place = next((n for n, word in enumerate(plain) if word in KINDS), None)
    if place is None:
        return []
    said = [word for word in plain[place:] if not word[0].isdigit()]
    street, around = said[:LONGEST], [*plain[:place], *said[LONGEST:]]
    ways = []
    for end in range(2, len(street) + 1):
        for kind in written(street[0]):
            named = [STREET + word for word in (*kind, *street[1:end])]
            ways.append(" ".join([*around, *named, *street[end:]]))
    return ways


def written(kind: str) -> list[list[str]]:
    """How an address says it, word by word: “P.zza” is two."""
    return [[kind], *(short.split(".") for short in KINDS[kind])]
