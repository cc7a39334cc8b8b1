"""Addresses of linked data, outside the languages."""

from django.urls import path

from exports import views

urlpatterns = [
    path("id/<slug:kind>/<slug:name>", views.named),
    # The scheme of a vocabulary.
    path("id/<slug:kind>/", views.named),
    path("directory", views.directory),
    path("directory.<slug:form>", views.directory_in),
    path("vocabularies.<slug:form>", views.vocabularies_in),
    path("catalog.<slug:form>", views.catalogue_in),
]
