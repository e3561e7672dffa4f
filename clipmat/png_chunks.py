"""What Pillow passes over in a PNG: its transparent colour at full depth, the picture behind texts that are too long.

Pillow compares the transparent colour of 2 and 4 bits with 8-bit samples, and that of 16 bits a channel with half of
each sample; a text or profile that grows beyond its limits keeps it from opening the file at all.
"""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat.image_metadata import warn_left_out
from clipmat.partial_images import DAMAGE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageFile

_SIGNATURE = 8
_DEPTH_AT = 24
"""Where the header has the bits of a sample."""
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")


def with_its_transparency(image: Image.Image, path: Path) -> Image.Image:
    """The picture of the PNG at `path`, as Pillow has decoded it, transparent where the file says so; others as is."""
    key = image.info.get("transparency")
    if image.format != "PNG" or key is None:
        return image
    depth = _depth(path)
    if image.mode == "L" and isinstance(key, int):
        white = 2**depth - 1
        # Higher bits than the samples have count as 0; the samples were scaled to 8 bits.
        image.info["transparency"] = (key & white) * 255 // white if depth <= 8 else key
    elif image.mode == "RGB" and isinstance(key, tuple) and depth == 16:
        from PIL import Image as Pillow

        alpha = Pillow.fromarray(_differs(image, key, path))
        return Pillow.merge("RGBA", (*image.split(), alpha))
    return image


def is_too_long(error: Exception) -> bool:
    """Whether this is Pillow's error for a text or a profile beyond its limits, which it has against bombs."""
    return "MAX_TEXT_" in str(error)


def opened_without_texts(path: Path) -> ImageFile.ImageFile:
    """The PNG without its texts, and without a profile that is too long; an ImageWarning says so."""
    from PIL import Image, PngImagePlugin

    content = path.read_bytes()
    kept, at, kinds = bytearray(content[:_SIGNATURE]), _SIGNATURE, set[str]()
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        chunk = content[at : at + 12 + length]
        if kind in _TEXTS:
            kinds.add("text")
        elif kind == b"iCCP" and _inflates_beyond(chunk[8:-4].partition(b"\0")[2][1:], PngImagePlugin.MAX_TEXT_CHUNK):
            kinds.add("profile")
        else:
            kept += chunk
        at += len(chunk)
    for kind in sorted(kinds):
        warn_left_out(path, kind, "too long")
    return Image.open(io.BytesIO(bytes(kept + content[at:])), formats=["PNG"])


def _depth(path: Path) -> int:
    with path.open("rb") as file:
        file.seek(_DEPTH_AT)
        return (file.read(1) or b"\0")[0] or 8


def _differs(image: Image.Image, key: tuple[int, ...], path: Path) -> NDArray[np.uint8]:
    """Of a picture of 16 bits, of which `image` has the upper halves: 0 where it is of the colour `key`, else 255."""
    import numpy as np
    from PIL import Image as Pillow

    same = (np.asarray(image) == [value >> 8 for value in key]).all(axis=2)
    if not same.any():
        return np.full(same.shape, 255, np.uint8)
    try:
        with Pillow.open(path, formats=["PNG"]) as other:
            # As if the lower half of a sample came last: what Pillow keeps is the half that it leaves out otherwise.
            other.tile = [tile._replace(args="RGB;16L") for tile in other.tile]
            same &= (np.asarray(other) == [value & 255 for value in key]).all(axis=2)
    except DAMAGE:  # the rows that are there were compared by their upper halves
        return np.where(same, 0, 255).astype(np.uint8)
    return np.where(same, 0, 255).astype(np.uint8)


def _inflates_beyond(data: bytes, limit: int) -> bool:
    try:
        return len(zlib.decompressobj().decompress(data, limit + 1)) > limit
    except zlib.error:
        return False
