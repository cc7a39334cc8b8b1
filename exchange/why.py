"""What is said of a row and of its cells: keys that are kept, and their sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from places.languages import LANGUAGES, current

Say = Callable[[], str]
"""Says something in the language that is active when it is called."""

SENTENCES: dict[str, Any] = {
    # Cells that were not taken over.
    "too_long": _("too long"),
    "formula": _("a formula: save the table as plain values"),
    "no_address": _("not a web address"),
    "no_email": _("not an e-mail address"),
    "no_telephone": _("not a telephone number"),
    "wrong_code": _("the code is wrong: its check digit does not fit"),
    "persons_code": _("a person’s code, which is not kept"),
    "no_date": _("not a date that can be read without guessing"),
    "neither_yes_nor_no": _("neither yes nor no"),
    "no_city": _("no city, or more than one, is meant by all of this"),
    "no_place": _("no place, or more than one, is called so"),
    "unknown_word": _("not a word of this directory"),
    "no_entry": _("no entry has this slug"),
    "no_role": _("a role is missing: slug:role"),
    "no_partner": _("a partner is organization:slug, network:slug or name:words"),
    "end_before_start": _("the end comes before the start"),
    "ongoing_with_end": _("it has an end, so it is not ongoing"),
    # Rows that are no entries.
    "no_name": _("there is no name"),
    "no_entry_at_all": _("a total or a remark, no entry: “%(said)s”"),
    "too_many_cells": _("there are more cells than columns: perhaps a delimiter without quotes"),
    "repeated": _("row %(said)s says the same"),
    "same_in_file": _(
        "row %(said)s of the file has the same name and the same code, address or city"
    ),
    "older": _(
        "the entry was changed after this table was made: take out a new one, and change that"
    ),
    "gone": _(
        "no entry has this slug any more: empty the cell “version” if it is to become a new one"
    ),
    "taken": _("row %(said)s stands for the same entry already"),
    # Rows and entries.
    "imported_before": _("imported before"),
    "same_code": _("same fiscal code"),
    "same_address": _("same web address"),
    "same_name_and_city": _("same name and city"),
    "same_code_other_name": _("same fiscal code, another name"),
    "same_code_other_city": _("same fiscal code, another city"),
    "same_address_other_name": _("same web address, another name"),
    "same_address_other_city": _("same web address, another city"),
    "same_name_no_city": _("same name; a city is not known on both sides"),
    "same_name_other_code": _("same name and city, another fiscal code"),
    "several": _("more than one entry fits"),
    "waiting": _("waits for a decision already, since import %(said)s"),
    "left_out": _("left out by staff"),
    "deleted": _("staff deleted the entry that it made"),
    "new": _("no entry is the same"),
    "unfit": _("in review and not published: a summary is missing"),
    "decided": _("decided by staff"),
    "nothing_new": _("nothing new"),
    "edited": _("edited by staff, left as it is: %(said)s"),
}


def sentence(key: str, said: object = "") -> str:
    text = str(SENTENCES[key])
    return text % {"said": said} if "%(said)s" in text else text


sentence_later = lazy(sentence, str)
"""The same, in the language of whoever reads it."""


def to_keep(say: Say) -> dict[str, str]:
    """A sentence as it is kept: in each language, for whoever reads it need not be who was told."""
    kept = {}
    for language in LANGUAGES:
        with override(language):
            kept[language] = say()
    return kept


def as_read(kept: dict[str, str] | str) -> str:
    """In the language of the page. What was kept as a sentence before stays as it was said."""
    return kept if isinstance(kept, str) else kept[current()]
