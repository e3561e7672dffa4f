"""The colours that an image has on both sides of its matte, and what they say of a pixel between them."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RADII = (32, 8, 2)
"""Pixels from the middle of a window to its edge, from the widest, which guides the next, to the last."""
TRUST = 0.02
"""Weight of the wider window's answer beside the pixels of a window."""
SAME = 0.1
"""Distance of two colours, of sRGB in 0..1, at which they are told apart by half."""


class ColorPlanes(NamedTuple):
    """Colours of both sides at each pixel, HxWx3 float32 in [0, 1], and the line between them."""

    foreground: Floats
    background: Floats
    line: Floats
    """HxWx4: slopes a of R, G, B and offset b: a . I + b is how far the colour I is from B on the way to F, less
    where both are alike."""
    doubt: Floats
    """HxW in [0, 1]: 1 where both sides have one colour, about 0 where they differ clearly."""


def color_planes(image: NDArray[np.uint8], matte: Floats) -> ColorPlanes:
    """The colours F and B that explain I = alpha F + (1 - alpha) B best around each pixel, by least squares.

    HxWx3 uint8 sRGB and HxW float32 in [0, 1]. Mixed pixels count as well, so a matte of nothing but strands has a
    foreground colour. As in the blur fusion of colours (Forte, ICIP 2021), but solved for both sides at once, over
    windows that narrow.
    """
    color = image.astype(np.float32) / 255
    alpha, rest = matte[..., None], 1 - matte[..., None]
    moments = np.concatenate([alpha**2, alpha * rest, rest**2, alpha * color, rest * color], axis=2)
    mean = moments.mean(axis=(0, 1))
    front = (mean[3:6] + 1e-3 * color.mean(axis=(0, 1))) / (mean[0] + mean[1] + 1e-3)
    back = (mean[6:9] + 1e-3 * color.mean(axis=(0, 1))) / (mean[2] + mean[1] + 1e-3)
    front, back = (np.broadcast_to(c, color.shape) for c in (front, back))
    for radius in RADII:
        ksize = 2 * radius + 1
        m = cv2.blur(moments, (ksize, ksize), borderType=cv2.BORDER_REPLICATE)
        ff, fb, bb = m[..., 0:1] + TRUST, m[..., 1:2], m[..., 2:3] + TRUST
        to_front, to_back = m[..., 3:6] + TRUST * front, m[..., 6:9] + TRUST * back
        determinant = ff * bb - fb**2
        front = np.clip((bb * to_front - fb * to_back) / determinant, 0, 1)
        back = np.clip((ff * to_back - fb * to_front) / determinant, 0, 1)
    apart = front - back
    distance = (apart**2).sum(axis=2)
    slopes = apart / (distance + SAME**2)[..., None]
    line = np.dstack([slopes, -(slopes * back).sum(axis=2)])
    return ColorPlanes(front, back, line, SAME**2 / (distance + SAME**2))
