"""A model as bytes in the database: plain arrays, and a seal.

Not a pickle: loading one runs whatever is in it, and a row of the database is no reason to run code. The arrays are
read with `allow_pickle=False`. The seal (HMAC-SHA256 with the site's secret, over version and bytes) is checked before
anything is read, so that whoever can write the row but does not hold the secret cannot decide who is asked.
"""

import io
import zipfile
from dataclasses import fields
from hmac import compare_digest

import numpy as np
from django.conf import settings
from django.utils.crypto import salted_hmac

from matching.engine import FEATURES
from matching.learning.model import ServedAcceptance
from matching.learning.trees import Trees

SALT = "matching.learning.artefact"


class UnusableArtefactError(Exception):
    """The seal is not ours, or the model knows other features than this version of the site."""


def packed(model: ServedAcceptance) -> bytes:
    trees = {f"trees_{field.name}": getattr(model.trees, field.name) for field in fields(Trees)}
    file = io.BytesIO()
    np.savez_compressed(
        file,
        features=np.array(FEATURES, dtype=np.str_),
        line=model.line,
        calibration=model.calibration,
        volunteers=model.volunteers,
        effects=model.effects,
        **trees,
    )
    return file.getvalue()


def seal(version: str, content: bytes, secret: str | None = None) -> str:
    """64 hexadecimal digits."""
    message = version.encode() + b"\0" + content
    return salted_hmac(SALT, message, secret=secret, algorithm="sha256").hexdigest()


def opened(version: str, content: bytes, sealed: str) -> ServedAcceptance:
    """Raises UnusableArtefactError. A secret that was replaced still opens while it stands in SECRET_KEY_FALLBACKS."""
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if not any(compare_digest(seal(version, content, secret), sealed) for secret in secrets):
        raise UnusableArtefactError("the seal does not fit")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            held = {name: arrays[name] for name in arrays.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise UnusableArtefactError("these are not the arrays of a model") from error
    if tuple(held["features"].tolist()) != FEATURES:
        raise UnusableArtefactError("learned with other features")
    parts = {field.name: held[f"trees_{field.name}"] for field in fields(Trees)}
    return ServedAcceptance(
        version=version,
        trees=Trees(**parts | {"base": float(parts["base"])}),
        line=held["line"],
        calibration=held["calibration"],
        volunteers=held["volunteers"],
        effects=held["effects"],
    )
