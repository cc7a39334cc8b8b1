from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _

from staff.models import User

PREFERENCES: tuple[Any, dict[str, Any]] = (_("Preferences"), {"fields": ("language",)})


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ("username", "email", "first_name", "last_name", "language", "is_staff")
    fieldsets: Any = (*(DjangoUserAdmin.fieldsets or ()), PREFERENCES)
    add_fieldsets: Any = (*DjangoUserAdmin.add_fieldsets, PREFERENCES)
