"""Which weights answer, on which device, in which precision: three combo boxes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget

_DEVICES = marked(
    {"auto": "Automatic (the fastest)", "cpu": "CPU", "cuda": "NVIDIA GPU (CUDA)", "mps": "Apple GPU (MPS)"}
)
_PRECISIONS = marked(
    {
        "auto": "Automatic",
        "float32": "32 bits (float32)",
        "bfloat16": "16 bits (bfloat16)",
        "float16": "16 bits (float16)",
    }
)


class ModelChoice(QWidget):
    """`weights_box`, `device_box` and `precision_box`; unknown values are shown as they are."""

    changed = Signal()
    """The user chose something else."""

    def __init__(self, weights: str, device: str, precision: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._weights = _box("weights_box", tr("Which weights answer"), {})
        self._device = _box("device_box", tr("Where the model runs"), _DEVICES)
        self._precision = _box(
            "precision_box", tr("How exactly the model computes; automatic suits the device"), _PRECISIONS
        )
        form.addRow(tr("&Weights"), self._weights)
        form.addRow(tr("&Device"), self._device)
        form.addRow(tr("&Precision"), self._precision)
        for box, value in ((self._weights, weights), (self._device, device), (self._precision, precision)):
            _select(box, value)
            box.currentIndexChanged.connect(self.changed)

    def options(self) -> tuple[str, str, str]:
        """Weights, device and precision, as `ModelOptions` takes them."""
        return self._weights.currentData(), self._device.currentData(), self._precision.currentData()

    def set_weights(self, names: tuple[str, ...]) -> None:
        """Offer these variants; files and the selected weights stay available."""
        chosen = self._weights.currentData()
        with QSignalBlocker(self._weights):
            kept = [self._weights.itemData(place) for place in range(self._weights.count())]
            files = [name for name in kept if Path(name).suffix and name not in names]
            self._weights.clear()
            for name in (*names, *files):
                _select(self._weights, name)
            _select(self._weights, chosen)

    def choose_weights(self, weights: str) -> None:
        """Select a variant's name or a file, as the user would."""
        _select(self._weights, weights)


def _box(name: str, tip: str, options: dict[str, str]) -> QComboBox:
    box = name_widget(QComboBox(), name)
    box.setToolTip(tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(24)
    for value, text in options.items():
        box.addItem(tr(text), value)
    return box


def _select(box: QComboBox, value: str) -> None:
    if box.findData(value) < 0:
        box.addItem(Path(value).name, value)
        box.setItemData(box.count() - 1, value, Qt.ItemDataRole.ToolTipRole)
    box.setCurrentIndex(box.findData(value))
