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
    colour = np.ascontiguousarray(image.transpose(2, 0, 1), np.float32)  # arithmetic is quick along whole rows
    colour /= 255
    rest = 1 - matte
    moments = np.concatenate([[matte**2, matte * rest, rest**2], matte * colour, rest * colour])
    mean, mean_colour = moments.mean(axis=(1, 2)), colour.mean(axis=(1, 2))
    front = ((mean[3:6] + 1e-3 * mean_colour) / (mean[0] + mean[1] + 1e-3))[:, None, None]
    back = ((mean[6:9] + 1e-3 * mean_colour) / (mean[2] + mean[1] + 1e-3))[:, None, None]
    for radius in WINDOW_RADII:
        ksize = (2 * radius + 1, 2 * radius + 1)
        blurred = np.stack([cv2.blur(plane, ksize, borderType=cv2.BORDER_REPLICATE) for plane in moments])
        ff, fb, bb = blurred[0] + PRIOR_WEIGHT, blurred[1], blurred[2] + PRIOR_WEIGHT
        to_front, to_back = blurred[3:6] + PRIOR_WEIGHT * front, blurred[6:9] + PRIOR_WEIGHT * back
        determinant = ff * bb - fb**2
        front = np.clip((bb * to_front - fb * to_back) / determinant, 0, 1)
        back = np.clip((ff * to_back - fb * to_front) / determinant, 0, 1)
    difference = front - back
    distance = (difference**2).sum(axis=0)
    slopes = difference / (distance + SIMILAR_COLOURS**2)
    line = np.concatenate([slopes, -(slopes * back).sum(axis=0)[None]])
    return ColourPlanes(front, back, line, SIMILAR_COLOURS**2 / (distance + SIMILAR_COLOURS**2))
