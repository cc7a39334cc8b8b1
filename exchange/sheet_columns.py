"""The columns of a table that staff take out, change and bring back.

One column is one ``import_export`` field. It says what an entry says there, and reads it back:
ties by slug, both languages, lists with a semicolon between. A cell that still says what the entry
says changes nothing, however the entry writes it, so that a table brought back as it was taken
out does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext
from import_export.fields import Field
from import_export.widgets import Widget
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from directory.addresses import validate_web_address
from directory.keys import address_key
from directory.models import Life, Theme
from exchange import cleaning, wording
from exchange.cleaning import BETWEEN_NAMES, Unreadable, text_of
from exchange.entries import DATES, KEYS, LISTS, NAME_LISTS, Entries, same_value
from exchange.preparing import LINKS, YES_OR_NO, Terms, choices_of
from exchange.reporting import RISKY, harmless
from exchange.territory import Territory
from exchange.why import sentence
from places.models import City, Province, Region

CELL_OF_A_SPREADSHEET = 32_767
"""Characters; what is longer is cut off when a spreadsheet saves it."""
SCHEMES = ("fiscal_code", "vat", "runts", "wikidata", "identifier")
TIES = ("memberships", "participations")
"""Lists of ties, whose order says nothing; ``exchange.sheet_ties`` reads and writes them."""
ONE_LINE = ("name", "subtitle", "founding_act_title")


class Refused(ValidationError):
    """A cell that says nothing the directory can keep, in a sentence for whoever reads it."""

    def __init__(self, key: str, said: str = "") -> None:
        super().__init__(_of_a_cell(key, said[:100]))


def _of_a_cell_now(key: str, said: str) -> str:
    return f"{sentence(key)}: “{said}”" if said else sentence(key)


_of_a_cell = lazy(_of_a_cell_now, str)


class Line:
    """One row: what its entry says now, and what the row would change of it."""

    def __init__(
        self,
        now: dict[str, Any],
        pk: int | None = None,
        slug: str = "",
        version: int | None = None,
    ) -> None:
        self.now, self.pk, self.slug, self.version = now, pk, slug, version
        self.number = 0
        self.written: dict[str, Any] = {}
        self.notes: list[str] = []

    def __str__(self) -> str:
        return self.says("name_it") or self.says("name_en") or self.slug

    def says(self, name: str) -> Any:
        return self.written[name] if name in self.written else self.now.get(name)

    def change(self, name: str, value: Any) -> None:
        there = self.now.get(name)
        if name in TIES:
            same = sorted(value) == sorted(there or [])
        else:
            same = same_value(name, value, there)
        if same:
            self.written.pop(name, None)
        else:
            self.written[name] = value


def typed(cell: Any) -> str:
    """A cell as text, with the line ends that are kept here."""
    return text_of(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


class Column(Field):
    """``attribute`` is the field of the entry that it is about."""

    empties = False
    """Whether an empty cell empties the field; else it says nothing."""

    def get_value(self, instance: Line) -> Any:
        return instance.says(str(self.attribute))

    def export(self, instance: Line, **kwargs: Any) -> str:
        """Without what a spreadsheet takes for a formula, and what no XLSX can hold."""
        said = self.widget.render(self.get_value(instance))
        return harmless(ILLEGAL_CHARACTERS_RE.sub("", said).replace("\r\n", "\n").strip())

    def save(self, instance: Line, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        text, shown = typed(row[self.column_name]), self.export(instance)
        if text == shown or (len(text) >= CELL_OF_A_SPREADSHEET and shown.startswith(text)):
            return
        if text[:1] == "'" and text[1:].startswith(RISKY):
            text = text[1:]
        name = str(self.attribute)
        if not text or wording.is_nothing(text):
            if self.empties and shown:
                instance.change(name, self.emptied(instance))
            return
        try:
            instance.change(name, self.read(instance, text))
        except Unreadable as error:
            raise Refused(str(error), text) from None

    def read(self, line: Line, text: str) -> Any:
        return self.widget.clean(text)

    def emptied(self, line: Line) -> Any:
        return self.widget.empty


class PartOfList(Column):
    """A column for some of a list's rows: the rest of the list stays."""

    def __init__(self, part: PartWidget, **options: Any) -> None:
        super().__init__(widget=part, **options)

    def read(self, line: Line, text: str) -> Any:
        there = line.says(str(self.attribute)) or []
        return [*self.widget.others(there), *self.widget.merged(there, text)]

    def emptied(self, line: Line) -> Any:
        return self.widget.others(line.says(str(self.attribute)) or [])


# ------------------------------------------------------------------ kinds of cells
class Text(Widget):
    empty: Any = ""

    def __init__(self, clean: Callable[[Any], Any]) -> None:
        super().__init__()
        self._clean = clean

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return self._clean(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class YesOrNo(Text):
    empty = False

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return gettext("yes") if value else gettext("no")


class NameList(Text):
    empty: Any = []

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        parts = map(wording.one_line, BETWEEN_NAMES.split(value))
        names = list(dict.fromkeys(filter(None, parts)))
        if any(len(name) > 250 for name in names):
            raise Unreadable("too_long")
        return names

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "; ".join(value or ())


class Choice(Text):
    """A word of the program, as it is kept or as it is called in either language."""

    def __init__(self, choices: Any) -> None:
        self.empty = "unknown"
        self._known = choices_of(choices)
        super().__init__(self._read)

    def _read(self, text: str) -> str:
        if (found := self._known.get(wording.one_line(text).casefold())) is None:
            raise Unreadable("unknown_word")
        return found


class Ties:
    """What ties point to, by slug; read once for a table."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.cities: dict[str, int] = {}
        self.entries: dict[str, int] = {}
        self.slugs: dict[tuple[str, int], str] = {}
        self.provinces = dict(Province.objects.values_list("sigla", "pk"))
        self.regions = dict(Region.objects.values_list("slug", "pk"))
        self._sigla = {pk: sigla for sigla, pk in self.provinces.items()}
        self._region = {pk: slug for slug, pk in self.regions.items()}
        self._territory: Territory | None = None

    def expect(self, values: Iterable[dict[str, Any]]) -> None:
        """The slugs of all that the entries are tied to. Two queries."""
        cities: set[Any] = set()
        entries: set[Any] = set()
        for said in values:
            cities |= {said.get("city")}
            cities |= {int(each[5:]) for each in said["places"] if each.startswith("city:")}
            entries |= {said.get("parent"), said.get("successor")}
        found = City.objects.filter(pk__in=cities - {None}).values_list("pk", "slug")
        self.slugs |= {("city", pk): slug for pk, slug in found}
        plain = self.model._default_manager.filter(pk__in=entries - {None}).order_by()
        self.slugs |= {("entry", pk): slug for pk, slug in plain.values_list("pk", "slug")}

    def seek(self, words: set[str]) -> None:
        """Words of the table that may be slugs. Two queries for each thousand."""
        listed = [word for word in sorted(words) if len(word) <= 250]
        for start in range(0, len(listed), 1000):
            some = listed[start : start + 1000]
            found = City.objects.filter(slug__in=some).values_list("slug", "pk")
            self.cities |= dict(found)
            plain = self.model._default_manager.filter(slug__in=some).order_by()
            self.entries |= dict(plain.values_list("slug", "pk"))

    @property
    def territory(self) -> Territory:
        if self._territory is None:
            self._territory = Territory()
        return self._territory

    def city(self, text: str) -> int:
        """By slug; a name serves if it is that of one city."""
        found = self.cities.get(text.casefold()) or self.territory.city(text)
        if found is None:
            raise Unreadable("no_city")
        return found

    def entry(self, text: str) -> int:
        if (found := self.entries.get(text.casefold())) is None:
            raise Unreadable("no_entry")
        return found

    def place(self, text: str) -> str:
        """A slug; ``province:BO``, ``region:lazio`` where it is no city; ``italia``."""
        kind, colon, said = text.partition(":")
        if colon and kind == "province" and (pk := self.provinces.get(said.strip().upper())):
            return f"province:{pk}"
        if colon and kind == "region" and (pk := self.regions.get(said.strip().casefold())):
            return f"region:{pk}"
        if pk := self.cities.get(text.casefold()):
            return f"city:{pk}"
        if place := self.territory.place(text):
            return place
        raise Unreadable("no_place")

    def place_said(self, place: str) -> str:
        kind, _, pk = place.partition(":")
        if not pk:
            return "italia"
        if kind == "city":
            return self.slugs.get(("city", int(pk)), "")
        known = self._sigla if kind == "province" else self._region
        return f"{kind}:{known.get(int(pk), '')}"


class Tie(Text):
    """One row of another table, by its slug."""

    empty = None

    def __init__(self, find: Callable[[str], int], said: Callable[[int], str]) -> None:
        super().__init__(find)
        self._said = said

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self._said(value) if value else ""


class SeveralTies(Text):
    empty: Any = []

    def __init__(self, find: Callable[[str], Any], said: Callable[[Any], str]) -> None:
        super().__init__(find)
        self._said = said

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[Any]:
        parts = (part.strip() for part in BETWEEN_NAMES.split(value))
        found: list[Any] = []
        for part in filter(None, parts):
            try:
                found.append(self._clean(part))
            except Unreadable as error:
                raise Refused(str(error), part) from None
        found = list(dict.fromkeys(found))
        return sorted(found) if all(isinstance(each, int) for each in found) else found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "; ".join(self._said(each) for each in value or ())


class PartWidget(Text):
    empty: Any = []

    def mine(self, each: Any) -> bool:
        raise NotImplementedError

    def others(self, there: list[Any]) -> list[Any]:
        return [each for each in there if not self.mine(each)]

    def merged(self, there: list[Any], text: str) -> list[Any]:
        raise NotImplementedError


class Addresses(PartWidget):
    """Web addresses of one kind; one that is there already keeps its kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(cleaning.web_addresses)
        self.kind = kind

    def mine(self, each: Any) -> bool:
        return (each[1] == "social") == (self.kind == "social")

    def merged(self, there: list[Any], text: str) -> list[Any]:
        kinds = {address_key(url): kind for url, kind in there}
        found = []
        for url in self._clean(text):
            try:
                validate_web_address(url)
            except ValidationError:
                raise Unreadable("no_address") from None
            otherwise = "social" if self.kind == "social" else "website"
            found.append([url, kinds.get(address_key(url), otherwise)])
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return " ".join(each[0] for each in value or () if self.mine(each))


class Codes(PartWidget):
    def __init__(self, scheme: str) -> None:
        cleaners = {"fiscal_code": cleaning.fiscal_code, "vat": cleaning.vat}
        super().__init__(cleaners.get(scheme, cleaning.code))
        self.scheme = "other" if scheme == "identifier" else scheme

    def mine(self, each: Any) -> bool:
        return each.partition(":")[0] == self.scheme

    def merged(self, there: list[Any], text: str) -> list[Any]:
        parts = filter(None, BETWEEN_NAMES.split(text))
        return list(dict.fromkeys(f"{self.scheme}:{self._clean(part)}" for part in parts))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "; ".join(each.partition(":")[2] for each in value or () if self.mine(each))


class Sources(Text):
    """A source on each line: its title, a bar, its address."""

    empty: Any = []

    def __init__(self) -> None:
        super().__init__(self._read)

    def _read(self, text: str) -> list[list[str]]:
        found = []
        for line in filter(None, map(str.strip, text.splitlines())):
            title, _bar, url = (part.strip() for part in line.rpartition("|"))
            if not title:
                # Without a bar: an address by itself, or a title by itself.
                title, url = url, url if url.startswith(("http://", "https://")) else ""
            if len(title) > 300:
                raise Unreadable("too_long")
            found.append([title, cleaning.web_address(url) if url else ""])
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "\n".join(f"{title} | {url}" if url else title for title, url in value or ())


# ------------------------------------------------------------------ the columns of a kind
def columns_of(model: Any, ties: Ties | None = None) -> dict[str, Column]:
    """By the name of the column, in the order of the table. A query for each vocabulary."""
    known = ties or Ties(model)
    entries = Entries(model)
    columns: dict[str, Column] = {}

    def add(column: str, name: str, widget: Text) -> None:
        kind = PartOfList if isinstance(widget, PartWidget) else Column
        options = {"part": widget} if kind is PartOfList else {"widget": widget}
        columns[column] = kind(attribute=name, column_name=column, **options)  # type: ignore[arg-type]

    for name in entries.texts:
        tidy = wording.one_line if name[:-3] in ONE_LINE else wording.lines
        add(name, name, Text(tidy))
    for name in NAME_LISTS:
        add(name, name, NameList(str))
    add("themes", "themes", SeveralTies(*_terms(Theme)))
    for name in entries.plain:
        if name in ("kind", "programme"):
            add(name, name, Tie(*_terms(model._meta.get_field(name).related_model)))
        elif name == "city":
            add(name, name, Tie(known.city, lambda pk: known.slugs.get(("city", pk), "")))
        elif name in ("parent", "successor"):
            add(name, name, Tie(known.entry, lambda pk: known.slugs.get(("entry", pk), "")))
        elif name in YES_OR_NO:
            add(name, name, YesOrNo(cleaning.yes_or_no))
        elif name == "life":
            add(name, name, Choice(Life))
        elif name == "geography":
            add(name, name, Choice(model._meta.get_field(name).choices))
        else:
            add(name, name, Text(PLAIN_CELLS.get(name, wording.lines)))
    for name in DATES:
        add(name, name, Text(cleaning.partial_date))
    add("places", "places", SeveralTies(known.place, known.place_said))
    for kind in ("website", "social"):
        add(kind, "web_addresses", Addresses(kind))
    for scheme in SCHEMES:
        add(scheme, "identifiers", Codes(scheme))
    add("sources", "sources", Sources())
    return columns


PLAIN_CELLS: dict[str, Callable[[Any], Any]] = {
    "email": cleaning.email,
    "telephone": cleaning.telephone,
    "address": wording.one_line,
    **dict.fromkeys(LINKS, cleaning.web_address),
}


def _terms(model: Any) -> tuple[Callable[[str], int], Callable[[int], str]]:
    terms = Terms(model)
    slugs = dict(model._default_manager.values_list("pk", "slug"))
    by_slug = {slug: pk for pk, slug in slugs.items()}

    def find(text: str) -> int:
        if (pk := by_slug.get(text.casefold()) or terms.find(text)) is None:
            raise Unreadable("unknown_word")
        return pk

    return find, lambda pk: slugs.get(pk, "")


def blank(model: Any) -> dict[str, Any]:
    """What an entry says that is not there yet."""
    entries = Entries(model)
    said: dict[str, Any] = dict.fromkeys((*entries.texts, *entries.plain, *DATES), "")
    said |= {name: None for name in entries.plain if name in KEYS}
    said |= {name: False for name in entries.plain if name in YES_OR_NO}
    said |= {name: "unknown" for name in entries.plain if name in ("life", "geography")}
    return said | {name: [] for name in LISTS}
