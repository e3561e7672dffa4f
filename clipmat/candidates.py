"""What a system that finds instances offers to choose from: masks or boxes with scores, and their geometry.

No network in it. Positions are shares of the image's sides, (0, 0) its upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from clipmat.pointing import Corners

_TOUCH = 2
"""Pixels by which the masks of two things may be apart where one covers the other: their edges are soft."""
_DISC = 0.03
"""Radius, in sides of the image, of the discs in which it is read who covers whom."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """One thing in an image that an expression may mean."""

    box: Corners
    """x0, y0, x1, y1 in pixels of the upright image."""
    score: float
    """How sure the system is of it, 0 to 1."""
    size: tuple[int, int]
    """Height and width of the image in pixels."""
    mask: NDArray[np.bool_] | None = None
    """HxW bool: what is seen of it; None where the system gives boxes only."""

    @staticmethod
    def of_mask(mask: NDArray[np.bool_], score: float = 1.0) -> Candidate:
        """The candidate of a mask, HxW bool; an empty mask has an empty box."""
        rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
        box = (0.0, 0.0, 0.0, 0.0)
        if rows.size:
            box = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
        return Candidate(box, score, (mask.shape[0], mask.shape[1]), mask)

    @cached_property
    def sides(self) -> Corners:
        """Its box, in shares of the image's sides."""
        x0, y0, x1, y1 = self.box
        return x0 / self.size[1], y0 / self.size[0], x1 / self.size[1], y1 / self.size[0]

    @cached_property
    def centre(self) -> tuple[float, float]:
        """x, y of the centre of what is seen of it."""
        if self.mask is None or not self.mask.any():
            x0, y0, x1, y1 = self.sides
            return (x0 + x1) / 2, (y0 + y1) / 2
        columns, rows = self.mask.sum(axis=0), self.mask.sum(axis=1)
        x = float(columns @ (np.arange(len(columns)) + 0.5)) / float(columns.sum()) / len(columns)
        return x, float(rows @ (np.arange(len(rows)) + 0.5)) / float(rows.sum()) / len(rows)

    @cached_property
    def area(self) -> float:
        """Its share of the image."""
        if self.mask is not None:
            return float(self.mask.mean())
        x0, y0, x1, y1 = self.sides
        return (x1 - x0) * (y1 - y0)

    @property
    def tallness(self) -> float:
        """Its height, in sides of the image."""
        return self.sides[3] - self.sides[1]

    def shown(self) -> tuple[slice, slice]:
        """The rows and columns of its box, at least one pixel."""
        x0, y0, x1, y1 = self.box
        top, left = min(int(y0), self.size[0] - 1), min(int(x0), self.size[1] - 1)
        return slice(top, max(round(y1), top + 1)), slice(left, max(round(x1), left + 1))

    def has(self, x: float, y: float) -> bool:
        """Whether a point in pixels is on what is seen of it, or in its box where it has no mask."""
        if self.mask is not None:
            return bool(self.mask[int(y), int(x)])
        x0, y0, x1, y1 = self.box
        return x0 <= x < x1 and y0 <= y < y1

    def share_in(self, box: Corners) -> float:
        """The share of it, 0 to 1, that is in a box in pixels."""
        if self.mask is None:
            return _shared(self.box, box) / max(_extent(self.box), 1e-9)
        inside = self.mask[Candidate(box, 1.0, self.size).shown()]
        return float(inside.sum()) / max(float(self.mask.sum()), 1.0)

    def same_as(self, other: Candidate) -> bool:
        """Whether both are one thing: their boxes nearly agree."""
        return self is other or _shared(self.sides, other.sides) > 0.8 * max(
            _extent(self.sides), _extent(other.sides), 1e-9
        )

    def gap(self, other: Candidate) -> float:
        """How far their boxes are apart, in sides of the image; 0 where they meet."""
        a, b = self.sides, other.sides
        across, down = max(a[0], b[0]) - min(a[2], b[2]), max(a[1], b[1]) - min(a[3], b[3])
        return float(np.hypot(max(across, 0), max(down, 0)))

    def covers(self, other: Candidate) -> float:
        """How surely it stands in front of the other: above 0; below 0 if it is behind, 0 if they do not meet.

        Where the contours of two things meet, that of the front one goes on smoothly and that of the other ends (a
        T-junction): a small disc around the place holds a half of the front one and less of the other.
        """
        if self.mask is None or other.mask is None or self.gap(other) > 0.02:
            return 0.0
        kernel = np.ones((2 * _TOUCH + 1, 2 * _TOUCH + 1), np.uint8)
        mine, its = self.mask.astype(np.uint8), other.mask.astype(np.uint8)
        seam = (cv2.dilate(mine, kernel) > 0) & (cv2.dilate(its, kernel) > 0)
        if not seam.any():
            return 0.0
        radius = max(4, round(_DISC * max(self.size)))
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)).astype(np.float32)
        beside = cv2.dilate(((mine | its) == 0).astype(np.uint8), kernel, borderValue=0).astype(bool)
        open_air = cv2.erode((mine | its), np.ones((3, 3), np.uint8), borderValue=1) == 0
        ends = seam & beside & open_air & _inside(self.size)
        if not ends.any():  # one is surrounded by the other: the smaller one is seen whole
            return 0.25 if self.area < other.area else -0.25
        shares = [
            cv2.filter2D(mask.astype(np.float32), -1, disc / disc.sum(), borderType=cv2.BORDER_CONSTANT)[ends]
            for mask in (mine, its)
        ]
        return float((shares[0] - shares[1]).mean())


def _inside(size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where nothing is cut off by the image's border."""
    inside = np.zeros(size, bool)
    inside[2:-2, 2:-2] = True
    return inside


def _extent(box: Corners) -> float:
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)


def _shared(a: Corners, b: Corners) -> float:
    return _extent((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
