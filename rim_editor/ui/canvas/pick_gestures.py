"""The gesture of the tool Pick: a click on the object, or with Ctrl or the right button beside it; a drag is a box."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from rim_editor.documents.document import Point

if TYPE_CHECKING:
    from rim_editor.ui.canvas.tools import GestureTarget

_SLIP = 5.0
"""Logical pixels by which a click may slip before it becomes a box."""


class PickObjectGesture:
    """Shows the editor one more click or a box, or takes away the mark that is clicked."""

    def __init__(self, target: GestureTarget, at: Point) -> None:
        self._target, self._from, self._to = target, at, at
        held = target.modifiers & Qt.KeyboardModifier.ControlModifier
        self._keeps = target.picks.button is Qt.MouseButton.LeftButton and not held

    def move(self, at: Point) -> None:
        """Draw the box from where the button was pressed to here."""
        self._to = at
        self._target.picks.set_drawn(self._corners() if self._drags() else None)

    def finish(self) -> None:
        """Ask with the click or the box; a click outside of the image counts for nothing."""
        picks = self._target.picks
        picks.set_drawn(None)
        corners = self._corners()
        if self._drags() and self._keeps:
            if corners[2] - corners[0] >= 1 and corners[3] - corners[1] >= 1:
                picks.draw_box(corners)
            return
        place = picks.mark_at(self._from)
        if place is not None:
            picks.remove(place)
            return
        (x, y), (width, height) = self._target.viewport.to_image(self._from), self._target.viewport.image
        if 0 <= x < width and 0 <= y < height:
            picks.click(x, y, self._keeps)

    def cancel(self) -> None:
        """Ask nothing."""
        self._target.picks.set_drawn(None)

    def _drags(self) -> bool:
        far = math.hypot(self._to[0] - self._from[0], self._to[1] - self._from[1])
        return far > _SLIP * self._target.picks.ratio

    def _corners(self) -> tuple[float, float, float, float]:
        """The box in the image, as far as it is inside: x0, y0, x1, y1."""
        width, height = self._target.viewport.image
        (x0, y0), (x1, y1) = (self._target.viewport.to_image(at) for at in (self._from, self._to))
        xs = sorted(min(max(x, 0.0), float(width)) for x in (x0, x1))
        ys = sorted(min(max(y, 0.0), float(height)) for y in (y0, y1))
        return xs[0], ys[0], xs[1], ys[1]
