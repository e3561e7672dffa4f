"""Holes: filling what a matte wholly surrounds, unless it is large or the background is plainly seen through it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rim_editor.documents.strokes import Box, box_around, grown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matte = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Colours = NDArray[np.float32]

# A hole is what this level or more surrounds; the highest that does takes its soft rim in. 254.6 of 255 is opaque.
_LEVELS = (254.6 / 255, 0.95, 0.8, 0.65, 0.5)
# Smaller holes have no colour of their own: their pixels are mixed with those around.
_SPECK_PX = 12
# The background that is compared: at most this far from the object, as a share of its size, and on so small a copy.
_BAND, _COPY_PX = 0.15, 512
_SAMPLES = 160
# More than this share of a hole's pixels must be nearer in CIELAB to the background, and the middle one this near.
_SHARE, _NEAR = 0.6, 16.0


def holes_filled(matte: Matte, pixels: NDArray[np.uint8] | None = None, largest: float = 100.0) -> Matte:
    """The matte with its holes made opaque: what it wholly surrounds with one half at least, HxW in [0, 1].

    A hole is what cannot reach the border of the image over edges of pixels; an opening of one pixel is enough. It
    stays as it is if its area is more than `largest` percent of the object's, or if its colours in `pixels`, the image,
    HxWx3 uint8 sRGB, are those of the surroundings just outside the object rather than those of the object around it.
    Without pixels colours do not count.
    """
    import numpy as np

    object_ = matte >= np.float32(0.5)
    box = box_around(object_)
    if box is None:
        return matte
    limit = largest / 100 * int(np.count_nonzero(object_))
    colours = None if pixels is None else _Colours(matte, pixels, box)
    result, kept_open = matte[box], np.zeros(matte[box].shape, np.bool_)
    for level in _LEVELS:
        fills = _fillable(result, np.float32(level), limit, kept_open, colours)
        if fills is not None:
            result = _filled(result, fills, np.float32(level))
    if result.base is matte or (result == matte[box]).all():
        return matte
    whole = matte.copy()
    whole[box] = result
    return whole


def _fillable(matte: Matte, level: np.float32, limit: float, kept_open: Mask, colours: _Colours | None) -> Mask | None:
    """The holes at a level that are to be filled; None for none. Those that show the background join `kept_open`."""
    import cv2
    import numpy as np

    below = (matte < level).view(np.uint8)
    _, found, stats, _ = cv2.connectedComponentsWithStats(below, connectivity=4)
    labels = np.asarray(found, np.int32)
    area = stats[:, cv2.CC_STAT_AREA]
    fills = area <= limit
    fills[0] = False
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    fills[rim] = False
    fills[labels[kept_open]] = False
    for label in np.flatnonzero(fills & (area >= _SPECK_PX)).tolist() if colours is not None else ():
        left, top, width, height = (int(value) for value in stats[label, :4])
        box = slice(top, top + height), slice(left, left + width)
        if colours is not None and colours.show_background(matte, labels, label, box):
            kept_open[box] |= labels[box] == label
            fills[label] = False
    return fills[labels] if fills.any() else None


def _filled(matte: Matte, fills: Mask, level: np.float32) -> Matte:
    """The matte opaque in these holes, and beside them where a weak rim would be left as a grey line."""
    import cv2
    import numpy as np

    beside = cv2.dilate(fills.view(np.uint8), np.ones((5, 5), np.uint8)).view(np.bool_) & (matte >= level)
    return np.asarray(np.where(fills | beside, np.float32(1), matte), np.float32)


class _Colours:
    """The colours of an image, and those of the surroundings of the object in it."""

    def __init__(self, matte: Matte, pixels: NDArray[np.uint8], box: Box) -> None:
        """`box` is the object's in the image; positions that are asked for later are relative to it."""
        import cv2
        import numpy as np

        self._pixels, self._box = pixels, box
        factor = max(1, -(-max(matte.shape) // _COPY_PX))
        size = (max(1, matte.shape[1] // factor), max(1, matte.shape[0] // factor))
        small = cv2.resize(matte, size, interpolation=cv2.INTER_AREA)
        free = (small <= 0.05).astype(np.uint8)
        outside = cv2.copyMakeBorder(free, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(1,))
        cv2.floodFill(outside, None, (0, 0), (2,), flags=4)
        away = cv2.distanceTransform((small < 0.5).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
        reach = max(3.0, _BAND * max(box[0].stop - box[0].start, box[1].stop - box[1].start) / factor)
        rows, columns = np.nonzero((outside[1:-1, 1:-1] == 2) & (away > 1.5) & (away < reach))
        seen = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        self._outside = _lab(seen[rows, columns])
        self._places = np.stack([rows, columns], axis=1) * np.array(matte.shape) / np.array(small.shape)

    def show_background(self, matte: Matte, labels: NDArray[np.int32], label: int, box: Box) -> bool:
        """Whether the hole with this label, in this box of the object's, has the colours of the surroundings."""
        import cv2
        import numpy as np

        if not len(self._outside):
            return False
        rows, columns = box
        margin = max(4, min(64, math.ceil(max(rows.stop - rows.start, columns.stop - columns.start) / 2)))
        wide = grown(rows, margin, matte.shape[0]), grown(columns, margin, matte.shape[1])
        hole = (labels[wide] == label).view(np.uint8)
        # Not its rim, where colours mix.
        inner = cv2.erode(hole, np.ones((3, 3), np.uint8))
        open_ = (inner if inner.any() else hole).view(np.bool_)
        open_ &= matte[wide] <= matte[wide][open_].min() + np.float32(0.25)
        beside = (cv2.dilate(hole, np.ones((3, 3), np.uint8)) == 0) & (matte[wide] >= np.float32(0.95))
        if not beside.any():
            return False
        down, across = self._box[0].start + wide[0].start, self._box[1].start + wide[1].start
        seen = self._pixels[down : down + hole.shape[0], across : across + hole.shape[1]]
        through, own = _lab(_some(seen[open_])), _lab(_some(seen[beside]))
        centre = np.array([down + hole.shape[0] / 2, across + hole.shape[1] / 2])
        near = np.argsort(((self._places - centre) ** 2).sum(axis=1))[: max(_SAMPLES, len(self._places) // 3)]
        to_background, to_object = _nearest(through, _some(self._outside[near])), _nearest(through, own)
        return bool((to_background < to_object).mean() > _SHARE and np.median(to_background) < _NEAR)


def _some(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """At most `_SAMPLES` of the values, evenly spread over them."""
    return values[:: max(1, -(-len(values) // _SAMPLES))]


def _lab(colours: NDArray[np.generic]) -> Colours:
    """CIELAB of nx3 uint8 sRGB."""
    import cv2
    import numpy as np

    if not len(colours):
        return np.zeros((0, 3), np.float32)
    scaled = np.asarray(colours, np.float32)[None] / np.float32(255)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)[0], np.float32)


def _nearest(colours: Colours, others: NDArray[np.generic]) -> Colours:
    """How far each colour is from the few of the others that are nearest to it."""
    import numpy as np

    away = np.linalg.norm(colours[:, None] - np.asarray(others, np.float32)[None], axis=2)
    few = min(3, away.shape[1])
    return np.asarray(np.partition(away, few - 1, axis=1)[:, :few].mean(axis=1), np.float32)
