from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _

from staff.models import User

PREFERENCES: Any = (_("Preferences"), {"fields": ("language",)})


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ("username", "email", "first_name", "last_name", "language", "is_staff")
    fieldsets = (*(DjangoUserAdmin.fieldsets or ()), PREFERENCES)
    add_fieldsets = (*DjangoUserAdmin.add_fieldsets, PREFERENCES)
