"""From rows of cells to values, row by row; the database is asked nothing meanwhile."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from directory.keys import address_key, core
from directory.models import Life, Theme
from exchange import cleaning, wording
from exchange.cleaning import Unreadable, text_of
from exchange.columns import Layout
from exchange.models import Kind
from exchange.tables import Row
from exchange.territory import Territory, plain_city
from places.languages import LANGUAGES

IDENTIFIERS = ("fiscal_code", "vat", "runts", "wikidata", "identifier")
OF_A_PLACE = ("city", "province", "istat_code", "postcode", "address", "street_number")
YES_OR_NO = ("email_public", "telephone_public", "address_public", "ongoing")
PROSE = ("description", "purpose", "vision", "story", "activities", "aim", "challenge", "context")
LINKS = ("newsletter_url", "privacy_url", "cookie_url", "transparency_url", "follow_url")


BETWEEN_THEMES = re.compile(r"[,/+]")
NO_ENTRY = re.compile(
    r"\W*(?:(?:sub)?total[ei]?\b|tot\.|(?:fonte|source|not[ae]|n\.?\s?b\.?|legenda|legend)\s*[:.]"
    r"|(?:dati )?aggiornat[oaie] (?:al|il)\b|(?:updated|as of)\b.*\d|\*)",
    re.IGNORECASE,
)
"""How a line begins that stands below a table or between its parts, and says nothing else."""


@dataclass
class Prepared:
    """A row as it was, what it says, and what was done to it on the way."""

    number: int
    raw: dict[str, str]
    digest: bytes
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    """Field, key of ``exchange.why``, what was written: cells that were not taken over."""
    unfit: tuple[str, str] | None = None
    """Why the row as a whole is no entry."""
    source_url: str = ""
    identities: list[int] = field(default_factory=list)
    """By which it is recognized in its file: see ``exchange.spooling``."""

    @property
    def name(self) -> str:
        return self.values.get("name_it") or self.values.get("name_en") or ""

    @property
    def codes(self) -> list[str]:
        schemes = ("fiscal_code:", "vat:")
        return [
            each.partition(":")[2]
            for each in self.values.get("identifiers", ())
            if each.startswith(schemes)
        ]

    @property
    def addresses(self) -> list[str]:
        return [address_key(url) for url, _kind in self.values.get("web_addresses", ())]

    @property
    def cities(self) -> set[int]:
        city = self.values.get("city")
        places = self.values.get("places", ())
        return {city} if city else {int(p[5:]) for p in places if p.startswith("city:")}


class Terms:
    """The words of a vocabulary, by slug and by name in both languages."""

    def __init__(self, model: Any) -> None:
        self._by_key: dict[str, int] = {}
        for term in model._default_manager.all():
            for said in (term.slug.replace("-", " "), term.name_it, term.name_en):
                if said:
                    self._by_key.setdefault(_term_key(said), term.pk)

    def find(self, said: str) -> int | None:
        return self._by_key.get(_term_key(said))


def _term_key(said: str) -> str:
    return core(said) or said.casefold()


class Preparer:
    def __init__(self, kind: str, layout: Layout, source: str, territory: Territory) -> None:
        self.kind = kind
        self.layout = layout
        self.territory = territory
        self._salt = f"{kind}\0{source}".encode()
        self._columns = layout.mapped
        self._header = [wording.one_line(text_of(c.header)) for c in layout.columns]
        self._themes = Terms(Theme)
        if kind == Kind.ORGANIZATION:
            self._kinds = Terms(apps.get_model("orgs", "OrganizationKind"))
        if kind == Kind.PROJECT:
            self._programmes = Terms(apps.get_model("projects", "FundingProgramme"))
            self._geographies = _choices(apps.get_model("projects", "Project"), "geography")
        self._lives = {**choices_of(Life), **dict.fromkeys(cleaning.YES, "active")}
        self._lives |= dict.fromkeys(cleaning.NO, "ended")
        self._lives |= dict.fromkeys(("attivo", "cessata", "cessato", "in attività"), "active")
        self._lives |= dict.fromkeys(("cessata", "cessato", "conclusa", "concluso"), "ended")

    # ---------------------------------------------------------------- a row
    def prepare(self, row: Row) -> Prepared | None:
        """None for a header that is repeated inside the table, and for rows of blanks."""
        texts = [text_of(cell) for cell in row.cells]
        if not any(map(str.strip, texts)):
            return None
        if [wording.one_line(text) for text in texts[: len(self._header)]] == self._header:
            return None
        raw = {
            column.header: text
            for column, text in zip(self.layout.columns, texts, strict=False)
            if text
        }
        prepared = Prepared(row.number, raw, self._digest(raw))
        if any(text.strip() for text in texts[len(self._header) :]):
            prepared.unfit = ("too_many_cells", "")
            return prepared
        cells = self._cells(row)
        self._texts(prepared, cells)
        self._contacts(prepared, cells)
        self._codes(prepared, cells)
        self._place(prepared, cells)
        self._terms(prepared, cells)
        self._dates(prepared, cells)
        if not prepared.name:
            prepared.unfit = ("no_name", "")
        elif len(prepared.values) == 1 and NO_ENTRY.match(prepared.name):
            prepared.unfit = ("no_entry_at_all", prepared.name)
        return prepared

    def _digest(self, raw: dict[str, str]) -> bytes:
        digest = hashlib.blake2b(self._salt, digest_size=16)
        for header, text in raw.items():
            digest.update(f"\0{header}\0{text}".encode("utf-8", "surrogatepass"))
        return digest.digest()

    def _cells(self, row: Row) -> dict[str, list[Any]]:
        """The cells with something in them, by field."""
        cells: dict[str, list[Any]] = {}
        for column in self._columns:
            cell = row.cells[column.position] if column.position < len(row.cells) else None
            if cell is None or (isinstance(cell, str) and wording.is_nothing(cell)):
                continue
            cells.setdefault(column.field, []).append(cell)
        return cells

    def _clean(
        self,
        prepared: Prepared,
        cells: dict[str, list[Any]],
        name: str,
        clean: Callable[[Any], Any],
    ) -> Any:
        """The first cell of a field, cleaned; None where there is none or it cannot be read."""
        for cell in cells.get(name, ()):
            try:
                value = clean(cell)
            except Unreadable as error:
                prepared.notes.append((name, str(error), text_of(cell)[:300]))
                continue
            self._tell(prepared, name, text_of(cell), value)
            if value not in ("", []):
                return value
        return None

    def _tell(self, prepared: Prepared, name: str, before: str, after: Any) -> None:
        said = "; ".join(map(str, after)) if isinstance(after, list) else str(after)
        if said != before and not isinstance(after, bool):
            prepared.changes.append((name, before[:300], said[:300]))

    def _texts(self, prepared: Prepared, cells: dict[str, list[Any]]) -> None:
        values = prepared.values
        for name in list(cells):
            bare, language = name, LANGUAGES[0]
            if name[-3:] in ("_it", "_en"):
                bare, language = name[:-3], name[-2:]
            if bare == "name":
                clean: Callable[[Any], Any] = cleaning.name
            elif bare == "summary":
                clean = cleaning.summary
            elif bare == "subtitle":
                clean = cleaning.line
            elif bare in PROSE:
                clean = cleaning.prose
            else:
                continue
            if (value := self._clean(prepared, cells, name, clean)) is not None:
                values[f"{bare}_{language}"] = value
        if value := self._clean(prepared, cells, "internal_note", cleaning.prose):
            values["internal_note"] = value
        for name in ("other_names", "short_names", "former_names"):
            found: list[str] = []
            for cell in cells.get(name, ()):
                found += self._clean(prepared, {name: [cell]}, name, cleaning.names) or []
            if found:
                values[name] = list(dict.fromkeys(found))

    def _contacts(self, prepared: Prepared, cells: dict[str, list[Any]]) -> None:
        values = prepared.values
        for name, clean in (("email", cleaning.email), ("telephone", cleaning.telephone)):
            if value := self._clean(prepared, cells, name, clean):
                values[name] = value
        for name in LINKS:
            if value := self._clean(prepared, cells, name, cleaning.web_address):
                values[name] = value
        for name in YES_OR_NO:
            if (truth := self._clean(prepared, cells, name, cleaning.yes_or_no)) is not None:
                values[name] = truth
        found: dict[str, list[str]] = {}
        for name in ("website", "social"):
            for cell in cells.get(name, ()):
                for url in (
                    self._clean(prepared, {name: [cell]}, name, cleaning.web_addresses) or ()
                ):
                    kind = "social" if name == "social" else cleaning.kind_of_address(url)
                    found.setdefault(address_key(url), [url, kind])
        if found:
            values["web_addresses"] = list(found.values())
        if url := self._clean(prepared, cells, "source_url", cleaning.web_address):
            prepared.source_url = url

    def _codes(self, prepared: Prepared, cells: dict[str, list[Any]]) -> None:
        found = []
        for name in IDENTIFIERS:
            clean = {"fiscal_code": cleaning.fiscal_code, "vat": cleaning.vat}.get(
                name, cleaning.code
            )
            if code := self._clean(prepared, cells, name, clean):
                scheme = "other" if name == "identifier" else name
                found.append(f"{scheme}:{code}")
        if found:
            prepared.values["identifiers"] = found

    def _place(self, prepared: Prepared, cells: dict[str, list[Any]]) -> None:
        """City and address of the seat; for networks and projects the city is their place."""
        said = {name: text_of(cells[name][0]) for name in OF_A_PLACE if name in cells}
        street, postcode, city_in_address, sigla = cleaning.parted(said.get("address", ""))
        province = wording.one_line(said.get("province", "")) or sigla
        written = said.get("city", "") or city_in_address
        code = wording.one_line(said.get("istat_code", ""))
        city = None
        if written or code:
            if city_in_address and said.get("city"):
                # Two writings of it: both must mean the same, or the address goes on about more.
                city = self.territory.city(written, province, code)
                other = self.territory.city(city_in_address, province, "")
                if not city and other:
                    city = None
                if city and other and city != other:
                    street = wording.one_line(said["address"])
                    postcode = ""
            else:
                city = self.territory.city(written, province, code)
            if not city:
                told = ", ".join(filter(None, (wording.one_line(written), province, code)))
                prepared.notes.append(("city", "no_city", told[:300]))
            elif plain_city(written) != plain_city(self.territory.names[city].rpartition(" (")[0]):
                told = ", ".join(filter(None, (wording.one_line(written), province, code)))
                prepared.changes.append(("city", told[:300], self.territory.names[city]))
        places = []
        if self.kind == Kind.ORGANIZATION:
            if city:
                prepared.values["city"] = city
            if "address" in said:
                self._address(prepared, said, street, postcode, city)
        elif city:
            places.append(f"city:{city}")
        for cell in cells.get("places", ()):
            for part in cleaning.BETWEEN_NAMES.split(wording.lines(text_of(cell))):
                if wording.is_nothing(part):
                    continue
                whole = self.territory.place(part)
                parts = [part] if whole or "," not in part else part.split(",")
                for each in parts:
                    if place := self.territory.place(each):
                        places.append(place)
                    else:
                        prepared.notes.append(("places", "no_place", each.strip()[:300]))
        if places:
            prepared.values["places"] = list(dict.fromkeys(places))

    def _address(
        self, prepared: Prepared, said: dict[str, str], street: str, postcode: str, city: int | None
    ) -> None:
        """The street, its number and the postcode; the whole where the city is not known."""
        if not city:
            street, postcode = wording.one_line(said["address"]), ""
        number = wording.one_line(said.get("street_number", ""))
        if number and not wording.is_nothing(number) and not street.endswith(number):
            street = f"{street}, {number}"
        own = wording.one_line(said.get("postcode", ""))
        if own.isdigit() and len(own) <= 5:
            postcode = own.zfill(5)
        try:
            value = cleaning.address(street)
        except Unreadable as error:
            prepared.notes.append(("address", str(error), street[:300]))
            return
        if not value:
            return
        if postcode and postcode not in value and len(value) < 290:
            value = f"{value}, {postcode}"
        prepared.values["address"] = value
        self._tell(prepared, "address", said["address"], value)

    def _terms(self, prepared: Prepared, cells: dict[str, list[Any]]) -> None:
        values = prepared.values
        for name, terms in (("kind", "_kinds"), ("programme", "_programmes")):
            if name in cells and hasattr(self, terms):
                said = wording.one_line(text_of(cells[name][0]))
                if found := getattr(self, terms).find(said):
                    values[name] = found
                else:
                    prepared.notes.append((name, "unknown_word", said[:300]))
        themes = []
        for cell in cells.get("themes", ()):
            text = wording.lines(text_of(cell))
            for part in cleaning.BETWEEN_NAMES.split(text):
                whole = self._themes.find(part)
                for each in [part] if whole else BETWEEN_THEMES.split(part):
                    if wording.is_nothing(each):
                        continue
                    if theme := self._themes.find(each):
                        themes.append(theme)
                    else:
                        prepared.notes.append(("themes", "unknown_word", each.strip()[:300]))
        if themes:
            values["themes"] = sorted(set(themes))
        for name, choices in (("life", "_lives"), ("geography", "_geographies")):
            if name in cells and hasattr(self, choices):
                said = wording.one_line(text_of(cells[name][0])).casefold()
                if found := getattr(self, choices).get(said):
                    values[name] = found
                else:
                    prepared.notes.append((name, "unknown_word", said[:300]))

    def _dates(self, prepared: Prepared, cells: dict[str, list[Any]]) -> None:
        values = prepared.values
        for name in ("founded", "ended"):
            if value := self._clean(prepared, cells, name, cleaning.partial_date):
                values[name] = value
        start, end = values.get("founded", ""), values.get("ended", "")
        if end and start[: len(end)] > end[: len(start)]:
            prepared.notes.append(("ended", "end_before_start", f"{start} – {end}"))
            del values["ended"]
        if values.get("ongoing") and values.get("ended"):
            prepared.notes.append(("ongoing", "ongoing_with_end", values["ended"]))
            del values["ongoing"]


def _choices(model: Any, name: str) -> dict[str, str]:
    return choices_of(model._meta.get_field(name).choices)


def choices_of(choices: Any) -> dict[str, str]:
    from django.utils.translation import override

    known: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            for value, label in getattr(choices, "choices", choices):
                known |= {value: value, str(label).casefold(): value}
    return known
