"""Files that are whole or not there."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage

TEMPORARY_SUFFIX = ".part"
# Left free on the disk, so that the last pictures do not stop the database beside them.
ROOM_TO_SPARE = 16 * 1024 * 1024


class AtomicFileSystemStorage(FileSystemStorage):
    """A file gets its name once it is complete and on the disk; no other file is overwritten.

    A full disk or a kill leaves at most a temporary file, which has a leading dot and is found
    by ``stale_temporaries``. The file system needs hard links, as all those for Linux have: a
    rename would replace a file that another process wrote meanwhile.
    """

    def _save(self, name: str, content: File) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{secrets.token_hex(16)}{TEMPORARY_SUFFIX}")
        try:
            with temporary.open("xb") as file:
                os.fchmod(file.fileno(), self.file_permissions_mode or 0o644)
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            while True:
                try:
                    target.hardlink_to(temporary)
                    break
                except FileExistsError:
                    name = self.get_available_name(name)
                    target = Path(self.path(name))
        finally:
            temporary.unlink(missing_ok=True)
        self._sync_folders(target)
        self._ensure_location_group_id(target)  # type: ignore[attr-defined]
        return target.relative_to(self.location).as_posix()

    def _sync_folders(self, target: Path) -> None:
        """Put the new name on the disk, and those of the folders that were made for it."""
        for folder in target.parents:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if folder == Path(self.location):
                break

    def has_room_for(self, size: int) -> bool:
        folder = Path(self.location)
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free >= size + ROOM_TO_SPARE

    def stale_temporaries(self, older_than: timedelta) -> Iterator[str]:
        """Names of temporary files whose writer is gone."""
        for path in Path(self.location).rglob(f".*{TEMPORARY_SUFFIX}"):
            try:
                age = time.time() - path.stat().st_mtime
            except FileNotFoundError:  # its writer has just finished
                continue
            if age >= older_than.total_seconds():
                yield path.relative_to(self.location).as_posix()
