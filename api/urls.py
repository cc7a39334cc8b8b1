"""Addresses below ``/api/v1/``, in English only."""

from django.urls import URLPattern, path

from api import docs, views
from api.vocabularies import VOCABULARIES

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("", views.RootView.as_view(), name="root"),
    path("ties/", views.TiesView.as_view(), name="ties"),
    path("schema/", docs.SchemaView.as_view(), name="schema"),
    path("docs/", docs.DocsView.as_view(), name="docs"),
]
for plural, kind in views.PLURALS.items():
    urlpatterns += [
        path(f"{plural}/", views.EntriesView.as_view(kind=kind), name=plural),
        path(f"{plural}/<slug:slug>/", views.EntryView.as_view(kind=kind), name=kind),
    ]
for name in VOCABULARIES:
    urlpatterns += [
        path(f"{name}/", views.VocabularyView.as_view(vocabulary=name), name=name),
        path(f"{name}/<slug:slug>/", views.TermView.as_view(vocabulary=name), name=f"{name}-one"),
    ]
