"""Pictures that people send: looked at, never believed, drawn anew.

What a file claims to be does not count; Pillow recognises it by its first bytes. The pixels are drawn into a JPEG of
our own, so that nothing else in the file survives: no place where it was taken, no script, no second file behind it.
"""

import io
import warnings
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import DomainError

FORMATS = ("JPEG", "PNG", "WEBP")
MEGABYTE = 1024 * 1024
MOST_PIXELS = 40_000_000  # a phone's camera; a small file may unfold to gigabytes
SIDE = 1600  # pixels of the longer side that are kept


def drawn_anew(file: BinaryIO, size: int, *, most_megabytes: int) -> bytes:
    """A JPEG, at most SIDE pixels long. `size` is that of the file in bytes.

    Raises DomainError `picture_too_large`, `not_a_picture`.
    """
    if size > most_megabytes * MEGABYTE:
        raise DomainError(
            "picture_too_large",
            _("This picture is larger than %(most)d MB."),
            help=_("Most phones can send a smaller size of it."),
            params={"most": most_megabytes},
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                picture.draft("RGB", (SIDE, SIDE))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((SIDE, SIDE))
                paper = Image.new("RGB", upright.size, "white")
                has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
                paper.paste(upright.convert("RGBA") if has_alpha else upright.convert("RGB"))
                drawn = io.BytesIO()
                paper.save(drawn, "JPEG", quality=82, optimize=True)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise DomainError(
            "not_a_picture",
            _("This file cannot be read as a picture."),
            help=_("JPEG, PNG and WebP can be sent."),
        ) from None
    return drawn.getvalue()
