from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dumps.writing import Refused, dump
from exchange.command import refuse


class Command(BaseCommand):
    help = (
        "Write all that is public into a folder: tables, whole entries, points, pictures, "
        "checksums. The same content gives the same bytes. An earlier dump there is replaced."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        def tell(name: str, count: int) -> None:
            self.stdout.write(f"{name}: {count:,}")

        try:
            files = dump(folder, tell)
        except Refused as refusal:
            raise refuse(str(refusal)) from refusal
        self.stdout.write(f"{folder}: {files:,} files")
