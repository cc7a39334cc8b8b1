"""What the form of an account has beside Django's: logins that end, a second factor to reset, and
limits to what somebody who is no superuser may give."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, ManyToManyField, OuterRef, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staff import events, second_factor
from staff.giving import groups_to_give, may_change_account
from staff.models import Authenticator, Event, User
from staff.passwords import GiveForm
from staff.second_factor_pages import fresh_proof

RIGHTS = frozenset({"is_active", "is_staff", "is_superuser", "groups", "user_permissions"})
# Written by logging in: a form that was open meanwhile does not set it back.
MOMENTS = ("last_login", "date_joined")
# Without these somebody has no business here any more.
ENTRANCE = ("is_active", "is_staff")


class ManagesLogins(DjangoUserAdmin):
    change_form_template = "staff/change_user.html"
    add_form_template = "staff/add_user.html"
    change_user_password_template = "staff/give_password.html"  # noqa: S105
    add_form = UserCreationForm
    change_password_form = GiveForm
    # All that a new colleague needs to come in, on one page.
    add_fieldsets: Any = (
        (None, {"classes": ("wide",), "fields": ("username", "password1", "password2")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (_("Permissions"), {"fields": ("is_staff", "groups")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        devices = Authenticator.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(has_second_factor=Exists(devices))

    def get_list_display(self, request: HttpRequest) -> Any:
        return (*super().get_list_display(request), "second_factor_is_set")

    @admin.display(description=_("second factor"), boolean=True, ordering="has_second_factor")
    def second_factor_is_set(self, user: Any) -> bool:
        return user.has_second_factor

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Whoever has an account here edits: visitors have none."""
        return {"is_staff": True, **super().get_changeform_initial_data(request)}

    # ---------------------------------------------------------------- what only superusers may
    # Whoever keeps the accounts gives roles; superusers are made and changed by superusers.
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = (*super().get_readonly_fields(request, obj), *MOMENTS)
        return own if request.user.is_superuser else (*own, "is_superuser", "user_permissions")  # type: ignore[union-attr]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_account(request.user, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_account(request.user, obj) and super().has_delete_permission(request, obj)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        if request and db_field.related_model is Group:
            # Few, and all of them seen at once.
            kwargs["widget"] = CheckboxSelectMultiple
            kwargs["queryset"] = groups_to_give(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[arg-type]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without Django’s button beside the groups: one that it adds would not be among them."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.widget = field.widget.widget
        return field

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with an account is counted, not named: it may be all that somebody ever did."""
        rows, *rest = super().get_deleted_objects(objs, request)  # type: ignore[arg-type]
        return [row for row in rows if not isinstance(row, list)], *rest

    # ---------------------------------------------------------------- what is written down
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        changed = set(form.changed_data)
        taken = change and any(
            name in changed and not getattr(obj, name, True) for name in ENTRANCE
        )
        with events.by(request.user):
            super().save_model(request, obj, form, change)
            if taken:
                obj.end_logins()
            if not change or changed & RIGHTS:
                events.record(Event.What.RIGHTS_CHANGED, about=obj.get_username(), row=obj)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        with events.by(request.user):
            return super().user_change_password(request, id, form_url)

    # ---------------------------------------------------------------- a lost device
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(fresh_proof(self.reset_second_factor))
        address = path("<id>/reset-second-factor/", view, name="staff_user_reset_second_factor")
        return [address, *super().get_urls()]

    def reset_second_factor(self, request: HttpRequest, id: str) -> HttpResponse:
        """Asks, then lets the person set up another device at the next login."""
        user: Any = self.get_object(request, unquote(id))
        if user is None:
            raise Http404
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        back = reverse("admin:staff_user_change", args=[user.pk])
        if not user.second_factor:
            messages.warning(request, gettext("This account has no second factor."))
            return HttpResponseRedirect(back)
        if user.pk == request.user.pk:
            return HttpResponseRedirect(reverse("second_factor"))
        if request.method == "POST":
            second_factor.reset(user, by=events.known(request.user))
            # By the name of the field, as Django keeps it: its history says it to each reader.
            self.log_change(request, user, [{"changed": {"fields": ["second factor"]}}])
            messages.success(request, gettext("The second factor was reset."))
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reset the second factor"),
            "subtitle": str(user),
            "opts": self.opts,
            "account": user,
            "back": back,
        }
        return render(request, "staff/reset_second_factor.html", context)
