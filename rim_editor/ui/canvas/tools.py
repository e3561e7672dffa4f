"""The tools of the hand on the canvas: each is a gesture from the press of a button to its release."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from rim_editor.document import Brush, Stroke
from rim_editor.edits import Background
from rim_editor.ui.canvas.live_strokes import LiveStroke
from rim_editor.ui.canvas.stroke_points import far_enough, simplified

if TYPE_CHECKING:
    from rim_editor.editor import Editor
    from rim_editor.edits import Colour
    from rim_editor.ui.canvas.viewport import Spot, Viewport


class Tool(StrEnum):
    """What a drag on the canvas does."""

    PAN = "pan"
    KEEP = "keep"
    REMOVE = "remove"
    REFINE = "refine"
    EYEDROPPER = "eyedropper"
    MOVE_BACKGROUND = "move_background"

    @property
    def brush(self) -> Brush | None:
        """The brush that the tool paints with; None when it paints nothing."""
        return Brush(self.value) if self in (Tool.KEEP, Tool.REMOVE, Tool.REFINE) else None

    @property
    def swapped(self) -> Tool:
        """What it is while Alt is held: brush and eraser change places."""
        return {Tool.KEEP: Tool.REMOVE, Tool.REMOVE: Tool.KEEP}.get(self, self)


class Surface(Protocol):
    """What gestures need of the canvas."""

    @property
    def viewport(self) -> Viewport:
        """Where the image lies."""

    def look(self, viewport: Viewport) -> None:
        """Show the image so."""

    def stroke_began(self, stroke: LiveStroke) -> None:
        """Show a stroke of one point."""

    def stroke_grew(self, stroke: LiveStroke, spot: Spot) -> None:
        """Lead the stroke to another spot of the image."""

    def stroke_dropped(self, stroke: LiveStroke) -> None:
        """Show it no more."""

    def hover_colour(self, colour: Colour | None) -> None:
        """Show the colour under the eyedropper, or none."""

    def pick(self, colour: Colour) -> None:
        """Tell the colour that was chosen."""

    def move_split(self, x: float) -> None:
        """Put the line between before and after there, in pixels of the device from the left."""


class Gesture(Protocol):
    """From the press to the release; spots are of the window, in pixels of the device."""

    def move(self, at: Spot) -> None:
        """The pointer is here now."""

    def finish(self) -> None:
        """The button was released."""

    def cancel(self) -> None:
        """The user thought better of it."""


class Pan:
    """Moves the image in the window."""

    def __init__(self, surface: Surface, at: Spot) -> None:
        self._surface, self._last = surface, at

    def move(self, at: Spot) -> None:
        """Move the image along."""
        self._surface.look(self._surface.viewport.panned(at[0] - self._last[0], at[1] - self._last[1]))
        self._last = at

    def finish(self) -> None:
        """Leave it there."""

    def cancel(self) -> None:
        """Leave it there."""


class SplitDrag:
    """Moves the line between before and after."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface

    def move(self, at: Spot) -> None:
        """Take the line along."""
        self._surface.move_split(at[0])

    def finish(self) -> None:
        """Leave it there."""

    def cancel(self) -> None:
        """Leave it there."""


class Paint:
    """Paints a stroke, and gives it to the editor when the button is released."""

    def __init__(
        self, surface: Surface, editor: Editor, at: Spot, brush: Brush, radius: float, hardness: float
    ) -> None:
        self._surface, self._editor, self._hardness = surface, editor, hardness
        self._stroke = LiveStroke(brush, radius, [surface.viewport.to_image(at)])
        surface.stroke_began(self._stroke)

    def move(self, at: Spot) -> None:
        """Lead the stroke on, by steps that can be seen."""
        viewport = self._surface.viewport
        spot = viewport.to_image(at)
        if far_enough(self._stroke.points[-1], spot, 1 / viewport.zoom):
            self._surface.stroke_grew(self._stroke, spot)

    def finish(self) -> None:
        """Paint it; a stroke that is wholly beside the image is dropped."""
        stroke, viewport = self._stroke, self._surface.viewport
        # Half a pixel of the screen cannot be seen, and a twentieth of the brush does not matter.
        tolerance = max(0.5 / viewport.zoom, stroke.radius / 20)
        points = simplified(stroke.points, tolerance)
        if not _touches(stroke, viewport.image):
            self._surface.stroke_dropped(stroke)
            return
        self._editor.paint(Stroke(stroke.brush, points, stroke.radius, self._hardness))

    def cancel(self) -> None:
        """Drop the stroke."""
        self._surface.stroke_dropped(self._stroke)


class Pick:
    """Picks a colour of the original where the button is released."""

    def __init__(self, surface: Surface, editor: Editor, at: Spot) -> None:
        self._surface, self._editor = surface, editor
        self._colour: Colour | None = None
        self.move(at)

    def move(self, at: Spot) -> None:
        """Show the colour that is here."""
        x, y = self._surface.viewport.to_image(at)
        pixels = self._editor.document.source.pixels
        self._colour = None
        if 0 <= x < pixels.shape[1] and 0 <= y < pixels.shape[0]:
            red, green, blue = (int(value) for value in pixels[int(y), int(x)])
            self._colour = (red, green, blue)
        self._surface.hover_colour(self._colour)

    def finish(self) -> None:
        """Tell it, if there is one here."""
        self._surface.hover_colour(None)
        if self._colour is not None:
            self._surface.pick(self._colour)

    def cancel(self) -> None:
        """Pick nothing."""
        self._surface.hover_colour(None)


class MoveBackground:
    """Moves the background of the edit; one step to undo."""

    @staticmethod
    def possible(editor: Editor) -> bool:
        """Whether the edit has a background that can be moved."""
        return isinstance(editor.document.edit, Background)

    def __init__(self, surface: Surface, editor: Editor, at: Spot) -> None:
        self._surface, self._editor = surface, editor
        self._from = surface.viewport.to_image(at)
        edit = editor.document.edit
        self._offset = edit.held(*editor.document.size).offset if isinstance(edit, Background) else (0.0, 0.0)
        self._moved = False

    def move(self, at: Spot) -> None:
        """Take the background along."""
        edit = self._editor.document.edit
        if not isinstance(edit, Background):
            return
        (x, y), (width, height) = self._surface.viewport.to_image(at), self._editor.document.size
        offset = (self._offset[0] + (x - self._from[0]) / width, self._offset[1] + (y - self._from[1]) / height)
        moved = replace(edit, offset=offset).held(width, height)
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


def _touches(stroke: LiveStroke, image: tuple[int, int]) -> bool:
    xs, ys = [x for x, _ in stroke.points], [y for _, y in stroke.points]
    reach = stroke.radius
    beside = min(xs) >= image[0] + reach or max(xs) <= -reach
    return not (beside or min(ys) >= image[1] + reach or max(ys) <= -reach)
