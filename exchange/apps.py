from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = _("Data from outside")

    def ready(self) -> None:
        from clock.jobs import register
        from directory.roles import LOOK, grant
        from directory.surroundings import Naming, names_entries
        from directory.told import known
        from exchange.models import Import, ImportedRow, SavedMapping, SheetRow
        from exchange.sheet_writing import forget_expired
        from exchange.undoing import UNDONE
        from staff.roles import MANAGER, REVIEWER

        grant(Import, LOOK)
        grant(ImportedRow, LOOK | {REVIEWER: ("view", "change")})
        grant(SavedMapping, {MANAGER: ("view",)})
        # A row that was planned for another entry has no version of this one: it is refused.
        rows = SheetRow.objects.of_kind
        names_entries(Naming(SheetRow._meta.db_table, "entry", rows, {"version": 0}))
        known(UNDONE)
        register("forget_tables", forget_expired, every=timedelta(hours=6))
