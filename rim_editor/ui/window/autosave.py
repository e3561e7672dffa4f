"""Autosave: unsaved documents are written to the recovery folder while the user works, and deleted once saved."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from rim_editor.editor.editor import Editor
from rim_editor.editor.events import DocumentChanged, JobKind
from rim_editor.editor.jobs import Job, Runner

if TYPE_CHECKING:
    from rim_editor.files.recovery import Recovery

DELAY_MS = 2000
"""Changes that follow one another within this time are saved together."""


class Autosave(QObject):
    """Watches editors and saves their documents with `recovery` in the background, each under its key."""

    failed = Signal(str)
    """The error when a document cannot be saved; emitted only once."""

    def __init__(self, recovery: Recovery, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recovery = recovery
        self._runner = runner
        self._watched: dict[str, tuple[QTimer, Callable[[], None]]] = {}
        self._to_delete: set[str] = set()
        self._turn: dict[str, int] = {}  # counts deletions: saves scheduled before the last one are skipped
        self._writing = Lock()
        self._reported = False

    def watch(self, key: str, editor: Editor) -> None:
        """Save the editor's document shortly after each change."""
        timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        timer.timeout.connect(lambda: self._save(key, editor))

        def start_timer(event: object) -> None:
            if isinstance(event, DocumentChanged) and not timer.isActive():
                timer.start()

        self._watched[key] = timer, editor.listen(start_timer)

    def unwatch(self, key: str) -> None:
        """Stop watching a closed image, and delete its saved state."""
        timer, stop_listening = self._watched.pop(key)
        timer.stop()
        timer.deleteLater()
        stop_listening()
        self._delete(key)

    def save_function(self, key: str, editor: Editor) -> Callable[[], None]:
        """A slow function that saves the document as it is now. The function raises OutputNotWritable."""
        document, turn = editor.document, self._turn.get(key, 0)
        saving = editor.saving
        project, linked, mode, name = saving.path, saving.linked, saving.mode, saving.image_name

        def save() -> None:
            self._recovery.save(key, document, project, linked=linked, mode=mode, image_name=name)

        return lambda: self._write(key, turn, save)

    def finish(self) -> None:
        """Delete every saved state that is left; call it after the last job. Raises OutputNotWritable."""
        for key in self._to_delete | set(self._watched):
            self._turn[key] = self._turn.get(key, 0) + 1
            self._remove(key)

    def _save(self, key: str, editor: Editor) -> None:
        if editor.unsaved:
            work = self.save_function(key, editor)
            self._runner.start(Job(JobKind.AUTOSAVE, work, lambda _: None, self._report, owner=key))
        else:
            self._delete(key)

    def _delete(self, key: str) -> None:
        self._turn[key] = self._turn.get(key, 0) + 1
        self._to_delete.add(key)

        def done(_: object) -> None:
            self._to_delete.discard(key)

        self._runner.start(Job(JobKind.AUTOSAVE, lambda: self._remove(key), done, self._report, owner=key))

    def _write(self, key: str, turn: int, save: Callable[[], None]) -> None:
        with self._writing:
            if turn == self._turn.get(key, 0):
                save()

    def _remove(self, key: str) -> None:
        with self._writing:
            self._recovery.forget(key)

    def _report(self, error: Exception) -> None:
        if not self._reported:
            self._reported = True
            self.failed.emit(str(error))
