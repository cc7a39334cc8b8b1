from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core import checks
from django.utils.translation import gettext_lazy as _


class CivicnetConfig(AppConfig):
    default = True
    default_auto_field = "django.db.models.BigAutoField"
    name = "civicnet"
    verbose_name = _("Site")

    def ready(self) -> None:
        from civicnet import boolean_icon
        from civicnet.migrated import can_be_migrated

        boolean_icon.use()
        checks.register(can_be_migrated, checks.Tags.database)


class CivicnetAdminConfig(admin_apps.AdminConfig):
    """The admin, with a site of our own in place of Django's."""

    default = False
    default_site = "civicnet.admin.Admin"
