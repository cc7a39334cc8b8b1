from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from civicnet import demo, demo_content


class Command(BaseCommand):
    help = "Bring the demo's database, first content, login and static files up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--var", type=Path, default=demo.VAR_DIR)

    def handle(self, *args: Any, **options: Any) -> None:
        demo_content.prepare(options["var"], demo.USERNAME, say=self.stdout.write)
