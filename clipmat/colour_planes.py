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
    """HxWx3 in [0, 1]."""
    background: Floats
    """HxWx3 in [0, 1]."""
    line: Floats
    """HxWx4: slopes a of R, G, B and offset b of the colour line (Levin et al., PAMI 2008, equation 2).

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
    colour = image.astype(np.float32) / 255
    alpha, rest = matte[..., None], 1 - matte[..., None]
    moments = np.concatenate([alpha**2, alpha * rest, rest**2, alpha * colour, rest * colour], axis=2)
    mean = moments.mean(axis=(0, 1))
    front = (mean[3:6] + 1e-3 * colour.mean(axis=(0, 1))) / (mean[0] + mean[1] + 1e-3)
    back = (mean[6:9] + 1e-3 * colour.mean(axis=(0, 1))) / (mean[2] + mean[1] + 1e-3)
    front, back = (np.broadcast_to(c, colour.shape) for c in (front, back))
    for radius in WINDOW_RADII:
        ksize = 2 * radius + 1
        m = cv2.blur(moments, (ksize, ksize), borderType=cv2.BORDER_REPLICATE)
        ff, fb, bb = m[..., 0:1] + PRIOR_WEIGHT, m[..., 1:2], m[..., 2:3] + PRIOR_WEIGHT
        to_front, to_back = m[..., 3:6] + PRIOR_WEIGHT * front, m[..., 6:9] + PRIOR_WEIGHT * back
        determinant = ff * bb - fb**2
        front = np.clip((bb * to_front - fb * to_back) / determinant, 0, 1)
        back = np.clip((ff * to_back - fb * to_front) / determinant, 0, 1)
    difference = front - back
    distance = (difference**2).sum(axis=2)
    slopes = difference / (distance + SIMILAR_COLOURS**2)[..., None]
    line = np.dstack([slopes, -(slopes * back).sum(axis=2)])
    return ColourPlanes(front, back, line, SIMILAR_COLOURS**2 / (distance + SIMILAR_COLOURS**2))
