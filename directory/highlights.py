"""Where the words of a search stand in the entries found: marked, and shown in context."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from directory import found_codes, found_places
from directory.found_codes import Code, codes_of
from directory.found_places import Called, names_of_places
from directory.markup import plain_text
from directory.models import Entry
from directory.planned import rows_of
from directory.registry import kind_of
from directory.search import SHORTEST_ALIKE, WORD, Form, Words
from places.languages import fallback_order, translated

# Letters of an excerpt before the match, and in all.
BEFORE, LENGTH = 60, 200
# What stands between the letters of a word.
SIGNS = string.punctuation.encode()
DIGIT = re.compile(r"\d")
# A text is looked through up to here: a card is not worth more.
MOST_SIGNS = 20_000
NONE: frozenset[int] = frozenset()
LABELS = {
    "short_names": _("In short"),
    "other_names": _("Also called"),
    "former_names": _("Formerly"),
}

# Which of the words stand for which of the forms that were asked for: the rule of the search. Each
# word and each form is taken apart once, not for each pair.
MATCHES = """
WITH words AS MATERIALIZED (
    SELECT word, to_tsvector('public.civicnet_whole', word)
        || to_tsvector('public.civicnet_it', word)
        || to_tsvector('public.civicnet_en', word) AS told
    FROM unnest(%s::text[]) AS word
), forms AS MATERIALIZED (
    SELECT form.clause,
        CASE WHEN form.beside = '' THEN public.civicnet_term(form.said, form.begun, false)
            WHEN numnode(plainto_tsquery('public.civicnet_plain', form.beside)) > 0
            THEN plainto_tsquery('public.civicnet_whole', form.said) END AS asked
    FROM unnest(%s::text[], %s::int[], %s::boolean[], %s::text[])
        AS form (said, clause, begun, beside)
)
SELECT '', clause::bigint, '', word FROM words JOIN forms ON told @@ asked
"""


@dataclass(frozen=True)
class Excerpt:
    """A piece of a text with its matches marked; ``label`` says what text, where it is a name."""

    html: SafeString
    language: str
    label: str = ""


@dataclass(frozen=True)
class Found:
    """What a card shows of an entry in place of its name and summary."""

    name: SafeString
    summary: SafeString
    excerpt: Excerpt | None


def mark(entries: Iterable[Entry], words: Words) -> None:
    """Gives each entry a ``found``. One query: of the words that begin like those asked for; of the
    entries' codes, where a digit was; and of other names of their places, where an entry says
    nothing like what was."""
    entries = list(entries)
    forms = words.forms
    phrases = [(clause, [*map(fold, said)]) for clause, said in words.phrases]
    if not entries or not (forms or phrases):
        return
    read = Read({fold(form.said)[:3] for form in forms}, phrases)
    said = [{word for text in texts_of(entry) for word in read[text]} for entry in entries]
    single = [form for form in forms if not words.wanted[form.clause].startswith("=")]
    coded = entries if any(map(DIGIT.search, words.typed)) else ()
    beginnings: dict[int, set[str]] = defaultdict(set)
    for form in single:
        # What its forms have in common: their ends differ.
        typed = fold(form.said)
        beginnings[form.clause].add(typed[: max(3, len(typed) - (3 if len(typed) > 5 else 1))])
    likely = beginnings.values()
    placed = [one for one, there in zip(entries, said, strict=True) if says_not(there, likely)]
    asked = [codes_of(coded), names_of_places(placed, words.language)]
    read.hits, rows = matches(sorted(set().union(*said)), forms, asked)
    codes, names = found_codes.told_by(rows), found_places.told_by(rows)
    for several in codes.values():
        for code in several:
            read.add(code.value, forms)
    for called in {called for several in names.values() for called in several}:
        read.add(called.own, forms)
        read.add(called.name, forms)
    as_one = [(bare_letters(form.said), form) for form in single if not form.beside]
    for name in {name for entry in entries for name in names_of(entry)}:
        read.add_name(name, as_one)
    every = read.clauses()
    for entry in entries:
        key = kind_of(entry).key, entry.pk
        beside = codes.get(key, ()), names.get(key, ())
        entry.found = _found(entry, read, every, words.language, *beside)


def says_not(there: set[str], beginnings: Collection[set[str]]) -> bool:
    """Whether something was asked for like which none of the words begins."""
    lengths = {len(beginning) for one in beginnings for beginning in one}
    begun = {word[:letters] for word in there for letters in lengths}
    return any(one.isdisjoint(begun) for one in beginnings)


class Read(dict[str, set[str]]):
    """Text → its folded words that begin like those asked for; each text is read once."""

    def __init__(
        self, beginnings: Iterable[str], phrases: Sequence[tuple[int, list[str]]] = ()
    ) -> None:
        self.beginnings = tuple(beginnings)
        # Of letters that ASCII lacks only the others are looked for here.
        self.anywhere = {bare_letters(beginning) for beginning in self.beginnings}
        # Of which clause, and its folded words.
        self.phrases = phrases
        self.runs: dict[str, list[tuple[int, int, int]]] = {}
        self.hits: dict[str, set[int]] = {}

    def __missing__(self, text: str) -> set[str]:
        # Most texts have none of them: that is seen without taking the text apart.
        letters = bare_letters(text)
        there = any(beginning in letters for beginning in self.anywhere)
        self[text] = folded_words(text, self.beginnings) if there else set()
        return self[text]

    def add(self, said: str, forms: Sequence[Form]) -> None:
        """What a code or a place's name answers: neither has other forms, so that nobody needs to
        be asked."""
        for word in self[said]:
            clauses = {
                form.clause
                for form in forms
                if word == fold(form.said) or (form.begun and word.startswith(fold(form.said)))
            }
            if clauses:
                self.hits[word] = self.hits.get(word, set()) | clauses

    def add_name(self, name: str, forms: Sequence[tuple[bytes, Form]]) -> None:
        """A name whose words were typed as one: those that it begins with, or all of it. Of each
        form its bare letters, too."""
        letters = b"".join(bare_letters(name).split())
        likely = [form for said, form in forms if letters.startswith(said)]
        if not likely:
            return
        seen = self.answered(name)
        parts = list(WORD.finditer(name))
        ends = [*accumulate(len(fold(part[0])) for part in parts)]
        joined = "".join(fold(part[0]) for part in parts)
        for form in likely:
            typed = fold(form.said)
            is_begun = form.begun and len(typed) >= SHORTEST_ALIKE
            is_it = joined.startswith(typed) if is_begun else joined == typed
            if is_it and form.clause not in seen:
                last = next(n for n, end in enumerate(ends) if end >= len(typed))
                run = parts[0].start(), parts[last].end(), form.clause
                self.runs[name] = [*self.runs_in(name), run]

    def clauses(self) -> set[int]:
        """Those that something may answer."""
        every = {clause for clauses in self.hits.values() for clause in clauses}
        every |= {clause for clause, _said in self.phrases}
        return every | {clause for found in self.runs.values() for _start, _end, clause in found}

    def answered(self, text: str) -> set[int]:
        """The clauses that words of the text answer."""
        clauses = {clause for word in self[text] for clause in self.hits.get(word, ())}
        clauses.update(clause for _start, _end, clause in self.runs_in(text))
        return clauses

    def runs_in(self, text: str) -> Sequence[tuple[int, int, int]]:
        """(start, end, clause) of each phrase in the text: all its words, one after the other."""
        if text not in self.runs and self.phrases:
            self.runs[text] = list(runs(text, self.phrases))
        return self.runs.get(text, ())

    def first(self, text: str, wanted: set[int]) -> int:
        """Where the first of the clauses is answered in a text that answers one."""
        phrases = [start for start, _end, clause in self.runs_in(text) if clause in wanted]
        words = (start for start, _end, word in pieces(text) if self.hits.get(word, NONE) & wanted)
        return min([*phrases, *islice(words, 1)])

    def spans(self, text: str) -> list[tuple[int, int, set[int]]]:
        """(start, end, clauses) of what answers, in order; what overlaps is one."""
        said = [one for one in pieces(text) if one[2] in self.hits]
        every = [(start, end, self.hits[word]) for start, end, word in said]
        every += [(start, end, {clause}) for start, end, clause in self.runs_in(text)]
        spans: list[tuple[int, int, set[int]]] = []
        for start, end, clauses in sorted(every, key=lambda one: (one[0], -one[1])):
            if not spans or start >= spans[-1][1]:
                spans.append((start, end, clauses))
            else:
                first, last, others = spans[-1]
                spans[-1] = (first, max(last, end), others | clauses)
        return spans


def runs(text: str, phrases: Sequence[tuple[int, list[str]]]) -> Iterator[tuple[int, int, int]]:
    """See ``Read.runs_in``."""
    letters = bare_letters(text)
    # Most texts have none of them: that is seen without taking the text apart.
    there = [one for one in phrases if all(bare_letters(word) in letters for word in one[1])]
    parts = [(*part.span(), fold(part[0])) for part in WORD.finditer(text)] if there else []
    for clause, said in there:
        if len(said) == 1:
            yield from (
                (start, end, clause) for start, end, word in pieces(text) if word == said[0]
            )
            continue
        for place in range(len(parts) - len(said) + 1):
            run = parts[place : place + len(said)]
            if [word for _start, _end, word in run] == said:
                yield run[0][0], run[-1][1], clause


def matches(
    candidates: Sequence[str],
    forms: Sequence[Form],
    beside: Sequence[tuple[list[str], list[list[int]]]] = (),
) -> tuple[dict[str, set[int]], list[Any]]:
    """Folded word → the clauses of the search that it answers; and the rows of other arms, which
    are asked beside. One query, if there is anything to ask."""
    arms = [arm for several, _keys in beside for arm in several]
    if not (candidates or arms):
        return {}, []
    asked = [
        [form.said for form in forms],
        [form.clause for form in forms],
        [form.begun for form in forms],
        [form.beside for form in forms],
    ]
    keys = [one for _arms, several in beside for one in several]
    hits: dict[str, set[int]] = {}
    rows = rows_of(" UNION ALL ".join([MATCHES, *arms]), [list(candidates), *asked, *keys])
    for kind, clause, _none, word in rows:
        if not kind:
            hits.setdefault(word, set()).add(clause)
    return hits, [row for row in rows if row[0]]


def fold(word: str) -> str:
    """Small, without accents."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def bare_letters(text: str) -> bytes:
    """The letters of ASCII and the digits in it, small, without accents."""
    small = text.lower()
    if not small.isascii():
        small = unicodedata.normalize("NFKD", small)
    return small.encode("ascii", "ignore").translate(None, SIGNS)


def pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, folded word): every word, and every run of signs that is one without them."""
    for run in re.finditer(r"\S+", text):
        said = run[0]
        if said.isalnum():
            yield run.start(), run.end(), said.lower() if said.isascii() else fold(said)
            continue
        parts = [
            (run.start() + part.start(), run.start() + part.end(), fold(part[0]))
            for part in WORD.finditer(run[0])
        ]
        if len(parts) > 1:
            yield parts[0][0], parts[-1][1], "".join(word for _start, _end, word in parts)
        yield from parts


def folded_words(text: str, beginnings: tuple[str, ...]) -> set[str]:
    """The words of ``pieces`` that begin so, read faster."""
    found = []
    for run in set(text.split()):
        if run.isalnum():
            found.append(run.lower() if run.isascii() else fold(run))
            continue
        parts = [fold(part) for part in WORD.findall(run)]
        found += parts
        if len(parts) > 1:
            found.append("".join(parts))
    return {word for word in found if word.startswith(beginnings)}


def names_of(entry: Entry) -> Iterator[str]:
    yield translated(entry, "name")[0]
    for names in LABELS:
        yield from map(str, getattr(entry, names) or ())


def texts_of(entry: Entry) -> Iterator[str]:
    yield from names_of(entry)
    yield translated(entry, "summary")[0]
    for _code, text in _long_texts(entry, "it"):
        yield text


def _long_texts(entry: Entry, language: str) -> Iterator[tuple[str, str]]:
    """The searched texts, those of the page's language first."""
    for code in fallback_order(language):
        for field in ("summary", "description", *entry.searched_texts):
            if text := getattr(entry, f"{field}_{code}"):
                yield code, text[:MOST_SIGNS]


def _found(
    entry: Entry,
    read: Read,
    every: set[int],
    language: str,
    codes: Sequence[Code],
    places: Sequence[Called],
) -> Found:
    name, summary = (
        translated(entry, "name", language)[0],
        translated(entry, "summary", language)[0],
    )
    seen = read.answered(name) | read.answered(summary)
    wanted = every - seen
    return Found(
        marked(name, read),
        marked(summary, read),
        _excerpt(entry, read, wanted, language, codes) or _place(read, wanted, places),
    )


def marked(text: str, read: Read) -> SafeString:
    """The text, escaped, with what matches inside ``mark``."""
    if not read.answered(text):
        return conditional_escape(text)
    html, place = [], 0
    for start, end, _clauses in read.spans(text):
        html += [
            conditional_escape(text[place:start]),
            format_html("<mark>{}</mark>", text[start:end]),
        ]
        place = end
    html.append(conditional_escape(text[place:]))
    return mark_safe("".join(html))  # noqa: S308


def _excerpt(
    entry: Entry, read: Read, wanted: set[int], language: str, codes: Sequence[Code]
) -> Excerpt | None:
    """From the first text that has what the name and the summary lack."""
    if not wanted:
        return None
    for names, label in LABELS.items():
        for name in map(str, getattr(entry, names) or ()):
            if read.answered(name) & wanted:
                return Excerpt(marked(name, read), "", str(label))
    for code in codes:
        if read.answered(code.value) & wanted:
            return Excerpt(marked(code.value, read), "", code.label)
    shown = translated(entry, "summary", language)[0]
    for code_of_language, text in _long_texts(entry, language):
        if text == shown or not read.answered(text) & wanted:
            continue
        for paragraph in text.splitlines():
            if read.answered(paragraph) & wanted:
                plain = plain_text(paragraph, MOST_SIGNS)
                if read.answered(plain) & wanted:
                    return Excerpt(marked(cut(plain, read, wanted), read), code_of_language)
    return None


def _place(read: Read, wanted: set[int], places: Sequence[Called]) -> Excerpt | None:
    for own, name in places:
        # By that name it is on the card, or would be found all the same.
        if read.answered(name) & wanted - read.answered(own):
            html = format_html("{} ({})", own, marked(name, read))
            return Excerpt(html, "", str(_("Place")))
    return None


def cut(text: str, read: Read, wanted: set[int]) -> str:
    """Some of the text around the first of what is wanted, cut between words."""
    if len(text) <= LENGTH:
        return text
    at = read.first(text, wanted)
    start = 0 if at <= BEFORE else text.find(" ", at - BEFORE, at) + 1
    if start == 0 and at > BEFORE:
        start = at
    end = min(len(text), start + LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", start, end), at + 1)
    piece = text[start:end].strip(" ,;:–—-")
    return f"{'… ' if start else ''}{piece}{' …' if end < len(text) else ''}"
