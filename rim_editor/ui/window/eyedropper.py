"""Picks one colour from the image, then switches the canvas back to the tool that was used before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from rim_editor.documents.edits import Colour
from rim_editor.ui.canvas.canvas import Canvas
from rim_editor.ui.canvas.tools import Tool


class Eyedropper(QObject):
    """Calls back with the next colour that is picked on the canvas; the newest request counts."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._on_picked: Callable[[Colour], None] | None = None
        self._before = Tool.PAN
        canvas.colour_picked.connect(self._colour_picked)
        canvas.tool_changed.connect(self._tool_changed)

    def pick(self, on_picked: Callable[[Colour], None]) -> None:
        """Let the user pick a colour of the image, and pass it to `on_picked`; choosing another tool cancels this."""
        if self._canvas.tool is not Tool.EYEDROPPER:
            self._before = self._canvas.tool
        self._canvas.set_tool(Tool.EYEDROPPER)
        self._on_picked = on_picked

    def cancel(self) -> bool:
        """Cancel picking; returns whether it was in progress."""
        picking = self._on_picked is not None
        if picking:
            self._canvas.set_tool(self._before)
        return picking

    def _colour_picked(self, colour: Colour) -> None:
        on_picked, self._on_picked = self._on_picked, None
        self._canvas.set_tool(self._before)
        if on_picked is not None:
            on_picked(colour)

    def _tool_changed(self, tool: Tool) -> None:
        if tool is not Tool.EYEDROPPER:
            self._on_picked = None
