"""Simulated pointing: the points and the box with which a user might show an object, drawn from its matte.

Points as in RITM (Sofiiuk et al., ICIP 2022, section 3.3). Its rounds of corrections need the network's answers, which
a sample does not know: the mistakes that are corrected here are simulated as well.
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
_ROUNDS = 3
"""Most rounds of corrections."""
_MISTAKE = 0.002
"""Share of the image below which nobody corrects a mistake."""


def simulated_pointing(matte: Alpha, others: Sequence[Alpha], rng: np.random.Generator) -> Pointing:
    """What shows the object of an HxW matte in [0, 1], in its pixels; `others` are mattes of what is beside it.

    Nothing where the matte has no pixel of at least .3.
    """
    if matte.max() < _FAINT:
        return Pointing()
    draw = rng.random()
    box = _box(matte, rng) if draw < _BOX + _BOX_AND_POINTS else None
    return Pointing(() if draw < _BOX else _points(matte, others, rng), box)


def points_to_drop(matte: Alpha, others: Sequence[Alpha], rng: np.random.Generator) -> Pointing:
    """One or two points beside the object of a matte and none on it: on what it was mistaken for, or near it.

    Nothing where the object fills the image.
    """
    return Pointing(_drops(matte, others, rng))


def point_to_drop_each(matte: Alpha, rivals: Sequence[Alpha], rng: np.random.Generator) -> Pointing:
    """A point to drop on each rival of the object of a matte; nothing where one of them has no place of its own."""
    planes = [(rival > 0.5) & (matte < 0.05) for rival in rivals]
    if not all(plane.any() for plane in planes):
        return Pointing()
    return Pointing(tuple((*_inside(plane, rng), False) for plane in planes))


def correcting_points(matte: Alpha, others: Sequence[Alpha], rng: np.random.Generator) -> Pointing:
    """The points of one to three rounds in which a user corrects mistaken answers for the object of a matte.

    The mistakes: another thing beside it or in its place, half of it missing, what surrounds it as well. Each is
    clicked where it is wrong, to keep or to drop, and is right in the next round. Nothing where none is large enough.
    """
    solid, outside = matte > 0.5, matte < 0.05
    answer = np.zeros(matte.shape, bool) if rng.random() < 0.25 else solid.copy()
    for _ in range(int(rng.integers(1, 3))):
        answer = _mistaken(answer, solid, others, rng)
    points: list[Click] = []
    for _ in range(int(rng.integers(1, _ROUNDS + 1))):
        missing, surplus = solid & ~answer, answer & outside
        keep = bool(missing.sum() >= surplus.sum())
        wrong = _largest_piece(missing if keep else surplus)
        if wrong.mean() < _MISTAKE:
            break
        points.append((*_inside(wrong, rng), keep))
        answer = answer | wrong if keep else answer & ~wrong
    return Pointing(tuple(points))


def _mistaken(
    answer: NDArray[np.bool_], solid: NDArray[np.bool_], others: Sequence[Alpha], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """The answer with one mistake more."""
    draw = rng.random()
    if others and draw < 0.5:
        other = others[int(rng.integers(len(others)))] > 0.5
        return other if draw < 0.15 else answer | other
    if draw < 0.75 and solid.any():  # what lies on one side of a line through it is missing
        rows, columns = np.nonzero(solid)
        angle, at = rng.uniform(0, 2 * np.pi), int(rng.integers(len(rows)))
        down, across = np.ogrid[: solid.shape[0], : solid.shape[1]]
        beyond = (down - rows[at]) * np.sin(angle) + (across - columns[at]) * np.cos(angle) > 0
        return np.asarray(answer & ~beyond, bool)
    reach = int(rng.integers(4, 5 + max(solid.shape) // 12))
    spread = np.asarray(cv2.dilate(solid.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=reach) > 0, bool)
    shift = np.roll(spread, tuple(int(n) for n in rng.integers(-reach, reach + 1, 2)), axis=(0, 1))
    return np.asarray(answer | (spread & shift), bool)


def _largest_piece(plane: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected piece of a plane; none of an empty one."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(plane.astype(np.uint8))
    if count < 2:
        return plane
    return np.asarray(labels == 1 + int(statistics[1:, cv2.CC_STAT_AREA].argmax()), bool)


def _points(matte: Alpha, others: Sequence[Alpha], rng: np.random.Generator) -> tuple[Click, ...]:
    solid = matte >= min(_SOLID, float(matte.max()))
    more = int(rng.integers(1, 3)) if rng.random() < _MORE else 0
    points = tuple((*_inside(solid, rng), True) for _ in range(1 + more))
    return (*points, *_drops(matte, others, rng)) if rng.random() < _DROP else points


def _drops(matte: Alpha, others: Sequence[Alpha], rng: np.random.Generator) -> tuple[Click, ...]:
    beside = np.zeros(matte.shape, bool)
    for other in others:
        beside |= (other > 0.5) & (matte < 0.05)
    if not beside.any() or rng.random() < 0.3:
        near = cv2.dilate((matte > 0.05).astype(np.uint8), np.ones((3, 3), np.uint8), iterations=12)
        beside = (near > 0) & (matte < 0.02)
    if not beside.any():
        return ()
    return tuple((*_inside(beside, rng), False) for _ in range(int(rng.integers(1, 3))))


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
