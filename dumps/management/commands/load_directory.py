from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dumps.loading import load
from dumps.writing import Refused
from exchange.command import refuse


class Command(BaseCommand):
    help = (
        "Fill an empty civicnet, migrated and without content, from a folder that dump_directory "
        "wrote. Everything, or nothing and a sentence that says why."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        def tell(name: str, count: int) -> None:
            self.stdout.write(f"{name}: {count:,}")

        try:
            load(folder, tell)
        except Refused as refusal:
            raise refuse(str(refusal)) from refusal
