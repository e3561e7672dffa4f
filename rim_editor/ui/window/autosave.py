"""Keeps what is unsaved on disk while the user works, and gives it up once it was exported or discarded."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from rim_editor.editor import Editor
from rim_editor.events import DocumentChanged, JobKind
from rim_editor.jobs import Job, Runner

if TYPE_CHECKING:
    from rim_editor.document import Document
    from rim_editor.recovery import Recovery

DELAY_MS = 2000
"""Changes that follow one another within this time are kept together."""


class Keeper(QObject):
    """Watches editors and has `recovery` keep their documents, each under its key, beside the window."""

    failed = Signal(str)
    """Said once: nothing can be kept, and why."""

    def __init__(self, recovery: Recovery, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recovery = recovery
        self._runner = runner
        self._watched: dict[str, tuple[QTimer, Callable[[], None]]] = {}
        self._to_forget: set[str] = set()
        self._turn: dict[str, int] = {}  # what was scheduled before the last forgetting is not written any more
        self._writing = Lock()
        self._said = False

    def watch(self, key: str, editor: Editor) -> None:
        """Keep the editor's document whenever it changed, a moment later."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(DELAY_MS)
        timer.timeout.connect(lambda: self._keep(key, editor))

        def listener(event: object) -> None:
            if isinstance(event, DocumentChanged) and not timer.isActive():
                timer.start()

        self._watched[key] = timer, editor.listen(listener)

    def keeping(self, key: str, editor: Editor) -> Callable[[], None]:
        """What keeps the document as it is now; it takes time. Raises OutputNotWritable when called."""
        document, turn = editor.document, self._turn.get(key, 0)
        return lambda: self._write(key, document, turn)

    def leave(self, key: str) -> None:
        """The image is closed: watch it no more and forget it."""
        timer, stop = self._watched.pop(key)
        timer.stop()
        timer.deleteLater()
        stop()
        self._forget(key)

    def finish(self) -> None:
        """No job is run any more: forget at once what is watched or to be forgotten. Raises OutputNotWritable."""
        for key in self._to_forget | set(self._watched):
            self._turn[key] = self._turn.get(key, 0) + 1
            self._delete(key)

    def _keep(self, key: str, editor: Editor) -> None:
        if editor.unsaved:
            self._runner.start(Job(JobKind.AUTOSAVE, self.keeping(key, editor), lambda _: None, self._tell, owner=key))
        else:
            self._forget(key)

    def _forget(self, key: str) -> None:
        self._turn[key] = self._turn.get(key, 0) + 1
        self._to_forget.add(key)

        def done(_: object) -> None:
            self._to_forget.discard(key)

        self._runner.start(Job(JobKind.AUTOSAVE, lambda: self._delete(key), done, self._tell, owner=key))

    def _write(self, key: str, document: Document, turn: int) -> None:
        with self._writing:
            if turn == self._turn.get(key, 0):
                self._recovery.keep(key, document)

    def _delete(self, key: str) -> None:
        with self._writing:
            self._recovery.forget(key)

    def _tell(self, error: Exception) -> None:
        if not self._said:
            self._said = True
            self.failed.emit(str(error))
