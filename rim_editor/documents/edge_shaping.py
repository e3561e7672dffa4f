"""Shaping of a matte's edge: shift, feather and contrast. HxW float32 in [0, 1] in, the same out; `mattes` orders them.

No argument is ever written to; where there is nothing to do, the very array that came in is returned.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rim_editor.documents.strokes import Box, grown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matte = NDArray[np.float32]

# Tiles of this side and their intermediate maxima stay in the processor's cache.
_TILE_PX = 384


def contrasted(matte: Matte, amount: float) -> Matte:
    """The matte with its slope about one half raised by 1 / (1 - amount): 0 as it is, 1 a hard edge (>= 0.5 is 1)."""
    import numpy as np

    if amount <= 0:
        return matte
    if amount >= 1:
        return (matte >= np.float32(0.5)).astype(np.float32)
    result = np.asarray((matte - np.float32(0.5)) * np.float32(1 / (1 - amount)), np.float32)
    result += np.float32(0.5)
    return np.clip(result, 0, 1, out=result)


def feathered(matte: Matte, sigma: float) -> Matte:
    """A Gaussian blur with a standard deviation of `sigma` pixels; beyond the border the matte is mirrored.

    A wide blur is done on a smaller copy, where it costs the same as a narrow one.
    """
    import cv2
    import numpy as np

    if sigma <= 0:
        return matte
    height, width = matte.shape
    shrink = max(1, int(sigma / 4))
    result = matte
    if shrink > 1:
        small = (max(1, -(-width // shrink)), max(1, -(-height // shrink)))
        result = np.asarray(cv2.resize(matte, small, interpolation=cv2.INTER_AREA), np.float32)
        # The box that shrinks and the triangle that grows blur as well, by shrink² / 12 and shrink² / 6.
        sigma = math.sqrt(sigma**2 - shrink**2 / 4) / shrink
    result = np.asarray(cv2.GaussianBlur(result, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)
    if shrink > 1:
        result = np.asarray(cv2.resize(result, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return np.clip(result, 0, 1, out=result)


def shifted(matte: Matte, pixels: float) -> Matte:
    """The edge moved by `pixels`, outwards when positive, inwards when negative.

    Grey dilation or erosion by a disc; between two whole radii it is interpolated. Beyond the border of the image
    there is nothing: an object that the border cuts does not shrink from it.
    """
    import numpy as np

    radius = abs(pixels)
    low, share = int(radius), np.float32(radius - int(radius))
    if radius == 0 or not matte.size:
        return matte
    near, far = low, low + 1 if share else low
    result = matte.copy()
    for rows, columns, outer in _tiles(matte.shape, far):
        tile = matte[outer]
        if tile.min() == tile.max():
            continue
        inner = (slice(rows.start - outer[0].start, rows.stop - outer[0].start),
                 slice(columns.start - outer[1].start, columns.stop - outer[1].start))  # fmt: skip
        moved = _spread(tile, far, inner, grows=pixels > 0)
        if share:
            less = _spread(tile, near, inner, grows=pixels > 0)
            moved = np.clip(less + (moved - less) * share, 0, 1)
        result[rows, columns] = moved
    return result


def _tiles(shape: tuple[int, ...], margin: int) -> Iterator[tuple[slice, slice, Box]]:
    height, width = shape
    for top in range(0, height, _TILE_PX):
        for left in range(0, width, _TILE_PX):
            rows, columns = slice(top, min(height, top + _TILE_PX)), slice(left, min(width, left + _TILE_PX))
            yield rows, columns, (grown(rows, margin, height), grown(columns, margin, width))


def _spread(tile: Matte, radius: int, inner: Box, *, grows: bool) -> Matte:
    """The maximum (or minimum) of the disc about every pixel of `inner`, a disc of OpenCV's shape.

    A disc is a stack of chords (Urbach and Wilkinson 2008): the maximum over a chord is that of two spans whose
    length is a power of two, and those come from each other by doubling.
    """
    import numpy as np

    extreme = np.maximum if grows else np.minimum
    if radius == 0:
        return tile[inner]
    rows, columns = inner
    width = columns.stop - columns.start
    # Beyond the tile lies the border of the image: nothing there may win.
    padded = np.pad(tile, radius, constant_values=-1.0 if grows else 2.0)
    spans = [padded]
    while 1 << len(spans) <= 2 * radius + 1:
        half = 1 << (len(spans) - 1)
        spans.append(extreme(spans[-1][:, :-half], spans[-1][:, half:]))
    result: Matte | None = None
    chord, reach = padded, -1
    for down in range(radius + 1):
        wanted = round(math.sqrt(radius * radius - down * down))
        if wanted != reach:
            reach, power = wanted, (2 * wanted + 1).bit_length() - 1
            first = columns.start + radius - reach
            second = columns.start + radius + reach + 1 - (1 << power)
            chord = extreme(spans[power][:, first : first + width], spans[power][:, second : second + width])
        for row in {radius + down, radius - down}:
            part = chord[rows.start + row : rows.stop + row]
            result = part.copy() if result is None else extreme(result, part, out=result)
    assert result is not None
    return result
