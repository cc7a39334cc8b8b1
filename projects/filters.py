"""The projects' own filters, and the years they span."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.fields import TextField
from django.db.models.functions import Cast, Concat, ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.filters import Counted, EntryFilterSet, Facet, TermFacet, YearsField, arm
from directory.querysets import EntryQuerySet
from networks.models import Network
from orgs.models import Organization
from projects.models import FundingProgramme, Participation


def published_networks() -> EntryQuerySet:
    return Network.objects.published()


def published_organizations() -> EntryQuerySet:
    return Organization.objects.published()


class PartnerFacet(TermFacet):
    """The projects in which an organization or a network takes part."""

    def __init__(self, *, partner: str, **options: Any) -> None:
        super().__init__(path=f"participations__{partner}", **options)
        self.partner = partner

    def narrow(self, entries: EntryQuerySet, chosen: list[Any]) -> EntryQuerySet:
        ties = {f"{self.partner}__in": chosen}
        return entries.filter(Exists(Participation.objects.filter(project=OuterRef("pk"), **ties)))

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        return super().arms(entries.filter(**{f"{self.path}__status": "published"}))


def this_year() -> int:
    return timezone.localdate().year


class YearFacet(Facet):
    """start ≤ year ≤ end; ongoing runs to today; only a start known matches that year."""

    field_class = YearsField
    most = 200

    def narrow(self, entries: EntryQuerySet, chosen: list[int]) -> EntryQuerySet:
        years = Q()
        for year in chosen:
            years |= Q(first_year__lte=year, last_year__gte=year)
        return with_years(entries).filter(years)

    def arms(self, entries: EntryQuerySet) -> list[EntryQuerySet]:
        """Counted by period, of which there are few, and spread over the years in Python."""
        text = TextField()
        period = Concat(
            Cast("first_year", text), Value(":"), Cast("last_year", text), output_field=text
        )
        spanned = with_years(entries).filter(first_year__isnull=False)
        return [arm(spanned, self.field_name, period)]

    def expand(self, counted: Counted) -> Counted:
        years: dict[int, int] = {}
        for period, (n, _it, _en) in counted.items():
            first, last = (int(year) for year in period.split(":"))
            for year in range(first, last + 1):
                years[year] = years.get(year, 0) + n
        return {str(year): (years[year], "", "") for year in sorted(years)}

    def rank(self, choice: Any) -> tuple[Any, ...]:
        return (-int(choice.value),)


def with_years(projects: EntryQuerySet) -> EntryQuerySet:
    """Adds ``first_year`` and ``last_year`` of each project's period; null where unknown.

    A known end with no start matches the year of the end alone.
    """
    start, end = ExtractYear("founded"), ExtractYear("ended")
    return projects.annotate(
        first_year=Case(When(founded__isnull=False, then=start), default=end),
        last_year=Case(
            When(ended__isnull=False, then=end),
            When(founded__isnull=False, ongoing=True, then=Value(this_year())),
            default=start,
            output_field=IntegerField(),
        ),
    )


class ProjectFilterSet(EntryFilterSet):
    network = PartnerFacet(label=_("Network"), partner="network", rows=published_networks)
    partner = PartnerFacet(label=_("Partner"), partner="organization", rows=published_organizations)
    programme = TermFacet(
        label=_("Funding programme"), path="programme", rows=FundingProgramme.objects.all
    )
    year = YearFacet(label=_("Year"))
