"""Mattes: combining, brushing and controlling them. Pure functions: HxW float32 in [0, 1] in, the same out.

No argument is ever written to; where there is nothing to do, the very array that came in is returned.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from rim_editor.documents import edge_following
from rim_editor.documents.document import (
    Answer,
    Brush,
    Combine,
    ImportedMatte,
    MatteControls,
    Part,
    Patch,
    Region,
    Stroke,
)
from rim_editor.documents.holes import holes_filled
from rim_editor.documents.regions import region_cover
from rim_editor.documents.strokes import Box, grown, stroke_cover

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matte = NDArray[np.float32]

# Tiles of this side and their intermediate maxima stay in the processor's cache.
_TILE_PX = 384


def combined(matte: Matte, other: Matte, combine: Combine) -> Matte:
    """`other` joined to `matte`: new is `other`, add max(a, b), subtract min(a, 1 - b), intersect min(a, b).

    Raises ValueError when the sizes differ.
    """
    import numpy as np

    if matte.shape != other.shape:
        raise ValueError(f"mattes {matte.shape} and {other.shape} do not belong together")
    if combine is Combine.NEW:
        return other
    if combine is Combine.ADD:
        return np.asarray(np.maximum(matte, other), np.float32)
    if combine is Combine.SUBTRACT:
        return np.asarray(np.minimum(matte, np.float32(1) - other), np.float32)
    if combine is Combine.INTERSECT:
        return np.asarray(np.minimum(matte, other), np.float32)
    assert_never(combine)


def is_empty(matte: Matte) -> bool:
    """Whether nothing of the matte would be seen: no pixel reaches the first step of 8 bits."""
    return bool(matte.max() < 0.5 / 255)


def inverted(matte: Matte) -> Matte:
    """1 - matte: the surroundings in place of the object."""
    import numpy as np

    return np.asarray(np.float32(1) - matte, np.float32)


def contrasted(matte: Matte, amount: float) -> Matte:
    """The matte with its slope about one half raised by 1 / (1 - amount): 0 as it is, 1 a hard edge (>= 0.5 is 1)."""
    import numpy as np

    if amount <= 0:
        return matte
    if amount >= 1:
        return (matte >= np.float32(0.5)).astype(np.float32)
    result = np.asarray((matte - np.float32(0.5)) * np.float32(1 / (1 - amount)), np.float32)
    result += np.float32(0.5)
    return np.clip(result, 0, 1, out=result)


def feathered(matte: Matte, sigma: float) -> Matte:
    """A Gaussian blur with a standard deviation of `sigma` pixels; beyond the border the matte is mirrored.

    A wide blur is done on a smaller copy, where it costs the same as a narrow one.
    """
    import cv2
    import numpy as np

    if sigma <= 0:
        return matte
    height, width = matte.shape
    shrink = max(1, int(sigma / 4))
    result = matte
    if shrink > 1:
        small = (max(1, -(-width // shrink)), max(1, -(-height // shrink)))
        result = np.asarray(cv2.resize(matte, small, interpolation=cv2.INTER_AREA), np.float32)
        # The box that shrinks and the triangle that grows blur as well, by shrink² / 12 and shrink² / 6.
        sigma = math.sqrt(sigma**2 - shrink**2 / 4) / shrink
    result = np.asarray(cv2.GaussianBlur(result, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)
    if shrink > 1:
        result = np.asarray(cv2.resize(result, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return np.clip(result, 0, 1, out=result)


def shifted(matte: Matte, pixels: float) -> Matte:
    """The edge moved by `pixels`, outwards when positive, inwards when negative.

    Grey dilation or erosion by a disc; between two whole radii it is interpolated. Beyond the border of the image
    there is nothing: an object that the border cuts does not shrink from it.
    """
    import numpy as np

    radius = abs(pixels)
    low, share = int(radius), np.float32(radius - int(radius))
    if radius == 0 or not matte.size:
        return matte
    near, far = low, low + 1 if share else low
    result = matte.copy()
    for rows, columns, outer in _tiles(matte.shape, far):
        tile = matte[outer]
        if tile.min() == tile.max():
            continue
        inner = (slice(rows.start - outer[0].start, rows.stop - outer[0].start),
                 slice(columns.start - outer[1].start, columns.stop - outer[1].start))  # fmt: skip
        moved = _spread(tile, far, inner, grows=pixels > 0)
        if share:
            less = _spread(tile, near, inner, grows=pixels > 0)
            moved = np.clip(less + (moved - less) * share, 0, 1)
        result[rows, columns] = moved
    return result


def controlled(matte: Matte, controls: MatteControls, pixels: NDArray[np.uint8] | None = None) -> Matte:
    """The matte with its controls applied: holes filled, edge shifted, feathered, contrast raised, inverted.

    `pixels` is the image, HxWx3 uint8 sRGB, at the size of the matte: a hole through which the background is seen stays
    open. Without it, every hole that is small enough is filled.
    """
    if controls.fill_holes:
        matte = holes_filled(matte, pixels, controls.largest_hole)
    matte = shifted(matte, controls.shift_edge)
    matte = feathered(matte, controls.feather)
    matte = contrasted(matte, controls.contrast)
    return inverted(matte) if controls.invert else matte


def scaled(controls: MatteControls, factor: float) -> MatteControls:
    """The controls for a matte that was reduced by `factor`, such as 4 for a quarter of width and height."""
    return replace(controls, shift_edge=controls.shift_edge / factor, feather=controls.feather / factor)


def with_parts(matte: Matte, parts: Sequence[Part], pixels: NDArray[np.uint8] | None = None) -> Matte:
    """The matte after more parts, one after the other; any number of strokes costs one copy and their boxes.

    An answer or an imported matte is `combined`, a stroke that keeps and a region that adds are max(matte, cover),
    one that takes away min(matte, 1 - cover), and a patch replaces the matte in its place, cut off at the border of the
    image. A REFINE stroke changes nothing by itself: its outcome is a patch.
    `pixels` is the image, HxWx3 uint8, which strokes that follow edges need.
    Raises ValueError when an answer is of another size, or without the pixels that a stroke needs.
    """
    result, own = matte, False
    for part in parts:
        if isinstance(part, Answer | ImportedMatte):
            result, own = combined(result, part.matte, part.combine), part.combine is not Combine.NEW
            continue
        if isinstance(part, Stroke) and part.brush is Brush.REFINE:
            continue
        if not own:
            result, own = result.copy(), True
        if isinstance(part, Stroke):
            _cover_onto(result, *_stroke_cover(part, result, pixels), adds=part.brush is Brush.KEEP)
        elif isinstance(part, Region):
            _cover_onto(result, *region_cover(part, *result.shape), adds=part.adds)
        elif isinstance(part, Patch):
            _patch_onto(result, part)
        else:
            assert_never(part)
    return result


def _stroke_cover(stroke: Stroke, matte: Matte, pixels: NDArray[np.uint8] | None) -> tuple[Box, Matte]:
    if not edge_following.is_smart(stroke):
        return stroke_cover(stroke, *matte.shape)
    if pixels is None or pixels.shape[:2] != matte.shape:
        raise ValueError("a stroke that follows edges needs the pixels of the image")
    return edge_following.smart_cover(stroke, pixels)


def _cover_onto(matte: Matte, box: Box, cover: Matte, *, adds: bool) -> None:
    import numpy as np

    under = matte[box]
    if adds:
        np.maximum(under, cover, out=under)
    else:
        np.minimum(under, np.float32(1) - cover, out=under)


def _patch_onto(matte: Matte, patch: Patch) -> None:
    height, width = patch.matte.shape
    top, left = max(0, patch.y), max(0, patch.x)
    under = matte[top : max(top, patch.y + height), left : max(left, patch.x + width)]
    down, across = top - patch.y, left - patch.x
    under[:] = patch.matte[down : down + under.shape[0], across : across + under.shape[1]]


def _tiles(shape: tuple[int, ...], margin: int) -> Iterator[tuple[slice, slice, Box]]:
    height, width = shape
    for top in range(0, height, _TILE_PX):
        for left in range(0, width, _TILE_PX):
            rows, columns = slice(top, min(height, top + _TILE_PX)), slice(left, min(width, left + _TILE_PX))
            yield rows, columns, (grown(rows, margin, height), grown(columns, margin, width))


def _spread(tile: Matte, radius: int, inner: Box, *, grows: bool) -> Matte:
    """The maximum (or minimum) of the disc about every pixel of `inner`, a disc of OpenCV's shape.

    A disc is a stack of chords (Urbach and Wilkinson 2008): the maximum over a chord is that of two spans whose
    length is a power of two, and those come from each other by doubling.
    """
    import numpy as np

    extreme = np.maximum if grows else np.minimum
    if radius == 0:
        return tile[inner]
    rows, columns = inner
    width = columns.stop - columns.start
    # Beyond the tile lies the border of the image: nothing there may win.
    padded = np.pad(tile, radius, constant_values=-1.0 if grows else 2.0)
    spans = [padded]
    while 1 << len(spans) <= 2 * radius + 1:
        half = 1 << (len(spans) - 1)
        spans.append(extreme(spans[-1][:, :-half], spans[-1][:, half:]))
    result: Matte | None = None
    chord, reach = padded, -1
    for down in range(radius + 1):
        wanted = round(math.sqrt(radius * radius - down * down))
        if wanted != reach:
            reach, power = wanted, (2 * wanted + 1).bit_length() - 1
            first = columns.start + radius - reach
            second = columns.start + radius + reach + 1 - (1 << power)
            chord = extreme(spans[power][:, first : first + width], spans[power][:, second : second + width])
        for row in {radius + down, radius - down}:
            part = chord[rows.start + row : rows.stop + row]
            result = part.copy() if result is None else extreme(result, part, out=result)
    assert result is not None
    return result


def outlines(matte: NDArray[np.float32], shape: tuple[int, ...]) -> tuple[NDArray[np.float32], ...]:
    """Where the matte is one half, as closed lines, for an image of `shape`; see `Renderer.outline`."""
    import cv2
    import numpy as np

    inside = (matte >= np.float32(0.5)).astype(np.uint8)
    found, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    height, width = matte.shape
    lines = []
    for contour in found:
        if len(contour) < 3:
            continue
        x, y = np.concatenate([contour, contour[:1]])[:, 0].T
        here = matte[y, x]
        # The contour runs on the last pixels inside; the line itself lies on the way down to the first outside.
        right, left = here - matte[y, np.minimum(x + 1, width - 1)], here - matte[y, np.maximum(x - 1, 0)]
        below, above = here - matte[np.minimum(y + 1, height - 1), x], here - matte[np.maximum(y - 1, 0), x]
        across = np.where(right >= left, np.maximum(right, 0), -np.maximum(left, 0))
        down = np.where(below >= above, np.maximum(below, 0), -np.maximum(above, 0))
        slope = np.hypot(across, down)
        step = np.minimum((here - np.float32(0.5)) / np.maximum(slope, np.float32(1e-6)), 1)
        step = np.where(slope > 1e-3, step / np.maximum(slope, np.float32(1e-6)), 0)
        line = np.stack([x + np.float32(0.5) + across * step, y + np.float32(0.5) + down * step], axis=1)
        lines.append(np.asarray(line * (shape[1] / width, shape[0] / height), np.float32))
    return tuple(lines)
