"""Scenes: entities on a background, put there one in front of the other."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.entity import Entity, Pixels, unit

Alpha = NDArray[np.float32]
MIN_AREA = 0.012
"""Share of a scene below which an entity is too small to be asked for."""
ASKED = 0.004
"""Share of a scene that an entity must have to be asked for; a photograph holds smaller things as well."""
MIN_VISIBLE = 0.4
"""Share of an entity that stays visible whatever stands in front."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An entity in a scene, with what is visible of it."""

    entity: Entity
    alpha: Alpha
    """HxW float32 in [0, 1]: its matte, less what stands in front."""
    center: tuple[float, float]
    """x, y of its visible centre of mass, 0..1 of the scene's sides."""
    area: float
    """Share of the scene, 0..1."""
    occludes: frozenset[int]
    """Indices of the entities it covers in part."""
    visible: float = 1.0
    """Share of it that nothing in the scene covers, 0..1."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Entities placed on a background."""

    image: Pixels
    """HxWx3 uint8."""
    placed: tuple[Placed, ...]
    may_contain: frozenset[str]
    """Nouns that may be visible besides the entities."""
    complete: bool = False
    """Whether nothing but the entities and `may_contain` can be seen: a composite, not a photograph."""
    absent: tuple[str, ...] | None = None
    """Of a labelled photograph: the nouns that surely fit nothing in it. None: see `complete`."""


@dataclass(slots=True)
class _PastedEntity:
    entity: Entity
    alpha: Alpha
    full_area: float
    area: float
    covers: frozenset[int]


class SceneCanvas:
    """A scene in the making: pixels and the layers so far, the last in front."""

    def __init__(
        self,
        image: Pixels,
        may_contain: frozenset[str] = frozenset(),
        *,
        complete: bool = False,
        absent: tuple[str, ...] | None = None,
    ) -> None:
        self.image = np.array(image)  # pasted into: the bank's own pixels stay as they are
        self.may_contain, self.complete, self.absent = may_contain, complete, absent
        self._layers: list[_PastedEntity] = []

    def __len__(self) -> int:
        return len(self._layers)

    def add(self, entity: Entity, alpha: Alpha, full_area: float = 0.0) -> None:
        """A layer whose pixels are in the image already: HxW float32 of the whole scene.

        `full_area` is the share of the scene that it had if nothing of it were cut off, where that is known.
        """
        area = float(alpha.mean())
        self._layers.append(_PastedEntity(entity, np.array(alpha), max(area, full_area), area, frozenset()))

    def paste(self, entity: Entity, pixels: Pixels, y: int, x: int, least: float = MIN_AREA) -> bool:
        """Put a cut-out (hxwx4 uint8, straight alpha) in front, its upper left corner at y, x; it may overhang.

        False, and nothing is changed, when too little of it or of what it covers would be seen: less than `least` of
        the scene, or of what it covers than MIN_VISIBLE of it.
        """
        height, width = self.image.shape[:2]
        y0, x0, y1, x1 = max(y, 0), max(x, 0), min(y + pixels.shape[0], height), min(x + pixels.shape[1], width)
        if y1 <= y0 or x1 <= x0:
            return False
        there = np.s_[y0:y1, x0:x1]
        part = pixels[y0 - y : y1 - y, x0 - x : x1 - x]
        alpha = unit(part[..., 3])
        area = float(alpha.sum()) / (height * width)
        if area < least:
            return False
        rest = 1 - alpha
        left = [layer.alpha[there] * rest for layer in self._layers]
        lost = [
            (float(layer.alpha[there].sum()) - float(kept.sum())) / (height * width)
            for layer, kept in zip(self._layers, left, strict=True)
        ]
        for layer, loss in zip(self._layers, lost, strict=True):
            if loss > 0 and layer.area - loss < max(least, MIN_VISIBLE * layer.full_area):
                return False
        for layer, kept, loss in zip(self._layers, left, lost, strict=True):
            layer.alpha[there] = kept
            layer.area -= loss
        over, under = np.ascontiguousarray(part[..., :3]), np.ascontiguousarray(self.image[there])
        self.image[there] = cv2.blendLinear(over, under, alpha, rest)
        full = np.zeros((height, width), np.float32)
        full[there] = alpha
        covers = frozenset(i for i, loss in enumerate(lost) if loss > 0.002)
        self._layers.append(_PastedEntity(entity, full, area, area, covers))
        return True

    def centers(self) -> list[tuple[float, float]]:
        """The visible centre of mass of each layer: x, y, 0..1."""
        return [_center(layer.alpha) for layer in self._layers]

    def scene(self) -> Scene:
        """The finished scene, layers in the order in which they came."""
        placed = tuple(
            Placed(la.entity, la.alpha, _center(la.alpha), la.area, la.covers, la.area / max(la.full_area, 1e-6))
            for la in self._layers
        )
        return Scene(self.image, placed, self.may_contain, self.complete, self.absent)


def _center(alpha: Alpha) -> tuple[float, float]:
    height, width = alpha.shape
    columns, rows = np.ones(height, np.float32) @ alpha, alpha @ np.ones(width, np.float32)
    total = max(float(columns.sum()), 1e-6)
    x = float(columns @ (np.arange(width) + 0.5)) / total / width
    y = float(rows @ (np.arange(height) + 0.5)) / total / height
    return x, y
