from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from civicnet import demo, demo_content
from civicnet.invention.making import Refused


class Command(BaseCommand):
    help = "Bring the demo's database, first content, login and static files up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--var", type=Path, default=demo.VAR_DIR)
        parser.add_argument("--invented", type=int, help="how many invented entries to have too")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demo_content.prepare(
                options["var"], demo.USERNAME, say=self.stdout.write, invented=options["invented"]
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
