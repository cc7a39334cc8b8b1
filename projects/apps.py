from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from directory.registry import Kind, Section, extend, register_kind
        from projects import cards, ties
        from projects.filters import ProjectFilterSet
        from projects.models import Project

        register_kind(
            Kind(
                key="project",
                number=3,
                model=Project,
                filterset=ProjectFilterSet,
                card_line=cards.line,
                label=_("project"),
                label_plural=_("projects"),
                counted=ngettext_lazy("%(number)s project", "%(number)s projects", "n"),
                all_counted=_("All %(number)s projects"),
                card_ties=[cards.partners, cards.programme],
                sections=[Section("projects/project_ties.html", ties.around)],
            )
        )
        Project.card_said["places_said"] = ties.places
        Project.card_said["first_partner"] = ties.first_partner
        Project.card_said["partners_number"] = ties.partners_number
        for key in ("organization", "network"):
            extend(
                key,
                said={"public_participations": partial(ties.projects_of_partner, key)},
                card_ties=[cards.projects],
                sections=[Section("projects/entry_participations.html", ties.of_partner)],
            )
