from django.urls import path

from networks.views import NetworkDetailView, NetworkListView

app_name = "networks"

urlpatterns = [
    path("", NetworkListView.as_view(), name="list"),
    path("<slug:slug>/", NetworkDetailView.as_view(), name="detail"),
    path("<slug:slug>.<slug:form>", NetworkDetailView.as_view(), name="document"),
]
