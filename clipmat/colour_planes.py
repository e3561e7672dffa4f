"""The colours that an image has on both sides of its matte, and the alpha that they suggest for a pixel between them.

One plane per quantity, at the coarse matte's size: they guide the post-refiner (`clipmat.refiner.guide_planes`).
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WINDOW_RADII = (32, 8, 2)
"""Pixels from the centre of a window to its edge, from the widest, whose result guides the next, to the narrowest."""
PRIOR_WEIGHT = 0.02
"""Weight of the wider window's result beside the pixels of a window."""
SIMILAR_COLOURS = 0.1
"""Distance of two sRGB colours in [0, 1] at which the ambiguity is one half."""


class ColourPlanes(NamedTuple):
    """The colours of both sides at each pixel, and the colour line between them."""

    foreground: Floats
    """3xHxW in [0, 1]."""
    background: Floats
    """3xHxW in [0, 1]."""
    line: Floats
    """4xHxW: slopes a of R, G, B and offset b of the colour line (Levin et al., PAMI 2008, equation 2).

    a . I + b is how far the colour I in [0, 1] is from the background's on the way to the foreground's; the line is
    flat where both are similar.
    """
    ambiguity: Floats
    """HxW in [0, 1]: 1 where both sides have the same colour, about 0 where they differ clearly."""


def estimate_colour_planes(image: NDArray[np.uint8], matte: Floats) -> ColourPlanes:
    """The colours F and B that best explain I = alpha F + (1 - alpha) B around each pixel, by least squares.

    HxWx3 uint8 sRGB and HxW float32 in [0, 1] -> float32 planes. Mixed pixels count as well, so a matte of thin
    strands alone still has a foreground colour. As in blur fusion (Forte, ICIP 2021), but solved for both sides at
    once, over windows that narrow.
    """
    moments = colour_moments(image, matte)
    front, back = mean_colours(moments)
    for radius in WINDOW_RADII:
        front, back = solved_colours(blurred(moments, 2 * radius + 1), front, back, PRIOR_WEIGHT)
    difference = front - back
    distance = (difference**2).sum(axis=0)
    slopes = difference / (distance + SIMILAR_COLOURS**2)
    line = np.concatenate([slopes, -(slopes * back).sum(axis=0)[None]])
    return ColourPlanes(front, back, line, SIMILAR_COLOURS**2 / (distance + SIMILAR_COLOURS**2))


def colour_moments(image: NDArray[np.uint8], matte: Floats) -> Floats:
    """What the least squares of a window are made of, before it is averaged: 9xHxW float32.

    HxWx3 uint8 and HxW float32 -> alpha^2, alpha (1 - alpha), (1 - alpha)^2, alpha I and (1 - alpha) I, I in [0, 1].
    """
    rest = 1 - matte
    moments = np.empty((9, *matte.shape), np.float32)
    moments[0], moments[1], moments[2] = matte**2, matte * rest, rest**2
    np.multiply(image.transpose(2, 0, 1), np.float32(1 / 255), out=moments[3:6])
    np.multiply(moments[3:6], rest, out=moments[6:9])
    moments[3:6] *= matte
    return moments


def mean_colours(moments: Floats) -> tuple[Floats, Floats]:
    """The colours of both sides if each has a single one, 3x1x1; that of all pixels for a side that has none."""
    mean = moments.mean(axis=(1, 2))
    ahead, behind = mean[3:6], mean[6:9]
    little = 1e-3 * (ahead + behind)
    front = (ahead + little) / (mean[0] + mean[1] + 1e-3)
    back = (behind + little) / (mean[2] + mean[1] + 1e-3)
    return front[:, None, None], back[:, None, None]


def blurred(moments: Floats, side: int) -> Floats:
    """The moments of a window of `side` x `side` pixels around each pixel."""
    return np.stack([cv2.blur(plane, (side, side), borderType=cv2.BORDER_REPLICATE) for plane in moments])


def solved_colours(moments: Floats, front: Floats, back: Floats, weight: float) -> tuple[Floats, Floats]:
    """The colours of both sides, 3xHxW in [0, 1], by the moments of their windows and by a guess of the same shape.

    `weight` is that of the guess beside one pixel. All in float32.
    """
    ff, fb, bb = moments[0] + weight, moments[1], moments[2] + weight
    to_front, to_back = moments[3:6] + weight * front, moments[6:9] + weight * back
    scale = 1 / (ff * bb - fb**2)
    return np.clip((bb * to_front - fb * to_back) * scale, 0, 1), np.clip((ff * to_back - fb * to_front) * scale, 0, 1)
