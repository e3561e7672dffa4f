"""The controls of the matte's edge, as a batch applies them to every matte."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from rim_editor.documents.document import MatteControls
from rim_editor.translation import tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.amount_slider import AmountSlider


class EdgeControls(QWidget):
    """The controls of the edge of every matte of a batch."""

    changed = Signal()
    """The user changed something."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shift = AmountSlider(
            "batch_shift_edge", tr("Shift edge"), -50, 50, suffix=" px", decimals=1,
            tip=tr("Move the edge outwards (more) or inwards (less)"),
        )  # fmt: skip
        self._feather = AmountSlider(
            "batch_feather", tr("Feather"), 0, 100, suffix=" px", decimals=1, tip=tr("Soften the edge")
        )
        self._contrast = AmountSlider("batch_contrast", tr("Contrast"), 0, 100, suffix=" %", tip=tr("Harden the edge"))
        self._holes = name_widget(
            QCheckBox(tr("Fill holes")), "batch_fill_holes",
            tr("Close what the matte wholly surrounds; a hole that shows the background stays open"),
        )  # fmt: skip
        self._largest = AmountSlider(
            "batch_largest_hole", tr("Largest hole"), 0, 100, suffix=" %", decimals=1,
            tip=tr("Holes larger than this share of the object stay open"),
        )  # fmt: skip
        self._largest.set_value(MatteControls().largest_hole)
        self._invert = name_widget(QCheckBox(tr("Invert")), "batch_invert", tr("Swap the object and its surroundings"))
        reset = name_widget(
            QPushButton(tr("Reset edge")), "batch_reset_controls", tr("Leave every matte as it is found")
        )
        reset.setAutoDefault(False)
        reset.clicked.connect(self._reset)
        column = QVBoxLayout(self)
        for amount in (self._shift, self._feather, self._contrast):
            amount.changed.connect(lambda _value: self.changed.emit())
            column.addWidget(amount)
        row = QHBoxLayout()
        for box in (self._holes, self._invert):
            box.toggled.connect(lambda _on: self.changed.emit())
            row.addWidget(box)
        row.addStretch(1)
        column.addLayout(row)
        self._largest.changed.connect(lambda _value: self.changed.emit())
        self._largest.setEnabled(False)
        self._holes.toggled.connect(self._largest.setEnabled)
        column.addWidget(self._largest)
        column.addWidget(reset, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def controls(self) -> MatteControls:
        """The controls as they are set."""
        return MatteControls(
            shift_edge=self._shift.value(),
            feather=self._feather.value(),
            contrast=self._contrast.value() / 100,
            fill_holes=self._holes.isChecked(),
            invert=self._invert.isChecked(),
            largest_hole=self._largest.value(),
        )

    def set_controls(self, controls: MatteControls) -> None:
        """Show these controls; emits nothing."""
        self._shift.set_value(controls.shift_edge)
        self._feather.set_value(controls.feather)
        self._contrast.set_value(100 * controls.contrast)
        for box, on in ((self._holes, controls.fill_holes), (self._invert, controls.invert)):
            with QSignalBlocker(box):
                box.setChecked(on)
        self._largest.set_value(controls.largest_hole)
        self._largest.setEnabled(controls.fill_holes)

    def _reset(self) -> None:
        self.set_controls(MatteControls())
        self.changed.emit()
