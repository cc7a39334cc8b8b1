#!/usr/bin/env python3
"""Run a Django command for civicnet."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicnet.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)
    except OperationalError as error:
        # What the server itself refused has a state; without one it was not reached at all.
        if getattr(error.__cause__, "sqlstate", None) or "--traceback" in sys.argv:
            raise
        sys.exit(f"civicnet: the database is away: {str(error).splitlines()[0]}")


if __name__ == "__main__":
    main()
