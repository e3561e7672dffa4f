"""Attributes of an entity, measured from its pixels where its index gives none (RIM section 3.1), and cached."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from clipmat.colour_names import NAMES, basic_names, cielab
from clipmat.files import write_whole
from clipmat.transforms import resized
from training.entity import ColourShare, Entity, Pixels

Floats = NDArray[np.float32]
_SIDE = 256
"""Longer side in pixels at which attributes are measured: they are of the object, not of its resolution."""
_OPAQUE = 160
"""Alpha, 0..255, from which a pixel shows the colour of the object."""
_LEAST_SHARE = 0.12
Measured = tuple[tuple[ColourShare, ...], bool]
"""Colours of an entity, and whether it is transparent."""
_VERSION = 1
"""Of the cache: to be raised when the measures change."""


def css_name(colour: tuple[int, int, int]) -> str:
    """The CSS3 colour name nearest to an sRGB colour of 0..255, by distance in CIELAB (CIE 1976)."""
    names, table = _css()
    return names[int(np.linalg.norm(table - cielab(np.array([colour], np.uint8)), axis=1).argmin())]


def dominant_colours(cutout: Pixels, most: int = 3) -> tuple[ColourShare, ...]:
    """The colours of a HxWx4 uint8 cut-out by their share of the opaque pixels, the largest first.

    Those with a share of at least 0.12, and always the first; `css` names the median of a colour's pixels. Where
    nothing is opaque the most opaque half of the range counts. Empty when there is nothing at all.
    """
    small = _small(cutout)
    alpha = small[..., 3]
    pixels = small[..., :3][alpha >= max(1, min(_OPAQUE, int(alpha.max()) // 2))]
    if len(pixels) == 0:
        return ()
    found = basic_names(cielab(pixels))
    counted = sorted(((float((found == name).mean()), name) for name in NAMES), reverse=True)
    kept = [counted[0], *(c for c in counted[1:most] if c[0] >= _LEAST_SHARE)]
    return tuple(ColourShare(name, round(share, 3), css_name(_median(pixels[found == name]))) for share, name in kept)


def is_transparent(alpha: Pixels) -> bool:
    """Whether an object, HxW uint8 alpha, is semi-transparent inside, not only at its contour.

    Inside is what is deeper within alpha > 0.05 than 8 % of the side of a square of that area; transparent means that
    at least a fifth of it has an alpha between 0.1 and 0.9. So hair and blurred contours are opaque; glass,
    smoke, veils and fine nets are transparent.
    """
    small = _small(alpha)
    shape = (small > 0.05 * 255).astype(np.uint8)
    depth = cv2.distanceTransform(np.pad(shape, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    inside = small[depth > max(2.0, 0.08 * float(np.sqrt(shape.sum())))]
    return inside.size > 0 and bool(((inside > 0.1 * 255) & (inside < 0.9 * 255)).mean() >= 0.2)


def is_salient(image: Pixels, alpha: Floats) -> bool:
    """Whether an object stands out of a scene: HxWx3 uint8 image, HxW float32 of what is visible of it in [0, 1].

    It stands out when it fills at least 2 % of the scene and its mean colour is at least 20 from that of the rest in
    CIELAB, where 2.3 is just noticeable (Mahy et al. 1994). Salience as distance to the mean CIELAB colour of the whole
    image is that of Achanta et al., Frequency-tuned Salient Region Detection, CVPR 2009; here the object is left out of
    that mean, or a large one would be compared with itself.
    """
    whole = resized(image, _size(image))
    lab = cielab(whole.reshape(-1, 3))
    weight = resized(alpha, whole.shape[:2]).reshape(-1, 1)
    seen, rest = float(weight.sum()), float((1 - weight).sum())
    if seen < 0.02 * len(weight):
        return False
    if rest < 0.02 * len(weight):
        return True  # it is the scene
    gap = (lab * weight).sum(axis=0) / seen - (lab * (1 - weight)).sum(axis=0) / rest
    return bool(np.linalg.norm(gap) >= 20)


def with_attributes(
    entities: Sequence[Entity], folders: Sequence[Path], preview: Callable[[Entity], Pixels]
) -> tuple[Entity, ...]:
    """The entities in their order, each with colours and transparency, measured where it has no colours.

    `folders` are those that `Entity.pack` counts; `preview` gives the pixels of an entity, HxWx4 uint8 RGBA. Measures
    stay in the user's cache folder: 10,000 photographs take minutes the first time, a second later on. Raises what
    `preview` raises.
    """
    lacking = [entity for entity in entities if not entity.colours]
    known: dict[tuple[int, str], Measured] = {}
    for pack in {entity.pack for entity in lacking}:
        known |= _measured_in(folders[pack], [entity for entity in lacking if entity.pack == pack], preview)

    def complete(entity: Entity) -> Entity:
        if entity.colours:
            return entity
        colours, transparent = known[entity.pack, _object_file(entity)]
        return replace(entity, colours=colours, transparent=entity.transparent or transparent)

    return tuple(map(complete, entities))


def _object_file(entity: Entity) -> str:
    """The file that shows the object: a cut-out and a photograph of one object have one matte."""
    return entity.mask or entity.file


def _measured_in(
    folder: Path, entities: Sequence[Entity], preview: Callable[[Entity], Pixels]
) -> dict[tuple[int, str], Measured]:
    store = _MeasureCache(folder)
    objects: dict[str, Entity] = {}
    for entity in entities:
        objects.setdefault(_object_file(entity), entity)
    stamps = {name: _stamp(folder, entity) for name, entity in objects.items()}
    known = {name: found for name in objects if (found := store.find(name, stamps[name])) is not None}
    new = [name for name in objects if name not in known]

    def measure(name: str) -> Measured:
        cutout = preview(objects[name])
        return dominant_colours(cutout), is_transparent(cutout[..., 3])

    if new:
        pool = ThreadPoolExecutor(os.cpu_count())
        try:
            for name, found in zip(new, pool.map(measure, new), strict=True):
                known[name] = found
        finally:  # what was measured before a broken file, or before the user stopped it, is kept
            pool.shutdown(cancel_futures=True)
            store.save({name: (stamps[name], found) for name, found in known.items()})
    return {(entities[0].pack, name): found for name, found in known.items()}


def _stamp(folder: Path, entity: Entity) -> list[int]:
    """Sizes and times of the files that hold the object."""
    part = "photos" if entity.mask else "entities"
    stamp: list[int] = []
    for name in filter(None, (entity.file, entity.mask)):
        for path in (folder / name, folder / part / name, folder / f"{part}.zip"):
            if path.is_file():
                stamp += [path.stat().st_size, path.stat().st_mtime_ns]
                break
    return stamp


class _MeasureCache:
    """The measures of a folder's objects, as an earlier reading left them in the user's cache folder."""

    def __init__(self, folder: Path) -> None:
        import platformdirs

        name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        cache_folder = Path(platformdirs.user_cache_dir("rim-editor", appauthor=False))
        self._path = cache_folder / "attributes" / f"{name}-{_VERSION}.json"
        self._entries: dict[str, Any] = {}
        with suppress(OSError, ValueError):  # absent or damaged: everything is measured again
            entries = json.loads(self._path.read_text(encoding="utf-8"))
            self._entries = entries if isinstance(entries, dict) else {}

    def find(self, name: str, stamp: list[int]) -> Measured | None:
        """The measures of a file, None where it had another stamp or was not measured."""
        try:
            then, colours, transparent = self._entries[name]
            return (tuple(ColourShare(*colour) for colour in colours), bool(transparent)) if then == stamp else None
        except (KeyError, TypeError, ValueError):
            return None

    def save(self, measures: dict[str, tuple[list[int], Measured]]) -> None:
        """Store these alone; where the folder cannot be written, the next reading measures again."""
        entries = {
            name: [stamp, [[colour.name, colour.share, colour.css] for colour in colours], transparent]
            for name, (stamp, (colours, transparent)) in measures.items()
        }
        with suppress(OSError):
            write_whole(self._path, json.dumps(entries))


def _size(pixels: Pixels) -> tuple[int, int]:
    scale = min(1.0, _SIDE / max(pixels.shape[:2]))
    return max(1, round(pixels.shape[0] * scale)), max(1, round(pixels.shape[1] * scale))


def _small(pixels: Pixels) -> Pixels:
    """Colours are weighed by their alpha, so that colours under transparent pixels do not count."""
    size = _size(pixels)
    if pixels.ndim == 2 or size == pixels.shape[:2]:
        return resized(pixels, size)
    alpha = resized(pixels[..., 3].astype(np.float32), size)
    covered = resized(pixels[..., :3].astype(np.float32) * pixels[..., 3:], size)
    colour = covered / np.maximum(alpha, 1e-3)[..., None]
    return np.asarray(np.rint(np.dstack([colour, alpha])).clip(0, 255), np.uint8)


def _median(pixels: Pixels) -> tuple[int, int, int]:
    red, green, blue = np.median(pixels, axis=0)
    return int(red), int(green), int(blue)


@cache
def _css() -> tuple[tuple[str, ...], Floats]:
    # Pillow knows CSS3's names and rebeccapurple, which is younger; of two names of a colour the first stays.
    names = sorted(set(ImageColor.colormap) - {"rebeccapurple"}, reverse=True)
    named = {ImageColor.getrgb(name)[:3]: name for name in names}
    return tuple(named.values()), cielab(np.array(list(named), np.uint8))
