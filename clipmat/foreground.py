"""Colour decontamination: the colours of the object and of what is behind it, where a pixel shows both.

A pixel on the object's edge holds some of the old background; on a new one that shows as a fringe.
The alpha is never changed here, only colours; what they are is estimated in foreground_levels.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

# The estimate wants some known background around the object; farther away the image is its own background.
_MARGIN_PX = 32
_STRIP_ROWS = 256


@dataclass(frozen=True, eq=False)
class SeparatedColours:
    """What the image is made of: foreground · matte + background · (1 - matte) = image, nearly.

    Both are HxWx3 uint8 sRGB. The foreground is the image itself, to the bit, wherever the matte rounds to
    255 of 255; the background wherever the matte rounds to 0.
    """

    foreground: NDArray[np.uint8]
    background: NDArray[np.uint8]


def separate(image: NDArray[np.uint8], matte: NDArray[np.float32]) -> SeparatedColours:
    """The colours of the object and of the background in `image`, HxWx3 uint8, by `matte`, HxW float32 in [0, 1].

    Multi-level foreground estimation (Germer, Uelwer, Conrad, Harmeling 2020) on the matte's box only.
    Time grows with the box: about 0.15 s for a megapixel. The first call compiles the estimator, 5 s once a machine.
    Takes 15 bytes a pixel, of which 6 are the result. May be called from several threads at once.
    """
    alpha = _bytes(matte)
    if not ((alpha > 0) & (alpha < 255)).any():
        return SeparatedColours(image, image)
    box = _box(alpha > 0)
    if max(alpha[box].shape) < 2:  # a single pixel gives no estimate of the background
        return SeparatedColours(image, image)
    del alpha
    foreground, background = image.copy(), image.copy()
    _estimator()(image[box], matte[box], foreground[box], background[box])
    return SeparatedColours(foreground, background)


def warm_up() -> None:
    """Compile or load the estimator now, so that the first cut-out does not wait: 5 s, once per machine."""
    _estimator()


def _bytes(matte: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The matte in 8 bits, made a strip of rows at a time, so that no copy in float exists."""
    alpha = np.empty(matte.shape, np.uint8)
    for start in range(0, len(matte), _STRIP_ROWS):
        rows = slice(start, start + _STRIP_ROWS)
        alpha[rows] = np.rint(matte[rows] * np.float32(255))
    return alpha


def _box(inside: NDArray[np.bool_]) -> tuple[slice, slice]:
    return _span(np.asarray(inside.any(axis=1))), _span(np.asarray(inside.any(axis=0)))


def _span(hits: NDArray[np.bool_]) -> slice:
    at = np.flatnonzero(hits)
    return slice(max(0, int(at[0]) - _MARGIN_PX), min(len(hits), int(at[-1]) + 1 + _MARGIN_PX))


@cache
def _estimator() -> Callable[..., None]:
    try:
        from clipmat import foreground_levels
    except (RuntimeError, OSError) as error:
        if not isinstance(error, OSError) and "cannot cache" not in str(error):
            raise
        # Neither the install nor the home folder can be written, or they are full: compile for this process alone.
        from numba.core.dispatcher import Dispatcher

        caching = Dispatcher.enable_caching
        Dispatcher.enable_caching = lambda _: None  # type: ignore[assignment, method-assign]
        try:
            from clipmat import foreground_levels
        finally:
            Dispatcher.enable_caching = caching  # type: ignore[method-assign]
    estimate: Callable[..., None] = foreground_levels.estimate
    return estimate
