"""`make demo`, from nothing and again, as a newcomer meets it."""

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


class Demo:
    """A demo in a folder of its own, run as `make demo` runs it."""

    def __init__(self, var: Path, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.var = var
        self.log = var.parent / f"log-{self.port}"
        start = time.monotonic()
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "civicnet.demo"),
                    *(f"--port={self.port}", f"--var={var}", *options),
                ],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        while "civicnet is at" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - start < 180, self.said()
            time.sleep(0.05)
        self.seconds = time.monotonic() - start
        self.browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def said(self) -> str:
        return self.log.read_text()

    def password(self) -> str:
        found = re.search(r"password\s+(\S+)", self.said())
        assert found
        return found.group(1)

    def get(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        request = urllib.request.Request(
            self.address + path,
            data=urllib.parse.urlencode(data).encode() if data else None,
            headers={"Origin": self.address},
        )
        try:
            with self.browser.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def log_in(self, password: str) -> tuple[int, str]:
        _status, form = self.get("/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token
        return self.get(
            "/admin/login/?next=/admin/",
            {"username": "admin", "password": password, "csrfmiddlewaretoken": token.group(1)},
        )

    def processes(self) -> list[int]:
        """The site's and PostgreSQL's, by the folder that they name or work in."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_text()
                folder = (process / "cwd").readlink()
            except OSError:
                continue
            if str(self.var) in command or self.var in (folder, *folder.parents):
                found.append(int(process.name))
        return found

    def megabytes(self) -> float:
        """Proportional share of memory of all of them together."""
        total = 0
        for pid in self.processes():
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += sum(int(number) for number in re.findall(r"^Pss:\s+(\d+)", rollup, re.M))
        return total / 1024

    def stop(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(timeout=30)


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="civicnet demo "))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder)


def test_from_nothing_and_again(var: Path) -> None:
    demo = Demo(var, "--invented=40")
    try:
        assert demo.get("/readyz")[0] == 200
        assert "Contenuti inventati." in demo.get("/it/")[1]
        for path in ("/it/organizzazioni/", "/en/organizations/"):
            assert demo.get(path)[0] == 200
        # No timer has counted the words: the demo did.
        assert 'class="meant"' in demo.get("/it/cerca/?q=prossimitta")[1]
        status, page = demo.get("/it/no-such-page/")
        assert status == 404
        assert "DEBUG" not in page
        password = demo.password()
        assert demo.log_in("wrong")[1].count("errornote") == 1
        status, page = demo.log_in(password)
        assert status == 200
        assert 'href="/admin/orgs/organization/"' in page
        assert len(demo.processes()) > 5
        assert demo.megabytes() < 400
        for name in ("password", "secret_key"):
            assert (var / "demo" / name).stat().st_mode & 0o077 == 0
    finally:
        demo.stop(signal.SIGTERM)
    assert demo.processes() == []

    again = Demo(var)
    try:
        assert "Contenuti inventati." in again.get("/it/")[1], "they stay as the rest does"
        for step in ("creating the tables", "loading", "inventing", "collecting the static"):
            assert step not in again.said(), "nothing changed, so nothing is done again"
        # Under 10 seconds with the machine to itself; here other tests run beside it.
        assert again.seconds < 20
        assert again.password() == password
        assert again.log_in(password)[0] == 200
    finally:
        again.stop(signal.SIGINT)
    assert again.processes() == []


def test_says_when_the_port_is_taken(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "civicnet.demo", f"--port={port}", f"--var={var}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert f"port {port} is in use" in done.stderr
    assert "Traceback" not in done.stderr
    assert not var.exists()


@pytest.mark.parametrize(
    "option", ["--port=99999", "--port=0", "--port=x", "--invented=-1", "--invented=1e4"]
)
def test_a_number_that_cannot_be_is_refused_in_a_sentence(var: Path, option: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "civicnet.demo", "--port=8000", option, f"--var={var}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "is no whole number from" in done.stderr
    assert "Traceback" not in done.stderr
    assert not var.exists()
