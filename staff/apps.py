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
        from staff.login import listen
        from staff.reset_mails import deliver
        from staff.second_factor import seal_anew

        register("clear_sessions", clear_sessions, every=timedelta(days=1))
        register("forget_logins", forget_logins, every=timedelta(days=1))
        register("send_reset_mails", deliver, every=timedelta(minutes=5))
        register("seal_secrets", seal_anew, every=timedelta(days=1))
        listen()


def clear_sessions() -> str:
    """Logins that ran out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return ""


def forget_logins() -> str:
    """Failures to log in after thirty days, and the audit after as many as are set."""
    from staff import events, lockout

    return f"{lockout.forget()}, {events.forget()}"
