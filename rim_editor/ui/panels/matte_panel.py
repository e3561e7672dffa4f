"""The matte panel: the view, the parts of the matte, and the controls of its edge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rim_editor.documents.document import MatteControls
from rim_editor.documents.rendering import View, ViewMode
from rim_editor.editor.events import DocumentChanged, Subscription
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget, scroll_area
from rim_editor.ui.panels.amount_slider import AmountSlider
from rim_editor.ui.panels.colour_button import ColourButton
from rim_editor.ui.panels.input_widgets import ChoiceBox
from rim_editor.ui.panels.part_list import PartList
from rim_editor.ui.panels.sections import Section
from rim_editor.ui.theme import SPACE, TIGHT

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor

_MODES = marked(
    {
        ViewMode.RESULT: ("Result", "The result of the edit"),
        ViewMode.OVERLAY: ("Overlay", "The matte as a colour over the image"),
        ViewMode.ON_BLACK: ("On black", "The object on black"),
        ViewMode.ON_WHITE: ("On white", "The object on white"),
        ViewMode.ON_COLOUR: ("On colour", "The object on a colour"),
        ViewMode.BLACK_AND_WHITE: ("Black and white", "The matte alone"),
        ViewMode.MARCHING_ANTS: ("Marching ants", "The outline of the matte"),
        ViewMode.ORIGINAL: ("Original", "The image as it was opened"),
    }
)


_HOLES_TIP = marked("Close what the matte wholly surrounds; a hole that shows the background stays open")
_LARGEST_TIP = marked("Holes larger than this share of the object stay open")


class MattePanel(QWidget):
    """View, parts and controls of the matte; the view belongs to the canvas, the rest to the document."""

    view_changed = Signal(View)
    """The user chose this View."""
    part_pointed_at = Signal(object)
    """The Part that the user points at in the list; None for none."""
    eyedropper_requested = Signal(object)
    """The user wants to pick a Colour from the image: call the emitted function with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matte_panel")
        self.setAccessibleName(tr("Matte"))
        self._editor: Editor | None = None
        self._subscription = Subscription()

        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(TIGHT, SPACE, SPACE, SPACE)
        column.setSpacing(TIGHT)
        column.addWidget(self._parts_group())
        column.addWidget(self._controls_group())
        column.addWidget(self._view_group())
        column.addStretch(1)
        self._column = column
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll_area(inside))
        self.set_view(View())
        self.set_editor(None)

    def put_around_parts(self, above: QWidget, below: QWidget) -> None:
        """Put other panels above and below the list of the parts, where they scroll along with the sections."""
        self._column.insertWidget(0, above)
        self._column.insertWidget(2, below)

    def set_editor(self, editor: Editor | None) -> None:
        """Show and change the matte of this editor; None when no image is open."""
        self._editor = editor
        self._subscription.change(editor, self._on_event)
        for group in (self._view, self._parts, self._controls):
            group.inside.setEnabled(editor is not None)
        self._refresh()

    def view(self) -> View:
        """How the image is shown, according to the widgets."""
        opacity, colour = self._opacity.value() / 100, self._colour.colour()
        return View(ViewMode(self._mode.value()), opacity, colour, self._automatic.isChecked())

    def set_view(self, view: View) -> None:
        """Show this view in the widgets; emits nothing."""
        self._mode.set_value(view.mode)
        self._opacity.set_value(100 * view.opacity)
        self._colour.set_colour(view.colour)
        with QSignalBlocker(self._automatic):
            self._automatic.setChecked(view.automatic)
        self._enable_options()

    def _view_group(self) -> Section:
        self._view = Section("view", tr("View"))
        form = QFormLayout(self._view.inside)
        form.setContentsMargins(SPACE, 0, SPACE, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._mode = ChoiceBox("view_mode", tr("What the canvas shows (keys 1 to 8)"), _MODES)
        self._mode.currentIndexChanged.connect(self._view_chosen)
        form.addRow(tr("Sho&w"), self._mode)
        self._opacity = AmountSlider(
            "opacity", tr("&Opacity"), 0, 100, suffix=" %", tip=tr("How much of the view covers the image")
        )
        self._opacity.changed.connect(self._view_chosen)
        form.addRow(self._opacity)
        self._colour = ColourButton("view_colour", tr("Colour of the view"), View().colour)
        self._colour.colour_chosen.connect(self._view_chosen)
        self._colour.eyedropper_requested.connect(lambda: self.eyedropper_requested.emit(self._colour.choose))
        form.addRow(tr("Colo&ur"), self._colour)
        self._automatic = name_widget(QCheckBox(tr("Contrast with the ob&ject")), "view_automatic")
        self._automatic.setToolTip(tr("Let the overlay take a colour that the object does not have"))
        self._automatic.toggled.connect(self._view_chosen)
        form.addRow(self._automatic)
        return self._view

    def _parts_group(self) -> Section:
        self._parts = Section("parts", tr("Selections"))
        column = QVBoxLayout(self._parts.inside)
        column.setContentsMargins(SPACE, 0, SPACE, 0)
        self._list = PartList()
        self._list.setToolTip(tr("What was found, painted and drawn, in its order; Delete removes what is selected"))
        self._list.removed.connect(self._remove)
        self._list.pointed_at.connect(self._pointed_at)
        column.addWidget(self._list, 1)
        self._clear = name_widget(QPushButton(tr("Clear matte")), "clear_matte")
        self._clear.setToolTip(tr("Start the matte from nothing"))
        self._clear.clicked.connect(self._clear_matte)
        column.addWidget(self._clear)
        return self._parts

    def _controls_group(self) -> Section:
        self._controls = Section("edge", tr("Edge"))
        column = QVBoxLayout(self._controls.inside)
        column.setContentsMargins(SPACE, 0, SPACE, 0)
        self._amounts = {
            "shift_edge": AmountSlider(
                "shift_edge", tr("Shift ed&ge"), -50, 50, suffix=" px", decimals=1,
                tip=tr("Move the edge outwards (more) or inwards (less)"),
            ),
            "feather": AmountSlider(
                "feather", tr("Feathe&r"), 0, 100, suffix=" px", decimals=1, tip=tr("Soften the edge"),
            ),
            "contrast": AmountSlider("contrast", tr("&Contrast"), 0, 100, suffix=" %", tip=tr("Harden the edge")),
        }  # fmt: skip
        for name, amount in self._amounts.items():
            amount.changed.connect(lambda value, name=name: self._control(name, value / _scale(name), gesture=name))
            amount.settled.connect(self._end_gesture)
            column.addWidget(amount)
        self._boxes = {
            "fill_holes": name_widget(QCheckBox(tr("Fill hole&s")), "fill_holes"),
            "invert": name_widget(QCheckBox(tr("I&nvert")), "invert"),
        }
        self._boxes["fill_holes"].setToolTip(tr(_HOLES_TIP))
        self._boxes["invert"].setToolTip(tr("Swap the object and its surroundings (Ctrl+I)"))
        row = QHBoxLayout()
        for name, box in self._boxes.items():
            box.toggled.connect(lambda on, name=name: self._control(name, on))
            row.addWidget(box)
        row.addStretch(1)
        column.addLayout(row)
        hole = AmountSlider("largest_hole", tr("Largest hole"), 0, 100, suffix=" %", decimals=1, tip=tr(_LARGEST_TIP))
        hole.changed.connect(lambda value: self._control("largest_hole", value, gesture="largest_hole"))
        hole.settled.connect(self._end_gesture)
        self._amounts["largest_hole"] = hole
        column.addWidget(hole)
        self._reset = name_widget(QPushButton(tr("Reset edge")), "reset_controls")
        self._reset.setToolTip(tr("Shift, feather, contrast, holes and invert as they were at first"))
        self._reset.clicked.connect(self._reset_controls)
        column.addWidget(self._reset)
        return self._controls

    def _on_event(self, event: object) -> None:
        if isinstance(event, DocumentChanged):
            self._refresh()

    def _refresh(self) -> None:
        document = None if self._editor is None else self._editor.document
        parts = () if document is None else document.parts
        controls = MatteControls() if document is None else document.controls
        self._list.set_parts(parts)
        self._clear.setEnabled(bool(parts))
        for name, amount in self._amounts.items():
            amount.set_value(_scale(name) * getattr(controls, name))
        for name, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setChecked(getattr(controls, name))
        self._amounts["largest_hole"].setEnabled(controls.fill_holes)
        self._reset.setEnabled(controls != MatteControls())

    def _view_chosen(self, _value: object = None) -> None:
        self._enable_options()
        self.view_changed.emit(self.view())

    def _enable_options(self) -> None:
        mode = ViewMode(self._mode.value())
        self._opacity.setEnabled(mode is ViewMode.OVERLAY)
        self._automatic.setEnabled(mode is ViewMode.OVERLAY)
        chosen = mode is ViewMode.OVERLAY and not self._automatic.isChecked()
        self._colour.setEnabled(chosen or mode is ViewMode.ON_COLOUR)

    def _control(self, name: str, value: float | bool, gesture: str = "") -> None:
        if self._editor is not None:
            changed: dict[str, Any] = {name: value}
            self._editor.set_controls(replace(self._editor.document.controls, **changed), gesture=gesture)
            if getattr(self._editor.document.controls, name) != value:  # the layer is locked or hidden
                self._refresh()

    def _clear_matte(self) -> None:
        if self._editor is not None:
            self._editor.clear_matte()

    def _end_gesture(self) -> None:
        if self._editor is not None:
            self._editor.end_gesture()

    def _reset_controls(self) -> None:
        if self._editor is not None:
            self._editor.set_controls(MatteControls())

    def _pointed_at(self, place: int) -> None:
        parts = () if self._editor is None else self._editor.document.parts
        self.part_pointed_at.emit(parts[place] if 0 <= place < len(parts) else None)

    def _remove(self, places: tuple[int, ...]) -> None:
        if self._editor is not None:
            self._editor.remove_parts(places)


def _scale(name: str) -> float:
    return 100 if name == "contrast" else 1
