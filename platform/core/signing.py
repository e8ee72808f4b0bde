"""The site's own signature: one private key signs, every key that ever signed still verifies.

`SIGNING_KEY` is the private key (32 bytes, URL-safe base64). To change it, put the public key of the old one (`x` in
the published set) into `VERIFYING_KEYS`: what it signed stays genuine, and it can no longer sign.
"""

import base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from core import signatures
from core.signatures import NotGenuine, Payload

__all__ = ["NotGenuine", "Payload", "keys", "published_keys", "sign", "signing_keys", "verify"]


@lru_cache(maxsize=4)
def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(text))


def _public() -> list[Ed25519PublicKey]:
    """Newest first."""
    old = [
        Ed25519PublicKey.from_public_bytes(signatures.from_base64(text.rstrip("=")))
        for text in settings.VERIFYING_KEYS
    ]
    return [_private(settings.SIGNING_KEY).public_key(), *old]


def keys() -> dict[str, Ed25519PublicKey]:
    """Every public key of the site by its id."""
    return {signatures.key_id(key): key for key in _public()}


def sign(payload: Mapping[str, Any], *, kind: str) -> str:
    """`payload` (no fractions in it) as a signed statement of this kind, for instance "certificate"."""
    return signatures.sign(payload, kind=kind, key=_private(settings.SIGNING_KEY))


def verify(statement: str, *, kind: str) -> Payload:
    """What this site signed. Raises NotGenuine with `why`: unreadable, unknown_key, altered, another_kind."""
    return signatures.verify(statement, kind=kind, keys=keys())


def published_keys() -> dict[str, Any]:
    return signatures.key_set(_public())


@require_safe
def signing_keys(_request: HttpRequest) -> HttpResponse:
    """The public keys, for whoever wants to check a certificate without this site."""
    response = JsonResponse(published_keys())
    response["Access-Control-Allow-Origin"] = "*"
    return response
