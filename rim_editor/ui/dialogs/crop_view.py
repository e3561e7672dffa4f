"""The image in the crop dialog: straightened, with the rectangle to drag and a grid over it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from rim_editor.documents.reshaping import Size, Straighten, size_after
from rim_editor.translation import tr
from rim_editor.ui.dialogs.crop_rectangle import BOTTOM, LEFT, RIGHT, TOP, CropRectangle

_SIDES = ((LEFT, TOP), (TOP,), (RIGHT, TOP), (RIGHT,), (RIGHT, BOTTOM), (BOTTOM,), (LEFT, BOTTOM), (LEFT,))
_HANDLE, _REACH, _EDGE = 9, 14, 12
_CURSORS = {
    frozenset((LEFT, TOP)): Qt.CursorShape.SizeFDiagCursor,
    frozenset((RIGHT, BOTTOM)): Qt.CursorShape.SizeFDiagCursor,
    frozenset((RIGHT, TOP)): Qt.CursorShape.SizeBDiagCursor,
    frozenset((LEFT, BOTTOM)): Qt.CursorShape.SizeBDiagCursor,
    frozenset((LEFT,)): Qt.CursorShape.SizeHorCursor,
    frozenset((RIGHT,)): Qt.CursorShape.SizeHorCursor,
    frozenset((TOP,)): Qt.CursorShape.SizeVerCursor,
    frozenset((BOTTOM,)): Qt.CursorShape.SizeVerCursor,
}
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class CropView(QWidget):
    """Shows an image of `size` turned by `degrees`; its rectangle is moved and resized by mouse and arrow keys."""

    changed = Signal()
    """The rectangle is another one."""

    def __init__(self, size: Size, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crop_view")
        self.setAccessibleName(tr("Crop: drag the rectangle, or move it with the arrow keys"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._full = size
        self._image = QImage()
        self._degrees = 0.0
        self._aspect: float | None = None
        self._fine = False
        self._grasped: frozenset[str] | None = None
        self._last = QPointF()
        self.rectangle = CropRectangle.whole(size)
        """In pixels of the straightened image."""

    def sizeHint(self) -> QSize:
        """Room to see the image."""
        return QSize(720, 500)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a small screen."""
        return QSize(320, 220)

    def set_image(self, image: QImage) -> None:
        """Show this image, which may be smaller than the size."""
        self._image = image
        self.update()

    def set_degrees(self, degrees: float, *, fine: bool = False) -> None:
        """Straighten by these degrees; with `fine` a narrow grid helps to find the angle."""
        self._degrees, self._fine = degrees, fine
        rectangle = self.rectangle.of_size(size_after(Straighten(degrees), self._full))
        self.rectangle = rectangle if self._aspect is None else self._kept(rectangle, self._aspect)
        self.update()
        self.changed.emit()

    def set_aspect(self, aspect: float | None) -> None:
        """Give the rectangle this width / height from now on; None leaves it free."""
        self._aspect = aspect
        if aspect is not None:
            self.set_rectangle(self.rectangle.with_aspect(aspect))

    def set_rectangle(self, rectangle: CropRectangle) -> None:
        """Show this rectangle."""
        self.rectangle = rectangle
        self.update()
        self.changed.emit()

    def shown(self) -> QRectF:
        """Where the straightened image is in the widget."""
        width, height = self.rectangle.size
        room = QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        scale = min(room.width() / width, room.height() / height)
        place = QRectF(0, 0, width * scale, height * scale)
        place.moveCenter(room.center())
        return place

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the image, darkened outside the rectangle, the grid and the handles."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        place = self.shown()
        scale = place.width() / self.rectangle.size[0]
        painter.save()
        painter.setClipRect(place)
        painter.translate(place.center())
        painter.rotate(self._degrees)
        wide, high = self._full[0] * scale, self._full[1] * scale
        painter.drawImage(QRectF(-wide / 2, -high / 2, wide, high), self._image)
        painter.restore()
        box = self._box(place, scale)
        shade = QColor(0, 0, 0, 150)
        for part in (
            QRectF(place.left(), place.top(), place.width(), box.top() - place.top()),
            QRectF(place.left(), box.bottom(), place.width(), place.bottom() - box.bottom()),
            QRectF(place.left(), box.top(), box.left() - place.left(), box.height()),
            QRectF(box.right(), box.top(), place.right() - box.right(), box.height()),
        ):
            painter.fillRect(part, shade)
        self._paint_grid(painter, box)
        painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
        painter.setBrush(QColor("white"))
        for point in self._handles(box).values():
            painter.drawRect(QRectF(point.x() - _HANDLE / 2, point.y() - _HANDLE / 2, _HANDLE, _HANDLE))
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(-1, -1, 1, 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Grasp a handle, or the rectangle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grasped, self._last = self._sides_at(event.position()), event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag what is grasped; otherwise show what could be."""
        place = self.shown()
        scale = self.rectangle.size[0] / place.width()
        at = event.position()
        if self._grasped is None:
            sides = self._sides_at(at)
            shape = Qt.CursorShape.ArrowCursor if sides is None else Qt.CursorShape.SizeAllCursor
            self.setCursor(_CURSORS.get(sides, shape) if sides is not None else shape)
        elif self._grasped:
            x, y = (at.x() - place.left()) * scale, (at.y() - place.top()) * scale
            self.set_rectangle(self.rectangle.dragged(self._grasped, x, y, self._aspect))
        else:
            step = at - self._last
            self.set_rectangle(self.rectangle.moved(step.x() * scale, step.y() * scale))
        self._last = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        self._grasped = None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrow keys move the rectangle by a pixel of the image, with Shift by ten."""
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        pixels = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        self.set_rectangle(self.rectangle.moved(step[0] * pixels, step[1] * pixels))

    def _kept(self, rectangle: CropRectangle, aspect: float) -> CropRectangle:
        """The rectangle with its aspect, which rounding of the image's size has changed a little."""
        corner = frozenset((RIGHT, BOTTOM))
        return rectangle.dragged(corner, rectangle.right, rectangle.top + rectangle.width / aspect, aspect)

    def _box(self, place: QRectF, scale: float) -> QRectF:
        box = self.rectangle
        return QRectF(
            place.left() + box.left * scale, place.top() + box.top * scale, box.width * scale, box.height * scale
        )

    def _handles(self, box: QRectF) -> dict[frozenset[str], QPointF]:
        found = {}
        for sides in _SIDES:
            x = box.left() if LEFT in sides else box.right() if RIGHT in sides else box.center().x()
            y = box.top() if TOP in sides else box.bottom() if BOTTOM in sides else box.center().y()
            found[frozenset(sides)] = QPointF(x, y)
        return found

    def _sides_at(self, at: QPointF) -> frozenset[str] | None:
        """The sides of the handle there; none of them inside the rectangle; None outside."""
        place = self.shown()
        box = self._box(place, place.width() / self.rectangle.size[0])
        near = {sides: (point - at).manhattanLength() for sides, point in self._handles(box).items()}
        nearest = min(near, key=lambda sides: near[sides])
        if near[nearest] <= _REACH:
            return nearest
        return frozenset() if box.contains(at) else None

    def _paint_grid(self, painter: QPainter, box: QRectF) -> None:
        count = 9 if self._fine else 3
        for colour, shift in ((QColor(0, 0, 0, 90), 1.0), (QColor(255, 255, 255, 150), 0.0)):
            painter.setPen(QPen(colour, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for number in range(1, count):
                x = box.left() + box.width() * number / count + shift
                y = box.top() + box.height() * number / count + shift
                painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
                painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.drawRect(box.adjusted(shift, shift, shift, shift))
