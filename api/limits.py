"""How many requests an address may make in a minute, counted where all workers see it.

Addresses are not stored: only a digest with the site's secret, of an IPv4 address or of the 64 bits
that a household or an office has of IPv6. The headers are those of the IETF's draft “RateLimit
header fields for HTTP”.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import InternalError, connection
from django.http import HttpRequest
from django.utils import timezone
from psycopg.errors import ReadOnlySqlTransaction

from staff.visitors import address_digest, address_of

WINDOW = 60  # seconds
COUNT = """
INSERT INTO api_visit AS visit (visitor, minute, n) VALUES (%s, %s, 1)
ON CONFLICT (visitor, minute) DO UPDATE SET n = visit.n + 1 RETURNING n
"""


@dataclass(frozen=True)
class Allowance:
    """What is left to a visitor; ``resets`` in so many seconds."""

    limit: int
    used: int
    resets: int

    @property
    def is_spent(self) -> bool:
        return self.used > self.limit

    @property
    def headers(self) -> dict[str, str]:
        left = max(self.limit - self.used, 0)
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW}',
            "RateLimit": f'"minute";r={left};t={self.resets}',
        }


def spend(request: HttpRequest) -> Allowance:
    """Counts the request. One statement.

    A database that can only be read keeps no count, and lets everybody in.
    """
    now = timezone.now()
    minute = now.replace(second=0, microsecond=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [address_digest("api", address_of(request)), minute])
            (used,) = cursor.fetchone()
    except InternalError as error:
        if not isinstance(error.__cause__, ReadOnlySqlTransaction):
            raise
        used = 0
    return Allowance(settings.API_REQUESTS_PER_MINUTE, used, WINDOW - now.second)


def forget() -> str:
    """Deletes what counts no more."""
    with connection.cursor() as cursor:
        before = timezone.now() - timedelta(seconds=2 * WINDOW)
        cursor.execute("DELETE FROM api_visit WHERE minute < %s", [before])
        return f"{cursor.rowcount} deleted"
