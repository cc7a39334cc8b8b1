from directory.views import EntryDetailView, ListingView
from networks.models import Network


class NetworkListView(ListingView):
    model = Network


class NetworkDetailView(EntryDetailView):
    model = Network
