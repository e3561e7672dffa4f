"""Edge finding: how far a piece of a stroke reaches, the pixels of similar colour that no strong edge parts from it.

The region is found on a copy of the place in which the radius is 16 to 32 pixels, so that a large brush costs little
more than a small one and the texture of cloth or grass is no edge. Its rim is then drawn at every larger size, up to
the image's own: along it each pixel has the share in which its colour lies between those on both sides.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Values = NDArray[np.float32]

# The radius in the reduced copy, and what is seen beyond it there.
_RADIUS_PX, _AROUND_PX = 32.0, 5
# Distances of colours, about those of CIELAB: always alike, never alike; a slope per pixel that is an edge.
_ALIKE, _UNLIKE, _EDGE = 6.0, 17.0, 7.0
# Slopes up to this multiple of the usual one under the line are texture.
_TEXTURE = 2.5
_PALETTE = 8
# Side of the windows that average the colours on both sides of the rim, in pixels of the reduced copy.
_BESIDE_PX = 9
_ROW_PX = 1024
# From this to that distance of sRGB values, the colours decide where the rim is instead of its shape.
_FAINT, _PLAIN = 8.0, 24.0


def reduction(radius: float) -> int:
    """By how much the place of a line of this radius is reduced: a power of two."""
    factor = 1
    while radius / factor > _RADIUS_PX:
        factor *= 2
    return factor


def margin(radius: float) -> int:
    """How far the pixels that `similar_region` needs reach from the line."""
    return math.ceil(radius) + (_AROUND_PX + 1) * reduction(radius)


def similar_region(
    pixels: Pixels, start: tuple[float, float], end: tuple[float, float], radius: float
) -> Generator[None, None, Pixels]:
    """The region of like colour around the line from `start` to `end`, x and y in pixels of the place: hxw, 0 to 255.

    `pixels` is the place, hxwx3 uint8 sRGB, with `margin(radius)` around the line where the image goes on so far.
    The result is only meant up to `radius` from the line. It comes in turns of a few milliseconds: one finds the
    region, and each of the others draws its rim at one size.
    """
    import cv2
    import numpy as np

    factor = reduction(radius)
    height, width = pixels.shape[:2]
    below, beside = -height % factor, -width % factor
    sizes = [cv2.copyMakeBorder(pixels, 0, below, 0, beside, cv2.BORDER_REPLICATE) if below or beside else pixels]
    while factor >> len(sizes):
        tall, wide = sizes[-1].shape[:2]
        sizes.append(cv2.resize(sizes[-1], (wide // 2, tall // 2), interpolation=cv2.INTER_AREA))
    line = [(x / factor, y / factor) for x, y in (start, end)]
    small = np.asarray(sizes[-1], np.uint8)
    near = _line(small.shape, line, radius / factor + _AROUND_PX)
    region = _region(small, near, _line(small.shape, line, max(radius / factor / 10, 0.5)), radius / factor)
    sides = _colours_beside(small, region, near)
    seen = _line(small.shape, line, radius / factor + 1.5).view(np.uint8)
    rim = _drawn(small, region.view(np.uint8) * np.uint8(255), seen, sides)
    for larger in reversed(sizes[:-1]):
        yield
        grown = cv2.resize(rim, larger.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        rim = _drawn(np.asarray(larger, np.uint8), np.asarray(grown, np.uint8), seen, sides)
    return np.asarray(cv2.GaussianBlur(rim, (3, 3), 0.6)[:height, :width], np.uint8)


def _line(shape: tuple[int, ...], ends: list[tuple[float, float]], radius: float) -> NDArray[np.bool_]:
    import cv2
    import numpy as np

    drawn = np.zeros(shape[:2], np.uint8)
    first, last = (tuple(round((value - 0.5) * 16) for value in end) for end in ends)
    cv2.line(drawn, first, last, (1,), max(1, round(2 * radius)), cv2.LINE_8, 4)
    return drawn.view(np.bool_)


def _region(small: Pixels, near: NDArray[np.bool_], under: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """The pixels within `near` that are like those `under` the line and connected to them."""
    import cv2
    import numpy as np

    smooth = cv2.medianBlur(small, 5 if radius > 12 else 3)
    colours = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32)
    colours[..., 0] *= np.float32(100 / 255)
    if not under.any():
        return under
    distance = _distance(colours, colours[under])
    slope = _slope(colours)
    edge = max(_EDGE, _TEXTURE * float(np.median(slope[under])))
    like = (distance < _limit(distance[near])) & near
    passable = (like & (slope < edge)) | under
    _, labels = cv2.connectedComponents(passable.view(np.uint8), connectivity=4)
    region = np.zeros(int(labels.max()) + 1, np.bool_)
    region[labels[under]] = True
    region = region[labels]
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    for _ in range(2):  # back to the middle of the edge that it stopped at
        region = (cv2.dilate(region.view(np.uint8), cross).view(np.bool_) & like) | region
    return _without_specks(region, near, radius)


def _distance(colours: Values, samples: Values) -> Values:
    """How far each pixel is from the nearest of the colours that are frequent among the samples."""
    import numpy as np

    cells = np.floor(samples / np.float32(8)).astype(np.int32)
    _, which, count = np.unique(cells @ np.array([1, 64, 4096], np.int32), return_inverse=True, return_counts=True)
    total = np.stack([np.bincount(which, samples[:, channel]) for channel in range(3)], axis=1)
    palette = (total / count[:, None]).astype(np.float32)[np.argsort(-count)[:_PALETTE]]
    nearest: Values | None = None
    for colour in palette:
        away = colours - colour
        square = np.einsum("ijk,ijk->ij", away, away)
        nearest = square if nearest is None else np.minimum(nearest, square, out=nearest)
    assert nearest is not None
    return np.sqrt(nearest, out=nearest)


def _slope(colours: Values) -> Values:
    import cv2
    import numpy as np

    across = cv2.Scharr(colours, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(colours, cv2.CV_32F, 0, 1, scale=1 / 32)
    square = np.einsum("ijk,ijk->ij", across, across) + np.einsum("ijk,ijk->ij", down, down)
    return np.asarray(np.sqrt(square), np.float32)


def _limit(distances: Values) -> float:
    """Up to which distance colours are alike: in the valley between two kinds of pixels, if there are two."""
    import cv2
    import numpy as np

    steps = np.clip(distances * np.float32(255 / 64), 0, 255).astype(np.uint8)
    parted, _ = cv2.threshold(steps, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    limit = (float(parted) + 0.5) * 64 / 255
    between = np.count_nonzero(np.abs(distances - np.float32(limit)) < np.float32(0.2 * limit))
    if between > 0.1 * distances.size:
        return _UNLIKE
    return min(max(limit, _ALIKE), _UNLIKE)


def _without_specks(region: NDArray[np.bool_], near: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """The region with what it encloses filled, where that is small: a highlight, a speck of dust."""
    import cv2
    import numpy as np

    rest = (~region).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < max(4.0, (radius / 6) ** 2)
    small[0] = False
    outside = np.unique(labels[~near])
    small[outside] = False
    return np.asarray(region | small[labels])


def _colours_beside(small: Pixels, region: NDArray[np.bool_], near: NDArray[np.bool_]) -> Values:
    """For each pixel the mean colours of region and surroundings near it: hxwx6; both the same where one is missing."""
    import cv2
    import numpy as np

    inner = cv2.erode(region.view(np.uint8), np.ones((3, 3), np.uint8))
    outer = (cv2.dilate(region.view(np.uint8), np.ones((3, 3), np.uint8)) == 0) & near
    means = []
    for chosen in (inner.astype(np.float32), outer.astype(np.float32)):
        weighted = np.dstack([small * chosen[..., None], chosen])
        total = cv2.blur(weighted, (_BESIDE_PX, _BESIDE_PX))
        means.append((total[..., :3] / np.maximum(total[..., 3:], np.float32(1e-3)), total[..., 3:] > 1e-3))
    (inside, has_inside), (outside, has_outside) = means
    outside = np.where(has_inside & has_outside, outside, inside)
    return np.asarray(np.concatenate([inside, outside], axis=2), np.float32)


def _drawn(image: Pixels, rim: Pixels, seen: Pixels, sides: Values) -> Pixels:
    """The rim drawn anew on an image of its size: by colour where that changes, else sharpened.

    `seen`, 1 where the result matters, and `sides` are of the size at which the region was found, or the same.
    """
    import cv2
    import numpy as np

    larger = rim.shape[0] // seen.shape[0]
    side = 5 if larger == 1 else 3  # the region itself may be off by a pixel or two
    around = np.ones((side, side), np.uint8)
    span = cv2.subtract(cv2.dilate(rim, around), cv2.erode(rim, around))
    if larger > 1:
        seen = np.asarray(cv2.resize(seen, rim.shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
    at = np.flatnonzero((np.asarray(span) > 4) & (seen != 0))
    if not at.size:
        return rim
    rows, columns = np.divmod(at, rim.shape[1])
    places = [(each.astype(np.float32) + np.float32(0.5)) / larger - np.float32(0.5) for each in (rows, columns)]
    inside, outside = np.hsplit(_sampled(sides, *places), 2)
    across = inside - outside
    square = np.einsum("ij,ij->i", across, across)
    share = np.einsum("ij,ij->i", image.reshape(-1, 3)[at] - outside, across) / np.maximum(square, np.float32(1))
    plain = np.clip((np.sqrt(square) - np.float32(_FAINT)) / np.float32(_PLAIN - _FAINT), 0, 1)
    shape = (rim.reshape(-1)[at] / np.float32(255) - np.float32(0.5)) * np.float32(1.5)
    value = plain * (share - np.float32(0.5)) * np.float32(1.4) + (1 - plain) * shape + np.float32(0.5)
    result = rim.copy()
    result.reshape(-1)[at] = np.clip(value * 255 + np.float32(0.5), 0, 255).astype(np.uint8)
    return result


def _sampled(values: Values, rows: Values, columns: Values) -> Values:
    """The values between pixels, interpolated; beyond the border they go on: n positions, hxwx6 -> nx6."""
    import cv2
    import numpy as np

    # OpenCV takes no longer row than this, and four channels at a time.
    side = -len(rows) % _ROW_PX
    across, down = (np.pad(each, (0, side)).reshape(-1, _ROW_PX) for each in (columns, rows))
    halves = [
        cv2.remap(np.ascontiguousarray(half), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for half in (values[..., :3], values[..., 3:])
    ]
    return np.concatenate([half.reshape(-1, 3)[: len(rows)] for half in halves], axis=1)
