from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.models import User

PREFERENCES: Any = (_("Preferences"), {"fields": ("language",)})
ACTIONS = {
    "add": pgettext_lazy("permission", "add"),
    "change": pgettext_lazy("permission", "change"),
    "delete": pgettext_lazy("permission", "delete"),
    "view": pgettext_lazy("permission", "view"),
}


def permission_label(permission: Permission) -> str:
    """In the language of the page: the names that Django keeps in the database are English."""
    action, _separator, _model = permission.codename.partition("_")
    return f"{permission.content_type}: {ACTIONS.get(action, permission.name)}"


class NamesPermissions(admin.ModelAdmin):
    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[arg-type]
        if field and db_field.related_model is Permission:
            field.label_from_instance = permission_label
        return field


@admin.register(User)
class UserAdmin(NamesPermissions, DjangoUserAdmin):
    list_display = ("username", "email", "first_name", "last_name", "language", "is_staff")
    fieldsets = (*(DjangoUserAdmin.fieldsets or ()), PREFERENCES)
    add_fieldsets = (*DjangoUserAdmin.add_fieldsets, PREFERENCES)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(NamesPermissions, DjangoGroupAdmin):
    pass
