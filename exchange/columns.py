"""Which column says what: headers in Italian or English, with or without the small words.

A field is what ``--map COLUMN=FIELD`` may name. ``HEADERS`` lists what columns are called, the
likeliest first: of two columns for one field the likelier is taken and the other shown as left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from exchange import wording
from exchange.cleaning import text_of
from exchange.models import Kind
from exchange.tables import BadFile, Row, Table, letters
from places.keys import words_of

HEADER_WITHIN = 30
"""Rows with something in them, among which the header is looked for."""

ORGANIZATION = frozenset((Kind.ORGANIZATION,))
NETWORK = frozenset((Kind.NETWORK,))
PROJECT = frozenset((Kind.PROJECT,))
ALL = ORGANIZATION | NETWORK | PROJECT


@dataclass(frozen=True)
class Field:
    name: str
    headers: tuple[str, ...]
    kinds: frozenset[Any] = ALL
    several: bool = False
    """Whether several columns may say it, each adding its own."""
    translated: bool = False


def _field(name: str, headers: str, **options: Any) -> Field:
    return Field(name, tuple(each.strip() for each in headers.split(",")), **options)


FIELDS = (
    _field(
        "name",
        "denominazione, nome, ragione sociale, name, organizzazione, organization, organisation,"
        " associazione, ente, rete, network, progetto, project, titolo, title, nominativo,"
        " intestazione, soggetto, denominazione sociale, organization name, network name,"
        " project name, name of the organization, insegna, chi, who",
        translated=True,
    ),
    _field("other_names", "altri nomi, altro nome, other names, alias, alias names", several=True),
    _field(
        "short_names",
        "acronimo, acronimi, nome breve, nomi brevi, short name, short names, acronym, acronyms,"
        " denominazione breve",
        several=True,
    ),
    _field(
        "former_names",
        "nomi precedenti, nome precedente, former names, former name, ex nome, gia denominata",
        several=True,
    ),
    _field(
        "summary",
        "sintesi, riassunto, in breve, summary, abstract, descrizione breve, breve descrizione,"
        " short description, missione, mission",
        translated=True,
    ),
    _field(
        "description",
        "descrizione, description, presentazione, testo, about, chi siamo, note descrittive",
        translated=True,
    ),
    _field(
        "purpose",
        "scopo, scopi, finalita, purpose, oggetto sociale",
        kinds=ORGANIZATION,
        translated=True,
    ),
    _field("vision", "visione, vision", kinds=ORGANIZATION, translated=True),
    _field("story", "storia, story, history", kinds=ORGANIZATION, translated=True),
    _field(
        "activities",
        "attivita, attivita svolte, activities, servizi, services, attivita svolta, attivita"
        " principale, attivita di interesse generale, cosa fa, cosa fanno, what they do",
        kinds=ORGANIZATION,
        translated=True,
    ),
    _field(
        "aim", "obiettivo, obiettivi, aim, aims, scopo, finalita", kinds=NETWORK, translated=True
    ),
    _field("subtitle", "sottotitolo, subtitle", kinds=PROJECT, translated=True),
    _field(
        "challenge", "sfida, sfida sociale, challenge, problema", kinds=PROJECT, translated=True
    ),
    _field("context", "contesto, context", kinds=PROJECT, translated=True),
    _field(
        "kind",
        "tipo, tipologia, kind, type, forma giuridica, natura giuridica, legal form, categoria",
        kinds=ORGANIZATION,
    ),
    _field(
        "themes",
        "temi, tema, themes, theme, ambiti, ambito, settore, settori, sector, topics, topic,"
        " area di intervento, aree tematiche, area tematica, settore di attivita, settore attivita,"
        " settore di intervento, ambito di attivita, ambito di intervento, aree di intervento,"
        " settore prevalente, tematiche, argomento, argomenti",
        several=True,
    ),
    _field(
        "email",
        "email, e mail, mail, posta elettronica, indirizzo email, email address, indirizzo e mail,"
        " indirizzo mail, e mail ordinaria, email ordinaria, contatto email, email pec, e mail pec,"
        " pec, indirizzo pec, posta certificata, posta elettronica certificata, domicilio digitale",
    ),
    _field("email_public", "email pubblica, email public"),
    _field(
        "telephone",
        "telefono, tel, telephone, phone, numero di telefono, recapito telefonico, phone number,"
        " cellulare, cell, mobile, recapito, telefoni, tel cell, tel cellulare, telefono cellulare,"
        " telefono fisso, tel fax, telefono fax, n telefono, n tel, recapiti telefonici",
    ),
    _field("telephone_public", "telefono pubblico, telephone public"),
    _field(
        "website",
        "sito web, sito, sito internet, website, web, web site, homepage, home page, pagina web,"
        " url, link, indirizzo web, siti, sito istituzionale, web address, indirizzo sito,"
        " indirizzo internet, link sito, url sito, sito web social, sito facebook",
    ),
    _field(
        "social",
        "facebook, instagram, twitter, youtube, linkedin, telegram, tiktok, mastodon, social,"
        " social network, pagina facebook, canali social, bluesky",
        several=True,
    ),
    _field(
        "fiscal_code",
        "codice fiscale, cf, cod fisc, cod fiscale, fiscal code, tax code, c f, codfisc,"
        " codice fiscale partita iva, cf p iva, cf piva, codice fiscale p iva, tax id, c f p iva,"
        " c f partita iva, cf partita iva, p iva c f, p iva cf, partita iva codice fiscale",
    ),
    _field("vat", "partita iva, p iva, piva, vat, vat number, p i, partitaiva, iva"),
    _field(
        "runts",
        "runts, numero runts, repertorio, numero repertorio, n repertorio, rep n, numero iscrizione"
        " runts, iscrizione runts",
    ),
    _field("wikidata", "wikidata, wikidata id, qid"),
    _field("identifier", "identificativo, identifier, codice ente, id ente"),
    _field(
        "city",
        "comune, citta, city, localita, town, municipality, comune di residenza, luogo, paese,"
        " comune denominazione, nome comune, denominazione comune, place, dove, where",
    ),
    _field(
        "province",
        "provincia, prov, sigla provincia, province, provincia sigla, sigla, pr, nome provincia,"
        " denominazione provincia",
    ),
    _field(
        "istat_code",
        "codice istat, cod istat, istat, istat code, codice comune, codice istat comune,"
        " cod istat comune, pro com, codice catastale, codice belfiore, pro com t",
    ),
    _field("postcode", "cap, codice postale, postcode, zip, postal code, zip code, c a p"),
    _field(
        "address",
        "indirizzo, via, address, street, indirizzo sede, street address, ubicazione, sede,"
        " via piazza, indirizzo completo, sede legale, via e civico, via e numero civico, via e n"
        " civico, indirizzo e civico, indirizzo e numero civico, sede operativa",
    ),
    _field("street_number", "civico, numero civico, n civico, street number, num civico"),
    _field("address_public", "indirizzo pubblico, address public", kinds=ORGANIZATION),
    _field(
        "places",
        "luoghi, luoghi di intervento, places, territorio, territori, territorio di intervento,"
        " ambito territoriale, area geografica, comuni, comuni interessati, territory",
        several=True,
    ),
    _field(
        "founded",
        "data di costituzione, data costituzione, anno di costituzione, anno costituzione,"
        " fondazione, anno di fondazione, data di fondazione, anno fondazione, founded, founding"
        " date, year founded, costituzione, data inizio, inizio, data di inizio, anno, start,"
        " start date, anno inizio, anno di inizio, data avvio, year, from, dal, nascita, anno di"
        " nascita, anno di costituz, anno costituz, data di costituz, data costituz, da quando,"
        " anno di avvio, since",
    ),
    _field(
        "ended",
        "data di scioglimento, scioglimento, cessazione, data cessazione, data di cessazione,"
        " chiusura, ended, end, end date, data fine, fine, data di fine, anno fine, anno di fine,"
        " conclusione, to, al",
    ),
    _field("life", "vita, life, attiva, attivo, active"),
    _field("ongoing", "in corso, ongoing", kinds=PROJECT),
    _field("geography", "geografia, geography, scala", kinds=PROJECT),
    _field(
        "programme",
        "programma, programme, program, bando, finanziamento, programma di finanziamento,"
        " funding programme",
        kinds=PROJECT,
    ),
    _field("follow_url", "per seguire, follow url", kinds=PROJECT),
    _field("newsletter_url", "newsletter, newsletter url", kinds=ORGANIZATION),
    _field("privacy_url", "privacy, privacy url", kinds=ORGANIZATION),
    _field("cookie_url", "cookie, cookie url", kinds=ORGANIZATION),
    _field("transparency_url", "trasparenza, transparency, transparency url", kinds=ORGANIZATION),
    _field("internal_note", "nota interna, note interne, internal note"),
    _field("source_url", "fonte, source, source url, indirizzo della fonte, url fonte"),
)
LANGUAGE_WORDS = {
    **dict.fromkeys(("it", "ita", "italiano", "italiana", "italian"), "it"),
    **dict.fromkeys(("en", "eng", "inglese", "english"), "en"),
}
FILLERS = frozenset(
    (
        *("di", "del", "dello", "della", "dell", "dei", "degli", "delle", "the", "of", "il", "la"),
        *("l", "ente", "sede", "legale", "organizzazione", "associazione", "rete", "progetto"),
        *("registered", "office", "organization", "organisation", "operativa", "principale"),
        *("completa", "completo", "e", "s", "n"),
    )
)


def fields_of(kind: str) -> dict[str, Field]:
    """The fields that ``--map`` knows for a kind; translated ones also with their language."""
    known: dict[str, Field] = {}
    for each in FIELDS:
        if kind in each.kinds:
            known[each.name] = each
            if each.translated:
                known[f"{each.name}_it"] = known[f"{each.name}_en"] = each
    return known


def _headers(kind: str) -> tuple[dict[str, tuple[int, str]], dict[str, tuple[int, str]]]:
    """Words of headers, whole and without fillers, with how likely they are and their field."""
    whole: dict[str, tuple[int, str]] = {}
    bare: dict[str, tuple[int, str]] = {}
    for each in FIELDS:
        if kind not in each.kinds:
            continue
        for likelihood, header in enumerate((each.name.replace("_", " "), *each.headers)):
            whole.setdefault(header, (likelihood, each.name))
            if reduced := _without_fillers(header.split()):
                bare.setdefault(reduced, (likelihood + 100, each.name))
    return whole, bare


def _without_fillers(words: Sequence[str]) -> str:
    return " ".join(word for word in words if word not in FILLERS)


class Headers:
    """What the headers of a kind's tables mean."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.fields = fields_of(kind)
        self._whole, self._bare = _headers(kind)

    def meaning(self, header: str) -> tuple[int, str] | None:
        """How likely (0 is surest) and which field a header means."""
        if header.strip() in self.fields:
            return -1, header.strip()
        words = words_of(header.replace("_", " "))
        if found := self._known(words):
            return found
        # ``Descrizione (inglese)``, ``name_en``
        for place in (-1, 0):
            if len(words) > 1 and (language := LANGUAGE_WORDS.get(words[place])):
                rest = words[:-1] if place else words[1:]
                known = self._known(rest)
                if known and self.fields[known[1]].translated:
                    return known[0], f"{known[1]}_{language}"
        # ``Sede legale (via e n. civico)``
        if (before := header.partition("(")[0]) != header and (
            found := self._known(words_of(before.replace("_", " ")))
        ):
            return found[0] + 50, found[1]
        return None

    def _known(self, words: list[str]) -> tuple[int, str] | None:
        return self._whole.get(" ".join(words)) or self._bare.get(_without_fillers(words))


@dataclass
class Column:
    position: int
    header: str
    field: str = ""
    example: str = ""
    named: bool = True
    instead: str = ""
    """The field that another column says already."""


@dataclass
class Layout:
    table: Table
    header_row: int
    columns: list[Column]
    width: int = 0
    hidden: list[str] = field(default_factory=list)

    @property
    def mapped(self) -> list[Column]:
        return [column for column in self.columns if column.field]

    @property
    def mapping(self) -> dict[str, str]:
        return {column.header: column.field for column in self.columns}

    @property
    def mapping_by_header(self) -> dict[str, str]:
        """What can be kept: columns without a header have nothing to be found by."""
        return {column.header: column.field for column in self.columns if column.named}


def parse_mapping(kind: str, pairs: Iterable[str]) -> dict[str, str]:
    """``COLUMN=FIELD`` of the command line; ``COLUMN=`` leaves a column out."""
    known = fields_of(kind)
    mapping = {}
    for pair in pairs:
        column, equals, name = pair.rpartition("=")
        if not equals or not column.strip():
            raise BadFile(f"“{pair}” is not of the form COLUMN=FIELD.")
        if name.strip() and name.strip() not in known:
            raise BadFile(f"There is no field “{name}”. There are: {', '.join(sorted(known))}.")
        mapping[column.strip()] = name.strip()
    return mapping


def find_layout(tables: list[Table], kind: str, given: dict[str, str]) -> Layout:
    """The first table with a header that names the entry, and what its columns mean."""
    headers = Headers(kind)
    best: tuple[int, Table, Row] | None = None
    for table in tables:
        for row in _first_rows(table, HEADER_WITHIN):
            score = _score(row, headers, given)
            if score and (best is None or score > best[0]):
                best = (score, table, row)
        if best:
            break
    if best is None:
        raise BadFile(_no_header(tables, given))
    _, table, row = best
    layout = _layout(table, row, headers, given)
    for example in _first_rows(table, 200):
        if example.number <= row.number:
            continue
        for column in layout.columns:
            if not column.example and column.position < len(example.cells):
                said = wording.one_line(text_of(example.cells[column.position]))
                column.example = said if len(said) <= 40 else f"{said[:39]}…"
    return layout


def _first_rows(table: Table, count: int) -> list[Row]:
    found = []
    for row in table.rows():
        found.append(row)
        if len(found) >= count:
            break
    return found


def _header(cell: Any) -> str:
    return wording.one_line(text_of(cell))


def _key(header: str) -> str:
    return " ".join(header.casefold().split())


def _score(row: Row, headers: Headers, given: dict[str, str]) -> int:
    """How many columns a row names, if the name is among them; 0 if it is no header."""
    wanted = {_key(column): name for column, name in given.items()}
    meanings: set[str] = set()
    for cell in row.cells:
        header = _header(cell)
        if not header or len(header) > 100:
            continue
        if (name := wanted.get(_key(header))) is not None:
            meanings.add(name)
        elif found := headers.meaning(header):
            meanings.add(found[1])
    return len(meanings) if meanings & {"name", "name_it", "name_en"} else 0


def _no_header(tables: list[Table], given: dict[str, str]) -> str:
    shown = ""
    for table in tables:
        if rows := _first_rows(table, 1):
            cells = [_header(cell) for cell in rows[0].cells[:12] if _header(cell)]
            shown = ", ".join(f"“{cell[:40]}”" for cell in cells)
            break
    if not shown:
        return "There is nothing in the file."
    return (
        "No column says what the entries are called. Name it with --map COLUMN=name."
        f" The first row with something in it has: {shown}."
    )


def _layout(table: Table, row: Row, headers: Headers, given: dict[str, str]) -> Layout:
    columns: list[Column] = []
    seen: dict[str, str] = {}
    for position, cell in enumerate(row.cells):
        header = _header(cell)
        if not header:
            columns.append(Column(position, f"({letters(position)})", named=False))
            continue
        if (key := _key(header)) in seen:
            raise BadFile(f"Two columns are called “{header}”. Rename one of them and try again.")
        seen[key] = header
        columns.append(Column(position, header))
    wanted = {_key(column): name for column, name in given.items()}
    by_key = {_key(column.header): column for column in columns}
    for key in wanted:
        if key not in by_key:
            there = ", ".join(f"“{header}”" for header in seen.values())
            raise BadFile(f"There is no column “{key}”. There are: {there}.")
    taken: set[str] = set()
    for key, name in wanted.items():
        if name in taken and not headers.fields[name].several:
            raise BadFile(f"Two columns are given for “{name}”. One can say it.")
        by_key[key].field = name
        taken.add(name)
    likely = []
    for column in columns:
        if _key(column.header) not in wanted and (found := headers.meaning(column.header)):
            likely.append((found[0], column.position, found[1], column))
    for _likelihood, _position, name, column in sorted(likely, key=lambda each: each[:2]):
        same = (
            {name, name.removesuffix("_it"), f"{name}_it"} if not name.endswith("_en") else {name}
        )
        if same & taken and not headers.fields[name].several:
            column.instead = name
            continue
        column.field = name
        taken.add(name)
    if not taken & {"name", "name_it", "name_en"}:
        raise BadFile(_no_header([table], given))
    return Layout(table, row.number, columns, width=len(row.cells))
