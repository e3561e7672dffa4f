"""The points of a stroke, reduced to those that its shape needs. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rim_editor.documents.document import Point

MAX_POINTS = 400
"""The most points that a stroke keeps."""
_MAX_INPUT = 1500  # more points are thinned out first: this runs on the UI thread, when the button is released


def simplified(points: Sequence[Point], tolerance: float, most: int = MAX_POINTS) -> tuple[Point, ...]:
    """The line through `points` by fewer of them: nowhere further than `tolerance` from the old line.

    First and last are kept. If that needs more than `most`, the line may be further away.
    At least one point, and `most` at least 2.
    """
    kept = _thinned(list(points), _MAX_INPUT)
    fewer = _douglas_peucker(kept, tolerance)
    while len(fewer) > most:
        kept, tolerance = fewer, max(tolerance, 1e-3) * 2
        fewer = _douglas_peucker(kept, tolerance)
        if len(fewer) < most // 2:  # a scribble loses its shape: every n-th point is better
            return tuple(_thinned(kept, most))
    return tuple(fewer)


def _thinned(points: list[Point], most: int) -> list[Point]:
    if len(points) <= most:
        return points
    step = (len(points) - 1) / (most - 1)
    return [points[round(n * step)] for n in range(most)]


def _douglas_peucker(points: list[Point], tolerance: float) -> list[Point]:
    if len(points) < 3:
        return points[:1] if len(points) == 2 and points[0] == points[1] else points
    keep = [False] * len(points)
    keep[0] = keep[-1] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        furthest, far = first, tolerance * tolerance
        for n in range(first + 1, last):
            x, y = points[n][0] - ax, points[n][1] - ay
            # The distance to the segment, not to the line: a stroke that turns back keeps its tip.
            share = min(max((x * dx + y * dy) / length, 0.0), 1.0) if length > 0 else 0.0
            x, y = x - share * dx, y - share * dy
            distance = x * x + y * y
            if distance > far:
                furthest, far = n, distance
        if furthest != first:
            keep[furthest] = True
            spans += [(first, furthest), (furthest, last)]
    return [point for point, kept in zip(points, keep, strict=True) if kept]


def far_enough(last: Point, point: Point, least: float) -> bool:
    """Whether a new point of a stroke is `least` or more away from the last one."""
    return math.hypot(point[0] - last[0], point[1] - last[1]) >= least
