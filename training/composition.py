"""The image composition engine: entities, background and relation -> scene (RIM section 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipmat.transforms import resized
from training.entities import Background, Entity, EntityBank, Pixels

Alpha = NDArray[np.float32]
_MIN_AREA = 0.012
_MIN_VISIBLE = 0.4


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


@dataclass(frozen=True, slots=True)
class Scene:
    """Entities placed on a background."""

    image: Pixels
    """HxWx3 uint8."""
    placed: tuple[Placed, ...]
    may_contain: frozenset[str]
    """Nouns that may be visible besides the entities."""


@dataclass(slots=True)
class _Layer:
    entity: Entity
    alpha: Alpha
    full_area: float
    covers: frozenset[int]


class _Canvas:
    """A scene in the making: pixels and the layers so far, the last in front."""

    def __init__(self, image: NDArray[np.float32], may_contain: frozenset[str]) -> None:
        self.image = image
        self.may_contain = may_contain
        self.layers: list[_Layer] = []

    def add(self, entity: Entity, alpha: Alpha, covers: frozenset[int] = frozenset()) -> None:
        """A layer whose pixels are in the image already."""
        self.layers.append(_Layer(entity, alpha, float(alpha.mean()), covers))

    def paste(self, entity: Entity, color: NDArray[np.float32], alpha: Alpha) -> bool:
        """Put a layer in front; refused when it is too small or would hide too much of another."""
        if alpha.mean() < _MIN_AREA:
            return False
        rest = 1 - alpha
        remaining = [layer.alpha * rest for layer in self.layers]
        for layer, left in zip(self.layers, remaining, strict=True):
            area = left.mean()
            if area < _MIN_AREA or area < _MIN_VISIBLE * layer.full_area:
                return False
        covers = frozenset(i for i, left in enumerate(remaining) if self.layers[i].alpha.mean() - left.mean() > 0.002)
        for layer, left in zip(self.layers, remaining, strict=True):
            layer.alpha = left
        self.image = color * alpha[..., None] + self.image * rest[..., None]
        self.add(entity, alpha, covers)
        return True

    def scene(self) -> Scene:
        """The finished scene."""
        placed = tuple(_measure(layer) for layer in self.layers)
        return Scene(np.clip(self.image + 0.5, 0, 255).astype(np.uint8), placed, self.may_contain)


def _measure(layer: _Layer) -> Placed:
    height, width = layer.alpha.shape
    columns, rows = layer.alpha.sum(axis=0), layer.alpha.sum(axis=1)
    total = max(float(columns.sum()), 1e-6)
    x = float(columns @ (np.arange(width) + 0.5)) / total / width
    y = float(rows @ (np.arange(height) + 0.5)) / total / height
    return Placed(layer.entity, layer.alpha, (x, y), float(layer.alpha.mean()), layer.covers)


def _resized(pixels: Pixels, size: tuple[int, int]) -> NDArray[np.float32]:
    return resized(pixels, size).astype(np.float32)


def _window(
    rng: np.random.Generator, sides: tuple[int, int], size: tuple[int, int], keep: tuple[int, int, int, int] | None
) -> tuple[int, int, int, int]:
    """A random window (y, x, height, width) of the aspect of `size` in a picture of `sides`.

    With `keep` (a box y0, x0, y1, x1) the window holds most of that box.
    """
    height, width = sides
    aspect = size[1] / size[0]
    largest = min(height, width / aspect)
    if keep is None:
        tall = largest * rng.uniform(0.55, 1.0)
        return (
            int(rng.uniform(0, height - tall)),
            int(rng.uniform(0, width - tall * aspect)),
            int(tall),
            int(tall * aspect),
        )
    y0, x0, y1, x1 = keep
    need = max(y1 - y0, (x1 - x0) / aspect)
    low = min(largest, need * (0.72 if rng.random() < 0.3 else 1.0))
    tall = rng.uniform(low, largest)
    wide = tall * aspect

    def start(low_edge: float, high_edge: float, span: float, limit: float) -> int:
        a, b = sorted((high_edge - span, low_edge))
        return int(np.clip(rng.uniform(a, b), 0, max(limit - span, 0)))

    return start(y0, y1, tall, height), start(x0, x1, wide, width), int(tall), int(wide)


def _box(mask: Pixels) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.max(axis=1) > 127), np.flatnonzero(mask.max(axis=0) > 127)
    if rows.size == 0 or columns.size == 0:
        return 0, 0, mask.shape[0], mask.shape[1]
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _padded(image: Pixels, matte: Pixels, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Widen a photograph by its mirrored border now and then, so that its object is not always large."""
    touches = max(line.max() for line in (matte[0], matte[-1], matte[:, 0], matte[:, -1])) > 10
    if touches or rng.random() > 0.25:
        return image, matte
    grow = [
        int(side * rng.uniform(0.05, 0.5)) for side in (matte.shape[0], matte.shape[0], matte.shape[1], matte.shape[1])
    ]
    # The mirrored part must not show the object again.
    y0, x0, y1, x1 = _box((matte > 8).astype(np.uint8) * 255)
    limits = (y0, matte.shape[0] - y1, x0, matte.shape[1] - x1)
    top, bottom, left, right = (max(0, min(g, limit - 1)) for g, limit in zip(grow, limits, strict=True))
    widened = cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_REFLECT_101)
    empty = cv2.copyMakeBorder(matte, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(widened, np.uint8), np.asarray(empty, np.uint8)


def _photo_part(
    bank: EntityBank, photo: Entity, size: tuple[int, int], rng: np.random.Generator
) -> tuple[NDArray[np.float32], Alpha]:
    """A crop of a photograph, flipped half of the time: HxWx3 float32 0..255 and its matte."""
    image, matte = _padded(*bank.photo(photo), rng)
    y, x, tall, wide = _window(rng, matte.shape, size, _box(matte))
    tall, wide = max(tall, 8), max(wide, 8)
    color = _resized(image[y : y + tall, x : x + wide], size)
    alpha = _resized(matte[y : y + tall, x : x + wide], size) / 255
    if rng.random() < 0.5:
        color, alpha = color[:, ::-1], alpha[:, ::-1]
    return np.ascontiguousarray(color), np.ascontiguousarray(alpha)


def photo_scene(bank: EntityBank, photo: Entity, size: tuple[int, int], rng: np.random.Generator) -> Scene:
    """One real photograph, cropped at random around its object."""
    return _photo_canvas(bank, photo, size, rng).scene()


def _photo_canvas(bank: EntityBank, photo: Entity, size: tuple[int, int], rng: np.random.Generator) -> _Canvas:
    color, alpha = _photo_part(bank, photo, size, rng)
    canvas = _Canvas(color, frozenset())
    canvas.add(photo, alpha)
    return canvas


def mosaic_scene(bank: EntityBank, photos: Sequence[Entity], size: tuple[int, int], rng: np.random.Generator) -> Scene:
    """Two or four photographs side by side: the words have to choose. `size` is even."""
    height, width = size
    if len(photos) == 4:
        cells = [(y, x, height // 2, width // 2) for y in (0, height // 2) for x in (0, width // 2)]
    elif rng.random() < 0.6:
        cells = [(0, x, height, width // 2) for x in (0, width // 2)]
    else:
        cells = [(y, 0, height // 2, width) for y in (0, height // 2)]
    canvas = _Canvas(np.zeros((height, width, 3), np.float32), frozenset())
    for photo, (y, x, tall, wide) in zip(photos, cells, strict=True):
        color, part = _photo_part(bank, photo, (tall, wide), rng)
        alpha = np.zeros((height, width), np.float32)
        alpha[y : y + tall, x : x + wide] = part
        canvas.image[y : y + tall, x : x + wide] = color
        canvas.add(photo, alpha)
    return canvas.scene()


def _placed_cutout(
    pixels: Pixels, size: tuple[int, int], share: float, crowd: Sequence[tuple[float, float]], rng: np.random.Generator
) -> tuple[NDArray[np.float32], Alpha]:
    """A cut-out scaled so that its longer side takes `share` of the scene, put away from the `crowd`."""
    height, width = size
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    scale = min(share * height / pixels.shape[0], share * width / pixels.shape[1])
    tall, wide = max(8, round(pixels.shape[0] * scale)), max(8, round(pixels.shape[1] * scale))
    small = _resized(pixels, (tall, wide))
    edge = pixels[..., 3]
    cut = {side: line.mean() > 20 for side, line in
           {"bottom": edge[-1], "left": edge[:, 0], "right": edge[:, -1], "top": edge[0]}.items()}  # fmt: skip
    best: tuple[float, int, int] = (-1.0, 0, 0)
    for _ in range(4):
        overhang = 0.2 if rng.random() < 0.2 else 0.0
        y = int(rng.uniform(-overhang * tall, height - tall * (1 - overhang)))
        x = int(rng.uniform(-overhang * wide, width - wide * (1 - overhang)))
        # A person cut by the frame of the source stays cut by the frame here.
        y = height - tall if cut["bottom"] else 0 if cut["top"] else y
        x = 0 if cut["left"] else width - wide if cut["right"] else x
        center = ((x + wide / 2) / width, (y + tall / 2) / height)
        room = min((np.hypot(center[0] - c[0], center[1] - c[1]) for c in crowd), default=1.0)
        if room > best[0]:
            best = (float(room), y, x)
        if room > 0.35:
            break
    _, y, x = best
    color, alpha = np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32)
    y0, x0, y1, x1 = max(y, 0), max(x, 0), min(y + tall, height), min(x + wide, width)
    if y1 > y0 and x1 > x0:
        part = small[y0 - y : y1 - y, x0 - x : x1 - x]
        color[y0:y1, x0:x1] = part[..., :3]
        alpha[y0:y1, x0:x1] = part[..., 3] / 255
    return color, alpha


def composed_scene(
    bank: EntityBank,
    entities: Sequence[Entity],
    ground: Background | Entity,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> Scene:
    """Cut-outs over a background, or over a photograph whose own object stays one of the entities.

    Later entities stand in front; an entity that finds no room is left out, so there may be fewer.
    """
    if isinstance(ground, Entity):
        canvas = _photo_canvas(bank, ground, size, rng)
    else:
        pixels = bank.background(ground)
        y, x, tall, wide = _window(rng, pixels.shape[:2], size, None)
        canvas = _Canvas(_resized(pixels[y : y + max(tall, 8), x : x + max(wide, 8)], size), ground.may_contain)
    low, high = (0.45, 1.0) if len(entities) == 1 and not canvas.layers else (0.28, 0.72)
    for entity in entities:
        crowd = [_measure(layer).center for layer in canvas.layers]
        for shrink in (1.0, 0.75):
            color, alpha = _placed_cutout(bank.cutout(entity), size, rng.uniform(low, high) * shrink, crowd, rng)
            if canvas.paste(entity, color, alpha):
                break
    return canvas.scene()
