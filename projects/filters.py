"""The projects' own filters, and the years they span."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.filters import Counts, EntryFilterSet, Facet, TermFacet
from directory.index import ALL, key_of
from directory.parameter_fields import YearsField
from directory.querysets import EntryQuerySet
from directory.selection import Group
from networks.filters import NETWORK, published_networks
from orgs.models import Organization
from projects.models import FundingProgramme

# As the migration that gives the keys says; a period is its first and last year.
PROJECT = 3
PROGRAMME, PERIOD, PARTNER = 9, 10, 64 + 17
GOES_ON = 9999


def published_organizations() -> EntryQuerySet:
    return Organization.objects.published()


class NetworkFacet(TermFacet):
    """The projects in which a network takes part."""

    many = True


class PartnerFacet(TermFacet):
    """The projects of an organization. No choices: most organizations have one project."""

    offers = False


def years(period: int) -> range:
    """The years of a period as the index writes it; one that goes on runs to today."""
    first, last = divmod(period, 10000)
    return range(first, (timezone.localdate().year if last == GOES_ON else last) + 1)


class YearFacet(Facet):
    """start ≤ year ≤ end; ongoing runs to today; only a start known matches that year."""

    field_class = YearsField
    code = PERIOD
    disjoint = True
    most = 200

    @property
    def periods(self) -> list[int]:
        """The periods that there are, of which there are few. One query for all of a page."""
        kept = self.parent.kept
        if "periods" not in kept:
            kept["periods"] = self.read_periods()
        return kept["periods"]

    @staticmethod
    def read_periods() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key FROM directory_tally"
                " WHERE kind = %s AND given = %s AND key >= %s AND key < %s",
                [PROJECT, ALL, key_of(PERIOD, 0), key_of(PERIOD + 1, 0)],
            )
            return [key - key_of(PERIOD, 0) for (key,) in cursor.fetchall()]

    def group(self, chosen: list[int], ignoring: str | None) -> Group:
        spanning = (
            key_of(PERIOD, period)
            for period in self.periods
            if any(year in years(period) for year in chosen)
        )
        # Without such a period, a key that nothing has.
        return Group(tuple(spanning) or (key_of(PERIOD, 0),), self.disjoint)

    def expand(self, counted: Counts) -> Counts:
        """Counted by period, and spread over the years."""
        totals: dict[int, int | None] = {}
        for period, (n, _it, _en) in counted.items():
            for year in years(int(period)):
                before = totals.get(year, 0)
                totals[year] = None if n is None or before is None else before + n
        return {str(year): (totals[year], "", "") for year in sorted(totals)}

    def rank(self, choice: Any) -> tuple[Any, ...]:
        return (-int(choice.value),)


class ProjectFilterSet(EntryFilterSet):
    network = NetworkFacet(label=_("Network"), code=NETWORK, rows=published_networks)
    partner = PartnerFacet(label=_("Partner"), code=PARTNER, rows=published_organizations)
    programme = TermFacet(
        label=_("Funding programme"),
        code=PROGRAMME,
        rows=FundingProgramme.objects.all,
        disjoint=True,
    )
    year = YearFacet(label=_("Year"))
