"""Signed statements that anybody can check without asking us: JWS with Ed25519 (RFC 7515, RFC 8037).

Pure: no Django, no settings, only `cryptography`. A statement is three pieces of URL-safe base64 with dots between: a
header that names the key, the payload as canonical JSON, the signature of both. Public keys are published as a JSON
Web Key Set (RFC 7517), so other people's libraries read them too.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Payload = dict[str, Any]
PublicKeys = Mapping[str, Ed25519PublicKey]  # by key id
ALGORITHM = "EdDSA"
KEY_ID_LENGTH = 12  # of 43 characters of a thumbprint: 72 bits, and a shorter QR code
KIND = "kind"  # the field that says what a statement is, so that one can never pass for another


class NotGenuine(ValueError):
    """A statement that does not hold. `why`: unreadable, unknown_key, altered, another_kind."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def to_base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    """Raises ValueError for anything that `to_base64` would not have written."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if to_base64(raw) != text:
        raise binascii.Error("not canonical")
    return raw


def canonical(payload: Mapping[str, Any]) -> bytes:
    """One spelling for one content: sorted names, no spaces, UTF-8. Fractions are refused: their spelling varies."""
    _refuse_fractions(payload)
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _refuse_fractions(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a signed payload holds no fractions: say minutes, not hours")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_fractions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_fractions(inner)


def public_bytes(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(key: Ed25519PublicKey) -> str:
    """The beginning of the key's thumbprint (RFC 7638)."""
    thumbprint = canonical({"crv": "Ed25519", "kty": "OKP", "x": to_base64(public_bytes(key))})
    return to_base64(hashlib.sha256(thumbprint).digest())[:KEY_ID_LENGTH]


def sign(payload: Mapping[str, Any], *, kind: str, key: Ed25519PrivateKey) -> str:
    """The statement `payload` of this kind, signed."""
    header = canonical({"alg": ALGORITHM, "kid": key_id(key.public_key())})
    signed = f"{to_base64(header)}.{to_base64(canonical({**payload, KIND: kind}))}"
    return f"{signed}.{to_base64(key.sign(signed.encode()))}"


def verify(statement: str, *, kind: str, keys: PublicKeys) -> Payload:
    """What was signed. Raises NotGenuine."""
    try:
        header, payload, signature = statement.strip().split(".")
        said = json.loads(from_base64(header))
        seal = from_base64(signature)
        identity = str(said["kid"])
        is_ours = said["alg"] == ALGORITHM
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotGenuine("unreadable") from None
    key = keys.get(identity) if is_ours else None
    if key is None:
        raise NotGenuine("unknown_key")
    try:
        key.verify(seal, f"{header}.{payload}".encode())
    except InvalidSignature:
        raise NotGenuine("altered") from None
    content: Payload = json.loads(from_base64(payload))
    if content.pop(KIND, None) != kind:
        raise NotGenuine("another_kind")
    return content


def key_set(keys: Iterable[Ed25519PublicKey]) -> dict[str, Any]:
    """Public keys as a JSON Web Key Set."""
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "use": "sig",
                "alg": ALGORITHM,
                "kid": key_id(key),
                "x": to_base64(public_bytes(key)),
            }
            for key in keys
        ]
    }


def read_key_set(published: Mapping[str, Any]) -> dict[str, Ed25519PublicKey]:
    """The keys of a JSON Web Key Set, by id. Raises ValueError when it is none."""
    try:
        found = [
            Ed25519PublicKey.from_public_bytes(from_base64(row["x"]))
            for row in published["keys"]
            if row.get("kty") == "OKP" and row.get("crv") == "Ed25519"
        ]
    except (KeyError, TypeError, AttributeError):
        raise ValueError("not a key set") from None
    return {key_id(key): key for key in found}
