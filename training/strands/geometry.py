"""What is drawn, without a resolution: ribbons, patches and fields in units of the side of the square they stand in.

After them what the families draw with: Bezier curves, offsets, tapers, threads, dots, frames and fractal noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from training import TrainingError

Floats = NDArray[np.float32]
Reals = NDArray[np.floating[Any]]


class StrandError(TrainingError):
    """An unknown family, or a size or count out of range; the text names what is possible."""


@dataclass(frozen=True, slots=True, eq=False)
class Ribbons:
    """Strands along polylines, the last in front."""

    points: Floats
    """NxPx2, x and y in sides from the top left; may leave the square."""
    widths: Floats
    """NxP, full width in sides."""
    colours: Floats
    """NxPx3 sRGB, 0..255."""


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """Filled outlines, the last in front; each is closed and simple."""

    rings: tuple[Floats, ...]
    """Mx2 each, as the points of ribbons."""
    colours: Floats
    """One row of 3 sRGB values, 0..255, a ring."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLayer:
    """Shapes that cover as one, times an opacity."""

    shapes: tuple[Ribbons | Patches, ...] = ()
    """Empty: the whole box."""
    opacity: Floats = field(default_factory=lambda: np.ones((1, 1), np.float32))
    """hxw in [0, 1], a smooth field over the box; 1x1 is constant."""
    paint: Floats | None = None
    """hxwx3 sRGB 0..255, a smooth field over the box in place of the shapes' own colours."""
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """x0, y0, x1, y1 in sides; shapes are cut off at it."""


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """One entity: layers, the last in front."""

    layers: tuple[DrawnLayer, ...]
    name: str
    """What it is, in a word or two."""


def floats(values: ArrayLike) -> Floats:
    """Values as a float32 array."""
    return np.asarray(values, np.float32)


def bezier(controls: ArrayLike, points: int) -> Floats:
    """Cubic Bezier curves ...x4x2 -> ...x`points`x2, evenly in their parameter."""
    t = np.linspace(0, 1, points)
    weights = np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], axis=1)
    return floats(weights @ np.asarray(controls))


def across(curves: Reals) -> Floats:
    """Unit normals ...xPx2 of curves ...xPx2: to the right of the way they go, y pointing down."""
    along = np.gradient(curves, axis=-2)
    along /= np.maximum(np.hypot(along[..., 0], along[..., 1]), 1e-9)[..., None]
    return floats(np.stack([-along[..., 1], along[..., 0]], axis=-1))


def tapered(points: int, tip: float, begin: float = 0.6) -> Floats:
    """Relative widths of a strand: 1 up to `begin` of its length, then thinner down to `tip`."""
    t = np.linspace(0, 1, points)
    return floats(1 - (1 - tip) * np.clip((t - begin) / (1 - begin), 0, 1) ** 1.5)


def threads(rng: np.random.Generator, lines: Sequence[Reals], width: float, colour: Reals) -> Ribbons:
    """Lines of any number of points as threads of one width, each a little lighter or darker than `colour`.

    Each segment is a ribbon of its own, because all ribbons of a bundle have the same number of points.
    """
    ends = np.concatenate([np.stack([line[:-1], line[1:]], 1) for line in lines])
    lightness = np.repeat(rng.lognormal(0, 0.1, len(lines)), [len(line) - 1 for line in lines])
    lightness *= rng.lognormal(0, 0.06, len(ends))
    colours = np.repeat(np.clip(colour * lightness[:, None], 0, 255)[:, None], 2, axis=1)
    return Ribbons(floats(ends), np.full(ends.shape[:2], width, np.float32), floats(colours))


def dots(centers: Reals, sizes: Reals, colour: Reals) -> Ribbons:
    """Round dots Nx2 of N diameters."""
    t = np.linspace(-1, 1, 7)
    points = centers[:, None] + sizes[:, None, None] / 2 * np.stack([t, np.zeros(7)], 1)
    widths = sizes[:, None] * np.sqrt(1 - t**2)
    return Ribbons(floats(points), floats(widths), floats(np.broadcast_to(colour, (*widths.shape, 3))))


def rotated(points: Reals, angle: float) -> Floats:
    """Points ...x2 turned about the centre of the square by `angle` in radians, clockwise as seen."""
    cos, sin = np.cos(angle), np.sin(angle)
    return floats((points - 0.5) @ np.array([[cos, sin], [-sin, cos]]) + 0.5)


def framed(shapes: Sequence[Ribbons], angle: float = 0.0, margin: float = 0.03) -> tuple[Ribbons, ...]:
    """Shapes turned together, then moved and made smaller, or up to a third larger, to fill the square but a margin."""
    turned = [rotated(shape.points, angle) for shape in shapes]
    flat = np.concatenate([points.reshape(-1, 2) for points in turned])
    low, high = flat.min(axis=0), flat.max(axis=0)
    scale = min((1 - 2 * margin) / float((high - low).max()), 1.33)
    return tuple(
        Ribbons(floats((points - (low + high) / 2) * scale + 0.5), shape.widths, shape.colours)
        for points, shape in zip(turned, shapes, strict=True)
    )


def fractal(rng: np.random.Generator, size: int, coarsest: int, octaves: int, gain: float = 0.5) -> Floats:
    """A smooth random field, `size` x `size`, in [0, 1]: octaves of noise from `coarsest` cells a side on."""
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        cells = rng.random((coarsest * 2**octave + 3,) * 2, dtype=np.float32)
        total += gain**octave * cv2.resize(cells, (size, size), interpolation=cv2.INTER_CUBIC)
    low, high = float(total.min()), float(total.max())
    return floats((total - low) / (high - low))
