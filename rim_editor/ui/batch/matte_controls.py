"""What is done to the edge of every matte of a batch."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from rim_editor.document import MatteControls
from rim_editor.ui.named_widgets import named
from rim_editor.ui.panels.amount import Amount


class BatchControls(QWidget):
    """What is done to the edge of every matte."""

    changed = Signal()
    """The user set something else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shift = Amount(
            "batch_shift_edge", "Shift ed&ge", -50, 50, suffix=" px", decimals=1,
            tip="Move the edge outwards (more) or inwards (less)",
        )  # fmt: skip
        self._feather = Amount("batch_feather", "Feathe&r", 0, 100, suffix=" px", decimals=1, tip="Soften the edge")
        self._contrast = Amount("batch_contrast", "&Contrast", 0, 100, suffix=" %", tip="Harden the edge")
        self._holes = named(QCheckBox("Fill ho&les"), "batch_fill_holes", "Close what the matte wholly surrounds")
        self._invert = named(QCheckBox("In&vert"), "batch_invert", "Swap the object and its surroundings")
        reset = named(QPushButton("Reset edge"), "batch_reset_controls", "Leave every matte as it is found")
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
        column.addWidget(reset, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def controls(self) -> MatteControls:
        """What is set."""
        return MatteControls(
            shift_edge=self._shift.value(),
            feather=self._feather.value(),
            contrast=self._contrast.value() / 100,
            fill_holes=self._holes.isChecked(),
            invert=self._invert.isChecked(),
        )

    def set_controls(self, controls: MatteControls) -> None:
        """Show these and tell nobody."""
        self._shift.set_value(controls.shift_edge)
        self._feather.set_value(controls.feather)
        self._contrast.set_value(100 * controls.contrast)
        for box, on in ((self._holes, controls.fill_holes), (self._invert, controls.invert)):
            with QSignalBlocker(box):
                box.setChecked(on)

    def _reset(self) -> None:
        self.set_controls(MatteControls())
        self.changed.emit()
