from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from directory.fixtures import BrokenFixture, Report, load
from places.loading import load_places

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
ORDER = ("themes", "kinds", "roles", "programmes", "organizations", "networks", "projects")


class Command(BaseCommand):
    help = (
        "Load fixtures/ in order, in one transaction. Run it again and nothing changes or "
        "doubles. An entry that staff have edited since is left alone and reported; what staff "
        "deleted stays deleted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="report, and write nothing")
        parser.add_argument(
            "--overwrite", action="store_true", help="also what staff have edited since"
        )

    def handle(self, *args: Any, dry_run: bool, overwrite: bool, **options: Any) -> None:
        try:
            with transaction.atomic():
                territory = load_places(FIXTURES / "places")
                report = load([FIXTURES / f"{name}.json" for name in ORDER], overwrite=overwrite)
                transaction.set_rollback(dry_run)
        except BrokenFixture as error:
            raise CommandError(str(error)) from error
        self.tell(
            f"territory: {territory.created} created, {territory.updated} updated, "
            f"{territory.left} left"
        )
        self.tell_report(report)
        if dry_run:
            self.tell("dry run: nothing was written")

    def tell_report(self, report: Report) -> None:
        self.tell(
            f"content: {len(report.created)} created, {len(report.updated)} updated, "
            f"{len(report.left)} left as they were"
        )
        for names, why in (
            (report.edited, "left alone, edited by staff"),
            (report.deleted, "stays deleted by staff"),
            (report.skipped, "skipped, names something that staff deleted"),
        ):
            for name in names:
                self.tell(f"{name}: {why}")

    def tell(self, sentence: str) -> None:
        self.stdout.write(sentence)
