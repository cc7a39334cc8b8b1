"""What the admin has beside Django's own pages. The mail that resets a password needs a server."""

from django.conf import settings
from django.urls import URLPattern, path

from staff import password_reset, second_factor_pages, views

urlpatterns: list[URLPattern] = [
    path("language/", views.choose_language, name="admin_language"),
    path("again/", views.again, name="logged_in_again"),
    path("second-factor/", second_factor_pages.overview, name="second_factor"),
    path("second-factor/prove/", second_factor_pages.prove, name="second_factor_prove"),
    path("second-factor/set-up/", second_factor_pages.set_up, name="second_factor_set_up"),
    path("second-factor/codes/", second_factor_pages.renew_codes, name="second_factor_codes"),
    path("second-factor/remove/", second_factor_pages.remove, name="second_factor_remove"),
    path("second-factor/leave/", second_factor_pages.leave, name="second_factor_leave"),
]

# The names are those that Django's templates look for.
mailed = [
    path("password-reset/", password_reset.Ask.as_view(), name="admin_password_reset"),
    path("password-reset/sent/", password_reset.Sent.as_view(), name="password_reset_done"),
    path(
        "password-reset/<uidb64>/<token>/",
        password_reset.Choose.as_view(),
        name="password_reset_confirm",
    ),
    path("password-reset/done/", password_reset.Chosen.as_view(), name="password_reset_complete"),
]
if settings.MAIL_IS_SET:
    urlpatterns += mailed
