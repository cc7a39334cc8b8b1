"""Who asks: the network address, of which only keyed digests are ever stored."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The visitor's address, as the proxy says it where there is one.

    Of a list the last, which the proxy wrote: those before it are whatever the visitor sent.
    """
    if header := settings.PROXY_ADDRESS_HEADER:
        return request.headers.get(header, "").rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


def address_digest(purpose: str, address: str) -> bytes:
    """Of an IPv4 address, or of the 64 bits that a household or an office has of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        told = address.encode()
    else:
        told = parsed.packed[:8] if isinstance(parsed, IPv6Address) else parsed.packed
    return digest(purpose, told)


def digest(purpose: str, told: bytes, secret: str = "") -> bytes:
    """Sixteen bytes that cannot be told back without the site's secret, nor compared with those
    of another purpose. ``secret`` is one of before, if it is not to be that of today."""
    key = secret or settings.SECRET_KEY
    return hmac.digest(key.encode(), purpose.encode() + told, hashlib.sha256)[:16]
