from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from directory.picture_field import delete_orphans, orphans
from directory.social_cards import delete_old_files, old_files


class Command(BaseCommand):
    help = (
        "Delete picture files that no row names and half-written ones, both older than an hour. "
        "An upload that was broken off leaves them; run this once a day. Cards for social "
        "networks go after ninety days, and are drawn again when somebody asks for them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list them, and delete nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        number = 0
        pictures = orphans() if dry_run else delete_orphans()
        cards = old_files() if dry_run else delete_old_files()
        for name in chain(pictures, cards):
            self.stdout.write(name)
            number += 1
        self.stdout.write(f"{number} {'would be' if dry_run else 'were'} deleted")
