from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Collect the interface texts into locale/ and compile them; --check changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from civicnet import catalogues
        except ImportError as error:
            raise CommandError("this needs requirements/dev.txt: make messages") from error

        root = Path(settings.BASE_DIR)
        found: list[str] = []
        for language, _name in settings.LANGUAGES:
            for domain in catalogues.DOMAINS:
                if not options["check"]:
                    today = catalogues.update(root, language, domain)
                    catalogues.write(root, language, today, domain)
                found += catalogues.problems(root, language, domain)
        for sentence in found:
            self.stdout.write(sentence)
        if found and options["check"]:
            raise CommandError(f"{len(found)} things to mend in locale/.")
        self.stdout.write(f"{len(found)} texts left to translate." if found else "Complete.")
