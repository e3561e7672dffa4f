"""Windows of an image in which an object, or a part of its transition, is looked at more closely."""

from __future__ import annotations

import numpy as np

from training.scene import Alpha

Window = tuple[slice, slice]
_SHARES = (0.5, 0.75, 1.0)
"""Of the largest window: what 640, 960 and 1280 px are to one another."""


def around_object(matte: Alpha, size: tuple[int, int], rng: np.random.Generator) -> Window:
    """A random window with the aspect of HxW `size` that holds the object, as far as that aspect allows."""
    tall, wide = _largest(matte, size)
    rows, columns = np.flatnonzero(matte.max(axis=1) > 0.05), np.flatnonzero(matte.max(axis=0) > 0.05)
    if rows.size == 0:
        return _window((0, matte.shape[0]), (0, matte.shape[1]), (tall, wide), matte.shape, rng)
    y, x = (int(rows[0]), int(rows[-1]) + 1), (int(columns[0]), int(columns[-1]) + 1)
    least = min(1.0, max((y[1] - y[0]) / tall, (x[1] - x[0]) / wide))
    share = rng.uniform(least, 1)
    return _window(y, x, (tall * share, wide * share), matte.shape, rng)


def around_transition(matte: Alpha, size: tuple[int, int], rng: np.random.Generator) -> Window:
    """A random window with the aspect of HxW `size` about a pixel where the matte is neither 0 nor 1.

    Half, three quarters or all of the largest window, as GFM, AimNet and P3M-Net crop 640, 960 or 1280 px (Li et al.
    2021, 2022). The window holds the whole object instead where that pixel has hardly any of the object around it: then
    the expression would fit nothing that is seen.
    """
    rows, columns = np.nonzero((matte > 0.05) & (matte < 0.95))
    if rows.size == 0:
        return around_object(matte, size, rng)
    at = int(rng.integers(rows.size))
    y, x = (int(rows[at]), int(rows[at]) + 1), (int(columns[at]), int(columns[at]) + 1)
    tall, wide = _largest(matte, size)
    share = float(rng.choice(_SHARES))
    window = _window(y, x, (tall * share, wide * share), matte.shape, rng)
    seen = matte[window]
    if seen.mean() < 0.1 and seen.sum() < 0.25 * matte.sum():
        return around_object(matte, size, rng)
    return window


def _largest(matte: Alpha, size: tuple[int, int]) -> tuple[float, float]:
    tall = min(matte.shape[0], matte.shape[1] * size[0] / size[1])
    return tall, tall * size[1] / size[0]


def _window(
    y: tuple[int, int],
    x: tuple[int, int],
    sides: tuple[float, float],
    limits: tuple[int, ...],
    rng: np.random.Generator,
) -> Window:
    """A window of the `sides` with the span y, x inside, or inside the span where that is longer."""
    slices = []
    for (first, last), side, limit in zip((y, x), sides, limits, strict=True):
        whole = min(limit, max(1, round(side)))
        low, high = sorted((last - whole, first))
        start = int(np.clip(rng.uniform(low, high), 0, limit - whole))
        slices.append(slice(start, start + whole))
    return slices[0], slices[1]
