"""What a visitor types, as conditions on the documents of ``directory.documents``.

One parser for listings, the search page, the admin and programs that ask. Accents, case, signs
and elisions do not matter; a word matches its singular and plural in either language; the last
word may be only begun. Quotes hold a phrase together, a minus excludes. Any text is understood
somehow: none is an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from directory.as_typed import plain
from directory.bodies import ACRONYMS, SHORTENED, SHORTER, ways_of_body
from directory.documents import SUMMARY_IN
from directory.index import ALL
from directory.planned import rows_of
from directory.said_of_places import without_its_kind
from directory.streets import ways_of_street
from places.exonyms import ITALIAN, in_italian
from places.languages import current, fallback_order

# Up to this many matches of words are counted and put in order; past it there are "more than".
# Where there are few entries, all are.
MOST_MATCHES, FEW_ENTRIES = 1000, 5000
# A word of fewer letters begins too many others.
SHORTEST_BEGUN = 3
# A word of fewer begins so many that those who have it as it is are like the others only by chance.
SHORTEST_ALIKE = 5
WORDS, NAMES = "words", "names"
# How PostgreSQL writes that a lexeme is only begun.
BEGINNING = "':*"
LONGEST_JOINED = 40
# A phrase or a run of signs without spaces, either perhaps excluded. A quote left open ends with
# the text.
PART = re.compile(r'(?:(?<=\s)|^)(-?)"([^"]*)"?|(?:(?<=\s)|^)(-(?=\w))|"([^"]*)"?|([^\s"]+)')
WORD = re.compile(r"[^\W_]+")
# Words that are too short for the Italian stemmer, so that it leaves their last vowel on: orto
# and orti, arte and arti, arco and archi; lago and laghi, lega and leghe.
CONSONANT = "[b-df-hj-np-tv-z]"
UNSTEMMED = re.compile(f"([aeiou]{CONSONANT}+|{CONSONANT}[aeiou][cg]h?)([aeio])")
OTHER_NUMBER = {"o": "i", "i": "oea", "a": "e", "e": "ai"}
# Of longer ones it takes some for verbs, so that their forms have stems apart: anziano is like
# parlano, quartiere like vedere, concerti like darti, laboratori like lavoratori.
VOWELS = "aeio"
INFLECTED = re.compile(f"([a-z]{{3,24}})([{VOWELS}])")
# What ends so has no other number, or had an accent: “attivita”.
ONE_NUMBER = ("ita", "mente")
# Don Milani gave his name to schools everywhere.
UNCHANGED = frozenset(("milano",))


@dataclass(frozen=True)
class Form:
    """One spelling of one wanted word: of which clause it is, whether it may be only begun, and
    whether it is sought as it is written, and beside which word that says something."""

    said: str
    clause: int
    begun: bool
    beside: str = ""


@dataclass(frozen=True)
class Condition:
    """SQL for a WHERE over ``directory_document``, and its parameters."""

    sql: str
    params: tuple[Any, ...]

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self.sql} AND {other.sql}", self.params + other.params)

    def __or__(self, other: Condition) -> Condition:
        return Condition(f"({self.sql} OR {other.sql})", self.params + other.params)


class Words:
    """The words of a search by a reader of ``language``.

    Conditions name the table ``document``; use them with ``FROM directory_document AS document``.
    Making them asks the database nothing: PostgreSQL reads the words when it plans the query; or
    once for all, where they were ``spelled``.
    """

    def __init__(self, text: str, language: str | None = None, table: str = "document") -> None:
        self.text = text
        self.language = language or current()
        self.table = table
        # (clauses, whether the last is perhaps only begun) → the query of them.
        self.queries: dict[tuple[tuple[str, ...], bool], str] = {}
        # How many matches are counted, as far as is known before it is ``spelled``.
        self.most = MOST_MATCHES

    def __bool__(self) -> bool:
        return bool(self.wanted or self.excluded)

    # ---------------------------------------------------------------- what was typed
    @cached_property
    def _parts(self) -> list[tuple[str, list[str]]]:
        """(sign, words) in order: ``+`` for a run of signs, ``"`` for a phrase, each with a
        leading ``-`` if excluded."""
        return parts_of(self._plain)

    @cached_property
    def _plain(self) -> str:
        return plain(self.text)

    @cached_property
    def wanted(self) -> list[str]:
        """The clauses that ``civicnet_query`` reads: see there."""
        return self._wanted(self._parts)

    @cached_property
    def located(self) -> list[str]:
        """The same without what is only said of places, but where it belongs to a name."""
        rest = without_its_kind(self._plain) if self._is_plain else self._plain
        return self.wanted if rest == self._plain else self._wanted(parts_of(rest))

    @property
    def _is_plain(self) -> bool:
        """Whether there are neither phrases nor words left out."""
        return all(sign == "+" for sign, _words in self._parts)

    def _wanted(self, every: list[tuple[str, list[str]]]) -> list[str]:
        parts = [(sign, words) for sign, words in every if not sign.startswith("-")]
        clauses = [clause(sign, words) for sign, words in parts]
        if parts and parts[-1][0] == "+" and len("".join(parts[-1][1])) >= SHORTEST_BEGUN:
            clauses[-1] = "*" + clauses[-1][1:]
        joined = "".join("".join(words) for _sign, words in parts)
        plain = self._is_plain
        if len(parts) > 1 and plain and len(joined) <= LONGEST_JOINED:
            clauses.append("=" + joined)
        runs = [[*map(without_accents, words)] for _sign, words in parts]
        ways = ways_of_street(runs) if plain else []
        if all(sign == "+" for sign, _words in parts):
            ways += ways_of_body(runs)
        if ways:
            clauses.append("=" + "|".join(ways))
        return clauses

    @cached_property
    def excluded(self) -> list[list[str]]:
        """Each by itself: one is enough to keep an entry out."""
        return [[clause(sign[1:], words)] for sign, words in self._parts if sign.startswith("-")]

    @cached_property
    def contradiction(self) -> str:
        """What is both sought and excluded, as it was typed: no entry can have it and lack it."""
        sought = [(sign, words) for sign, words in self._parts if not sign.startswith("-")]
        for sign, words in self._parts:
            if sign.startswith("-") and any(holds(one, (sign[1:], words)) for one in sought):
                return " ".join(words)
        return ""

    @property
    def barred(self) -> Barred:
        """The search for what this one excludes."""
        return Barred(self.text, self.language, self.table)

    @property
    def typed(self) -> list[str]:
        """The wanted words as they were typed."""
        return [word for sign, words in self._parts if not sign.startswith("-") for word in words]

    @property
    def phrases(self) -> list[tuple[int, list[str]]]:
        """Of which clause each is, and its words: wanted one after the other, as they are written.
        The letters of an acronym are one, and so is what it is short for."""
        found = []
        for number, one in enumerate(self.wanted):
            ways = (one if one.startswith('"') else one[1:]).split("|")
            found += [(number, way[1:].split(" ")) for way in ways if way.startswith('"')]
            if one.startswith("="):
                found += [(number, said) for said in self._in_full]
        return found

    @property
    def _in_full(self) -> list[list[str]]:
        """What the acronyms among the words are short for."""
        runs = (without_accents("".join(words)) for _sign, words in self._parts)
        return [phrase.split() for run in runs for phrase in ACRONYMS.get(run, ())]

    @property
    def forms(self) -> list[Form]:
        """The wanted words in all their spellings, for whoever looks for them in a text; none of
        ``phrases``."""
        forms = []
        in_full = {word for said in self._in_full for word in said}
        for number, one in enumerate(self.wanted):
            typed, *_others = one[1:].split("|")
            for way in () if one.startswith('"') else one[1:].split("|"):
                if way.startswith('"'):
                    continue
                said = way.removeprefix("!").split(" ")
                beside = typed if way.startswith("!") else ""
                begun = one.startswith("*") and not beside
                # In “d'Aosta” the letter says nothing by itself.
                telling = [word for word in said if len(word) > 1] or said
                if one.startswith("="):
                    telling = [word for word in telling if word not in in_full]
                forms += [Form(word, number, begun, beside) for word in telling]
        return forms

    @property
    def is_begun(self) -> bool:
        return any(one.startswith("*") for one in self.wanted)

    @property
    def begins_many(self) -> bool:
        """Whether a word is begun, and short."""
        begun = (form.said for form in self.forms if form.begun)
        return any(len(word) < SHORTEST_ALIKE for word in begun)

    def spell(self) -> None:
        """Ask PostgreSQL for the queries of the words, where conditions are to be made of them
        again and again: what is only begun is asked for as what begins so. And learn how many
        entries there are. One query."""
        if self.queries or self.contradiction or not self:
            return
        asked = dict.fromkeys((tuple(one), False) for one in self.excluded)
        for clauses in (self.wanted, self.located) if self.wanted else ():
            asked[tuple(clauses), False] = asked[tuple(clauses), self.is_begun] = None
        given: list[Any] = []
        columns = []
        for said, begun in asked:
            columns.append("public.civicnet_query(%s::text[], %s::boolean)")
            if begun:
                columns[-1] = f"public.civicnet_whole_lexemes({columns[-1]})"
            given += [list(said), begun]
        [(entries, *told)] = rows_of(f"SELECT ({ENTRIES}), {'::text, '.join(columns)}::text", given)
        if self.wanted:
            self.queries = dict(zip(asked, told, strict=True))
        if entries <= FEW_ENTRIES:
            self.most = FEW_ENTRIES

    @property
    def gathers(self) -> bool:
        """Whether the index has to gather all that begins like a word before it gives the first."""
        if not self.queries:
            return self.is_begun
        return any(BEGINNING in query for query in self.queries.values())

    # ---------------------------------------------------------------- conditions
    @property
    def anywhere(self) -> Condition:
        """Published entries with all the words, wherever they stand."""
        return self._public & self.also_unpublished

    @property
    def also_unpublished(self) -> Condition:
        """The same among all entries, for those who edit."""
        if not self:
            return Condition("false", ())
        return self._found(WORDS, begun=True)

    @property
    def as_written(self) -> Condition:
        """Those of ``anywhere`` in which no word is only begun: what an index gives as it reads,
        where it gathers all beginnings first."""
        return self._public & self._found(WORDS) if self else self.anywhere

    @property
    def in_name(self) -> Condition:
        return self._public & self._found(NAMES, begun=True)

    def _in_summary(self, language: str) -> Condition:
        return self._found(f"summary_{language}", begun=True)

    @cached_property
    def tiers(self) -> list[Condition]:
        """From the best matches to all of them; each holds some of those before it too, and all
        that have its place as their ``rank``.

        Names with the words as they are, then with the last one only begun; summaries in the
        reader's language, then in either; the rest likewise, first what has a summary in the
        reader's language.
        """
        if not self.wanted:
            return [self.anywhere]
        summaries = [self._in_summary(code) for code in fallback_order(self.language)]
        return [
            *self.tiers_of_names,
            *(self._public & summary for summary in summaries),
            self._readable & self.anywhere,
            self.anywhere,
        ]

    @property
    def tiers_of_names(self) -> list[Condition]:
        """The first of ``tiers``."""
        if not self.wanted:
            return []
        return [self._public & self._found(NAMES), self.in_name][: 1 + self.is_begun]

    @property
    def rank(self) -> Condition:
        """The tier of a document that matches: 0 is the best."""
        # Whoever asks for it has looked for the words already, and left the unwanted ones out: what
        # is left to ask is where they stand.
        columns = [(NAMES, False), *([(NAMES, True)] if self.is_begun else [])]
        conditions = [self._asked(column, self.wanted, begun) for column, begun in columns]
        for code in fallback_order(self.language):
            conditions.append(self._asked(f"summary_{code}", self.located, True))
        conditions = [*conditions, self._readable] if self.wanted else []
        arms = " ".join(f"WHEN {tier.sql} THEN {n}" for n, tier in enumerate(conditions))
        params = tuple(param for tier in conditions for param in tier.params)
        return Condition(f"CASE {arms} ELSE {len(conditions)} END" if arms else "0", params)

    @property
    def _readable(self) -> Condition:
        return Condition(f"{self.table}.keys @> %s::bigint[]", ([SUMMARY_IN[self.language]],))

    @property
    def _public(self) -> Condition:
        return Condition(f"{self.table}.public", ())

    def _found(self, column: str, *, begun: bool = False) -> Condition:
        """In one query of the words, what is excluded is left out by the index; of rows it would
        be asked one by one, and their words lie elsewhere."""
        if self.contradiction:
            return Condition("false", ())
        if not self:
            return Condition("true", ())
        if not self.wanted:
            return Condition(f"NOT {self._barred.sql}", self._barred.params)
        found = self._asked(column, self.wanted if column == NAMES else self.located, begun)
        if self.excluded and column != WORDS:
            # The words hold those of the names and of the summaries.
            found &= self._asked(WORDS, self.located, begun, self.excluded)
        elif self.excluded:
            found = self._asked(WORDS, self.located, begun, self.excluded)
        return Condition(f"({found.sql})", found.params)

    @property
    def _barred(self) -> Condition:
        asked = " || ".join("public.civicnet_query(%s::text[], false)" for _one in self.excluded)
        return Condition(f"({looked_at(self.table, WORDS)} @@ ({asked}))", (*self.excluded,))

    def _asked(
        self, column: str, clauses: list[str], begun: bool, excluded: Sequence[list[str]] = ()
    ) -> Condition:
        if self.queries:
            return self._spelled(column, clauses, begun, excluded)
        asked = "public.civicnet_query(%s::text[], %s)"
        if excluded:
            # What says nothing finds nothing, not all but what is excluded.
            asked = f"nullif({asked}, ''::tsquery)"
            asked += " && !!public.civicnet_query(%s::text[], false)" * len(excluded)
        sql = f"{looked_at(self.table, column)} @@ ({asked})"
        return Condition(sql, (clauses, begun, *excluded))

    def _spelled(
        self, column: str, clauses: list[str], begun: bool, excluded: Sequence[list[str]]
    ) -> Condition:
        asked = self.queries[tuple(clauses), begun and self.is_begun]
        if not asked:
            return Condition("false", ())
        for one in excluded:
            if barred := self.queries[tuple(one), False]:
                asked = f"({asked}) & !({barred})"
        return Condition(f"{looked_at(self.table, column)} @@ %s::tsquery", (asked,))

    # ---------------------------------------------------------------- for query sets
    def entries_of(self, kind: str, condition: Condition | None = None) -> RawSQL:
        """The keys of a kind's entries that match, for ``pk__in``; published or not, unless a
        ``condition`` of these words says more."""
        found = condition or self.also_unpublished
        return RawSQL(  # noqa: S611
            f"SELECT {self.table}.entry_id FROM public.directory_document AS {self.table}"
            f" WHERE {self.table}.kind = {KIND} AND {found.sql}",
            (kind, *found.params),
        )

    def rank_of(self, kind: str, key: str) -> RawSQL:
        """The tier of the entry whose primary key is the SQL ``key``."""
        return RawSQL(  # noqa: S611
            f"SELECT {self.rank.sql} FROM public.directory_document AS {self.table}"
            f" WHERE {self.table}.kind = {KIND} AND {self.table}.entry_id = {key}",
            (*self.rank.params, kind),
            output_field=IntegerField(),
        )


class Barred(Words):
    """The entries with anything that the words exclude."""

    def _found(self, column: str, *, begun: bool = False) -> Condition:
        return self._barred


# How many are published, of all kinds, as is kept.
ENTRIES = (
    "SELECT coalesce(sum(n), 0)::bigint FROM public.directory_kind AS kind JOIN"
    f" public.directory_tally AS tally ON (tally.kind, given, tally.key) = (kind.id, {ALL}, {ALL})"
)
KIND = "(SELECT id FROM public.directory_kind WHERE key = %s)"


def looked_at(table: str, column: str) -> str:
    where = f"{table}.{column}"
    return f"public.civicnet_searched({where})" if column == WORDS else where


def holds(sought: tuple[str, list[str]], barred: tuple[str, list[str]]) -> bool:
    """Whether whatever has the words sought has those that are barred: (sign, words) each."""
    (sign, words), (_sign, others) = sought, barred
    plain, without = [*map(without_accents, words)], [*map(without_accents, others)]
    if plain == without:
        return len(plain) == 1 or '"' not in barred[0] or sign == '"'
    return sign == '"' and len(without) == 1 and without[0] in plain


def parts_of(text: str) -> list[tuple[str, list[str]]]:
    """See ``Words._parts``."""
    parts, minus = [], ""
    for match in PART.finditer(text):
        before, phrase, alone, glued, run = match.groups()
        if alone:
            minus = "-"
            continue
        quoted = phrase if phrase is not None else glued
        sign = (minus or before or "") + ("+" if quoted is None else '"')
        minus = ""
        if words := words_in(run if quoted is None else quoted):
            parts.append((sign, words))
    return parts


def words_in(text: str) -> list[str]:
    """The runs of letters and digits, small. Accents are left to the database."""
    return WORD.findall(text.lower())


def clause(sign: str, words: list[str]) -> str:
    """What ``civicnet_query`` reads: the words' possible forms after a sign."""
    if sign == '"':
        return '"' + " ".join(words)
    whole = f"|{SHORTENED[joined]}" if (joined := "".join(words)) in SHORTENED else ""
    if len(words) == 1:
        others = [*other_numbers(joined), *in_other_languages(joined), *SHORTER.get(joined, ())]
        return sign + "|!".join([f"{joined}{whole}", *others])
    if all(len(word) == 1 for word in words):
        # Letters with signs between them are an acronym: a name may have them without.
        return f'{sign}{joined}|"{" ".join(words)}{whole}'
    # “Co-City” may be one word or two, “dell'associazione” is two.
    plain = [without_accents(word) for word in words]
    italian = in_italian(plain)
    ways = [joined, " ".join(words) + whole, *([" ".join(italian)] if italian != plain else [])]
    return sign + "|!".join([f"{ways[0]}|{ways[1]}", *ways[2:]])


def in_other_languages(word: str) -> list[str]:
    """The Italian name of the region that the word is a name of in another language."""
    return [ITALIAN[bare]] if (bare := without_accents(word)) in ITALIAN else []


def without_accents(word: str) -> str:
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign)
    )


def other_numbers(word: str) -> list[str]:
    """The word in another number or gender, of which the stemmer may not know; perhaps no words at
    all."""
    bare = without_accents(word)
    if bare[-1:] != word[-1:] or bare.endswith(ONE_NUMBER) or bare in UNCHANGED:
        return []
    if match := UNSTEMMED.fullmatch(bare):
        root, vowel = match.groups()
        return ending_in(root, OTHER_NUMBER[vowel])
    if not (match := INFLECTED.fullmatch(bare)):
        return []
    root, vowel = match.groups()
    if bare.endswith("io"):
        return [root]
    # laboratori, laboratorio
    longer = [f"{bare}o"] if vowel == "i" else []
    return [*ending_in(root, VOWELS.replace(vowel, "")), *longer]


def ending_in(root: str, vowels: str) -> list[str]:
    """The root before each of the vowels, as it sounds the same and as it is written the same."""
    soft = root.removesuffix("h") if root.endswith(("ch", "gh")) else root
    forms = []
    for vowel in vowels:
        hard = soft + "h" if soft.endswith(("c", "g")) and vowel in "ie" else soft
        forms += [hard + vowel] if hard == soft else [hard + vowel, soft + vowel]
    return forms
