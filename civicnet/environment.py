"""Reading the environment, once and strictly.

Every variable the project knows passes through one of these functions, which refuse a value
that cannot be meant instead of guessing. `READ` remembers the names: a test compares them with
`.env.example`.
"""

import os
import re
import sys
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

READ: set[str] = set()
SECRET = {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "EMAIL_URL"}

# True in a process that answers visitors: civicnet.wsgi says so before the settings are read.
# Commands (migrate, load_fixtures) may take their time; a page may not.
SERVING = False

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def refuse(sentence: str) -> NoReturn:
    """End the process with one sentence that says what to set, status 2, no traceback."""
    sys.stderr.write(f"civicnet: {sentence}\n")
    raise SystemExit(2)


def text(name: str, default: str = "") -> str:
    """The variable, trimmed; set but empty counts as not set."""
    READ.add(name)
    return os.environ.get(name, "").strip() or default


def told() -> list[tuple[str, str]]:
    """All that was read, but for what is secret: two processes that were told the same are set up
    alike."""
    return sorted((name, os.environ.get(name, "")) for name in READ - SECRET)


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"true", "yes", "on", "1"}:
        return True
    if value in {"false", "no", "off", "0"}:
        return False
    refuse(f"{name} must be true or false, not “{value}”.")


def number(name: str, default: int, least: int = 0, most: int = 2**31 - 1) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        refuse(f"{name} must be a whole number from {least} to {most}, not “{value}”.")
    return int(value)


def listing(name: str) -> list[str]:
    """Comma-separated values."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in choices:
        refuse(f"{name} must be one of {', '.join(choices)}, not “{value}”.")
    return value


def web_address(name: str, default: str = "") -> str:
    """An http(s) address, or the default."""
    value = text(name, default)
    if value:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            refuse(f"{name} must be an address with http:// or https://, not “{value}”.")
    return value


def base_address(name: str, default: str) -> str:
    """The site's own address: https, or http on this machine only.

    The security of cookies and headers follows from it, so plain http has to be asked for and
    cannot be had for visitors from elsewhere.
    """
    value = web_address(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.path or parts.query or parts.fragment:
        refuse(f"{name} must have no path, as in https://example.org, not “{value}”.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        refuse(f"{name} must start with https:// (http:// is for 127.0.0.1 only), not “{value}”.")
    return value


@dataclass(frozen=True)
class Tiles:
    """Map tiles of another host: their address with ``{z}``, ``{x}`` and ``{y}``, and who made
    them. ``origin`` is what the Content-Security-Policy has to let through."""

    url: str
    attribution: str
    origin: str


def tiles(url_name: str, attribution_name: str) -> Tiles | None:
    """Nothing without an address. It becomes part of a header, so no sign may be doubtful."""
    url, attribution = text(url_name), text(attribution_name)
    if not url:
        return None
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not is_safe or not re.fullmatch(r"[A-Za-z0-9.-]+(:\d{1,5})?", parts.netloc):
        refuse(
            f"{url_name} must be an https:// address of one host, as in"
            f" https://tiles.example.org/{{z}}/{{x}}/{{y}}.png, not “{url}”."
        )
    if not all(one in url for one in ("{z}", "{x}", "{y}")) or re.search(r"[\s\"'<>;]", url):
        refuse(f"{url_name} must hold {{z}}, {{x}} and {{y}}, and no spaces or quotes.")
    if not attribution:
        refuse(f"{attribution_name} must say whose map the tiles of {url_name} are.")
    return Tiles(url, attribution, f"{parts.scheme}://{parts.netloc}")


def mail(name: str) -> dict[str, str | int | bool]:
    """Django's mail settings from smtp://, smtp+tls:// or smtps://user:password@host:port."""
    value = text(name)
    if not value:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(value)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname or port == 0:
        refuse(f"{name} must look like smtp+tls://user:password@mail.example.org:587.")
    if parse_qsl(parts.query) or parts.path.strip("/"):
        refuse(f"{name} must have nothing after the port.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 10,
    }
