"""What the expression box keeps for itself: typing. Keys and drops that mean the image go on to the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

from rim_editor.ui.drops import looks_welcome

_Standard = QKeySequence.StandardKey


class BoxManners(QObject):
    """Watches a QLineEdit, which by itself takes Ctrl+Z, Ctrl+V, Ctrl+C and dropped files without a use for them."""

    def __init__(self, box: QLineEdit) -> None:
        super().__init__(box)
        box.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let the window have what the box has no use for."""
        if isinstance(watched, QLineEdit):
            if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
                if _means_the_image(watched, event):
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
    return False
