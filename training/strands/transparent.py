"""Smoke, soap bubbles, glasses, bottles and vases: what is behind them shines through."""

from __future__ import annotations

import cv2
import numpy as np

from training.strands.geometry import DrawnLayer, Floats, Geometry, Patches, Reals, Ribbons, floats, fractal

_SIZE = 256
"""Cells a side of the fields of smoke and glass."""
CLEAR = floats([(225, 235, 235), (200, 226, 214), (235, 235, 240)])
"""Colours of clear glass, sRGB."""
TINTED = floats([(70, 110, 60), (120, 76, 36), (70, 100, 150)])
"""Colours of bottle glass, sRGB."""
DRINKS = floats([(110, 14, 34), (206, 130, 30), (60, 28, 16), (238, 150, 30), (214, 226, 226), (226, 200, 110)])
"""Wine, beer, cola, juice, water, white wine, sRGB."""


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
    return Geometry((DrawnLayer((), floats(opacity), floats(np.clip(paint, 0, 255))),), "smoke")


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


def _one_bubble(rng: np.random.Generator, x: float, y: float, size: float) -> DrawnLayer:
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
    return DrawnLayer((outline,), floats(np.clip(opacity, 0, 1)), floats(np.clip(paint, 0, 255)), box)


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
    body = DrawnLayer((outline,), floats(np.clip(opacity, 0, 1)), floats(np.clip(paint, 0, 255)))
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


def _lip(rng: np.random.Generator, heights: Floats, radii: Floats, tilt: float) -> DrawnLayer:
    """The edge of the mouth."""
    t = np.linspace(0, 2 * np.pi * 49 / 48, 50)
    mouth = np.stack([0.5 + 0.985 * radii[0] * np.cos(t), heights[0] - 0.97 * tilt * radii[0] * np.sin(t)], 1)
    light = np.repeat(190 + 60 * np.sin(2 * t + rng.uniform(0, 6))[:, None], 3, axis=1)
    ribbon = Ribbons(floats(mouth[None]), floats(np.full((1, 50), rng.uniform(0.003, 0.007))), floats(light[None]))
    return DrawnLayer((ribbon,), floats([[rng.uniform(0.4, 0.8)]]))
