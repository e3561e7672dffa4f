"""Drawn around and above the image: its surround, labels, busy line, brush ring and swatch, and the empty page."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QRegion

from rim_editor.documents.document import Brush
from rim_editor.ui.canvas.brush_marks import COLOURS
from rim_editor.ui.palettes import is_dark

_BUSY_MS, _BUSY_PERIOD = 33, 45  # milliseconds of a tick, ticks of a period
_WHITE, _SHADE = QColor(255, 255, 255), QColor(0, 0, 0, 170)


class BusyLine(QObject):
    """A thin line at the top of the canvas, with a moving highlight while a job is running."""

    HEIGHT = 3
    """In logical pixels."""
    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tick = 0
        self._timer = QTimer(self, interval=_BUSY_MS)
        self._timer.timeout.connect(self._step)

    @property
    def moving(self) -> bool:
        """Whether the highlight moves."""
        return self._timer.isActive()

    def set_moving(self, moving: bool) -> None:
        """Start or stop the highlight."""
        if moving and not self._timer.isActive():
            self._timer.start()
        elif not moving:
            self._timer.stop()

    def paint(self, painter: QPainter, width: int, palette: QPalette, *, still: bool) -> None:
        """Paint it across `width` logical pixels; `still` highlights all of it."""
        colour = palette.color(QPalette.ColorRole.Highlight)
        faint = QColor(colour)
        faint.setAlpha(90)
        painter.fillRect(QRectF(0, 0, width, self.HEIGHT), faint)
        if still:
            painter.fillRect(QRectF(0, 0, width, self.HEIGHT), colour)
        else:
            length = width * 0.3
            left = self._tick / _BUSY_PERIOD * (width + length) - length
            painter.fillRect(QRectF(left, 0, length, self.HEIGHT), colour)

    def _step(self) -> None:
        self._tick = (self._tick + 1) % _BUSY_PERIOD
        self.moved.emit()


class PointerMarks:
    """The ring of the brush and the swatch of the eyedropper, drawn at the pointer; lengths are in logical pixels."""

    def __init__(self) -> None:
        self.position: QPointF | None = None
        """The position of the pointer; None outside the canvas."""
        self.swatch: QColor | None = None
        """The colour under the eyedropper; None for none."""

    def area(self, radius: float | None) -> QRegion:
        """The area of the swatch and of a ring of this radius; None for no ring."""
        covered = QRegion()
        if self.position is not None and radius is not None:
            x, y, reach = self.position.x(), self.position.y(), max(radius, 1.5) + 3
            covered += QRectF(x - reach, y - reach, 2 * reach + 16, 2 * reach + 16).toAlignedRect()
        if self.position is not None and self.swatch is not None:
            covered += _swatch_rect(self.position)
        return covered

    def paint_ring(self, painter: QPainter, radius: float, hardness: float, brush: Brush) -> None:
        """Draw the edge of the brush, visible on any background, and inside it the radius of full opacity."""
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
        # The sign helps people who cannot tell green from red.
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

    def paint_line(self, painter: QPainter, start: QPointF, brush: Brush) -> None:
        """Draw the straight line that a click would paint from `start`."""
        if self.position is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((_SHADE, 3.0), (COLOURS[brush].lighter(130), 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(start, self.position)
        painter.restore()

    def paint_swatch(self, painter: QPainter) -> None:
        """Draw the colour under the eyedropper, beside the pointer."""
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


def surround_colour(palette: QPalette) -> QColor:
    """The colour around the image: a neutral grey, so that colours are judged correctly."""
    return QColor(34, 34, 36) if is_dark(palette) else QColor(214, 214, 217)


def label(painter: QPainter, text: str, corner: QPointF, to_left: bool = False) -> None:
    """Draw a text on the image, with its upper left (or right) corner at `corner`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 6
    box = QRectF(corner.x() - (width if to_left else 0), corner.y(), width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_SHADE)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(_WHITE)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def caption(painter: QPainter, rect: QRect, palette: QPalette, text: str, *, dimmed: bool) -> None:
    """Write a text at the lower end of the canvas; `dimmed` veils the image, which is not what was asked for."""
    if not text:
        return
    if dimmed:
        veil = surround_colour(palette)
        veil.setAlpha(165)
        painter.fillRect(rect, veil)
    wide = painter.fontMetrics().horizontalAdvance(text) + 16
    label(painter, text, QPointF(max(12, rect.center().x() - wide / 2), rect.bottom() - 40))


def drop_frame(painter: QPainter, rect: QRect, palette: QPalette) -> None:
    """Draw the frame that shows where files can be dropped."""
    colour = palette.color(QPalette.ColorRole.Highlight)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QColor(colour)
    ground.setAlpha(40)
    painter.setBrush(ground)
    painter.setPen(QPen(colour, 3, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(QRectF(rect).adjusted(10, 10, -10, -10), 10, 10)
    painter.restore()


def empty_page(painter: QPainter, rect: QRect, palette: QPalette, text: str, hint: str) -> None:
    """Draw a canvas without an image: a picture, a text, and a hint below it."""
    painter.fillRect(rect, surround_colour(palette))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(235, 235, 235) if is_dark(palette) else QColor(40, 40, 40)
    faint = QColor(ink)
    faint.setAlpha(150)
    middle = QPointF(rect.center())
    frame = QRectF(middle.x() - 44, middle.y() - 92, 88, 64)
    painter.setPen(QPen(faint, 2.5))
    painter.drawRoundedRect(frame, 6, 6)
    painter.drawEllipse(QPointF(frame.left() + 22, frame.top() + 20), 6, 6)
    painter.setClipRect(frame)
    hills = [(-2, 58), (26, 32), (46, 52), (62, 24), (92, 62)]
    peaks = [frame.topLeft() + QPointF(x, y) for x, y in hills]
    for start, end in zip(peaks, peaks[1:], strict=False):
        painter.drawLine(start, end)
    painter.setClipping(False)
    font = QFont(painter.font())
    font.setPointSizeF(max(font.pointSizeF(), 9.0) * 1.35)
    painter.setFont(font)
    painter.setPen(ink)
    wrapped = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    room = QRectF(rect.left() + 20, middle.y() - 8, rect.width() - 40, rect.height() / 2)
    used = painter.boundingRect(room, int(wrapped), text)
    painter.drawText(room, int(wrapped), text)
    font.setPointSizeF(font.pointSizeF() / 1.35)
    painter.setFont(font)
    painter.setPen(faint)
    painter.drawText(room.adjusted(0, used.height() + 10, 0, 0), int(wrapped), hint)
    painter.restore()
