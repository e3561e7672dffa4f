"""The gesture of the tool Place: it moves the object; from a corner it scales it, from the round handle it turns it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from rim_editor.documents.document import Point
from rim_editor.ui.canvas.place_marks import Handle, moved

if TYPE_CHECKING:
    from rim_editor.documents.composition import Placement
    from rim_editor.editor.editor import Editor
    from rim_editor.ui.canvas.tools import GestureTarget

_STEP = 15.0
"""Degrees to which Shift rounds a turn."""


class PlaceGesture:
    """Places the object of the active layer; one step to undo."""

    def __init__(self, target: GestureTarget, editor: Editor, at: Point) -> None:
        self._target, self._editor = target, editor
        self._start = editor.document.composition.placement
        self._from = target.viewport.to_image(at)
        self._middle = target.places.middle or self._from
        self._handle = target.places.handle_at(at)
        self._changed = False

    def move(self, at: Point) -> None:
        """Take the object along with the pointer."""
        placement = self._placement(self._target.viewport.to_image(at), self._middle)
        if placement != self._editor.document.composition.placement:
            self._editor.composition.place(placement)
            self._changed = self._changed or self._editor.document.composition.placement == placement

    def finish(self) -> None:
        """Leave it there."""
        self._editor.end_gesture()

    def cancel(self) -> None:
        """Put it back."""
        self._editor.end_gesture()
        if self._changed:
            self._editor.undo()

    def _placement(self, here: Point, middle: Point) -> Placement:
        start, (width, height) = self._start, self._editor.document.size
        if self._handle is Handle.MOVE:
            return moved(start, (here[0] - self._from[0]) / width, (here[1] - self._from[1]) / height)
        if self._handle is Handle.SCALE:
            far = max(math.dist(self._from, middle), 1e-6)
            return replace(start, scale=min(max(start.scale * math.dist(here, middle) / far, 0.01), 20.0))
        turned = math.degrees(_direction(here, middle) - _direction(self._from, middle))
        angle = start.angle + turned
        if self._target.modifiers & Qt.KeyboardModifier.ShiftModifier:
            angle = _STEP * round(angle / _STEP)
        return replace(start, angle=math.remainder(angle, 360))


def _direction(at: Point, middle: Point) -> float:
    return math.atan2(at[1] - middle[1], at[0] - middle[0])
