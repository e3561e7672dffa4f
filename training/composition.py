"""The image composition engine: entities, background and relation -> scene (RIM section 3.2)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from clipmat.transforms import resized
from training.entity import Entity, LabelledPhoto, Pixels, SceneBackground, unit
from training.files.entity_bank import EntityBank
from training.scene import ASKED, Alpha, Scene, SceneCanvas


def _window(
    rng: np.random.Generator,
    sides: tuple[int, int],
    size: tuple[int, int],
    keep: tuple[int, int, int, int] | None,
    least: float = 0.0,
) -> tuple[int, int, int, int]:
    """A random window (y, x, height, width) of the aspect of `size` in a picture of `sides`.

    With `keep` (a box y0, x0, y1, x1) the window holds most of that box, and is no smaller than `least` of the largest.
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
    low = min(largest, max(least * largest, need * (0.72 if rng.random() < 0.3 else 1.0)))
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
) -> tuple[Pixels, Alpha]:
    """A crop of a photograph, flipped half of the time: HxWx3 uint8 and its matte."""
    image, matte = _padded(*bank.photo(photo), rng)
    y, x, tall, wide = _window(rng, matte.shape, size, _box(matte))
    tall, wide = max(tall, 8), max(wide, 8)
    colour = resized(image[y : y + tall, x : x + wide], size)
    alpha = unit(resized(matte[y : y + tall, x : x + wide], size))
    if rng.random() < 0.5:
        colour, alpha = colour[:, ::-1], alpha[:, ::-1]
    return colour, np.ascontiguousarray(alpha)


def photo_scene(bank: EntityBank, photo: Entity, size: tuple[int, int], rng: np.random.Generator) -> Scene:
    """One real photograph, cropped at random around its object."""
    return _photo_canvas(bank, photo, size, rng).scene()


def _photo_canvas(bank: EntityBank, photo: Entity, size: tuple[int, int], rng: np.random.Generator) -> SceneCanvas:
    colour, alpha = _photo_part(bank, photo, size, rng)
    canvas = SceneCanvas(colour)
    canvas.add(photo, alpha)
    return canvas


def labelled_scene(
    bank: EntityBank, photo: LabelledPhoto, chosen: Entity, size: tuple[int, int], rng: np.random.Generator
) -> Scene:
    """A part of a photograph of several labelled things that holds most of `chosen`, one of them."""
    image, mattes = bank.scene(photo)
    keep = _box(mattes[photo.objects.index(chosen)])
    y, x, tall, wide = _window(rng, image.shape[:2], size, keep, 0.45)
    window = np.s_[y : y + max(tall, 8), x : x + max(wide, 8)]
    flipped = rng.random() < 0.5
    colour = resized(image[window], size)
    canvas = SceneCanvas(
        np.ascontiguousarray(colour[:, ::-1]) if flipped else colour, photo.may_contain, absent=photo.absent
    )
    grown = image.shape[0] * image.shape[1] / (max(tall, 8) * max(wide, 8))
    for entity, matte in zip(photo.objects, mattes, strict=True):
        alpha = unit(resized(matte[window], size))
        if alpha.any():
            alpha = np.ascontiguousarray(alpha[:, ::-1]) if flipped else alpha
            canvas.add(entity, alpha, float(unit(matte).mean()) * grown)
    return canvas.scene()


def mosaic_scene(bank: EntityBank, photos: Sequence[Entity], size: tuple[int, int], rng: np.random.Generator) -> Scene:
    """Two or four photographs side by side: the words have to choose. `size` is even."""
    height, width = size
    if len(photos) == 4:
        cells = [(y, x, height // 2, width // 2) for y in (0, height // 2) for x in (0, width // 2)]
    elif rng.random() < 0.6:
        cells = [(0, x, height, width // 2) for x in (0, width // 2)]
    else:
        cells = [(y, 0, height // 2, width) for y in (0, height // 2)]
    canvas = SceneCanvas(np.zeros((height, width, 3), np.uint8))
    for photo, (y, x, tall, wide) in zip(photos, cells, strict=True):
        colour, part = _photo_part(bank, photo, (tall, wide), rng)
        alpha = np.zeros((height, width), np.float32)
        alpha[y : y + tall, x : x + wide] = part
        canvas.image[y : y + tall, x : x + wide] = colour
        canvas.add(photo, alpha)
    return canvas.scene()


def scaled(pixels: Pixels, size: tuple[int, int], share: float, rng: np.random.Generator) -> Pixels:
    """A cut-out, flipped half of the time, whose longer side takes `share` of the scene's: hxwx4 uint8."""
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    shown = pixels[..., 3] > 0
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    if rows.size:  # less its empty margin, so that what the frame cut can touch the frame
        pixels = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = min(share * size[0] / pixels.shape[0], share * size[1] / pixels.shape[1])
    sides = max(8, round(pixels.shape[0] * scale)), max(8, round(pixels.shape[1] * scale))
    return resized(pixels, sides)


_STRAIGHT = 0.5
"""Share of an outermost line that is solid where a frame has cut."""


def cut_sides(pixels: Pixels, kind: str) -> frozenset[str]:
    """The sides at which the frame of its source cut an entity: bottom, left, right, top."""
    solid = pixels[..., 3] > 127
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if rows.size == 0:
        return frozenset()
    # Cut-outs have a margin, so the outermost solid line of a living thing decides: a cut goes straight across, a
    # contour does not. A carton is straight by itself: of objects only what touches the border was cut.
    box = solid if kind == "object" else solid[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    lines = {"bottom": box[-1], "left": box[:, 0], "right": box[:, -1], "top": box[0]}
    return frozenset(side for side, line in lines.items() if line.mean() > _STRAIGHT)


def place(pixels: Pixels, size: tuple[int, int], cut: frozenset[str], rng: np.random.Generator) -> tuple[int, int]:
    """A random place (y, x) for a cut-out that fits; a person cut by the frame of the source stays cut by it here."""
    (height, width), (tall, wide) = size, pixels.shape[:2]
    overhang = 0.2 if rng.random() < 0.2 else 0.0
    y = int(rng.uniform(0, height - tall * (1 - overhang)))  # heads stay in the picture
    x = int(rng.uniform(-overhang * wide, width - wide * (1 - overhang)))
    y = height - tall if "bottom" in cut else 0 if "top" in cut else y
    x = 0 if "left" in cut else width - wide if "right" in cut else x
    return y, x


def _away(
    pixels: Pixels, kind: str, size: tuple[int, int], crowd: Sequence[tuple[float, float]], rng: np.random.Generator
) -> tuple[int, int]:
    """The place of a few random ones that is farthest from the `crowd` of centres."""
    best: tuple[float, tuple[int, int]] = (-1.0, (0, 0))
    cut = cut_sides(pixels, kind)
    for _ in range(4):
        y, x = place(pixels, size, cut, rng)
        center = ((x + pixels.shape[1] / 2) / size[1], (y + pixels.shape[0] / 2) / size[0])
        room = min((np.hypot(center[0] - c[0], center[1] - c[1]) for c in crowd), default=1.0)
        if room > best[0]:
            best = float(room), (y, x)
        if room > 0.35:
            break
    return best[1]


def background_part(
    bank: EntityBank, ground: SceneBackground, size: tuple[int, int], rng: np.random.Generator
) -> Pixels:
    """A random crop of a background, HxWx3 uint8."""
    pixels = bank.background(ground)
    y, x, tall, wide = _window(rng, pixels.shape[:2], size, None)
    return resized(pixels[y : y + max(tall, 8), x : x + max(wide, 8)], size)


def composed_scene(
    bank: EntityBank,
    entities: Sequence[Entity],
    ground: SceneBackground | Entity,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> Scene:
    """Cut-outs over a background, or over a photograph whose own object stays one of the entities.

    Later entities stand in front; an entity that finds no room is left out, so there may be fewer.
    """
    if isinstance(ground, Entity):
        canvas = _photo_canvas(bank, ground, size, rng)
    else:
        canvas = SceneCanvas(background_part(bank, ground, size, rng), ground.may_contain, complete=True)
    low, high = (0.45, 1.0) if len(entities) == 1 and not len(canvas) else (0.28, 0.72)
    for entity in entities:
        crowd = canvas.centers()
        for shrink in (1.0, 0.75):
            pixels = scaled(bank.cutout(entity), size, rng.uniform(low, high) * shrink, rng)
            if canvas.paste(entity, pixels, *_away(pixels, entity.kind, size, crowd, rng)):
                break
    return canvas.scene()


def crowded_scene(
    bank: EntityBank,
    entities: Sequence[Entity],
    ground: SceneBackground,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> Scene:
    """Many small cut-outs over a background, strewn over it or in a heap; later ones stand in front.

    Those that find no room, or would hide another, are left out.
    """
    canvas = SceneCanvas(background_part(bank, ground, size, rng), ground.may_contain, complete=True)
    share, heap = rng.uniform(0.15, 0.36), rng.random() < 0.6
    middle, spread = rng.uniform(0.35, 0.65, 2), rng.uniform(0.1, 0.24, 2)
    for entity in entities:
        pixels = bank.cutout(entity)
        for _ in range(4):
            shown = scaled(pixels, size, share * rng.uniform(0.7, 1.4), rng)
            cut = cut_sides(shown, entity.kind)
            y, x = place(shown, size, cut, rng)
            if heap and not cut:
                at = rng.normal(middle, spread).clip(0, 1) * (size[0] - shown.shape[0], size[1] - shown.shape[1])
                y, x = int(at[0]), int(at[1])
            if canvas.paste(entity, shown, y, x, ASKED):
                break
    return canvas.scene()
