from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CivicnetConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "civicnet"
    verbose_name = _("Site")
