from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from directory import index


class Command(BaseCommand):
    help = (
        "Writes the index of what is published, and its counts, anew. Needed only after work"
        " on the database that passed by its triggers; pages stay readable meanwhile."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            number = index.rebuild()
        self.stdout.write(f"{number} entries listed")
