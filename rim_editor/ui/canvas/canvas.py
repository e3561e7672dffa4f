"""The canvas: an image in the window that mouse and keyboard act on.

Gestures are in tools; zoom and pan by wheel and pinch are in zoomable_widget; image_view paints.
Longer than 300 lines because all events of mouse and keyboard come together here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from rim_editor.translation import tr
from rim_editor.ui.canvas import tools
from rim_editor.ui.canvas.brush_marks import LiveStrokes
from rim_editor.ui.canvas.canvas_marks import PointerMarks
from rim_editor.ui.canvas.image_view import ImageView
from rim_editor.ui.canvas.part_marks import PartMark
from rim_editor.ui.canvas.pick_marks import PickMarks
from rim_editor.ui.canvas.place_marks import PlaceMarks
from rim_editor.ui.canvas.region_marks import RegionOutline
from rim_editor.ui.canvas.tools import Gesture, PanGesture, SplitGesture, Tool, begin_gesture
from rim_editor.ui.canvas.zoomable_widget import is_arrow

if TYPE_CHECKING:
    from rim_editor.documents.document import Answer, Part, Point
    from rim_editor.documents.edits import Colour
    from rim_editor.editor.editor import Editor

_BRUSH_STEP = 1.2


class Canvas(ImageView):
    """Shows what the editor renders, and turns mouse and keyboard into gestures."""

    tool_changed = Signal(Tool)
    brush_changed = Signal(float, float)
    """Radius in pixels of the image, hardness 0 to 1."""
    edges_followed = Signal(bool)
    """Whether brush and eraser stop at edges of the image."""
    colour_picked = Signal(tuple)
    """Red, green, blue, each 0 to 255, of the original."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName(tr("Canvas"))
        self.setAccessibleDescription(
            tr("The image. Arrow keys move it, the wheel zooms, the space bar drags it, backslash shows the original.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._tool = Tool.PAN
        self._radius, self._hardness = 30.0, 0.8
        self._follows_edges = True
        self._gesture: Gesture | None = None
        self._gesture_button = Qt.MouseButton.NoButton
        self._strokes = LiveStrokes(self)
        self._strokes.changed.connect(self._update_device)
        self._outline, self._part_mark, self._guess_mark = RegionOutline(), PartMark(), PartMark()
        self._picks = PickMarks(self)
        self._picks.changed.connect(self.update)
        self._places = PlaceMarks(self)
        self._places.changed.connect(self.update)
        self._space_held = False
        self._modifiers = Qt.KeyboardModifier.NoModifier
        self._pointer = PointerMarks()

    @property
    def tool(self) -> Tool:
        """The tool that a drag uses."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Choose the tool that a drag uses; a running gesture is cancelled."""
        if tool is not self._tool:
            self._drop_gesture()
            self._update_pointer()
            self._tool = tool
            self._places.set_active(tool is Tool.PLACE)
            self._set_before_held(False)
            self._show_cursor()
            self._update_pointer()
            self.tool_changed.emit(tool)

    @property
    def brush(self) -> tuple[float, float]:
        """Radius in pixels of the image, hardness 0 to 1."""
        return self._radius, self._hardness

    def set_brush(self, radius: float, hardness: float) -> None:
        """Set radius in pixels of the image and hardness 0 to 1; both are limited to their ranges."""
        radius = min(max(radius, tools.MIN_BRUSH_RADIUS), tools.MAX_BRUSH_RADIUS)
        hardness = min(max(hardness, 0.0), 1.0)
        if (radius, hardness) != (self._radius, self._hardness):
            self._update_pointer()
            self._radius, self._hardness = radius, hardness
            self._update_pointer()
            self.brush_changed.emit(radius, hardness)

    def larger_brush(self) -> None:
        """Enlarge the brush by a fifth, but at least by one pixel."""
        self.set_brush(max(self._radius * _BRUSH_STEP, self._radius + 1), self._hardness)

    def smaller_brush(self) -> None:
        """Reduce the brush; the inverse of `larger_brush`."""
        self.set_brush(min(self._radius / _BRUSH_STEP, self._radius - 1), self._hardness)

    @property
    def strokes(self) -> LiveStrokes:
        """The strokes that the matte does not show yet."""
        return self._strokes

    @property
    def follows_edges(self) -> bool:
        """Whether brush and eraser stop at edges of the image."""
        return self._follows_edges

    def set_follows_edges(self, follows: bool) -> None:
        """Let brush and eraser stop at edges of the image, or cover all that they touch."""
        if follows != self._follows_edges:
            self._follows_edges = follows
            self.edges_followed.emit(follows)

    @property
    def modifiers(self) -> Qt.KeyboardModifier:
        """The keys that are held."""
        return self._modifiers

    def set_outline(self, points: Sequence[Point], *, adds: bool) -> None:
        """Show the outline of a region through these points of the image, or none without points."""
        self._outline.set(points, adds=adds)
        self.update()

    def mark_part(self, part: Part | None) -> None:
        """Mark where this part of the matte is, or no part any more."""
        self._part_mark.set(part)
        self.update()

    def mark_guess(self, answer: Answer | None) -> None:
        """Mark what an answer that waits would take away, or nothing any more."""
        self._guess_mark.set(answer)
        self.update()

    @property
    def picks(self) -> PickMarks:
        """The clicks and the box that show the object."""
        return self._picks

    @property
    def places(self) -> PlaceMarks:
        """The handles around the object."""
        return self._places

    def set_swatch(self, colour: Colour | None) -> None:
        """Show the colour under the eyedropper, or none."""
        self._pointer.swatch = None if colour is None else QColor(*colour)
        self.update()

    def pick(self, colour: Colour) -> None:
        """Emit the colour that was picked."""
        self.colour_picked.emit(colour)

    def set_editor(self, editor: Editor | None) -> None:
        """Show this editor's image as it was last shown, or fitted at first; None shows how to open one."""
        super().set_editor(editor)
        self._picks.set_editor(editor)
        self._places.set_editor(editor)
        self._set_before_held(False)
        self._show_cursor()

    def set_split(self, split: bool) -> None:
        """Show the original left of a line that can be dragged (with Shift and an arrow key too), or no longer."""
        super().set_split(split)
        self._show_cursor()

    def hideEvent(self, event: QHideEvent) -> None:
        """Treat held keys as released."""
        self._drop_gesture()
        self._set_space(False)
        self._set_before_held(False)
        super().hideEvent(event)

    def _image_changing(self) -> None:
        self._drop_gesture()
        self._strokes.clear()
        self._part_mark.set(None)
        super()._image_changing()

    def _up_to_date(self) -> None:
        self._strokes.drop_finished()

    def _paint_strokes(self, painter: QPainter, ratio: float) -> None:
        self._strokes.paint(painter, self.viewport, ratio)
        self._outline.paint(painter, self.viewport, ratio)
        self._part_mark.paint(painter, self.viewport, ratio)
        self._guess_mark.paint(painter, self.viewport, ratio)

    def _paint_marks(self, painter: QPainter) -> None:
        brush = self._effective_tool().brush
        if brush is not None:
            if (start := self._line_start()) is not None:
                self._pointer.paint_line(painter, start, brush)
            self._pointer.paint_ring(painter, self._ring_radius(), self._hardness, brush)
        self._pointer.paint_swatch(painter)
        if self._tool is Tool.PICK:
            self._picks.paint(painter, self.viewport, self.devicePixelRatioF())
        self._places.paint(painter, self.viewport, self.devicePixelRatioF())

    def _line_start(self) -> QPointF | None:
        """Where a click would begin a straight line, in logical pixels; None when it would not."""
        end = self._strokes.last_end
        if end is None or self._gesture is not None or not self._modifiers & Qt.KeyboardModifier.ShiftModifier:
            return None
        return QPointF(*self.viewport.to_window(end)) / self.devicePixelRatioF()

    def _update_pointer(self) -> None:
        if self._viewport is not None and self._tool.brush is not None and self._line_start() is not None:
            self.update()
        self.update(self._pointer.area(None if self._tool.brush is None else self._ring_radius()))

    def _ring_radius(self) -> float:
        return self._radius * self.zoom / self.devicePixelRatioF()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        if self._editor is None or self._gesture is not None:
            return
        at, button = self._to_device(event.position()), event.button()
        self._set_modifiers(event.modifiers())
        if button is Qt.MouseButton.MiddleButton:
            self._gesture = PanGesture(self, at)
        elif button is Qt.MouseButton.LeftButton or (
            button is Qt.MouseButton.RightButton and self._effective_tool() is Tool.PICK
        ):
            self._picks.set_button(button)
            self._gesture = self._begin(self._editor, event.position(), at)
        else:
            super().mousePressEvent(event)
            return
        self._gesture_button = button
        self._focus_visible = False
        self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Continue the gesture, and move the ring of the brush along."""
        self._update_pointer()
        self._pointer.position = event.position()
        self._set_modifiers(event.modifiers())
        self._update_pointer()
        if self._gesture is not None:
            self._gesture.move(self._to_device(event.position()))
        else:
            self._show_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        if self._gesture is None or event.button() is not self._gesture_button:
            return
        gesture, self._gesture = self._gesture, None
        gesture.move(self._to_device(event.position()))
        gesture.finish()
        self._show_cursor()
        self._request_soon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle held keys, arrows, and Esc during a gesture; pass other keys on to the window."""
        self._set_modifiers(_after(event))
        if self._viewport is None:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Space:
            self._set_space(True)
        elif event.key() == Qt.Key.Key_Backslash:
            self.set_before(True)
        elif event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._drop_gesture()
        elif self._tool is Tool.PICK and self._picks.take_key(event.key()):
            event.accept()
        elif self._tool is Tool.PLACE and self._places.nudge(event):
            event.accept()
        elif self._split is not None and is_arrow(event, Qt.KeyboardModifier.ShiftModifier):
            self._split.nudge(0.02 if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down) else -0.02)
            self.update()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End the effect of a held key."""
        if event.isAutoRepeat():
            return
        self._set_modifiers(_after(event))
        if event.key() == Qt.Key.Key_Space:
            self._set_space(False)
        elif event.key() == Qt.Key.Key_Backslash:
            self._set_before_held(False)
        else:
            super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take keys before a shortcut does."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the ring."""
        self._update_pointer()
        self._pointer.position = None
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Treat held keys as released."""
        self._set_space(False)
        self._set_before_held(False)
        self._set_modifiers(Qt.KeyboardModifier.NoModifier)
        super().focusOutEvent(event)

    def _begin(self, editor: Editor, position: QPointF, at: Point) -> Gesture:
        if not self._space_held and self._over_split(position):
            return SplitGesture(self)
        self._pointer.position = position
        return begin_gesture(self._effective_tool(), self, editor, at, self._radius, self._hardness)

    def _may_navigate(self) -> bool:
        return self._gesture is None

    def _drop_gesture(self) -> None:
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()
            self._show_cursor()

    def _takes(self, event: QKeyEvent) -> bool:
        if self._viewport is None:
            return False
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            return True
        if self._tool is Tool.PICK and self._picks.takes_key(event.key()):
            return True
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier)
        return (event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Backslash) and plain) or is_arrow(event)

    def _set_space(self, held: bool) -> None:
        if held != self._space_held:
            self._update_pointer()
            self._space_held = held
            self._show_cursor()
            self._update_pointer()

    def _set_before_held(self, held: bool) -> None:
        self.set_before(held or self._tool is Tool.EYEDROPPER)  # the eyedropper picks from the original

    def _set_modifiers(self, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers != self._modifiers:
            self._update_pointer()
            self._modifiers = modifiers
            self._update_pointer()
            if self._outline.shown and self._gesture is not None and self._pointer.position is not None:
                self._gesture.move(self._to_device(self._pointer.position))

    def _effective_tool(self) -> Tool:
        if self._space_held:
            return Tool.PAN
        return self._tool.swapped if self._modifiers & Qt.KeyboardModifier.AltModifier else self._tool

    def _over_split(self, position: QPointF) -> bool:
        if self._split is None or self._before:
            return False
        return self._split.is_at(position, self.viewport, self.devicePixelRatioF())

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._viewport is not None:
            pointer, idle = self._pointer.position, self._gesture is None and not self._space_held
            if isinstance(self._gesture, PanGesture):
                shape = Qt.CursorShape.ClosedHandCursor
            elif isinstance(self._gesture, SplitGesture) or (
                idle and pointer is not None and self._over_split(pointer)
            ):
                shape = Qt.CursorShape.SplitHCursor
            else:
                shape = self._effective_tool().cursor
        if self.cursor().shape() is not shape:
            self.setCursor(QCursor(shape))


def _after(event: QKeyEvent) -> Qt.KeyboardModifier:
    """The modifiers that are held once the key is pressed or released; the event has those from before."""
    changed = {
        Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
        Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
        Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
    }.get(Qt.Key(event.key()), Qt.KeyboardModifier.NoModifier)
    if event.type() == QEvent.Type.KeyPress:
        return event.modifiers() | changed
    return event.modifiers() & ~changed
