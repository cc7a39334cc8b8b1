"""The forms in which a password is chosen: one that stays is none."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AdminPasswordChangeForm, SetPasswordForm
from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext


class AsksAnother:
    """Refuses the password that the account has. Only when all else is right: whoever cannot say
    the old one learns nothing about it."""

    field = "new_password1"

    def clean(self) -> dict[str, Any]:
        form: Any = self
        cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]
        given = form.cleaned_data.get(self.field)
        if given and not form.errors and check_password(given, form.user.password):
            sentence = gettext("This account has that password already: choose another.")
            form.add_error(self.field, sentence)
        return cleaned


class ChooseForm(AsksAnother, SetPasswordForm):
    """For who has forgotten theirs."""


class GiveForm(AsksAnother, AdminPasswordChangeForm):
    """For another account. Every account here comes in by its password: there is no choice."""

    field = "password1"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for name in ("password1", "password2"):
            self.fields[name].required = True
