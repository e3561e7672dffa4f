"""Names of colours as people use them: the eleven of Berlin and Kay (1969), turquoise and beige. No network in it.

Colours are distinguished in CIELAB (D65, as OpenCV converts sRGB) by lightness L 0..100, chroma C and hue h in degrees.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_HUES = (
    (13, "pink"), (42, "red"), (78, "orange"), (112, "yellow"), (168, "green"), (232, "turquoise"), (304, "blue"),
    (345, "purple"), (360, "pink"),
)  # fmt: skip
"""Where each hue ends, degrees."""
NAMES = (*dict.fromkeys(name for _, name in _HUES), "brown", "beige", "black", "gray", "white")
"""The basic colour names."""


def cielab(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """sRGB colours, ...x3 uint8, as Nx3 CIELAB."""
    plane = colours.reshape(1, -1, 3).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(plane, cv2.COLOR_RGB2LAB)[0], np.float32)


def basic_names(lab: NDArray[np.float32]) -> NDArray[np.str_]:
    """One of NAMES for each colour, Nx3 CIELAB -> N.

    The hue names it, except that dark or dull orange and yellow are brown, pale ones beige; pale red is pink, dull red
    brown; without chroma it is black, gray or white by lightness.
    """
    lightness, a, b = lab[:, 0], lab[:, 1], lab[:, 2]
    chroma, hue = np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360
    ends, hues = zip(*_HUES, strict=True)
    names = np.array(hues)[np.searchsorted(ends[:-1], hue, side="right")].astype("<U9")
    red, pink, purple = names == "red", names == "pink", names == "purple"
    warm = (names == "orange") | (names == "yellow")
    rules = (
        ("pink", red & (lightness >= 60)),
        ("brown", red & (lightness < 60) & (chroma < 24)),
        ("brown", warm & ((lightness < 55) | (chroma < 42))),
        ("beige", warm & (lightness >= 61) & (chroma < 42)),
        ("red", pink & (lightness < 37)),
        ("pink", purple & (lightness >= 52) & (hue >= 325)),
        ("blue", purple & (hue < 309) & (chroma >= 75)),  # CIELAB bends the hue of vivid blue towards purple
        ("gray", (chroma < 9) | (purple & (chroma < 16))),
        ("black", (lightness < 10) | ((lightness < 24) & (chroma < 12))),
        ("white", (lightness >= 86) & (chroma < 12)),
    )
    for name, where in rules:
        names[where] = name
    return names
