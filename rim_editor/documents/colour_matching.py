"""Colour matching: an object takes on the lightness and colours of the image that is behind it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rim_editor.documents.area_reduction import reduced
from rim_editor.documents.compositing import RIM_PX, Made, Strips, strips
from rim_editor.documents.strokes import Box, box_around, grown

Pixels = NDArray[np.uint8]
Coverage = NDArray[np.float32]

_SAMPLE_PX = 256
"""The longer side of the reduced images of which means and deviations are taken: the same for preview and export."""
_LEAST_GAIN, _MOST_GAIN = 0.4, 2.5
"""A background of one colour would otherwise take all shape from the object, a busy one would tear it apart."""


class _Statistics(NamedTuple):
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]


def matched(colours: Strips, matte: Strips, ground: Pixels, strength: float) -> Strips:
    """The object's colours, HxWx3 uint8, with mean and standard deviation moved to those of `ground`; strip by strip.

    Colour transfer of Reinhard, Ashikhmin, Gooch and Shirley ("Color Transfer between Images", IEEE CG&A 21, 2001), in
    CIELAB (D65) instead of their l-alpha-beta, each pixel weighted: the object by `matte`, HxW in [0, 1], the ground,
    HxWx3 or HxWx4 uint8, by its own alpha. `strength` in [0, 1] goes from no change to all of it. Where either covers
    nothing, the colours are returned as they are.
    """
    if strength <= 0:
        return colours
    own = _statistics(colours, matte)
    size = ground.shape[:2]
    alpha = Made(size, lambda rows: ground[rows][..., 3] / np.float32(255)) if ground.shape[2] == 4 else None
    other = _statistics(Made((*size, 3), lambda rows: ground[rows][..., :3]), alpha)
    if own is None or other is None:
        return colours
    gain = np.clip(other.deviation / np.maximum(own.deviation, 1e-3), _LEAST_GAIN, _MOST_GAIN)
    gain = 1 + strength * (gain - 1)
    mean = own.mean + strength * (other.mean - own.mean)
    scale, shift = (np.asarray(each, np.float32) for each in (gain, mean - gain * own.mean))

    height, width = matte.shape
    box = _seen(matte) or (slice(0), slice(0))
    seen, columns = grown(box[0], RIM_PX, height), grown(box[1], RIM_PX, width)

    def strip(rows: slice) -> Pixels:
        result: Pixels = np.array(colours[rows])
        first = rows.indices(height)[0]
        part = result[max(0, seen.start - first) : max(0, seen.stop - first), columns]
        if part.size:
            part[:] = _to_rgb(_to_lab(part) * scale + shift)
        return result

    return Made(colours.shape, strip)


def _seen(matte: Strips) -> Box | None:
    """The box around all that is covered at all."""
    rows, columns = np.zeros(matte.shape[0], bool), np.zeros(matte.shape[1], bool)
    for part in strips(matte):
        seen = matte[part] > 0
        rows[part] = seen.any(axis=1)
        columns |= seen.any(axis=0)
    return box_around(rows[:, None] & columns[None, :]) if rows.any() else None


def _statistics(pixels: Strips, weight: Strips | None) -> _Statistics | None:
    """Mean and standard deviation of L, a and b, all pixels alike without weights; None where these are nothing."""
    height, width = pixels.shape[:2]
    factor = min(1.0, _SAMPLE_PX / max(height, width))
    size = max(1, round(height * factor)), max(1, round(width * factor))

    def small(values: Strips) -> Coverage:
        def read(rows: slice, columns: slice) -> Coverage:
            part = np.asarray(values[rows, columns], np.float32)
            return part if part.ndim == 3 else part[:, :, None]

        return reduced(read, (height, width), size, slice(0, size[0]), slice(0, size[1]))

    share = np.ones(size) if weight is None else np.asarray(small(weight)[..., 0], np.float64)
    # A pixel on the edge of what is weighted has been mixed with what is beside it.
    share = np.where(share > min(0.9, float(share.max())) - 1e-6, share, 0)
    total = share.sum()
    if total < 1e-6:
        return None
    lab = _to_lab(np.asarray(np.rint(small(pixels)), np.uint8)).astype(np.float64)
    mean = (lab * share[..., None]).sum((0, 1)) / total
    variance = ((lab - mean) ** 2 * share[..., None]).sum((0, 1)) / total
    return _Statistics(mean, np.sqrt(variance))


def _to_lab(pixels: Pixels) -> NDArray[np.float32]:
    """L in [0, 100], a and b, of sRGB."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2Lab), np.float32)


def _to_rgb(lab: NDArray[np.float32]) -> Pixels:
    import cv2

    colours = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)
    return np.asarray(np.rint(np.clip(colours, 0, 1) * np.float32(255)), np.uint8)
