from directory.views import EntryDetailView, ListingView
from projects.models import Project


class ProjectListView(ListingView):
    model = Project


class ProjectDetailView(EntryDetailView):
    model = Project
