from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class OrgsConfig(AppConfig):
    name = "orgs"
    verbose_name = _("Organizations")

    def ready(self) -> None:
        from directory.registry import Kind, register_kind
        from orgs import cards
        from orgs.filters import OrganizationFilterSet
        from orgs.models import Organization

        register_kind(
            Kind(
                key="organization",
                number=1,
                model=Organization,
                filterset=OrganizationFilterSet,
                is_most=True,
                card_line=cards.line,
                label=_("organization"),
                label_plural=_("organizations"),
                counted=ngettext_lazy("%(number)s organization", "%(number)s organizations", "n"),
                all_counted=_("All %(number)s organizations"),
            )
        )
