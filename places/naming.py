"""What provinces and cities are called in a sentence: ``provincia dell’Aquila``, ``ad Ancona``.

Not gettext alone: whether Italian needs an article depends on the name, not on the sentence.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

# Istat's codes of metropolitan cities: 2 for those of the State, 3 for those of Sardinia.
METROPOLITAN = ("2", "3")
FREE_CONSORTIA = frozenset({"AG", "CL", "EN", "RG", "SR", "TP"})
AUTONOMOUS = frozenset({"BZ", "TN"})
# By sigla: names that bring an article along or need one. All others take ``di``.
WITH_ARTICLE = {
    "AQ": "dell’Aquila",
    "OG": "dell’Ogliastra",
    "OT": "della Gallura Nord-Est Sardegna",
    "SP": "della Spezia",
    "SU": "del Sulcis Iglesiente",
    "VB": "del Verbano-Cusio-Ossola",
    "VS": "del Medio Campidano",
}


def of_name(province: Any) -> str:
    """The Italian name with its preposition: ``di Torino``, ``dell’Aquila``."""
    return WITH_ARTICLE.get(province.sigla) or f"di {province.name_it}"


def to_name(city: Any) -> str:
    """The Italian name of a city with its preposition: ``a Torino``, ``ad Ancona``, ``all’Aquila``.

    Other names with an article keep it, as people do who live there: ``a La Morra``.
    """
    name: str = city.name_it
    if name.startswith(("L'", "L’")):
        return f"all’{name[2:]}"
    if name == "La Spezia":
        return "alla Spezia"
    return f"{'ad' if name.startswith(('A', 'À')) else 'a'} {name}"


def kind_of_province(province: Any) -> str:
    """The sentence that its name is put into, as ``{name}``."""
    if province.uts_code.startswith(METROPOLITAN):
        return _("metropolitan city of {name}")
    if province.sigla in FREE_CONSORTIA:
        return _("free municipal consortium of {name}")
    if province.sigla in AUTONOMOUS:
        return _("autonomous province of {name}")
    return _("province of {name}")
