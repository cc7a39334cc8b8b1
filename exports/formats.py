"""A listing as a file: ``format=csv``, ``xlsx``, ``json`` or ``geojson``."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import Any

from django.conf import settings
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from directory.listing import Listing
from directory.registry import NotAnswered
from exports import lines
from exports.columns import LIST, Column
from exports.result import Result

# What a spreadsheet program opens without pain; a table of more is for programs.
MOST_ROWS = 50_000
CSV = "text/csv; charset=utf-8; header=present"
JSON = "application/json"
GEOJSON = "application/geo+json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 64 * 1024
FETCHED = 500
MOST_NAME = 120
# Of a record: a point where its seat or its first city is, or no geometry.
FEATURE = (
    "json_build_object('type', 'Feature', 'id', record.type || '/' || record.slug,"
    " 'geometry', CASE WHEN record.latitude IS NOT NULL THEN json_build_object("
    "'type', 'Point', 'coordinates', json_build_array(record.longitude, record.latitude))"
    " END, 'properties', row_to_json(record))::text"
)
# Parameters that say how, not what.
NOT_FILTERS = {"format", "raw", "page", "sort"}


def attribution() -> dict[str, str]:
    """What whoever passes the data on has to name."""
    return {
        "source": settings.SITE_NAME,
        "publisher": settings.PUBLISHER,
        "url": settings.BASE_URL,
        "licence": settings.LICENCE_NAME,
        "licence_url": settings.LICENCE_URL,
        "territory": "Istat; GeoNames",
    }


def whom_to_name() -> str:
    """The same in a line."""
    said = attribution()
    names = [said["source"], said["publisher"], said["url"], said["territory"]]
    return "; ".join(filter(None, names))


def quoted(text: str) -> str:
    """As a constant of a query that has parameters."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def file_name(listing: Listing, ending: str) -> str:
    """The kind, the day and the filters."""
    kind = listing.listed[0].namespace if not listing.is_mixed else "entries"
    filters = [
        f"{name}-{value}"
        for name in listing.form.fields
        if name not in NOT_FILTERS
        for value in listing.data.getlist(name)
        if value.strip()
    ]
    day = timezone.localdate().isoformat()
    named = {"orgs": "organizations"}.get(kind, kind)
    parts = slugify("-".join([settings.SITE_NAME, named, day, *filters]))
    return f"{parts[:MOST_NAME].rstrip('-')}.{ending}"


def is_raw(request: HttpRequest) -> bool:
    return request.GET.get("raw") == "1"


def in_chunks(parts: Iterator[bytes]) -> Iterator[bytes]:
    """As few writes as there need be."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


class Stream:
    """Bytes that are read from a connection of its own, given back at the end or when the
    reader goes away; the connection is there before the answer begins, or ``lines.Busy``."""

    def __init__(self, read: Callable[[Any], Iterator[bytes]]) -> None:
        self.stack = ExitStack()
        line = self.stack.enter_context(lines.lent())
        try:
            parts = in_chunks(read(line))
            # An error of the database is an error of the answer while there is none yet.
            self.parts = chain([next(parts, b"")], parts)
        except BaseException:
            self.stack.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.parts
        finally:
            self.close()

    def close(self) -> None:
        self.stack.close()


def streamed(
    request: HttpRequest, listing: Listing, kind: str, ending: str,
    read: Callable[[Any], Iterator[bytes]],
) -> HttpResponseBase:  # fmt: skip
    content: Any = Stream(read) if request.method == "GET" else []
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{file_name(listing, ending)}"'
    return response


def csv(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """RFC 4180 in UTF-8. PostgreSQL writes it; each row names the licence and whom to name."""
    result = Result(listing, is_flat=True, is_safe=not is_raw(request))

    def read(line: Any) -> Iterator[bytes]:
        query, parameters = result.cells()
        licence, whom = quoted(settings.LICENCE_URL), quoted(whom_to_name())
        query = f"SELECT said.*, {licence} AS licence, {whom} AS attribution FROM ({query}) AS said"
        command = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"
        with line.transaction(), line.cursor().copy(command, parameters) as copy:
            for part in copy:
                yield bytes(part)

    return streamed(request, listing, CSV, "csv", read)


def records(line: Any, result: Result, query: tuple[str, list[Any]]) -> Iterator[Any]:
    """Rows through a cursor on the server: few are in memory at a time."""
    # Bound here: a cursor on the server takes no text of the client's making otherwise.
    written = line.cursor().mogrify(*query)
    with line.transaction(), line.cursor(name="export", withhold=False) as cursor:
        cursor.itersize = FETCHED
        cursor.execute(written)
        yield from cursor


def as_json(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    result = Result(listing)
    head = json.dumps({**attribution(), "count": counted(listing)}, ensure_ascii=False)

    def read(line: Any) -> Iterator[bytes]:
        yield head[:-1].encode() + b', "entries": ['
        before = b"\n"
        for (record,) in records(line, result, result.objects()):
            yield before + record.encode()
            before = b",\n"
        yield b"\n]}\n"

    return streamed(request, listing, JSON, "json", read)


def geojson(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """RFC 7946: a point for each entry, where its seat or its first city is; or no geometry."""
    result = Result(listing)
    head = json.dumps({"type": "FeatureCollection", **attribution()}, ensure_ascii=False)

    def read(line: Any) -> Iterator[bytes]:
        query = result.query({"feature": FEATURE})
        yield head[:-1].encode() + b', "features": ['
        before = b"\n"
        for (record,) in records(line, result, query):
            yield before + record.encode()
            before = b",\n"
        yield b"\n]}\n"

    return streamed(request, listing, GEOJSON, "geojson", read)


def counted(listing: Listing) -> int | None:
    """How many there are, where that was counted."""
    return listing.total if listing.is_counted else None


def xlsx(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """Two sheets: the entries, and where they are from."""
    if not listing.is_counted or listing.total > MOST_ROWS:
        raise NotAnswered(
            _("XLSX holds at most 50,000 rows, and there are more: ask for format=csv.")
        )
    name = file_name(listing, "xlsx")
    if request.method != "GET":
        # How long it would be is not said, rather than nothing.
        response = StreamingHttpResponse([], content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    result = Result(listing, is_flat=True, is_safe=not is_raw(request))
    book = Workbook(write_only=True)
    sheet = book.create_sheet("entries")
    sheet.append([column.name for column in result.columns])
    with lines.lent() as line:
        for row in records(line, result, result.cells()):
            sheet.append([shown(sheet, column, value)
                          for column, value in zip(result.columns, row, strict=True)])  # fmt: skip
    about = book.create_sheet("about")
    for pair in attribution().items():
        about.append(pair)
    file = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, filename=name, as_attachment=True, content_type=XLSX)


# What a cell may hold, and signs that XML may not.
MOST_LETTERS = 32_767
FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def shown(sheet: Any, column: Column, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value.translate(FORBIDDEN)[:MOST_LETTERS])
    # Text also where it looks like a formula.
    cell.data_type = "s"
    return cell if column.kind == LIST or value else None
