"""The options of the brush: size and hardness; shown while a tool that paints is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from rim_editor.translation import tr
from rim_editor.ui.canvas.tools import MAX_BRUSH_RADIUS, MIN_BRUSH_RADIUS, Tool
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.amount_slider import AmountSlider
from rim_editor.ui.panels.sections import Section
from rim_editor.ui.theme import SPACE

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor


class BrushPanel(QWidget):
    """Size, which is the diameter, and hardness of the brush."""

    brush_changed = Signal(float, float)
    """Radius in pixels of the image and hardness 0 to 1."""
    edges_chosen = Signal(bool)
    """The user wants brush and eraser to stop at edges, or not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("brush_panel")
        self.setAccessibleName(tr("Brush"))
        self._size = AmountSlider(
            "brush_size",
            tr("Si&ze"),
            2 * MIN_BRUSH_RADIUS,
            2 * MAX_BRUSH_RADIUS,
            suffix=" px",
            tip=tr("Diameter of the brush in pixels of the image ([ and ])"),
        )
        self._size.set_value(60)
        self._hardness = AmountSlider(
            "brush_hardness", tr("H&ardness"), 0, 100, suffix=" %", tip=tr("How sharp the rim of the brush is")
        )
        self._hardness.set_value(80)
        for amount in (self._size, self._hardness):
            amount.changed.connect(lambda _value: self.brush_changed.emit(*self.brush()))
        self._edges = name_widget(QCheckBox(tr("Follow edges")), "follow_edges")
        self._edges.setToolTip(
            tr("Brush and eraser take only what is like the middle of the stroke, and stop at edges (W)")
        )
        self._edges.setChecked(True)
        self._edges.toggled.connect(self.edges_chosen)
        section = Section("brush", tr("Brush"))
        options = QVBoxLayout(section.inside)
        options.setContentsMargins(SPACE, 0, SPACE, 0)
        options.addWidget(self._size)
        options.addWidget(self._hardness)
        options.addWidget(self._edges)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(section)
        self.hide()
        self.set_editor(None)

    def set_editor(self, editor: Editor | None) -> None:
        """With None there is nothing to paint on, and the panel is greyed out."""
        self.setEnabled(editor is not None)

    def brush(self) -> tuple[float, float]:
        """Radius in pixels of the image and hardness 0 to 1."""
        return self._size.value() / 2, self._hardness.value() / 100

    def set_brush(self, radius: float, hardness: float) -> None:
        """Show this brush; emits nothing. The radius is kept within the limits of the canvas."""
        self._size.set_value(2 * min(max(radius, MIN_BRUSH_RADIUS), MAX_BRUSH_RADIUS))
        self._hardness.set_value(100 * hardness)

    def set_follows_edges(self, follows: bool) -> None:
        """Show whether brush and eraser stop at edges; emits nothing."""
        with QSignalBlocker(self._edges):
            self._edges.setChecked(follows)

    def set_tool(self, tool: Tool) -> None:
        """Show the options if the tool paints, and hide them for the others."""
        self.setVisible(tool.brush is not None)
