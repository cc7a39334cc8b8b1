from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from staff.account_admin import ManagesLogins
from staff.deletion_admin import DeletesAsSeen
from staff.event_admin import EventAdmin
from staff.models import User
from staff.roles import role_label

__all__ = ["EventAdmin", "GroupAdmin", "UserAdmin"]

PREFERENCES: Any = (_("Preferences"), {"fields": ("language",)})
ACTIONS: dict[str, Any] = {
    "add": pgettext_lazy("permission", "add"),
    "change": pgettext_lazy("permission", "change"),
    "delete": pgettext_lazy("permission", "delete"),
    "view": pgettext_lazy("permission", "view"),
    "publish": pgettext_lazy("permission", "publish"),
    "translate_it": pgettext_lazy("permission", "write the Italian texts"),
    "translate_en": pgettext_lazy("permission", "write the English texts"),
}


def permission_label(permission: Permission) -> str:
    """In the language of the page: the names that Django keeps in the database are English."""
    action, _separator, _model = permission.codename.partition("_")
    label = ACTIONS.get(permission.codename) or ACTIONS.get(action, permission.name)
    return f"{permission.content_type}: {label}"


# What Django and its parts keep for themselves: no page here asks for a right to it.
NOBODYS = ("admin", "contenttypes", "otp_static", "otp_totp", "reversion", "sessions")


class NamesRights(admin.ModelAdmin):
    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[arg-type]
        if field:
            # Between two lists with buttons no key is to be held down, and a telephone has none.
            field.help_text = db_field.help_text
        if field and db_field.related_model is Permission:
            field.queryset = field.queryset.exclude(content_type__app_label__in=NOBODYS).exclude(
                content_type__model="permission"
            )
            field.label_from_instance = permission_label
        if field and db_field.related_model is Group:
            field.label_from_instance = role_label
        return field


class RoleFilter(admin.RelatedFieldListFilter):
    """Roles by the names that people know them by."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(group.pk, role_label(group)) for group in Group.objects.order_by("name")]


@admin.register(User)
class UserAdmin(DeletesAsSeen, NamesRights, ManagesLogins):
    list_display = ("username", "email", "first_name", "last_name", "language", "is_staff")
    list_filter = ("is_active", "is_staff", "is_superuser", ("groups", RoleFilter))
    fieldsets = (*(ManagesLogins.fieldsets or ()), PREFERENCES)
    add_fieldsets = (*ManagesLogins.add_fieldsets, PREFERENCES)


admin.site.unregister(Group)
# The secrets of devices are for nobody to read.
admin.site.unregister([StaticDevice, TOTPDevice])


@admin.register(Group)
class GroupAdmin(DeletesAsSeen, NamesRights, DjangoGroupAdmin):
    list_display = ("named",)

    @admin.display(description=_("name"), ordering="name")
    def named(self, group: Group) -> str:
        return role_label(group)
