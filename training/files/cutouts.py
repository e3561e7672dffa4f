"""Pixels of the entities in folders that are no packs: cut out, reduced, with the colours of the object alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from clipmat.transforms import resized
from training.entity import Pixels
from training.files.foreground import foreground
from training.files.images import read_image, read_pair, refuse_empty
from training.files.layouts import LAYOUTS
from training.scene import Alpha

SIDE = 1024
"""Longer side in pixels to which cut-outs, photographs and backgrounds are reduced."""
_KEPT = 256
"""Images that stay in memory, of each sort: up to 1 GiB of cut-outs."""
_GLANCE = 640
"""Longer side in pixels at which an image is read for a glance."""
_PURE = frozenset(part.foreground for layout in LAYOUTS for part in layout.parts) - {""}
"""Names of folders whose images show the colours of the object alone."""


@lru_cache(_KEPT)
def cutout(folder: Path, file: str, mask: str, side: int = SIDE) -> Pixels:
    """HxWx4 uint8 RGBA with straight alpha of an object, cropped to it and 2 % around; `mask` is empty for RGBA files.

    Colours are the object's own also where it is half transparent: the set's, or estimated. Raises LayoutError.
    """
    image, matte = read_pair(folder / file, folder / mask if mask else None)
    refuse_empty(matte, folder / (mask or file))
    box = _box(matte)
    image, matte = image[box], matte[box]
    scale = min(1.0, side / max(matte.shape))
    size = max(1, round(matte.shape[0] * scale)), max(1, round(matte.shape[1] * scale))
    alpha = resized(matte, size)
    if not mask:
        color = _spread(image, matte, size)
    elif Path(file).parent.name in _PURE:
        color = resized(image, size)
    else:
        color = foreground(resized(image, size), alpha)
    return _kept(np.dstack([color, np.rint(alpha * np.float32(255)).astype(np.uint8)]))


def glance(folder: Path, file: str, mask: str) -> Pixels:
    """HxWx4 uint8 of an object as `cutout` crops it, small, quick and with the image's own colours."""
    image, matte = read_pair(folder / file, folder / mask if mask else None, _GLANCE)
    refuse_empty(matte, folder / (mask or file))
    box = _box(matte)
    return np.dstack([image[box], np.rint(matte[box] * np.float32(255)).astype(np.uint8)])


@lru_cache(_KEPT)
def photo(folder: Path, file: str, mask: str, side: int = SIDE) -> tuple[Pixels, Pixels]:
    """HxWx3 uint8 image and HxW uint8 matte of a photograph. Raises LayoutError."""
    image, matte = read_pair(folder / file, folder / mask, side)
    return _kept(image), _kept(np.rint(matte * np.float32(255)).astype(np.uint8))


@lru_cache(_KEPT)
def background(folder: Path, file: str, side: int = SIDE) -> Pixels:
    """HxWx3 uint8 image. Raises LayoutError."""
    return _kept(read_image(folder / file, side))


def _box(matte: Alpha) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(matte.max(axis=1) > 0.01), np.flatnonzero(matte.max(axis=0) > 0.01)
    around = round(0.02 * max(rows[-1] - rows[0], columns[-1] - columns[0]))
    top, left = max(0, rows[0] - around), max(0, columns[0] - around)
    return slice(top, rows[-1] + 1 + around), slice(left, columns[-1] + 1 + around)


def _spread(image: Pixels, matte: Alpha, size: tuple[int, int]) -> Pixels:
    """Colours reduced by what is opaque, and led outwards: under alpha 0, programs leave any colour."""
    alpha = resized(matte, size)
    weighed = resized(image * matte[..., None], size)
    near, weight = (cv2.GaussianBlur(plane, (0, 0), 8) for plane in (weighed, alpha))
    mean = weighed.sum(axis=(0, 1)) / alpha.sum()
    around = np.where((weight > 1e-3)[..., None], near / np.maximum(weight, 1e-3)[..., None], mean)
    color = np.where((alpha > 1e-3)[..., None], weighed / np.maximum(alpha, 1e-3)[..., None], around)
    return np.rint(color).clip(0, 255).astype(np.uint8)


def _kept(pixels: Pixels) -> Pixels:
    pixels.flags.writeable = False
    return pixels
