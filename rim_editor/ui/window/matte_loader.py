"""Loads a matte from a file, or from the image's own transparency, into the document in front."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from rim_editor.documents.document import Combine
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job
from rim_editor.translation import tr
from rim_editor.ui.named_widgets import open_file_dialog
from rim_editor.ui.qt_image import image_filter

if TYPE_CHECKING:
    from rim_editor.documents.document import ImportedMatte
    from rim_editor.editor.editor import Editor
    from rim_editor.editor.jobs import Runner


class MatteLoader(QObject):
    """Adds mattes that were made elsewhere; they join the matte as the user chose for the next answer."""

    warned = Signal(str)
    """A warning about the file that was read."""
    failed = Signal(object)
    """The error."""

    def __init__(
        self, runner: Runner, editor: Callable[[], Editor | None], combine: Callable[[], Combine], window: QWidget
    ) -> None:
        """`editor` gives the editor in front, and `combine` how the next answer joins the matte."""
        super().__init__(window)
        self._runner, self._editor, self._combine, self._window = runner, editor, combine, window

    def choose(self) -> None:
        """Let the user choose the file of a matte."""
        editor = self._editor()
        if editor is None:
            return
        path = editor.document.source.path
        open_file_dialog(
            self._window,
            "matte_file_dialog",
            tr("Add a matte from a file"),
            "" if path is None else str(path.parent),
            lambda name: self.load(Path(name)),
            name_filter=image_filter(),
        )

    def load(self, path: Path) -> None:
        """Read the matte in this file in the background, and add it to the document that is in front now."""
        editor = self._editor()
        if editor is None:
            return
        size, combine = editor.document.size, self._way(editor)

        def read() -> ImportedMatte:
            from rim_editor.files import matte_files

            return matte_files.read_matte(path, size, combine)

        self._start(editor, read)

    def use_alpha(self) -> None:
        """Add the transparency of the image in front."""
        editor = self._editor()
        if editor is None:
            return
        source, combine = editor.document.source, self._way(editor)

        def convert() -> ImportedMatte:
            from rim_editor.files import matte_files

            return matte_files.own_alpha(source, combine)

        self._start(editor, convert)

    def _start(self, editor: Editor, work: Callable[[], ImportedMatte]) -> None:
        self._runner.start(Job(JobKind.MATTE, work, editor.add_part, self.failed.emit, self.warned.emit))

    def _way(self, editor: Editor) -> Combine:
        """As chosen for the next answer, but what is there already is never replaced."""
        combine = self._combine()
        return Combine.ADD if combine is Combine.NEW and editor.document.has_matte else combine
