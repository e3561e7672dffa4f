"""Where the object stands on its background, in exact numbers, and its shadow, outline and match of colours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from rim_editor.documents.composition import Composition, Outline, Placement, Shadow
from rim_editor.documents.edits import Colour, Cutout, Edit, Highlight, MatteOnly
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget, wrapped_label
from rim_editor.ui.panels.amount_slider import AmountSlider
from rim_editor.ui.panels.colour_button import ColourButton
from rim_editor.ui.panels.sections import Section
from rim_editor.ui.theme import SPACE

_HIGHLIGHT = marked("A highlight leaves the object where it is.")
_MATCH = marked("Give the object the light and colours of the image behind it")
_NO_MATCH = marked("Needs an image behind the object: choose Background, or cut out on a layer above another")
_MATTE = marked("Of a matte alone, only its place can be changed.")


class CompositionPage(QWidget):
    """The sections Place, and Shadow and outline; both act on the active layer."""

    changed = Signal(object, str)
    """The user chose this Composition; the text names the gesture that it is part of, '' for none."""
    settled = Signal()
    """The gesture is over."""
    place_toggled = Signal(bool)
    """Whether dragging on the canvas should place the object."""
    eyedropper_requested = Signal(object)
    """The user wants to pick a Colour from the image: call the emitted function with it."""

    def __init__(self, prefix: str = "", parent: QWidget | None = None) -> None:
        """Object names of the widgets begin with `prefix`, where there is another page like this."""
        super().__init__(parent)
        self._prefix = prefix
        self._composition = Composition()
        self._note = wrapped_label(f"{prefix}composition_note")
        place, marks = Section(f"{prefix}place", tr("Place")), Section(f"{prefix}marks", tr("Shadow, outline, colours"))
        self._place, self._marks = QWidget(), QWidget()
        for section, inside in ((place, self._place), (marks, self._marks)):
            column = QVBoxLayout(section.inside)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(inside)
            section.set_open(False)
        self._lay_out_place()
        self._lay_out_marks()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (place, marks, self._note):
            column.addWidget(widget)
        self.show_composition(Composition(), Cutout(), behind=False)

    def composition(self) -> Composition:
        """The composition that the widgets show."""
        return self._composition

    def show_composition(self, composition: Composition, edit: Edit, *, behind: bool) -> None:
        """Show the composition of a layer with this edit; emits nothing.

        `behind` is whether an image is behind its object.
        """
        self._composition = composition
        placement = composition.placement
        shadow, outline = composition.shadow or Shadow(), composition.outline or Outline()
        for amount, value in (
            (self._right, 100 * placement.right),
            (self._down, 100 * placement.down),
            (self._scale, 100 * placement.scale),
            (self._angle, placement.angle),
            (self._match, 100 * composition.colour_match),
            (self._width, outline.width),
            (self._direction, shadow.angle % 360),
            (self._distance, shadow.distance),
            (self._softness, shadow.softness),
            (self._strength, 100 * shadow.strength),
        ):
            amount.set_value(value)
        for box, on in (
            (self._mirrored, placement.mirrored),
            (self._shadow, composition.shadow is not None),
            (self._outline, composition.outline is not None),
        ):
            with QSignalBlocker(box):
                box.setChecked(on)
        self._shadow_colour.set_colour(shadow.colour)
        self._outline_colour.set_colour(outline.colour)
        self._shadow_options.setVisible(composition.shadow is not None)
        self._outline_options.setVisible(composition.outline is not None)
        self._reset.setEnabled(placement != Placement())
        self._place.setEnabled(not isinstance(edit, Highlight))
        self._marks.setEnabled(not isinstance(edit, Highlight | MatteOnly))
        self._match.setEnabled(behind)
        self._match.set_tip(tr(_MATCH if behind else _NO_MATCH))
        self._note.setText(tr(_HIGHLIGHT if isinstance(edit, Highlight) else _MATTE))
        self._note.setVisible(isinstance(edit, Highlight | MatteOnly))

    def set_placing(self, placing: bool) -> None:
        """Show whether dragging on the canvas places the object; emits nothing."""
        with QSignalBlocker(self._tool):
            self._tool.setChecked(placing)

    def without_canvas(self) -> CompositionPage:
        """The page without what needs an open image."""
        self._tool.hide()
        return self

    def _lay_out_place(self) -> None:
        self._tool = name_widget(QToolButton(), f"{self._prefix}place_object")
        self._tool.setText(tr("Place on canvas"))
        self._tool.setCheckable(True)
        self._tool.setToolTip(tr("Drag the object on the canvas; corners scale it, the round handle turns it (T)"))
        self._tool.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tool.toggled.connect(self.place_toggled)
        self._reset = name_widget(
            QPushButton(tr("Put back")),
            f"{self._prefix}reset_placement",
            tr("Put the object back to where it is in its image"),
        )
        self._reset.setAutoDefault(False)
        self._reset.clicked.connect(lambda: self._emit("", placement=Placement()))
        row = QHBoxLayout()
        row.addWidget(self._tool)
        row.addWidget(self._reset)
        row.addStretch(1)
        self._right = self._amount(
            "place_right", tr("Right"), -200, 200, " %", tr("Of the image's width; less is to the left")
        )
        self._down = self._amount(
            "place_down", tr("Down"), -200, 200, " %", tr("Of the image's height; less is upwards")
        )
        self._scale = self._amount("place_scale", tr("Size"), 1, 500, " %", tr("100 % is as large as in the image"))
        self._angle = self._amount("place_angle", tr("Turn"), -360, 360, "°", tr("Clockwise"))
        self._mirrored = name_widget(
            QCheckBox(tr("Mirror")), f"{self._prefix}place_mirrored", tr("Swap left and right of the object")
        )
        self._mirrored.toggled.connect(lambda _on: self._placed(""))
        for amount in (self._right, self._down, self._scale, self._angle):
            amount.changed.connect(lambda _value, amount=amount: self._placed(amount.objectName()))
        column = _column(self._place)
        column.addLayout(row)
        for widget in (self._right, self._down, self._scale, self._angle, self._mirrored):
            column.addWidget(widget)

    def _lay_out_marks(self) -> None:
        self._shadow = name_widget(
            QCheckBox(tr("Shadow")), f"{self._prefix}shadow", tr("Let the object throw a soft shadow")
        )
        self._shadow.toggled.connect(lambda on: self._emit("", shadow=Shadow() if on else None))
        self._direction = self._amount(
            "shadow_angle", tr("Direction"), 0, 360, "°", tr("0° to the right, 90° downwards")
        )
        self._distance = self._amount(
            "shadow_distance", tr("Distance"), 0, 30, " %", tr("Percent of the image's longer side")
        )
        self._softness = self._amount(
            "shadow_softness", tr("Softness"), 0, 10, " %", tr("Percent of the image's longer side")
        )
        self._strength = self._amount("shadow_strength", tr("Strength"), 0, 100, " %", tr("How dark it is"))
        self._shadow_colour = self._colour("shadow_colour", tr("Colour of the shadow"), Shadow().colour)
        self._outline = name_widget(
            QCheckBox(tr("Outline")), f"{self._prefix}outline", tr("Draw a line around the object")
        )
        self._outline.toggled.connect(lambda on: self._emit("", outline=Outline() if on else None))
        self._width = self._amount("outline_width", tr("Width"), 0, 10, " %", tr("Percent of the image's longer side"))
        self._outline_colour = self._colour("outline_colour", tr("Colour of the outline"), Outline().colour)
        self._match = self._amount(
            "colour_match",
            tr("Match colours"),
            0,
            100,
            " %",
            tr(_MATCH),
        )
        self._match.changed.connect(lambda value: self._emit("colour_match", colour_match=value / 100))
        for amount in (self._direction, self._distance, self._softness, self._strength):
            amount.changed.connect(lambda _value, amount=amount: self._shadowed(amount.objectName()))
        self._shadow_colour.colour_chosen.connect(lambda _colour: self._shadowed(""))
        self._width.changed.connect(lambda _value: self._outlined("outline_width"))
        self._outline_colour.colour_chosen.connect(lambda _colour: self._outlined(""))
        self._shadow_options, self._outline_options = QWidget(), QWidget()
        of_shadow = self._direction, self._distance, self._softness, self._strength, self._shadow_colour
        of_outline = self._width, self._outline_colour
        for inside, widgets in ((self._shadow_options, of_shadow), (self._outline_options, of_outline)):
            inner = _column(inside)
            inner.setContentsMargins(3 * SPACE, 0, 0, SPACE)
            for option in widgets:
                inner.addWidget(option)
        column = _column(self._marks)
        for widget in (self._shadow, self._shadow_options, self._outline, self._outline_options, self._match):
            column.addWidget(widget)

    def _amount(self, name: str, text: str, low: float, high: float, suffix: str, tip: str) -> AmountSlider:
        steps = 10 if high <= 30 else 1
        amount = AmountSlider(f"{self._prefix}{name}", text, low, high, suffix=suffix, decimals=1, steps=steps, tip=tip)
        amount.setObjectName(f"{self._prefix}{name}_amount")
        amount.settled.connect(self.settled)
        return amount

    def _colour(self, name: str, title: str, colour: Colour) -> ColourButton:
        button = ColourButton(f"{self._prefix}{name}", title, colour)
        button.eyedropper_requested.connect(lambda: self.eyedropper_requested.emit(button.choose))
        return button

    def _placed(self, gesture: str) -> None:
        placement = Placement(
            self._right.value() / 100,
            self._down.value() / 100,
            self._scale.value() / 100,
            self._angle.value(),
            self._mirrored.isChecked(),
        )
        self._emit(gesture, placement=placement)

    def _shadowed(self, gesture: str) -> None:
        shadow = Shadow(
            self._direction.value(),
            self._distance.value(),
            self._softness.value(),
            self._strength.value() / 100,
            self._shadow_colour.colour(),
        )
        self._emit(gesture, shadow=shadow)

    def _outlined(self, gesture: str) -> None:
        self._emit(gesture, outline=Outline(self._width.value(), self._outline_colour.colour()))

    def _emit(self, gesture: str, **changes: Any) -> None:  # noqa: ANN401 - fields of a composition
        self._composition = replace(self._composition, **changes)
        self.changed.emit(self._composition, gesture)


def _column(inside: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE)
    return column
