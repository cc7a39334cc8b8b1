from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClockConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "clock"
    verbose_name = _("Clock")
