"""Codes of entries in the one form in which they are kept.

Whoever copies a code with spaces, dots or “IT” before it means the same code: kept as it was
copied it would be found by no search, and no double would be seen by it.
"""

from __future__ import annotations

import re

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
