"""Cells as people type them, and what the directory keeps of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange import cleaning, wording
from exchange.cleaning import Unreadable


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ASSOCIAZIONE DEI BAMBINI DELL'ORTO ODV", "Associazione dei Bambini dell'Orto ODV"),
        ("ASD POLISPORTIVA CITTA' NUOVA", "ASD Polisportiva Città Nuova"),
        ("CIRCOLO 'ALBA'", "Circolo 'Alba'"),
        ("GRUPPO D'ACQUISTO SOLIDALE (GAS)", "Gruppo d'Acquisto Solidale (GAS)"),
        ("CENTRO CULTURALE \"L'ALTRA META'\"", 'Centro Culturale "L\'Altra Metà"'),
        ("A.S.D. LIBERTAS - L'OFFICINA", "A.S.D. Libertas - L'Officina"),
        ("COMITATO XXV APRILE", "Comitato XXV Aprile"),
        ("E' TEMPO DI PACE", "È Tempo di Pace"),
        ("AUSER TERRITORIALE BASSO PO'", "AUSER Territoriale Basso Po'"),
        ("TEATRO D`ARBOREA", "Teatro d'Arborea"),
        ("PERCHE' NO", "Perché No"),
        ('"Il  Ponte"', "Il Ponte"),
        ('Associazione ""Il Ponte""', 'Associazione "Il Ponte"'),
        ("CONSULTORIO FAMILIARE L'AQUILA", "Consultorio Familiare L'Aquila"),
        ("AMICI DI LA SPEZIA E DELLA LUNA", "Amici di La Spezia e della Luna"),
        ("COMITATO P.ZZA DEI CONDOTTIERI", "Comitato P.zza dei Condottieri"),
        ("GRUPPO GIOVANI C/O F.LLI CERVI", "Gruppo Giovani c/o F.lli Cervi"),
        ("AMICI DELLA LOCALITA'MONTE", "Amici della Località Monte"),
        ("AMICI DI S.VALENTINO", "Amici di S.Valentino"),
        ("CORO 'LA BAITA' DI MONTE", "Coro 'La Baita' di Monte"),
        ("GRUPPO DI VIA ROMA 2/A E 16A", "Gruppo di Via Roma 2/A e 16A"),
        # What somebody wrote so on purpose.
        ("cittadini reattivi", "cittadini reattivi"),
        ("UISP Torino", "UISP Torino"),
        ("ANPI", "ANPI"),
        ("openData Città", "openData Città"),
    ],
)
def test_names(written: str, kept: str) -> None:
    assert cleaning.name(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("www.esempio.example", "https://www.esempio.example"),
        ("HTTP://WWW.Esempio.Example/Pagina", "http://www.esempio.example/Pagina"),
        ("http://http://esempio.example", "http://esempio.example"),
        ("http:/esempio.example", "http://esempio.example"),
        ("htpps://esempio.example", "https://esempio.example"),
        (
            "esempio.example/?da=http://a.example",
            "https://esempio.example/?da=http://a.example",
        ),
    ],
)
def test_web_addresses(written: str, kept: str) -> None:
    assert cleaning.web_address(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a.example; www.b.example", ["https://a.example", "https://www.b.example"]),
        ("http://ASL Sassari: Home Page https://a.example", ["https://a.example"]),
        ("sito: www.a.example", ["https://www.a.example"]),
    ],
)
def test_several_web_addresses(written: str, kept: list[str]) -> None:
    assert cleaning.web_addresses(written) == kept


def test_words_are_no_web_address() -> None:
    with pytest.raises(Unreadable):
        cleaning.web_addresses("in costruzione, vedi facebook")
    with pytest.raises(Unreadable):
        cleaning.web_addresses("nuovo.example (prima: www.vecchio.example)")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("70721477", "070721477"),
        ("812549977", "0812549977"),
        ("011/12.34.56", "011 12 34 56"),
        ("Tel. 0039 011 123456 - fax 011 654321", "+39 011 123456"),
        ("011 123456 / 333 1234567", "011 123456, 333 1234567"),
        ("339 7654321\n0171 111222", "339 7654321, 0171 111222"),
        ("800123456", "800123456"),
        (3331234567.0, "3331234567"),
        ("1522", "1522"),
    ],
)
def test_telephones(written: Any, kept: str) -> None:
    assert cleaning.telephone(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("00743110157", "00743110157"),
        (743110157, "00743110157"),
        ("743110157.0", "00743110157"),
        ("C.F. IT 00743110157", "00743110157"),
    ],
)
def test_fiscal_codes_get_their_zeros_back(written: Any, kept: str) -> None:
    assert cleaning.fiscal_code(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2013", "2013"),
        (2013, "2013"),
        ("giugno 2013", "2013-06"),
        ("06/2013", "2013-06"),
        ("1° giugno 2013", "2013-06-01"),
        ("13.6.2013", "2013-06-13"),
        ("dal 1998", "1998"),
        (datetime.datetime(2013, 6, 1), "2013-06-01"),
        ("2013-06-01 00:00:00", "2013-06-01"),
    ],
)
def test_dates_keep_their_precision(written: Any, kept: str) -> None:
    assert cleaning.partial_date(written) == kept


@pytest.mark.parametrize(
    ("clean", "written", "why"),
    [
        (cleaning.fiscal_code, "00743110158", "wrong_code"),
        (cleaning.fiscal_code, "8,00E+10", "wrong_code"),
        (cleaning.fiscal_code, "RSSMRA80A01H501U", "persons_code"),
        (cleaning.vat, "00743110158", "wrong_code"),
        (cleaning.partial_date, "06/13/2013", "no_date"),
        (cleaning.partial_date, "13/06/13", "no_date"),
        (cleaning.partial_date, 36526, "no_date"),
        (cleaning.partial_date, "circa 1990", "no_date"),
        (cleaning.web_address, "@esempio", "no_address"),
        (cleaning.web_address, "vedi sotto", "no_address"),
        (cleaning.email, "info@esempio", "no_email"),
        (cleaning.telephone, "chiamare Anna", "no_telephone"),
        (cleaning.telephone, "3,9E+10", "no_telephone"),
    ],
)
def test_what_cannot_be_read_is_not_guessed(
    clean: Callable[[Any], Any], written: Any, why: str
) -> None:
    with pytest.raises(Unreadable, match=why):
        clean(written)


def test_street_postcode_and_city_in_one_cell() -> None:
    parted = cleaning.parted("VIA PO N. 5 - 9032 - ASSEMINI - CA")
    assert parted == ("VIA PO N. 5", "09032", "ASSEMINI", "CA")
    assert cleaning.parted("Via Po 5") == ("Via Po 5", "", "", "")
    assert cleaning.address(parted[0]) == "Via Po 5"


CLEANERS = (
    *(cleaning.name, cleaning.line, cleaning.prose, cleaning.summary, cleaning.address),
    *(cleaning.web_address, cleaning.web_addresses, cleaning.email, cleaning.telephone),
    *(cleaning.fiscal_code, cleaning.vat, cleaning.code, cleaning.partial_date, cleaning.names),
    *(cleaning.yes_or_no, wording.one_line, wording.lines, wording.quotes, wording.name),
)
PIECES = st.sampled_from(
    (
        *("CITTA'", "L'", "dell'", '"', "''", "`", "«", "ASD", "A.S.D.", "(GAS)", "PO'", " ", "-"),
        *("http://", "www.", "a.it", "+39", "0039", "06", "/", "@", ".", ",", ";", "\n", "\xa0"),
        *("ß", "İ", "ǅ", "ŉ", "\u0301", "\u200b", "è", "XXV", "n. ", "s.n.c.", "1", "E", "e+10"),
        *("C/O", "c/", "P.", "ZZA", "LOCALITA'", "LA ", "SPEZIA", "AQUILA"),
        *("giugno", "2013", "1.", "IT", "fax", "Il", "DI", "’", "‘", "“", "”", "È", "'"),
    )
)
CELLS = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(PIECES, max_size=12).map("".join).map(str.upper),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.datetimes(),
)


@settings(max_examples=600, deadline=None)
@given(cell=CELLS)
@example(cell="'\"'")
@example(cell="00" * 8)
def test_no_cell_breaks_a_cleaner_and_twice_is_as_once(cell: Any) -> None:
    for clean in CLEANERS:
        written = cleaning.text_of(cell) if clean.__module__ == wording.__name__ else cell
        try:
            once: Any = clean(written)
        except Unreadable:
            continue
        again = ";".join(once) if isinstance(once, list) else once
        assert clean(again) == once, clean
