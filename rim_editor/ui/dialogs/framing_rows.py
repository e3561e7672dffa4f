"""The rows of a form in which the user chooses where the object stands in an export: frame, size, margin."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QWidget

from rim_editor.documents.framing import LONGEST_SIDE, CanvasShape, Framing, Margin
from rim_editor.documents.marketplaces import MARKETPLACES
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget, wrapped_label
from rim_editor.ui.panels.input_widgets import ChoiceBox, SpinBox

_WHOLE, _TRIM, _SIZE = "whole", "trim", "size"
_ASPECTS = marked(
    {
        "1:1": "Square 1:1",
        "4:5": "Portrait 4:5",
        "3:4": "Portrait 3:4",
        "4:3": "Landscape 4:3",
        "16:9": "Wide 16:9",
    }
)
_CHOICES = marked(
    {
        _WHOLE: ("Whole image", "As large as the image"),
        _TRIM: ("Trim to the object", "Cut off the rest"),
        **{name: (text, "The object in the middle, as large as it is") for name, text in _ASPECTS.items()},
        _SIZE: ("Size in pixels", "The object in the middle, scaled to fit"),
    }
)
_PRESETS = {each.name: each for each in MARKETPLACES}
_UNITS = marked(
    {
        "px": ("px", "Pixels of the result"),
        "%": ("%", "A share of the canvas, or of the object where it is trimmed"),
    }
)
_MOST = {"px": 10_000, "%": 49}


class FramingRows(QObject):
    """Adds its rows to `form`; the names of the widgets start with `prefix`."""

    changed = Signal()
    """The user chose another framing."""

    def __init__(self, form: QFormLayout, prefix: str) -> None:
        super().__init__(form)
        self._form = form
        self._longest: SpinBox | None = None
        choices = dict(_CHOICES)
        choices |= {each.name: (f"{tr(each.title)} ({_text(each.framing)})", each.rule) for each in MARKETPLACES}
        self._frame: ChoiceBox = ChoiceBox(f"{prefix}_frame", tr("Which part of the image is written"), choices)
        self._frame.insertSeparator(self._frame.findData(MARKETPLACES[0].name))
        self._frame.setMaxVisibleItems(self._frame.count())
        self._frame.currentIndexChanged.connect(lambda _place: self._chosen())
        form.addRow(tr("F&rame"), self._frame)
        self._width = self._side(f"{prefix}_canvas_width", tr("Width of the result"))
        self._height = self._side(f"{prefix}_canvas_height", tr("Height of the result"))
        self._size_row = _row(self._width, QLabel("×"), self._height)
        form.addRow(tr("Si&ze"), self._size_row)
        self._margin = name_widget(
            SpinBox(), f"{prefix}_margin", tr("Room around the object"), tr("Margin around the object")
        )
        self._margin.setDecimals(1)
        self._margin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._margin.valueChanged.connect(lambda _value: self.changed.emit())
        self._unit: ChoiceBox = ChoiceBox(f"{prefix}_margin_unit", tr("Unit of the margin"), _UNITS)
        self._unit.currentIndexChanged.connect(lambda _place: self._unit_chosen())
        self._margin_row = _row(self._margin, self._unit)
        form.addRow(tr("Mar&gin"), self._margin_row)
        self._rule = wrapped_label(f"{prefix}_frame_rule")
        form.addRow(self._rule)
        self.set_framing(Framing())

    def framing(self) -> Framing:
        """The framing according to the widgets."""
        choice = self._frame.value()
        if choice == _WHOLE:
            return Framing()
        margin = Margin(round(self._margin.value(), 1), self._unit.value() == "%")
        if choice == _TRIM:
            return Framing(True, margin)
        if choice == _SIZE:
            return Framing(True, margin, CanvasShape(round(self._width.value()), round(self._height.value()), True))
        if choice in _PRESETS:
            own = _PRESETS[choice].framing
            return Framing(True, margin, own.canvas, own.colour)
        across, down = choice.split(":")
        return Framing(True, margin, CanvasShape(int(across), int(down)))

    def add_longest_side(self, box: SpinBox) -> None:
        """Show this box, in a row of the form, only where the frame has no size of its own."""
        self._longest = box
        self._show_rows()

    def longest_side(self) -> int | None:
        """The pixels to which a larger result is reduced, by the box that was added; None for its own size."""
        if self._longest is None or self.framing().sized:
            return None
        return round(self._longest.value()) or None

    def set_framing(self, framing: Framing) -> None:
        """Show this framing; emits nothing."""
        with QSignalBlocker(self):
            self._frame.set_value(_choice(framing))
            self._show_margin(framing.margin)
            if framing.canvas is not None and framing.sized:
                self._width.setValue(framing.canvas.width)
                self._height.setValue(framing.canvas.height)
            self._show_rows()

    def _chosen(self) -> None:
        preset = _PRESETS.get(self._frame.value())
        with QSignalBlocker(self):
            if preset is not None:
                self._show_margin(preset.framing.margin)
            self._show_rows()
        self.changed.emit()

    def _unit_chosen(self) -> None:
        with QSignalBlocker(self):
            self._margin.setRange(0, _MOST[self._unit.value()])
        self.changed.emit()

    def _show_margin(self, margin: Margin) -> None:
        self._unit.set_value("%" if margin.percent else "px")
        self._margin.setRange(0, _MOST[self._unit.value()])
        self._margin.setValue(margin.amount)

    def _show_rows(self) -> None:
        choice = self._frame.value()
        preset = _PRESETS.get(choice)
        self._form.setRowVisible(self._size_row, choice == _SIZE)
        self._form.setRowVisible(self._margin_row, choice != _WHOLE)
        if self._longest is not None:
            self._form.setRowVisible(self._longest, not self.framing().sized)
        self._form.setRowVisible(self._rule, preset is not None)
        self._rule.setText("" if preset is None else preset.rule)

    def _side(self, name: str, title: str) -> SpinBox:
        side = name_widget(SpinBox(), name, title, title)
        side.setDecimals(0)
        side.setRange(1, LONGEST_SIDE)
        side.setSingleStep(10)
        side.setSuffix(" px")
        side.setValue(1080)
        side.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        side.valueChanged.connect(lambda _value: self.changed.emit())
        return side


def _choice(framing: Framing) -> str:
    """The entry for a framing."""
    canvas = framing.canvas
    if canvas is None:
        return _TRIM if framing.trim else _WHOLE
    for name, preset in _PRESETS.items():
        if (preset.framing.canvas, preset.framing.colour) == (canvas, framing.colour):
            return name
    if canvas.pixels:
        return _SIZE
    return canvas.text if canvas.text in _ASPECTS else _TRIM


def _text(framing: Framing) -> str:
    white = tr(", white") if framing.colour is not None else ""
    return f"{framing.canvas.text.replace('x', ' × ')}{white}" if framing.canvas is not None else ""


def _row(*widgets: QWidget) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        row.addWidget(widget, 1 if isinstance(widget, SpinBox) else 0)
    whole.setFocusProxy(widgets[0])
    return whole
