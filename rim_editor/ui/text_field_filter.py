"""What a box keeps for itself: typing. Keys and drops that mean the image go on to the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit

from rim_editor.ui.dropped_data import looks_welcome

_Standard = QKeySequence.StandardKey
_LETTERS = (Qt.Key.Key_D, Qt.Key.Key_E)
"""With Ctrl, Qt on X11 takes these for Delete and End, which have keys of their own."""


class BoxManners(QObject):
    """Watches a box to type in, which by itself takes Ctrl+Z, Ctrl+V, Ctrl+C, Ctrl+E and dropped files without a
    use for them."""

    def __init__(self, box: QLineEdit | QAbstractSpinBox) -> None:
        super().__init__(box)
        self._line = box.lineEdit() if isinstance(box, QAbstractSpinBox) else box
        box.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let the window have what the box has no use for."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _means_the_image(self._line, event):
                event.ignore()
                return True
        elif event.type() == QEvent.Type.DragEnter and isinstance(event, QDropEvent):
            mime = event.mimeData()
            if mime.hasUrls() or (looks_welcome(mime) and not mime.hasText()):
                event.ignore()
                return True
        return False


def _means_the_image(box: QLineEdit, event: QKeyEvent) -> bool:
    if event.matches(_Standard.Undo):
        return not (box.isModified() and box.isUndoAvailable())
    if event.matches(_Standard.Redo):
        return not (box.isModified() and box.isRedoAvailable())
    if event.matches(_Standard.Copy):
        return not box.hasSelectedText()
    if event.matches(_Standard.Paste):
        mime = QGuiApplication.clipboard().mimeData()
        return looks_welcome(mime) and (mime.hasUrls() or not mime.hasText())
    return event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in _LETTERS
