"""What the canvas draws around and above the image: its colours, labels, the busy line, and the empty page."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen

from rim_editor.edits import Colour

_BUSY_MS, _BUSY_PERIOD = 33, 45  # milliseconds of a tick, ticks of a period
_WHITE, _SHADE = QColor(255, 255, 255), QColor(0, 0, 0, 170)


class BusyLine(QObject):
    """A thin line at the top of the canvas, along which something bright moves while a job is running."""

    HEIGHT = 3
    """In units of the window."""
    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tick = 0
        self._timer = QTimer(self, interval=_BUSY_MS)
        self._timer.timeout.connect(self._step)

    @property
    def moving(self) -> bool:
        """Whether it moves."""
        return self._timer.isActive()

    def set_moving(self, moving: bool) -> None:
        """Let it move, or stand still."""
        if moving and not self._timer.isActive():
            self._timer.start()
        elif not moving:
            self._timer.stop()

    def paint(self, painter: QPainter, width: int, palette: QPalette, *, still: bool) -> None:
        """Paint it across `width` units of the window; `still` paints all of it bright."""
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


def is_dark(palette: QPalette) -> bool:
    """Whether the theme is a dark one."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def surround_colour(palette: QPalette) -> QColor:
    """The colour around the image: grey, whatever the theme's tint, so that it does not colour the judgement."""
    return QColor(34, 34, 36) if is_dark(palette) else QColor(214, 214, 217)


def checkerboard_colours(palette: QPalette) -> tuple[Colour, Colour]:
    """The two greys under transparency."""
    return ((78, 78, 78), (58, 58, 58)) if is_dark(palette) else ((255, 255, 255), (220, 220, 220))


def label(painter: QPainter, text: str, corner: QPointF, to_left: bool = False) -> None:
    """A word on the image, its upper left (or right) corner at `corner`."""
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


def drop_frame(painter: QPainter, rect: QRect, palette: QPalette) -> None:
    """The frame that shows where files can be dropped."""
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
    """The page of a canvas without an image: a drawing, a text, and a hint below it."""
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
