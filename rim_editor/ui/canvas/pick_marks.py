"""The marks of the tool Pick on the canvas: green and red dots, for what is added and taken away, and a box."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from rim_editor.documents.document import Brush, Combine, Point
from rim_editor.editor.picking import Picking
from rim_editor.ui.canvas.brush_marks import COLOURS

if TYPE_CHECKING:
    from clipmat.pointing import Corners, Pointing
    from rim_editor.editor.editor import Editor
    from rim_editor.ui.canvas.viewport import Viewport

_RADIUS = 6.5
"""Of a dot, in logical pixels."""
_REACH = 9.0
"""Logical pixels from its middle in which a click takes a mark away."""
_SHADE, _WHITE = QColor(0, 0, 0, 170), QColor(255, 255, 255)


class PickMarks(QObject):
    """Clicks and box of the image in front; `changed` when they have to be painted again."""

    changed = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._pickings: WeakKeyDictionary[Editor, Picking] = WeakKeyDictionary()
        self._picking: Picking | None = None
        self._viewport: Viewport | None = None
        self._drawn: Corners | None = None
        self._words: Callable[[], str] = str
        self._combine: Callable[[], Combine] = lambda: Combine.NEW
        self.button = Qt.MouseButton.LeftButton
        """The button that began the gesture."""

    @property
    def marks(self) -> Pointing | None:
        """What is shown; None while no image is open."""
        return None if self._picking is None else self._picking.marks

    @property
    def ratio(self) -> float:
        """Device pixels of a logical one."""
        return self._canvas.devicePixelRatioF()

    def set_bar(self, words: Callable[[], str], combine: Callable[[], Combine]) -> None:
        """Take the words beside clicks, and how an answer joins the matte, from these functions."""
        self._words, self._combine = words, combine

    @property
    def subtracts(self) -> bool:
        """Whether what is found or drawn around is taken from the matte."""
        return self._combine() is Combine.SUBTRACT

    def set_editor(self, editor: Editor | None) -> None:
        """Show the marks of this editor's image."""
        self._drawn = None
        if self._picking is not None:
            self._picking.pause()
        self._picking = None
        if editor is not None:
            known = self._pickings.get(editor)
            if known is None:
                self._pickings[editor] = known = Picking(editor, self.changed.emit)
            else:
                known.resume()
            self._picking = known
        self.changed.emit()

    def set_button(self, button: Qt.MouseButton) -> None:
        """Remember which button begins a gesture."""
        self.button = button

    def set_drawn(self, box: Corners | None) -> None:
        """Show a box, in pixels of the image, while it is drawn; None when it is no longer."""
        if box != self._drawn:
            self._drawn = box
            self.changed.emit()

    def click(self, x: float, y: float, keeps: bool) -> None:
        """Ask with one more click, in pixels of the image."""
        if self._picking is not None:
            self._picking.click(x, y, keeps, self._words(), self._combine())

    def draw_box(self, box: Corners) -> None:
        """Ask with a box, in pixels of the image."""
        if self._picking is not None:
            self._picking.draw_box(box, self._words(), self._combine())

    def remove(self, place: int) -> None:
        """Ask again without the mark at a place, as `mark_at` gives it."""
        if self._picking is not None:
            self._picking.remove(place)

    def mark_at(self, at: Point) -> int | None:
        """The number of the dot at a point of the window, in device pixels; None when there is none."""
        viewport, marks = self._viewport, self.marks
        if viewport is None or marks is None:
            return None
        distances = []
        for number, (x, y, _) in enumerate(marks.points):
            shown = viewport.to_window((x, y))
            distances.append((math.hypot(shown[0] - at[0], shown[1] - at[1]), number))
        nearest = min(distances, default=(math.inf, 0))
        return nearest[1] if nearest[0] <= _REACH * self.ratio else None

    def takes_key(self, key: int) -> bool:
        """Whether Esc or Backspace do something here."""
        return key in (Qt.Key.Key_Escape, Qt.Key.Key_Backspace) and bool(self.marks)

    def take_key(self, key: int) -> bool:
        """Esc takes the marks away and leaves the matte, Backspace takes back the last; whether either did."""
        if not self.takes_key(key) or self._picking is None:
            return False
        if key == Qt.Key.Key_Escape:
            self._picking.clear()
        else:
            self._picking.remove_last()
        return True

    def paint(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Paint box and dots; `ratio` is the device pixel ratio."""
        self._viewport, marks = viewport, self.marks
        minus = self._picking is not None and self._picking.takes_away  # what is kept of the answer is taken away
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._drawn or (marks.box if marks is not None else None)
        if box is not None:
            corners = [QPointF(*viewport.to_window(corner)) / ratio for corner in (box[:2], box[2:])]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            removes = self.subtracts if self._drawn else minus
            line = COLOURS[Brush.REMOVE if removes else Brush.KEEP].lighter(125)
            for colour, width in ((_SHADE, 3.5), (line, 1.5)):
                painter.setPen(QPen(colour, width))
                painter.drawRect(QRectF(*corners))
        for x, y, keep in () if marks is None else marks.points:
            _paint_dot(painter, QPointF(*viewport.to_window((x, y))) / ratio, keep != minus)
        painter.restore()


def _paint_dot(painter: QPainter, at: QPointF, adds: bool) -> None:
    painter.setPen(QPen(_SHADE, 4.5))
    painter.drawEllipse(at, _RADIUS, _RADIUS)
    painter.setPen(QPen(_WHITE, 2))
    painter.setBrush(COLOURS[Brush.KEEP if adds else Brush.REMOVE])
    painter.drawEllipse(at, _RADIUS, _RADIUS)
    # The sign helps people who cannot tell green from red.
    painter.drawLine(at - QPointF(3, 0), at + QPointF(3, 0))
    if adds:
        painter.drawLine(at - QPointF(0, 3), at + QPointF(0, 3))
