"""Images and mattes from files as cameras and editors write them: upright, sRGB, whatever their depth."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps

from clipmat.transforms import resized
from training.entity import Pixels
from training.files.foreground import foreground
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
# What Pillow's decoders raise when a file is damaged.
_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error, zlib.error)


def image_files(folder: Path, suffixes: frozenset[str] = SUFFIXES) -> tuple[Path, ...]:
    """The images of a folder by name; empty where there is no such folder."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(p for p in folder.iterdir() if p.suffix.lower() in suffixes and not p.name.startswith(".")))


def by_stem(folder: Path, suffixes: frozenset[str] = SUFFIXES) -> dict[str, Path]:
    """The images of a folder by what they are called without suffix. Raises LayoutError when two are called alike."""
    found: dict[str, Path] = {}
    for path in image_files(folder, suffixes):
        if path.stem in found:
            raise LayoutError(f"{found[path.stem]} and {path.name} are called alike: keep one, or rename it")
        found[path.stem] = path
    return found


def read_image(path: Path, side: int | None = None) -> Pixels:
    """HxWx3 uint8 sRGB, orientation applied, its longer side `side` pixels at most; an alpha is left out.

    A colour profile in the file is converted from, CMYK without one by the plain formula; 16 bits become 8. Raises
    LayoutError naming the file.
    """
    with _opened(path) as opened:
        size = _fitted(opened, side)
        opened.draft(opened.mode, size[::-1])  # JPEG decodes smaller, in a fraction of the time
        profile = opened.info.get("icc_profile") if opened.mode != "L" else None
        upright = ImageOps.exif_transpose(opened)
        if upright.mode.startswith(("I", "F")):
            gray = np.rint(_samples(upright, path) * np.float32(255)).astype(np.uint8)
            pixels = np.repeat(gray[..., None], 3, axis=2)
        else:
            pixels = np.asarray(_in_srgb(upright, profile, path))
    return resized(pixels, size)


def read_matte(path: Path, side: int | None = None) -> Alpha:
    """HxW float32 in [0, 1]: the alpha of the file where it is not opaque all over, else its brightness.

    All 16 bits count where there are 16. Raises LayoutError naming the file.
    """
    with _opened(path) as opened:
        size = _fitted(opened, side)
        upright = ImageOps.exif_transpose(opened)
        own = _own_alpha(upright)
        matte = _samples(upright if own is None else own, path)
    return resized(matte, size).clip(0, 1)


def read_cutout(path: Path, side: int | None = None) -> tuple[Pixels, Alpha]:
    """Image and matte of one file that holds both. Raises LayoutError naming the file, also when it has no alpha."""
    with _opened(path) as opened:
        size = _fitted(opened, side)
        own = _own_alpha(ImageOps.exif_transpose(opened))
        if own is None:
            raise LayoutError(f"{path} has no alpha: save it as RGBA, or put image and matte into folders of their own")
        matte = _samples(own, path)
    return read_image(path, side), resized(matte, size).clip(0, 1)


def read_pair(image: Path, matte: Path | None, side: int | None = None) -> tuple[Pixels, Alpha]:
    """An image and its matte, of one size; without a path of a matte it is the image's own alpha.

    Raises LayoutError naming a broken file, or both when their sizes differ.
    """
    if matte is None:
        return read_cutout(image, side)
    sizes = []
    for path in (image, matte):
        with _opened(path) as opened:
            sizes.append(_fitted(opened, None))
    if sizes[0] != sizes[1]:
        told = [f"{path} is {width}x{height}" for path, (height, width) in zip((image, matte), sizes, strict=True)]
        raise LayoutError(f"{' but '.join(told)}: an image and its matte must have one size")
    return read_image(image, side), read_matte(matte, side)


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
        color = _spread(image, matte, size)
    elif Path(file).parent.name in _PURE:
        color = resized(image, size)
    else:
        color = foreground(resized(image, size), alpha)
    return _read_only(np.dstack([color, np.rint(alpha * np.float32(255)).astype(np.uint8)]))


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


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(path) as opened:
            yield opened
    except FileNotFoundError as error:
        raise LayoutError(f"{path} is missing") from error
    except (Image.DecompressionBombError, *_DAMAGE) as error:
        raise LayoutError(f"{path} cannot be read as an image: {' '.join(str(error).split())}") from error


def _fitted(opened: Image.Image, side: int | None) -> tuple[int, int]:
    """Height and width once upright and no longer than `side`."""
    width, height = opened.size
    if opened.getexif().get(0x0112, 1) in (5, 6, 7, 8):
        width, height = height, width
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
        raise LayoutError(f"{path} has 32-bit samples without a fixed white: save it with 8 or 16 bits")
    return np.asarray(samples / np.float32(white), np.float32)


def _in_srgb(image: Image.Image, profile: bytes | None, path: Path) -> Image.Image:
    if image.mode != "CMYK":
        image = image.convert("RGB")
    if profile:
        try:
            source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
            converted = ImageCms.profileToProfile(image, source, srgb, intent, "RGB")
            assert converted is not None  # None is for in-place work only
            return converted
        except (ImageCms.PyCMSError, OSError, ValueError) as error:
            text = f"the colour profile in {path} does not fit or is damaged ({error}): its colours are taken as sRGB"
            warnings.warn(text, stacklevel=3)
    return image.convert("RGB")


def _box_around(matte: Alpha) -> tuple[slice, slice]:
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


def _read_only(pixels: Pixels) -> Pixels:
    pixels.flags.writeable = False
    return pixels
