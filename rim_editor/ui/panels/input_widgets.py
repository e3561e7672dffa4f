"""Slider, spin box and combo box that take the wheel only when focused, and a filter for the events of text fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QWidget,
)

from rim_editor.ui.dropped_data import may_hold_image
from rim_editor.ui.named_widgets import name_widget

ValueT = TypeVar("ValueT", bound=str)

_GESTURE_MS = 700  # key presses and wheel turns closer together than this are one gesture
_Standard = QKeySequence.StandardKey
_LETTERS = (Qt.Key.Key_D, Qt.Key.Key_E)
"""With Ctrl, Qt on X11 treats these as Delete and End, which have keys of their own."""


class Slider(QSlider):
    """A slider that the wheel moves only once it has the focus; else the wheel scrolls the panel."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel unless this widget has the focus."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class SpinBox(QDoubleSpinBox):
    """A spin box that the wheel turns only once it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel unless this widget has the focus."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


def longest_side_box(name: str, side: int | None = None) -> SpinBox:
    """A spin box for the pixels to which a larger result is reduced; 0 for None, which it shows in words."""
    box = name_widget(SpinBox(), name, "Larger results are reduced to it", "Longest side")
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setDecimals(0)
    box.setRange(0, 100_000)
    box.setSingleStep(256)
    box.setSuffix(" px")
    box.setSpecialValueText("Not reduced")
    box.setValue(side or 0)
    return box


class ChoiceBox(QComboBox):
    """A combo box of named values; the wheel turns it only once it has the focus."""

    def __init__(self, name: str, title: str, options: Mapping[ValueT, tuple[str, str]]) -> None:
        """`options` maps values to their text and tooltip."""
        super().__init__()
        name_widget(self, name, title, title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for place, (value, (text, tip)) in enumerate(options.items()):
            self.addItem(text, str(value))
            self.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)

    def value(self) -> str:
        """The value that is chosen."""
        return str(self.currentData())

    def set_value(self, value: str) -> None:
        """Show this value; emits nothing."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(str(value)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel unless this widget has the focus."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


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
            widget.setToolTip(tip)
        self._label.setToolTip(tip)
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


class TextFieldFilter(QObject):
    """Passes shortcuts and drops that a text field cannot use on to the window, such as Ctrl+Z and dropped files."""

    def __init__(self, field: QLineEdit | QAbstractSpinBox) -> None:
        super().__init__(field)
        self._line = field.lineEdit() if isinstance(field, QAbstractSpinBox) else field
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Pass on shortcuts and drops that the field cannot use."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _is_for_image(self._line, event):
                event.ignore()
                return True
        elif event.type() == QEvent.Type.DragEnter and isinstance(event, QDropEvent):
            mime = event.mimeData()
            if mime.hasUrls() or (may_hold_image(mime) and not mime.hasText()):
                event.ignore()
                return True
        return False


def _is_for_image(line: QLineEdit, event: QKeyEvent) -> bool:
    if event.matches(_Standard.Undo):
        return not (line.isModified() and line.isUndoAvailable())
    if event.matches(_Standard.Redo):
        return not (line.isModified() and line.isRedoAvailable())
    if event.matches(_Standard.Copy):
        return not line.hasSelectedText()
    if event.matches(_Standard.Paste):
        mime = QGuiApplication.clipboard().mimeData()
        return may_hold_image(mime) and (mime.hasUrls() or not mime.hasText())
    return event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in _LETTERS
