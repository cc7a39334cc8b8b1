from typing import Any

from django.core.management.base import BaseCommand

from directory.roles import make_roles


class Command(BaseCommand):
    help = (
        "Make the groups of editors, translators, reviewers and managers as they are meant, with "
        "the rights that they lack and without those that are not theirs. Groups that somebody "
        "made, and who belongs to which, stay as they are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for role, count in make_roles().items():
            self.stdout.write(f"{role}: {count} rights")
