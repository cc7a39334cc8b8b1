"""What the admin has beside Django's own pages. The mail that resets a password needs a server."""

from django.conf import settings
from django.contrib.auth import views as auth
from django.urls import URLPattern, path

from staff import views

urlpatterns: list[URLPattern] = [path("language/", views.language, name="admin_language")]

# The names are those that Django's templates look for.
password_reset = [
    path("password-reset/", auth.PasswordResetView.as_view(), name="admin_password_reset"),
    path("password-reset/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password-reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "password-reset/done/",
        auth.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]
if settings.MAIL_IS_SET:
    urlpatterns += password_reset
