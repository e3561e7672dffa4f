"""The slider of an amount: its label beside a spin box, and the slider below them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.input_widgets import Slider, SpinBox, TextFieldFilter

_GESTURE_MS = 700  # key presses and wheel turns closer together than this are one gesture


class AmountSlider(QWidget):
    """A label beside a spin box (`name`_value), and below them a slider (object name `name`).

    The slider moves in steps of 1 / `steps` units; the spin box takes `decimals` digits.
    """

    changed = Signal(float)
    """The user changed the value; emitted repeatedly during a drag."""
    settled = Signal()
    """The drag, or the series of key presses, is over."""

    def __init__(
        self,
        name: str,
        text: str,
        low: float,
        high: float,
        *,
        suffix: str = "",
        decimals: int = 0,
        steps: int = 1,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._slider = name_widget(Slider(Qt.Orientation.Horizontal), name)
        self._steps = steps
        self._slider.setRange(round(low * steps), round(high * steps))
        self._slider.setPageStep(max(1, round((high - low) * steps / 10)))
        self._box = name_widget(SpinBox(), f"{name}_value")
        self._box.setRange(low, high)
        self._box.setDecimals(decimals)
        self._box.setSuffix(suffix)
        self._box.setKeyboardTracking(False)
        TextFieldFilter(self._box)
        width = self._box.fontMetrics().horizontalAdvance("-100.0 px  00")  # the same in all, so that they line up
        self._box.setFixedWidth(max(width, self._box.sizeHint().width()))
        self._label = QLabel(text)
        self._label.setBuddy(self._box)
        plain = text.replace("&", "")
        for widget in (self._slider, self._box):
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.setAccessibleName(plain)
        self.set_tip(tip)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._label, 0, 0)
        grid.addWidget(self._box, 0, 1)
        grid.addWidget(self._slider, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)

        self._gesture_timer = QTimer(self, singleShot=True, interval=_GESTURE_MS)
        self._gesture_timer.timeout.connect(self.settled)
        self._slider.valueChanged.connect(self._slid)
        self._slider.sliderReleased.connect(self._end)
        self._box.valueChanged.connect(self._typed)

    def set_tip(self, tip: str) -> None:
        """Let label, spin box and slider have this tooltip."""
        for widget in (self._label, self._box, self._slider):
            widget.setToolTip(tip)

    def value(self) -> float:
        """The current value, in the unit of the suffix."""
        return self._box.value()

    def set_value(self, value: float) -> None:
        """Show `value`; emits nothing. A number that is being typed stays while the value is the same."""
        if round(value, self._box.decimals()) == round(self._box.value(), self._box.decimals()):
            return
        with QSignalBlocker(self._slider), QSignalBlocker(self._box):
            self._box.setValue(value)
            self._slider.setValue(round(value * self._steps))

    def _slid(self, value: int) -> None:
        with QSignalBlocker(self._box):
            self._box.setValue(value / self._steps)
        self._emit_changed()

    def _typed(self, value: float) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(round(value * self._steps))
        self._emit_changed()

    def _emit_changed(self) -> None:
        if self._slider.isSliderDown():
            self._gesture_timer.stop()
        else:
            self._gesture_timer.start()
        self.changed.emit(self._box.value())

    def _end(self) -> None:
        self._gesture_timer.stop()
        self.settled.emit()
