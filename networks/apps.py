from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class NetworksConfig(AppConfig):
    name = "networks"
    verbose_name = _("Networks")

    def ready(self) -> None:
        from directory.registry import Kind, Section, extend, register_kind
        from networks import cards, ties
        from networks.filters import MembershipFacet, NetworkFilterSet, RoleFacet
        from networks.models import Network

        register_kind(
            Kind(
                key="network",
                number=2,
                model=Network,
                filterset=NetworkFilterSet,
                card_line=cards.line,
                label=_("network"),
                label_plural=_("networks"),
                counted=ngettext_lazy("%(number)s network", "%(number)s networks", "n"),
                all_counted=_("All %(number)s networks"),
                sections=[Section("networks/network_members.html", ties.of_network, is_paged=True)],
                card_ties=[cards.members],
                place_pairs=False,
            )
        )
        Network.card_said["members_today"] = ties.members_today
        extend(
            "organization",
            filters={"network": MembershipFacet(), "role": RoleFacet()},
            said={"public_memberships": ties.networks_of_organizations},
            card_ties=[cards.networks],
            sections=[Section("networks/organization_memberships.html", ties.of_organization)],
        )
