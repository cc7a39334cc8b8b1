from directory.views import EntryDetailView, ListingView
from orgs.models import Organization


class OrganizationListView(ListingView):
    model = Organization


class OrganizationDetailView(EntryDetailView):
    model = Organization
