"""The tools of the canvas: a strip of buttons at its left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from rim_editor.translation import marked, tr
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.theme import TIGHT, TOOL_SIDE, icon

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor

_ROWS: tuple[tuple[Tool, str, str, str, str] | None, ...] = marked(
    (
        (Tool.PAN, "Move", "fa6s.hand", "Drag to move the image", "H"),
        (
            Tool.PICK,
            "Pick",
            "fa6s.arrow-pointer",
            "Click what to cut out, drag a box around it; Ctrl-click or right-click what to leave out",
            "P",
        ),
        None,
        (Tool.KEEP, "Brush", "fa6s.paintbrush", "Paint what belongs to the object", "B"),
        (Tool.REMOVE, "Eraser", "fa6s.eraser", "Paint what does not belong to the object", "E"),
        (Tool.REFINE, "Refine edge", "fa6s.feather", "Paint along hair and soft edges to refine them", "R"),
        None,
        (
            Tool.LASSO,
            "Lasso",
            "fa6s.draw-polygon",
            "Draw around what belongs to the object; with Alt, Ctrl or Subtract, what does not",
            "L",
        ),
        (
            Tool.RECTANGLE,
            "Rectangle",
            "fa6s.vector-square",
            "Drag a rectangle over what belongs to the object; with Alt, Ctrl or Subtract, what does not",
            "M",
        ),
        None,
        (
            Tool.PLACE,
            "Place",
            "fa6s.up-down-left-right",
            "Move the cut-out on its background; corners scale it, the round handle turns it",
            "T",
        ),
    )
)
"""The tools in their order; None is a line between groups."""


class ToolStrip(QWidget):
    """One button per tool, `tool_NAME`, one of them pressed."""

    tool_chosen = Signal(Tool)
    """The user chose this tool."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tool_strip")
        self.setAccessibleName(tr("Tools"))
        self._group = QButtonGroup(self)
        self._tools: list[Tool] = []
        self._icons: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(TIGHT, TIGHT, TIGHT, TIGHT)
        column.setSpacing(TIGHT)
        for row in _ROWS:
            if row is None:
                line = QFrame()
                line.setFrameShape(QFrame.Shape.HLine)
                line.setFrameShadow(QFrame.Shadow.Plain)
                line.setForegroundRole(QPalette.ColorRole.Mid)
                column.addWidget(line)
            else:
                column.addWidget(self._button(*row))
        column.addStretch(1)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(lambda place: self.tool_chosen.emit(self._tools[place]))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.set_editor(None)

    def set_editor(self, editor: Editor | None) -> None:
        """With None there is nothing to use a tool on, and the strip is greyed out."""
        self.setEnabled(editor is not None)

    def set_tool(self, tool: Tool) -> None:
        """Show the tool that is in use; emits nothing. For a tool without a button here, none is checked."""
        if tool in self._tools:
            self._group.button(self._tools.index(tool)).setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        for place, name in enumerate(self._icons):
            self._group.button(place).setIcon(icon(name))

    def _button(self, tool: Tool, text: str, icon_name: str, tip: str, key: str) -> QToolButton:
        button = name_widget(QToolButton(), f"tool_{tool.value}", f"{tr(text)} ({key})\n{tr(tip)}", tr(text))
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setIconSize(QSize(TOOL_SIDE, TOOL_SIDE))
        button.setFixedSize(QSize(TOOL_SIDE, TOOL_SIDE) + QSize(14, 12))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._group.addButton(button, len(self._tools))
        self._tools.append(tool)
        self._icons.append(icon_name)
        return button
