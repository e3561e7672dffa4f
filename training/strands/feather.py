"""Feathers: barbs that close to a vane, split here and there, and loosen to down near the quill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.strands.curves import bezier, floats, framed, tapered
from training.strands.geometry import Floats, Geometry, Layer, Reals, Ribbons

PLUMAGE = floats(
    [(240, 238, 232), (60, 56, 54), (136, 104, 74), (176, 176, 178), (52, 84, 150), (70, 130, 90), (190, 60, 46),
     (222, 170, 70)]
)  # fmt: skip
"""Colours of feathers, sRGB."""
_POINTS = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What both vanes of a feather share."""

    color: Floats
    band: Floats
    bands: float
    """How many bands of the other colour; 0 for none."""
    low: float
    """Where on the quill the vanes begin, 0..1 from below."""
    slant: float
    """Angle of the barbs to the quill, radians."""
    blunt: float
    """How suddenly the vane ends."""


def feather(rng: np.random.Generator) -> Geometry:
    """One feather, plain or banded."""
    bow = 0.5 + rng.normal(0, 0.14, 2)
    quill = bezier([(0.5, 0.98), (bow[0], 0.66), (bow[1], 0.3), (bow[1], 0.02)], 80)
    look = _Look(
        color=PLUMAGE[rng.integers(len(PLUMAGE))],
        band=PLUMAGE[rng.integers(3)],
        bands=rng.uniform(5, 14) if rng.random() < 0.4 else 0.0,
        low=rng.uniform(0.14, 0.24),
        slant=rng.uniform(0.55, 0.85),
        blunt=rng.uniform(0.35, 0.8),
    )
    count = int(rng.integers(130, 190))
    vanes = [_vane(rng, quill, look, count, side, rng.uniform(0.08, 0.2)) for side in (-1, 1)]
    pale = floats((226, 214, 190)) if rng.random() < 0.7 else look.color * np.float32(0.6)
    widths = floats(rng.uniform(0.007, 0.013) * tapered(80, 0.12, 0.0)[None])
    shade, shine = (floats(np.broadcast_to(pale * light, (1, 80, 3))) for light in (0.8, 1))
    shaft = (Ribbons(quill[None], widths, shade), Ribbons(quill[None], widths * np.float32(0.45), shine))
    return Geometry((Layer(framed((*vanes, *shaft), rng.uniform(-np.pi, np.pi))),), "feather")


def _vane(rng: np.random.Generator, quill: Floats, look: _Look, count: int, side: int, spread: float) -> Ribbons:
    """The barbs of one side, as long as `spread` where they are longest."""
    on = np.linspace(0, 0.994, count)
    at = look.low + (1 - look.low) * on
    root, along = (_at(curve, at) for curve in (quill, np.gradient(quill, axis=0)))
    heading = np.arctan2(along[:, 1], along[:, 0])
    # Barbs hold together in groups; between two groups the vane is split. Below they are down.
    group = np.cumsum(rng.random(count) < rng.uniform(0.015, 0.07))
    apart = rng.normal(0, 0.07, group[-1] + 1)[group] + rng.normal(0, 0.008, count)
    down = np.clip(1 - on / 0.14, 0, 1)
    angle = look.slant * (1 - 0.55 * on**3) + apart + down * (0.5 + rng.normal(0, 0.35, count))
    long = spread * np.minimum(1, 5 * on + 0.45) * (1 - on**4) ** look.blunt / np.sin(look.slant) + 0.012
    long *= rng.normal(1, 0.015 + 0.2 * down)
    first, last = (heading + side * turn for turn in (angle, angle - 0.45 - 0.2 * on))
    a, b = (np.stack([long * np.cos(turn), long * np.sin(turn)], 1) for turn in (first, last))
    fluff = rng.normal(0, 0.05, (2, count, 2)) * down[:, None]
    controls = [root, root + a / 3, root + 0.4 * a + 0.35 * b + fluff[0], root + 0.3 * a + 0.7 * b + fluff[1]]
    widths = (1 - look.low) * 0.96 / count * np.where(down > 0, 0.3, 1.25)[:, None] * tapered(_POINTS, 0.18, 0.75)

    out = np.linspace(0, 1, _POINTS)
    banded = np.clip(2.5 * np.sin(2 * np.pi * look.bands * (on[:, None] + 0.12 * out)), 0, 1)[..., None]
    tone = look.color * (1 - banded) + look.band * banded
    tone = tone + 0.7 * down[:, None, None] * (200 - tone)
    light = rng.lognormal(0, 0.07, (count, 1)) * (0.96 + 0.1 * side) * (0.85 + 0.25 * out) * (1 + 0.5 * apart[:, None])
    colors = np.clip(tone * light[..., None], 4, 255)
    return Ribbons(bezier(np.stack(controls, 1), _POINTS), floats(widths), floats(colors))


def _at(curve: Reals, t: Reals) -> Reals:
    knots = np.linspace(0, 1, len(curve))
    return np.stack([np.interp(t, knots, curve[:, i]) for i in (0, 1)], 1)
