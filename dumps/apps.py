from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DumpsConfig(AppConfig):
    name = "dumps"
    verbose_name = _("Dumps")

    def ready(self) -> None:
        from directory.told import known
        from dumps.loading import LOADED

        known(LOADED)
