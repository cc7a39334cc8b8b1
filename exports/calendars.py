"""Editions of projects as iCalendar (RFC 5545): of one project, or ``format=ics`` of a listing.

Only editions of which the day is known are events, since an event of a month or a year would fill
a calendar with days that nobody stated. They last whole days, so no time zone matters.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from directory.dates import DAY, PartialDate
from directory.listing import Listing
from directory.models import Entry
from exports.feeds import marked, title
from exports.formats import records, streamed
from exports.result import Result
from places.languages import LANGUAGES, current, fallback_order, translated

ICS = "text/calendar"
END = b"END:VCALENDAR\r\n"
# Of an edition (``one``) and its project (``entry``), as ``event`` reads them.
COLUMNS = {
    "id": "one.id",
    "slug": "entry.slug",
    "start": "one.start",
    "end": 'one."end"',
    "end_precision": "one.end_precision",
    "address": "one.address",
    "updated": "entry.updated",
    **{
        f"{name}_{language}": f"{row}.{column}_{language}"
        for name, row, column in (
            ("title", "one", "title"),
            ("project", "entry", "name"),
            ("summary", "entry", "summary"),
            ("city", "city", "name"),
        )
        for language in LANGUAGES
    },
}
DAYS = "one.start IS NOT NULL AND one.start_precision = 'day'"
EDITIONS = (
    "JOIN projects_project AS entry ON entry.id = found.entry_id"
    f" JOIN projects_edition AS one ON one.entry_id = entry.id AND {DAYS}"
    " LEFT JOIN places_city AS city ON city.id = one.city_id"
)


def has_days(entry: Any) -> bool:
    """Whether a project has an edition that a calendar can show. No query after ``for_detail``."""
    return any(one.start and one.start_precision == DAY for one in entry.editions.all())


def of_project(request: HttpRequest, entry: Any) -> HttpResponseBase:
    """Two queries."""
    name = translated(entry, "name")[0]
    name = marked(name) if entry.invented else name
    language = current()
    rows = [
        said(one, entry)
        for one in entry.editions.select_related("city")
        if one.start and one.start_precision == DAY
    ]
    body = b"".join([opening(name), *(event(row, language).to_ical() for row in rows), END])
    response = HttpResponse(body, content_type=f"{ICS}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{entry.slug}.ics"'
    return response


def said(edition: Any, project: Entry) -> dict[str, Any]:
    """What a row of ``COLUMNS`` says."""
    row = {
        "id": edition.pk,
        "slug": project.slug,
        "start": edition.start,
        "end": edition.end,
        "end_precision": edition.end_precision,
        "address": edition.address,
        "updated": project.updated,
    }
    for name, of, column in (
        ("title", edition, "title"),
        ("project", project, "name"),
        ("summary", project, "summary"),
        ("city", edition.city, "name"),
    ):
        for language in LANGUAGES:
            row[f"{name}_{language}"] = getattr(of, f"{column}_{language}", None)
    return row


def of_listing(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """The editions of all projects that the listing found, by their day."""
    result, language = Result(listing), current()
    head = opening(title(request, listing))

    def read(line: Any) -> Iterator[bytes]:
        keys, parameters, _order = result.keys_in_order()
        columns = ", ".join(f'{sql} AS "{name}"' for name, sql in COLUMNS.items())
        query = f"SELECT {columns} FROM ({keys}) AS found {EDITIONS} ORDER BY one.start, one.id"
        yield head
        for row in records(line, result, (query, parameters)):
            yield event(dict(zip(COLUMNS, row, strict=True)), language).to_ical()
        yield END

    return streamed(request, listing, f"{ICS}; charset=utf-8", "ics", read)


def opening(name: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//civicnet//{current().upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    # What many programs read in the place of NAME (RFC 7986).
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", datetime.timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-licence", settings.LICENCE_URL)
    return calendar.to_ical().removesuffix(END)


def event(row: dict[str, Any], language: str) -> Event:
    """One edition. Its UID is its own for ever, and the same in both languages."""
    with override(language):
        page = settings.BASE_URL + reverse("projects:detail", args=[row["slug"]])
        end, until = row["end"], PartialDate.of(row["end"], row["end_precision"])
        about = [either(row, "project"), either(row, "summary")]
        made = Event()
        made.add("uid", f"edition-{row['id']}@{urlsplit(settings.BASE_URL).hostname}")
        made.add("dtstamp", row["updated"].astimezone(datetime.UTC))
        made.add("last-modified", row["updated"].astimezone(datetime.UTC))
        made.add("dtstart", row["start"])
        if until and until.precision == DAY:
            # The first day after it.
            made.add("dtend", end + datetime.timedelta(days=1))
        elif until:
            about.append(_("Until: %(date)s.") % {"date": until.localized})
        made.add("summary", either(row, "title"), parameters={"LANGUAGE": code(row, "title")})
        written = "\n".join(filter(None, about))
        made.add("description", written, parameters={"LANGUAGE": code(row, "summary")})
        if where := ", ".join(filter(None, [row["address"], either(row, "city")])):
            made.add("location", where)
        made.add("url", page)
        # It says what goes on in a city, not that somebody is busy.
        made.add("transp", "TRANSPARENT")
    return made


def either(row: dict[str, Any], name: str) -> str:
    return row[f"{name}_{code(row, name)}"] or ""


def code(row: dict[str, Any], name: str) -> str:
    """The language that a text is there in: the current one if it can be."""
    return next((one for one in fallback_order(current()) if row[f"{name}_{one}"]), current())
