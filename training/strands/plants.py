"""Grass, ferns and branches with leaves: blades that taper at both ends."""

from __future__ import annotations

import numpy as np

from training.strands.geometry import DrawnLayer, Floats, Geometry, Reals, Ribbons, bezier, floats, framed, tapered

LEAVES = floats([(58, 98, 36), (84, 128, 48), (116, 152, 62), (44, 82, 44), (150, 160, 70), (92, 116, 84)])
"""Greens of leaves, sRGB."""
TURNED = floats([(196, 120, 36), (176, 68, 32), (206, 164, 60), (134, 84, 44)])
"""Autumn leaves, sRGB."""
STRAW, BARK = floats((196, 172, 106)), floats((104, 82, 62))
"""Dry grass and twigs, sRGB."""


def grass(rng: np.random.Generator) -> Geometry:
    """A tuft of grass, green or dry: long blades from one place."""
    count, points = int(rng.integers(60, 160)), 14
    colour = LEAVES[rng.integers(len(LEAVES))] if rng.random() < 0.8 else STRAW
    lean, tall = rng.normal(0, rng.uniform(0.15, 0.45), count), -np.sort(-rng.uniform(0.35, 0.95, count))
    root = np.stack([rng.normal(0, 0.06, count) + 0.1 * lean, rng.normal(0, 0.006, count)], 1)
    tip = root + np.stack([lean * tall, -tall * (1 - 0.4 * np.abs(lean))], 1)
    middle = root + np.stack([0.3 * lean * tall, -0.55 * tall], 1)
    droop = np.abs(rng.normal(0, 0.3, count)) * lean
    tip += np.stack([droop * 0.7, np.abs(droop) * 0.9], 1)
    lines = bezier(np.stack([root, root + (middle - root) * 0.6, middle, tip], 1), points)
    widths = rng.uniform(0.003, 0.011) * rng.lognormal(0, 0.3, (count, 1)) * tapered(points, 0.06, 0.25)
    blades = Ribbons(lines, floats(widths), _tinted(rng, colour, count, points))
    return Geometry((DrawnLayer(framed((_veined(blades, blades.widths * np.float32(0.22)),))),), "grass")


def fern(rng: np.random.Generator) -> Geometry:
    """A frond: leaflets in pairs along a bent stem, themselves of leaflets."""
    stem, pairs, each = _stem(rng, 40), int(rng.integers(16, 28)), int(rng.integers(9, 15))
    colour = LEAVES[rng.integers(len(LEAVES))]
    at, along = np.linspace(0.1, 0.985, pairs), np.linspace(0.06, 0.97, each)
    long = rng.uniform(0.2, 0.3) * np.minimum(1, 6 * at) * (1 - at) ** rng.uniform(0.6, 0.9) + 0.012
    ribs = _pairs(rng, stem, at, long, rng.uniform(0.9, 1.25), 12, 0.06)
    leaflets = np.concatenate(
        [
            _pairs(rng, rib, along, np.maximum(0.26 * reach * (1 - along) ** 0.7, 0.006), 1.15, 5, 0.1)
            for rib, reach in zip(ribs, np.tile(long, 2), strict=True)
        ]
    )
    span = leaflets[:, -1] - leaflets[:, 0]
    widths = np.hypot(span[:, :1], span[:, 1:]) * rng.uniform(0.35, 0.5) * _lens(5)
    blades = Ribbons(leaflets, floats(widths), _tinted(rng, colour, len(leaflets), 5))
    shapes = (_stalks(stem[None], 0.008, colour * 0.8), _stalks(ribs, 0.003, colour * 0.7), blades)
    return Geometry((DrawnLayer(framed(shapes, rng.uniform(-np.pi, np.pi))),), "fern")


def branch(rng: np.random.Generator) -> Geometry:
    """A twig with smaller twigs and leaves of one shape, green or turned."""
    stem, bark = _stem(rng, 40), BARK * rng.uniform(0.6, 1.3)
    colour = TURNED[rng.integers(len(TURNED))] if rng.random() < 0.3 else LEAVES[rng.integers(len(LEAVES))]
    forks = np.sort(rng.uniform(0.2, 0.85, int(rng.integers(2, 5))))
    twigs = _pairs(rng, stem, forks, rng.uniform(0.2, 0.4, len(forks)), 0.8, 20, 0.3)
    many, size = int(rng.integers(5, 10)), rng.uniform(0.07, 0.16)
    slim, angle, along = rng.uniform(0.2, 0.5), rng.uniform(0.6, 1.1), np.linspace(0.12, 0.99, many)
    leaves = np.concatenate([_pairs(rng, axis, along, np.full(many, size), angle, 14, 0.25) for axis in (stem, *twigs)])
    leaves = leaves[rng.random(len(leaves)) < 0.85]
    widths = size * slim * rng.lognormal(0, 0.12, (len(leaves), 1)) * _lens(14)
    blades = Ribbons(leaves, floats(widths), _tinted(rng, colour, len(leaves), 14))
    foliage = _veined(blades, np.full_like(blades.widths, 0.0022))
    shapes = (_stalks(stem[None], 0.012, bark), _stalks(twigs, 0.006, bark), foliage)
    return Geometry((DrawnLayer(framed(shapes, rng.uniform(-np.pi, np.pi))),), "branch")


def _stem(rng: np.random.Generator, points: int) -> Floats:
    """A bent axis from the bottom to the top, `points` x 2."""
    x = 0.5 + rng.normal(0, 0.12, 3)
    return bezier([(0.5, 0.97), (x[0], 0.66), (x[1], 0.33), (x[2], 0.05)], points)


def _stalks(lines: Floats, width: float, colour: Reals) -> Ribbons:
    widths = np.broadcast_to(width * tapered(lines.shape[1], 0.25, 0), lines.shape[:2])
    return Ribbons(lines, floats(widths), floats(np.broadcast_to(colour, (*lines.shape[:2], 3))))


def _pairs(
    rng: np.random.Generator, axis: Reals, at: Reals, long: Reals, angle: float, points: int, bend: float
) -> Floats:
    """Curves that leave `axis` to both sides at places `at` (0..1): 2N x `points` x 2, those of one side first."""
    place = at * (len(axis) - 1)
    low = np.minimum(place.astype(int), len(axis) - 2)
    along = axis[low + 1] - axis[low]
    root, heading = axis[low] + (place - low)[:, None] * along, np.arctan2(along[:, 1], along[:, 0])
    curves = []
    for side in (-1, 1):
        turn = heading + side * (angle + rng.normal(0, 0.1, len(at)))
        last = turn - side * (0.25 + np.abs(rng.normal(0, bend, len(at))))
        reach = long * rng.lognormal(0, 0.06, len(at))
        first, end = (np.stack([reach * np.cos(a), reach * np.sin(a)], 1) for a in (turn, last))
        curves.append(np.stack([root, root + first / 3, root + first * 0.66, root + end], 1))
    return bezier(np.concatenate(curves), points)


def _lens(points: int) -> Floats:
    """Widths of a leaf along its length, at most 1."""
    return floats(0.02 + 0.98 * np.sin(np.pi * np.linspace(0, 1, points) ** 0.8) ** 0.9)


def _tinted(rng: np.random.Generator, colour: Reals, count: int, points: int) -> Floats:
    light = rng.lognormal(0, 0.2, (count, 1)) * np.linspace(0.75, 1.12, points)
    return floats(np.clip((colour + rng.normal(0, 9, (count, 3)))[:, None] * light[..., None], 4, 255))


def _veined(blades: Ribbons, widths: Floats) -> Ribbons:
    """Each blade with a lighter vein upon it."""

    def joined(a: Floats, b: Floats) -> Floats:
        return np.stack([a, b], axis=1).reshape(-1, *a.shape[1:])

    light = np.minimum(blades.colours * np.float32(1.26), 255)
    return Ribbons(joined(blades.points, blades.points), joined(blades.widths, widths), joined(blades.colours, light))
