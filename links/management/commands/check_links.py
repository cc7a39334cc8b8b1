from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from clock.jobs import held, jobs
from links.addresses import uses
from links.batches import BATCH, batches
from links.models import Link
from links.rounds import MINUTES, NetworkAway, look_around

# At a time, with the entries that name them.
NAMED = 200


class Command(BaseCommand):
    help = (
        "Look whether the web addresses of published entries still lead somewhere: those not "
        "seen for a week, and those that failed yesterday. One that failed on three days is "
        "broken, and is listed at the end. run_due does this by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--minutes", type=float, default=MINUTES, help="stop after so many minutes"
        )
        parser.add_argument("--all", action="store_true", help="also those seen this week")

    def handle(self, *args: Any, **options: Any) -> None:
        with held(jobs["check_links"]) as ours:
            if not ours:
                raise CommandError("another process is looking at them")
            try:
                done = look_around(minutes=options["minutes"], everything=options["all"])
            except NetworkAway as error:
                raise CommandError(str(error)) from error
        self.stdout.write(str(done))
        with override("en"):
            for broken in batches(Link.objects.broken().iterator(BATCH), NAMED):
                named = uses(link.url for link in broken)
                for link in broken:
                    entries = ", ".join(use.name for use in named.get(link.url, []))
                    why = link.status or link.get_reason_display()
                    self.stdout.write(f"{link.url}: {why} ({entries})")
