"""The rectangle of a crop while it is dragged: always within the image, with or without a fixed aspect. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rim_editor.documents.reshaping import Crop, Size

LEFT, RIGHT, TOP, BOTTOM = "left", "right", "top", "bottom"
SMALLEST = 4.0
"""Pixels; smaller rectangles could not be grasped. An image may be smaller still."""


@dataclass(frozen=True)
class CropRectangle:
    """A rectangle in pixels of an image of `size`; fractions are rounded when it is cropped."""

    size: Size
    left: float
    top: float
    width: float
    height: float

    @classmethod
    def whole(cls, size: Size) -> CropRectangle:
        """All of an image of this size."""
        return cls(size, 0.0, 0.0, float(size[0]), float(size[1]))

    @property
    def right(self) -> float:
        """Its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.top + self.height

    def moved(self, across: float, down: float) -> CropRectangle:
        """The rectangle moved as far as the image goes."""
        left = min(max(self.left + across, 0.0), self.size[0] - self.width)
        top = min(max(self.top + down, 0.0), self.size[1] - self.height)
        return replace(self, left=left, top=top)

    def dragged(self, sides: frozenset[str], x: float, y: float, aspect: float | None) -> CropRectangle:
        """The rectangle after its `sides`, one or a corner's two, were dragged to (x, y).

        With an `aspect`, width / height, it keeps that: about the opposite corner, or the middle of the opposite side.
        """
        if aspect is not None:
            return self._dragged_with_aspect(sides, x, y, aspect)
        least_wide, least_high = min(SMALLEST, self.size[0]), min(SMALLEST, self.size[1])
        left, right, top, bottom = self.left, self.right, self.top, self.bottom
        if LEFT in sides:
            left = min(max(x, 0.0), right - least_wide)
        elif RIGHT in sides:
            right = max(min(x, self.size[0]), left + least_wide)
        if TOP in sides:
            top = min(max(y, 0.0), bottom - least_high)
        elif BOTTOM in sides:
            bottom = max(min(y, self.size[1]), top + least_high)
        return self._inside(left, top, right - left, bottom - top)

    def with_aspect(self, aspect: float) -> CropRectangle:
        """The largest rectangle of this width / height, as near to the middle of this one as it fits."""
        width = min(float(self.size[0]), self.size[1] * aspect)
        height = width / aspect
        return self._inside(
            self.left + self.width / 2 - width / 2, self.top + self.height / 2 - height / 2, width, height
        )

    def of_size(self, size: Size) -> CropRectangle:
        """The same share of an image of another size."""
        across, down = size[0] / self.size[0], size[1] / self.size[1]
        return CropRectangle(size, self.left * across, self.top * down, self.width * across, self.height * down)

    def crop(self) -> Crop:
        """In whole pixels."""
        wide, high = max(1, round(self.width)), max(1, round(self.height))
        left, top = min(round(self.left), self.size[0] - wide), min(round(self.top), self.size[1] - high)
        return Crop(max(0, left), max(0, top), min(wide, self.size[0]), min(high, self.size[1]))

    def _dragged_with_aspect(self, sides: frozenset[str], x: float, y: float, aspect: float) -> CropRectangle:
        wide, high = self.size
        middle_x, middle_y = self.left + self.width / 2, self.top + self.height / 2
        across, down = bool(sides & {LEFT, RIGHT}), bool(sides & {TOP, BOTTOM})
        still_x = (self.right if LEFT in sides else self.left) if across else middle_x
        still_y = (self.bottom if TOP in sides else self.top) if down else middle_y
        # How wide it may become before it leaves the image, to either side of what stands still.
        room_x = (still_x if LEFT in sides else wide - still_x) if across else 2 * min(middle_x, wide - middle_x)
        room_y = (still_y if TOP in sides else high - still_y) if down else 2 * min(middle_y, high - middle_y)
        wanted_x = (still_x - x if LEFT in sides else x - still_x) if across else 0.0
        wanted_y = (still_y - y if TOP in sides else y - still_y) if down else 0.0
        least = min(max(SMALLEST, SMALLEST * aspect), room_x, room_y * aspect)
        width = min(max(wanted_x, wanted_y * aspect, least), room_x, room_y * aspect)
        height = width / aspect
        left = (still_x - width if LEFT in sides else still_x) if across else middle_x - width / 2
        top = (still_y - height if TOP in sides else still_y) if down else middle_y - height / 2
        return self._inside(left, top, width, height)

    def _inside(self, left: float, top: float, width: float, height: float) -> CropRectangle:
        width, height = min(width, self.size[0]), min(height, self.size[1])
        left, top = min(max(left, 0.0), self.size[0] - width), min(max(top, 0.0), self.size[1] - height)
        return CropRectangle(self.size, left, top, width, height)
