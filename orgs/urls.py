from django.urls import path

from orgs.views import OrganizationDetailView, OrganizationListView

app_name = "orgs"

urlpatterns = [
    path("", OrganizationListView.as_view(), name="list"),
    path("<slug:slug>/", OrganizationDetailView.as_view(), name="detail"),
    path("<slug:slug>.<slug:form>", OrganizationDetailView.as_view(), name="document"),
]
