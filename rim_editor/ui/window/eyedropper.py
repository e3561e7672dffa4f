"""Picking a colour from the image: the tool is lent out for one colour, then the one before comes back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from rim_editor.edits import Colour
from rim_editor.ui.canvas.canvas import Canvas
from rim_editor.ui.canvas.tools import Tool


class Eyedropper(QObject):
    """Gives the next colour that is picked on the canvas to whoever asked last."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._take: Callable[[Colour], None] | None = None
        self._before = Tool.PAN
        canvas.colour_picked.connect(self._picked)
        canvas.tool_changed.connect(self._tool_changed)

    def pick(self, take: Callable[[Colour], None]) -> None:
        """Have the user pick a colour of the image and give it to `take`; another tool calls it off."""
        if self._canvas.tool is not Tool.EYEDROPPER:
            self._before = self._canvas.tool
        self._canvas.set_tool(Tool.EYEDROPPER)
        self._take = take

    def cancel(self) -> bool:
        """Give up picking, if that is going on; whether it was."""
        picking = self._take is not None
        if picking:
            self._canvas.set_tool(self._before)
        return picking

    def _picked(self, colour: Colour) -> None:
        take, self._take = self._take, None
        self._canvas.set_tool(self._before)
        if take is not None:
            take(colour)

    def _tool_changed(self, tool: Tool) -> None:
        if tool is not Tool.EYEDROPPER:
            self._take = None
