"""How long all organizations take as files, and how much memory of the process grows; and the whole
directory.

    DATABASE_URL=… python -m bench.export_rate [FORMAT …]

reads the listing of organizations of the database of DATABASE_URL, as a worker answers it, each
format in a process of its own. ``directory.ttl`` and ``directory.jsonld`` are the whole directory
at that address, ``dump`` is what ``dump_directory`` writes. Goal at 400,000 entries: CSV within
20 s, 30 MB.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

FORMATS = ("csv", "json", "geojson", "atom")


def measure_whole(form: str) -> str:
    """Of all entries: ``ttl``, ``jsonld`` or ``dump``."""
    from django.test import RequestFactory

    from dumps.writing import dump
    from exports import linked_files

    began, before = time.perf_counter(), memory()
    if form == "dump":
        with tempfile.TemporaryDirectory() as folder:
            dump(Path(folder) / "dump")
            size = sum(path.stat().st_size for path in Path(folder).rglob("*.*"))
    else:
        response: Any = linked_files.whole(RequestFactory().get("/"), form)
        size = sum(map(len, response.streaming_content))
    taken = time.perf_counter() - began
    return (
        f"{form} of the whole: {size / 1e6:,.1f} MB in {taken:.1f} s;"
        f" memory grew by {memory() - before:.1f} MB"
    )


def measure(form: str) -> str:
    from django.test import RequestFactory
    from django.utils import translation

    from directory.listing import Listing
    from directory.registry import formats, kinds

    kind = kinds["organization"]
    request: Any = RequestFactory().get("/", {"format": form})
    with translation.override("it"):
        began, before = time.perf_counter(), memory()
        listing = Listing(request.GET, [kind], kind.filterset)
        response: Any = formats[form].answer(request, listing)
        size, first = 0, 0.0
        for part in response.streaming_content if response.streaming else [response.content]:
            first = first or time.perf_counter() - began
            size += len(part)
    taken = time.perf_counter() - began
    return (
        f"{form}: {listing.total:,} entries, {size / 1e6:,.1f} MB in {taken:.1f} s,"
        f" the first byte after {first:.1f} s; memory grew by {memory() - before:.1f} MB"
    )


def memory() -> float:
    """The most that the process held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    if wanted := os.environ.get("EXPORT_RATE_FORMAT"):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicnet.settings")
        django.setup()
        whole = wanted.removeprefix("directory.")
        is_whole = whole != wanted or wanted == "dump"
        print(measure_whole(whole) if is_whole else measure(wanted), flush=True)
        return
    for form in sys.argv[1:] or FORMATS:
        environment = os.environ | {"EXPORT_RATE_FORMAT": form}
        subprocess.run([sys.executable, "-m", "bench.export_rate"], env=environment, check=True)


if __name__ == "__main__":
    main()
