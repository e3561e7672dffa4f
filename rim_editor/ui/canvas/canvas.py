"""The canvas: an image in the window, and the hand on it: tools, wheel, fingers and keys.

What a gesture does is in tools, what a wheel makes of a viewport in navigation; showing is image_view's. A little
longer than most modules because a widget takes its events in one class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from rim_editor.ui.canvas import canvas_marks, navigation
from rim_editor.ui.canvas.image_view import ImageView
from rim_editor.ui.canvas.live_strokes import LiveStroke, LiveStrokes
from rim_editor.ui.canvas.tools import Gesture, MoveBackground, Paint, Pan, Pick, SplitDrag, Tool
from rim_editor.ui.canvas.viewport import Spot

if TYPE_CHECKING:
    from rim_editor.editor import Editor
    from rim_editor.edits import Colour

SMALLEST_BRUSH, LARGEST_BRUSH = 1.0, 500.0
_BRUSH_STEP = 1.2


class Canvas(ImageView):
    """Shows what the editor renders, and forwards what the hand does."""

    tool_changed = Signal(Tool)
    brush_changed = Signal(float, float)
    """Radius in pixels of the image, hardness 0 to 1."""
    colour_picked = Signal(tuple)
    """Red, green, blue, each 0 to 255, of the original."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription(
            "The image. Arrow keys move it, the wheel zooms, the space bar drags it, backslash shows the original."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        navigation.watch_pinches(self)
        self._tool = Tool.PAN
        self._radius, self._hardness = 30.0, 0.8
        self._gesture: Gesture | None = None
        self._gesture_button = Qt.MouseButton.NoButton
        self._strokes = LiveStrokes()
        self._growing: LiveStroke | None = None
        self._space_held = self._alt_held = False
        self._hover: QPointF | None = None
        self._swatch: QColor | None = None

    @property
    def tool(self) -> Tool:
        """What a drag does."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Choose what a drag does; a gesture under way is dropped."""
        if tool is not self._tool:
            self._drop_gesture()
            self._update_ring()
            self._tool = tool
            self._hold_before(False)
            self._show_cursor()
            self._update_ring()
            self.tool_changed.emit(tool)

    @property
    def brush(self) -> tuple[float, float]:
        """Radius in pixels of the image, hardness 0 to 1."""
        return self._radius, self._hardness

    def set_brush(self, radius: float, hardness: float) -> None:
        """Radius in pixels of the image, hardness 0 to 1; both are held within their limits."""
        radius = min(max(radius, SMALLEST_BRUSH), LARGEST_BRUSH)
        hardness = min(max(hardness, 0.0), 1.0)
        if (radius, hardness) != (self._radius, self._hardness):
            self._update_ring()
            self._radius, self._hardness = radius, hardness
            self._update_ring()
            self.brush_changed.emit(radius, hardness)

    def larger_brush(self) -> None:
        """A fifth larger, one pixel at least."""
        self.set_brush(max(self._radius * _BRUSH_STEP, self._radius + 1), self._hardness)

    def smaller_brush(self) -> None:
        """As much smaller as `larger_brush` makes it larger."""
        self.set_brush(min(self._radius / _BRUSH_STEP, self._radius - 1), self._hardness)

    def stroke_began(self, stroke: LiveStroke) -> None:
        """Show a stroke of one point."""
        self._growing = stroke
        self._update_device(self._strokes.begin(stroke, self.viewport))

    def stroke_grew(self, stroke: LiveStroke, spot: Spot) -> None:
        """Lead the stroke to another spot of the image."""
        self._update_device(self._strokes.extend(stroke, spot))

    def stroke_dropped(self, stroke: LiveStroke) -> None:
        """Show it no more."""
        self._strokes.drop(stroke)
        self.update()

    def hover_colour(self, colour: Colour | None) -> None:
        """Show the colour under the eyedropper, or none."""
        self._swatch = None if colour is None else QColor(*colour)
        self.update()

    def pick(self, colour: Colour) -> None:
        """Tell the colour that was chosen."""
        self.colour_picked.emit(colour)

    # The image

    def set_editor(self, editor: Editor | None) -> None:
        """Show this editor's image where it was left, or fitted at first; None shows how to open one."""
        super().set_editor(editor)
        self._hold_before(False)
        self._show_cursor()

    def set_split(self, split: bool) -> None:
        """Show the original left of a line that can be dragged (with Shift and an arrow key too), or no longer."""
        super().set_split(split)
        self._show_cursor()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is held out of sight."""
        self._drop_gesture()
        self._hold_space(False)
        self._hold_before(False)
        super().hideEvent(event)

    def _let_go(self) -> None:
        self._drop_gesture()
        self._strokes.clear()

    def _caught_up(self) -> None:
        if self._strokes:
            self._strokes.clear(but=self._growing)
            self.update()

    def _paint_strokes(self, painter: QPainter, ratio: float) -> None:
        self._strokes.paint(painter, self.viewport, ratio)

    def _paint_marks(self, painter: QPainter) -> None:
        brush = self._effective_tool().brush
        if brush is not None and self._hover is not None:
            canvas_marks.ring(painter, self._hover, self._ring_radius(), self._hardness, brush)
        if self._swatch is not None and self._hover is not None:
            canvas_marks.swatch(painter, self._hover, self._swatch)

    # The hand

    def _update_ring(self) -> None:
        if self._hover is not None and self._tool.brush is not None:
            self.update(canvas_marks.ring_box(self._hover, self._ring_radius()))
        if self._hover is not None and self._swatch is not None:
            self.update(canvas_marks.swatch_box(self._hover))

    def _ring_radius(self) -> float:
        return self._radius * self.zoom / self.devicePixelRatioF()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        if self._editor is None or self._gesture is not None:
            return
        at, button = self._spot(event.position()), event.button()
        self._note_alt(event.modifiers())
        if button is Qt.MouseButton.MiddleButton:
            self._gesture = Pan(self, at)
        elif button is Qt.MouseButton.LeftButton:
            self._gesture = self._begin(self._editor, event.position(), at)
        else:
            super().mousePressEvent(event)
            return
        self._gesture_button = button
        self._tabbed = False
        self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, and take the brush's ring along."""
        self._update_ring()
        self._hover = event.position()
        self._note_alt(event.modifiers())
        self._update_ring()
        if self._gesture is not None:
            self._gesture.move(self._spot(event.position()))
        else:
            self._show_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        if self._gesture is None or event.button() is not self._gesture_button:
            return
        gesture, self._gesture = self._gesture, None
        gesture.move(self._spot(event.position()))
        gesture.finish()
        self._growing = None
        self._show_cursor()
        self._ask_soon()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer, or pan; not while something is painted."""
        event.accept()
        if self._pane is not None and self._gesture is None:
            self.look(navigation.wheeled(self._pane.viewport, event, self.devicePixelRatioF()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that are held, arrows, and Esc while a gesture is under way; the rest is the window's."""
        self._note_alt(event.modifiers(), event.key() == Qt.Key.Key_Alt)
        if self._pane is None:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Space:
            self._hold_space(True)
        elif event.key() == Qt.Key.Key_Backslash:
            self.set_before(True)
        elif event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._drop_gesture()
        elif navigation.is_arrow(event):
            self.look(navigation.arrowed(self._pane.viewport, event, self.devicePixelRatioF()))
        elif self._split is not None and navigation.is_arrow(event, Qt.KeyboardModifier.ShiftModifier):
            step = 0.02 if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down) else -0.02
            self._split.share = min(max(self._split.share + step, 0.0), 1.0)
            self.update()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Keys that were held."""
        if event.isAutoRepeat():
            return
        self._note_alt(event.modifiers(), False if event.key() == Qt.Key.Key_Alt else None)
        if event.key() == Qt.Key.Key_Space:
            self._hold_space(False)
        elif event.key() == Qt.Key.Key_Backslash:
            self._hold_before(False)
        else:
            super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take keys before a shortcut does, and gestures of fingers."""
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        if kind in (QEvent.Type.NativeGesture, QEvent.Type.Gesture) and self._pane is not None:
            if self._gesture is None:
                changed = navigation.pinched(self._pane.viewport, event, self, self.devicePixelRatioF())
                if changed is not None:
                    self.look(changed)
                    event.accept()
                    return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The ring leaves with the pointer."""
        self._update_ring()
        self._hover = None
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who came by the keyboard sees where the focus is."""
        self._tabbed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys that were held are released elsewhere."""
        self._hold_space(False)
        self._hold_before(False)
        self._note_alt(Qt.KeyboardModifier.NoModifier)
        super().focusOutEvent(event)
        self.update()

    def _begin(self, editor: Editor, position: QPointF, at: Spot) -> Gesture:
        tool = self._effective_tool()
        if not self._space_held and self._over_split(position):
            return SplitDrag(self)
        if (brush := tool.brush) is not None:
            return Paint(self, editor, at, brush, self._radius, self._hardness)
        if tool is Tool.EYEDROPPER:
            self._hover = position
            return Pick(self, editor, at)
        if tool is Tool.MOVE_BACKGROUND and MoveBackground.possible(editor):
            return MoveBackground(self, editor, at)
        return Pan(self, at)

    def _drop_gesture(self) -> None:
        if self._gesture is not None:
            gesture, self._gesture, self._growing = self._gesture, None, None
            gesture.cancel()
            self._show_cursor()

    def _takes(self, event: QKeyEvent) -> bool:
        if self._pane is None:
            return False
        if event.key() == Qt.Key.Key_Escape:
            return self._gesture is not None
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier)
        return (event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Backslash) and plain) or navigation.is_arrow(event)

    def _hold_space(self, held: bool) -> None:
        if held != self._space_held:
            self._update_ring()
            self._space_held = held
            self._show_cursor()
            self._update_ring()

    def _hold_before(self, held: bool) -> None:
        self.set_before(held or self._tool is Tool.EYEDROPPER)  # which picks from the original

    def _note_alt(self, modifiers: Qt.KeyboardModifier, pressed: bool | None = None) -> None:
        held = bool(modifiers & Qt.KeyboardModifier.AltModifier) if pressed is None else pressed
        if held != self._alt_held:
            self._alt_held = held
            self._update_ring()

    def _effective_tool(self) -> Tool:
        if self._space_held:
            return Tool.PAN
        return self._tool.swapped if self._alt_held else self._tool

    def _over_split(self, position: QPointF) -> bool:
        if self._split is None or self._before_held:
            return False
        return self._split.is_at(position, self.viewport, self.devicePixelRatioF())

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._pane is not None:
            tool, pressed = self._effective_tool(), self._gesture is not None
            if isinstance(self._gesture, Pan):
                shape = Qt.CursorShape.ClosedHandCursor
            elif isinstance(self._gesture, SplitDrag):
                shape = Qt.CursorShape.SplitHCursor
            elif not pressed and self._hover is not None and not self._space_held and self._over_split(self._hover):
                shape = Qt.CursorShape.SplitHCursor
            elif tool.brush is not None or tool is Tool.EYEDROPPER:
                shape = Qt.CursorShape.CrossCursor
            elif tool is Tool.MOVE_BACKGROUND:
                shape = Qt.CursorShape.SizeAllCursor
            else:
                shape = Qt.CursorShape.OpenHandCursor
        if self.cursor().shape() is not shape:
            self.setCursor(QCursor(shape))

    def _spot(self, position: QPointF) -> Spot:
        ratio = self.devicePixelRatioF()
        return position.x() * ratio, position.y() * ratio
