"""Lasso and rectangle: gestures that draw around what is added to the matte or taken from it.

They take where answers are subtracted; with Alt or Ctrl it is the other way round.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from rim_editor.documents.document import Point, Region
from rim_editor.ui.canvas.stroke_points import far_enough, simplified

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor
    from rim_editor.ui.canvas.tools import GestureTarget

_LEAST_AREA = 16.0
"""Pixels of the screen below which a region is a click that slipped."""
_REVERSED = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier


class _RegionGesture(ABC):
    """What lasso and rectangle share: the outline, and the region that it becomes when the button is released."""

    def __init__(self, target: GestureTarget, editor: Editor, at: Point) -> None:
        self._target, self._editor = target, editor
        self._points: list[Point] = [self._inside(at)]
        self._show()

    def finish(self) -> None:
        """Add the region to the matte, or take it from it; one that is hardly seen is dropped."""
        self._target.set_outline((), adds=self._adds)
        points = self._corners()
        zoom = self._target.viewport.zoom
        if len(points) >= 3 and _area(points) * zoom * zoom >= _LEAST_AREA:
            self._editor.add_part(Region(points, self._adds))

    def cancel(self) -> None:
        """Drop the region."""
        self._target.set_outline((), adds=self._adds)

    @abstractmethod
    def _corners(self) -> tuple[Point, ...]:
        """The outline so far."""

    @property
    def _adds(self) -> bool:
        return bool(self._target.modifiers & _REVERSED) is self._target.picks.subtracts

    def _show(self) -> None:
        self._target.set_outline(self._corners(), adds=self._adds)

    def _inside(self, at: Point) -> Point:
        """The nearest point of the image: what is outside cannot be selected."""
        (x, y), (width, height) = self._target.viewport.to_image(at), self._target.viewport.image
        return min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))


class LassoGesture(_RegionGesture):
    """Draws around a region freehand; the end is joined to the start."""

    def move(self, at: Point) -> None:
        """Continue the line, by steps that can be seen."""
        point = self._inside(at)
        if far_enough(self._points[-1], point, 1 / self._target.viewport.zoom):
            self._points.append(point)
        self._show()

    def finish(self) -> None:
        """Add the region to the matte, or take it from it; one that is hardly seen is dropped."""
        self._points = list(simplified(self._points, 0.5 / self._target.viewport.zoom))
        super().finish()

    def _corners(self) -> tuple[Point, ...]:
        return tuple(self._points)


class RectangleGesture(_RegionGesture):
    """Draws a rectangle from corner to corner; with Shift a square."""

    def move(self, at: Point) -> None:
        """Move the second corner to the pointer."""
        x, y = self._inside(at)
        left, top = self._points[0]
        if self._target.modifiers & Qt.KeyboardModifier.ShiftModifier:
            side = min(abs(x - left), abs(y - top))
            x, y = left + math.copysign(side, x - left), top + math.copysign(side, y - top)
        self._points[1:] = [(x, y)]
        self._show()

    def _corners(self) -> tuple[Point, ...]:
        (left, top), (right, bottom) = self._points[0], self._points[-1]
        return (left, top), (right, top), (right, bottom), (left, bottom)


def _area(points: tuple[Point, ...]) -> float:
    """The area that a line encloses, in square pixels; where it crosses itself, parts may count against each other."""
    pairs = zip(points, (*points[1:], *points[:1]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2
