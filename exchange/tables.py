"""Files from outside as tables: rows of cells with the numbers that a spreadsheet shows.

Nothing here knows what an organization is. A file that cannot be read whole is refused with a
sentence before anything is made of it.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TextIO

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

MOST_COLUMNS = 500
LONGEST_CELL = 100_000
"""In characters. A spreadsheet holds 32,767 in a cell."""
LONGEST_LINE = 4_000_000
"""In bytes; a line that is longer is no row of a table."""
SAMPLE = 300_000
DELIMITERS = (",", ";", "\t", "|")
NAMES_OF_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
FORMULA = re.compile(r"\s*=(?!=)\s*[\w(+\-@\"'{]")
TEXT_AS_FORMULA = re.compile(r'="([^"]*)"')
"""How spreadsheets are told to keep zeros in CSV; it is no formula."""

KINDS_OF_FILES = (
    (b"%PDF", _("a PDF document")),
    (b"\x89PNG", _("a picture")),
    (b"GIF8", _("a picture")),
    (b"\xff\xd8\xff", _("a picture")),
    (b"\x1f\x8b", _("a compressed file (gzip)")),
    (b"7z\xbc\xaf", _("a compressed file (7z)")),
    (b"Rar!", _("a compressed file (rar)")),
    (b"BZh", _("a compressed file (bzip2)")),
    (b"\xd0\xcf\x11\xe0", _("an old Excel file (.xls) or one with a password")),
    (b"SQLite format 3", _("a SQLite database")),
    (b"\x7fELF", _("a program")),
    (b"PAR1", _("a Parquet file")),
    (b"{\\rtf", _("a text document (RTF)")),
)
MARKUP = re.compile(rb"\s*<(\?xml|!doctype|html|\w+[\s>])", re.IGNORECASE)
JSON = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{\"\]])")


class BadFile(Exception):
    """A file that is not to be imported; its text says why and what helps.

    In English for commands; ``told`` is the same in the language of the page.
    """

    def __init__(self, sentence: str, **said: Any) -> None:
        super().__init__(sentence % said if said else sentence)
        self.sentence, self.said = sentence, said

    @property
    def told(self) -> str:
        said = {name: gettext(one) if name == "what" else one for name, one in self.said.items()}
        return gettext(self.sentence) % said if said else gettext(self.sentence)


@dataclass
class Row:
    number: int
    cells: list[Any]


class Formula(str):
    """What stands in a cell that holds one: what it comes to, only a spreadsheet knows."""


class Table(Protocol):
    """One sheet, read from its beginning each time ``rows`` is called; empty rows are left out.

    ``keeps_formulas`` is for whoever refuses a row for a formula; else the whole file is refused.
    """

    description: str
    keeps_formulas: bool

    def rows(self) -> Iterator[Row]: ...


def open_table(path: Path, *, sheet: str = "", encoding: str = "") -> list[Table]:
    """The sheets of a file; one for CSV. Raises BadFile."""
    try:
        with path.open("rb") as file:
            beginning = file.read(4096)
    except FileNotFoundError:
        raise BadFile(_("There is no file %(path)s."), path=path) from None
    except OSError as error:
        raise BadFile(
            _("%(path)s cannot be read: %(why)s."), path=path, why=error.strerror
        ) from None
    if not beginning:
        raise BadFile(_("The file is empty."))
    if beginning.startswith(b"PK"):
        from exchange.workbooks import sheets_of

        return list(sheets_of(path, sheet))
    for signature, what in KINDS_OF_FILES:
        if beginning.startswith(signature):
            raise BadFile(
                _("The file is %(what)s. Save it as XLSX or CSV and try again."), what=what
            )
    if MARKUP.match(beginning.removeprefix(codecs.BOM_UTF8)):
        raise BadFile(_("The file is a web page or XML. Save it as XLSX or CSV and try again."))
    if JSON.match(beginning.removeprefix(codecs.BOM_UTF8)):
        raise BadFile(_("The file is JSON. Save it as XLSX or CSV and try again."))
    return [open_csv(path, encoding)]


def formula(said: str, number: int, column: int, keeps: bool) -> Formula:
    if keeps:
        return Formula(said)
    raise BadFile(
        _(
            "Row %(row)s, column %(column)s holds a formula. Save the table as plain"
            " values and try again."
        ),
        row=f"{number:,}",
        column=letters(column),
    )


def plain(cell: Any, number: int, column: int, keeps_formulas: bool = False) -> Any:
    """A cell as it may be kept; refuses formulas and what no cell can hold."""
    if not isinstance(cell, str):
        return cell
    if len(cell) > LONGEST_CELL:
        raise BadFile(
            _("Row %(row)s, column %(column)s holds more than %(most)s characters."),
            row=f"{number:,}",
            column=letters(column),
            most=f"{LONGEST_CELL:,}",
        )
    if "\0" in cell:
        raise BadFile(
            _("Row %(row)s, column %(column)s holds a NUL character."),
            row=f"{number:,}",
            column=letters(column),
        )
    if "=" in cell[:1] or cell[:1].isspace():
        if match := TEXT_AS_FORMULA.fullmatch(cell.strip()):
            return match[1]
        if FORMULA.match(cell):
            return formula(cell, number, column, keeps_formulas)
    return cell


def letters(column: int) -> str:
    """A column's name as spreadsheets show it: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


# ------------------------------------------------------------------ text files
def open_csv(path: Path, encoding: str) -> CsvTable:
    encoding, ends_with_line = encoding_of(path, encoding)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(SAMPLE)
    delimiter, declared = delimiter_of(sample)
    quotes_doubled = _reads_strictly(path, encoding, delimiter)
    said = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, encoding.upper())
    separated = NAMES_OF_DELIMITERS[delimiter]
    quotes = "" if quotes_doubled else ", quotation marks not doubled"
    return CsvTable(
        path,
        encoding,
        delimiter,
        declared,
        quotes_doubled,
        ends_with_line,
        f"CSV, {said}, separated by {separated}{quotes}",
    )


def encoding_of(path: Path, wanted: str = "") -> tuple[str, bool]:
    """The encoding of a text file, and whether its last line is ended. Reads all of it.

    UTF-8 unless it cannot be; then Windows-1252, which western spreadsheets write. A file that
    is UTF-8 but for a few bytes is a damaged one, not Windows-1252.
    """
    if wanted:
        try:
            codecs.lookup(wanted)
        except (LookupError, ValueError):
            raise BadFile(_("There is no encoding “%(wanted)s”."), wanted=wanted) from None
        if wanted.lower().replace("_", "-") in ("utf-8", "utf8"):
            wanted = "utf-8-sig"
    with path.open("rb") as file:
        start = file.read(4)
    if not wanted and start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wanted = "utf-16"
    scan = _Scan()
    for name in (wanted,) if wanted else ("utf-8-sig", "cp1252"):
        try:
            scan = _scan(path, name)
        except UnicodeDecodeError as error:
            if name == "utf-8-sig" and not wanted:
                _refuse_if_damaged(path, error)
                continue
            raise BadFile(
                _("The file is not text in %(name)s. Name its encoding with --encoding."), name=name
            ) from None
        except UnicodeError:
            raise BadFile(_("The file is not text in %(name)s."), name=name) from None
        if scan.control > 20:
            break
        return name, scan.ends_with_line
    raise BadFile(_("The file is not a table: it is neither text nor XLSX."))


@dataclass
class _Scan:
    ends_with_line: bool = False
    control: int = 0


CONTROL = re.compile("[\x01-\x08\x0e-\x1f]")


def _scan(path: Path, encoding: str) -> _Scan:
    decoder = codecs.getincrementaldecoder(encoding)()
    scan, longest, last = _Scan(), 0, ""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            text = decoder.decode(chunk)
            if "\0" in text:
                raise BadFile(_("The file holds NUL characters: it is damaged, or no text."))
            scan.control += len(CONTROL.findall(text))
            first_end, last_end = _line_ends(text)
            if first_end < 0:
                longest += len(text)
            else:
                longest = len(text) - last_end
            if longest > LONGEST_LINE:
                raise BadFile(_("The file has a line of more than four million characters."))
            last = text[-1:] or last
    decoder.decode(b"", final=True)
    scan.ends_with_line = last in "\r\n"
    return scan


def _line_ends(text: str) -> tuple[int, int]:
    last = max(text.rfind("\n"), text.rfind("\r"))
    return (0, last) if last >= 0 else (-1, -1)


def _refuse_if_damaged(path: Path, error: UnicodeDecodeError) -> None:
    content = path.read_bytes() if path.stat().st_size < 200_000_000 else b""
    if error.reason == "unexpected end of data":
        raise BadFile(_("The file is cut off: it ends in the middle of a letter.")) from None
    beyond = sum(byte > 127 for byte in content[:2_000_000])
    broken = content[:2_000_000].decode("utf-8", "replace").count("\ufffd")
    if beyond > 20 and broken * 10 < beyond:
        raise BadFile(
            _(
                "The file is UTF-8 with damaged letters. Save it again, or name its encoding with"
                " --encoding."
            )
        ) from None


def delimiter_of(sample: str) -> tuple[str, bool]:
    """What separates the cells: what splits most rows into the same number of them.

    A first line ``sep=;``, which some spreadsheets write, decides.
    """
    first = sample.split("\n", 1)[0].strip()
    if first.lower().startswith("sep=") and first[4:5] in DELIMITERS:
        return first[4], True
    best, chosen = (0.0, 0), ","
    for delimiter in DELIMITERS:
        widths: Counter[int] = Counter()
        reader = csv.reader(sample.splitlines(keepends=True), delimiter=delimiter)
        try:
            for cells in reader:
                if any(cells):
                    widths[len(cells)] += 1
                if widths.total() >= 200:
                    break
        except csv.Error:
            pass
        several = {width: count for width, count in widths.items() if width > 1}
        if not several:
            continue
        width, count = max(several.items(), key=lambda each: (each[1], each[0]))
        score = (round(count / widths.total(), 1), width)
        if score > best:
            best, chosen = score, delimiter
    return chosen, False


def _reads_strictly(path: Path, encoding: str, delimiter: str) -> bool:
    """Whether quotation marks inside quoted cells are doubled, all over the file."""
    with path.open(encoding=encoding, newline="") as file, _field_limit(LONGEST_LINE * 2):
        try:
            for _cells in csv.reader(file, delimiter=delimiter, strict=True):
                pass
        except csv.Error as error:
            return "end of data" in str(error)
    return True


class _field_limit:
    """The csv module has one limit for the whole process."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __enter__(self) -> None:
        self.before = csv.field_size_limit(self.limit)

    def __exit__(self, *error: object) -> None:
        csv.field_size_limit(self.before)


@dataclass
class CsvTable:
    path: Path
    encoding: str
    delimiter: str
    declared: bool
    quotes_doubled: bool
    ends_with_line: bool
    description: str
    title: str = ""
    keeps_formulas: bool = False
    _widths: Counter[int] = field(default_factory=Counter)

    def rows(self) -> Iterator[Row]:
        self._widths = Counter()
        last = 0
        with self.path.open(encoding=self.encoding, newline="") as file:
            for number, cells in enumerate(self._records(file), 1):
                if number == 1 and self.declared:
                    continue
                if len(cells) > MOST_COLUMNS:
                    while cells and not cells[-1]:
                        cells.pop()
                    if len(cells) > MOST_COLUMNS:
                        raise BadFile(
                            _("Row %(row)s has %(columns)s columns; at most %(most)s can be read."),
                            row=f"{number:,}",
                            columns=f"{len(cells):,}",
                            most=MOST_COLUMNS,
                        )
                if not any(cells):
                    continue
                for column, cell in enumerate(cells):
                    if cell:
                        cells[column] = plain(cell, number, column, self.keeps_formulas)
                last = len(cells)
                self._widths[last] += 1
                yield Row(number, cells)
        self._refuse_if_cut_off(last)

    def _refuse_if_cut_off(self, last: int) -> None:
        """All rows have one width, and the last one is shorter and has no line end."""
        if self.ends_with_line or len(self._widths) != 2 or self._widths[last] != 1:
            return
        if last < max(self._widths):
            raise BadFile(_("The file is cut off: its last row ends before the others do."))

    def _records(self, file: TextIO) -> Iterator[list[str]]:
        if not self.quotes_doubled:
            yield from undoubled(file, self.delimiter)
            return
        with _field_limit(LONGEST_LINE * 2):
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            begun = 1
            try:
                for number, cells in enumerate(reader, 1):
                    begun = number + 1
                    yield cells
            except csv.Error as error:
                raise _cut_off(begun) from error


def _cut_off(number: int) -> BadFile:
    return BadFile(
        _("The file is cut off or damaged: a quotation mark in row %(row)s is never closed."),
        row=f"{number:,}",
    )


def undoubled(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Cells of a file whose quoted cells hold quotation marks that are not doubled.

    A quotation mark closes a cell where a delimiter or the line's end follows it.
    """
    mark = re.escape(delimiter)
    closing = re.compile(rf'"(?=\s*(?:{mark}|[\r\n]*\Z))')
    record, begun = "", 0
    for number, line in enumerate(lines, 1):
        record += line
        begun = begun or number
        if len(record) > LONGEST_CELL * 4:
            raise _cut_off(begun)
        cells = _cells_of(record, delimiter, closing)
        if cells is not None:
            yield cells
            record, begun = "", 0
    if record:
        raise _cut_off(begun)


def _cells_of(record: str, delimiter: str, closing: re.Pattern[str]) -> list[str] | None:
    """None where a quoted cell is still open."""
    text = record.rstrip("\r\n")
    cells: list[str] = []
    position = 0
    while True:
        end = text.find(delimiter, position)
        end = len(text) if end < 0 else end
        cell = text[position:end]
        if text[position : position + 1] == '"' and not _said_in_full(cell):
            match = closing.search(record, position + 1)
            if match is None:
                return None
            cell = record[position + 1 : match.start()].replace('""', '"')
            end = text.find(delimiter, match.end())
            end = len(text) if end < 0 else end
        cells.append(cell)
        if end >= len(text):
            return cells
        position = end + 1


def _said_in_full(cell: str) -> bool:
    """``"Il Ponte" onlus`` is no quoted cell: it begins with a quoted word."""
    return cell.count('"') % 2 == 0 and not cell.rstrip().endswith('"')
