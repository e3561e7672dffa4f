"""Strokes that the matte does not show yet, painted on an overlay: a longer stroke only adds a segment to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from rim_editor.document import Brush, Point
from rim_editor.ui.canvas.viewport import Viewport

COLOURS = {Brush.KEEP: QColor(60, 200, 120), Brush.REMOVE: QColor(240, 80, 70), Brush.REFINE: QColor(80, 150, 255)}
_OPACITY = 0.5


@dataclass
class LiveStroke:
    """One stroke; its points and radius are in pixels of the image."""

    brush: Brush
    radius: float
    points: list[Point] = field(default_factory=list)


class LiveStrokes(QObject):
    """The strokes that the matte does not show yet; one of them may still grow."""

    changed = Signal(QRect)
    """Repaint this, in device pixels; an empty rectangle means everything."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._strokes: list[LiveStroke] = []
        self._growing: LiveStroke | None = None
        self._last_end: Point | None = None
        self._overlay = QImage()
        self._viewport: Viewport | None = None

    def begin(self, stroke: LiveStroke, viewport: Viewport) -> None:
        """Add a stroke of one point, which grows until `end`."""
        self._follow(viewport)
        self._growing = stroke
        self._strokes.append(stroke)
        self.changed.emit(self._draw(stroke, len(stroke.points) - 1))

    def extend(self, stroke: LiveStroke, point: Point) -> None:
        """Add a point to the stroke."""
        stroke.points.append(point)
        self.changed.emit(self._draw(stroke, len(stroke.points) - 1))

    @property
    def last_end(self) -> Point | None:
        """Where the stroke that was painted last on this image ends, in pixels of the image; None before the first."""
        return self._last_end

    def end(self) -> None:
        """Finish the growing stroke; it stays until the matte shows it."""
        if self._growing is not None:
            self._last_end = self._growing.points[-1]
        self._growing = None

    def drop(self, stroke: LiveStroke) -> None:
        """Remove a stroke; a growing one ends."""
        if stroke is self._growing:
            self._growing = None
        self._keep([other for other in self._strokes if other is not stroke])

    def drop_finished(self) -> None:
        """Remove all strokes but the one that still grows."""
        self._keep([other for other in self._strokes if other is self._growing])

    def clear(self) -> None:
        """Remove all strokes."""
        self._growing = self._last_end = None
        self._keep([])

    def paint(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Paint within the painter's clip; `ratio` is the device pixel ratio."""
        if not self._strokes:
            return
        self._follow(viewport)
        painter.save()
        painter.setOpacity(_OPACITY)
        self._overlay.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(0, 0), self._overlay)
        self._overlay.setDevicePixelRatio(1.0)
        painter.restore()

    def _follow(self, viewport: Viewport) -> None:
        if viewport != self._viewport or self._overlay.isNull():
            self._viewport = viewport
            self._redraw()

    def _keep(self, strokes: list[LiveStroke]) -> None:
        if len(strokes) != len(self._strokes):
            self._strokes = strokes
            self._redraw()
            self.changed.emit(QRect())

    def _redraw(self) -> None:
        if self._viewport is None:
            return
        size = QSize(*self._viewport.window)
        if not self._strokes:
            self._overlay = QImage()
            return
        if self._overlay.size() != size:
            self._overlay = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._overlay.fill(Qt.GlobalColor.transparent)
        for stroke in self._strokes:
            self._draw(stroke, 0, whole=True)

    def _draw(self, stroke: LiveStroke, number: int, whole: bool = False) -> QRect:
        """Draw the segment that ends at a point, or the whole stroke; returns what it covers."""
        viewport = self._viewport
        assert viewport is not None
        if self._overlay.isNull():
            self._redraw()
        points = stroke.points if whole else stroke.points[max(0, number - 1) : number + 1]
        line = [QPointF(*viewport.to_window(point)) for point in points]
        width = max(2 * stroke.radius * viewport.zoom, 1.0)
        painter = QPainter(self._overlay)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = COLOURS[stroke.brush]
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        if len(line) == 1:
            painter.drawPoint(line[0])
        else:
            painter.drawPolyline(line)
        painter.end()
        left, right = min(p.x() for p in line), max(p.x() for p in line)
        top, bottom = min(p.y() for p in line), max(p.y() for p in line)
        reach = width / 2 + 2
        return QRect(
            int(left - reach), int(top - reach), int(right - left + 2 * reach) + 2, int(bottom - top + 2 * reach) + 2
        )
