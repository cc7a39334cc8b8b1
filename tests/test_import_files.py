"""Files from outside: every usual dialect is read, every bad file is refused with a sentence."""

from __future__ import annotations

import datetime
import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.columns import find_layout, parse_mapping
from exchange.models import Kind
from exchange.tables import LONGEST_CELL, MOST_COLUMNS, BadFile, open_table

NAME = "Società «L’Aquilone»"


def write(folder: Path, content: bytes | str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cells(path: Path, **options: Any) -> list[list[Any]]:
    return [row.cells for row in open_table(path, **options)[0].rows()]


def workbook(folder: Path, *rows: Any, change: Callable[[Any], None] | None = None) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(folder / "list.xlsx")
    return folder / "list.xlsx"


# ------------------------------------------------------------------ dialects
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_delimiter_and_encoding_is_found_out(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    lines = [["Nome", "Città", "Nota"], [NAME, "Forlì", "a.b"], ["Perché no", "Cantù", "x"]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    assert cells(write(tmp_path, text.encode(encoding))) == lines


def test_a_comma_in_the_text_does_not_make_a_comma_the_delimiter(tmp_path: Path) -> None:
    text = "nome;indirizzo\nA;Via Po, 1, Torino\nB;Via Roma, 2, Ivrea\n"
    assert cells(write(tmp_path, text))[1] == ["A", "Via Po, 1, Torino"]
    assert cells(write(tmp_path, f"sep=;\n{text}"))[0] == ["nome", "indirizzo"]


def test_quotation_marks_doubled_or_not_and_several_lines_in_a_cell(tmp_path: Path) -> None:
    doubled = 'nome;nota\n"Ass. ""Il Ponte""";"una\ndue; tre"\n"";x\n'
    wanted = [["nome", "nota"], ['Ass. "Il Ponte"', "una\ndue; tre"], ["", "x"]]
    assert cells(write(tmp_path, doubled)) == wanted
    bare = 'nome;nota\n"Ass. "Il Ponte"";"una\ndue; tre"\n"Il Sole" onlus;x\n"";x\n'
    got = cells(write(tmp_path, bare))
    assert got == [*wanted[:2], ['"Il Sole" onlus', "x"], ["", "x"]]


def test_zeros_kept_as_a_formula_are_text(tmp_path: Path) -> None:
    assert cells(write(tmp_path, 'nome,cap\nA,"=""00185"""\n'))[1] == ["A", "00185"]


def test_xlsx_with_dates_numbers_and_text(tmp_path: Path) -> None:
    day = datetime.datetime(2013, 6, 1)
    path = workbook(tmp_path, ["nome", "anno", "dal"], [NAME, 2013, day], [None, None, None])
    assert cells(path) == [["nome", "anno", "dal"], [NAME, 2013, day]]


def test_cells_merged_downwards_hold_for_all_their_rows(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["Elenco delle associazioni", None, None],
        ["comune", "nome", "nota"],
        ["Torino", "A", "x"],
        [None, "B", None],
        ["Asti", "C", None],
        change=lambda book: (
            book.active.merge_cells("A1:C1"),
            book.active.merge_cells("A3:A4"),
        ),
    )
    assert cells(path)[2:] == [["Torino", "A", "x"], ["Torino", "B"], ["Asti", "C"]]


def test_the_sheet_with_a_header_is_taken_and_another_can_be_named(tmp_path: Path) -> None:
    def add(book: Any) -> None:
        for title, name in (("Dati", "A"), ("Altri", "B")):
            sheet = book.create_sheet(title)
            sheet.append(["Denominazione", "Comune"])
            sheet.append([name, "Torino"])

    path = workbook(tmp_path, ["Leggimi"], ["Elenco aggiornato a giugno"], change=add)
    layout = find_layout(open_table(path), Kind.ORGANIZATION, {})
    assert layout.table.title == "Dati"  # type: ignore[attr-defined]
    (other,) = open_table(path, sheet="Altri")
    assert [row.cells for row in other.rows()][1] == ["B", "Torino"]
    with pytest.raises(BadFile, match=r"no sheet “Nessuno”; there are: .*“Dati”, “Altri”"):
        open_table(path, sheet="Nessuno")


# ------------------------------------------------------------------ columns
def mapping(folder: Path, header: str, kind: str = Kind.ORGANIZATION, **given: str) -> Any:
    path = write(folder, f"{header}\n")
    return find_layout(open_table(path), kind, given)


def test_columns_are_found_by_italian_and_english_names(tmp_path: Path) -> None:
    layout = mapping(
        tmp_path,
        "Denominazione dell'ente;Cod. Fiscale;COMUNE (sede legale);Prov.;Sito Web;E-mail;Telefono;"
        "Anno di costituzione;Descrizione (inglese);Codice ISTAT;C.A.P.;n. iscrizione;Finalità",
    )
    assert list(layout.mapping.values()) == [
        *("name", "fiscal_code", "city", "province", "website", "email", "telephone", "founded"),
        *("description_en", "istat_code", "postcode", "", "purpose_it"[:7]),
    ]
    layout = mapping(
        tmp_path,
        "N. iscr.;Chi;Sede legale (via e n. civico);Tel./Cell.;Indirizzo e-mail;PEC;"
        "C.F./P.IVA;Settore di attività;Anno di costituz.;Attività di interesse generale;Dove",
    )
    assert list(layout.mapping.values()) == [
        *("", "name", "address", "telephone", "email", "", "fiscal_code", "themes", "founded"),
        *("activities", "city"),
    ]
    layout = mapping(tmp_path, "Organization name,City,Website,Tax code,Founded,Topics,name_en")
    assert list(layout.mapping.values()) == [
        *("name", "city", "website", "fiscal_code", "founded", "themes", "name_en"),
    ]


def test_the_header_need_not_be_the_first_row(tmp_path: Path) -> None:
    layout = mapping(tmp_path, "Regione Alfa;;\nElenco 2026;;\n\nNome;Comune;Sito\nA;Asti;a.it")
    assert layout.header_row == 4
    assert layout.columns[0].example == "A"


def test_a_mapping_given_by_hand_comes_first(tmp_path: Path) -> None:
    given = parse_mapping(Kind.ORGANIZATION, ["Chi=name", "Nome=", "a=b=email"])
    layout = mapping(tmp_path, "Nome;Chi;a=b", **given)
    assert layout.mapping == {"Nome": "", "Chi": "name", "a=b": "email"}
    with pytest.raises(BadFile, match="no field “nonsense”"):
        parse_mapping(Kind.ORGANIZATION, ["Chi=nonsense"])
    with pytest.raises(BadFile, match="COLUMN=FIELD"):
        parse_mapping(Kind.ORGANIZATION, ["Chi"])
    with pytest.raises(BadFile, match="no column “altra”"):
        mapping(tmp_path, "Nome;Chi", altra="name")


def test_of_two_columns_for_one_field_the_likelier_is_taken(tmp_path: Path) -> None:
    layout = mapping(tmp_path, "nome;url;sito")
    assert layout.mapping == {"nome": "name", "url": "", "sito": "website"}
    assert layout.columns[1].instead == "website"


# ------------------------------------------------------------------ bad files
def read_whole(path: Path) -> None:
    for _row in find_layout(open_table(path), Kind.ORGANIZATION, {}).table.rows():
        pass


def zipped(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def xlsx_with(folder: Path, part: str, content: bytes) -> bytes:
    """A workbook of which one part is replaced."""
    path = workbook(folder, ["nome", "comune"], ["A", "Torino"])
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return packed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
SHEET_START = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'  # fmt: skip  # noqa: E501
BAD: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "empty": (lambda folder: b"", "empty"),
    "blanks": (lambda folder: b"\n\n ;\n", "No column|nothing"),
    "picture": (lambda folder: b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
    "pdf": (lambda folder: b"%PDF-1.7\n", "a PDF"),
    "old Excel": (lambda folder: b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel file"),
    "web page": (lambda folder: b"<!DOCTYPE html><title>x</title>", "web page"),
    "JSON": (lambda folder: b'[{"nome": "A"}]', "JSON"),
    "random bytes": (lambda folder: random.Random(1).randbytes(5000), "NUL|neither|not text"),
    "zip": (lambda folder: zipped(a=b"x"), "no XLSX"),
    "text document": (
        lambda folder: zipped(**{"[Content_Types].xml": b"<x/>", "word__document.xml": b"<x/>"}),
        "no XLSX",
    ),
    "OpenDocument": (
        lambda folder: zipped(**{"mimetype": b"x", "content.xml": b"<x/>"}),
        "OpenDocument",
    ),
    "NUL": (lambda folder: b"nome,comune\nA\0B,Torino\n", "NUL"),
    "damaged UTF-8": (
        lambda folder: b"nome\n" + "città è già più\n".encode() * 50 + b"\xe8\n",
        "damaged letters",
    ),
    "cut in a letter": (lambda folder: "nome\nCittà".encode()[:-1], "cut off"),
    "cut in a quotation": (lambda folder: b'nome,nota\nA,"x"\nB,"never', "cut off"),
    "cut in a row": (lambda folder: b"nome,comune,sito\nA,b,c\nD,e,f\nG", "cut off"),
    "truncated XLSX": (
        lambda folder: xlsx_with(folder, "", b"")[:-400],
        "cut off or damaged",
    ),
    "broken sheet": (
        lambda folder: xlsx_with(folder, SHEET, SHEET_START + b'<row r="1"><c r="A1"'),
        "damaged",
    ),
    "zip bomb": (
        lambda folder: xlsx_with(folder, SHEET, b" " * 60_000_000),
        "far more than a table holds",
    ),
    "endless text": (
        lambda folder: xlsx_with(
            folder,
            SHEET,
            SHEET_START
            + b'<row r="1"><c t="inlineStr"><is><t>'
            + random.Random(2).randbytes(400_000).hex().encode(),
        ),
        "far too long",
    ),
    "entities": (
        lambda folder: xlsx_with(
            folder, SHEET, b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + SHEET_START + b"</sheetData>"
        ),
        "entities|damaged",
    ),
    "a million columns": (lambda folder: b"nome" + b",x" * 1_000_000, "columns"),
    "a cell far away": (
        lambda folder: workbook(
            folder,
            ["nome"],
            change=lambda book: book.active.cell(row=2, column=MOST_COLUMNS + 1, value="x"),
        ).read_bytes(),
        "columns",
    ),
    "1 MB in a cell": (lambda folder: b"nome,nota\nA," + b"x" * 1_000_000, "characters"),
    "formula": (lambda folder: b"nome,nota\nA,=HYPERLINK(1)\n", "Row 2, column B.*formula"),
    "formula in XLSX": (
        lambda folder: workbook(folder, ["nome", "n"], ["A", "=1+1"]).read_bytes(),
        "Row 2, column B.*formula",
    ),
    "two equal headers": (lambda folder: b"nome,sito,Sito\nA,b,c\n", "Two columns.*Sito"),
    "no name": (lambda folder: b"colore;peso\nrosso;3\n", "--map COLUMN=name"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_with_a_sentence(tmp_path: Path, what: str) -> None:
    make, sentence = BAD[what]
    content = make(tmp_path)
    path = write(tmp_path, content, "bad.xlsx" if content[:2] == b"PK" else "bad.csv")
    with pytest.raises(BadFile, match=sentence):
        read_whole(path)


def test_what_is_long_but_not_too_long_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, f"nome,nota\nA,{'x' * LONGEST_CELL}\n")
    assert len(cells(path)[1][1]) == LONGEST_CELL


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300), xlsx=st.booleans())
def test_no_bytes_whatever_raise_anything_else(
    content: bytes, xlsx: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(b"PK\x03\x04" + content if xlsx else b"nome;x\n" + content)
    with suppress(BadFile):
        read_whole(path)
