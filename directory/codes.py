"""Codes of entries in the one form in which they are kept.

Whoever copies a code with spaces, dots or “IT” before it means the same code: kept as it was
copied it would be found by no search, and no double would be seen by it.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.it import codicefiscale, iva  # type: ignore[import-untyped]

from directory.entry_lists import Identifier

Scheme = Identifier.Scheme
FISCAL = (Scheme.FISCAL_CODE, Scheme.VAT)
BEFORE_DIGITS = re.compile(r"^(C\W?F|P\W*IVA)?\W*(IT\W*(?=\d))?")
SEPARATORS = re.compile(r"[\s./-]+")
ITEM = re.compile(r"(?:https?://www\.wikidata\.org/(?:wiki|entity)/)?(Q[1-9]\d*)", re.IGNORECASE)


def as_kept(scheme: str, code: str) -> str:
    """The same code without what people write around it; nothing is checked."""
    code = code.strip()
    if scheme in FISCAL:
        return SEPARATORS.sub("", BEFORE_DIGITS.sub("", code.upper()))
    if scheme == Scheme.WIKIDATA and (item := ITEM.fullmatch(code)):
        return item.group(1).upper()
    return code


def bring_into_form(rows: Any) -> None:
    """Codes that are kept as they were once copied, for a migration: by their own rules alone.

    One whose entry has it in this form as well stays as it is, for a person to delete: it is among
    the entries with a wrong code. Versions say nothing of it; like all that was not written by a
    form or a list it is in the next one (``directory.history.remember``). Two queries for each.
    """
    for row in rows.exclude(scheme__in=FISCAL, value__regex=r"^\d{11}$").order_by("pk").iterator():
        code = as_kept(row.scheme, row.value)
        same = rows.filter(entry=row.entry_id, scheme=row.scheme, value=code)
        if code and code != row.value and not same.exists():
            rows.filter(pk=row.pk).update(value=code)


def checked(scheme: str, code: str) -> str:
    """As it is kept. Raises ValidationError, as lists from outside refuse the same codes."""
    code = as_kept(scheme, code)
    if scheme == Scheme.FISCAL_CODE and len(code) == 16 and codicefiscale.is_valid(code):
        raise ValidationError(
            _("A person’s code is not kept: it says when and where somebody was born.")
        )
    if scheme in FISCAL and not (len(code) == 11 and iva.is_valid(code)):
        raise ValidationError(
            _(
                "An Italian code has eleven digits, of which the last fits the others. Those of"
                " other countries go under “other”."
            )
        )
    if scheme == Scheme.WIKIDATA and not ITEM.fullmatch(code):
        raise ValidationError(_("Write the number of the item, as Q220."))
    return code
