"""What wheel, touchpad, pinches and arrow keys make of a viewport."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from rim_editor.ui.canvas.viewport import Viewport

_NOTCH = 1.25  # zoom by one notch of a wheel
_PER_PIXEL = 1.004  # zoom by one pixel of a touchpad, while Ctrl is held
_ARROW = 64.0  # units of the window by which an arrow key pans
_ARROWS = {
    Qt.Key.Key_Left: (1.0, 0.0),
    Qt.Key.Key_Right: (-1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}


def watch_pinches(widget: QWidget) -> None:
    """Have a widget receive pinches of a touch screen; macOS sends those of its touchpad as native gestures."""
    if sys.platform != "darwin":
        widget.grabGesture(Qt.GestureType.PinchGesture)


def wheeled(viewport: Viewport, event: QWheelEvent, ratio: float) -> Viewport:
    """A wheel zooms to the pointer, with Shift or sideways it pans; two fingers pan, and zoom with Ctrl."""
    at = (event.position().x() * ratio, event.position().y() * ratio)
    zooming = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    fine, turned = event.pixelDelta(), event.angleDelta()
    if _by_fingers(event):
        if zooming:
            return viewport.zoomed(_PER_PIXEL ** fine.y(), at)
        return viewport.panned(fine.x() * ratio, fine.y() * ratio)
    step = _ARROW / 120 * ratio
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return viewport.panned((turned.x() or turned.y()) * step, 0.0)
    if turned.y() == 0:
        return viewport.panned(turned.x() * step, 0.0) if turned.x() else viewport
    return viewport.zoomed(_NOTCH ** (turned.y() / 120), at)


def pinched(viewport: Viewport, event: QEvent, widget: QWidget, ratio: float) -> Viewport | None:
    """What a gesture makes of the viewport: two fingers zoom and pan, a double tap fits; None if it is another."""
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


def arrowed(viewport: Viewport, event: QKeyEvent, ratio: float) -> Viewport:
    """An arrow key pans in its direction."""
    x, y = _ARROWS[Qt.Key(event.key())]
    return viewport.panned(x * _ARROW * ratio, y * _ARROW * ratio)


def _by_fingers(event: QWheelEvent) -> bool:
    # Under X11 a wheel may have a pixelDelta too, so that alone does not make a touchpad.
    if event.pixelDelta().isNull():
        return False
    touchpad = event.device() is not None and event.device().type() == QInputDevice.DeviceType.TouchPad
    return touchpad or event.phase() is not Qt.ScrollPhase.NoScrollPhase
