"""What follows the pointer on the canvas: the ring of the brush, and the swatch of the eyedropper."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from rim_editor.document import Brush
from rim_editor.ui.canvas.live_strokes import COLOURS

_WHITE, _SHADE = QColor(255, 255, 255), QColor(0, 0, 0, 170)


class PointerMarks:
    """Both are drawn at `position` while the pointer is on the canvas; lengths are in units of the window."""

    def __init__(self) -> None:
        self.position: QPointF | None = None
        """Where the pointer is; None elsewhere."""
        self.swatch: QColor | None = None
        """The colour under the eyedropper; None for none."""

    def area(self, radius: float | None) -> QRegion:
        """What the ring of this radius and the swatch cover; None for no ring."""
        covered = QRegion()
        if self.position is not None and radius is not None:
            x, y, reach = self.position.x(), self.position.y(), max(radius, 1.5) + 3
            covered += QRectF(x - reach, y - reach, 2 * reach + 16, 2 * reach + 16).toAlignedRect()
        if self.position is not None and self.swatch is not None:
            covered += _swatch_rect(self.position)
        return covered

    def paint_ring(self, painter: QPainter, radius: float, hardness: float, brush: Brush) -> None:
        """The rim of the brush, visible on any ground; within it, where the opacity begins to fall."""
        if self.position is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = max(radius, 1.5)
        for colour, width in ((_SHADE, 3.0), (COLOURS[brush].lighter(130), 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(self.position, radius, radius)
        if radius * (1 - hardness) > 3 and radius * hardness > 3:
            painter.setPen(QPen(QColor(255, 255, 255, 110), 1.0, Qt.PenStyle.DotLine))
            painter.drawEllipse(self.position, radius * hardness, radius * hardness)
        # Green and red are one colour to some: so a sign is drawn as well.
        sign = self.position + QPointF(radius, radius) * 0.7071 + QPointF(9, 9)
        for colour, width in ((_SHADE, 4.0), (_WHITE, 2.0)):
            painter.setPen(QPen(colour, width))
            if brush is Brush.REFINE:
                painter.drawArc(QRectF(sign.x() - 6, sign.y() - 3, 6, 6), 0, 180 * 16)
                painter.drawArc(QRectF(sign.x(), sign.y() - 3, 6, 6), 180 * 16, 180 * 16)
            else:
                painter.drawLine(sign - QPointF(5, 0), sign + QPointF(5, 0))
                if brush is Brush.KEEP:
                    painter.drawLine(sign - QPointF(0, 5), sign + QPointF(0, 5))
        painter.restore()

    def paint_swatch(self, painter: QPainter) -> None:
        """The colour under the eyedropper, beside the pointer."""
        if self.position is None or self.swatch is None:
            return
        rect = _swatch_rect(self.position).adjusted(3, 3, -3, -3)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_SHADE, 4))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(QPen(_WHITE, 2))
        painter.setBrush(self.swatch)
        painter.drawRoundedRect(rect, 4, 4)
        painter.restore()


def _swatch_rect(pointer: QPointF) -> QRect:
    return QRect(int(pointer.x()) + 14, int(pointer.y()) - 50, 38, 38)
