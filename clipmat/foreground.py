"""Colour decontamination: the colours of the object and of what is behind it, where a pixel shows both.

A pixel on the object's edge holds some of the old background; on a new one that shows as a fringe.
The alpha is never changed here, only colours. They are estimated from a small size to the image's own one, as in Fast
Multi-Level Foreground Estimation (Germer, Uelwer, Conrad, Harmeling, ICPR 2020); but each level is solved once, by
least squares over small windows that the level before guides (`clipmat.colour_planes`), not relaxed pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

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
class _Patch:
    """Colours of a part of the image: its own pixels, or fewer, of which a part is enlarged to it."""

    place: Tile
    colours: Colours
    enlarged: tuple[int, int] | None = None
    """Height and width to which `colours` are enlarged first, for plain parts; then `inner` of them is the part."""
    inner: Tile = ()

    def is_in(self, top: int, bottom: int, left: int, right: int) -> bool:
        rows, columns = self.place
        return bool(rows.start < bottom and rows.stop > top and columns.start < right and columns.stop > left)

    def pixels(self) -> Colours:
        if self.enlarged is None:
            return self.colours
        whole = cv2.resize(self.colours, self.enlarged[::-1], interpolation=cv2.INTER_LINEAR)
        return np.asarray(whole[self.inner], np.uint8)


@dataclass(frozen=True, eq=False)
class PatchedImage:
    """An image that has other colours in some places, HxWx3 uint8; only those are kept beside it."""

    image: Colours
    patches: tuple[_Patch, ...] = ()
    """They do not overlap."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width and 3."""
        return self.image.shape

    def __getitem__(self, part: slice | tuple[slice, slice]) -> Colours:
        """A strip of rows, or some columns of it, without a step; to be read only."""
        rows, columns = part if isinstance(part, tuple) else (part, slice(None))
        first, last, _ = rows.indices(self.shape[0])
        left, right, _ = columns.indices(self.shape[1])
        strip = self.image[first:last, left:right]
        patches = [patch for patch in self.patches if patch.is_in(first, last, left, right)]
        if patches:
            strip = strip.copy()
        for patch in patches:
            down, across = patch.place
            top, bottom = max(first, down.start), min(last, down.stop)
            start, end = max(left, across.start), min(right, across.stop)
            own = patch.pixels()[top - down.start : bottom - down.start, start - across.start : end - across.start]
            strip[top - first : bottom - first, start - left : end - left] = own
        return strip

    def whole(self) -> Colours:
        """All of it, to be read only; put together anew where it is not the image itself."""
        return self[:]


@dataclass(frozen=True, eq=False)
class SeparatedColours:
    """What the image is made of: foreground · matte + background · (1 - matte) = image, nearly.

    Both are HxWx3 uint8 sRGB. The foreground is the image itself, to the bit, wherever the matte rounds to
    255 of 255; the background wherever the matte rounds to 0.
    """

    foreground: PatchedImage
    background: PatchedImage


def separate(image: Colours, matte: Floats) -> SeparatedColours:
    """The colours of the object and of the background in `image`, HxWx3 uint8, by `matte`, HxW float32 in [0, 1].

    Only the matte's box is looked at; colours are solved at its own size only where pixels are mixed. The image is
    kept, and is not to change. May be called from several threads at once.
    """
    shown = _shown(matte)
    if not shown.mixed:
        return SeparatedColours(PatchedImage(image), PatchedImage(image))
    box = shown.box
    part, matte = image[box], matte[box]
    coarse = _solved(_coarse_moments(part, matte))
    small = _in_bytes(coarse[0]), _in_bytes(coarse[1])
    ahead: list[_Patch] = []
    behind: list[_Patch] = []
    for tile in _tiles(matte.shape):
        inside = _bytes(matte[tile])
        place = tuple(slice(t.start + b.start, t.stop + b.start) for t, b in zip(tile, box, strict=True))
        around, size, inner = _surroundings(tile, matte.shape)
        if _is_plain(inside):
            side, patches = (small[1], behind) if inside[0, 0] else (small[0], ahead)
            patches.append(_Patch(place, side[around], size, inner))
            continue
        colours = _tile_colours(part, matte, coarse, around)
        for patches, found, changed in ((ahead, colours[0], inside < 255), (behind, colours[1], inside > 0)):
            pixels = part[tile].copy()
            cv2.copyTo(_in_bytes(found)[inner], changed.view(np.uint8), pixels)
            patches.append(_Patch(place, pixels))
    return SeparatedColours(PatchedImage(image, tuple(ahead)), PatchedImage(image, tuple(behind)))


class _Shown(NamedTuple):
    """What can be seen of a matte in 8 bits."""

    mixed: bool
    """Whether a pixel shows object and background."""
    box: Tile
    """Around all that shows the object, with a margin; the whole where nothing does."""


def _shown(matte: Floats) -> _Shown:
    """What can be seen of a matte, found a strip of rows at a time, so that no copy of it exists."""
    mixed, rows, columns = False, np.zeros(matte.shape[0], bool), np.zeros(matte.shape[1], bool)
    for start in range(0, len(matte), _TILE_PX):
        alpha = _bytes(matte[start : start + _TILE_PX])
        seen = alpha > 0
        mixed = mixed or bool((seen & (alpha < 255)).any())
        rows[start : start + _TILE_PX] = seen.any(axis=1)
        columns |= seen.any(axis=0)
    return _Shown(mixed, (_span(rows), _span(columns)))


def _bytes(matte: Floats) -> Colours:
    return np.asarray(np.rint(matte * np.float32(255)), np.uint8)


def _span(hits: NDArray[np.bool_]) -> slice:
    at = np.flatnonzero(hits)
    if not len(at):
        return slice(0, len(hits))
    return slice(max(0, int(at[0]) - _MARGIN_PX), min(len(hits), int(at[-1]) + 1 + _MARGIN_PX))


def _tiles(size: tuple[int, ...]) -> Iterator[Tile]:
    for y in range(0, size[0], _TILE_PX):
        for x in range(0, size[1], _TILE_PX):
            yield slice(y, min(size[0], y + _TILE_PX)), slice(x, min(size[1], x + _TILE_PX))


def _is_plain(alpha: Colours) -> bool:
    """Whether the object is everywhere, or nowhere."""
    return alpha.min() == alpha.max() and alpha[0, 0] in (0, 255)


def _coarse_moments(image: Colours, matte: Floats) -> Floats:
    """The moments of the whole image at the coarse level, 9xhxw, made a tile at a time."""
    height, width = (-(-side // _COARSE) for side in matte.shape)
    moments = np.empty((9, height, width), np.float32)
    for tile in _tiles(matte.shape):
        alpha = _bytes(matte[tile])
        small = tuple(slice(part.start // _COARSE, -(-part.stop // _COARSE)) for part in tile)
        into = moments[:, *small]
        size = into.shape[1], into.shape[2]
        if _is_plain(alpha):
            means = np.asarray(cv2.resize(image[tile], size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
            into[:] = colour_moments(means, np.full(size, alpha[0, 0] / 255, np.float32))
        else:
            whole = tuple(slice(part.start * _COARSE, part.stop * _COARSE) for part in small)
            into[:] = _shrunk(_moments(image, matte, whole), size)
    return moments


def _solved(moments: Floats) -> Pair:
    """The colours of both sides by the moments of a level, 9xhxw, guided by those of the next smaller level."""
    size = moments.shape[1:]
    if max(size) == 1:
        return mean_colours(moments)
    front, back = _enlarged(_solved(_shrunk(moments, (-(-size[0] // 2), -(-size[1] // 2)))), size)
    for start in range(0, size[0], _TILE_PX):  # a strip at a time, in the place of its guides: there are nine planes
        first, stop = max(0, start - _WINDOW), start + _TILE_PX
        windows = blurred(moments[:, first : stop + _WINDOW], _WINDOW)[:, start - first :][
            :, : min(stop, size[0]) - start
        ]
        rows = slice(start, stop)
        front[:, rows], back[:, rows] = solved_colours(windows, front[:, rows], back[:, rows], _GUIDE_WEIGHT)
    return front, back


def _surroundings(tile: Tile, shape: tuple[int, ...]) -> tuple[Tile, tuple[int, int], Tile]:
    """A tile and what overlaps it: at the coarse level; its size in pixels of the image; the tile within it."""
    around = tuple(
        slice(max(0, part.start - _OVERLAP_PX) // _COARSE, -(-min(side, part.stop + _OVERLAP_PX) // _COARSE))
        for part, side in zip(tile, shape, strict=True)
    )
    inner = tuple(
        slice(a.start - b.start * _COARSE, a.stop - b.start * _COARSE) for a, b in zip(tile, around, strict=True)
    )
    rows, columns = ((part.stop - part.start) * _COARSE for part in around)
    return around, (rows, columns), inner


def _tile_colours(image: Colours, matte: Floats, coarse: Pair, around: Tile) -> Pair:
    """The colours of both sides in a tile and its surroundings, which are a part of the coarse level; 3xhxw."""
    outer = tuple(slice(part.start * _COARSE, part.stop * _COARSE) for part in around)
    size = outer[0].stop - outer[0].start, outer[1].stop - outer[1].start
    moments, half = _moments(image, matte, outer), (size[0] // 2, size[1] // 2)
    guides = _enlarged((coarse[0][:, *around], coarse[1][:, *around]), half)
    guides = solved_colours(blurred(_shrunk(moments, half), _WINDOW), *guides, _GUIDE_WEIGHT)
    return solved_colours(moments, *_enlarged(guides, size), _LAST_GUIDE_WEIGHT)


def _in_bytes(colours: Floats) -> Colours:
    """3xhxw in [0, 1] -> hxwx3."""
    return np.asarray(np.rint(cv2.merge(list(colours)) * np.float32(255)), np.uint8)


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
