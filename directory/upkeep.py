"""The worklists of every kind: what an entry lacks, and what nobody has looked at for long.

What is archived needs no work, and of what has ended nobody looks for more. Each is a verb of
``EntryQuerySet``, and work for whoever may edit; texts, for whoever writes the language.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from directory.doubles import suspected
from directory.roles import languages_of, may_edit_any, may_publish_any
from directory.worklists import Part, Worklist, register_worklist
from places.languages import LANGUAGES

LONGEST_UNSEEN_FIRST = (F("checked_on").asc(nulls_first=True), "pk")


def register_worklists() -> None:
    for worklist in (
        Worklist(
            "proposals",
            _("proposals to decide"),
            lambda entries, user: entries.with_waiting_proposals(),
            part=Part.MINE,
            open_to=may_publish_any,
        ),
        # A network need not be of any place.
        Worklist(
            "no-place",
            _("no seat or place"),
            lambda entries, user: entries.without_place(),
            open_to=may_edit_any,
            kinds=frozenset({"organization", "project"}),
        ),
        Worklist(
            "no-theme",
            _("no theme"),
            lambda entries, user: entries.without_theme(),
            open_to=may_edit_any,
        ),
        Worklist(
            "no-picture",
            _("no picture"),
            lambda entries, user: entries.without_picture(),
            open_to=may_edit_any,
        ),
        Worklist(
            "no-alt",
            _("picture without alternative text"),
            lambda entries, user: entries.with_a_silent_picture(),
            open_to=may_edit_any,
        ),
        Worklist(
            "wrong-code",
            _("code that is not valid"),
            lambda entries, user: entries.with_a_wrong_code(),
            open_to=may_edit_any,
        ),
        Worklist(
            "double",
            _("suspected double"),
            lambda entries, user: suspected(entries),
            open_to=may_edit_any,
        ),
        Worklist(
            "unchecked",
            _("not checked for a year"),
            lambda entries, user: entries.not_checked_for_a_year(),
            open_to=may_edit_any,
            order=LONGEST_UNSEEN_FIRST,
        ),
        *_translations(),
    ):
        register_worklist(worklist)


MISSING = {"it": _("a text is missing in Italian"), "en": _("a text is missing in English")}
STALE = {"it": _("Italian older than the English"), "en": _("English older than the Italian")}
MISSING_IN_LISTS = {
    "it": _("a text of a list is missing in Italian"),
    "en": _("a text of a list is missing in English"),
}
STALE_IN_LISTS = {
    "it": _("in a list, Italian older than the English"),
    "en": _("in a list, English older than the Italian"),
}


def _translations() -> Iterator[Worklist]:
    """For those who may write the language: what it lacks comes before what it left behind, and an
    entry's own texts before those of its lists."""
    for language in LANGUAGES:

        def is_ones_own(user: Any, language: str = language) -> bool:
            return language in languages_of(user)

        for slug, labels, verb in (
            ("missing", MISSING, "missing_text_in"),
            ("stale", STALE, "stale_in"),
            ("missing-in-lists", MISSING_IN_LISTS, "missing_list_text_in"),
            ("stale-in-lists", STALE_IN_LISTS, "list_text_stale_in"),
        ):

            def behind(entries: Any, user: Any, verb: str = verb, language: str = language) -> Any:
                return getattr(entries, verb)(language)

            yield Worklist(f"{slug}-{language}", labels[language], behind, open_to=is_ones_own)
