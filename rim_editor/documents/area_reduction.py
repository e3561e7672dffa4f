"""Area reduction: parts of a reduced image without the rest of it, to the bit as OpenCV reduces the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
"""HxWxC."""
Read = Callable[[slice, slice], Values]
"""Some rows and columns of what is reduced."""

_AT_ONCE = 2**19
"""Pixels that are read for some rows of the result."""
_CACHED = 16
"""Rows of the result that are summed at once: they stay in the processor's cache."""
_LEAST = 1e-3
"""Of a pixel; what covers less of one is left out."""


class _Cells(NamedTuple):
    """Which pixels along one side make up each pixel of the result, nxk, and their shares of it."""

    places: NDArray[np.intp]
    share: Values

    @property
    def span(self) -> slice:
        return slice(int(self.places.min()), int(self.places.max()) + 1)

    def part(self, start: int, stop: int) -> _Cells:
        return _Cells(self.places[start:stop], self.share[start:stop])


def reduced(read: Read, size: tuple[int, int], small: tuple[int, int], rows: slice, columns: slice) -> Values:
    """Rows and columns of an image of `size`, height and width, reduced to `small`; HxWxC float32, new.

    Each pixel of the result is the mean of what it covers, as OpenCV's INTER_AREA has it, summed in the same order.
    """
    if small == size:
        return read(rows, columns).copy()
    if size[0] % small[0] == 0 and size[1] % small[1] == 0:
        return _by_whole_pixels(read, size, small, rows)[:, columns]
    down, across = _cells(rows, size[0], small[0]), _cells(columns, size[1], small[1])
    height = rows.stop - rows.start
    beside = across.span
    across = _Cells(across.places - beside.start, across.share)
    step = _step(size[0] / small[0], beside)
    found = []
    for start in range(0, height, step):
        some = down.part(start, min(start + step, height))
        read_rows = some.span
        by_column = _turned(read(read_rows, beside))
        by_row = _turned(_summed(by_column, across))
        found.append(_summed(by_row, _Cells(some.places - read_rows.start, some.share)))
    return np.concatenate(found)


def _by_whole_pixels(read: Read, size: tuple[int, int], small: tuple[int, int], rows: slice) -> Values:
    """Where a pixel of the result covers whole pixels; OpenCV's sums then depend on where in its row a pixel is."""
    import cv2

    ratio = size[0] // small[0]
    step = _step(ratio, slice(0, size[1]))
    found = []
    for start in range(rows.start, rows.stop, step):
        stop = min(start + step, rows.stop)
        planes = cv2.split(read(slice(start * ratio, stop * ratio), slice(0, size[1])))
        area = (small[1], stop - start)
        found.append(np.dstack([cv2.resize(plane, area, interpolation=cv2.INTER_AREA) for plane in planes]))
    return np.concatenate(found)


def _step(ratio: float, columns: slice) -> int:
    """How many rows of the result are made at once."""
    return max(1, int(_AT_ONCE / ((columns.stop - columns.start) * ratio)))


def _turned(values: Values) -> Values:
    """Rows and columns exchanged: what is summed lies in a row."""
    import cv2

    return np.asarray(cv2.transpose(values).reshape(values.shape[1], values.shape[0], -1), np.float32)


def _cells(part: slice, length: int, small: int) -> _Cells:
    """Of some pixels along a side of `length` that is reduced to `small`."""
    scale = length / small
    start = np.arange(part.start, part.stop) * scale
    stop, width = start + scale, np.minimum(scale, length - start)
    last = np.minimum(np.floor(stop), length - 1)
    first = np.minimum(np.ceil(start), last)
    between = first[:, None] + np.arange(int((last - first).max()))
    before, after = first - start, stop - last
    places = np.column_stack([first - 1, between, last])
    share = np.column_stack(
        [
            np.where(before > _LEAST, before / width, 0),
            np.where(between < last[:, None], 1 / width[:, None], 0),
            np.where(after > _LEAST, np.minimum(np.minimum(after, 1), width) / width, 0),
        ]
    )
    return _Cells(np.clip(places, 0, length - 1).astype(np.intp), np.asarray(share, np.float32))


def _summed(values: Values, cells: _Cells) -> Values:
    """The sums of rows, each times its share, of each of the cells."""
    result = np.zeros((len(cells.places), *values.shape[1:]), np.float32)
    used = np.flatnonzero(cells.share.any(axis=0))
    for start in range(0, len(result), _CACHED):
        some = cells.part(start, start + _CACHED)
        sums = result[start : start + _CACHED]
        for number in used:
            product = values.take(some.places[:, number], 0)
            product *= some.share[:, number, None, None]
            sums += product
    return result
