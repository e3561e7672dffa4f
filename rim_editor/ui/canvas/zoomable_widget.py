"""A widget that shows an image through a viewport: zooming and panning by calls, wheel, touchpad, pinch and keys."""

from __future__ import annotations

import math
import sys

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QInputDevice, QKeyEvent, QNativeGestureEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from rim_editor.documents.document import Point
from rim_editor.ui.canvas.viewport import Viewport, fitted

_MARGIN = 12  # logical pixels left free around a fitted image
_ARROWS = {
    Qt.Key.Key_Left: (1.0, 0.0),
    Qt.Key.Key_Right: (-1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}


class ZoomableWidget(QWidget):
    """Keeps a viewport in sync with the size of the widget; subclasses install one and paint through it."""

    zoom_changed = Signal(float)
    """Pixels of the screen per pixel of the image: 1.0 is 100 %."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport: Viewport | None = None
        if sys.platform != "darwin":  # macOS sends the pinches of its touchpad as native gestures
            self.grabGesture(Qt.GestureType.PinchGesture)

    @property
    def viewport(self) -> Viewport:
        """Where the image is in the widget. Raises RuntimeError while there is none."""
        if self._viewport is None:
            raise RuntimeError("there is no image on the canvas")
        return self._viewport

    def set_viewport(self, viewport: Viewport) -> None:
        """Show the image through this viewport; does nothing while there is no image."""
        if self._viewport is None or viewport == self._viewport:
            return
        zoom, self._viewport = self._viewport.zoom, viewport
        if viewport.zoom != zoom:
            self.zoom_changed.emit(viewport.zoom)
        self._viewport_changed()

    @property
    def zoom(self) -> float:
        """Pixels of the screen per pixel of the image; 1.0 while there is none."""
        return 1.0 if self._viewport is None else self._viewport.zoom

    def set_zoom(self, zoom: float) -> None:
        """Zoom to this value, within the limits, about the middle."""
        if self._viewport is not None:
            self.set_viewport(self._viewport.at_zoom(zoom))

    def zoom_in(self) -> None:
        """Zoom to the next larger step, about the middle."""
        if self._viewport is not None:
            self.set_viewport(self._viewport.stepped(1))

    def zoom_out(self) -> None:
        """Zoom to the next smaller step, about the middle."""
        if self._viewport is not None:
            self.set_viewport(self._viewport.stepped(-1))

    def zoom_to_fit(self) -> None:
        """Show the whole image, and go on doing so when the window changes."""
        if self._viewport is not None:
            self.set_viewport(self._viewport.fitted_again())

    def zoom_to_actual(self) -> None:
        """Show one pixel of the image on one of the screen."""
        self.set_zoom(1.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer, or pan."""
        event.accept()
        if self._viewport is not None and self._may_navigate():
            self.set_viewport(_wheeled(self._viewport, event, self.devicePixelRatioF()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys pan."""
        if self._viewport is not None and is_arrow(event):
            self.set_viewport(_arrowed(self._viewport, event, self.devicePixelRatioF()))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Follow pinches and a change of the screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._resize_viewport()
        elif event.type() in (QEvent.Type.NativeGesture, QEvent.Type.Gesture):
            if self._viewport is not None and self._may_navigate():
                changed = _pinched(self._viewport, event, self, self.devicePixelRatioF())
                if changed is not None:
                    self.set_viewport(changed)
                    event.accept()
                    return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep fitting, or keep the middle."""
        super().resizeEvent(event)
        self._resize_viewport()

    def _may_navigate(self) -> bool:
        """Whether wheel and pinch move the image now; subclasses forbid it during a gesture."""
        return True

    def _viewport_changed(self) -> None:
        """The viewport was changed by `set_viewport`: subclasses repaint."""

    def _install_viewport(self, viewport: Viewport | None) -> None:
        """Show another image through its viewport; None when there is none any more."""
        self._viewport = viewport
        if viewport is not None:
            self.zoom_changed.emit(viewport.zoom)

    def _fitted(self, size: tuple[int, int]) -> Viewport:
        """The viewport that shows all of an image of this width and height."""
        return fitted(size, self._device_size(), self._margin())

    def _resized(self, viewport: Viewport) -> Viewport:
        """The viewport of an image that was last shown when the widget may have had another size."""
        return viewport.resized(self._device_size(), self._margin())

    def _resize_viewport(self) -> None:
        if self._viewport is not None:
            self.set_viewport(self._resized(self._viewport))

    def _to_device(self, position: QPointF) -> Point:
        ratio = self.devicePixelRatioF()
        return position.x() * ratio, position.y() * ratio

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        # A pixel of which the widget covers a part is painted too.
        return max(math.ceil(self.width() * ratio), 1), max(math.ceil(self.height() * ratio), 1)

    def _margin(self) -> int:
        return round(_MARGIN * self.devicePixelRatioF())


def _wheeled(viewport: Viewport, event: QWheelEvent, ratio: float) -> Viewport:
    """The viewport after a wheel event: wheels zoom, or pan with Shift; two fingers pan, or zoom with Ctrl."""
    at = (event.position().x() * ratio, event.position().y() * ratio)
    zooming = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    fine, turned = event.pixelDelta(), event.angleDelta()
    if _by_fingers(event):
        if zooming:
            return viewport.zoomed_by_touchpad(fine.y(), at)
        return viewport.panned(fine.x() * ratio, fine.y() * ratio)
    across, down = turned.x() / 120, turned.y() / 120  # Qt counts eighths of a degree; a notch has 15 degrees
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return viewport.panned_by_steps(across or down, 0.0, ratio)
    if down == 0:
        return viewport.panned_by_steps(across, 0.0, ratio) if across else viewport
    return viewport.zoomed_by_wheel(down, at)


def _pinched(viewport: Viewport, event: QEvent, widget: QWidget, ratio: float) -> Viewport | None:
    """The viewport after a gesture: two fingers zoom and pan, a double tap fits; None for other gestures."""
    if isinstance(event, QNativeGestureEvent):
        at = (event.position().x() * ratio, event.position().y() * ratio)
        if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            return viewport.zoomed(max(1 + event.value(), 0.1), at)
        if event.gestureType() is Qt.NativeGestureType.SmartZoomNativeGesture:
            return viewport.at_zoom(1.0, at) if viewport.fitting else viewport.fitted_again()
        return None
    if isinstance(event, QGestureEvent):
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if isinstance(pinch, QPinchGesture):
            here, before = (
                widget.mapFromGlobal(point) * ratio for point in (pinch.centerPoint(), pinch.lastCenterPoint())
            )
            moved: QPointF = here - before
            viewport = viewport.panned(moved.x(), moved.y()) if not moved.isNull() else viewport
            return viewport.zoomed(max(pinch.scaleFactor(), 0.1), (here.x(), here.y()))
    return None


def is_arrow(event: QKeyEvent, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
    """Whether the key is an arrow, with this modifier and no other."""
    return event.key() in _ARROWS and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == modifier


def _arrowed(viewport: Viewport, event: QKeyEvent, ratio: float) -> Viewport:
    """The viewport after an arrow key: panned in its direction."""
    x, y = _ARROWS[Qt.Key(event.key())]
    return viewport.panned_by_steps(x, y, ratio)


def _by_fingers(event: QWheelEvent) -> bool:
    # On X11 a wheel may have a pixelDelta too, so that alone does not prove a touchpad.
    if event.pixelDelta().isNull():
        return False
    touchpad = event.device() is not None and event.device().type() == QInputDevice.DeviceType.TouchPad
    return touchpad or event.phase() is not Qt.ScrollPhase.NoScrollPhase
