"""Mattes: made of their parts, then controlled. Pure functions: HxW float32 in [0, 1] in, the same out.

No argument is ever written to; where there is nothing to do, the very array that came in is returned.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from rim_editor.documents.edge_shaping import contrasted, feathered, shifted
from rim_editor.documents.holes import holes_filled
from rim_editor.documents.regions import region_cover
from rim_editor.documents.strokes import Box, stroke_cover

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matte = NDArray[np.float32]


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


def controlled(
    matte: Matte, controls: MatteControls, pixels: NDArray[np.uint8] | None = None, untaken: Matte | None = None
) -> Matte:
    """The matte with its controls applied: holes filled, edge shifted, feathered, contrast raised, inverted.

    `pixels` is the image, HxWx3 uint8 sRGB, at the size of the matte: a hole through which the background is seen stays
    open. Without it, every hole that is small enough is filled. What was taken away on purpose stays open too:
    `untaken`, HxW in [0, 1], is 0 there.
    """
    if controls.fill_holes:
        matte = _filled(matte, holes_filled(matte, pixels, controls.largest_hole), untaken)
    matte = shifted(matte, controls.shift_edge)
    matte = feathered(matte, controls.feather)
    matte = contrasted(matte, controls.contrast)
    return inverted(matte) if controls.invert else matte


def _filled(matte: Matte, filled: Matte, untaken: Matte | None) -> Matte:
    import numpy as np

    if untaken is None or filled is matte:
        return filled
    return np.asarray(np.minimum(filled, np.maximum(matte, untaken)), np.float32)


def taking(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts that say what was taken away on purpose, and what of that was added again; () if nothing was.

    `with_parts` makes of them and a matte of ones what `controlled` calls `untaken`.
    """
    start = max((place for place, part in enumerate(parts) if _combine(part) is Combine.NEW), default=-1) + 1
    changes = tuple(part for part in parts[start:] if _combine(part) in (Combine.ADD, Combine.SUBTRACT))
    first = next((place for place, part in enumerate(changes) if _combine(part) is Combine.SUBTRACT), len(changes))
    return changes[first:]


def _combine(part: Part) -> Combine | None:
    if isinstance(part, Stroke):
        return {Brush.KEEP: Combine.ADD, Brush.REMOVE: Combine.SUBTRACT}.get(part.brush)
    return None if isinstance(part, Patch) else part.combine


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
