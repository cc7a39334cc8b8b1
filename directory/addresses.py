"""Web addresses: which ones the directory accepts, and when two of them are the same."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_CHARACTERS = 500
DEFAULT_PORTS = {"http": 80, "https": 443}
# What browsers would quote or, worse, drop; none of it belongs in an address as written. Nor does
# what is not printable, which is every space but this one, and signs without a shape.
UNWRITABLE = frozenset(' <>"\\`')
LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
# Parameters that say where a visitor came from, not which page it is.
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id")


def validate_web_address(value: str) -> None:
    """Refuse, with a sentence that says why, what is not a public http or https address.

    Numeric hosts and hosts without a dot are refused too: visitors could not reach them.
    """
    if len(value) > MOST_CHARACTERS:
        raise ValidationError(
            _("The web address is too long: at most %(most)d characters are accepted."),
            code="too_long",
            params={"most": MOST_CHARACTERS},
        )
    # Looked for before splitting: Python drops tabs and line ends from an address in silence.
    if not (value.isprintable() and UNWRITABLE.isdisjoint(value)):
        raise ValidationError(
            _("The web address contains a space or a character that addresses cannot have."),
            code="characters",
        )
    if not value.lower().startswith(("http://", "https://")):
        raise ValidationError(
            _("The web address must begin with http:// or https://."), code="scheme"
        )
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:  # a broken port or bracket, or letters that stand for “/”, “@” or “:”
        raise _no_host() from None
    if "@" in parts.netloc:
        raise ValidationError(
            _("The web address must not contain a user name or a password."), code="credentials"
        )
    if port == 0 or not _is_public_name(parts.hostname or ""):
        raise _no_host()


def _no_host() -> ValidationError:
    return ValidationError(
        _("The web address must name a site, such as https://www.example.org/."), code="host"
    )


def _is_public_name(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    return (
        len(labels) > 1
        and len(host) <= 253
        and all(LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )


def normalised_address(url: str) -> str:
    """What two addresses of the same page have in common, to find doubles; not to be followed.

    Ignored are http or https, ``www.``, the usual port, capitals in the host, the fragment, a
    closing slash, the order of parameters and those that only track. ``url`` is a valid address.
    """
    parts = urlsplit(url.strip())
    query = urlencode(
        sorted(
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if not TRACKING.fullmatch(name)
        )
    )
    # “%” is left alone so that what is quoted already is not quoted twice.
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._").rstrip("/")
    return f"https://{_host(parts)}{path}" + (f"?{query}" if query else "")


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").removesuffix(".").removeprefix("www.")
    with suppress(UnicodeError):  # not a name that can be registered, still one to compare
        name = name.encode("idna").decode()
    port = parts.port
    return name if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{name}:{port}"
