"""Sensitive text at rest: sealed with a key of the site, opened only through `core.audit.open_sealed`.

AES-256-GCM of the `cryptography` library with a random nonce of 96 bits. The name of the column and the id of the
row's owner are bound in as associated data, so a sealed value that is moved to another row does not open.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


class CannotOpen(ValueError):
    """None of the site's keys opens this value, or it was moved from its row."""


def _keys() -> list[AESGCM]:
    return [AESGCM(base64.urlsafe_b64decode(key)) for key in settings.FIELD_KEYS]


def seal(text: str, *, context: str) -> bytes:
    """`text` as bytes that only this site can read; `context` must be given again to open it. Empty stays empty."""
    if not text:
        return b""
    nonce = os.urandom(NONCE)
    return nonce + _keys()[0].encrypt(nonce, text.encode(), context.encode())


def unseal(sealed: bytes | memoryview, *, context: str) -> str:
    """The text that was sealed. Raises CannotOpen."""
    raw = bytes(sealed)
    if not raw:
        return ""
    for key in _keys():
        try:
            return key.decrypt(raw[:NONCE], raw[NONCE:], context.encode()).decode()
        except InvalidTag:
            continue
    raise CannotOpen(context)
