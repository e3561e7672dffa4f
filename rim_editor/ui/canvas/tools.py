"""The tools of the canvas; the gesture of each lasts from the press of the mouse button to its release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt

from rim_editor.documents.document import Brush, Point, Stroke
from rim_editor.documents.edge_following import GrowingCover, is_smart, point_distance, remember
from rim_editor.documents.edits import Background
from rim_editor.ui.canvas.brush_marks import LiveStroke, LiveStrokes
from rim_editor.ui.canvas.pick_gestures import PickObjectGesture
from rim_editor.ui.canvas.place_gestures import PlaceGesture
from rim_editor.ui.canvas.region_gestures import LassoGesture, RectangleGesture
from rim_editor.ui.canvas.stroke_points import far_enough, simplified

if TYPE_CHECKING:
    from rim_editor.documents.edits import Colour
    from rim_editor.editor.editor import Editor
    from rim_editor.ui.canvas.pick_marks import PickMarks
    from rim_editor.ui.canvas.place_marks import PlaceMarks
    from rim_editor.ui.canvas.viewport import Viewport

MIN_BRUSH_RADIUS, MAX_BRUSH_RADIUS = 1.0, 500.0
"""In pixels of the image."""


class Tool(StrEnum):
    """The tool that a drag on the canvas uses."""

    PAN = "pan"
    KEEP = "keep"
    REMOVE = "remove"
    REFINE = "refine"
    LASSO = "lasso"
    RECTANGLE = "rectangle"
    PICK = "pick"
    PLACE = "place"
    EYEDROPPER = "eyedropper"
    MOVE_BACKGROUND = "move_background"

    @property
    def brush(self) -> Brush | None:
        """The brush that the tool paints with; None when it paints nothing."""
        return Brush(self.value) if self in (Tool.KEEP, Tool.REMOVE, Tool.REFINE) else None

    @property
    def swapped(self) -> Tool:
        """The tool while Alt is held: brush and eraser change places."""
        return {Tool.KEEP: Tool.REMOVE, Tool.REMOVE: Tool.KEEP}.get(self, self)

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer over an image, outside of a gesture."""
        if self.brush is not None or self in (Tool.EYEDROPPER, Tool.LASSO, Tool.RECTANGLE, Tool.PICK):
            return Qt.CursorShape.CrossCursor
        moves = self in (Tool.MOVE_BACKGROUND, Tool.PLACE)
        return Qt.CursorShape.SizeAllCursor if moves else Qt.CursorShape.OpenHandCursor


class GestureTarget(Protocol):
    """The parts of the canvas that gestures use."""

    @property
    def viewport(self) -> Viewport:
        """Where the image is in the window."""

    def set_viewport(self, viewport: Viewport) -> None:
        """Show the image through this viewport."""

    @property
    def strokes(self) -> LiveStrokes:
        """The strokes that the matte does not show yet."""

    @property
    def follows_edges(self) -> bool:
        """Whether brush and eraser stop at edges of the image."""

    @property
    def modifiers(self) -> Qt.KeyboardModifier:
        """The keys that are held."""

    def set_outline(self, points: Sequence[Point], *, adds: bool) -> None:
        """Show the outline of a region through these points of the image, or none without points."""

    def set_swatch(self, colour: Colour | None) -> None:
        """Show the colour under the eyedropper, or none."""

    def pick(self, colour: Colour) -> None:
        """Emit the colour that was picked."""

    @property
    def picks(self) -> PickMarks:
        """The clicks and the box that show the object."""

    @property
    def places(self) -> PlaceMarks:
        """The handles around the object."""

    def move_split(self, x: float) -> None:
        """Move the line between before and after to x, in device pixels from the left."""


class Gesture(Protocol):
    """From the press to the release; points are of the window, in device pixels."""

    def move(self, at: Point) -> None:
        """The pointer has moved here."""

    def finish(self) -> None:
        """The button was released."""

    def cancel(self) -> None:
        """The user cancelled the gesture."""


class PanGesture:
    """Moves the image in the window."""

    def __init__(self, target: GestureTarget, at: Point) -> None:
        self._target, self._last = target, at

    def move(self, at: Point) -> None:
        """Move the image along."""
        self._target.set_viewport(self._target.viewport.panned(at[0] - self._last[0], at[1] - self._last[1]))
        self._last = at

    def finish(self) -> None:
        """Leave it there."""

    def cancel(self) -> None:
        """Leave it there."""


class SplitGesture:
    """Moves the line between before and after."""

    def __init__(self, target: GestureTarget) -> None:
        self._target = target

    def move(self, at: Point) -> None:
        """Move the line to the pointer."""
        self._target.move_split(at[0])

    def finish(self) -> None:
        """Leave it there."""

    def cancel(self) -> None:
        """Leave it there."""


class PaintGesture:
    """Paints a stroke, and passes it to the editor when the button is released.

    With Shift it begins where the last stroke ended: a click draws a straight line from there.
    """

    def __init__(
        self, target: GestureTarget, editor: Editor, at: Point, brush: Brush, radius: float, hardness: float
    ) -> None:
        self._target, self._editor, self._hardness = target, editor, hardness
        here, last = target.viewport.to_image(at), target.strokes.last_end
        joined = last is not None and bool(target.modifiers & Qt.KeyboardModifier.ShiftModifier)
        first = last if joined and last is not None else here
        self._edges: GrowingCover | None = None
        self._least = 0.0
        if target.follows_edges and is_smart(Stroke(brush, (first,), radius, follows_edges=True)):
            self._edges = GrowingCover(editor.document.source.pixels, radius, hardness)
            self._least = point_distance(radius)
        self._stroke, self._here = LiveStroke(brush, radius, [first], self._edges), here
        target.strokes.begin(self._stroke, target.viewport)
        if joined:
            target.strokes.extend(self._stroke, here)

    def move(self, at: Point) -> None:
        """Continue the stroke, by steps that can be seen."""
        viewport = self._target.viewport
        self._here = viewport.to_image(at)
        if far_enough(self._stroke.points[-1], self._here, max(1 / viewport.zoom, self._least)):
            self._target.strokes.extend(self._stroke, self._here)

    def finish(self) -> None:
        """Paint it; a stroke that is entirely outside the image is dropped."""
        stroke, viewport = self._stroke, self._target.viewport
        if far_enough(stroke.points[-1], self._here, 1 / viewport.zoom):
            self._target.strokes.extend(stroke, self._here)
        # Half a pixel of the screen cannot be seen, and a twentieth of the brush does not matter.
        tolerance = max(0.5 / viewport.zoom, stroke.radius / 20)
        points = tuple(stroke.points) if self._edges is not None else simplified(stroke.points, tolerance)
        if not _touches(stroke, viewport.image):
            self._target.strokes.drop(stroke)
            return
        self._target.strokes.end()
        painted = Stroke(stroke.brush, points, stroke.radius, self._hardness, self._edges is not None)
        if self._edges is not None:
            remember(painted, self._editor.document.source.pixels, self._edges)
        self._editor.paint(painted)

    def cancel(self) -> None:
        """Drop the stroke."""
        self._target.strokes.drop(self._stroke)


class PickGesture:
    """Picks a colour of the original where the button is released."""

    def __init__(self, target: GestureTarget, editor: Editor, at: Point) -> None:
        self._target, self._editor = target, editor
        self._colour: Colour | None = None
        self.move(at)

    def move(self, at: Point) -> None:
        """Show the colour that is here."""
        x, y = self._target.viewport.to_image(at)
        pixels = self._editor.document.source.pixels
        self._colour = None
        if 0 <= x < pixels.shape[1] and 0 <= y < pixels.shape[0]:
            red, green, blue = (int(value) for value in pixels[int(y), int(x)])
            self._colour = (red, green, blue)
        self._target.set_swatch(self._colour)

    def finish(self) -> None:
        """Pick it, if there is one here."""
        self._target.set_swatch(None)
        if self._colour is not None:
            self._target.pick(self._colour)

    def cancel(self) -> None:
        """Pick nothing."""
        self._target.set_swatch(None)


class MoveBackgroundGesture:
    """Moves the background of the edit; one step to undo."""

    def __init__(self, target: GestureTarget, editor: Editor, at: Point) -> None:
        self._target, self._editor = target, editor
        self._from = target.viewport.to_image(at)
        edit = editor.document.edit
        self._offset = edit.clamped(*editor.document.size).offset if isinstance(edit, Background) else (0.0, 0.0)
        self._moved = False

    def move(self, at: Point) -> None:
        """Move the background with the pointer."""
        edit = self._editor.document.edit
        if not isinstance(edit, Background):
            return
        (x, y), (width, height) = self._target.viewport.to_image(at), self._editor.document.size
        offset = (self._offset[0] + (x - self._from[0]) / width, self._offset[1] + (y - self._from[1]) / height)
        moved = replace(edit, offset=offset).clamped(width, height)
        if moved.offset != edit.offset:
            self._editor.set_edit(moved, gesture="offset")
            self._moved = True

    def finish(self) -> None:
        """Leave it there."""
        self._editor.end_gesture()

    def cancel(self) -> None:
        """Put it back."""
        self._editor.end_gesture()
        if self._moved:
            self._editor.undo()


def begin_gesture(
    tool: Tool, target: GestureTarget, editor: Editor, at: Point, radius: float, hardness: float
) -> Gesture:
    """The gesture that a press of the left button at a point of the window begins with this tool and brush."""
    if (brush := tool.brush) is not None:
        return PaintGesture(target, editor, at, brush, radius, hardness)
    if tool is Tool.PICK:
        return PickObjectGesture(target, at)
    if tool is Tool.PLACE and target.places.middle is not None:
        return PlaceGesture(target, editor, at)
    if tool is Tool.LASSO:
        return LassoGesture(target, editor, at)
    if tool is Tool.RECTANGLE:
        return RectangleGesture(target, editor, at)
    if tool is Tool.EYEDROPPER:
        return PickGesture(target, editor, at)
    if tool is Tool.MOVE_BACKGROUND and isinstance(editor.document.edit, Background):
        return MoveBackgroundGesture(target, editor, at)
    return PanGesture(target, at)


def _touches(stroke: LiveStroke, image: tuple[int, int]) -> bool:
    xs, ys = [x for x, _ in stroke.points], [y for _, y in stroke.points]
    reach = stroke.radius
    outside = min(xs) >= image[0] + reach or max(xs) <= -reach
    return not (outside or min(ys) >= image[1] + reach or max(ys) <= -reach)
