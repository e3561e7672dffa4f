"""Simulated coarse mattes: exact ones made smaller and given the faults of a network at a small size."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from clipmat.transforms import resized
from training.scene import Alpha


class CoarseMatte(NamedTuple):
    """The output of a network at a small size: hxw matte in [0, 1], hxwx3 probabilities of the trimap's classes."""

    matte: Alpha
    labels: Alpha


def degraded(alpha: Alpha, size: tuple[int, int], rng: np.random.Generator, *, exact: bool) -> CoarseMatte:
    """A coarse matte of `size` for an exact one: its area average where `exact`, else with a network's faults too.

    Faults are blur, hard decisions, thick and thin edges, lost strands, filled holes, displacement and doubt.
    """
    averaged = resized(alpha, size).clip(0, 1)
    if exact:
        return CoarseMatte(averaged, _labels(averaged, int(rng.integers(0, 3)), rng.uniform(0, 0.6)))
    low: NDArray[Any] = averaged
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    draw = rng.random(7)
    if draw[0] < 0.25:
        low = cv2.morphologyEx(low, cv2.MORPH_OPEN, near, iterations=int(rng.integers(1, 3)))
    if draw[1] < 0.25:
        low = cv2.morphologyEx(low, cv2.MORPH_CLOSE, near, iterations=int(rng.integers(1, 4)))
    if draw[2] < 0.15:
        low = cv2.dilate(low, near)
    elif draw[2] < 0.3:
        low = cv2.erode(low, near)
    if draw[3] < 0.5:
        low = _displaced(low, rng)
    if draw[4] < 0.6:
        low = cv2.GaussianBlur(low, (0, 0), rng.uniform(0.3, 1.3))
    if draw[5] < 0.5:
        low = (low - 0.5) * rng.uniform(1, 5) + 0.5 + rng.uniform(-0.2, 0.2)
    if draw[6] < 0.3:
        low = low + _smooth(low.shape, rng) * 0.25 * (4 * low * (1 - low))
    low = np.clip(low, 0, 1).astype(np.float32)
    labels = _labels(low, int(rng.integers(0, 4)), rng.uniform(0.3, 1.6))
    decided = labels.argmax(axis=2)
    fused = np.where(decided == 1, low, (decided == 2).astype(np.float32))
    return CoarseMatte(np.asarray(fused, np.float32), labels)


def _labels(low: Alpha, reach: int, softness: float) -> Alpha:
    """Probabilities hxwx3 of a trimap whose unknown is the transition, widened by `reach` and blurred."""
    soft = ((low > 0.03) & (low < 0.97)).astype(np.uint8)
    near = np.ones((3, 3), np.uint8)
    soft |= (cv2.dilate(low, near) - cv2.erode(low, near) > 0.5).astype(np.uint8)
    unknown = cv2.dilate(soft, np.ones((2 * reach + 1,) * 2, np.uint8)) > 0
    planes = np.dstack([~unknown & (low < 0.5), unknown, ~unknown & (low >= 0.5)]).astype(np.float32)
    return planes if softness < 0.15 else np.asarray(cv2.GaussianBlur(planes, (0, 0), softness), np.float32)


def _displaced(low: Alpha, rng: np.random.Generator) -> Alpha:
    height, width = low.shape
    drift = rng.normal(0, 0.4, 2) + np.dstack([_smooth(low.shape, rng), _smooth(low.shape, rng)]) * rng.uniform(0, 1)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    moved = cv2.remap(
        low,
        (x + drift[..., 0]).astype(np.float32),
        (y + drift[..., 1]).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, np.float32)


def _smooth(size: tuple[int, ...], rng: np.random.Generator) -> Alpha:
    """A smooth random field of deviation about 1."""
    cells = rng.normal(0, 1, (5, 5)).astype(np.float32)
    return np.asarray(cv2.resize(cells, (size[1], size[0]), interpolation=cv2.INTER_CUBIC), np.float32)
