"""Smoke and soap bubbles: their opacity is a field, that of a bubble cut off by an exact outline."""

from __future__ import annotations

import cv2
import numpy as np

from training.strands.curves import floats, fractal
from training.strands.geometry import Floats, Geometry, Layer, Patches

_SIZE = 256
"""Cells a side of the field of smoke."""


def smoke(rng: np.random.Generator) -> Geometry:
    """A cloud, a plume that rises and spreads, or thin curling trails."""
    style = rng.choice(["cloud", "plume", "trails"], p=[0.3, 0.35, 0.35])
    density = _trails(rng) if style == "trails" else _billows(rng, plume=style == "plume")
    # The frame cuts nothing off.
    inside = np.clip(np.minimum(np.arange(_SIZE), np.arange(_SIZE)[::-1]) / (0.2 * _SIZE), 0, 1)
    fade = inside**2 * (3 - 2 * inside)
    density = floats(density * fade * fade[:, None])
    opacity = rng.uniform(0.6, 1) * (1 - np.exp(-rng.uniform(1.2, 3.5) * density))
    # Light falls in from above: what lies below much smoke is darker, thin edges are light.
    above = cv2.GaussianBlur(np.roll(density, 10, axis=0), (0, 0), 8)
    relief = density - cv2.GaussianBlur(density, (0, 0), 5)
    tone = rng.choice([60, 150, 205, 235]) * rng.uniform(0.85, 1.08) + rng.normal(0, 5, 3)
    paint = tone * np.clip(1.1 - 0.35 * above + 0.5 * relief, 0.4, 1.25)[..., None]
    return Geometry((Layer((), floats(opacity), floats(np.clip(paint, 0, 255))),), "smoke")


def _billows(rng: np.random.Generator, plume: bool) -> Floats:
    """Density of a cloud, or of a plume that widens from the bottom: noise, itself displaced by noise."""
    y, x = (np.mgrid[0:_SIZE, 0:_SIZE].astype(np.float32) + 0.5) / _SIZE
    aside, along = fractal(rng, _SIZE, 3, 3) - 0.5, fractal(rng, _SIZE, 3, 3) - 0.5
    bend = np.float32(rng.uniform(20, 64))
    rough = fractal(rng, _SIZE, int(rng.integers(3, 6)), 5, 0.6)
    at = (x * _SIZE + bend * aside, y * _SIZE + bend * along)
    noise = floats(cv2.remap(rough, *at, interpolation=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))
    wide = rng.uniform(0.6, 1.2)
    if plume:
        height = 0.95 - y
        spread = (0.05 + 0.34 * wide * height) * (1 + 0.6 * aside)
        axis = 0.5 + rng.normal(0, 0.2) * height - 0.2 * along
        body = np.exp(-(((x - axis) / spread) ** 2)) * np.clip(height * 4, 0, 1) * np.clip(1.2 - height, 0, 1)
    else:
        body = np.exp(-((x - 0.5) ** 2) / 0.06 / wide - (y - 0.5) ** 2 / rng.uniform(0.025, 0.07))
    return floats(1.4 * np.clip(body * (0.05 + 1.7 * noise) - rng.uniform(0.1, 0.35), 0, None))


def _trails(rng: np.random.Generator) -> Floats:
    """Density of many faint lines that start together and swing almost alike: silky sheets where they lie close."""
    t, part = np.linspace(0, 1, 60), np.linspace(-1, 1, 70)[:, None]
    total, sheet = np.zeros((_SIZE, _SIZE), np.float32), np.zeros((_SIZE, _SIZE), np.uint8)
    for _ in range(int(rng.integers(2, 5))):
        x = 0.5 + rng.normal(0, 0.06) + rng.normal(0, 0.1) * t + 0.06 * part * t**2
        for turns in rng.uniform(0.6, 2.6, 3):
            phase = 2 * np.pi * (turns * t + rng.random()) + rng.normal(0, 1.5) * part * t
            x += rng.normal(0, 0.08) * t * np.sin(phase)
        lines = np.stack([x, np.broadcast_to(0.95 - 0.9 * t, x.shape)], axis=-1) * _SIZE * 16
        for line in lines.astype(np.int32):
            sheet[:] = 0
            total += cv2.polylines(sheet, [line], False, 255, 1, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(total / 2550, (0, 0), 1.1)
    return floats(soft * np.linspace(0.35, 1.1, _SIZE)[:, None])


def bubble(rng: np.random.Generator) -> Geometry:
    """Soap bubbles: almost nothing inside, a bright rim in the colours of thin films, windows mirrored."""
    wanted = int(rng.choice([1, 2, 3, 5, 8]))
    placed: list[tuple[float, float, float]] = []
    for _ in range(60):
        size = rng.uniform(0.36, 0.46) if wanted == 1 else rng.uniform(0.06, 0.5 / wanted**0.5)
        x, y = rng.uniform(size + 0.02, 0.98 - size, 2)
        if len(placed) < wanted and all(np.hypot(x - a, y - b) > size + c for a, b, c in placed):
            placed.append((x, y, size))
    layers = tuple(_one_bubble(rng, *place) for place in placed)
    return Geometry(layers, "soap bubble" if len(placed) == 1 else "soap bubbles")


def _one_bubble(rng: np.random.Generator, x: float, y: float, size: float) -> Layer:
    cells = 128 if size > 0.2 else 64
    v, u = (np.mgrid[0:cells, 0:cells] + 0.5) / cells * 2 - 1
    r, angle = np.minimum(np.hypot(u, v), 1), np.arctan2(v, u)
    swirl = fractal(rng, cells, 3, 3)
    opacity = rng.uniform(0.03, 0.1) + rng.uniform(0.4, 0.75) * r ** rng.uniform(6, 12) + 0.12 * swirl * r**2
    film = 2 * np.pi * (rng.uniform(1, 2) * r**3 + 1.2 * swirl + 0.15 * np.sin(angle + rng.uniform(0, 6)))
    paint = 215 + rng.uniform(0.3, 1) * (75 * np.cos(film[..., None] + floats([0, 2.1, 4.2])) - 45)
    corner = rng.uniform(-2.6, -1.8)
    for where, far, bright in ((corner, 0.72, 0.95), (corner + np.pi, 0.78, 0.55)):
        # A window is bent along the rim.
        around = (angle - where + np.pi) % (2 * np.pi) - np.pi
        spot = np.exp(-((around / 0.28) ** 4) - ((r - far) / 0.09) ** 4) * bright
        opacity += spot * (1 - opacity)
        paint += spot[..., None] * (255 - paint)
    t = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    outline = Patches((floats(np.stack([x + size * np.cos(t), y + size * np.sin(t)], 1)),), floats([(220, 220, 220)]))
    box = (x - size, y - size, x + size, y + size)
    return Layer((outline,), floats(np.clip(opacity, 0, 1)), floats(np.clip(paint, 0, 255)), box)
