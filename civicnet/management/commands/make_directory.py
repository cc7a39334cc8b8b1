import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from civicnet.invention.making import SEED, Refused, make


class Command(BaseCommand):
    help = (
        "Publish N invented entries, to try the site at the size of a whole country. Every public "
        "page says that they are invented. Run it again and nothing doubles; --anew with 0 "
        "deletes them. All or nothing: it may be interrupted. Many of them, where there are few "
        "entries: the site waits until they are written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="N", type=int, help="how many are to be public")
        parser.add_argument(
            "--seed", type=int, default=SEED, help="another number, another directory"
        )
        parser.add_argument(
            "--anew", action="store_true", help="delete the invented entries that are there first"
        )
        parser.add_argument(
            "--beside",
            action="store_true",
            help="also in a directory that has entries of its own",
        )

    def handle(
        self, *args: Any, number: int, seed: int, anew: bool, beside: bool, **options: Any
    ) -> None:
        if number < 0:
            raise CommandError("N cannot be less than 0.")
        start = time.monotonic()
        try:
            written = make(number, seed=seed, beside=beside, anew=anew)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if written:
            seconds = time.monotonic() - start
            self.stdout.write(f"{number} invented entries are public ({seconds:.0f} seconds).")
        else:
            self.stdout.write(f"{number} invented entries are public already: nothing to do.")
