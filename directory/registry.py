"""What rooms above tell this one when they are ready, so that it never names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from directory.filters import EntryFilterSet
    from directory.listing import Listing
    from directory.models import Entry


@dataclass(frozen=True)
class Section:
    """A part of a detail page that an upper room adds to a lower room's entry.

    ``load`` gives what the template shows (as ``content``) or nothing; it says in its
    docstring how many queries it takes. One that goes on over several pages also takes the number
    of one, and what it gives has that ``page`` of a paginator, which knows which numbers there are.
    """

    template: str
    load: Callable[..., Any]
    is_paged: bool = False


@dataclass(eq=False)
class Kind:
    """A kind of entry: its model, its listing and its card."""

    key: str
    # Its number in the index, as its migration gave it.
    number: int
    model: type[Entry]
    filterset: type[EntryFilterSet]
    # What its card says under the name: HTML, of an entry in a language.
    card_line: Callable[[Any, str], str]
    label: Any
    label_plural: Any
    # ``%(number)s organizations``, as the language counts by ``n``; and ``All %(number)s …``.
    counted: Any
    all_counted: Any
    # What its card says of its ties, likewise: each a line, or nothing.
    card_ties: list[Callable[[Any, str], str]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    # Whether most entries are of this kind: a search leaves the others out rather than look for it.
    is_most: bool = False
    # Whether the index keeps counts of pairs of places.
    place_pairs: bool = True

    @property
    def namespace(self) -> str:
        return self.model._meta.app_label

    @cached_property
    def detail(self) -> str:
        """The name of the address of an entry's page."""
        return f"{self.namespace}:detail"

    @cached_property
    def icon(self) -> str:
        """The template of the sign that stands beside the kind's name."""
        return f"{self.namespace}/{self.key}_icon.html"

    @property
    def has_pages(self) -> bool:
        return any(section.is_paged for section in self.sections)


kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    from directory.history import register

    kinds[kind.key] = kind
    register(kind.model)


def kind_of(model: type[Entry] | Entry) -> Kind:
    return kinds[model._meta.model_name]  # type: ignore[index]


def extend(key: str, *, filters=None, said=None, card_ties=(), sections=()) -> None:
    """Add to a kind of a room below: filters by name, what other rows say on its cards by name and
    how cards say it, page sections."""
    kind = kinds[key]
    for name, new in (filters or {}).items():
        kind.filterset.add_filter(name, new)
    kind.model.card_said.update(said or {})
    kind.card_ties.extend(card_ties)
    kind.sections.extend(sections)


class NotAnswered(Exception):
    """A listing cannot be had in that format; the message says why, to the visitor."""


@dataclass(frozen=True)
class Format:
    """What ``format=`` may say. ``answer`` gets a listing that is understood, and may raise
    ``NotAnswered``. Offered for a listing of at most ``most`` entries, of the kind ``only``."""

    name: str
    label: Any
    media_type: str
    answer: Callable[[HttpRequest, Listing], HttpResponseBase]
    most: int | None = None
    is_feed: bool = False
    only: str | None = None

    def offers(self, listing: Listing) -> bool:
        fits = self.most is None or (listing.is_counted and listing.total <= self.most)
        return fits and self.suits(listing)

    def suits(self, listing: Listing) -> bool:
        """Whether it can say what is listed, however much that is."""
        return self.only is None or [one.key for one in listing.listed] == [self.only]


@dataclass(frozen=True)
class Document:
    """A published entry in another form than its page: at the page's address with ``.name`` in the
    place of the last slash, and where ``is_negotiated`` to whoever asks the page for its media
    type. For the kind ``only``, and where ``is_there`` says that this entry has one."""

    name: str
    label: Any
    media_type: str
    answer: Callable[[HttpRequest, Entry], HttpResponseBase]
    is_negotiated: bool = False
    only: str | None = None
    is_there: Callable[[Entry], bool] = lambda entry: True

    def offers(self, entry: Entry) -> bool:
        return self.only in (None, entry._meta.model_name) and self.is_there(entry)


documents: dict[str, Document] = {}


def register_document(one: Document) -> None:
    documents[one.name] = one


formats: dict[str, Format] = {}


def register_format(one: Format) -> None:
    formats[one.name] = one
