"""Simulated pointing: the points and the box with which a user might show an object, drawn from its matte.

Points as in RITM (Sofiiuk et al., ICIP 2022, section 3.3), without its rounds of corrections.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from clipmat.pointing import Click, Corners, Pointing
from training.scene import Alpha

_SOLID, _FAINT = 0.8, 0.3
_BOX, _BOX_AND_POINTS = 0.3, 0.15
"""Shares of prompts; the rest are points alone."""
_MORE, _DROP = 0.25, 0.35
"""Shares with a second and third point to keep, and with points to drop."""
_DEEP = 0.5
"""Share of the points that are well inside."""
_JITTER = 0.06
"""Standard deviation of a box's sides, as a share of its size."""


def simulated_pointing(matte: Alpha, others: Sequence[Alpha], rng: np.random.Generator) -> Pointing:
    """What shows the object of an HxW matte in [0, 1], in its pixels; `others` are mattes of what is beside it.

    Nothing where the matte has no pixel of at least .3.
    """
    if matte.max() < _FAINT:
        return Pointing()
    draw = rng.random()
    box = _box(matte, rng) if draw < _BOX + _BOX_AND_POINTS else None
    return Pointing(() if draw < _BOX else _points(matte, others, rng), box)


def _points(matte: Alpha, others: Sequence[Alpha], rng: np.random.Generator) -> tuple[Click, ...]:
    solid = matte >= min(_SOLID, float(matte.max()))
    more = int(rng.integers(1, 3)) if rng.random() < _MORE else 0
    points = [(*_inside(solid, rng), True) for _ in range(1 + more)]
    if rng.random() < _DROP:
        beside = np.zeros(matte.shape, bool)
        for other in others:
            beside |= (other > 0.5) & (matte < 0.05)
        if not beside.any() or rng.random() < 0.3:
            near = cv2.dilate((matte > 0.05).astype(np.uint8), np.ones((3, 3), np.uint8), iterations=12)
            beside = (near > 0) & (matte < 0.02)
        if beside.any():
            points += [(*_inside(beside, rng), False) for _ in range(int(rng.integers(1, 3)))]
    return tuple(points)


def _inside(plane: NDArray[np.bool_], rng: np.random.Generator) -> tuple[float, float]:
    """x, y of a pixel of the plane."""
    if rng.random() < _DEEP:
        depth = cv2.distanceTransform(np.pad(plane.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
        plane = depth >= depth.max() * rng.uniform(0.2, 0.8)
    at = np.flatnonzero(plane)
    row, column = divmod(int(at[int(rng.integers(len(at)))]), plane.shape[1])
    return column + 0.5, row + 0.5


def box_around(matte: Alpha, least: float) -> Corners:
    """The box around what is at least `least` there of a matte, in its pixels; something is."""
    rows, columns = (np.flatnonzero((matte >= least).any(axis=axis)) for axis in (1, 0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _box(matte: Alpha, rng: np.random.Generator) -> Corners:
    x0, y0, x1, y1 = box_around(matte, _FAINT)
    dx0, dy0, dx1, dy1 = rng.normal(0, _JITTER, 4).clip(-0.12, 0.12)
    width, height = x1 - x0, y1 - y0
    return (
        max(x0 - dx0 * width, 0.0),
        max(y0 - dy0 * height, 0.0),
        min(max(x1 + dx1 * width, x0 + 1), float(matte.shape[1])),
        min(max(y1 + dy1 * height, y0 + 1), float(matte.shape[0])),
    )
