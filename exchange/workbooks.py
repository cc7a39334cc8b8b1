"""XLSX as tables: read row by row, with its long lists on disk, after a look at what it holds.

openpyxl reads the workbook; its list of shared texts is replaced by one that stays on disk, so
that memory does not grow with the file.
"""

from __future__ import annotations

import datetime
import re
import tempfile
import warnings
import zipfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from django.utils.translation import gettext_noop as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS

from exchange.tables import LONGEST_CELL, LONGEST_LINE, MOST_COLUMNS, BadFile, Row, formula, plain

MOST_PARTS = 5000
LARGEST_WHOLE = 1_500_000_000
"""Bytes of all parts when unpacked."""
LARGEST_PART = 32_000_000
"""Bytes of a part that is read at once; sheets and texts are read as a stream."""
SQUEEZED = 150
"""A part that is so many times smaller when packed was made to overflow."""
MOST_MERGED = 20_000
STREAMED = re.compile(r"xl/(worksheets/|sharedStrings)", re.IGNORECASE)
BROKEN = (
    *(ParseError, expat.ExpatError, zipfile.BadZipFile, EOFError, OSError),
    *(ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError),
    *(NotImplementedError, RuntimeError),
)


def sheets_of(path: Path, wanted: str = "") -> Iterator[SheetTable]:
    try:
        archive = zipfile.ZipFile(path)
        parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BadFile(_("The file is cut off or damaged: its contents cannot be listed.")) from None
    _refuse_what_is_no_workbook(archive, parts)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = _Reader(path, read_only=True, data_only=False, keep_links=False)
            reader.read()
    except BadFile:
        raise
    except BROKEN:
        raise BadFile(_("The file is damaged: it cannot be read as XLSX.")) from None
    sheets = [(name, part) for name, part in reader.sheets if wanted in ("", name)]
    if not sheets:
        there = ", ".join(f"“{name}”" for name, _part in reader.sheets[:10])
        if not wanted:
            raise BadFile(_("There is no sheet in the file."))
        raise BadFile(
            _("There is no sheet “%(wanted)s”; there are: %(there)s."), wanted=wanted, there=there
        )
    for name, part in sheets:
        yield SheetTable(name, part, reader)


def _refuse_what_is_no_workbook(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename for part in parts}
    if "mimetype" in names and "content.xml" in names:
        raise BadFile(_("The file is an OpenDocument one. Save it as XLSX or CSV and try again."))
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise BadFile(_("The file is a ZIP archive, but no XLSX."))
    if "xl/workbook.bin" in names:
        raise BadFile(_("The file is XLSB. Save it as XLSX or CSV and try again."))
    if any(part.flag_bits & 1 for part in parts):
        raise BadFile(_("The file has a password. Save it without one and try again."))
    bombs = (
        len(parts) > MOST_PARTS
        or len(names) < len(parts)
        or sum(part.file_size for part in parts) > LARGEST_WHOLE
        or any(
            part.file_size > 10_000_000 and part.file_size > SQUEEZED * part.compress_size
            for part in parts
        )
        or any(
            part.file_size > LARGEST_PART and not STREAMED.match(part.filename) for part in parts
        )
    )
    if bombs:
        raise BadFile(_("The file would unpack to far more than a table holds; it is not opened."))


class _Texts:
    """The workbook's shared texts: their places in memory (8 bytes each), themselves on disk."""

    def __init__(self, source: IO[bytes]) -> None:
        # Closed by the garbage collector, with the workbook that it belongs to.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._starts = array("Q")
        self._parts: list[str] = []
        self._lately: dict[int, str] = {}
        self._end = 0
        self._depth_phonetic = 0
        self._in_text = False
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _no_entities
        watched = Watched(source)
        while chunk := watched.read(1 << 16):
            parser.Parse(chunk)
        parser.Parse(b"", True)
        self._starts.append(self._end)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "si":
            self._parts = []
        elif tag == "rPh":
            self._depth_phonetic += 1
        elif tag == "t":
            self._in_text = not self._depth_phonetic

    def _finish(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "si":
            content = "".join(self._parts).encode("utf-8", "replace")
            self._starts.append(self._end)
            self._file.write(content)
            self._end += len(content)
        elif tag == "rPh":
            self._depth_phonetic -= 1
        elif tag == "t":
            self._in_text = False

    def _text(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._starts) - 1:
            raise IndexError(number)
        if (text := self._lately.get(number)) is None:
            self._file.seek(self._starts[number])
            length = self._starts[number + 1] - self._starts[number]
            text = self._file.read(length).decode("utf-8", "replace")
            if len(self._lately) > 5000:
                self._lately.clear()
            self._lately[number] = text
        return text


def _no_entities(*declaration: Any) -> None:
    raise BadFile(_("The file declares XML entities, which no spreadsheet does; it is not opened."))


class _Reader(ExcelReader):
    """What openpyxl reads first, without what is beside the cells: charts, themes, names."""

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        self.sheets = [
            (sheet.name, relation.target)
            for sheet, relation in self.parser.find_sheets()
            if relation.target in self.valid_files and "chartsheet" not in relation.Type
        ]

    def read_strings(self) -> None:
        if part := self.package.find(SHARED_STRINGS):
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings: Any = _Texts(source)


class Watched:
    """A part's stream that stops where a cell or a row grows beyond measure.

    What follows the cells (formats, links, rules) is left unread, as it can be long or odd.
    """

    END = re.compile(rb"</(\w+:)?sheetData\s*>")

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._without_tag = self._without_row = 0
        self._tail = b""
        self._over = False

    def read(self, size: int = 1 << 16) -> bytes:
        if self._over:
            return b""
        chunk = self._source.read(min(size, 1 << 16) if size > 0 else 1 << 16)
        if b"<!ENTITY" in self._tail + chunk:
            _no_entities()
        self._without_tag = _since(chunk, b"<", self._without_tag)
        self._without_row = _since(chunk, b"row", self._without_row)
        self._without_row = _since(chunk, b"si>", self._without_row)
        if self._without_tag > LONGEST_CELL * 4 or self._without_row > LONGEST_LINE:
            raise BadFile(_("The file holds a cell or a row that is far too long for a table."))
        # The end may lie across two chunks: its beginning was handed on already.
        joined = self._tail + chunk
        if match := self.END.search(joined):
            self._over = True
            handed_on = joined[len(self._tail) : match.end()]
            return handed_on + b"</" + (match[1] or b"") + b"worksheet>"
        self._tail = joined[-40:]
        return chunk


def _since(chunk: bytes, sign: bytes, before: int) -> int:
    last = chunk.rfind(sign)
    return before + len(chunk) if last < 0 else len(chunk) - last


class SheetTable:
    keeps_formulas = False

    def __init__(self, title: str, part: str, reader: _Reader) -> None:
        self.title = title
        self.description = f"XLSX, sheet “{title}”"
        self._part = part
        self._reader = reader
        self._archive = reader.archive

    def rows(self) -> Iterator[Row]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield from self._rows()
        except BROKEN:
            raise BadFile(
                _("The sheet “%(title)s” is cut off or damaged; it cannot be read to its end."),
                title=self.title,
            ) from None

    def _rows(self) -> Iterator[Row]:
        merged = self._merged()
        held: dict[int, tuple[int, Any]] = {}
        workbook: Any = self._reader.wb
        with self._archive.open(self._part) as source:
            parser = WorkSheetParser(
                Watched(source),
                self._reader.shared_strings,
                epoch=workbook.epoch,
                date_formats=workbook._date_formats,
                timedelta_formats=workbook._timedelta_formats,
            )
            for number, found in parser.parse():
                parser.row_dimensions.clear()
                cells = _placed(found, number, self.keeps_formulas)
                for column, last in merged.get(number, ()):
                    if column < len(cells) and cells[column] is not None:
                        held[column] = (last, cells[column])
                if any(cell is not None for cell in cells):
                    for column, (last, value) in held.items():
                        if number <= last and (column >= len(cells) or cells[column] is None):
                            cells.extend([None] * (column + 1 - len(cells)))
                            cells[column] = value
                    yield Row(number, cells)

    def _merged(self) -> dict[int, list[tuple[int, int]]]:
        """By first row: the columns of cells that are merged downwards, and their last row.

        Read ahead from the part's bytes, because it is written after all the rows.
        """
        pattern = re.compile(
            rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
        )
        merged: dict[int, list[tuple[int, int]]] = {}
        count, tail = 0, b""
        with self._archive.open(self._part) as source:
            while chunk := source.read(1 << 18):
                # Cut after the last tag, so that none is met twice.
                whole, closed, tail_after = (tail + chunk).rpartition(b">")
                for name, first, _other, last in pattern.findall(whole + closed):
                    count += 1
                    if count > MOST_MERGED:
                        raise BadFile(_("The sheet has too many merged cells to be a table."))
                    if int(last) > int(first):
                        column = _number(name.decode())
                        merged.setdefault(int(first), []).append((column, int(last)))
                tail = tail_after[-(1 << 18) :]
        return merged


def _number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _placed(found: list[dict[str, Any]], number: int, keeps_formulas: bool) -> list[Any]:
    cells: list[Any] = []
    for cell in found:
        value = cell["value"]
        if cell["data_type"] == "f":
            said = str(getattr(value, "text", value))
            value = formula(said, number, cell["column"] - 1, keeps_formulas)
        if value is None or value == "" or cell["data_type"] == "e":
            continue
        column = cell["column"] - 1
        if column >= MOST_COLUMNS:
            raise BadFile(
                _(
                    "Row %(row)s has a cell in column %(column)s; at most %(most)s columns can be"
                    " read."
                ),
                row=f"{number:,}",
                column=f"{column + 1:,}",
                most=MOST_COLUMNS,
            )
        if column >= len(cells):
            cells.extend([None] * (column + 1 - len(cells)))
        if isinstance(value, datetime.datetime | datetime.date | str | bool | int | float):
            cells[column] = plain(value, number, column, keeps_formulas)
        else:
            cells[column] = str(value)
    return cells
