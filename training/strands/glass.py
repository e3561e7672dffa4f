"""Glasses, bottles and vases: little inside, more at the rim, highlights, and sometimes a drink."""

from __future__ import annotations

import cv2
import numpy as np

from training.strands.curves import floats
from training.strands.geometry import Floats, Geometry, Layer, Patches, Reals, Ribbons

CLEAR = floats([(225, 235, 235), (200, 226, 214), (235, 235, 240)])
"""Colours of clear glass, sRGB."""
TINTED = floats([(70, 110, 60), (120, 76, 36), (70, 100, 150)])
"""Colours of bottle glass, sRGB."""
DRINKS = floats([(110, 14, 34), (206, 130, 30), (60, 28, 16), (238, 150, 30), (214, 226, 226), (226, 200, 110)])
"""Wine, beer, cola, juice, water, white wine, sRGB."""
_SIZE = 256
"""Cells a side of the fields."""


def glass(rng: np.random.Generator) -> Geometry:
    """A tumbler, a stemmed glass, a bottle or a vase, clear or tinted, empty or filled."""
    kind = str(rng.choice(["glass", "wine glass", "glass bottle", "glass vase"]))
    heights, radii = _profile(rng, kind)
    tilt = rng.uniform(0.1, 0.3)
    tinted = kind in ("glass bottle", "glass vase") and rng.random() < 0.5
    tint = TINTED[rng.integers(len(TINTED))] if tinted else CLEAR[rng.integers(len(CLEAR))]
    y, x = (np.mgrid[0:_SIZE, 0:_SIZE] + 0.5) / _SIZE
    radius = np.interp(y, heights, radii)
    aside = (x - 0.5) / radius
    edge = np.clip(np.abs(aside), 0, 1)

    # Seen at a slant, at the rim, glass mirrors more; the wall's inner face shows as a line; the foot is thick.
    low, high = rng.uniform(0.04, 0.16), rng.uniform(0.55, 0.85)
    opacity = low + (high - low) * edge ** rng.uniform(5, 12)
    opacity += 0.25 * np.exp(-(((edge - rng.uniform(0.8, 0.9)) / 0.03) ** 2)) * (radius > 0.04)
    opacity += rng.uniform(0.2, 0.5) * np.clip((y - heights[-1] + 0.05) / 0.05, 0, 1) + 0.3 * (radius < 0.03)
    opacity = np.clip(opacity, 0, 1) * (0.55 if tinted else 1) + (0.45 if tinted else 0)
    paint = tint * np.clip(1 - 0.75 * edge**4, 0.2, 1)[..., None]
    if kind != "glass vase" and rng.random() < 0.6:
        filled = _filled(rng, kind, heights, y, tilt * radius * np.sqrt(1 - edge**2)) * (edge < 0.96)
        drink = DRINKS[rng.integers(len(DRINKS))]
        thick = rng.uniform(0.5, 0.9) if drink.min() < 200 else 0.2
        opacity += cv2.GaussianBlur(filled, (0, 0), 0.8) * thick * (1 - opacity)
        paint += 0.85 * filled[..., None] * (drink * (1.1 - 0.5 * edge**3)[..., None] - paint)
    for place in rng.permutation([-0.68, 0.6, -0.3])[: int(rng.integers(1, 4))]:
        streak = _streak(rng, aside - place, (y - heights[0]) / (heights[-1] - heights[0]))
        opacity += streak * (1 - opacity)
        paint += streak[..., None] * (255 - paint)

    outline = Patches((_outline(heights, radii, tilt),), tint[None])
    body = Layer((outline,), floats(np.clip(opacity, 0, 1)), floats(np.clip(paint, 0, 255)))
    return Geometry((body, _lip(rng, heights, radii, tilt)), kind)


def _profile(rng: np.random.Generator, kind: str) -> tuple[Floats, Floats]:
    """Heights from the top down and the radius at each."""
    knots = {
        "glass": [(0, 1), (0.5, rng.uniform(0.85, 1)), (1, rng.uniform(0.65, 0.95))],
        "wine glass": [(0, 0.8), (0.2, 1), (0.38, 0.9), (0.52, 0.4), (0.57, 0.1), (0.9, 0.08), (0.95, 0.25), (1, 0.85)],
        "glass bottle": [(0, 0.34), (0.05, 0.34), (0.08, 0.3), (0.25, 0.33), (0.42, 0.95), (0.5, 1), (1, 0.97)],
        "glass vase": [(0, 0.7), (0.1, 0.5), (0.3, 0.55), (0.6, 1), (0.85, 0.8), (1, 0.6)],
    }[kind]
    wide = rng.uniform(0.17, 0.3) if kind in ("glass", "glass vase") else rng.uniform(0.12, 0.22)
    tall = float(np.clip(wide * rng.uniform(2.2, 3.4), 0.4, 0.82)) if kind == "glass" else rng.uniform(0.75, 0.84)
    places, sizes = np.array(knots).T
    t = np.linspace(0, 1, 129)
    rough = np.pad(np.interp(t, places, sizes), 20, mode="edge")
    smooth = cv2.GaussianBlur(rough[None], (0, 0), 4)[0, 20:-20]
    return floats(0.5 + tall * (t - 0.5)), floats(wide * smooth)


def _filled(rng: np.random.Generator, kind: str, heights: Floats, y: Reals, bulge: Reals) -> Floats:
    """Where the drink is, 0..1: from a surface seen from above down to the foot, or to the stem."""
    top, tall = heights[0], heights[-1] - heights[0]
    surface = top + rng.uniform(0.25, 0.55) * tall + bulge
    bottom = heights[-1] - (0.42 * tall if kind == "wine glass" else 0.03)
    return floats(np.clip((y - surface) * _SIZE + 0.5, 0, 1) * np.clip((bottom - y) * _SIZE / 4, 0, 1))


def _streak(rng: np.random.Generator, aside: Reals, down: Reals) -> Floats:
    """A window mirrored along the wall, 0..1."""
    start, end = np.sort(rng.uniform(0.05, 0.9, 2))
    across = np.exp(-((aside / rng.uniform(0.03, 0.09)) ** 2))
    span = np.clip((down - start) / 0.05, 0, 1) * np.clip((end - down) / 0.05, 0, 1)
    return floats(across * span * rng.uniform(0.5, 0.95))


def _outline(heights: Floats, radii: Floats, tilt: float) -> Floats:
    arc = np.linspace(0, np.pi, 25)
    upper = np.stack([0.5 - radii[0] * np.cos(arc), heights[0] - tilt * radii[0] * np.sin(arc)], 1)
    lower = np.stack([0.5 + radii[-1] * np.cos(arc), heights[-1] + tilt * radii[-1] * np.sin(arc)], 1)
    right, left = (np.stack([0.5 + side * radii, heights], 1)[1:-1] for side in (1, -1))
    return floats(np.concatenate([upper, right, lower, left[::-1]]))


def _lip(rng: np.random.Generator, heights: Floats, radii: Floats, tilt: float) -> Layer:
    """The edge of the mouth."""
    t = np.linspace(0, 2 * np.pi * 49 / 48, 50)
    mouth = np.stack([0.5 + 0.985 * radii[0] * np.cos(t), heights[0] - 0.97 * tilt * radii[0] * np.sin(t)], 1)
    light = np.repeat(190 + 60 * np.sin(2 * t + rng.uniform(0, 6))[:, None], 3, axis=1)
    ribbon = Ribbons(floats(mouth[None]), floats(np.full((1, 50), rng.uniform(0.003, 0.007))), floats(light[None]))
    return Layer((ribbon,), floats([[rng.uniform(0.4, 0.8)]]))
