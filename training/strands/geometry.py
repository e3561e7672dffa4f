"""What is drawn, without a resolution: ribbons, patches and fields in units of the side of the square they stand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import TrainingError

Floats = NDArray[np.float32]
Reals = NDArray[np.floating[Any]]


class StrandError(TrainingError):
    """A family, a size or a count that there is not; the text says what there is."""


@dataclass(frozen=True, slots=True, eq=False)
class Ribbons:
    """Strands along polylines, the last in front."""

    points: Floats
    """NxPx2, x and y in sides from the top left; may leave the square."""
    widths: Floats
    """NxP, full width in sides."""
    colors: Floats
    """NxPx3 sRGB, 0..255."""


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """Filled outlines, the last in front; each is closed and simple."""

    rings: tuple[Floats, ...]
    """Mx2 each, as the points of ribbons."""
    colors: Floats
    """One row of 3 sRGB values, 0..255, a ring."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
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

    layers: tuple[Layer, ...]
    name: str
    """What it is, in a word or two."""
