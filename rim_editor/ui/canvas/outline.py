"""Marching ants: the outline of the matte as a line of dashes that walk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QDataStream, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.ui.canvas.viewport import Viewport

STEP_MS = 100
"""Milliseconds between two steps of the ants."""
_DASH = 4.0


class MarchingAnts:
    """Paints polylines in pixels of the image; `step` makes them walk."""

    def __init__(self) -> None:
        self._lines: list[tuple[QPolygonF, QRectF]] = []
        self._phase = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def set_lines(self, lines: Iterable[NDArray[np.float32]]) -> None:
        """Take these outlines, each Nx2: x, y in pixels of the image."""
        polygons = [_polygon(line) for line in lines if len(line) > 1]
        self._lines = [(polygon, polygon.boundingRect()) for polygon in polygons]

    def step(self) -> None:
        """Walk by one pixel."""
        self._phase = (self._phase + 1) % int(2 * _DASH)

    def paint(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Paint what is in the window; `painter` is in units of the window, `ratio` pixels of the device each."""
        x, y = viewport.to_image((0.0, 0.0))
        width, height = (side / viewport.zoom for side in viewport.window)
        seen = QRectF(x, y, width, height)
        # A line within one pixel row has no area, and would meet nothing.
        lines = [line for line, box in self._lines if box.adjusted(-1, -1, 1, 1).intersects(seen)]
        to_window = QTransform()
        origin = viewport.to_window((0.0, 0.0))
        to_window.translate(origin[0] / ratio, origin[1] / ratio)
        to_window.scale(viewport.zoom / ratio, viewport.zoom / ratio)
        painter.save()
        # A cosmetic pen of one pixel without antialiasing is the one that Qt draws fast: any other takes a hundred
        # times as long on the outline of hair. On dense screens it is drawn twice, side by side, to be as wide.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for colour, dashed in ((QColor(0, 0, 0), False), (QColor(255, 255, 255), True)):
            pen = QPen(colour, 1.0)
            pen.setCosmetic(True)
            if dashed:
                pen.setStyle(Qt.PenStyle.CustomDashLine)
                pen.setDashPattern([_DASH * max(1, round(ratio))] * 2)
                pen.setDashOffset(-self._phase * max(1, round(ratio)))
            painter.setPen(pen)
            for shift in range(max(1, round(ratio))):
                aside = QTransform.fromTranslate(shift / ratio, shift / ratio)
                painter.setTransform(to_window * aside)
                for line in lines:
                    painter.drawPolyline(line)
        painter.restore()


def _polygon(line: NDArray[np.float32]) -> QPolygonF:
    # As the stream of a QPolygonF: point by point from Python would take a second for the outline of hair.
    data = QByteArray(len(line).to_bytes(4, "big") + line.astype(">f8").tobytes())
    polygon = QPolygonF()
    QDataStream(data) >> polygon
    return polygon
