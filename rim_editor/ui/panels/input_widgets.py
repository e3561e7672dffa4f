"""Slider, spin box and combo box that take the wheel only when focused, and a filter for the events of text fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QLineEdit, QSlider

from rim_editor.translation import tr
from rim_editor.ui.dropped_data import may_hold_image
from rim_editor.ui.named_widgets import name_widget

ValueT = TypeVar("ValueT", bound=str)

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
    box = name_widget(SpinBox(), name, tr("Larger results are reduced to it"), tr("Longest side"))
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setDecimals(0)
    box.setRange(0, 100_000)
    box.setSingleStep(256)
    box.setSuffix(" px")
    box.setSpecialValueText(tr("Not reduced"))
    box.setValue(side or 0)
    return box


class ChoiceBox(QComboBox):
    """A combo box of named values; the wheel turns it only once it has the focus."""

    def __init__(self, name: str, title: str, options: Mapping[ValueT, tuple[str, str]]) -> None:
        """`options` maps values to their text and tooltip, as they are `marked`."""
        super().__init__()
        name_widget(self, name, title, title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for place, (value, (text, tip)) in enumerate(options.items()):
            self.addItem(tr(text), str(value))
            self.setItemData(place, tr(tip), Qt.ItemDataRole.ToolTipRole)

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
