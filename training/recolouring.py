"""Recolouring of a cut-out: the same thing in another colour, so that only a word for its colour tells two apart."""

from __future__ import annotations

import cv2
import numpy as np

from training.entity import Pixels

_PALE = 12.0
"""Mean chroma in CIELAB below which a thing has no hue to turn: it is dyed."""
_DYE = 38.0
"""Chroma that is added then."""


def turned_hue(cutout: Pixels, degrees: int) -> Pixels:
    """HxWx4 uint8 RGBA with every hue turned in CIELAB, lightness and alpha as they are; gray things are dyed."""
    lab = cv2.cvtColor(cutout[..., :3].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    seen = cutout[..., 3] > 127
    if seen.any() and float(np.hypot(a, b)[seen].mean()) < _PALE:
        share = np.clip(1 - np.abs(lightness / 50 - 1), 0, 1)  # black and white take no dye
        a, b = a + _DYE * cos * share, b + _DYE * sin * share
    else:
        a, b = a * cos - b * sin, a * sin + b * cos
    rgb = cv2.cvtColor(np.dstack([lightness, a, b]).astype(np.float32), cv2.COLOR_LAB2RGB)
    return np.dstack([(rgb.clip(0, 1) * 255 + 0.5).astype(np.uint8), cutout[..., 3]])
