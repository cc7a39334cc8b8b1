from typing import Any

from django.core.management.base import BaseCommand

from directory.lexicon import refresh


class Command(BaseCommand):
    help = "Counts anew the words of the published entries, from which misspelt ones are put right."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{refresh()} words")
