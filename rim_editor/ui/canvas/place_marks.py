"""The handles of the tool Place: a frame around the object, corners that scale it, and a round one that turns it."""

from __future__ import annotations

import math
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from rim_editor.documents.composition import Placement
from rim_editor.documents.document import Point
from rim_editor.documents.edits import Highlight
from rim_editor.editor.events import DocumentChanged, Event, Subscription

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.documents.framing import ObjectBox
    from rim_editor.editor.editor import Editor
    from rim_editor.ui.canvas.viewport import Viewport

_SIDE, _RADIUS, _REACH, _STEM = 9.0, 5.5, 12.0, 28.0
"""Logical pixels: a corner's side, the round handle's radius, from how far both are hit, and how far it is out."""
_SHADE, _LINE, _FILL = QColor(0, 0, 0, 150), QColor(255, 255, 255), QColor(38, 128, 235)


class Handle(Enum):
    """What a drag does."""

    MOVE = auto()
    SCALE = auto()
    TURN = auto()


class PlaceMarks(QObject):
    """The frame around the object of the active layer; `changed` when it has to be painted again."""

    changed = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._editor: Editor | None = None
        self._subscription = Subscription()
        self._active = False
        self._box: ObjectBox | None = None
        self._viewport: Viewport | None = None

    def set_editor(self, editor: Editor | None) -> None:
        """Show the object of this editor's active layer."""
        self._editor, self._box = editor, None
        self._subscription.change(editor, self._on_event)
        self._find()

    def set_active(self, active: bool) -> None:
        """Show the handles, or none, as while another tool is in use."""
        if active != self._active:
            self._active = active
            self._find()

    @property
    def middle(self) -> Point | None:
        """Where the middle of the placed object is, in pixels of the image; None where nothing can be placed."""
        corners = self._corners()
        return None if corners is None else (float(corners[:, 0].mean()), float(corners[:, 1].mean()))

    def handle_at(self, at: Point) -> Handle:
        """What a drag from a point of the window, in device pixels, does; all but the handles moves."""
        corners, knob = self._corners(), self._knob()
        if corners is None or knob is None or self._viewport is None:
            return Handle.MOVE
        reach = _REACH * self._canvas.devicePixelRatioF()
        if math.dist(knob, at) <= reach:
            return Handle.TURN
        shown = (self._viewport.to_window((float(x), float(y))) for x, y in corners)
        return Handle.SCALE if any(math.dist(corner, at) <= reach for corner in shown) else Handle.MOVE

    def nudge(self, event: QKeyEvent) -> bool:
        """Move the object by a pixel of the image with an arrow key, with Shift by ten; whether this key does."""
        directions = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        direction = directions.get(Qt.Key(event.key()))
        if direction is None or self._editor is None:
            return False
        step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        (width, height), placement = self._editor.document.size, self._editor.document.composition.placement
        self._editor.composition.place(
            moved(placement, direction[0] * step / width, direction[1] * step / height), gesture="nudge"
        )
        return True

    def paint(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Paint frame and handles; `ratio` is the device pixel ratio."""
        self._viewport, corners = viewport, self._corners()
        knob = self._knob()
        if not self._active or corners is None or knob is None:
            return
        points = [QPointF(*viewport.to_window((float(x), float(y)))) / ratio for x, y in corners]
        top, end = (points[0] + points[1]) / 2, QPointF(*knob) / ratio
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((_SHADE, 3.0), (_LINE, 1.25)):
            painter.setPen(QPen(colour, width))
            painter.drawPolygon(QPolygonF(points))
            painter.drawLine(top, end)
        painter.setPen(QPen(_LINE, 1.5))
        painter.setBrush(_FILL)
        for point in points:
            painter.drawRect(int(point.x() - _SIDE / 2), int(point.y() - _SIDE / 2), int(_SIDE), int(_SIDE))
        painter.drawEllipse(end, _RADIUS, _RADIUS)
        painter.restore()

    def _corners(self) -> NDArray[np.float64] | None:
        """The corners of the placed object, 4x2 in pixels of the image, from its upper left one clockwise."""
        if self._editor is None or self._box is None or isinstance(self._editor.document.edit, Highlight):
            return None  # a highlight sets the object apart where it is
        import numpy as np

        from rim_editor.documents import placing

        left, top, right, bottom = self._box
        width, height = size = self._editor.document.size
        middle = (left + right) / 2 / width, (top + bottom) / 2 / height
        there = placing.matrix(self._editor.document.composition.placement, middle, size)
        box = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)
        return box @ there[:, :2].T + there[:, 2]

    def _knob(self) -> Point | None:
        """Where the round handle is in the window, in device pixels: outside of the middle of the upper side.

        Where it would not be seen there, it comes nearer to the object and into it, as far as it has to.
        """
        corners = self._corners()
        if corners is None or self._viewport is None:
            return None
        points = [QPointF(*self._viewport.to_window((float(x), float(y)))) for x, y in corners]
        top, opposite = (points[0] + points[1]) / 2, (points[2] + points[3]) / 2
        out = top - opposite
        far = max(math.hypot(out.x(), out.y()), 1e-6)
        ratio = self._canvas.devicePixelRatioF()
        size = self._canvas.width() * ratio, self._canvas.height() * ratio
        knob = top + out / far * _farthest_seen(top, out / far, (-far, _STEM * ratio), size, _REACH * ratio)
        return knob.x(), knob.y()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, DocumentChanged):
            if event.aspects & {"matte", "layers", "image"}:
                self._find()
            elif self._active:
                self.changed.emit()

    def _find(self) -> None:
        if self._active and self._editor is not None:
            editor = self._editor

            def found(box: ObjectBox | None) -> None:
                if editor is self._editor:
                    self._box = box
                    self.changed.emit()

            editor.composition.find_box(found)
        self.changed.emit()


def _farthest_seen(
    start: QPointF, direction: QPointF, reach: tuple[float, float], size: tuple[float, float], margin: float
) -> float:
    """How far from `start` along `direction`, within `reach`, the last point is that lies in a window of `size`.

    The window has a `margin` inside. The end of `reach` where no point is seen.
    """
    least, most = reach
    for at, step, length in zip(start.toTuple(), direction.toTuple(), size, strict=True):
        limits = margin - at, length - margin - at
        if abs(step) > 1e-9:
            low, high = sorted(limit / step for limit in limits)
            least, most = max(least, low), min(most, high)
        elif not limits[0] <= 0 <= limits[1]:
            return reach[1]
    return most if least <= most else reach[1]


def moved(placement: Placement, right: float, down: float) -> Placement:
    """The placement moved further by shares of width and height, as far as it can be."""
    return Placement(
        min(max(placement.right + right, -10.0), 10.0),
        min(max(placement.down + down, -10.0), 10.0),
        placement.scale,
        placement.angle,
        placement.mirrored,
    )
