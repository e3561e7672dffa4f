"""Placing: an object with soft edges moved, scaled, turned and mirrored, without fringes and without loss of detail."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rim_editor.documents.area_reduction import reduced
from rim_editor.documents.compositing import RIM_PX, Made, Strips
from rim_editor.documents.strokes import Box, box_around

if TYPE_CHECKING:
    from rim_editor.documents.composition import Placement

Pixels = NDArray[np.uint8]
Coverage = NDArray[np.float32]
Matrix = NDArray[np.float64]
"""2x3: from points of the image to points of the result; (0, 0) is the corner of the first pixel."""

_TILE = 512
_SMALL, _SMALL_SHARE = 2_000_000, 0.25
"""Pixels, and the share of an image, of which an object is placed at once, not over and over where it is read."""
_BANDS = 2
"""Rows of tiles that are kept: whoever reads strips in order may want a few rows beside them."""
_REACH = 3
"""Pixels beside a point from which a cubic interpolation reads."""
_SEEN, _WHOLE = np.float32(1 / 1024), np.float32(1 - 1 / 4096)


@dataclass(frozen=True, eq=False)
class _Source:
    """The part of an image in which an object is, perhaps reduced."""

    colours: Strips
    matte: Coverage
    """Of the whole image, as the colours."""
    box: Box
    shape: tuple[int, int]
    """Height and width to which the box is reduced."""

    @property
    def to_image(self) -> Matrix:
        """From its points to those of the image."""
        rows, columns = self.box
        across, down = (columns.stop - columns.start) / self.shape[1], (rows.stop - rows.start) / self.shape[0]
        return np.array([[across, 0, columns.start], [0, down, rows.start]])

    def premultiplied(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """Colours times matte, and the matte, of some of it: HxWx4."""
        size = self.box[0].stop - self.box[0].start, self.box[1].stop - self.box[1].start
        if size == self.shape:
            return self._read(rows, columns)
        found = reduced(self._read, size, self.shape, rows, columns)
        colours, matte = found[..., :3], found[..., 3:]
        seen = matte > _SEEN
        np.divide(colours, matte, out=colours, where=seen)
        colours *= seen
        matte.clip(0, 1, out=matte)
        np.multiply(_to_uint8(colours), matte, out=colours)
        return found

    def _read(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """The same of the image itself."""
        top, left = self.box[0].start, self.box[1].start
        part = slice(top + rows.start, top + rows.stop), slice(left + columns.start, left + columns.stop)
        matte = self.matte[part]
        return np.dstack([self.colours[part] * matte[..., None], matte])


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
) -> tuple[Strips, Strips]:
    """Colours and matte of an object at its place: HxWx3 uint8 and HxW float32 in [0, 1], of the same size.

    `colours` are the object's own, straight, not premultiplied; `middle` as in `matrix`. They are interpolated
    (bicubic; by area where the object is reduced) premultiplied with the matte, as Porter and Duff (1984) ask, so that
    nothing of what was beside the object comes into its edge. What is moved out of the image is cut off.
    An object that is large in a large image is placed a band of rows at a time, when they are read; the results then
    keep what was given.
    """
    height, width = matte.shape
    box = box_around(matte > 0)
    if box is None:
        return np.zeros((height, width, 3), np.uint8), np.zeros(matte.shape, np.float32)
    # Reduced to the scale at which it is shown.
    shape = _scaled(box[0], placement.scale), _scaled(box[1], placement.scale)
    source = _Source(colours, matte, box, shape)
    there = _after(matrix(placement, middle, (width, height)), source.to_image)
    rows, columns = _bounds(there, shape, (height, width))
    if (rows.stop - rows.start) * (columns.stop - columns.start) > max(_SMALL, _SMALL_SHARE * matte.size):
        return _in_bands(source, there, (rows, columns), (height, width))
    # `zeros_like` would touch every page; here those without a piece of the object take no memory.
    new_colours, new_matte = np.zeros((height, width, 3), np.uint8), np.zeros(matte.shape, np.float32)
    _place(source, there, (rows, columns), new_colours[rows, columns], new_matte[rows, columns])
    return new_colours, new_matte


def _scaled(span: slice, scale: float) -> int:
    length = span.stop - span.start
    return max(1, round(length * scale)) if scale < 1 else int(length)


def _in_bands(source: _Source, there: Matrix, bounds: Box, size: tuple[int, int]) -> tuple[Strips, Strips]:
    """Colours and matte of the whole result, of which a few bands exist at a time."""
    rows, columns = bounds

    @lru_cache(maxsize=_BANDS)
    def band(top: int) -> tuple[Pixels, Coverage]:
        own = slice(top, min(top + _TILE, rows.stop))
        colours = np.zeros((own.stop - top, size[1], 3), np.uint8)
        matte = np.zeros(colours.shape[:2], np.float32)
        _place(source, there, (own, columns), colours[:, columns], matte[:, columns])
        return colours, matte

    def strip(wanted: slice, which: int, result: NDArray[Any]) -> NDArray[Any]:
        first, last, _ = wanted.indices(size[0])
        for top in range(rows.start, rows.stop, _TILE):
            start, stop = max(first, top), min(last, top + _TILE, rows.stop)
            if start < stop:
                result[start - first : stop - first] = band(top)[which][start - top : stop - top]
        return result

    def colours(wanted: slice) -> Pixels:
        return strip(wanted, 0, np.zeros((_length(wanted, size[0]), size[1], 3), np.uint8))

    def matte(wanted: slice) -> Coverage:
        return strip(wanted, 1, np.zeros((_length(wanted, size[0]), size[1]), np.float32))

    return Made((*size, 3), colours), Made(size, matte)


def _length(rows: slice, height: int) -> int:
    return len(range(*rows.indices(height)))


def _place(source: _Source, there: Matrix, bounds: Box, colours: Pixels, matte: Coverage) -> None:
    """The object within `bounds` of the result, into arrays that have these."""
    top, left = bounds[0].start, bounds[1].start
    for rows, columns in _tiles(bounds):
        found = _tile(source, there, rows, columns)
        if found is not None:
            part = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
            colours[part], matte[part] = found


def _after(second: Matrix, first: Matrix) -> Matrix:
    linear = second[:, :2] @ first[:, :2]
    return np.column_stack([linear, second[:, :2] @ first[:, 2] + second[:, 2]])


def _bounds(there: Matrix, shape: tuple[int, int], size: tuple[int, int]) -> Box:
    """Rows and columns of the result in which the source, of `shape`, may be seen; with a rim."""
    corners = np.array([(x, y) for x in (0, shape[1]) for y in (0, shape[0])], np.float64)
    found = corners @ there[:, :2].T + there[:, 2]
    low, high = np.floor(found.min(0)) - RIM_PX, np.ceil(found.max(0)) + RIM_PX
    limits = np.array([size[1], size[0]])
    (left, top), (right, bottom) = (np.clip(each, 0, limits).astype(int) for each in (low, high))
    return slice(int(top), int(bottom)), slice(int(left), int(right))


def _tiles(bounds: Box) -> Iterator[Box]:
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
    high = np.minimum(np.ceil(seen.max(0)).astype(int) + _REACH, source.shape[::-1])
    if (high <= low).any():
        return None
    premultiplied = source.premultiplied(slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0])))
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
