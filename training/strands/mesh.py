"""Webs, nets, fences, lace and rings: thread and wire with holes, through which the background shows."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from training.strands.geometry import (
    DrawnLayer,
    Floats,
    Geometry,
    Reals,
    Ribbons,
    dots,
    floats,
    fractal,
    framed,
    rotated,
    threads,
)

TWINE = floats([(228, 224, 212), (60, 62, 66), (50, 110, 70), (196, 148, 84), (40, 80, 150), (220, 120, 50)])
"""Colours of nets, sRGB."""
WIRE = floats([(168, 172, 176), (120, 122, 124), (70, 110, 80), (150, 128, 104)])
"""Colours of fences, sRGB: zinc, steel, green paint, rust."""
YARN = floats([(246, 244, 238), (238, 228, 206), (28, 26, 28), (176, 40, 52), (214, 190, 150), (236, 200, 206)])
"""Colours of lace, sRGB."""
_CIRCLE = np.linspace(0, 2 * np.pi, 17)
STUFF = floats(
    [(214, 170, 70), (190, 192, 196), (206, 140, 110), (40, 40, 44), (150, 40, 40), (120, 84, 52), (40, 90, 150)]
)
"""Colours of rings, sRGB: gold, silver, copper, then dull ones."""


def web(rng: np.random.Generator) -> Geometry:
    """An orb web: spokes to a frame, and a spiral that sags between them; dew on some."""
    spokes, turns = int(rng.integers(13, 26)), int(rng.integers(12, 28))
    angles = np.sort(2 * np.pi * (np.arange(spokes) + rng.normal(0, 0.16, spokes)) / spokes)
    hub = 0.5 + rng.normal(0, 0.05, 2)
    ends = hub + rng.uniform(0.36, 0.5, (spokes, 1)) * np.stack([np.cos(angles), np.sin(angles)], 1)
    lines = [np.linspace(hub, end, 9) for end in ends]
    lines += [_sagging(ends[i - 1], ends[i], hub, 0.12, 9) for i in range(spokes)]
    spiral = []
    for turn in range(turns):
        for i in range(spokes):
            # A few threads are torn.
            if rng.random() < 0.97:
                on = (turn + np.array([i, i + 1]) / spokes + 1.5) / (turns + 2) + rng.normal(0, 0.003, 2)
                a, b = hub + (ends[i] - hub) * on[0], hub + (ends[(i + 1) % spokes] - hub) * on[1]
                spiral.append(_sagging(a, b, hub, rng.uniform(0.02, 0.12), 5))
    colour, thin = rng.uniform(190, 245) + rng.normal(0, 5, 3), rng.uniform(0.0006, 0.0020)
    shapes = [threads(rng, lines, thin * 1.5, colour), threads(rng, spiral, thin, colour)]
    if rng.random() < 0.35:
        drops = np.stack([line[rng.integers(5)] for line in spiral if rng.random() < 0.6])
        sizes = rng.uniform(0.0015, 0.004) * rng.lognormal(0, 0.3, len(drops))
        shapes.append(dots(drops, sizes, floats((225, 232, 238))))
    return Geometry((DrawnLayer(framed(shapes)),), "spider web")


def net(rng: np.random.Generator) -> Geometry:
    """A knotted net of squares or diamonds with a rope around it, hanging."""
    place, colour = _hanging(rng), TWINE[rng.integers(len(TWINE))]
    lines, knots = _diamonds(int(rng.integers(7, 18))) if rng.random() < 0.6 else _squares(*rng.integers(7, 18, 2))
    t, zero = np.linspace(0, 1, 24), np.zeros(24)
    sides = ((t, zero), (zero + 1, t), (1 - t, zero + 1), (zero, 1 - t))
    rim = place(np.concatenate([np.stack(side, 1) for side in sides]))
    twine = rng.uniform(0.0022, 0.005)
    mesh = threads(rng, [place(line) for line in lines], twine, colour)
    tied = dots(place(knots), np.full(len(knots), twine * rng.uniform(1.6, 2.4)), colour * 0.85)
    rope = threads(rng, [rim], twine * 2.2, colour * 0.9)
    return Geometry((DrawnLayer(framed((mesh, tied, rope), rng.normal(0, 0.2))),), "net")


def _diamonds(cells: int) -> tuple[list[Reals], Reals]:
    """Lines and knots of a diamond mesh in the unit square."""
    t = np.linspace(0, 1, 2 * cells + 1)
    lines: list[Reals] = []
    for shift in np.arange(-cells, cells + 1) / cells:
        for u in (shift + t, shift + 1 - t):
            inside = (u > -1e-9) & (u < 1 + 1e-9)
            if inside.sum() > 1:
                lines.append(np.stack([u[inside], t[inside]], 1))
    corners = np.stack(np.meshgrid(np.arange(cells + 1), np.arange(cells + 1)), -1).reshape(-1, 2) / cells
    return lines, np.concatenate([corners, (corners + 0.5 / cells)[(corners < 1).all(axis=1)]])


def _squares(across: int, down: int) -> tuple[list[Reals], Reals]:
    """Lines and knots of a square mesh in the unit square."""
    t, x, y = np.linspace(0, 1, 25), np.linspace(0, 1, across + 1), np.linspace(0, 1, down + 1)
    lines: list[Reals] = [np.stack([np.full(25, u), t], 1) for u in x]
    lines += [np.stack([t, np.full(25, v)], 1) for v in y]
    return lines, np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)


def _hanging(rng: np.random.Generator) -> Callable[[Reals], Floats]:
    """A map of the unit square into the frame: narrowed, sheared, sagging and a little uneven."""
    bumps = [(fractal(rng, 64, 3, 2) - 0.5) * rng.uniform(0.01, 0.07) for _ in range(2)]
    sag, narrow, shear = rng.uniform(-0.05, 0.14), rng.uniform(-0.15, 0.15), rng.normal(0, 0.08)

    def place(points: Reals) -> Floats:
        u, v = floats(points[:, :1]), floats(points[:, 1:])
        dx, dy = (cv2.remap(b, 63 * u, 63 * v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for b in bumps)
        x = 0.5 + (u - 0.5) * 0.76 * (1 + narrow * v) + shear * (v - 0.5) + dx.reshape(-1, 1)
        y = 0.12 + 0.7 * v + sag * 4 * u * (1 - u) * (0.3 + 0.7 * v) + dy.reshape(-1, 1)
        return floats(np.hstack([x, y]))

    return place


def fence(rng: np.random.Generator) -> Geometry:
    """Chain link: wires that run down in zigzags and hook into their neighbours, held by two straight ones."""
    wires, rows = int(rng.integers(6, 14)), int(rng.integers(6, 14))
    wire, colour = rng.uniform(0.05, 0.11) / wires, WIRE[rng.integers(len(WIRE))]
    t = np.linspace(0, rows, 6 * rows + 1)
    # Between a triangle and a sine, as bent wire is; each wire leans to the other side than its neighbour.
    zigzag = np.arcsin(0.97 * np.sin(np.pi * t)) / np.arcsin(0.97)
    side = np.where(np.arange(wires) % 2, 1, -1)[:, None]
    x = 0.05 + 0.9 * (np.arange(wires)[:, None] + 0.5 + 0.54 * side * zigzag) / wires
    points = np.stack([x, np.broadcast_to(0.08 + 0.84 * t / rows, x.shape)], axis=-1)
    light = (0.8 + 0.35 * side * np.sign(np.cos(np.pi * t))) * rng.lognormal(0, 0.06, x.shape)
    ends = np.linspace(0.05, 0.95, 20)
    rails = np.stack([np.stack([ends, np.full(20, y)], 1) for y in (0.1, 0.9)])
    slope, bulge = rng.normal(0, 0.12), 0.006 * rng.normal(0, 1, 2)
    for line in (points, rails):
        line[..., 1] += slope * (line[..., 0] - 0.5) * (line[..., 1] - 0.2)
        line += bulge * np.sin(9 * line[..., ::-1])
    mesh = Ribbons(floats(points), floats(np.full(x.shape, wire)), floats(np.clip(colour * light[..., None], 0, 255)))
    held = Ribbons(floats(rails), floats(np.full((2, 20), wire * 1.1)), floats(np.full((2, 20, 3), colour * 0.9)))
    return Geometry((DrawnLayer(framed((held, mesh), rng.normal(0, 0.08))),), "fence")


def _sagging(a: Reals, b: Reals, toward: Reals, sag: float, points: int) -> Floats:
    t = np.linspace(0, 1, points)[:, None]
    return floats(a + (b - a) * t + (toward - (a + b) / 2) * sag * 4 * t * (1 - t))


def lace(rng: np.random.Generator) -> Geometry:
    """A doily or a strip of lace with a scalloped edge."""
    doily, repeats = rng.random() < 0.55, int(rng.integers(8, 17))
    # Drawn in u, which goes along, and v, from the centre or the straight edge to the scallops; both 0 to 1.
    edges = [0.06, *np.sort(rng.uniform(0.15, 0.8, int(rng.integers(2, 5)))), 0.88]
    thick: list[Reals] = [np.stack([np.linspace(0, 1, 97), np.full(97, v)], 1) for v in edges]
    fine: list[Reals] = [np.array([[i / 8, 0], [i / 8, edges[0]]]) for i in range(8)] if doily else []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        band = rng.choice(["petals", "eyelets", "net", "ladder"]) if high - low > 0.1 else "ladder"
        for i in range(repeats):
            if band == "petals":
                _petal(thick, fine, (i + 0.5) / repeats, 0.46 / repeats, low, high)
            elif band == "eyelets":
                _eyelet(thick, fine, (i + 0.5) / repeats, 0.45 / repeats, low, high)
            elif band == "net":
                for start in np.arange(3 if doily or i < repeats - 1 else 1) / 3:
                    u, v = (i + start + np.linspace(0, 1, 9)) / repeats, np.linspace(low, high, 9)
                    fine += [np.stack([u, v], 1), np.stack([u[::-1], v], 1)]
            else:
                fine += [np.array([[u, low], [u, high]]) for u in (i / repeats, (i + 0.5) / repeats)]
    arch = np.linspace(0, 1, 9)
    for i in range(2 * repeats):
        u, rise = (i + arch) / 2 / repeats, 0.11 * np.sin(np.pi * arch) ** 0.7
        thick.append(np.stack([u, edges[-1] + rise], 1))
        fine.append(np.stack([u, edges[-1] + rise / 2], 1))
    squeeze, high = (rng.uniform(0.75, 1), 1.0) if doily else (1.0, rng.uniform(0.3, 0.6))
    wave = rng.uniform(0, 0.03)

    def placed(line: Reals) -> Floats:
        u, v = line[:, 0], line[:, 1]
        if doily:
            around = 2 * np.pi * u
            return floats(0.5 + 0.46 * np.stack([v * np.cos(around), squeeze * v * np.sin(around)], 1))
        return floats(np.stack([u, 0.5 + high * (v - 0.5) + wave * np.sin(7 * u)], 1))

    colour, yarn = YARN[rng.integers(len(YARN))], rng.uniform(0.0022, 0.0042)
    shapes = (
        threads(rng, [placed(line) for line in fine], yarn * 0.7, colour * 0.94),
        threads(rng, [placed(line) for line in thick], yarn * 1.8, colour),
    )
    turn = rng.uniform(-np.pi, np.pi) if doily else rng.normal(0, 0.2)
    return Geometry((DrawnLayer(framed(shapes, turn)),), "doily" if doily else "lace")


def _petal(thick: list[Reals], fine: list[Reals], u: float, wide: float, low: float, high: float) -> None:
    middle, half = (low + high) / 2, (high - low) / 2
    drop = np.stack([wide * np.sin(_CIRCLE) * np.abs(np.sin(_CIRCLE / 2)), -half * np.cos(_CIRCLE)], 1)
    thick.append(drop + [u, middle])
    fine += [drop * [1, 0.5] + [u, middle], drop * [0.5, 1] + [u, middle]]


def _eyelet(thick: list[Reals], fine: list[Reals], u: float, wide: float, low: float, high: float) -> None:
    center = np.array([u, (low + high) / 2])
    hoop = np.stack([wide * np.cos(_CIRCLE), (high - low) / 2 * np.sin(_CIRCLE)], 1)
    thick += [center + 0.95 * hoop, center + 0.55 * hoop]
    fine += [np.stack([center, center + spoke]) for spoke in hoop[::2]]


def ring(rng: np.random.Generator) -> Geometry:
    """A round tube bent to a circle, seen at an angle; metal, or dull."""
    # A step further than around, so that the ends meet at the same slant.
    t = np.linspace(0, 2 * np.pi * 97 / 96, 98)
    flat, size, tube = rng.uniform(0.35, 1), rng.uniform(0.28, 0.42), rng.uniform(0.02, 0.1)
    which = int(rng.integers(len(STUFF)))
    colour, shine = STUFF[which], 0.9 if which < 3 else 0.35
    path = 0.5 + size * np.stack([np.cos(t), flat * np.sin(t)], 1)
    gleam = 1 + shine * (0.5 * np.sin(2 * t + rng.uniform(0, 6)) + 0.3 * np.sin(5 * t + rng.uniform(0, 6)))
    turn, shapes = rng.uniform(-np.pi, np.pi), []
    # The light on the tube: narrower, lighter ribbons upon each other, ever nearer to the light.
    for near in np.linspace(0, 1, 8):
        tone = np.clip(colour * (0.5 + 0.75 * near) * gleam[:, None] + 70 * shine * near**4, 0, 255)
        at = rotated(path - [0, 0.14 * near * tube], turn)
        width = tube * np.sqrt(1 - 0.96 * near)
        shapes.append(Ribbons(at[None], floats(np.full((1, 98), width)), floats(tone[None])))
    return Geometry((DrawnLayer(tuple(shapes)),), "ring")
