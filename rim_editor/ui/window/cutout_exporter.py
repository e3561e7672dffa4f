"""Passes the cut-out, or the result of the edit, to other programs, by the clipboard or by drag and drop."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QGuiApplication, QImage

from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.errors import OutputNotWritable
from rim_editor.translation import tr

if TYPE_CHECKING:
    from rim_editor.documents.document import Document
    from rim_editor.documents.rendering import Renderer
    from rim_editor.editor.editor import Editor

_PREVIEW_PX = 160


@dataclass(frozen=True, eq=False)
class ExportedCutout:
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


class CutoutExporter(QObject):
    """Makes cut-outs in the background and keeps the latest; `clear` deletes the files."""

    copied = Signal(str)
    """A sentence about what is on the clipboard now."""
    failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._last: tuple[Document, bool, ExportedCutout] | None = None

    def copy(self, editor: Editor | None, *, whole: bool = False) -> None:
        """Put the cut-out, or the `whole` result, on the clipboard once it is made; emits `copied` or `failed`."""

        def copy(made: ExportedCutout) -> None:
            QGuiApplication.clipboard().setMimeData(made.mime(as_file=False))
            self.copied.emit(tr("The result is on the clipboard.") if whole else tr("The cut-out is on the clipboard."))

        if editor is not None:
            self.make(editor, copy, whole=whole)

    def make(self, editor: Editor, done: Callable[[ExportedCutout], None], *, whole: bool = False) -> None:
        """Call `done` with the cut-out of the editor's document, or the `whole` result; the newest call wins.

        Emits `failed` when it cannot be made.
        """
        from rim_editor.documents.edits import Cutout

        document, renderer = editor.document, editor.renderer
        if self._last is not None and self._last[0] is document and self._last[1] is whole:
            done(self._last[2])
            return
        if self._folder is None:
            try:
                self._folder = tempfile.TemporaryDirectory(prefix="rim-editor-", ignore_cleanup_errors=True)
            except OSError as error:
                text = tr(
                    "The cut-out needs a folder for temporary files ({reason}): make room, or export it.",
                    reason=error.strerror,
                )
                self.failed.emit(OutputNotWritable(text))
                return
        path = Path(self._folder.name) / f"{Path(editor.title).stem or 'image'} {'result' if whole else 'cut-out'}.png"
        alone = document.edit if isinstance(document.edit, Cutout) else Cutout()
        wanted = document if whole else document.changed(edit=alone)

        def keep(made: ExportedCutout) -> None:
            self._last = document, whole, made
            done(made)

        self._runner.start(Job(JobKind.CUTOUT, lambda: _make_cutout(wanted, renderer, path), keep, self.failed.emit))

    def clear(self) -> None:
        """Forget the last cut-out and remove its file."""
        self._last = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _make_cutout(document: Document, renderer: Renderer, path: Path) -> ExportedCutout:
    from rim_editor.files import exporting

    exporting.export(document, renderer, path, exporting.ExportRequest(overwrite=True))
    png = path.read_bytes()
    size = (_PREVIEW_PX, _PREVIEW_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    image = QImage.fromData(png)
    return ExportedCutout(path, png, image, image.scaled(*size))
