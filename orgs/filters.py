from django.utils.translation import gettext_lazy as _

from directory.filters import EntryFilterSet, TermFacet, WhereFilter
from orgs.models import OrganizationKind


class OrganizationFilterSet(EntryFilterSet):
    where = WhereFilter(label=_("Meaning of the place"))
    kind = TermFacet(label=_("Kind"), path="kind", rows=OrganizationKind.objects.all)
