"""Edge following: the coverage of strokes that stop at edges of the image, kept while they grow piece by piece.

What a piece covers (`edge_finding`) depends on the image near it, and on nothing else. So the stroke that grows under
the pointer and the one that a saved document renders again are the same to the last bit.
"""

from __future__ import annotations

import math
import threading
import weakref
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from rim_editor.documents.document import Brush, Point, Stroke
from rim_editor.documents.edge_finding import margin, reduction, similar_region
from rim_editor.documents.strokes import Box, line_cover

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np
    from numpy.typing import NDArray

    _Cover = tuple[Box, NDArray[np.uint8]]
    _Finished = tuple[weakref.ref[NDArray[np.uint8]], Box, NDArray[np.uint8]]

LEAST_RADIUS = 2.5
"""Pixels; a finer brush covers all that it touches: there is no room for an edge in it."""
_LEAST_PIECE_PX = 12.0
# A larger brush is computed on a copy of a half, a quarter, ... of the size: its edge is softer, and a step no longer.
_WHOLE_PX = 256.0
_REMEMBERED_BYTES = 64 << 20
_warming_up = threading.Lock()


def is_smart(stroke: Stroke) -> bool:
    """Whether the coverage of a stroke depends on the image; a refining stroke's never does."""
    return stroke.follows_edges and stroke.radius >= LEAST_RADIUS and stroke.brush is not Brush.REFINE


def point_distance(radius: float) -> float:
    """How far apart the points of a stroke that follows edges should be, in pixels of the image."""
    return radius / 4


class GrowingCover:
    """The coverage of a stroke that follows edges; it grows with the stroke. Use it on one thread at a time."""

    def __init__(self, pixels: NDArray[np.uint8], radius: float, hardness: float) -> None:
        """`pixels` is the image, HxWx3 uint8 sRGB; radius and hardness as in Stroke."""
        import numpy as np

        self._pixels, self._radius, self._hardness = pixels, radius, hardness
        # The system gives memory only to the pages that are written to.
        self._cover = np.zeros(pixels.shape[:2], np.uint8)
        self._rows, self._columns = slice(0, 0), slice(0, 0)
        self._last: Point | None = None
        self._pieces: deque[tuple[Point, Point]] = deque()
        self._piece: Generator[None, None, _Cover] | None = None

    @property
    def box(self) -> Box:
        """What the stroke has touched so far; may be empty."""
        return self._rows, self._columns

    @property
    def growing(self) -> bool:
        """Whether there is something left to compute."""
        return bool(self._pieces) or self._piece is not None

    def extend(self, point: Point) -> None:
        """Continue the stroke to a point; `step` then computes the pieces on the way."""
        start = self._last or point
        longest = max(self._radius / 2, _LEAST_PIECE_PX)
        count = max(1, math.ceil(math.dist(start, point) / longest))
        stops = [
            (start[0] + (point[0] - start[0]) * n / count, start[1] + (point[1] - start[1]) * n / count)
            for n in range(count + 1)
        ]
        self._pieces.extend(zip(stops, stops[1:], strict=False))
        self._last = point

    def step(self) -> Box:
        """Compute a part of the next piece, a few milliseconds; returns what it touches, empty until it is whole."""
        import numpy as np

        if self._piece is None:
            self._piece = _piece(self._pixels, *self._pieces.popleft(), self._radius, self._hardness)
        try:
            next(self._piece)
        except StopIteration as whole:
            self._piece = None
            (rows, columns), cover = whole.value
        else:
            return slice(0, 0), slice(0, 0)
        if cover.size:
            under = self._cover[rows, columns]
            np.maximum(under, cover, out=under)
            self._rows, self._columns = _united(self._rows, rows), _united(self._columns, columns)
        return rows, columns

    def finish(self) -> None:
        """Compute all pieces that are left."""
        while self.growing:
            self.step()

    def values(self, box: Box) -> NDArray[np.uint8]:
        """The coverage of a box so far, 0 to 255; a view."""
        return self._cover[box]


def smart_cover(stroke: Stroke, pixels: NDArray[np.uint8]) -> tuple[Box, NDArray[np.float32]]:
    """The box that a stroke which follows edges touches in an image, HxWx3 uint8 sRGB, and its coverage in [0, 1].

    It is that of a plain stroke where the image within the brush is like what is under its centre line and no strong
    edge is between; elsewhere 0. From one to the other it falls over a pixel or two. The box may be empty.
    """
    import numpy as np

    box, cover = _memory.finished(stroke, pixels) or _memory.add(stroke, pixels, _grown(stroke, pixels))
    return box, np.asarray(cover, np.float32) / np.float32(255)


def remember(stroke: Stroke, pixels: NDArray[np.uint8], grown: GrowingCover) -> None:
    """Spare `smart_cover` the work that was done while the stroke was drawn; do not use `grown` afterwards."""
    if grown.growing:
        _memory.begin(stroke, pixels, grown)
    else:
        _memory.add(stroke, pixels, grown)


def warm_up() -> None:
    """Load what the first step needs, so that the first stroke does not wait; for a thread beside the window's."""
    with _warming_up:
        import numpy as np

        grown = GrowingCover(np.zeros((96, 96, 3), np.uint8), 40.0, 0.8)
        grown.extend((48.0, 48.0))
        grown.finish()


def is_warming_up() -> bool:
    """Whether a step would wait for `warm_up` on another thread, half a second or more."""
    return _warming_up.locked()


def _grown(stroke: Stroke, pixels: NDArray[np.uint8]) -> GrowingCover:
    grown = _memory.begun(stroke, pixels)
    if grown is None:
        grown = GrowingCover(pixels, stroke.radius, stroke.hardness)
        for point in stroke.points:
            grown.extend(point)
    grown.finish()
    return grown


class _Memory:
    """The coverages that were computed last, as long as their images exist; any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._finished: OrderedDict[tuple[int, Stroke], _Finished] = OrderedDict()
        self._begun: tuple[tuple[int, Stroke], GrowingCover] | None = None

    def finished(self, stroke: Stroke, pixels: NDArray[np.uint8]) -> _Cover | None:
        """The coverage, if it is there."""
        with self._lock:
            image, box, cover = self._finished.get((id(pixels), stroke), (None, (slice(0), slice(0)), None))
            return (box, cover) if cover is not None and image is not None and image() is pixels else None

    def add(self, stroke: Stroke, pixels: NDArray[np.uint8], grown: GrowingCover) -> _Cover:
        """Keep a coverage that has all its pieces; returns it."""
        box, cover = grown.box, grown.values(grown.box).copy()
        with self._lock:
            self._finished[id(pixels), stroke] = weakref.ref(pixels), box, cover
            held = sum(cover.nbytes for _, _, cover in self._finished.values())
            for key in list(self._finished)[:-1]:
                if held <= _REMEMBERED_BYTES and self._finished[key][0]() is not None:
                    continue
                held -= self._finished.pop(key)[2].nbytes
        return box, cover

    def begin(self, stroke: Stroke, pixels: NDArray[np.uint8], grown: GrowingCover) -> None:
        """Keep the coverage of the latest stroke, whose last pieces are missing."""
        with self._lock:
            self._begun = (id(pixels), stroke), grown

    def begun(self, stroke: Stroke, pixels: NDArray[np.uint8]) -> GrowingCover | None:
        """Give away what `begin` kept, if it is this stroke's."""
        with self._lock:
            if self._begun is None or self._begun[0] != (id(pixels), stroke):
                return None
            grown, self._begun = self._begun[1], None
            return grown


_memory = _Memory()


def _piece(
    pixels: NDArray[np.uint8], start: Point, end: Point, radius: float, hardness: float
) -> Generator[None, None, _Cover]:
    """The box that a piece of the stroke touches, and its coverage there, 0 to 255; in turns, as `similar_region`."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    box = _box(start, end, radius, height, width, 1)
    if box[0].start >= box[0].stop or box[1].start >= box[1].stop:
        return (slice(0, 0), slice(0, 0)), np.zeros((0, 0), np.uint8)
    # Aligned to the reduced copy's pixels, so that these are the same for all pieces.
    around = _box(start, end, margin(radius), height, width, reduction(radius))
    place, part = np.ascontiguousarray(pixels[around]), 1
    while radius / part > _WHOLE_PX:
        part *= 2
    if part > 1:
        below, beside = (-side % part for side in place.shape[:2])
        if beside or below:
            place = np.asarray(cv2.copyMakeBorder(place, 0, below, 0, beside, cv2.BORDER_REPLICATE), np.uint8)
        smaller = (place.shape[1] // part, place.shape[0] // part)
        place = np.asarray(cv2.resize(place, smaller, interpolation=cv2.INTER_AREA), np.uint8)
    first, last = (((x - around[1].start) / part, (y - around[0].start) / part) for x, y in (start, end))
    inner = slice(0, place.shape[0]), slice(0, place.shape[1])
    region = yield from similar_region(place, first, last, radius / part)
    yield
    cover = cv2.multiply(region, line_cover(first, last, radius / part, hardness, inner), scale=1 / 255)
    if part > 1:
        larger = (place.shape[1] * part, place.shape[0] * part)
        cover = cv2.resize(cover, larger, interpolation=cv2.INTER_LINEAR)
    down, across = (slice(own.start - wide.start, own.stop - wide.start) for own, wide in zip(box, around, strict=True))
    return box, np.asarray(cover[down, across], np.uint8)


def _box(start: Point, end: Point, reach: float, height: int, width: int, step: int) -> Box:
    """The box of a line with `reach` around it in an image of this size; it begins and ends at multiples of `step`."""

    def span(first: float, last: float, length: int) -> slice:
        lowest, highest = sorted((first, last))
        least = math.floor((lowest - reach) / step) * step
        most = math.ceil((highest + reach) / step) * step
        return slice(min(max(0, least), length), max(0, min(length, most)))

    return span(start[1], end[1], height), span(start[0], end[0], width)


def _united(one: slice, other: slice) -> slice:
    if one.start >= one.stop:
        return other
    return slice(min(one.start, other.start), max(one.stop, other.stop))
