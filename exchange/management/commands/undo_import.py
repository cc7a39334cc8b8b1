from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exchange.command import Bar, refuse
from exchange.importing import Busy, locked
from exchange.models import Import
from exchange.undoing import undo


class Command(BaseCommand):
    help = "Take back what an import made and nobody has touched since. The rest is told."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, help="the number that the import told at its end")

    def handle(self, *args: Any, id: int, **options: Any) -> None:
        run = Import.objects.filter(pk=id).first()
        if run is None:
            raise refuse(f"There is no import {id}.")
        bar = Bar(self.stderr._out, "taking back", run.imported.wrote().count())
        try:
            with locked():
                undone = undo(run, bar)
        except Busy:
            raise refuse("An import is running. Try again when it is over.") from None
        bar.end()
        self.stdout.write(
            f"import {id}: {undone.deleted:,} entries deleted, {undone.restored:,} as they were"
            f" before, {undone.withdrawn:,} rows no longer wait for a decision"
        )
        for number, slug, why in undone.kept:
            said = "touched since" if why == "touched" else "in use by another entry"
            self.stdout.write(f"row {number:,}: {slug} stays, {said}")
