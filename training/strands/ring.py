"""Rings and hoops: the open hole is their point."""

from __future__ import annotations

import numpy as np

from training.strands.curves import floats, rotated
from training.strands.geometry import Geometry, Layer, Ribbons

STUFF = floats(
    [(214, 170, 70), (190, 192, 196), (206, 140, 110), (40, 40, 44), (150, 40, 40), (120, 84, 52), (40, 90, 150)]
)
"""Colours of rings, sRGB: gold, silver, copper, then dull ones."""


def ring(rng: np.random.Generator) -> Geometry:
    """A round tube bent to a circle, seen at an angle; metal, or dull."""
    # A step further than around, so that the ends meet at the same slant.
    t = np.linspace(0, 2 * np.pi * 97 / 96, 98)
    flat, size, tube = rng.uniform(0.35, 1), rng.uniform(0.28, 0.42), rng.uniform(0.02, 0.1)
    which = int(rng.integers(len(STUFF)))
    color, shine = STUFF[which], 0.9 if which < 3 else 0.35
    path = 0.5 + size * np.stack([np.cos(t), flat * np.sin(t)], 1)
    gleam = 1 + shine * (0.5 * np.sin(2 * t + rng.uniform(0, 6)) + 0.3 * np.sin(5 * t + rng.uniform(0, 6)))
    turn, shapes = rng.uniform(-np.pi, np.pi), []
    # The light on the tube: narrower, lighter ribbons upon each other, ever nearer to the light.
    for near in np.linspace(0, 1, 8):
        tone = np.clip(color * (0.5 + 0.75 * near) * gleam[:, None] + 70 * shine * near**4, 0, 255)
        at = rotated(path - [0, 0.14 * near * tube], turn)
        width = tube * np.sqrt(1 - 0.96 * near)
        shapes.append(Ribbons(at[None], floats(np.full((1, 98), width)), floats(tone[None])))
    return Geometry((Layer(tuple(shapes)),), "ring")
