from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from directory.picture_field import delete_orphans, orphans


class Command(BaseCommand):
    help = (
        "Delete picture files that no row names and half-written ones, both older than an hour. "
        "An upload that was broken off leaves them; run this once a day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list them, and delete nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        number = 0
        for name in orphans() if dry_run else delete_orphans():
            self.stdout.write(name)
            number += 1
        self.stdout.write(f"{number} {'would be' if dry_run else 'were'} deleted")
