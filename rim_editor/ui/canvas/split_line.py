"""The line between before and after: where it is, whether the pointer is on it, and how it is drawn."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from rim_editor.ui.canvas.viewport import Viewport

_GRIP = 14.0  # radius of the handle, in logical pixels
_REACH = 8.0


class SplitLine:
    """A vertical line across the part of the image that is in the window."""

    def __init__(self) -> None:
        self.share = 0.5
        """Where it is between the left and the right end of the visible part of the image, 0 to 1."""

    def x(self, viewport: Viewport) -> int:
        """Where it is in the window, in device pixels."""
        left, right = _ends(viewport)
        return round(left + self.share * (right - left))

    def move_to(self, x: float, viewport: Viewport) -> None:
        """Move it to x, in device pixels, or as near as the image reaches."""
        left, right = _ends(viewport)
        self.share = min(max((x - left) / max(right - left, 1.0), 0.0), 1.0)

    def is_at(self, pointer: QPointF, viewport: Viewport, ratio: float) -> bool:
        """Whether the pointer, in logical pixels, can drag it."""
        x, middle = self.x(viewport) / ratio, viewport.window[1] / ratio / 2
        on_handle = QLineF(pointer, QPointF(x, middle)).length() <= _GRIP
        return on_handle or abs(pointer.x() - x) <= _REACH

    def paint(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Draw line and handle; the painter is in logical pixels."""
        x, height = self.x(viewport) / ratio, viewport.window[1] / ratio
        middle = QPointF(x, height / 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((QColor(0, 0, 0, 120), 4.0), (QColor(255, 255, 255), 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(x, 0), QPointF(x, height))
        painter.setPen(QPen(QColor(0, 0, 0, 120), 1.0))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawEllipse(middle, _GRIP, _GRIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(60, 60, 60))
        for side in (-1, 1):
            tip, base = side * 10.0, side * 4.0
            corners = [QPointF(tip, 0), QPointF(base, -5), QPointF(base, 5)]
            painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
        painter.restore()

    def nudge(self, share: float) -> None:
        """Move it by a share of the visible part, within its limits."""
        self.share = min(max(self.share + share, 0.0), 1.0)


def _ends(viewport: Viewport) -> tuple[float, float]:
    left, _ = viewport.to_window((0.0, 0.0))
    right, _ = viewport.to_window((float(viewport.image[0]), 0.0))
    return max(left, 0.0), min(right, float(viewport.window[0]))
