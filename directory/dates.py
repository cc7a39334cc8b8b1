"""Dates of which only the year or the month may be known.

A partial date is two columns: the first day of the period and its precision. They are
shown and exported as ``2013``, ``2013-06`` or ``2013-06-01``, never as an invented day.
"""

from __future__ import annotations

import datetime
import re

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Extract, ExtractDay, ExtractMonth, ExtractYear
from django.db.models.lookups import Exact
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from places.languages import current

YEAR, MONTH, DAY = "year", "month", "day"


class Precision(models.TextChoices):
    YEAR = YEAR, _("year")
    MONTH = MONTH, _("month")
    DAY = DAY, _("day")


WRITTEN = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")
WRITTEN_DAY_FIRST = re.compile(r"^(?:(?:(\d{1,2})[/.])?(\d{1,2})[/.])?(\d{4})$")


class PartialDate(datetime.date):
    """The first day of a period, and how long the period is.

    ``str`` stays the whole date, which is what the database driver sends.
    """

    precision: str

    def __new__(cls, year: int, month: int = 1, day: int = 1, precision: str = DAY) -> PartialDate:
        self = super().__new__(cls, year, month, day)
        self.precision = precision
        return self

    def __reduce__(self):  # type: ignore[override]
        return (type(self), (self.year, self.month, self.day, self.precision))

    @classmethod
    def of(cls, date: datetime.date | None, precision: str) -> PartialDate | None:
        return cls(date.year, date.month, date.day, precision or DAY) if date else None

    @classmethod
    def parse(cls, written: str) -> PartialDate | None:
        """Read ``2013``, ``2013-06``, ``2013-06-01``, ``06/2013`` or ``01/06/2013``.

        Nothing written is None; anything else raises ValueError.
        """
        written = written.strip()
        if not written:
            return None
        if match := WRITTEN.match(written):
            year, month, day = match.groups()
        elif match := WRITTEN_DAY_FIRST.match(written):
            day, month, year = match.groups()
        else:
            raise ValueError(written)
        precision = DAY if day else MONTH if month else YEAR
        return cls(int(year), int(month or 1), int(day or 1), precision)

    @property
    def iso(self) -> str:
        return self.isoformat()[: {YEAR: 4, MONTH: 7, DAY: 10}[self.precision]]

    @property
    def localized(self) -> str:
        """As the active language writes it: ``2013``, ``giugno 2013``, ``1 giugno 2013``."""
        if self.precision == YEAR:
            return str(self.year)
        day = datetime.date(self.year, self.month, self.day)
        text = formats.date_format(day, "F Y" if self.precision == MONTH else "j F Y")
        # Django's Italian month names are capitalised; Italian writes them small.
        return text.lower() if current() == "it" else text


class PartialDateAttribute:
    """Reads ``NAME`` and ``NAME_precision`` of a model as one PartialDate, or None."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return PartialDate.of(
            getattr(instance, self.name), getattr(instance, f"{self.name}_precision")
        )


def precision_field() -> models.CharField:
    return models.CharField(
        _("precision"), max_length=5, choices=Precision, blank=True, default="", editable=False
    )


def partial_date_field(label, **options) -> models.DateField:
    options.setdefault("help_text", _("Year, month or day: 2013, 2013-06 or 2013-06-01."))
    return models.DateField(label, null=True, blank=True, **options)


def part(name: str, extract: type[Extract]) -> Extract:
    """A part of a date. Cast, so that PostgreSQL knows the type of a date that is missing."""
    return extract(Cast(F(name), models.DateField()))


def partial_date_constraint(name: str) -> models.CheckConstraint:
    """The database's half of the rule: a date has a precision and starts its period."""
    starts_month = Q(Exact(part(name, ExtractDay), 1))
    starts_year = starts_month & Q(Exact(part(name, ExtractMonth), 1))
    known, precision = Q(**{f"{name}__isnull": False}), f"{name}_precision"
    return models.CheckConstraint(
        name=f"%(app_label)s_%(class)s_{name}_precision",
        condition=(
            Q(**{f"{name}__isnull": True, precision: ""})
            | (known & Q(**{precision: DAY}))
            | (known & Q(**{precision: MONTH}) & starts_month)
            | (known & Q(**{precision: YEAR}) & starts_year)
        ),
        violation_error_message=_("A date and its precision do not agree."),
    )


def period_constraint(start: str, end: str) -> models.CheckConstraint:
    """A period does not end before it starts, as far as both precisions tell."""
    same_year = Q(Exact(part(end, ExtractYear), part(start, ExtractYear)))
    same_month = same_year & Q(Exact(part(end, ExtractMonth), part(start, ExtractMonth)))
    return models.CheckConstraint(
        name=f"%(app_label)s_%(class)s_{start}_before_{end}",
        condition=(
            Q(**{f"{start}__isnull": True})
            | Q(**{f"{end}__isnull": True})
            | Q(**{f"{end}__gte": F(start)})
            | (Q(**{f"{end}_precision": YEAR}) & same_year)
            | (Q(**{f"{end}_precision": MONTH}) & same_month)
        ),
        violation_error_message=_("The end comes before the start."),
    )
