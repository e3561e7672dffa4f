"""Reshaping: an image turned, flipped, cropped or straightened, with all that its layers hold. Pure functions.

Turns, flips and crops move mattes, strokes and patches exactly. Straightening resamples mattes; a patch, which replaces
an upright rectangle, is first merged with the parts before it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

from rim_editor.documents.composition import Placement
from rim_editor.documents.document import Answer, Combine, Document, ImportedMatte, Part, Patch, Point, Region, Stroke
from rim_editor.errors import BadOption

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.image_files import OpenedImage

Kind = TypeVar("Kind", "np.uint8", "np.float32")
Size = tuple[int, int]
"""Width and height in pixels."""

STEEPEST = 45.0
"""Degrees by which an image can be straightened."""


@dataclass(frozen=True)
class Rotate:
    """Rotate clockwise by a number of quarters, 1 to 3."""

    quarters: int


@dataclass(frozen=True)
class Flip:
    """Mirror the image: left and right change places if `across`, otherwise top and bottom."""

    across: bool = True


@dataclass(frozen=True)
class Crop:
    """Keep a rectangle, in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Straighten:
    """Rotate clockwise by degrees, at most STEEPEST, and keep the largest rectangle of the same aspect within it.

    Raises BadOption for more.
    """

    degrees: float

    def __post_init__(self) -> None:
        if not -STEEPEST <= self.degrees <= STEEPEST:
            raise BadOption(f"An image is straightened by at most {STEEPEST:g} degrees, not {self.degrees:g}: turn it.")


Reshaping = Rotate | Flip | Crop | Straighten


def size_after(change: Reshaping, size: Size) -> Size:
    """The size of an image of `size` after the change. Raises BadOption for a crop that is not within the image."""
    width, height = size
    match change:
        case Rotate(quarters=quarters):
            return (height, width) if quarters % 2 else size
        case Flip():
            return size
        case Crop():
            inside = 0 <= change.left <= width - change.width and 0 <= change.top <= height - change.height
            if not inside or min(change.width, change.height) < 1:
                raise BadOption(f"The crop is not within the image of {width}x{height} pixels: choose a part of it.")
            return change.width, change.height
        case Straighten(degrees=degrees):
            across, down = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
            share = min(width / (width * across + height * down), height / (width * down + height * across))
            return max(1, math.floor(width * share + 1e-6)), max(1, math.floor(height * share + 1e-6))
    assert_never(change)


def reshaped(document: Document, changes: Sequence[Reshaping]) -> Document:
    """The document after all changes, one after the other: image, alpha, EXIF size, and the parts of every layer.

    Its image counts as altered: it is no longer that of its file. Raises BadOption.
    """
    for change in changes:
        document = _changed(document, change)
    return document


def _changed(document: Document, change: Reshaping) -> Document:
    size = size_after(change, document.size)
    source = document.source
    alpha = None if source.alpha is None else _array(source.alpha, change, size)
    pixels, metadata = _array(source.pixels, change, size), source.metadata.of_size(size)
    after = replace(source, pixels=pixels, alpha=alpha, metadata=metadata, altered=True)
    mattes: dict[int, NDArray[np.float32]] = {}  # layers may share them

    def matte_of(matte: NDArray[np.float32]) -> NDArray[np.float32]:
        if id(matte) not in mattes:
            mattes[id(matte)] = _array(matte, change, size)
            mattes[id(matte)].setflags(write=False)
        return mattes[id(matte)]

    def parts_of(parts: tuple[Part, ...]) -> tuple[Part, ...]:
        parts = _merged(parts, source) if isinstance(change, Straighten) else parts
        moved: list[Part] = []
        for part in parts:
            if isinstance(part, Answer):
                pointed = _pointed(part, change, document.size, size)
                moved.append(replace(part, matte=matte_of(part.matte), **pointed))
            elif isinstance(part, ImportedMatte):
                moved.append(replace(part, matte=matte_of(part.matte)))
            elif isinstance(part, Stroke | Region):
                points = tuple(_point(point, change, document.size, size) for point in part.points)
                moved.append(replace(part, points=points))
            elif isinstance(part, Patch):
                moved += _patch(part, change, document.size, size)
            else:
                assert_never(part)
        return tuple(moved)

    layers = tuple(
        replace(
            layer,
            parts=parts_of(layer.parts),
            composition=replace(
                layer.composition, placement=_placement(layer.composition.placement, change, document.size, size)
            ),
        )
        for layer in document.layers
    )
    return replace(document, source=after, layers=layers)


def _array(array: NDArray[Kind], change: Reshaping, size: Size) -> NDArray[Kind]:
    import cv2
    import numpy as np

    match change:
        case Rotate(quarters=quarters):
            turns = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)
            return np.asarray(cv2.rotate(array, turns[quarters % 4 - 1]), array.dtype) if quarters % 4 else array.copy()
        case Flip(across=across):
            return np.asarray(cv2.flip(array, int(across)), array.dtype)
        case Crop(left=left, top=top, width=width, height=height):
            return array[top : top + height, left : left + width].copy()
        case Straighten(degrees=degrees):
            return _warped(array, degrees, size)
    assert_never(change)


def _warped(array: NDArray[Kind], degrees: float, size: Size) -> NDArray[Kind]:
    import cv2
    import numpy as np

    across, down = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    height, width = array.shape[:2]
    # From the result's pixels back to the image's; centres of pixels are whole numbers here.
    x, y = (width - 1) / 2, (height - 1) / 2
    new_x, new_y = (size[0] - 1) / 2, (size[1] - 1) / 2
    back = np.array(
        [[across, down, x - across * new_x - down * new_y], [-down, across, y + down * new_x - across * new_y]]
    )
    flags = (cv2.INTER_CUBIC if array.dtype == np.uint8 else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP
    found = cv2.warpAffine(array, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, array.dtype)


def _point(point: Point, change: Reshaping, before: Size, after: Size) -> Point:
    x, y = point
    width, height = before
    match change:
        case Rotate(quarters=quarters):
            for _ in range(quarters % 4):
                x, y, width, height = height - y, x, height, width
            return x, y
        case Flip(across=across):
            return (width - x, y) if across else (x, height - y)
        case Crop(left=left, top=top):
            return x - left, y - top
        case Straighten(degrees=degrees):
            cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
            right, below = x - width / 2, y - height / 2
            return cosine * right - sine * below + after[0] / 2, sine * right + cosine * below + after[1] / 2
    assert_never(change)


def _placement(placement: Placement, change: Reshaping, before: Size, after: Size) -> Placement:
    """The placement that moves the object by as many pixels of the new image, in the same direction of the scene."""
    if placement == Placement():
        return placement
    start, end = (
        _point((before[0] / 2 + right, before[1] / 2 + down), change, before, after)
        for right, down in ((0.0, 0.0), (placement.right * before[0], placement.down * before[1]))
    )
    right, down = (min(max((b - a) / side, -10.0), 10.0) for a, b, side in zip(start, end, after, strict=True))
    angle = -placement.angle if isinstance(change, Flip) else placement.angle
    if isinstance(change, Rotate | Straighten) and placement.mirrored:
        turned = 90.0 * change.quarters if isinstance(change, Rotate) else change.degrees
        angle = math.remainder(angle + 2 * turned, 360)  # mirrored as before, not across the new upright
    return replace(placement, right=right, down=down, angle=angle)


def _pointed(answer: Answer, change: Reshaping, before: Size, after: Size) -> dict[str, Any]:
    """The points and the box of the question, in pixels of the new image."""
    found: dict[str, Any] = {}
    if answer.points:
        moved = [(*_point((x, y), change, before, after), keep) for x, y, keep in answer.points]
        found["points"] = tuple(each for each in moved if 0 <= each[0] < after[0] and 0 <= each[1] < after[1])
    if (box := answer.box) is not None:
        corners = [_point((x, y), change, before, after) for x in box[::2] for y in box[1::2]]
        across, down = (sorted(min(max(each[axis], 0), after[axis]) for each in corners) for axis in (0, 1))
        inside = across[-1] > across[0] and down[-1] > down[0]
        found["box"] = (across[0], down[0], across[-1], down[-1]) if inside else None
    return found


def _patch(patch: Patch, change: Reshaping, before: Size, after: Size) -> list[Patch]:
    """The patch after a turn, a flip or a crop; none where nothing of it is left."""
    import numpy as np

    high, wide = patch.matte.shape
    if isinstance(change, Crop):
        left, top = patch.x - change.left, patch.y - change.top
        rows = slice(max(0, -top), max(0, min(high, change.height - top)))
        columns = slice(max(0, -left), max(0, min(wide, change.width - left)))
        matte = patch.matte[rows, columns].copy()
        moved = Patch(max(0, left), max(0, top), matte)
    else:
        corners = [(patch.x, patch.y), (patch.x + wide, patch.y + high)]
        ends = [_point(corner, change, before, after) for corner in corners]
        matte = np.asarray(_array(patch.matte, change, after), np.float32)
        moved = Patch(round(min(end[0] for end in ends)), round(min(end[1] for end in ends)), matte)
    matte.setflags(write=False)
    return [moved] if matte.size else []


def _merged(parts: tuple[Part, ...], source: OpenedImage) -> tuple[Part, ...]:
    """The parts with those up to the last patch merged into one."""
    import numpy as np

    from rim_editor.documents import mattes

    last = max((place for place, part in enumerate(parts) if isinstance(part, Patch)), default=None)
    if last is None:
        return parts
    empty = np.zeros(source.pixels.shape[:2], np.float32)
    matte = mattes.with_parts(empty, parts[: last + 1], source.pixels)
    first = next((part for part in parts[: last + 1] if isinstance(part, Answer)), None)
    if first is not None:  # the words stay with the layer
        return (replace(first, combine=Combine.NEW, matte=matte), *parts[last + 1 :])
    return (ImportedMatte("Straightened matte", Combine.NEW, matte), *parts[last + 1 :])
