"""Addresses that run the site rather than show the directory: health, account, pictures."""

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe
from django.views.static import serve

from civicnet import health
from staff import views as staff_views

A_YEAR = 365 * 24 * 3600


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture, for the demo. A changed picture gets a new name, so it may be kept for good."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/language/", staff_views.language, name="admin_language"),
]

if settings.SERVE_MEDIA:
    urlpatterns.append(path("media/<path:path>", media, name="media"))

# The login page links to the first of these when it exists.
if settings.MAIL_IS_SET:
    urlpatterns += [
        path(
            "admin/password_reset/",
            auth_views.PasswordResetView.as_view(),
            name="admin_password_reset",
        ),
        path(
            "admin/password_reset/done/",
            auth_views.PasswordResetDoneView.as_view(),
            name="password_reset_done",
        ),
        path(
            "admin/password_reset/<uidb64>/<token>/",
            auth_views.PasswordResetConfirmView.as_view(),
            name="password_reset_confirm",
        ),
        path(
            "admin/password_reset/complete/",
            auth_views.PasswordResetCompleteView.as_view(),
            name="password_reset_complete",
        ),
    ]
