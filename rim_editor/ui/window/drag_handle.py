"""The button from which the cut-out is dragged to another program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from rim_editor.translation import tr
from rim_editor.ui.theme import icon
from rim_editor.ui.window.cutout_exporter import CutoutExporter, ExportedCutout

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor


class DragHandle(QToolButton):
    """Drags the cut-out to another program. Pressing starts rendering, moving the mouse starts the drag."""

    clicked_only = Signal(str)
    """It was clicked instead of dragged; the text explains how to use it."""

    def __init__(
        self, exporter: CutoutExporter, current_editor: Callable[[], Editor | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._exporter = exporter
        self._current_editor = current_editor
        self._pressed_at: QPoint | None = None
        self._dragged = False
        self._ready: ExportedCutout | None = None
        self.setObjectName("drag_handle")
        self.setText(tr("Drag Out"))
        self.setAccessibleName(tr("Drag the cut-out to another program"))
        self.setToolTip(tr("Drag this to another program or folder to bring the cut-out there (copy it: Ctrl+C)"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.clicked.connect(self._explain)

    def paint_icons(self) -> None:
        """Set the icon; call again after the theme has changed."""
        self.setIcon(icon("fa6s.up-right-from-square"))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Start rendering, so that the cut-out is often ready when the drag begins."""
        super().mousePressEvent(event)
        editor = self._current_editor()
        if event.button() == Qt.MouseButton.LeftButton and editor is not None:
            self._pressed_at, self._dragged, self._ready = event.position().toPoint(), False, None
            self._exporter.make(editor, self._on_made)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag as soon as the mouse is far enough and the cut-out is made."""
        if self._pressed_at is None:
            super().mouseMoveEvent(event)
            return
        distance = (event.position().toPoint() - self._pressed_at).manhattanLength()
        if distance >= QApplication.startDragDistance():
            self._dragged = True
            if self._ready is not None:
                self._drag(self._ready)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Cancel a drag that has not begun."""
        dragged, self._pressed_at = self._dragged, None
        if dragged:
            self.setDown(False)
        else:
            super().mouseReleaseEvent(event)

    def _on_made(self, made: ExportedCutout) -> None:
        self._ready = made
        if self._dragged and self._pressed_at is not None:
            self._drag(made)

    def _drag(self, made: ExportedCutout) -> None:
        self._pressed_at = None
        self.setDown(False)
        drag = QDrag(self)
        drag.setMimeData(made.mime(as_file=True))
        drag.setPixmap(QPixmap.fromImage(made.preview))
        drag.exec(Qt.DropAction.CopyAction)

    def _explain(self) -> None:
        self.clicked_only.emit(
            tr("Drag this button to another program or folder, or press Ctrl+C to copy the cut-out.")
        )
