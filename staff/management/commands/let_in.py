from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from staff import lockout, second_factor
from staff.events import record
from staff.models import Event, User


class Command(BaseCommand):
    help = (
        "Let somebody in again who failed too often to log in. With --new-device also for a lost "
        "second factor: the next login sets up another one, and every login of the account ends."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("--new-device", action="store_true", help="forget the second factor")

    def handle(self, *args: Any, username: str, new_device: bool, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"there is no account “{username}”.")
        failures = lockout.let_in(username)
        second_factor.look_again(user)
        record(Event.What.LET_IN, about=username, row=user)
        self.stdout.write(f"{failures} failures forgotten.")
        if new_device:
            second_factor.reset(user, by=None)
            self.stdout.write("The second factor is forgotten; the next login sets up another.")
