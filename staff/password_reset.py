"""A forgotten password is set anew by mail: pages within the admin, and a mail of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import forms, views
from django.http import HttpRequest
from django.utils import translation


class ResetForm(forms.PasswordResetForm):
    """The mail names the site as it is set, whatever name the form was asked for under."""

    def save(self, *args: Any, **options: Any) -> None:
        base = urlsplit(settings.BASE_URL)
        named = {"site_name": settings.SITE_NAME, "protocol": base.scheme}
        options |= {"domain_override": base.netloc, "extra_email_context": named}
        super().save(*args, **options)

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """In the language of the account, which need not be that of the form."""
        with translation.override(context["user"].language):
            super().send_mail(subject_template_name, email_template_name, context, *args, **kwargs)


class InTheAdmin:
    """What the admin's templates show around a page: the site's name, and its title."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return admin.site.each_context(self.request) | own


class Ask(InTheAdmin, views.PasswordResetView):
    form_class = ResetForm
    email_template_name = "staff/password_reset_mail.txt"
    subject_template_name = "staff/password_reset_subject.txt"


class Sent(InTheAdmin, views.PasswordResetDoneView):
    pass


class Choose(InTheAdmin, views.PasswordResetConfirmView):
    pass


class Chosen(InTheAdmin, views.PasswordResetCompleteView):
    pass
