"""Kinds of pixels: whatever Pillow opens becomes one of the few modes that everything else knows how to convert.

White is the largest sample, sixteen bits are sixteen bits, and colours are straight where there is an alpha.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat import png_chunks
from clipmat.errors import ImageUnsupported

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

PLAIN = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I", "F", "I;16")
"""Modes that `plain` gives."""
_STRAIGHT = {"La": "LA", "RGBa": "RGBA", "PA": "RGBA", "RGBX": "RGB", "HSV": "RGB"}
_PHOTOMETRIC, _BITS, _PLANAR, _FORMAT = 262, 258, 284, 339
_WHITE_IS_ZERO, _LAB, _PLANES, _SIGNED = 0, 8, 2, 2
_STRIP = 1 << 20
"""Bytes of pixels that are copied at a time."""
_SWITCHING = threading.Lock()


def load_plugins(head: bytes) -> None:
    """Have Pillow know the format of a file that begins with `head`: the usual ones alone, sooner, or all."""
    from PIL import Image

    if head.startswith((b"\xff\xd8", b"\x89PNG")):
        Image.preinit()
    else:
        Image.init()
        _open_more_tiffs()


def _open_more_tiffs() -> None:
    """Let Pillow open white-is-zero at 12 and 16 bits in either byte order, which it lists for other depths only."""
    from PIL.TiffImagePlugin import II, MM, OPEN_INFO

    OPEN_INFO.setdefault((MM, _WHITE_IS_ZERO, (1,), 1, (16,), ()), ("I;16B", "I;16B"))
    OPEN_INFO.setdefault((II, _WHITE_IS_ZERO, (1,), 1, (12,), ()), ("I;16", "I;12"))


@contextmanager
def opening_through_libtiff(wanted: bool) -> Iterator[None]:
    """Inside, if `wanted`, TIFF files that Pillow opens are decoded by libtiff even where they are not compressed.

    Of planes, one for each channel, Pillow itself takes the first byte of every sample for all of it. Other threads
    may open files meanwhile: either way gives them the same pixels.
    """
    if not wanted:
        yield
        return
    from PIL import TiffImagePlugin

    with _SWITCHING:
        TiffImagePlugin.READ_LIBTIFF = True
        try:
            yield
        finally:
            TiffImagePlugin.READ_LIBTIFF = False


def plain(image: Image.Image, path: Path) -> Image.Image:
    """The same picture in one of the modes of `PLAIN`. Raises ImageUnsupported."""
    if _is_signed(image):
        raise ImageUnsupported(f"'{path}' has samples with a sign: save it with 8 or 16 bits a channel and none.")
    if image.mode in _STRAIGHT and not (image.mode == "La" and _in_planes(image)):
        return image.convert(_STRAIGHT[image.mode])
    if image.mode.startswith("I;16") or image.mode == "F":
        return _scaled(image)
    # Of grey and alpha in two planes Pillow makes up the alpha.
    if image.mode not in PLAIN or (image.mode == "LA" and _in_planes(image)):
        raise unsupported(path)
    return png_chunks.with_its_transparency(image, path)


def _in_planes(image: Image.Image) -> bool:
    tags: Any = getattr(image, "tag_v2", {})
    return bool(tags.get(_PLANAR) == _PLANES)


def _is_signed(image: Image.Image) -> bool:
    """Whether samples of 8 or 16 bits have a sign, which Pillow takes for a part of the number, or half the range."""
    tags: Any = getattr(image, "tag_v2", {})
    signed = _SIGNED in tags.get(_FORMAT, ()) and max(tags.get(_BITS, (1,))) <= 16
    return signed and tags.get(_PHOTOMETRIC) != _LAB  # whose colours have one by nature


def unsupported(path: Path) -> ImageUnsupported:
    """The error of a file whose pixels are of a kind that cannot be read or converted."""
    return ImageUnsupported(
        f"'{path}' has pixels of a kind that cannot be read: save it as RGB or grey with 8 or 16 bits a channel."
    )


def eight_bits(image: Image.Image, path: Path) -> Image.Image:
    """A `plain` image with 8 bits a channel. Raises ImageUnsupported for samples without a fixed white."""
    import numpy as np
    from PIL import Image as Pillow

    if not image.mode.startswith(("I", "F")):
        return image
    samples = np.asarray(image)
    if image.mode == "F" or samples.min() < 0 or samples.max() > 65535:
        raise ImageUnsupported(
            f"'{path}' has 32-bit samples without a fixed white: save it with 8 or 16 bits a channel."
        )
    return Pillow.fromarray(((samples.astype(np.uint32) + 128) // 257).astype(np.uint8))


def _scaled(image: Image.Image) -> Image.Image:
    """Deep grey with white as its largest sample; grey of 8 bits with alpha where one of its values is transparent."""
    import numpy as np
    from PIL import Image as Pillow

    tags: Any = getattr(image, "tag_v2", {})
    inverted = tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
    key = image.info.get("transparency")
    twelve = image.mode.startswith("I;16") and tags.get(_BITS) == (12,)
    if image.mode in ("F", "I;16") and not inverted and not twelve and key is None:
        return image
    samples = np.asarray(image)
    if image.mode == "F":
        return Pillow.fromarray(max(np.float32(1), samples.max()) - samples)
    if twelve:
        samples = (samples.astype(np.uint32) * 65535 // 4095).astype(np.uint16)
    samples = (65535 - samples if inverted else samples).astype(np.uint16)
    if not isinstance(key, int):
        return Pillow.fromarray(samples)
    alpha = Pillow.fromarray(np.where(samples == key, 0, 255).astype(np.uint8))
    return Pillow.merge("LA", (Pillow.fromarray(((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)), alpha))


def pixels_of(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels of an L or RGB image in an array of their own: HxW or HxWx3 uint8.

    They are taken a strip at a time: of a whole image Pillow packs a copy, and joins it to another one.
    """
    import numpy as np

    channels = len(image.getbands())
    pixels = np.empty((image.height, image.width, *((channels,) if channels > 1 else ())), np.uint8)
    rows = max(1, _STRIP // max(1, image.width * channels))
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return pixels
