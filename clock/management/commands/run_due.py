from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clock.jobs import End, jobs, run_due


class Command(BaseCommand):
    help = (
        "Do what waits for a clock and is due: for a timer, every ten minutes. A job that fails "
        "stops no other, and the exit status says that one did. A job that another process is "
        "doing is left to it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", nargs="*", help="only these jobs, whether they are due or not")
        parser.add_argument("--list", action="store_true", help="name the jobs, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for name, job in sorted(jobs.items()):
                self.stdout.write(f"{name}: every {job.every}")
            return
        unknown = sorted(set(options["job"]) - set(jobs))
        if unknown:
            raise CommandError(f"no such job: {', '.join(unknown)}; there are {', '.join(jobs)}")
        failed = 0
        for outcome in run_due(options["job"]):
            said = f" ({outcome.said})" if outcome.said else ""
            self.stdout.write(f"{outcome.job.name}: {outcome.end.value}{said}")
            failed += outcome.end is End.FAILED
        if failed:
            raise CommandError(f"{failed} of the jobs failed; the log says why")
