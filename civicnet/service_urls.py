"""Addresses that run the site rather than show the directory: health and pictures."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from civicnet import health
from civicnet.media import serve_media

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

if settings.SERVE_MEDIA:
    urlpatterns.append(path("media/<path:path>", serve_media, name="media"))
