"""Lets a text field have what is typed, and passes keys and drops that are meant for the image on to the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit

from rim_editor.ui.dropped_data import may_hold_image

_Standard = QKeySequence.StandardKey
_LETTERS = (Qt.Key.Key_D, Qt.Key.Key_E)
"""With Ctrl, Qt on X11 takes these for Delete and End, which have keys of their own."""


class TextFieldFilter(QObject):
    """Filters the events of a text field, which would take Ctrl+Z, Ctrl+V, Ctrl+C, Ctrl+E and dropped files even
    when it cannot use them."""

    def __init__(self, field: QLineEdit | QAbstractSpinBox) -> None:
        super().__init__(field)
        self._line = field.lineEdit() if isinstance(field, QAbstractSpinBox) else field
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Pass on what the field cannot use."""
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
