from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        from api.limits import forget
        from clock.jobs import register

        register("forget_api_visits", forget, every=timedelta(hours=1))
