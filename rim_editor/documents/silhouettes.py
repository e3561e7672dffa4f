"""Silhouettes: what an object covers with an outline around it, and the shadow of that, made of its matte."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rim_editor.documents.compositing import STRIP_ROWS, Made, Strips

Coverage = NDArray[np.float32]

Places = NDArray[np.signedinteger]

_LINE_ROWS = 256
_CUBIC_ROWS = 3
_PASSES, _NEXT = 2, ((-1, 0), (0, -1), (1, 0), (0, 1))
_HALF = np.float32(0.5)
_FARTHEST = 1.0
"""Pixels from the middle of a pixel of the edge to the edge."""
_MOST_POINTS = 30_000  # OpenCV's limit of an image's side


def widened(matte: Strips, width: float) -> Strips:
    """The solid part of the object together with a line of `width` pixels around it: HxW float32 in [0, 1], new.

    The line begins where the matte is one half, found between pixels, and its outer edge is smooth: the distance to a
    pixel of the edge is corrected by where in that pixel the edge is (Gustavson and Strand, Anti-aliased Euclidean
    distance transform, Pattern Recognition Letters 32, 2011). Where nothing is half opaque there is nothing:
    single hairs stay what they are. It is kept at half precision, 1/2048, and made of some rows at a time: planes of
    distances and places take many times as much.
    """
    from rim_editor.documents.strokes import box_around, grown

    height, across = matte.shape
    result = np.zeros((height, across), np.float16)
    reach = math.ceil(width) + 2  # no edge farther away has a say
    for start in range(0, height if width > 0 else 0, _LINE_ROWS):
        wanted = slice(start, min(start + _LINE_ROWS, height))
        near = grown(wanted, reach, height)
        part = matte[near]
        box = box_around(part >= _HALF)
        if box is not None:
            columns = grown(box[1], reach, across)
            line = _line(part[:, columns], width)
            result[wanted, columns] = line[wanted.start - near.start : wanted.stop - near.start]
    return Made((height, across), lambda rows: np.asarray(result[rows], np.float32))


def shadow(cover: Strips, right: float, down: float, sigma: float) -> Strips:
    """The shadow of what is covered, HxW float32 in [0, 1], moved by pixels and blurred: likewise, new.

    What ends at the border of the image is taken to go on beyond it. It is kept small, and enlarged when it is read.
    """
    import cv2

    height, width = cover.shape
    # A wide Gaussian of a reduced image is the same as one of the whole, and much quicker; see `compositing.blurred`.
    shrink = max(1, int(sigma / 4))
    found: NDArray[Any] = _reduced(cover, shrink)
    rows, columns = found.shape
    if right or down:
        step = np.array([[1.0, 0, right / shrink], [0, 1.0, down / shrink]])
        found = cv2.warpAffine(found, step, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if sigma > 0:
        found = cv2.GaussianBlur(found, (0, 0), sigma / shrink, borderType=cv2.BORDER_REPLICATE)
    return Made((height, width), lambda part: _enlarged(found, part, shrink, height, width))


def _enlarged(small: Coverage, part: slice, shrink: int, height: int, width: int) -> Coverage:
    """Some rows of what is `shrink` times as large, cut off at `height` and `width`; as of the whole."""
    import cv2

    first, last, _ = part.indices(height)
    if shrink == 1:
        return np.clip(small[first:last], 0, 1)
    above, below = max(0, first // shrink - _CUBIC_ROWS), -(-last // shrink) + _CUBIC_ROWS
    rows = small[above:below]
    found = cv2.resize(rows, (rows.shape[1] * shrink, len(rows) * shrink), interpolation=cv2.INTER_CUBIC)
    found = found[first - above * shrink : last - above * shrink, :width]
    return np.asarray(np.clip(found, 0, 1), np.float32)


def _reduced(cover: Strips, shrink: int) -> Coverage:
    """The means of squares of `shrink` x `shrink` pixels, read a strip of rows at a time; at least a copy."""
    import cv2

    height, width = cover.shape
    small = np.empty((-(-height // shrink), -(-width // shrink)), np.float32)
    step = max(1, STRIP_ROWS // shrink)
    for start in range(0, len(small), step):
        strip = cover[slice(start * shrink, (start + step) * shrink)]
        lacking = -len(strip) % shrink, -width % shrink
        if any(lacking):
            strip = cv2.copyMakeBorder(strip, 0, lacking[0], 0, lacking[1], cv2.BORDER_REPLICATE)
        part = small[start : start + step]
        part[:] = cv2.resize(strip, part.shape[::-1], interpolation=cv2.INTER_AREA)
    return small


def _line(matte: Coverage, width: float) -> Coverage:
    """The coverage of all that is within `width` pixels of where the matte is at least one half."""
    import cv2

    apart = _beside_edge(matte)
    if apart.all():
        return np.ones_like(matte)
    rough, labels = cv2.distanceTransformWithLabels(apart, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    ys, xs = np.nonzero(apart == 0)
    place = np.zeros(int(labels.max()) + 1, np.int32)
    place[labels[ys, xs]] = np.arange(len(ys))
    ahead = _ahead(matte, ys, xs)
    rows, columns = np.nonzero((matte < _HALF) & (rough <= width * 1.1 + 2))
    del apart, rough  # of a large image these are many megabytes, and so is a second plane of labels
    nearest = np.asarray(labels, np.int32)
    for row in nearest:
        row[:] = place[row]
    distance = _distance(rows, columns, ys, xs, ahead, nearest[rows, columns])
    for _ in range(_PASSES):  # OpenCV's nearest is only nearly so, and does not know where in its pixel the edge is
        for down, right in _NEXT:
            beside = nearest[
                np.clip(rows + down, 0, matte.shape[0] - 1), np.clip(columns + right, 0, matte.shape[1] - 1)
            ]
            found = _distance(rows, columns, ys, xs, ahead, beside)
            better = found < distance
            distance[better] = found[better]
            nearest[rows[better], columns[better]] = beside[better]
    result = (matte >= _HALF).astype(np.float32)
    result[rows, columns] = np.clip(width + 0.5 - distance, 0, 1)
    return result


def _beside_edge(matte: Coverage) -> NDArray[np.uint8]:
    """0 in the pixels of the edge, on both sides of where the matte is one half, and 1 in all others."""
    import cv2

    solid = (matte >= _HALF).view(np.uint8)
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
    return np.asarray(cv2.dilate(solid, cross) == cv2.erode(solid, cross)).view(np.uint8)


def _distance(
    rows: Places, columns: Places, ys: Places, xs: Places, ahead: NDArray[np.float64], chosen: Places
) -> NDArray[np.float64]:
    """From pixels to the edge in those that were chosen for them among (ys, xs)."""
    return np.asarray(np.hypot(ys[chosen] - rows, xs[chosen] - columns) - ahead[chosen], np.float64)


def _ahead(matte: Coverage, ys: Places, xs: Places) -> NDArray[np.float64]:
    """How far outside of the middles of these pixels the matte is one half, in pixels; negative where it is inside.

    The matte is taken to be straight between a pixel and the point that is one pixel away across the edge.
    """
    import cv2

    own = matte[ys, xs].astype(np.float64)
    # Differences of the next pixels, smoothed along the edge: [1 2 1] / 8 times [-1 0 1].
    right, down = (
        cv2.Sobel(matte, cv2.CV_32F, dx, 1 - dx, scale=1 / 8, borderType=cv2.BORDER_REPLICATE)[ys, xs] for dx in (1, 0)
    )
    steep = np.maximum(np.hypot(right, down), 1e-6) * np.where(own >= _HALF, -1, 1)
    places = [np.asarray(at + step / steep, np.float32) for at, step in ((xs, right), (ys, down))]
    other = np.empty_like(own)
    for start in range(0, len(own), _MOST_POINTS):
        some = slice(start, start + _MOST_POINTS)
        across, along = (place[some, None] for place in places)
        other[some] = cv2.remap(matte, across, along, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0]
    far = np.clip((own - 0.5) / np.where(other == own, 1, own - other), -_FARTHEST, _FARTHEST)
    return np.asarray(np.where(own >= _HALF, abs(far), -abs(far)), np.float64)
