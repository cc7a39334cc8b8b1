"""`make check`: everything that can be judged without running the site.

All of it runs, and what failed is shown, so that one run tells the whole story. The environment
is a throw-away one: nothing here connects to a database.
"""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PYTHON = sys.executable
MANAGE = [PYTHON, "-W", "ignore", "manage.py"]


def tool(name: str) -> str:
    return str(Path(PYTHON).parent / name)


CHECKS: dict[str, list[str]] = {
    "style": [tool("ruff"), "check", "."],
    "layout": [tool("ruff"), "format", "--check", "."],
    "templates": [tool("djlint"), "--lint", "--quiet", "templates"],
    "types": [tool("mypy"), "."],
    "layers": [tool("lint-imports"), "--no-cache"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "translations": [*MANAGE, "messages", "--check"],
}

# Not a check, but in need of the same throw-away environment.
MESSAGES = [*MANAGE, "messages"]

# As an operator would set them: https, a secret, a server (that nobody asks anything).
ENVIRONMENT = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    "BASE_URL": "https://civicnet.example",
    "CONTACT_EMAIL": "contact@civicnet.example",
}


def main() -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    environment = kept | ENVIRONMENT | {"DJANGO_SETTINGS_MODULE": "civicnet.settings"}
    if sys.argv[1:] == ["messages"]:
        sys.exit(subprocess.run(MESSAGES, cwd=ROOT, env=environment, check=False).returncode)
    wanted = sys.argv[1:] or list(CHECKS)
    failed = []
    for name in wanted:
        start = time.monotonic()
        done = subprocess.run(
            CHECKS[name], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        seconds = time.monotonic() - start
        print(f"{'failed' if done.returncode else 'ok':7} {name} ({seconds:.1f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    if failed:
        sys.exit(f"make check: {', '.join(failed)} failed.")
    print("make check: all is well.")


if __name__ == "__main__":
    main()
