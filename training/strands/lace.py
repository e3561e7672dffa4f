"""Lace: bands of net, petals, loops and ladders that repeat, around a centre or along an edge."""

from __future__ import annotations

import numpy as np

from training.strands.curves import floats, framed, threads
from training.strands.geometry import Floats, Geometry, Layer, Reals

YARN = floats([(246, 244, 238), (238, 228, 206), (28, 26, 28), (176, 40, 52), (214, 190, 150), (236, 200, 206)])
"""Colours of lace, sRGB."""
_CIRCLE = np.linspace(0, 2 * np.pi, 17)


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

    color, yarn = YARN[rng.integers(len(YARN))], rng.uniform(0.0022, 0.0042)
    shapes = (
        threads(rng, [placed(line) for line in fine], yarn * 0.7, color * 0.94),
        threads(rng, [placed(line) for line in thick], yarn * 1.8, color),
    )
    turn = rng.uniform(-np.pi, np.pi) if doily else rng.normal(0, 0.2)
    return Geometry((Layer(framed(shapes, turn)),), "doily" if doily else "lace")


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
