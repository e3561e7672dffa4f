"""What the canvas draws above the image: the ring of the brush, labels, swatch, busy line, and the empty page."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen

from rim_editor.document import Brush
from rim_editor.ui.canvas.live_strokes import COLOURS

BUSY_LINE = 3
"""Height of the busy line, in units of the window."""
_SIGNS = {Brush.KEEP: "+", Brush.REMOVE: "−", Brush.REFINE: "~"}
_WHITE, _SHADE = QColor(255, 255, 255), QColor(0, 0, 0, 170)


def is_dark(palette: QPalette) -> bool:
    """Whether the theme is a dark one."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def around(palette: QPalette) -> QColor:
    """The colour around the image: grey, whatever the theme's tint, so that it does not colour the judgement."""
    return QColor(34, 34, 36) if is_dark(palette) else QColor(214, 214, 217)


def checks(palette: QPalette) -> tuple[QColor, QColor]:
    """The two greys under transparency."""
    return (
        (QColor(78, 78, 78), QColor(58, 58, 58)) if is_dark(palette) else (QColor(255, 255, 255), QColor(220, 220, 220))
    )


def ring(painter: QPainter, at: QPointF, radius: float, hardness: float, brush: Brush) -> None:
    """The rim of the brush, seen on any ground; within it, where the cover begins to fall."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = max(radius, 1.5)
    for colour, width in ((_SHADE, 3.0), (COLOURS[brush].lighter(130), 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(at, radius, radius)
    if radius * (1 - hardness) > 3 and radius * hardness > 3:
        painter.setPen(QPen(QColor(255, 255, 255, 110), 1.0, Qt.PenStyle.DotLine))
        painter.drawEllipse(at, radius * hardness, radius * hardness)
    # Green and red are one colour to some: the sign says it too.
    spot = at + QPointF(radius, radius) * 0.7071 + QPointF(9, 9)
    for colour, width in ((_SHADE, 4.0), (_WHITE, 2.0)):
        painter.setPen(QPen(colour, width))
        if brush is Brush.REFINE:
            painter.drawArc(QRectF(spot.x() - 6, spot.y() - 3, 6, 6), 0, 180 * 16)
            painter.drawArc(QRectF(spot.x(), spot.y() - 3, 6, 6), 180 * 16, 180 * 16)
        else:
            painter.drawLine(spot - QPointF(5, 0), spot + QPointF(5, 0))
            if brush is Brush.KEEP:
                painter.drawLine(spot - QPointF(0, 5), spot + QPointF(0, 5))
    painter.restore()


def ring_box(at: QPointF, radius: float) -> QRect:
    """What the ring covers."""
    reach = max(radius, 1.5) + 3
    return QRectF(at.x() - reach, at.y() - reach, 2 * reach + 16, 2 * reach + 16).toAlignedRect()


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


def swatch(painter: QPainter, at: QPointF, colour: QColor) -> None:
    """The colour under the eyedropper, beside the pointer."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_SHADE, 4))
    painter.drawRoundedRect(swatch_box(at).adjusted(3, 3, -3, -3), 4, 4)
    painter.setPen(QPen(_WHITE, 2))
    painter.setBrush(colour)
    painter.drawRoundedRect(swatch_box(at).adjusted(3, 3, -3, -3), 4, 4)
    painter.restore()


def swatch_box(at: QPointF) -> QRect:
    """What the swatch covers."""
    return QRect(int(at.x()) + 14, int(at.y()) - 50, 38, 38)


def busy_line(painter: QPainter, width: int, share: float | None, palette: QPalette) -> None:
    """A thin line at the top; `share` 0 to 1 is how far its bright part has come, None that it stands still."""
    colour = palette.color(QPalette.ColorRole.Highlight)
    faint = QColor(colour)
    faint.setAlpha(90)
    painter.fillRect(QRectF(0, 0, width, BUSY_LINE), faint)
    if share is None:
        painter.fillRect(QRectF(0, 0, width, BUSY_LINE), colour)
    else:
        length = width * 0.3
        painter.fillRect(QRectF(share * (width + length) - length, 0, length, BUSY_LINE), colour)


def drop_frame(painter: QPainter, rect: QRect, palette: QPalette) -> None:
    """The frame that says: let go here."""
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
    """What the canvas says while there is no image."""
    painter.fillRect(rect, around(palette))
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
    spots = [frame.topLeft() + QPointF(x, y) for x, y in hills]
    for start, end in zip(spots, spots[1:], strict=False):
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
