"""Strokes: the coverage of a brush and of a line, and the trimap and the patch of a refining stroke."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rim_editor.documents.document import Patch, Point, Stroke

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matte = NDArray[np.float32]

Box = tuple[slice, slice]
"""Rows and columns of an image."""

# Below this radius half a pixel shows: distances to the stroke are exact; above, they are measured on a raster.
_EXACT_PX = 16.0
# Mattes this close to 0 or 1 are certain; the least margin around a refining stroke that the solver sees.
_CERTAIN, _AROUND_PX = 0.05, 16


def stroke_cover(stroke: Stroke, height: int, width: int) -> tuple[Box, Matte]:
    """The box that a stroke touches in an image of this size, and its coverage there in [0, 1].

    Full up to `hardness` of the radius from the line, then falling smoothly to 0 at the radius, over a pixel at
    least, so that no edge is jagged; a radius below one pixel counts as one. The box may be empty.
    """
    import numpy as np

    outer = max(stroke.radius, 1.0)
    inner = min(stroke.hardness * stroke.radius, outer - 1.0)
    # Pixels count by their centres, which are at halves.
    points = np.asarray(stroke.points, np.float64).reshape(-1, 2) - 0.5
    rows, columns = _spans(points, outer, height, width)
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return (slice(0, 0), slice(0, 0)), np.zeros((0, 0), np.float32)
    distance = _distances(points, outer, rows, columns)
    distance -= np.float32(outer)
    distance /= np.float32(inner - outer)
    fall = np.clip(distance, 0, 1, out=distance)
    return (rows, columns), np.asarray(fall * fall * (np.float32(3) - np.float32(2) * fall), np.float32)


def line_cover(start: Point, end: Point, radius: float, hardness: float, box: Box) -> NDArray[np.uint8]:
    """The coverage of a plain stroke along a line within a box, hxw, 0 to 255.

    Full up to `hardness` of the radius, 0 from it on.
    """
    import cv2
    import numpy as np

    inner = min(hardness * radius, radius - 1)
    # A wide fall is drawn smaller and enlarged, which nobody sees.
    factor = 1
    while (radius - inner) / factor >= 16:
        factor *= 2
    rows, columns = box
    shape = rows.stop - rows.start, columns.stop - columns.start
    if factor == 1 and radius >= 32:
        return _hard_fall(start, end, radius, inner, box)
    y = ((np.arange(-(-shape[0] // factor), dtype=np.float32) + 0.5) * factor + (rows.start - start[1]))[:, None]
    x = ((np.arange(-(-shape[1] // factor), dtype=np.float32) + 0.5) * factor + (columns.start - start[0]))[None]
    drawn = _faded(x, y, (end[0] - start[0], end[1] - start[1]), inner, radius)
    if factor > 1:
        larger = (drawn.shape[1] * factor, drawn.shape[0] * factor)
        drawn = np.asarray(cv2.resize(drawn, larger, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.ascontiguousarray(drawn[: shape[0], : shape[1]])


def trimap_of(matte: Matte, stroke: Stroke) -> tuple[Box, NDArray[np.uint8]]:
    """The trimap of a refining stroke: a box around it, and hxw labels 0 background, 128 unknown, 255 foreground.

    Unknown is what the stroke touches and what the matte itself leaves between 0.05 and 0.95. The box reaches
    beyond the stroke, so that there is something certain to start from; where there is none, a label is missing.
    """
    import numpy as np

    (rows, columns), cover = stroke_cover(stroke, *matte.shape)
    margin = max(_AROUND_PX, math.ceil(stroke.radius)) if cover.size else 0
    box = grown(rows, margin, matte.shape[0]), grown(columns, margin, matte.shape[1])
    share = matte[box]
    trimap = np.full(share.shape, 128, np.uint8)
    trimap[share <= _CERTAIN] = 0
    trimap[share >= 1 - _CERTAIN] = 255
    top, left = rows.start - box[0].start, columns.start - box[1].start
    trimap[top : top + cover.shape[0], left : left + cover.shape[1]][cover > 0] = 128
    return box, trimap


def refined_patch(matte: Matte, stroke: Stroke, box: Box, refined: Matte) -> Patch:
    """The patch that `refined`, the new matte of `box`, makes of `matte`: new under the stroke, as it was beside it.

    `box` is the one from `trimap_of`. Raises ValueError when `refined` is of another size.
    """
    import numpy as np

    old = matte[box]
    if old.shape != refined.shape:
        raise ValueError(f"a box of {old.shape} and its new matte of {refined.shape} do not belong together")
    share = np.zeros(old.shape, np.float32)
    (rows, columns), cover = stroke_cover(stroke, *matte.shape)
    top, left = rows.start - box[0].start, columns.start - box[1].start
    share[top : top + cover.shape[0], left : left + cover.shape[1]] = cover
    new = np.clip(old + (refined - old) * share, 0, 1).astype(np.float32)
    new.setflags(write=False)
    return Patch(x=box[1].start, y=box[0].start, matte=new)


def box_around(mask: NDArray[np.bool_]) -> Box | None:
    """The smallest box with all of the mask, HxW, in it; None for an empty one."""
    import numpy as np

    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def grown(span: slice, margin: int, length: int) -> slice:
    """The span with a margin on both sides, within 0 and `length`."""
    return slice(max(0, span.start - margin), min(length, span.stop + margin))


def _spans(points: NDArray[np.float64], reach: float, height: int, width: int) -> Box:
    if not len(points):
        return slice(0, 0), slice(0, 0)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)

    def span(start: float, stop: float, length: int) -> slice:
        return slice(int(max(0.0, math.floor(start - reach))), int(min(length, math.ceil(stop + reach) + 1.0)))

    return span(top, bottom, height), span(left, right, width)


def _distances(points: NDArray[np.float64], reach: float, rows: slice, columns: slice) -> Matte:
    import cv2
    import numpy as np

    shape = (rows.stop - rows.start, columns.stop - columns.start)
    if reach < _EXACT_PX:
        return _exact_distances(points, reach, rows, columns)
    # The line may run outside the image and cover a part of it from there.
    beside = math.ceil(reach) + 2
    drawn = np.full((shape[0] + 2 * beside, shape[1] + 2 * beside), 255, np.uint8)
    at = points - (columns.start - beside, rows.start - beside)
    # Far away points only give a direction; OpenCV takes no coordinates that do not fit its integers.
    at = np.clip(np.rint(at), -1e6, 1e6).astype(np.int32)
    # OpenCV draws nothing for a single point.
    cv2.polylines(drawn, [np.concatenate([at, at[-1:]]).reshape(-1, 1, 2)], False, (0,))
    distance = cv2.distanceTransform(drawn, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.ascontiguousarray(distance[beside:-beside, beside:-beside], np.float32)


def _exact_distances(points: NDArray[np.float64], reach: float, rows: slice, columns: slice) -> Matte:
    import numpy as np

    nearest = np.full((rows.stop - rows.start, columns.stop - columns.start), reach * reach, np.float32)
    ends = points[1:] if len(points) > 1 else points
    for start, end in zip(points, ends, strict=False):
        down, across = _spans(np.stack([start, end]), reach, rows.stop, columns.stop)
        box = slice(max(down.start, rows.start), down.stop), slice(max(across.start, columns.start), across.stop)
        if box[0].start >= box[0].stop or box[1].start >= box[1].stop:
            continue
        y = np.arange(box[0].start, box[0].stop, dtype=np.float32)[:, None] - np.float32(start[1])
        x = np.arange(box[1].start, box[1].stop, dtype=np.float32)[None] - np.float32(start[0])
        step_x, step_y = (float(value) for value in end - start)
        square = step_x**2 + step_y**2
        along = np.clip((x * step_x + y * step_y) / square, 0, 1) if square > 0 else np.float32(0)
        found = (x - along * step_x) ** 2 + (y - along * step_y) ** 2
        under = nearest[box[0].start - rows.start : box[0].stop - rows.start,
                        box[1].start - columns.start : box[1].stop - columns.start]  # fmt: skip
        np.minimum(under, found, out=under)
    return np.sqrt(nearest, out=nearest)


def _hard_fall(start: Point, end: Point, radius: float, inner: float, box: Box) -> NDArray[np.uint8]:
    """As `line_cover`, for a large brush with a narrow rim: only that is computed pixel by pixel."""
    import cv2
    import numpy as np

    rows, columns = box
    drawn = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    first, last = ((round((x - columns.start - 0.5) * 16), round((y - rows.start - 0.5) * 16)) for x, y in (start, end))
    cv2.line(drawn, first, last, (1,), 2 * math.ceil(radius + 2), cv2.LINE_8, 4)
    cv2.line(drawn, first, last, (255,), max(1, 2 * math.floor(inner - 2)), cv2.LINE_8, 4)
    at = np.flatnonzero(drawn == 1)
    y, x = np.divmod(at, drawn.shape[1])
    x = x.astype(np.float32) + np.float32(0.5 + columns.start - start[0])
    y = y.astype(np.float32) + np.float32(0.5 + rows.start - start[1])
    drawn.reshape(-1)[at] = _faded(x, y, (end[0] - start[0], end[1] - start[1]), inner, radius).reshape(-1)
    return drawn


def _faded(
    x: NDArray[np.float32], y: NDArray[np.float32], step: Point, inner: float, outer: float
) -> NDArray[np.uint8]:
    """The coverage at x, y by a line from the origin by `step`, 0 to 255: full up to `inner`, none from `outer` on."""
    import cv2
    import numpy as np

    length = math.hypot(*step)
    right, down = (step[0] / length, step[1] / length) if length else (1.0, 0.0)
    along = x * np.float32(right) + y * np.float32(down)
    along -= np.clip(along, 0, np.float32(length))
    across = x * np.float32(-down) + y * np.float32(right)
    fall = np.clip(np.float32(outer) - cv2.magnitude(along, across), 0, np.float32(outer - inner))
    fall *= np.float32(1 / (outer - inner))
    fall *= fall * (np.float32(3) - np.float32(2) * fall)
    return np.asarray(cv2.convertScaleAbs(fall, alpha=255), np.uint8)
