from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = _("Data from outside")

    def ready(self) -> None:
        from clock.jobs import register
        from directory.roles import LOOK, grant
        from exchange.models import Import, ImportedRow, SavedMapping
        from exchange.sheets import forget_expired
        from staff.roles import MANAGER, REVIEWER

        grant(Import, LOOK)
        grant(ImportedRow, LOOK | {REVIEWER: ("view", "change")})
        grant(SavedMapping, {MANAGER: ("view",)})
        register("forget_tables", forget_expired, every=timedelta(hours=6))
