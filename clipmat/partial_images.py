"""What is still readable of an image file that is damaged or was cut off: the rows before the damage.

Pillow keeps what it has decoded when it raises. A JPEG also needs the end marker that it lost, without which the last
rows, and of a progressive one all of them, stay inside the decoder. WebP, AVIF, HEIC and JPEG 2000 give nothing before
they are whole. Pillow's own switch for this, LOAD_TRUNCATED_IMAGES, counts for all threads at once and makes a black
image of what cannot be read, so it is not used.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat.errors import ImageWarning

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageFile

DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, RuntimeError, struct.error,
    zlib.error, ArithmeticError, AssertionError, AttributeError,
)  # fmt: skip
"""What the decoders of Pillow and pillow-heif raise when a file is damaged."""
_ROW_BY_ROW = frozenset(("JPEG", "MPO", "PNG", "TIFF", "BMP", "DIB", "GIF", "PPM", "TGA"))
"""Pillow's names of the formats whose decoders give rows as they come."""
_JPEG_END = b"\xff\xd9"


def rest_of(
    damaged: ImageFile.ImageFile, path: Path, error: Exception, draft: tuple[int, int] | None
) -> ImageFile.ImageFile:
    """What was decoded of `damaged`, whose `load` has just raised `error`; rows that are missing are of one colour.

    `path` is its file, which a JPEG is read from once more, reduced to `draft` (width, height) if that is given. An
    ImageWarning names the damage and the share of the rows that is there. Raises `error` when nothing could be decoded.
    """
    if damaged.format not in _ROW_BY_ROW:
        raise error
    try:
        image = damaged
        if damaged.format in ("JPEG", "MPO"):
            image = _with_end(path)
            if draft is not None:
                image.draft(image.mode, draft)
        else:
            image.tile = []  # there is nothing more to decode: what is there counts as loaded
        image.load()
        share = _decoded_share(image)
    except Exception:  # noqa: BLE001 - decoders raise anything on damage; the first error is the one to report
        raise error from None
    if share == 0:
        raise error
    shown = f"{max(1, round(100 * share))} % of it" if share < 0.995 else "what could be decoded"
    text = f"'{path}' is damaged or incomplete ({reason(error)}): {shown} is shown, copy or download it again."
    warnings.warn(text, ImageWarning, stacklevel=4)
    return image


def reason(error: Exception) -> str:
    """What is wrong with a file whose decoding ended with `error`, in words for users."""
    text = str(error).lower()
    cut_off = any(sign in text for sign in ("truncated", "not processed", "end of file", "eof"))
    return "the file ends too early" if cut_off else "some of its data is broken"


def _with_end(path: Path) -> ImageFile.ImageFile:
    from PIL import Image

    return Image.open(io.BytesIO(path.read_bytes() + _JPEG_END), formats=["JPEG"])


def _decoded_share(image: Image.Image) -> float:
    """The share of the rows without those at one end that are all of one colour, as rows are that were not decoded."""
    import numpy as np

    samples: NDArray[np.generic] = np.asarray(image)
    # BMP and TGA begin with the last row.
    return 1 - max(_of_one_colour(samples), _of_one_colour(samples[::-1])) / len(samples)


def _of_one_colour(samples: NDArray[np.generic]) -> int:
    """How many rows at the end of `samples` are of the colour of its last pixel."""
    last = samples[-1, -1]
    return next((number for number, row in enumerate(samples[::-1]) if (row != last).any()), len(samples))
