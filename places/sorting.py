"""The expression behind the stored columns ``sort_it`` and ``sort_en``."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce, Lower, NullIf

from places.languages import fallback_order


class Unaccented(models.Func):
    """Text without its accents; immutable, so that indexes and generated columns may use it."""

    function = "public.civicnet_unaccent"
    arity = 1
    output_field = models.TextField()


def SortKey(language: str) -> Lower:
    """What a reader of ``language`` sorts the row's name by, never null.

    Stored, because the embedded server has no Italian collation: accents and case are taken
    off instead, and a missing name sorts as the other language's.
    """
    names = [NullIf(f"name_{code}", models.Value("")) for code in fallback_order(language)]
    return Lower(Unaccented(Coalesce(*names, models.Value(""), output_field=models.TextField())))
