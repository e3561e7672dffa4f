"""Mattes that come from a file or from the image's own transparency, as parts that can be edited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clipmat import image_files
from rim_editor.documents.document import Combine, ImportedMatte
from rim_editor.errors import EditorError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from clipmat.image_files import OpenedImage

    Matte = NDArray[np.float32]

ALPHA_NAME = "Transparency of the image"
# Grey that was saved as colours is off by this much after strong JPEG compression.
_GREY_WITHIN = 24
# By how much, beyond rounding to whole pixels, two shapes may differ and still be the same.
_SAME_SHAPE = 0.005


class MatteUnusable(EditorError):
    """A file cannot be the matte of the image: it is coloured, empty or of another shape."""


def read_matte(path: Path, size: tuple[int, int], combine: Combine) -> ImportedMatte:
    """The matte in a file, for an image of `size`, width and height in pixels: its alpha, or else its grey values.

    White or opaque is what belongs to the object; 16 bits count fully. A matte of the same shape but another size is
    scaled. Raises MatteUnusable, and what `image_files.load` raises.
    """
    found = image_files.load(path)
    matte = _alpha(found.image)
    if matte is None:
        matte = _grey(found.image, path)
    matte = _fitted(matte, size, path)
    if matte.max() < 0.5 / 255:
        raise MatteUnusable(f"'{path.name}' is black all over: in a matte the object is white.")
    matte.setflags(write=False)
    return ImportedMatte(path.name, combine, matte)


def own_alpha(source: OpenedImage, combine: Combine) -> ImportedMatte:
    """The transparency of the image itself. Raises MatteUnusable when it has none."""
    import numpy as np

    if source.alpha is None:
        raise MatteUnusable("The image is opaque all over: there is no transparency to use as a matte.")
    matte = np.asarray(source.alpha / np.float32(255), np.float32)
    matte.setflags(write=False)
    return ImportedMatte(ALPHA_NAME, combine, matte)


def _alpha(image: Image.Image) -> Matte | None:
    """The alpha of an image, 0 to 1; None where all is opaque."""
    import numpy as np

    if not image.has_transparency_data:
        return None
    alpha = np.asarray(image.convert("RGBA").getchannel("A"), np.float32) / np.float32(255)
    return None if alpha.min() >= 1 else alpha


def _grey(image: Image.Image, path: Path) -> Matte:
    """The grey values of an image, 0 to 1. Raises MatteUnusable for one with colours."""
    import numpy as np

    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, np.float32)
        most = 65535.0 if image.mode.startswith("I") else max(1.0, float(values.max()))
        return np.asarray(np.clip(values / np.float32(most), 0, 1), np.float32)
    colours = np.asarray(image.convert("RGB"), np.uint8)
    spread = colours.max(axis=2).astype(np.int16) - colours.min(axis=2)
    if np.percentile(spread, 99) > _GREY_WITHIN:
        raise MatteUnusable(
            f"'{path.name}' is a photograph in colour, not a matte: choose a grey image, in which the object is white, "
            f"or one with transparency."
        )
    return np.asarray(image.convert("L"), np.float32) / np.float32(255)


def _fitted(matte: Matte, size: tuple[int, int], path: Path) -> Matte:
    import cv2
    import numpy as np

    height, width = matte.shape
    if (width, height) == size:
        return matte
    across, down = size[0] / width, size[1] / height
    rounding = 1 / min(width, height, *size)
    if abs(across / down - 1) > _SAME_SHAPE + rounding:
        raise MatteUnusable(
            f"'{path.name}' is {width} by {height} pixels and the image {size[0]} by {size[1]}, which is another "
            f"shape: choose the matte of the whole image, not of a part of it."
        )
    how = cv2.INTER_AREA if across < 1 else cv2.INTER_CUBIC
    return np.clip(np.asarray(cv2.resize(matte, size, interpolation=how), np.float32), 0, 1)
