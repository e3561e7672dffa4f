"""The tools of the canvas, and radius and hardness of the brush."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QToolButton, QVBoxLayout, QWidget

from rim_editor.ui.canvas.tools import MAX_BRUSH_RADIUS, MIN_BRUSH_RADIUS, Tool
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.input_widgets import AmountSlider
from rim_editor.ui.theme import icon

if TYPE_CHECKING:
    from rim_editor.editor import Editor

_ROWS = (
    (Tool.PAN, "Move", "fa6s.hand", "Drag to move the image", "H"),
    (Tool.KEEP, "Brush", "fa6s.paintbrush", "Paint what belongs to the object", "B"),
    (Tool.REMOVE, "Eraser", "fa6s.eraser", "Paint what does not belong to the object", "E"),
    (Tool.REFINE, "Refine", "fa6s.feather", "Paint along hair and soft edges to refine them", "R"),
    (
        Tool.LASSO,
        "Lasso",
        "fa6s.draw-polygon",
        "Draw around what belongs to the object; with Alt or Ctrl, what does not",
        "L",
    ),
    (
        Tool.RECTANGLE,
        "Rectangle",
        "fa6s.vector-square",
        "Drag a rectangle over what belongs to the object; with Alt or Ctrl, what does not",
        "M",
    ),
)


class BrushPanel(QWidget):
    """One of the tools, and radius and hardness of the brush."""

    tool_chosen = Signal(Tool)
    """The user chose this tool."""
    brush_changed = Signal(float, float)
    """Radius in pixels of the image and hardness 0 to 1."""
    edges_chosen = Signal(bool)
    """The user wants brush and eraser to stop at edges, or not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("brush_panel")
        self.setAccessibleName("Brush")
        self._group = QButtonGroup(self)
        tools = QGridLayout()
        tools.setSpacing(2)
        for place, (tool, text, _, tip, key) in enumerate(_ROWS):
            button = name_widget(QToolButton(), f"tool_{tool.value}")
            button.setCheckable(True)
            button.setText(text)
            button.setToolTip(f"{tip} ({key})")
            button.setAccessibleName(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            self._group.addButton(button, place)
            tools.addWidget(button, *divmod(place, 3))
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(lambda place: self.tool_chosen.emit(_ROWS[place][0]))

        self._radius = AmountSlider(
            "brush_radius",
            "Ra&dius",
            MIN_BRUSH_RADIUS,
            MAX_BRUSH_RADIUS,
            suffix=" px",
            tip="Size of the brush ([ and ])",
        )
        self._radius.set_value(30)
        self._hardness = AmountSlider(
            "brush_hardness", "H&ardness", 0, 100, suffix=" %", tip="How sharp the rim of the brush is"
        )
        self._hardness.set_value(80)
        for amount in (self._radius, self._hardness):
            amount.changed.connect(lambda _value: self.brush_changed.emit(*self.brush()))
        self._edges = name_widget(QCheckBox("Follo&w edges"), "follow_edges")
        self._edges.setToolTip(
            "Brush and eraser take only what is like the middle of the stroke, and stop at edges (W)"
        )
        self._edges.setChecked(True)
        self._edges.toggled.connect(self.edges_chosen)
        column = QVBoxLayout(self)
        column.addLayout(tools)
        column.addWidget(self._radius)
        column.addWidget(self._hardness)
        column.addWidget(self._edges)
        self.set_editor(None)

    def set_editor(self, editor: Editor | None) -> None:
        """With None there is nothing to paint on, and the panel is greyed out."""
        self.setEnabled(editor is not None)

    def brush(self) -> tuple[float, float]:
        """Radius in pixels of the image and hardness 0 to 1."""
        return self._radius.value(), self._hardness.value() / 100

    def set_brush(self, radius: float, hardness: float) -> None:
        """Show this brush; emits nothing. The radius is kept within the limits of the canvas."""
        self._radius.set_value(min(max(radius, MIN_BRUSH_RADIUS), MAX_BRUSH_RADIUS))
        self._hardness.set_value(100 * hardness)

    def set_follows_edges(self, follows: bool) -> None:
        """Show whether brush and eraser stop at edges; emits nothing."""
        with QSignalBlocker(self._edges):
            self._edges.setChecked(follows)

    def set_tool(self, tool: Tool) -> None:
        """Show the tool that is in use; emits nothing. For a tool without a button here, none is checked."""
        for place, row in enumerate(_ROWS):
            if row[0] is tool:
                self._group.button(place).setChecked(True)
                return
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        for place, (_, _, name, _, _) in enumerate(_ROWS):
            self._group.button(place).setIcon(icon(name))
