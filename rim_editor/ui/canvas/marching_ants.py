"""Marching ants: the outline of the matte, computed by the editor and painted as moving dashes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QDataStream, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.editor.editor import Editor
    from rim_editor.ui.canvas.viewport import Viewport

STEP_MS = 100
"""Milliseconds between two steps of the ants."""
_DASH = 4.0


class MarchingAnts(QObject):
    """The outline of one editor's matte at one level; the newest request wins."""

    changed = Signal()
    """The outline has changed, or its dashes have moved."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[tuple[QPolygonF, QRectF]] = []
        self._phase = 0
        self._requested: object = None
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._step)

    def request(self, editor: Editor, level: int) -> None:
        """Request the outline of the editor's document at this level, unless it was requested already."""
        document = editor.finishing.shown
        request = (editor, document.parts, document.controls, level)
        if request == self._requested:
            return
        self._requested = request

        def take(lines: tuple[NDArray[np.float32], ...]) -> None:
            if self._requested == request:
                self._set_lines(lines)

        editor.outline(level, take)

    def clear(self) -> None:
        """Forget the outline, and one that is being computed."""
        self._requested = None
        self._set_lines(())

    @property
    def marching(self) -> bool:
        """Whether the ants move."""
        return self._timer.isActive()

    def set_marching(self, marching: bool) -> None:
        """Start or stop the ants."""
        if marching and not self._timer.isActive():
            self._timer.start()
        elif not marching:
            self._timer.stop()

    def paint(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Paint the visible part; `painter` is in logical pixels, `ratio` is the device pixel ratio."""
        if not self._lines:
            return
        x, y = viewport.to_image((0.0, 0.0))
        width, height = (side / viewport.zoom for side in viewport.window)
        visible = QRectF(x, y, width, height)
        # A line within one pixel row has no area, and would intersect nothing.
        lines = [line for line, bounds in self._lines if bounds.adjusted(-1, -1, 1, 1).intersects(visible)]
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

    def _set_lines(self, lines: Iterable[NDArray[np.float32]]) -> None:
        """Take these outlines, each Nx2: x, y in pixels of the image."""
        polygons = [_polygon(line) for line in lines if len(line) > 1]
        self._lines = [(polygon, polygon.boundingRect()) for polygon in polygons]
        self.changed.emit()

    def _step(self) -> None:
        self._phase = (self._phase + 1) % int(2 * _DASH)
        self.changed.emit()


def _polygon(line: NDArray[np.float32]) -> QPolygonF:
    # As the stream of a QPolygonF: point by point from Python would take a second for the outline of hair.
    data = QByteArray(len(line).to_bytes(4, "big") + line.astype(">f8").tobytes())
    polygon = QPolygonF()
    QDataStream(data) >> polygon
    return polygon
