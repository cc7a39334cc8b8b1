from typing import Any

from django.core.management.base import BaseCommand

from civicnet import demo, demo_content


class Command(BaseCommand):
    help = "Bring the demo's database, first content, login and static files up to date."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        demo_content.prepare(demo.VAR_DIR, demo.USERNAME, say=self.stdout.write)
