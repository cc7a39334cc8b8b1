"""The pages, within the admin, on which a forgotten password is chosen anew."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import forms, views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from staff import reset_mails
from staff.lockout import LockedOut
from staff.login import shown_time
from staff.passwords import ChooseForm


class InTheAdmin:
    """What the admin's templates show around a page: the site's name, and its title."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return admin.site.each_context(self.request) | own


class Ask(InTheAdmin, views.PasswordResetView):
    """Says the same for every address, and takes as long."""

    def form_valid(self, form: forms.PasswordResetForm) -> HttpResponse:
        try:
            reset_mails.ask(self.request, form.cleaned_data["email"])
        except LockedOut as refusal:
            sentence = gettext(
                "Such mails were asked for too often, for this address or from where you are. Look "
                "for those that were sent, among unwanted mail too, or ask again after %(time)s."
            )
            form.add_error("email", sentence % {"time": shown_time(refusal.until)})
            response = self.form_invalid(form)
            response.status_code = 429
            return response
        return HttpResponseRedirect(self.get_success_url())


class Sent(InTheAdmin, views.PasswordResetDoneView):
    pass


class Choose(InTheAdmin, views.PasswordResetConfirmView):
    form_class = ChooseForm


class Chosen(InTheAdmin, views.PasswordResetCompleteView):
    pass
