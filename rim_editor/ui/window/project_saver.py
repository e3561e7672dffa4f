"""Saves documents as projects: to their file, or to one that the user names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rim_editor.files.formats import PROJECT_SUFFIX
from rim_editor.files.outputs import free_path
from rim_editor.settings import with_recent
from rim_editor.translation import marked, tr
from rim_editor.ui.live_settings import LiveSettings
from rim_editor.ui.named_widgets import save_file_dialog
from rim_editor.ui.window.documents import Documents, OpenDocument

_WHOLE = marked("Project, the image in it (*.rim)")
_LINKED = marked("Project, the image stays in its own file (*.rim)")


def _nothing() -> None:
    pass


class ProjectSaver(QObject):
    """Saves the image in front, or another one, in the background."""

    def __init__(self, window: QWidget, documents: Documents, settings: LiveSettings) -> None:
        super().__init__(window)
        self._window = window
        self._documents = documents
        self._settings = settings

    def save(
        self,
        document: OpenDocument | None = None,
        saved: Callable[[], None] = _nothing,
        not_saved: Callable[[], None] = _nothing,
    ) -> None:
        """Save to the project's file, or ask for its name; then call `saved`, or `not_saved` if it was not saved."""
        target = document or self._documents.current
        if target is None:
            return
        path = target.editor.saving.path
        if path is None:
            self.save_as(target, saved, not_saved)
        else:
            self._write(target, path, target.editor.saving.linked, saved, not_saved)

    def save_as(
        self,
        document: OpenDocument | None = None,
        saved: Callable[[], None] = _nothing,
        not_saved: Callable[[], None] = _nothing,
    ) -> None:
        """Ask for a name and save under it; then call `saved`, or `not_saved` if it was not saved."""
        target = document or self._documents.current
        if target is None:
            return
        from_file = target.editor.document.source.path is not None
        whole, linked = tr(_WHOLE), tr(_LINKED)
        filters = [whole, linked] if from_file else [whole]
        dialog = save_file_dialog(self._window, "save_dialog", tr("Save project"), self._suggested(target), filters)
        dialog.selectNameFilter(linked if from_file and target.editor.saving.linked else whole)
        dialog.fileSelected.connect(
            lambda name: self._write(target, Path(name), dialog.selectedNameFilter() == linked, saved, not_saved)
        )
        dialog.rejected.connect(not_saved)
        dialog.open()

    def _suggested(self, document: OpenDocument) -> Path:
        """Where the project is, or beside the image under a name that is free, as another's project may have it."""
        saving, source = document.editor.saving, document.editor.document.source
        if saving.path is not None:
            return saving.path.with_name(f"{saving.path.stem}{PROJECT_SUFFIX}")
        if source.path is not None:
            return free_path(source.path.with_name(f"{source.stem}{PROJECT_SUFFIX}"))
        folder = self._settings.current.export_folder or Path.home()
        return free_path(folder / f"{saving.image_name or saving.title}{PROJECT_SUFFIX}")

    def _write(
        self,
        document: OpenDocument,
        path: Path,
        linked: bool,
        saved: Callable[[], None],
        not_saved: Callable[[], None],
    ) -> None:
        def done() -> None:
            self._settings.set(with_recent(self._settings.current, path))
            saved()

        document.editor.saving.save(path, linked=linked, done=done, failed=not_saved)
