"""What the demo needs before it can serve: tables, first content, a login, static files.

Each step looks whether it has anything to do, so a second start costs little. What a step read
the last time (`fingerprint`) is kept beside the database that it filled.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from civicnet import demo
from civicnet.invention.making import make, public_number
from civicnet.migrated import refusal
from civicnet.rooms import rooms
from directory import lexicon, stamp
from staff.models import User


def prepare(
    var: Path, username: str, say: Callable[[str], object], invented: int | None = None
) -> None:
    """Bring everything up to date; says what takes a while.

    ``invented`` entries are there afterwards, or as many as before if it is None.
    """
    done_file = var / "demo" / "prepared.json"
    done: dict[str, str] = json.loads(done_file.read_text()) if done_file.exists() else {}

    if why_not := refusal():
        raise CommandError(why_not)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("civicnet: creating the tables …")
        call_command("migrate", verbosity=0)

    root = Path(settings.BASE_DIR)
    content = fingerprint(root, [*_files(root, "fixtures"), *_code(root)])
    if (
        done.get("content") != content
        or not apps.get_model("orgs", "Organization").objects.exists()
    ):
        say("civicnet: loading the first content …")
        call_command("load_fixtures", verbosity=1)
        done["content"] = content

    if invented is not None and invented != (before := public_number()):
        say(f"civicnet: inventing {invented} entries …")
        # Whoever tries the demo may have edited it: these go beside what is there.
        make(invented, beside=True, anew=before > 0)

    # A timer does it elsewhere, which the demo has not; the stamp rises with any change.
    if done.get("lexicon") != (words := str(stamp.current())):
        lexicon.refresh()
        done["lexicon"] = words

    static = fingerprint(root, [*_files(root, "static"), *_requirements(root)])
    if (
        done.get("static") != static
        or not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
    ):
        say("civicnet: collecting the static files …")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        done["static"] = static

    make_sure_of_login(username, demo.secret(var, "password", 12))
    done_file.write_text(json.dumps(done))


def make_sure_of_login(username: str, password: str) -> None:
    """The printed login works, whatever happened to the account since."""
    user, created = User.objects.get_or_create(username=username)
    if created or not user.check_password(password):
        user.set_password(password)
    user.is_active = user.is_staff = user.is_superuser = True
    user.save()


def fingerprint(root: Path, files: Iterable[Path]) -> str:
    """One hash over names and contents."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(root: Path, folder: str) -> list[Path]:
    return [path for path in (root / folder).rglob("*") if path.is_file()]


def _code(root: Path) -> list[Path]:
    return [path for room in rooms(root) for path in (root / room).rglob("*.py")]


def _requirements(root: Path) -> list[Path]:
    return [*(root / "requirements").glob("*.txt"), root / "civicnet" / "settings.py"]
