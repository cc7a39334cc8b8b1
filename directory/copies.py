"""Texts of a proposal that are the other language's, word for word: a start, no translation.

A reviewer sees it, and accepting leaves them to be written (``directory.translated_texts`` and, for
those in lists, ``directory.marked_texts``, whose rules these are). Where the other language's text
was changed while the proposal waited, what was copied from it is out of date.

A text is named by its column, with its row before it in a list: ``milestones:5:text_en``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.db import models
from django.utils import timezone
from modeltranslation.manager import get_translatable_fields_for_model

from directory.history import Document, Fields, lists_of
from directory.marked_texts import NAMES, STALE, give_marks
from directory.models import Entry
from directory.translated_texts import texts_of
from places.languages import LANGUAGES, other


def copies(model: type[Entry], now: Document, then: Document) -> set[str]:
    """The texts that somebody copies who makes of one document the other."""
    found = set(_copied(texts_of(model), now.fields, then.fields))
    for name, relation in lists_of(model).items():
        texts = _texts_of_rows(relation.related_model)
        for pk, row in then.lists[name].items():
            before = now.lists[name].get(pk)
            if row and row != before:
                written = texts if before else [text for text in texts if text not in NAMES]
                found |= {f"{name}:{pk}:{text}" for text in _copied(written, before or {}, row)}
    return found


@cache
def _texts_of_rows(model: type[models.Model]) -> tuple[str, ...]:
    """The title of a source is quoted, in whichever language it is."""
    texts = get_translatable_fields_for_model(model) or ()
    return () if model._meta.model_name.endswith("source") else tuple(texts)  # type: ignore[union-attr]


def _copied(texts: Iterable[str], before: Fields, after: Fields) -> Iterator[str]:
    for text in texts:
        columns = [f"{text}_{language}" for language in LANGUAGES]
        was, (first, second) = (
            [row.get(column) or "" for column in columns] for row in (before, after)
        )
        changed = (first != was[0], second != was[1])
        if first and first == second and any(changed):
            yield columns[1] if changed[1] else columns[0]


def said(document: Document, text: str) -> str | None:
    """What a document says in a text; None where it says nothing about it."""
    unit, _colon, column = text.rpartition(":")
    if not unit:
        return document.fields.get(column)
    name, _colon, pk = unit.partition(":")
    return (document.lists[name].get(int(pk)) or {}).get(column)


def twin(text: str) -> str:
    """The same text in the other language."""
    start, _bar, language = text.rpartition("_")
    return f"{start}_{other(language)}"


def behind(texts: Iterable[str], proposed: Document, now: Document) -> set[str]:
    """Of the texts that were copied, those that still are what was proposed, while the other
    language says something else by now."""
    return {
        text
        for text in texts
        if (mine := said(now, text)) == said(proposed, text)
        and mine
        and (others := said(now, twin(text)))
        and mine != others
    }


def leave_rows_behind(rows: dict[str, Any], texts: Iterable[str]) -> None:
    """Mark texts of rows, by the row's list and key, as out of date. Two queries for each.

    An entry's own get their mark when they are saved: ``translated_texts.known_behind``.
    """
    for one in texts:
        unit, _colon, column = one.rpartition(":")
        give_marks(rows[unit], {column: {"mark": STALE, "since": timezone.now()}})
