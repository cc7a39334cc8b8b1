from datetime import timedelta
from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "staff"
    verbose_name = _("Staff")

    def ready(self) -> None:
        from clock.jobs import register

        register("clear_sessions", clear_sessions, every=timedelta(days=1))


def clear_sessions() -> str:
    """Logins that ran out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return ""
