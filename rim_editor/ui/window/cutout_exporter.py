"""Passes the cut-out, or the result of the edit, to other programs, by the clipboard or by drag and drop."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.ui.theme import icon

if TYPE_CHECKING:
    from rim_editor.documents.document import Document
    from rim_editor.documents.rendering import Renderer
    from rim_editor.editor.editor import Editor

_PREVIEW_PX = 160


@dataclass(frozen=True, eq=False)
class CutOut:
    """The cut-out or the result as a PNG file, with a preview for the cursor."""

    path: Path
    png: bytes = field(repr=False)
    image: QImage
    """The same, decoded."""
    preview: QImage

    def mime(self, *, as_file: bool) -> QMimeData:
        """The data for another program: PNG, and the file with `as_file`, otherwise an image with alpha."""
        mime = QMimeData()
        if as_file:
            mime.setUrls([QUrl.fromLocalFile(str(self.path))])
        else:
            mime.setImageData(self.image)  # Windows and macOS convert it to their own formats
        mime.setData("image/png", self.png)
        return mime


class CutOutExporter(QObject):
    """Makes cut-outs in the background and keeps the latest; `clear` deletes the files."""

    copied = Signal(str)
    """A sentence about what is on the clipboard now."""
    failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._last: tuple[Document, bool, CutOut] | None = None

    def copy(self, editor: Editor | None, *, whole: bool = False) -> None:
        """Put the cut-out, or the `whole` result, on the clipboard once it is made; emits `copied` or `failed`."""

        def copy(made: CutOut) -> None:
            QGuiApplication.clipboard().setMimeData(made.mime(as_file=False))
            self.copied.emit(f"The {'result' if whole else 'cut-out'} is on the clipboard.")

        if editor is not None:
            self.make(editor, copy, whole=whole)

    def make(self, editor: Editor, done: Callable[[CutOut], None], *, whole: bool = False) -> None:
        """Call `done` with the cut-out of the editor's document, or the `whole` result; the newest call wins.

        Emits `failed` when it cannot be made.
        """
        from rim_editor.documents.edits import Cutout

        document, renderer = editor.document, editor.renderer
        if self._last is not None and self._last[0] is document and self._last[1] is whole:
            done(self._last[2])
            return
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="rim-editor-", ignore_cleanup_errors=True)
        path = Path(self._folder.name) / f"{Path(editor.title).stem or 'image'} {'result' if whole else 'cut-out'}.png"
        alone = document.edit if isinstance(document.edit, Cutout) else Cutout()
        wanted = document if whole else document.changed(edit=alone)

        def keep(made: CutOut) -> None:
            self._last = document, whole, made
            done(made)

        self._runner.start(Job(JobKind.CUTOUT, lambda: _make_cut_out(wanted, renderer, path), keep, self.failed.emit))

    def clear(self) -> None:
        """Forget the last cut-out and remove its file."""
        self._last = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


class DragHandle(QToolButton):
    """Drags the cut-out to another program. Pressing starts rendering, moving the mouse starts the drag."""

    clicked_only = Signal(str)
    """It was clicked instead of dragged; the text explains how to use it."""

    def __init__(
        self, exporter: CutOutExporter, current_editor: Callable[[], Editor | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._exporter = exporter
        self._current_editor = current_editor
        self._pressed_at: QPoint | None = None
        self._dragged = False
        self._ready: CutOut | None = None
        self.setObjectName("drag_handle")
        self.setText("Drag Out")
        self.setAccessibleName("Drag the cut-out to another program")
        self.setToolTip("Drag this to another program or folder to bring the cut-out there (copy it: Ctrl+C)")
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

    def _on_made(self, made: CutOut) -> None:
        self._ready = made
        if self._dragged and self._pressed_at is not None:
            self._drag(made)

    def _drag(self, made: CutOut) -> None:
        self._pressed_at = None
        self.setDown(False)
        drag = QDrag(self)
        drag.setMimeData(made.mime(as_file=True))
        drag.setPixmap(QPixmap.fromImage(made.preview))
        drag.exec(Qt.DropAction.CopyAction)

    def _explain(self) -> None:
        self.clicked_only.emit("Drag this button to another program or folder, or press Ctrl+C to copy the cut-out.")


def _make_cut_out(document: Document, renderer: Renderer, path: Path) -> CutOut:
    from rim_editor.files import exporting

    exporting.export(document, renderer, path, exporting.ExportRequest(overwrite=True))
    png = path.read_bytes()
    size = (_PREVIEW_PX, _PREVIEW_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    image = QImage.fromData(png)
    return CutOut(path, png, image, image.scaled(*size))
