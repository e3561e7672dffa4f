"""Points and a box on an image that show which object is meant, and how an answer came of them. No network here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from clipmat.errors import BadPrompt

Click = tuple[float, float, bool]
"""x, y in pixels of the upright image, (0, 0) its upper left corner; True on the object, False beside it."""
Corners = tuple[float, float, float, float]
"""x0, y0, x1, y1 of a box in pixels of the upright image; (x1, y1) is just outside."""


class PromptMethod(StrEnum):
    """How a prediction came of the words, points and box that it was given."""

    WORDS = "words"
    """The words alone."""
    MAIN_SUBJECT = "main subject"
    """The main subject of the image: there was nothing else to go by."""
    POINTED = "pointed"
    """Points and box, beside words or alone, by weights that know them."""
    WORDS_CHOSEN = "words chosen"
    """Parts of the words' matte, chosen by points and box."""
    NOUN = "noun"
    """Parts of the matte of a noun that the weights see at the points, or in the box."""
    REGION = "region"
    """A region that was grown from points or box by colour and edges; the weights had no part in it but its edge."""
    EXAMPLE = "example"
    """What words find that stand for an example, alone or beside an expression."""

    @property
    def note(self) -> str:
        """One line for the user about how the answer came, where these weights could not do it all; else ''."""
        return _NOTES[self]


_NOTES = {
    PromptMethod.WORDS: "",
    PromptMethod.POINTED: "",
    PromptMethod.MAIN_SUBJECT: "Without words this is the main subject of the picture.",
    PromptMethod.WORDS_CHOSEN: "This is the part of what the words found that was pointed at.",
    PromptMethod.NOUN: "Recognised as one object here: more clicks add parts or leave them out.",
    PromptMethod.EXAMPLE: "Found by the words that come nearest to the example.",
    PromptMethod.REGION: "Nothing was recognised here: it was taken by similar colour up to the nearest edges.",
}


@dataclass(frozen=True)
class Pointing:
    """The points and the box of one prompt; false when there are none."""

    points: tuple[Click, ...] = ()
    box: Corners | None = None

    @property
    def keeps(self) -> tuple[tuple[float, float], ...]:
        """x, y of the points that are on the object."""
        return tuple((x, y) for x, y, keep in self.points if keep)

    @property
    def drops(self) -> tuple[tuple[float, float], ...]:
        """x, y of the points that are not on the object."""
        return tuple((x, y) for x, y, keep in self.points if not keep)

    @property
    def summary(self) -> str:
        """What it consists of, for the user: '2 clicks', 'a box and 1 click'; '' when it is empty."""
        count = len(self.points)
        clicks = f"{count} click{'s' if count > 1 else ''}" if count else ""
        return " and ".join(filter(None, ("" if self.box is None else "a box", clicks)))

    def __bool__(self) -> bool:
        return bool(self.points) or self.box is not None

    def in_crop(self, x: float, y: float, scale: tuple[float, float]) -> Pointing:
        """The same in a crop that begins at (x, y) and was then scaled by `scale` across and down."""
        across, down = scale
        points = tuple(((px - x) * across, (py - y) * down, keep) for px, py, keep in self.points)
        if self.box is None:
            return Pointing(points)
        x0, y0, x1, y1 = self.box
        return Pointing(points, ((x0 - x) * across, (y0 - y) * down, (x1 - x) * across, (y1 - y) * down))

    def in_frame(self, rows: slice, columns: slice, size: Sequence[int]) -> Pointing:
        """The same in a part of the image that was then resized to `size`, height and width."""
        tall, wide = rows.stop - rows.start, columns.stop - columns.start
        return self.in_crop(columns.start, rows.start, (size[1] / wide, size[0] / tall))


NOTHING = Pointing()
"""No points and no box."""


def checked_pointing(points: Sequence[Click], box: Sequence[float] | None, width: int, height: int) -> Pointing:
    """Points and box for an image of this size; a box is cut off at the border and may name its corners in any order.

    Raises BadPrompt for a number that is not finite, a point outside the image, and a box that covers no pixel of it.
    """
    checked = []
    for point in points:
        if len(point) != 3 or not all(math.isfinite(value) for value in point[:2]):
            raise BadPrompt(f"a point is x, y in pixels and whether it is on the object, this is {point!r}: correct it")
        x, y, keep = point
        if not (0 <= x < width and 0 <= y < height):
            raise BadPrompt(
                f"the point {x:g},{y:g} is outside the image of {width} x {height} pixels: "
                f"choose x below {width} and y below {height}"
            )
        checked.append((float(x), float(y), bool(keep)))
    if box is None:
        return Pointing(tuple(checked))
    if len(box) != 4 or not all(map(math.isfinite, box)):
        raise BadPrompt(f"a box is x0, y0, x1, y1 in pixels, this is {tuple(box)!r}: correct it")
    x0, x1 = (min(max(x, 0.0), float(width)) for x in sorted((box[0], box[2])))
    y0, y1 = (min(max(y, 0.0), float(height)) for y in sorted((box[1], box[3])))
    if x1 - x0 < 1 or y1 - y0 < 1:
        shown = ",".join(f"{value:g}" for value in box)
        raise BadPrompt(
            f"the box {shown} covers nothing of the image of {width} x {height} pixels: "
            "give two opposite corners at least a pixel apart"
        )
    return Pointing(tuple(checked), (x0, y0, x1, y1))
