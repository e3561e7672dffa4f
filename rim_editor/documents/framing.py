"""Framing: where the object stands in an export: trimmed, with a margin, on a canvas of some aspect or size.

All of it is arithmetic on boxes and arrays. Pixels of the result are never made from more than the part of the image
that it shows, so that a small object on a large canvas costs what the canvas costs.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from rim_editor.documents.edits import Colour
from rim_editor.errors import BadOption

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.documents.compositing import Strips

A = TypeVar("A", "np.uint8", "np.float32")

ObjectBox = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the image; x1 and y1 are just outside."""

LONGEST_SIDE = 32_767
"""Pixels of a canvas: what the formats hold."""
MOST_PIXELS = 300_000_000
"""Of a result."""
SEEN = 5 / 255
"""A fainter matte nobody sees."""
_MOST_PX, _SPECK = 10_000, 0.01


@dataclass(frozen=True)
class Margin:
    """The room around the object: pixels of the result, or with `percent` a share.

    On a canvas the share is of the canvas's shorter side, and otherwise of the object's longer side.
    Raises BadOption for less than nothing, and for half of the canvas or more.
    """

    amount: float = 0.0
    percent: bool = False

    def __post_init__(self) -> None:
        most, unit = (49.0, " %") if self.percent else (float(_MOST_PX), " pixels")
        if not 0 <= self.amount <= most:
            raise BadOption(f"A margin of {self.amount:g}{unit} is out of range: choose 0 to {most:g}{unit}.")

    def pixels(self, side: float) -> float:
        """The margin in pixels, where a share is one of `side`."""
        return side * self.amount / 100 if self.percent else self.amount


@dataclass(frozen=True)
class CanvasShape:
    """The shape of the result: an aspect such as 4:5, or with `pixels` a size such as 1080x1350.

    Raises BadOption for a side below one, and above `LONGEST_SIDE`.
    """

    width: int
    height: int
    pixels: bool = False

    def __post_init__(self) -> None:
        if not (1 <= self.width <= LONGEST_SIDE and 1 <= self.height <= LONGEST_SIDE):
            raise BadOption(f"A canvas of {self.text} is not possible: choose sides of 1 to {LONGEST_SIDE}.")

    @property
    def text(self) -> str:
        """As `parse_canvas` reads it."""
        return f"{self.width}{'x' if self.pixels else ':'}{self.height}"


@dataclass(frozen=True)
class Framing:
    """Where the object stands in the result; the defaults leave the image as it is.

    Raises BadOption for a margin around nothing.
    """

    trim: bool = False
    """Whether what is around the object is cut off. A canvas does so in any case."""
    margin: Margin = Margin()
    canvas: CanvasShape | None = None
    """The object is centred on it, and is scaled to fit where the canvas has a size."""
    colour: Colour | None = None
    """Put under what would be transparent; None leaves it transparent."""

    def __post_init__(self) -> None:
        if self.margin.amount and not self.frames:
            raise BadOption("A margin is room around the object: trim the result to it, or choose a canvas.")

    @property
    def sized(self) -> bool:
        """Whether the canvas has a size in pixels, as a marketplace asks for, so that nothing else need reduce it."""
        return self.canvas is not None and self.canvas.pixels

    @property
    def frames(self) -> bool:
        """Whether the result shows another part of the image than all of it."""
        return self.trim or self.canvas is not None


@dataclass(frozen=True)
class Frame:
    """The part of the image that a result shows, and the result's size."""

    width: int
    """Pixels of the result."""
    height: int
    left: float
    """In pixels of the image, may be outside; whole where `scale` is 1."""
    top: float
    scale: float
    """Pixels of the result per pixel of the image."""

    @property
    def whole(self) -> bool:
        """Whether no pixel is resampled."""
        return self.scale == 1


def parse_margin(text: str) -> Margin:
    """The margin that '24', '24px' or '7.5%' describes. Raises BadOption."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(px|%)?", text.strip().lower())
    if found is None:
        raise BadOption(f"'{text}' is not a margin: write pixels or a share, for example '24' or '7.5%'.")
    return Margin(float(found[1]), found[2] == "%")


def parse_canvas(text: str) -> CanvasShape:
    """The canvas that an aspect such as '4:5' or a size such as '1080x1350' describes. Raises BadOption."""
    found = re.fullmatch(r"(\d{1,9})\s*([:x×])\s*(\d{1,9})", text.strip().lower())
    if found is None:
        raise BadOption(f"'{text}' is not a canvas: write an aspect or a size, for example '4:5' or '1080x1350'.")
    return CanvasShape(int(found[1]), int(found[3]), found[2] != ":")


def object_box(matte: Strips) -> ObjectBox:
    """The smallest box around what can be seen of `matte`, HxW in [0, 1]; the whole of it where that is nothing.

    Specks do not count: what is apart from the rest, nowhere half opaque, and less than a hundredth of all.
    """
    import cv2
    import numpy as np

    from rim_editor.documents.compositing import strips

    seen = np.empty(matte.shape, np.uint8)
    for rows in strips(matte):
        part = matte[rows]
        seen[rows] = np.add(part >= np.float32(SEEN), part >= np.float32(0.5), dtype=np.uint8)  # 2 is half opaque
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(seen, connectivity=8)
    if count == 1:  # the surroundings alone
        return 0, 0, matte.shape[1], matte.shape[0]
    areas = boxes[1:, cv2.CC_STAT_AREA]
    opaque = np.zeros(count, bool)
    for rows in strips(matte):
        opaque[labels[rows][seen[rows] == 2]] = True
    kept = boxes[1:][opaque[1:] | (areas >= areas.sum() * _SPECK)]
    left, top = kept[:, cv2.CC_STAT_LEFT], kept[:, cv2.CC_STAT_TOP]
    right, bottom = left + kept[:, cv2.CC_STAT_WIDTH], top + kept[:, cv2.CC_STAT_HEIGHT]
    return int(left.min()), int(top.min()), int(right.max()), int(bottom.max())


def frame_of(framing: Framing, box: ObjectBox, longest_side: int | None = None) -> Frame:
    """Where the object in `box` stands: centred, with the margin around it, in a result of at most `longest_side`.

    Raises BadOption when the margin leaves no room for the object, or the result is larger than `MOST_PIXELS`.
    """
    wide, high = box[2] - box[0], box[3] - box[1]
    width, height, scale = _trimmed(framing.margin, wide, high, longest_side)
    if framing.canvas is not None:
        width, height, scale = _on_canvas(framing.canvas, framing.margin, wide, high, longest_side)
    if width * height > MOST_PIXELS:
        raise BadOption(f"A result of {width}x{height} pixels is too large: choose a smaller canvas or margin.")
    left = (box[0] + box[2]) / 2 - width / scale / 2
    top = (box[1] + box[3]) / 2 - height / scale / 2
    if scale == 1:
        left, top = math.floor(left), math.floor(top)
    return Frame(width, height, left, top, scale)


def moved_inside(frame: Frame, width: int, height: int) -> Frame:
    """The frame moved as little as is needed to show nothing beside an image of `width` x `height` pixels.

    Along a side on which it is larger than the image it stays where it is.
    """

    def moved(start: float, length: float, most: int) -> float:
        return min(max(start, 0.0), most - length) if length <= most else start

    left = moved(frame.left, frame.width / frame.scale, width)
    top = moved(frame.top, frame.height / frame.scale, height)
    return Frame(frame.width, frame.height, left, top, frame.scale)


def framed(array: NDArray[A], frame: Frame, *, extended: bool = False) -> NDArray[A]:
    """What `frame` shows of an image or a matte (HxW or HxWx3 uint8, or HxW float32 in [0, 1]).

    Beside the image all is 0, or with `extended` the colours of its border go on. Exact where nothing is resampled,
    otherwise bicubic, and averaged over the area where it is reduced. May be a view, to be read only.
    """
    import cv2
    import numpy as np
    from PIL import Image

    right, bottom = frame.left + frame.width / frame.scale, frame.top + frame.height / frame.scale
    reach = 0 if frame.whole else math.ceil(2 * max(1.0, 1 / frame.scale)) + 1
    x0, y0 = math.floor(frame.left) - reach, math.floor(frame.top) - reach
    x1, y1 = math.ceil(right) + reach, math.ceil(bottom) + reach
    part = _window(array, x0, y0, x1, y1, cv2.BORDER_REPLICATE if extended else cv2.BORDER_CONSTANT)
    if frame.whole:
        return part
    size, box = (frame.width, frame.height), (frame.left - x0, frame.top - y0, right - x0, bottom - y0)

    found = np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BICUBIC, box), part.dtype)
    return found if part.dtype == np.uint8 else np.asarray(np.clip(found, 0, 1), part.dtype)


def framed_strips(array: Strips, frame: Frame, *, extended: bool = False) -> Strips:
    """The same as `framed`, without a copy where nothing is resampled."""
    import cv2

    from rim_editor.documents.compositing import Made

    if not frame.whole:
        return framed(array[:], frame, extended=extended)
    left, top, height = int(frame.left), int(frame.top), frame.height
    border = cv2.BORDER_REPLICATE if extended else cv2.BORDER_CONSTANT

    def strip(rows: slice) -> NDArray[Any]:
        first, last, _ = rows.indices(height)
        return _window(array, left, top + first, left + frame.width, top + last, border)

    return Made((height, frame.width, *array.shape[2:]), strip)


def _window(array: Strips, x0: int, y0: int, x1: int, y1: int, border: int) -> NDArray[Any]:
    """The pixels from (x0, y0) to (x1, y1), some of which may be beside the image; new, or a view."""
    import cv2
    import numpy as np

    height, width = array.shape[:2]
    # One pixel of the image always remains, from which the border goes on, even where the window is wholly outside.
    rows = slice(min(max(y0, 0), height - 1), max(min(y1, height), 1))
    columns = slice(min(max(x0, 0), width - 1), max(min(x1, width), 1))
    inside = array[rows, columns]
    sides = rows.start - y0, y1 - rows.stop, columns.start - x0, x1 - columns.stop
    if not any(sides):
        return np.asarray(inside)
    above, below, before, after = (max(0, side) for side in sides)
    added: NDArray[Any] = cv2.copyMakeBorder(inside, above, below, before, after, border, value=(0, 0, 0, 0))
    top, left = max(0, -sides[0]), max(0, -sides[2])
    return np.asarray(added, inside.dtype)[top : top + y1 - y0, left : left + x1 - x0]


def _trimmed(margin: Margin, wide: int, high: int, longest_side: int | None) -> tuple[int, int, float]:
    """Width and height of the result, and its scale."""
    room = round(margin.pixels(max(wide, high)))
    if longest_side is None or max(wide, high) + 2 * room <= longest_side:
        return wide + 2 * room, high + 2 * room, 1.0
    if margin.percent:  # the margin shrinks with the object
        scale = longest_side / (max(wide, high) * (1 + margin.amount / 50))
        room = round(margin.pixels(max(wide, high) * scale))
    free = longest_side - 2 * room
    _check_room(free, f"{longest_side} pixels")
    scale = free / max(wide, high)
    return max(1, round(wide * scale)) + 2 * room, max(1, round(high * scale)) + 2 * room, scale


def _on_canvas(
    canvas: CanvasShape, margin: Margin, wide: int, high: int, longest_side: int | None
) -> tuple[int, int, float]:
    width, height = (canvas.width, canvas.height) if canvas.pixels else _smallest(canvas, margin, wide, high)
    if longest_side is not None and max(width, height) > longest_side:
        factor = longest_side / max(canvas.width, canvas.height)
        width, height = max(1, round(canvas.width * factor)), max(1, round(canvas.height * factor))
    elif not canvas.pixels:
        return width, height, 1.0
    room = margin.pixels(min(width, height))
    _check_room(min(width, height) - 2 * room, f"{width}x{height} pixels")
    return width, height, min((width - 2 * room) / wide, (height - 2 * room) / high)


def _smallest(canvas: CanvasShape, margin: Margin, wide: int, high: int) -> tuple[int, int]:
    """Width and height of the smallest canvas of this aspect that holds the object as it is and its margin."""
    across, down, shorter = canvas.width, canvas.height, min(canvas.width, canvas.height)
    if margin.percent:
        room = 2 * margin.pixels(shorter)
        unit = max(wide / (across - room), high / (down - room))
    else:
        unit = max((wide + 2 * margin.amount) / across, (high + 2 * margin.amount) / down)
    width, height = math.ceil(across * unit - 1e-9), math.ceil(down * unit - 1e-9)
    return width, height


def _check_room(free: float, size: str) -> None:
    if free < 1:
        raise BadOption(f"The margin leaves no room for the object in {size}: choose a smaller one.")
