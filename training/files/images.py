"""Images, mattes and cut-outs from files, reduced to the size at which they are used.

`clipmat.image_files` decodes them; here are the rules for pairs of files and for the colours of an object alone.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from clipmat.errors import ClipMatError
from clipmat.foreground import separate
from clipmat.image_files import UprightImage, load, straight_srgb
from clipmat.transforms import resized
from training.entity import Pixels
from training.files.labels import LayoutError
from training.files.layouts import LAYOUTS
from training.scene import Alpha

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"})
"""Of files that are taken for images."""
WITH_ALPHA = frozenset({".png", ".webp", ".tif", ".tiff"})
"""Of files that can hold an alpha."""
SIDE = 1024
"""Longer side in pixels to which cut-outs, photographs and backgrounds are reduced."""
_CACHED = 256
"""Images that stay in memory, of each sort: up to 1 GiB of cut-outs."""
_PREVIEW = 640
"""Longer side in pixels at which an image is read for a preview."""
_PURE = frozenset(part.foreground for layout in LAYOUTS for part in layout.parts) - {""}
"""Names of folders whose images show the colours of the object alone."""


def image_files(folder: Path, suffixes: frozenset[str] = SUFFIXES) -> tuple[Path, ...]:
    """The images of a folder by name; empty where there is no such folder."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(p for p in folder.iterdir() if p.suffix.lower() in suffixes and not p.name.startswith(".")))


def by_stem(folder: Path, suffixes: frozenset[str] = SUFFIXES) -> dict[str, Path]:
    """The images of a folder by name without suffix. Raises LayoutError when two have the same one."""
    found: dict[str, Path] = {}
    for path in image_files(folder, suffixes):
        if path.stem in found:
            raise LayoutError(f"{found[path.stem]} and {path.name} have the same name: keep one, or rename it")
        found[path.stem] = path
    return found


def read_image(path: Path, side: int | None = None) -> Pixels:
    """HxWx3 uint8 sRGB, orientation applied, its longer side `side` pixels at most; an alpha is left out.

    A colour profile in the file is converted from, CMYK without one by the plain formula; 16 bits become 8. Raises
    LayoutError naming the file.
    """
    return _colours(_loaded(path, side), side)


def read_matte(path: Path, side: int | None = None) -> Alpha:
    """HxW float32 in [0, 1]: the alpha of the file where it is not opaque all over, else its brightness.

    All 16 bits count where there are 16. Raises LayoutError naming the file.
    """
    loaded = _loaded(path, side)
    own = _own_alpha(loaded.image)
    return _matte(loaded, loaded.image if own is None else own, side)


def read_cutout(path: Path, side: int | None = None) -> tuple[Pixels, Alpha]:
    """Image and matte of one file that holds both. Raises LayoutError naming the file, also when it has no alpha."""
    loaded = _loaded(path, side)
    own = _own_alpha(loaded.image)
    if own is None:
        raise LayoutError(f"{path} has no alpha: save it as RGBA, or put image and matte into separate folders")
    return _colours(loaded, side), _matte(loaded, own, side)


def read_pair(image: Path, matte: Path | None, side: int | None = None) -> tuple[Pixels, Alpha]:
    """An image and its matte, of one size; without a path of a matte it is the image's own alpha.

    Raises LayoutError naming a broken file, or both when their sizes differ.
    """
    if matte is None:
        return read_cutout(image, side)
    loaded, shape = _loaded(image, side), _loaded(matte, side)
    if loaded.size != shape.size:
        (height, width), (other_height, other_width) = loaded.size, shape.size
        raise LayoutError(
            f"{image} is {width}x{height} but {matte} is {other_width}x{other_height}: an image and its matte must "
            "have one size"
        )
    own = _own_alpha(shape.image)
    return _colours(loaded, side), _matte(shape, shape.image if own is None else own, side)


def refuse_empty(matte: Alpha, path: Path) -> None:
    """Raise LayoutError naming the file when a matte shows nothing."""
    if matte.max() <= 1.5 / 255:
        raise LayoutError(f"{path} shows no object: its matte is black all over (0 and 1 must be written as 0 and 255)")


@lru_cache(_CACHED)
def cutout(folder: Path, file: str, mask: str, side: int = SIDE) -> Pixels:
    """HxWx4 uint8 RGBA with straight alpha of an object, cropped to it and 2 % around; `mask` is empty for RGBA files.

    Colours are the object's own also where it is half transparent: the set's, or estimated. Raises LayoutError.
    """
    image, matte = read_pair(folder / file, folder / mask if mask else None)
    refuse_empty(matte, folder / (mask or file))
    box = _box_around(matte)
    image, matte = image[box], matte[box]
    scale = min(1.0, side / max(matte.shape))
    size = max(1, round(matte.shape[0] * scale)), max(1, round(matte.shape[1] * scale))
    alpha = resized(matte, size)
    if not mask:
        colour = _spread(image, matte, size)
    elif Path(file).parent.name in _PURE:
        colour = resized(image, size)
    else:
        colour = separate(resized(image, size), alpha).foreground.whole()
    return _read_only(np.dstack([colour, np.rint(alpha * np.float32(255)).astype(np.uint8)]))


def preview(folder: Path, file: str, mask: str) -> Pixels:
    """HxWx4 uint8 of an object as `cutout` crops it, small, quick and with the image's own colours."""
    image, matte = read_pair(folder / file, folder / mask if mask else None, _PREVIEW)
    refuse_empty(matte, folder / (mask or file))
    box = _box_around(matte)
    return np.dstack([image[box], np.rint(matte[box] * np.float32(255)).astype(np.uint8)])


@lru_cache(_CACHED)
def photo(folder: Path, file: str, mask: str, side: int = SIDE) -> tuple[Pixels, Pixels]:
    """HxWx3 uint8 image and HxW uint8 matte of a photograph. Raises LayoutError."""
    image, matte = read_pair(folder / file, folder / mask, side)
    return _read_only(image), _read_only(np.rint(matte * np.float32(255)).astype(np.uint8))


@lru_cache(_CACHED)
def background(folder: Path, file: str, side: int = SIDE) -> Pixels:
    """HxWx3 uint8 image. Raises LayoutError."""
    return _read_only(read_image(folder / file, side))


def _loaded(path: Path, side: int | None) -> UprightImage:
    try:
        return load(path, side)
    except ClipMatError as error:
        raise LayoutError(str(error)) from error


def _colours(loaded: UprightImage, side: int | None) -> Pixels:
    if loaded.image.mode == "F":  # which only scientific programs write; they mean 0 to 1
        grey = np.rint(_samples(loaded.image, loaded.path) * np.float32(255)).astype(np.uint8)
        return resized(np.repeat(grey[..., None], 3, axis=2), _fitted(loaded, side))
    try:
        colours, _ = straight_srgb(loaded)
    except ClipMatError as error:
        raise LayoutError(str(error)) from error
    return resized(np.asarray(colours), _fitted(loaded, side))


def _matte(loaded: UprightImage, plane: Image.Image, side: int | None) -> Alpha:
    return resized(_samples(plane, loaded.path), _fitted(loaded, side)).clip(0, 1)


def _fitted(loaded: UprightImage, side: int | None) -> tuple[int, int]:
    """Height and width no longer than `side`."""
    height, width = loaded.size
    scale = 1.0 if side is None else min(1.0, side / max(width, height))
    return max(1, round(height * scale)), max(1, round(width * scale))


def _own_alpha(image: Image.Image) -> Image.Image | None:
    """The alpha of an image, None where it has none or is opaque all over."""
    if not image.has_transparency_data:
        return None
    alpha = (image if image.mode in ("LA", "RGBA") else image.convert("RGBA")).getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def _samples(image: Image.Image, path: Path) -> Alpha:
    """HxW in [0, 1] by the image's own white."""
    if not image.mode.startswith(("I", "F")):
        return np.asarray(image.convert("L"), np.float32) / np.float32(255)
    samples = np.asarray(image)
    white = 1 if image.mode == "F" else 65535
    if samples.min() < 0 or samples.max() > white:
        raise LayoutError(f"{path} has 32-bit samples without a fixed white: save it with 8 or 16 bits a channel")
    return np.asarray(samples / np.float32(white), np.float32)


def _box_around(matte: Alpha) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(matte.max(axis=1) > 0.01), np.flatnonzero(matte.max(axis=0) > 0.01)
    around = round(0.02 * max(rows[-1] - rows[0], columns[-1] - columns[0]))
    top, left = max(0, rows[0] - around), max(0, columns[0] - around)
    return slice(top, rows[-1] + 1 + around), slice(left, columns[-1] + 1 + around)


def _spread(image: Pixels, matte: Alpha, size: tuple[int, int]) -> Pixels:
    """Colours reduced with their alpha as weight and spread outwards: under alpha 0, programs leave any colour."""
    alpha = resized(matte, size)
    weighed = resized(image * matte[..., None], size)
    near, weight = (cv2.GaussianBlur(plane, (0, 0), 8) for plane in (weighed, alpha))
    mean = weighed.sum(axis=(0, 1)) / alpha.sum()
    around = np.where((weight > 1e-3)[..., None], near / np.maximum(weight, 1e-3)[..., None], mean)
    colour = np.where((alpha > 1e-3)[..., None], weighed / np.maximum(alpha, 1e-3)[..., None], around)
    return np.rint(colour).clip(0, 255).astype(np.uint8)


def _read_only(pixels: Pixels) -> Pixels:
    pixels.flags.writeable = False
    return pixels
