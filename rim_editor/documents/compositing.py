"""The arithmetic of the edits: alpha compositing and the changes that a highlight makes.

Colours are uint8 sRGB, coverage is float32 in [0, 1], sums are taken in float32, a strip of rows at a time,
so that a large photograph never exists in float as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Coverage = NDArray[np.float32]

STRIP_ROWS = 64
"""Rows of an image that are in float at once."""
RIM_PX = 8
"""Pixels outside the object's edge that have its colours, for scaling a cut-out reads them; beyond, nothing is kept."""


class Strips(Protocol):
    """What is read a strip of rows at a time: an array, or what makes them when they are asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """That of all rows together."""

    def __getitem__(self, part: slice | tuple[slice, slice], /) -> Any:  # noqa: ANN401 - what an array's rows are
        """Some rows, or some columns of them, to be read only."""


class ObjectColours(Protocol):
    """The colours of an object and of what is behind it, HxWx3 uint8 each; see `foreground.separate`."""

    @property
    def foreground(self) -> Strips:
        """Straight, not premultiplied."""

    @property
    def background(self) -> Strips:
        """Likewise."""


class MovedColours(NamedTuple):
    """The `ObjectColours` of an object that is elsewhere than in its image."""

    foreground: Strips
    background: Strips


@dataclass(frozen=True, eq=False)
class Made:
    """Strips that are made when they are asked for, so that the whole never exists."""

    shape: tuple[int, ...]
    rows: Callable[[slice], NDArray[Any]]

    def __getitem__(self, part: slice | tuple[slice, slice]) -> NDArray[Any]:
        """Some rows, or some columns of them."""
        return self.rows(part[0])[:, part[1]] if isinstance(part, tuple) else self.rows(part)


def strips(like: Strips) -> Iterator[slice]:
    """The rows of which a strip has some hundreds, from the first on."""
    for start in range(0, like.shape[0], STRIP_ROWS):
        yield slice(start, start + STRIP_ROWS)


def whole(made: Strips) -> Pixels:
    """All strips of uint8 together, new."""
    result = np.empty(made.shape, np.uint8)
    for rows in strips(made):
        result[rows] = made[rows]
    return result


def over(foreground: Strips, background: Strips, matte: Strips) -> Pixels:
    """foreground · matte + background · (1 - matte), uint8, in the layout of `background`: HxWx3, or straight HxWx4.

    `foreground` is HxWx3, straight, not premultiplied. Porter and Duff 1984, 'over'.
    """
    if background.shape[2] == 4:
        return _over_transparent(foreground, background, matte)
    result = np.empty(foreground.shape, np.uint8)
    for rows in strips(matte):
        below = background[rows].astype(np.float32)
        mixed = foreground[rows] - below
        mixed *= matte[rows][:, :, None]
        mixed += below
        result[rows] = _to_uint8(mixed)
    return result


def _over_transparent(foreground: Strips, background: Strips, matte: Strips) -> Pixels:
    result = np.empty((*matte.shape, 4), np.uint8)
    for rows in strips(matte):
        above, under = matte[rows], background[rows]
        beneath = under[..., 3] * (1 - above) / np.float32(255)
        alpha = above + beneath
        share = np.divide(above, alpha, out=np.zeros_like(alpha), where=alpha > 0)[:, :, None]
        below = under[..., :3].astype(np.float32)
        result[rows, :, :3] = _to_uint8(np.where(alpha[:, :, None] > 0, (foreground[rows] - below) * share + below, 0))
        result[rows, :, 3] = _to_uint8(alpha * np.float32(255))
    return result


def exchanged(image: Strips, part: Strips, new: Strips, share: Strips) -> Pixels:
    """image + share · (new - part): `part`, which covers `share` of each pixel, becomes `new`; HxWx3 uint8.

    Where the image is the sum of layers, only the one layer changes and mixed pixels keep the other's part;
    where `new` equals `part`, or `share` is 0, the image stays as it is to the bit.
    """
    result = np.empty(image.shape, np.uint8)
    for rows in strips(image):
        change = (new[rows].astype(np.float32) - part[rows]) * share[rows][:, :, None]
        result[rows] = _to_uint8(image[rows] + change)
    return result


def cut_out(foreground: Strips, matte: Strips) -> Strips:
    """Straight RGBA, HxWx4 uint8; well outside the object colours are 0, so that no scene stays hidden there."""
    import cv2

    height, width = matte.shape
    kernel = np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)

    def strip(rows: slice) -> Pixels:
        start, stop, _ = rows.indices(height)
        first = max(0, start - RIM_PX)
        alpha = as_grey(matte[first : stop + RIM_PX], 8)
        own = slice(start - first, stop - first)
        part = cv2.cvtColor(np.ascontiguousarray(foreground[rows]), cv2.COLOR_RGB2RGBA)
        cv2.insertChannel(alpha[own], part, 3)
        result = np.zeros_like(part)
        cv2.copyTo(part, cv2.dilate(alpha, kernel)[own], result)
        return np.asarray(result, np.uint8)

    return Made((height, width, 4), strip)


def as_grey(matte: Strips, depth: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The matte rounded to 8 bits (uint8, 0 to 255) or 16 bits (uint16, 0 to 65535), HxW."""
    result = np.empty(matte.shape, np.uint16 if depth == 16 else np.uint8)
    for rows in strips(matte):
        result[rows] = np.rint(matte[rows] * np.float32(65535 if depth == 16 else 255))
    return result


def as_rgb(matte: Coverage) -> Pixels:
    """The matte as grey, HxWx3 uint8."""
    import cv2

    return np.asarray(cv2.cvtColor(as_grey(matte, 8), cv2.COLOR_GRAY2RGB), np.uint8)


def coloured(image: Pixels, share: Coverage, colour: tuple[int, int, int]) -> Pixels:
    """image · (1 - share) + colour · share, rounded, HxWx3 uint8; `share` HxW float32 in [0, 1]."""
    import cv2

    result = np.empty_like(image)
    plain = np.empty((min(STRIP_ROWS, image.shape[0]), *image.shape[1:]), np.uint8)
    plain[:] = colour
    for rows in strips(image):
        part = np.ascontiguousarray(share[rows], np.float32)
        result[rows] = cv2.blendLinear(image[rows], plain[: len(part)], 1 - part, part)
    return result


def plain(shape: tuple[int, ...], colour: tuple[int, int, int]) -> Pixels:
    """One colour as HxWx3 uint8, a view that takes no memory."""
    return np.broadcast_to(np.array(colour, np.uint8), (shape[0], shape[1], 3))


def mixed(first: Strips, second: Strips, share: float) -> Strips:
    """first · (1 - share) + second · share, HxWx3 uint8; `share` in [0, 1]."""

    def strip(rows: slice) -> Pixels:
        start = first[rows].astype(np.float32)
        return _to_uint8(start + (second[rows] - start) * np.float32(share))

    return Made(first.shape, strip)


def grey(pixels: Strips) -> Strips:
    """The luma (ITU-R BT.601) of every pixel in all three channels, HxWx3 uint8."""
    import cv2

    def strip(rows: slice) -> Pixels:
        colours = pixels[rows]
        luma = np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8)
        return np.broadcast_to(luma[:, :, None], colours.shape)

    return Made(pixels.shape, strip)


def rest(matte: Strips) -> Strips:
    """1 - matte, HxW float32: what the surroundings cover."""
    return Made(matte.shape, lambda rows: np.float32(1) - matte[rows])


def blurred(pixels: Strips, weight: Strips, sigma: float) -> Strips:
    """A Gaussian blur of `sigma` pixels in which each pixel counts by its `weight`, HxWx3 uint8.

    Normalised convolution (Knutsson and Westin 1993): pixels of weight 0, the object's, lend no colour to
    their neighbours. A wide blur is done on a smaller copy, where it costs the same as a narrow one, and one channel
    after the other, which takes a third of the memory.
    """
    import cv2

    if sigma < 0.3:
        return pixels
    height, width = weight.shape
    shrink = max(1, int(sigma / 4))
    small = (max(1, -(-width // shrink)), max(1, -(-height // shrink)))

    def smoothed(strip: Callable[[slice], Coverage]) -> Coverage:
        values = np.empty((height, width), np.float32)
        for rows in strips(values):
            values[rows] = strip(rows)
        if shrink > 1:
            values = np.asarray(cv2.resize(values, small, interpolation=cv2.INTER_AREA), np.float32)
        return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma / shrink), np.float32)

    total = np.maximum(smoothed(lambda rows: weight[rows]), np.float32(1e-6))
    result = np.empty(pixels.shape, np.uint8)
    for channel in range(3):
        values = smoothed(lambda rows, c=channel: pixels[rows][..., c] * weight[rows])  # type: ignore[misc]
        values /= total
        if shrink > 1:
            values = np.asarray(cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        for rows in strips(values):
            result[rows, :, channel] = _to_uint8(values[rows])
        del values  # before the next channel's
    return result


def _to_uint8(values: NDArray[np.float32]) -> Pixels:
    rounded = np.rint(values)
    return np.asarray(np.clip(rounded, 0, 255, out=rounded), np.uint8)
