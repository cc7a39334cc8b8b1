from django.utils.translation import gettext_lazy as _

from directory.filters import EntryFilterSet, TermFacet, WhereFilter
from orgs.models import OrganizationKind

# As the migration that gives the keys says.
KIND = 8


class OrganizationFilterSet(EntryFilterSet):
    where = WhereFilter(label=_("Meaning of the place"))
    kind = TermFacet(
        label=_("Kind"), code=KIND, rows=OrganizationKind.objects.all, disjoint=True, most=20
    )
