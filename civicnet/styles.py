"""The site's style sheets, joined into the one that pages ask for.

They are written in several files, which ``css/site.css`` imports in the order of the cascade. A
phone would ask for it, wait, and ask again for each; so it gets them in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

SITE = "css/site.css"
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
IMPORT = re.compile(r'^@import url\("(?P<name>[\w-]+\.css)"\);\n', re.MULTILINE)


def joined(read: Callable[[str], str]) -> str:
    """The text of ``css/site.css`` with what it imports in its place, without comments, which are
    a seventh of what a phone would load; ``read`` gives a file's."""
    return COMMENT.sub("", IMPORT.sub(lambda found: read(f"css/{found['name']}"), read(SITE)))


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """As whitenoise's: hashed names, compressed; the imports are joined first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.addresses: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """The same as long as a process lives, and a page asks for several."""
        if force or name not in self.addresses:
            self.addresses[name] = super().url(name, force)
        return self.addresses[name]

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if SITE in paths and not dry_run:

            def read(name: str) -> str:
                storage, path = paths[name]
                with storage.open(path) as file:
                    return file.read().decode()

            text = joined(read)
            self.delete(SITE)
            self.save(SITE, ContentFile(text.encode()))
            # What is hashed is what was saved.
            paths[SITE] = (self, SITE)
        yield from super().post_process(paths, dry_run, **options)
