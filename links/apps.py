from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinksConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "links"
    verbose_name = _("Web addresses")

    def ready(self) -> None:
        from clock.jobs import register
        from directory.roles import LOOK, grant, may_edit_any
        from directory.worklists import Worklist, register_worklist
        from links.addresses import with_a_broken_address
        from links.models import Link
        from links.rounds import look_around
        from staff.roles import EDITOR, REVIEWER

        register("check_links", lambda: str(look_around()), every=timedelta(hours=1))
        grant(Link, LOOK | dict.fromkeys((EDITOR, REVIEWER), ("view", "change")))
        register_worklist(
            Worklist(
                "broken",
                _("broken web address"),
                lambda entries, user: with_a_broken_address(entries),
                open_to=may_edit_any,
            )
        )
