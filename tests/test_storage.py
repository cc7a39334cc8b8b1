"""Files that are whole or not there, whatever happens while they are written."""

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from directory.storage import ROOM_TO_SPARE, TEMPORARY_SUFFIX, AtomicFileSystemStorage

NOW = timedelta(0)


@pytest.fixture
def storage(tmp_path):
    return AtomicFileSystemStorage(location=tmp_path / "media")


def files_below(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def test_a_file_is_kept_with_all_its_bytes(storage):
    content = os.urandom(300_000)
    name = storage.save("pictures/ab/one.webp", ContentFile(content))
    assert name == "pictures/ab/one.webp"
    path = Path(storage.path(name))
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o644
    assert path.stat().st_nlink == 1
    assert files_below(storage.location) == [path]


def test_mode_does_not_depend_on_the_process(storage):
    before = os.umask(0o077)
    try:
        storage.save("a", ContentFile(b"a"))
    finally:
        os.umask(before)
    assert Path(storage.path("a")).stat().st_mode & 0o777 == 0o644


def test_no_file_is_overwritten(storage):
    names = {storage.save("a.webp", ContentFile(bytes([number]))) for number in range(3)}
    assert len(names) == 3
    assert {Path(storage.path(name)).read_bytes() for name in names} == {b"\0", b"\1", b"\2"}


def test_no_file_is_overwritten_that_appears_meanwhile(storage):
    """Between the choice of the name and the end of writing another process takes it."""

    class Meanwhile(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"late"
            Path(storage.path("a.webp")).write_bytes(b"early")

    name = storage.save("a.webp", Meanwhile(b"late"))
    assert name != "a.webp"
    assert Path(storage.path("a.webp")).read_bytes() == b"early"
    assert Path(storage.path(name)).read_bytes() == b"late"


def test_all_is_on_the_disk_before_the_name_is_there(storage, monkeypatch):
    synced = []
    fsync = os.fsync

    def noting(descriptor):
        fsync(descriptor)
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink(), storage.exists("a/b/c")))

    monkeypatch.setattr(os, "fsync", noting)
    storage.save("a/b/c", ContentFile(b"x" * 100_000))
    root = Path(storage.location)
    assert synced[0][0].name.endswith(TEMPORARY_SUFFIX)
    assert synced[0][1] is False
    assert synced[1:] == [(root / "a/b", True), (root / "a", True), (root, True)]


@pytest.mark.parametrize("error", [OSError(errno.EIO, "broken"), KeyboardInterrupt(), SystemExit()])
def test_what_stops_the_writing_leaves_nothing(storage, error):
    class Broken(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"a" * 100_000
            raise error

    with pytest.raises(type(error)):
        storage.save("a.webp", Broken(b"a"))
    assert files_below(storage.location) == []


def test_a_full_disk_leaves_nothing(tmp_path):
    """On a real one where it can be mounted, else with a limit that the kernel enforces."""
    location = tmp_path / "media"
    location.mkdir()
    mounted = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "civicnet-test", location],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )
    storage = AtomicFileSystemStorage(location=location)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.getsignal(signal.SIGXFSZ)
    try:
        kept = storage.save("kept.webp", ContentFile(b"k" * 10_000))
        if not mounted:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, limits[1]))
        with pytest.raises(OSError, match=r"No space left|File too large"):
            storage.save("pictures/ab/one.webp", ContentFile(b"x" * 200_000))
        assert [path.name for path in files_below(location)] == [kept]
        assert Path(storage.path(kept)).read_bytes() == b"k" * 10_000
        if mounted:
            assert not storage.has_room_for(1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
        if mounted:
            subprocess.run(["umount", location], check=True)


def test_a_limit_on_file_size_leaves_nothing(storage):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, limits[1]))
        with pytest.raises(OSError, match="File too large"):
            storage.save("a.webp", ContentFile(b"x" * 200_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert files_below(storage.location) == []


WRITER = """
import sys, time
from django.conf import settings
settings.configure()
from django.core.files.base import ContentFile
from directory.storage import AtomicFileSystemStorage

class Slow(ContentFile):
    def chunks(self, chunk_size=None):
        for _ in range(20):
            yield b"x" * 10_000
            time.sleep(0.0005)

storage = AtomicFileSystemStorage(location=sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    storage.save(f"pictures/ab/{number}.webp", Slow(b""))
    number += 1
"""


def test_a_kill_leaves_no_half_file(storage):
    kills = 20
    offsets = random.Random(1)
    for _ in range(kills):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, storage.location],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        ) as writer:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(offsets.uniform(0, 0.05))
            writer.kill()
    left = files_below(storage.location)
    whole = [path for path in left if not path.name.startswith(".")]
    assert {path.stat().st_size for path in whole} == {200_000}
    # At least some kills came while a file was written, or this test would say nothing.
    stale = list(storage.stale_temporaries(NOW))
    assert kills // 4 < len(stale) <= kills
    for name in stale:
        storage.delete(name)
    assert files_below(storage.location) == whole


def test_temporaries_that_may_still_be_written_are_not_stale(storage):
    storage.save("a/whole.webp", ContentFile(b"x"))
    temporary = Path(storage.path(f"a/.0{TEMPORARY_SUFFIX}"))
    temporary.write_bytes(b"x")
    assert list(storage.stale_temporaries(timedelta(hours=1))) == []
    two_hours_ago = time.time() - 7200
    os.utime(temporary, (two_hours_ago, two_hours_ago))
    os.utime(storage.path("a/whole.webp"), (two_hours_ago, two_hours_ago))
    assert list(storage.stale_temporaries(timedelta(hours=1))) == [f"a/.0{TEMPORARY_SUFFIX}"]


def test_room_is_measured_before_the_folder_exists(storage):
    free = os.statvfs(Path(storage.location).parent)
    assert storage.has_room_for(0)
    assert not storage.has_room_for(free.f_bavail * free.f_frsize + ROOM_TO_SPARE)
    assert not Path(storage.location).exists()


@pytest.mark.parametrize("name", ["../out.webp", "/etc/out.webp", "a/../../out.webp"])
def test_nothing_is_written_outside_the_folder(storage, name):
    from django.core.exceptions import SuspiciousFileOperation

    with pytest.raises(SuspiciousFileOperation):
        storage.save(name, ContentFile(b"x"))
