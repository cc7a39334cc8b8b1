"""What lies in the database and has to be read again: sealed with the site's secret.

AES-GCM of the library ``cryptography``, with a key derived from ``SECRET_KEY``. What is sealed says
whose it is, so that it is worth nothing in another's row; whoever can only read or write the
database can neither open nor make it. Fernet, of the same library, binds to nobody, and its tokens
are longer than the column of django-otp.
"""

from __future__ import annotations

import binascii
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Before what is sealed in this way, for the day that there is another.
MARK = "1:"
NONCE = 12
PURPOSE = b"civicnet second factor"


class Unreadable(Exception):
    """Sealed with a secret that the site no longer has, for somebody else, or not at all."""


def site_secrets() -> list[str]:
    """That of today, with which all is sealed and signed, and those before it."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def account(key: int) -> str:
    """Whose a secret is: the account's."""
    return f"account {key}"


def seal(told: bytes, whose: str) -> str:
    """Of twenty bytes 66 signs."""
    nonce = secrets.token_bytes(NONCE)
    sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, told, whose.encode())
    return MARK + urlsafe_b64encode(nonce + sealed).decode()


def unseal(text: str, whose: str) -> bytes:
    """Raises ``Unreadable``."""
    for told in _opened(text, whose, site_secrets()):
        return told
    raise Unreadable


def is_of_today(text: str, whose: str) -> bool:
    return any(True for _told in _opened(text, whose, [settings.SECRET_KEY]))


def _opened(text: str, whose: str, with_each: list[str]) -> Iterator[bytes]:
    try:
        if not text.startswith(MARK):
            return
        sealed = urlsafe_b64decode(text.removeprefix(MARK))
    except (binascii.Error, ValueError):
        return
    for secret in with_each:
        try:
            yield _cipher(secret).decrypt(sealed[:NONCE], sealed[NONCE:], whose.encode())
        except (InvalidTag, ValueError):
            continue


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return AESGCM(key)
