from typing import Any

from django.core.management.base import BaseCommand

from directory.workflow import publish_due


class Command(BaseCommand):
    help = (
        "Publish the entries whose day has come, and say which could not be published and why: "
        "those stay in review. Run_due does it too."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(publish_due()))
