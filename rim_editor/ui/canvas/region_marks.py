"""The outline of a lasso or a rectangle while it is drawn: tinted inside, hatched where it subtracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from rim_editor.documents.document import Brush
from rim_editor.ui.canvas.brush_marks import COLOURS

if TYPE_CHECKING:
    from rim_editor.documents.document import Point
    from rim_editor.ui.canvas.viewport import Viewport

_TINT = 70  # of 255


class RegionOutline:
    """The points of an outline, in pixels of the image, and whether it adds."""

    def __init__(self) -> None:
        self._points: tuple[Point, ...] = ()
        self._adds = True

    @property
    def shown(self) -> bool:
        """Whether there is an outline."""
        return bool(self._points)

    def set(self, points: Sequence[Point], *, adds: bool) -> None:
        """Show an outline through these points, or none without points."""
        self._points, self._adds = tuple(points), adds

    def paint(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Paint it through the viewport; `ratio` is the device pixel ratio."""
        if not self._points:
            return
        at = (viewport.to_window(point) for point in self._points)
        polygon = QPolygonF([QPointF(x / ratio, y / ratio) for x, y in at])
        colour = QColor(COLOURS[Brush.KEEP if self._adds else Brush.REMOVE])
        tint = QColor(colour)
        tint.setAlpha(_TINT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawPolygon(polygon, Qt.FillRule.WindingFill)
        if not self._adds:  # a red overlay hides a red tint
            painter.setBrush(QBrush(QColor(255, 255, 255, 150), Qt.BrushStyle.BDiagPattern))
            painter.drawPolygon(polygon, Qt.FillRule.WindingFill)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 190), 2.5))
        painter.drawPolygon(polygon)
        dashes = QPen(colour.lighter(150), 1.5)
        dashes.setDashPattern([4.0, 3.0])
        painter.setPen(dashes)
        painter.drawPolygon(polygon)
        painter.restore()
