"""Regions: the coverage of what the user drew a line around, with smooth edges."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rim_editor.documents.document import Region
from rim_editor.documents.strokes import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matte = NDArray[np.float32]

# Tiles of this side that the outline crosses are drawn this many times larger and averaged.
_TILE_PX, _FINER = 64, 4


def region_cover(region: Region, height: int, width: int) -> tuple[Box, Matte]:
    """The box that a region touches in an image of this size, and its coverage there in [0, 1].

    Inside is what the outline winds around, as often as it may be, so that a line that crosses itself leaves no
    hole there. A pixel on the outline has the share of it that is inside, in steps of a sixteenth.
    The box may be empty.
    """
    import numpy as np

    points = np.asarray(region.points, np.float64).reshape(-1, 2)
    if len(points) < 3:
        return (slice(0, 0), slice(0, 0)), np.zeros((0, 0), np.float32)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    rows = slice(max(0, math.floor(top)), min(height, math.ceil(bottom)))
    columns = slice(max(0, math.floor(left)), min(width, math.ceil(right)))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return (slice(0, 0), slice(0, 0)), np.zeros((0, 0), np.float32)
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    points -= (columns.start, rows.start)
    cover = _inside(points, *shape).astype(np.float32)
    for down, across in _crossed_tiles(points, shape):
        tile = cover[down : down + _TILE_PX, across : across + _TILE_PX]
        finer = _inside((points - (across, down)) * _FINER, tile.shape[0] * _FINER, tile.shape[1] * _FINER)
        tile[:] = finer.reshape(tile.shape[0], _FINER, tile.shape[1], _FINER).mean(axis=(1, 3), dtype=np.float32)
    return (rows, columns), cover


def _inside(points: NDArray[np.float64], height: int, width: int) -> NDArray[np.bool_]:
    """Whether the centres of the pixels of a raster are inside: the outline winds around them."""
    import numpy as np

    x, y = points.T
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    # The rows whose centres a side passes; the lower end of a side belongs to the next one.
    first = np.clip(np.ceil(np.minimum(y, next_y) - 0.5), 0, height).astype(np.intp)
    last = np.clip(np.ceil(np.maximum(y, next_y) - 0.5), 0, height).astype(np.intp)
    count = last - first
    side = np.repeat(np.arange(len(x)), count)
    row = first[side] + np.arange(len(side)) - np.repeat(np.cumsum(count) - count, count)
    slope = (next_x - x)[side] / (next_y - y)[side]
    column = np.ceil(x[side] + (row + 0.5 - y[side]) * slope - 0.5)
    crossed = np.zeros((height, width + 1), np.int16)
    np.add.at(crossed, (row, np.clip(column, 0, width).astype(np.intp)), np.where(next_y > y, 1, -1)[side])
    winding = np.cumsum(crossed, axis=1, dtype=np.int16)
    return np.asarray(winding[:, :width] != 0)


def _crossed_tiles(points: NDArray[np.float64], shape: tuple[int, int]) -> list[tuple[int, int]]:
    """The upper left corners, row and column, of the tiles that the outline may cross."""
    import cv2
    import numpy as np

    # With a tile more on every side: an outline that passes there may cut a corner of the ones within.
    tiles = np.zeros((2 - (-shape[0] // _TILE_PX), 2 - (-shape[1] // _TILE_PX)), np.uint8)
    corners = np.clip(np.floor(points / _TILE_PX) + 1, -1e6, 1e6).astype(np.int32)
    cv2.polylines(tiles, [corners.reshape(-1, 1, 2)], True, (1,))
    tiles = np.asarray(cv2.dilate(tiles, np.ones((3, 3), np.uint8)), np.uint8)[1:-1, 1:-1]
    return [(int(down) * _TILE_PX, int(across) * _TILE_PX) for down, across in np.argwhere(tiles)]
