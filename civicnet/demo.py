"""`make demo`: the whole site on this machine, with a database of its own in `var/`.

The web server runs in this very process (gunicorn's master), so that one signal stops it and then
the database. Everything that only prepares runs in a process of its own that ends before the
first visitor comes: it must not weigh on the memory of the site.
"""

import argparse
import atexit
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from civicnet import environment as env
from civicnet.embedded import EmbeddedError, EmbeddedServer

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
DATABASE = "civicnet"
USERNAME = "admin"
WORKERS = 2
THREADS = 4


def exists(var: Path) -> bool:
    return _secret_file(var, "secret_key").exists()


def lend(var: Path) -> None:
    """Point this command at the demo's database, which is started if it is not running.

    Sets the variables that the settings read next. The server stops when the last process that
    uses it ends.
    """
    server = EmbeddedServer(var / "demo")
    try:
        server.acquire()
    except EmbeddedError as error:
        env.refuse(str(error))
    atexit.register(server.release)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        with contextlib.suppress(ValueError):  # not the main thread
            signal.signal(signal.SIGTERM, _end)
    os.environ["DATABASE_URL"] = server.address(DATABASE)
    os.environ["SECRET_KEY"] = secret(var, "secret_key")
    os.environ.setdefault("BASE_URL", "http://127.0.0.1:8000")
    os.environ.setdefault("SERVE_MEDIA", "true")
    os.environ.setdefault("SECOND_FACTOR", "optional")


def secret(var: Path, name: str, length: int = 50) -> str:
    """A random text that only this account may read, made the first time it is asked for."""
    path = _secret_file(var, name)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(length) + "\n")
        fresh.rename(path)
    return path.read_text().strip()


def _secret_file(var: Path, name: str) -> Path:
    return var / "demo" / name


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """What a signal does before the web server has its own say: unwind, then stop."""
    raise SystemExit(128 + number)


def main() -> None:
    parser = argparse.ArgumentParser(description="Run civicnet on this machine.")
    parser.add_argument("--port", type=between(1, 65_535), default=8000)
    parser.add_argument("--var", type=Path, default=VAR_DIR, help="where everything is kept")
    parser.add_argument(
        "--invented", type=between(0, 10_000_000), help="how many invented entries to serve too"
    )
    options = parser.parse_args()
    port: int = options.port
    var: Path = options.var
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    if not _is_free(port):
        env.refuse(f"port {port} is in use; choose another: make demo PORT={port + 1}")

    server = EmbeddedServer(var / "demo")
    status: Any = 0
    try:
        print("civicnet: starting PostgreSQL …", flush=True)
        server.acquire()
        server.create_database(DATABASE)
        os.environ.update(_environment(server, var, port))
        prepare = [sys.executable, str(BASE_DIR / "manage.py"), "prepare_demo", f"--var={var}"]
        if options.invented is not None:
            prepare.append(f"--invented={options.invented}")
        subprocess.run(prepare, check=True)
        _serve(var, port)
    except EmbeddedError as error:
        env.refuse(str(error))
    except subprocess.CalledProcessError as error:
        status = error.returncode
    except KeyboardInterrupt:
        status = 130
    finally:
        server.release()
    raise SystemExit(status)


def between(least: int, most: int) -> Callable[[str], int]:
    """A type of argument: a whole number from ``least`` to ``most``."""

    def number(written: str) -> int:
        if not (written.isascii() and written.isdigit() and least <= int(written) <= most):
            said = f"{written!r} is no whole number from {least} to {most}"
            raise argparse.ArgumentTypeError(said)
        return int(written)

    return number


def _environment(server: EmbeddedServer, var: Path, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": server.address(DATABASE),
        "DATABASE_POOL_SIZE": str(THREADS),
        "SECRET_KEY": secret(var, "secret_key"),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DEBUG": "false",
        "SERVE_MEDIA": "true",
        "SECOND_FACTOR": "optional",
        "MEDIA_ROOT": str(var / "media"),
        "STATIC_ROOT": str(var / "static"),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _serve(var: Path, port: int) -> None:
    """Serve until a signal says stop. Returns in the master; the workers end by themselves."""
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in {
                "bind": f"127.0.0.1:{port}",
                "workers": WORKERS,
                "threads": THREADS,
                "worker_class": "gthread",
                "preload_app": True,
                "graceful_timeout": 5,
                "loglevel": "warning",
                "proc_name": "civicnet",
                "control_socket_disable": True,
                "when_ready": lambda arbiter: _announce(var, port),
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from civicnet.wsgi import application

            return application

    Site().run()


def _announce(var: Path, port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    print(
        f"\n  civicnet is at     {address}/\n"
        f"  administration     {address}/admin/\n"
        f"  user               {USERNAME}\n"
        f"  password           {secret(var, 'password', 12)}\n\n"
        f"  DEBUG is off. The data stays in {var}. Ctrl-C stops the site and its database.\n",
        flush=True,
    )


if __name__ == "__main__":
    main()
