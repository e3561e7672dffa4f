"""Colour decontamination: the colours of the object and of what is behind it, where a pixel shows both.

A pixel on the object's edge holds some of the old background; on a new one that shows as a fringe.
The alpha is never changed here, only colours. They are estimated from a small size to the image's own one, as in Fast
Multi-Level Foreground Estimation (Germer, Uelwer, Conrad, Harmeling, ICPR 2020); but each level is solved once, by
least squares over small windows that the level before guides (`clipmat.colour_planes`), not relaxed pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipmat.colour_planes import Floats, blurred, colour_moments, mean_colours, solved_colours

Colours = NDArray[np.uint8]
Tile = tuple[slice, ...]
Pair = tuple[Floats, Floats]

_MARGIN_PX = 32
"""The estimate wants some known background around the object; farther away the image is its own background."""
_COARSE = 4
"""Pixels along a side of the image that are one pixel of the coarse level, the largest that is solved as a whole."""
_TILE_PX, _OVERLAP_PX = 128, 8
"""Above the coarse level tiles are solved one by one, and only where pixels are mixed; neighbours agree."""
_WINDOW = 3
"""Pixels along a side of a window that has two colours, at each level but the last: there each pixel has its own."""
_GUIDE_WEIGHT, _LAST_GUIDE_WEIGHT = 0.1, 0.3
"""Weight of the level before, beside a window; the more, the less harm a wrong alpha does, and the less detail."""


@dataclass(frozen=True, eq=False)
class SeparatedColours:
    """What the image is made of: foreground · matte + background · (1 - matte) = image, nearly.

    Both are HxWx3 uint8 sRGB. The foreground is the image itself, to the bit, wherever the matte rounds to
    255 of 255; the background wherever the matte rounds to 0.
    """

    foreground: Colours
    background: Colours


def separate(image: Colours, matte: Floats) -> SeparatedColours:
    """The colours of the object and of the background in `image`, HxWx3 uint8, by `matte`, HxW float32 in [0, 1].

    Only the matte's box is looked at; colours are solved at its own size only where pixels are mixed.
    May be called from several threads at once.
    """
    alpha = _bytes(matte)
    if not ((alpha > 0) & (alpha < 255)).any():
        return SeparatedColours(image, image)
    foreground, background = image.copy(), image.copy()
    box = _box(alpha > 0)
    image, matte, alpha = image[box], matte[box], alpha[box]
    coarse = _solved(_coarse_moments(image, matte, alpha))
    for tile in _tiles(alpha.shape):
        ahead, behind = _tile_colours(image, matte, coarse, tile, plain=_is_plain(alpha[tile]))
        cv2.copyTo(ahead, (alpha[tile] < 255).view(np.uint8), foreground[box][tile])
        cv2.copyTo(behind, (alpha[tile] > 0).view(np.uint8), background[box][tile])
    return SeparatedColours(foreground, background)


def _bytes(matte: Floats) -> Colours:
    """The matte in 8 bits, made a strip of rows at a time, so that no copy in float exists."""
    alpha = np.empty(matte.shape, np.uint8)
    for start in range(0, len(matte), _TILE_PX):
        rows = slice(start, start + _TILE_PX)
        alpha[rows] = np.rint(matte[rows] * np.float32(255))
    return alpha


def _box(inside: NDArray[np.bool_]) -> Tile:
    return _span(np.asarray(inside.any(axis=1))), _span(np.asarray(inside.any(axis=0)))


def _span(hits: NDArray[np.bool_]) -> slice:
    at = np.flatnonzero(hits)
    return slice(max(0, int(at[0]) - _MARGIN_PX), min(len(hits), int(at[-1]) + 1 + _MARGIN_PX))


def _tiles(size: tuple[int, ...]) -> Iterator[Tile]:
    for y in range(0, size[0], _TILE_PX):
        for x in range(0, size[1], _TILE_PX):
            yield slice(y, min(size[0], y + _TILE_PX)), slice(x, min(size[1], x + _TILE_PX))


def _is_plain(alpha: Colours) -> bool:
    """Whether the object is everywhere, or nowhere."""
    return alpha.min() == alpha.max() and alpha[0, 0] in (0, 255)


def _coarse_moments(image: Colours, matte: Floats, alpha: Colours) -> Floats:
    """The moments of the whole image at the coarse level, 9xhxw, made a tile at a time."""
    height, width = (-(-side // _COARSE) for side in matte.shape)
    moments = np.empty((9, height, width), np.float32)
    for tile in _tiles(alpha.shape):
        small = tuple(slice(part.start // _COARSE, -(-part.stop // _COARSE)) for part in tile)
        into = moments[:, *small]
        size = into.shape[1], into.shape[2]
        if _is_plain(alpha[tile]):
            means = np.asarray(cv2.resize(image[tile], size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
            into[:] = colour_moments(means, np.full(size, alpha[tile][0, 0] / 255, np.float32))
        else:
            whole = tuple(slice(part.start * _COARSE, part.stop * _COARSE) for part in small)
            into[:] = _shrunk(_moments(image, matte, whole), size)
    return moments


def _solved(moments: Floats) -> Pair:
    """The colours of both sides by the moments of a level, 9xhxw, guided by those of the next smaller level."""
    size = moments.shape[1:]
    if max(size) == 1:
        return mean_colours(moments)
    guides = _solved(_shrunk(moments, (-(-size[0] // 2), -(-size[1] // 2))))
    return solved_colours(blurred(moments, _WINDOW), *_enlarged(guides, size), _GUIDE_WEIGHT)


def _tile_colours(image: Colours, matte: Floats, coarse: Pair, tile: Tile, *, plain: bool) -> tuple[Colours, Colours]:
    """The colours of both sides in a tile, HxWx3; those of the coarse level where the tile is `plain`."""
    around = tuple(
        slice(max(0, part.start - _OVERLAP_PX) // _COARSE, -(-min(side, part.stop + _OVERLAP_PX) // _COARSE))
        for part, side in zip(tile, matte.shape, strict=True)
    )
    outer = tuple(slice(part.start * _COARSE, part.stop * _COARSE) for part in around)
    size = outer[0].stop - outer[0].start, outer[1].stop - outer[1].start
    colours = coarse[0][:, *around], coarse[1][:, *around]
    if not plain:
        moments, half = _moments(image, matte, outer), (size[0] // 2, size[1] // 2)
        middle = blurred(_shrunk(moments, half), _WINDOW)
        colours = solved_colours(middle, *_enlarged(colours, half), _GUIDE_WEIGHT)
        colours = solved_colours(moments, *_enlarged(colours, size), _LAST_GUIDE_WEIGHT)
    inner = tuple(slice(a.start - b.start, a.stop - b.start) for a, b in zip(tile, outer, strict=True))
    return _in_bytes(colours[0], size)[inner], _in_bytes(colours[1], size)[inner]


def _in_bytes(colours: Floats, size: tuple[int, int]) -> Colours:
    """3xhxw in [0, 1] -> HxWx3 of `size`."""
    pixels = np.rint(cv2.merge(list(colours)) * np.float32(255)).astype(np.uint8)
    return np.asarray(cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _moments(image: Colours, matte: Floats, part: Tile) -> Floats:
    """The moments of a part that may end beyond the image, whose border then continues."""
    image, matte = image[part], matte[part]
    lacking = [p.stop - p.start - have for p, have in zip(part, matte.shape, strict=True)]
    moments = colour_moments(image, matte)
    return np.pad(moments, ((0, 0), (0, lacking[0]), (0, lacking[1])), mode="edge") if any(lacking) else moments


def _shrunk(planes: Floats, size: tuple[int, ...]) -> Floats:
    return np.stack([cv2.resize(plane, size[::-1], interpolation=cv2.INTER_AREA) for plane in planes])


def _enlarged(colours: Pair, size: tuple[int, ...]) -> Pair:
    ahead, behind = (
        np.stack([cv2.resize(plane, size[::-1], interpolation=cv2.INTER_LINEAR) for plane in side]) for side in colours
    )
    return ahead, behind
