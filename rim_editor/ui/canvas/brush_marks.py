"""Strokes that the matte does not show yet, painted on an overlay: a longer stroke only adds a segment to it.

A stroke that follows edges is computed piece by piece as it grows: for a few milliseconds at once, the rest in the next
turns of the event loop.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from rim_editor.documents.document import Brush, Point
from rim_editor.documents.edge_following import GrowingCover, is_warming_up
from rim_editor.ui.canvas.viewport import Viewport

COLOURS = {Brush.KEEP: QColor(60, 200, 120), Brush.REMOVE: QColor(240, 80, 70), Brush.REFINE: QColor(80, 150, 255)}
_OPACITY = 0.5
_TURN_SECONDS = 0.004
"""After this time no further piece is begun in the same turn of the event loop."""
_WAIT_MS = 20
"""Until the next look whether pieces can be computed, while what they need is loaded on another thread."""


@dataclass
class LiveStroke:
    """One stroke; its points and radius are in pixels of the image."""

    brush: Brush
    radius: float
    points: list[Point] = field(default_factory=list)
    edges: GrowingCover | None = None
    """The coverage of a stroke that follows edges."""


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
        self._pieces_timer = QTimer(self, interval=0)
        self._pieces_timer.timeout.connect(self._compute)

    def begin(self, stroke: LiveStroke, viewport: Viewport) -> None:
        """Add a stroke of one point, which grows until `end`."""
        self._follow(viewport)
        self._growing = stroke
        self._strokes.append(stroke)
        self._extended(stroke)

    def extend(self, stroke: LiveStroke, point: Point) -> None:
        """Add a point to the stroke."""
        stroke.points.append(point)
        self._extended(stroke)

    @property
    def last_end(self) -> Point | None:
        """Where the stroke that was painted last on this image ends, in pixels of the image; None before the first."""
        return self._last_end

    def end(self) -> None:
        """Finish the growing stroke; it stays until the matte shows it."""
        if self._growing is not None:
            self._last_end = self._growing.points[-1]
        self._growing = None
        self._pieces_timer.stop()

    def drop(self, stroke: LiveStroke) -> None:
        """Remove a stroke; a growing one ends."""
        if stroke is self._growing:
            self._growing = None
            self._pieces_timer.stop()
        self._keep([other for other in self._strokes if other is not stroke])

    def drop_finished(self) -> None:
        """Remove all strokes but the one that still grows."""
        self._keep([other for other in self._strokes if other is self._growing])

    def clear(self) -> None:
        """Remove all strokes."""
        self._growing = self._last_end = None
        self._pieces_timer.stop()
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

    def _extended(self, stroke: LiveStroke) -> None:
        if stroke.edges is None:
            self.changed.emit(self._draw(stroke, len(stroke.points) - 1))
        else:
            stroke.edges.extend(stroke.points[-1])
            if not self._pieces_timer.isActive():  # in a turn of its own: moving the mouse costs time already
                self._pieces_timer.start(0)

    def _compute(self) -> None:
        """Compute pieces of the growing stroke, until they have taken long enough for one turn."""
        edges = None if self._growing is None else self._growing.edges
        if edges is None or self._viewport is None:
            self._pieces_timer.stop()
            return
        if is_warming_up():
            self._pieces_timer.start(_WAIT_MS)
            return
        start = time.perf_counter()
        while edges.growing and time.perf_counter() - start < _TURN_SECONDS:
            rows, columns = edges.step()
            if rows.start < rows.stop:
                self._show_part(_window_box(self._viewport, rows, columns))
        if not edges.growing:
            self._pieces_timer.stop()
        elif not self._pieces_timer.isActive() or self._pieces_timer.interval():
            self._pieces_timer.start(0)

    def _show_part(self, part: QRect) -> None:
        """Draw all strokes anew within a part of the overlay."""
        if self._overlay.isNull():
            self._redraw()
        else:
            painter = QPainter(self._overlay)
            painter.setClipRect(part)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.fillRect(part, Qt.GlobalColor.transparent)
            painter.end()
            for stroke in self._strokes:
                self._draw(stroke, 0, whole=True, clip=part)
        self.changed.emit(part)

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

    def _draw(self, stroke: LiveStroke, number: int, whole: bool = False, clip: QRect | None = None) -> QRect:
        """Draw the segment that ends at a point, or the whole stroke; returns what it covers."""
        viewport = self._viewport
        assert viewport is not None
        if self._overlay.isNull():
            self._redraw()
        painter = QPainter(self._overlay)
        if clip is not None:
            painter.setClipRect(clip)
        if stroke.edges is not None:
            _draw_cover(painter, stroke.edges, COLOURS[stroke.brush], viewport, clip or self._overlay.rect())
            painter.end()
            return QRect()
        points = stroke.points if whole else stroke.points[max(0, number - 1) : number + 1]
        line = [QPointF(*viewport.to_window(point)) for point in points]
        width = max(2 * stroke.radius * viewport.zoom, 1.0)
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


def _window_box(viewport: Viewport, rows: slice, columns: slice) -> QRect:
    """The pixels of the window that a box of the image touches."""
    left, top = viewport.to_window((columns.start, rows.start))
    right, bottom = viewport.to_window((columns.stop, rows.stop))
    return QRectF(left - 1, top - 1, right - left + 2, bottom - top + 2).toAlignedRect()


def _draw_cover(painter: QPainter, edges: GrowingCover, colour: QColor, viewport: Viewport, part: QRect) -> None:
    """Draw what a stroke covers within a part of the window, reduced first where the window shows less."""
    left, top = viewport.to_image((part.x(), part.y()))
    right, bottom = viewport.to_image((part.x() + part.width(), part.y() + part.height()))
    step = 1 << viewport.level
    rows, columns = edges.box

    def span(first: float, last: float, touched: slice) -> slice:
        start = max(int(first) // step * step - 2 * step, touched.start // step * step, 0)
        return slice(start, min(int(last) + 1 + 3 * step, touched.stop))

    rows, columns = span(top, bottom, rows), span(left, right, columns)
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    import cv2
    import numpy as np

    values = edges.values((rows, columns))
    tall, wide = -(-values.shape[0] // step), -(-values.shape[1] // step)
    if step > 1:
        below, beside = tall * step - values.shape[0], wide * step - values.shape[1]
        values = np.asarray(cv2.copyMakeBorder(values, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=(0,)), np.uint8)
        values = np.asarray(cv2.resize(values, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)
    full = np.array([colour.blue(), colour.green(), colour.red(), 255])
    tinted = (np.arange(256)[:, None] * full / 255).astype(np.uint8)[values]  # premultiplied, as Qt has it in memory
    image = QImage(tinted.data, wide, tall, 4 * wide, QImage.Format.Format_ARGB32_Premultiplied)
    x, y = viewport.to_window((columns.start, rows.start))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(x, y, wide * step * viewport.zoom, tall * step * viewport.zoom), image)
