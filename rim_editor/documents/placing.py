"""Placing: an object with soft edges moved, scaled, turned and mirrored, without fringes and without loss of detail."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rim_editor.documents.compositing import RIM_PX, Strips, strips
from rim_editor.documents.strokes import Box, box_around

if TYPE_CHECKING:
    from rim_editor.documents.composition import Placement

Pixels = NDArray[np.uint8]
Coverage = NDArray[np.float32]
Matrix = NDArray[np.float64]
"""2x3: from points of the image to points of the result; (0, 0) is the corner of the first pixel."""

_TILE = 512
_REACH = 3
"""Pixels beside a point from which a cubic interpolation reads."""
_SEEN, _WHOLE = np.float32(1 / 1024), np.float32(1 - 1 / 4096)


@dataclass(frozen=True, eq=False)
class _Source:
    """The part of an image in which an object is, perhaps reduced."""

    colours: Pixels
    matte: Coverage
    to_image: Matrix
    """From its points to those of the image."""


def matrix(placement: Placement, middle: tuple[float, float], size: tuple[int, int]) -> Matrix:
    """Where a placement puts the points of an image of `size`, width and height, whose object has its `middle` there.

    `middle` is x, y as shares of the size. Mirrored, scaled, turned clockwise, moved, in this order.
    """
    width, height = size
    x, y = middle[0] * width, middle[1] * height
    across, down = (placement.scale * part(math.radians(placement.angle)) for part in (math.cos, math.sin))
    linear = np.array([[across, -down], [down, across]]) @ np.diag([-1.0 if placement.mirrored else 1.0, 1.0])
    moved = np.array([x + placement.right * width, y + placement.down * height])
    return np.column_stack([linear, moved - linear @ (x, y)])


def placed(
    colours: Strips, matte: Coverage, placement: Placement, middle: tuple[float, float]
) -> tuple[Pixels, Coverage]:
    """Colours and matte of an object at its place: HxWx3 uint8 and HxW float32 in [0, 1], new, of the same size.

    `colours` are the object's own, straight, not premultiplied; `middle` as in `matrix`. They are interpolated
    (bicubic; by area where the object is reduced) premultiplied with the matte, as Porter and Duff (1984) ask, so that
    nothing of what was beside the object comes into its edge. What is moved out of the image is cut off.
    """
    # `zeros_like` would touch every page; here those without a piece of the object take no memory.
    new_colours, new_matte = np.zeros(colours.shape, np.uint8), np.zeros(matte.shape, np.float32)
    box = box_around(matte > 0)
    if box is None:
        return new_colours, new_matte
    source = _reduced(colours, matte, box, placement.scale) if placement.scale < 1 else _cropped(colours, matte, box)
    height, width = matte.shape
    there = _after(matrix(placement, middle, (width, height)), source.to_image)
    for rows, columns in _tiles(_bounds(there, source.matte.shape, (height, width))):
        found = _tile(source, there, rows, columns)
        if found is not None:
            new_colours[rows, columns], new_matte[rows, columns] = found
    return new_colours, new_matte


def _cropped(colours: Strips, matte: Coverage, box: Box) -> _Source:
    """The object with what is just around it."""
    rows, columns = box
    to_image = np.array([[1.0, 0, columns.start], [0, 1.0, rows.start]])
    return _Source(colours[rows][:, columns], matte[box], to_image)


def _reduced(colours: Strips, matte: Coverage, box: Box, scale: float) -> _Source:
    """The object at the scale at which it is shown, each channel by itself, which takes less memory."""
    import cv2

    rows, columns = box
    matte = matte[box]
    height, width = matte.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small_matte = np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), np.float32)
    small = np.empty((size[1], size[0], 3), np.uint8)
    product = np.empty_like(matte)
    for channel in range(3):
        for strip in strips(matte):
            there = slice(rows.start + strip.start, min(rows.start + strip.stop, rows.stop))
            np.multiply(colours[there][:, columns, channel], matte[strip], out=product[strip])
        weighted = np.asarray(cv2.resize(product, size, interpolation=cv2.INTER_AREA), np.float32)
        np.divide(weighted, small_matte, out=weighted, where=small_matte > _SEEN)
        weighted[small_matte <= _SEEN] = 0
        small[..., channel] = _to_uint8(weighted)
    to_image = np.array([[width / size[0], 0, columns.start], [0, height / size[1], rows.start]])
    return _Source(small, np.clip(small_matte, 0, 1, out=small_matte), to_image)


def _after(second: Matrix, first: Matrix) -> Matrix:
    linear = second[:, :2] @ first[:, :2]
    return np.column_stack([linear, second[:, :2] @ first[:, 2] + second[:, 2]])


def _bounds(there: Matrix, shape: tuple[int, int], size: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns of the result in which the source, of `shape`, may be seen; with a rim."""
    corners = np.array([(x, y) for x in (0, shape[1]) for y in (0, shape[0])], np.float64)
    found = corners @ there[:, :2].T + there[:, 2]
    low, high = np.floor(found.min(0)) - RIM_PX, np.ceil(found.max(0)) + RIM_PX
    limits = np.array([size[1], size[0]])
    (left, top), (right, bottom) = (np.clip(each, 0, limits).astype(int) for each in (low, high))
    return slice(int(top), int(bottom)), slice(int(left), int(right))


def _tiles(bounds: tuple[slice, slice]) -> Iterator[tuple[slice, slice]]:
    rows, columns = bounds
    for top in range(rows.start, rows.stop, _TILE):
        for left in range(columns.start, columns.stop, _TILE):
            yield slice(top, min(top + _TILE, rows.stop)), slice(left, min(left + _TILE, columns.stop))


def _tile(source: _Source, there: Matrix, rows: slice, columns: slice) -> tuple[Pixels, Coverage] | None:
    """Colours and matte of a tile of the result; None where nothing of the object is."""
    import cv2

    # A rim around the tile, so that the colours beside the object do not depend on where tiles meet.
    left, top = columns.start - RIM_PX, rows.start - RIM_PX
    width, height = columns.stop - left + RIM_PX, rows.stop - top + RIM_PX
    back = np.linalg.inv(there[:, :2])
    corners = np.array([(x, y) for x in (left, left + width) for y in (top, top + height)], np.float64)
    seen = (corners - there[:, 2]) @ back.T
    low = np.maximum(np.floor(seen.min(0)).astype(int) - _REACH, 0)
    high = np.minimum(np.ceil(seen.max(0)).astype(int) + _REACH, source.matte.shape[::-1])
    if (high <= low).any():
        return None
    window = slice(low[1], high[1]), slice(low[0], high[0])
    matte = source.matte[window]
    premultiplied = np.dstack([source.colours[window] * matte[..., None], matte])
    # From pixels of the tile to pixels of the window; OpenCV counts from the middle of a pixel.
    start = back @ (np.array([left, top]) + 0.5 - there[:, 2]) - low - 0.5
    warped = cv2.warpAffine(
        premultiplied,
        np.column_stack([back, start]),
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(0, 0, 0, 0),
    )
    cover = warped[..., 3:]
    if not (cover > _SEEN).any():
        return None
    inside = slice(RIM_PX, height - RIM_PX), slice(RIM_PX, width - RIM_PX)
    if cover.min() > _WHOLE:  # the middle of the object, where nothing is divided
        return _to_uint8(np.asarray(warped[inside][..., :3], np.float32)), np.ones(cover[inside].shape[:2], np.float32)
    around = cv2.blur(np.maximum(warped, 0), (2 * RIM_PX + 1, 2 * RIM_PX + 1))
    found = np.where(cover > _SEEN, warped, around)[inside]
    colours = np.divide(
        found[..., :3], found[..., 3:], out=np.zeros_like(found[..., :3]), where=found[..., 3:] > np.float32(1e-6)
    )
    return _to_uint8(colours), np.clip(cover[inside][..., 0], 0, 1)


def _to_uint8(values: NDArray[np.float32]) -> Pixels:
    return np.asarray(np.rint(values).clip(0, 255), np.uint8)
