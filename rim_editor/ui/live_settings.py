"""The settings while the window is open: changed at once, written a moment later in the background."""

from __future__ import annotations

from threading import Lock

from PySide6.QtCore import QObject, QTimer, Signal

from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.settings import Settings

DELAY_MS = 1000


class LiveSettings(QObject):
    """Holds the settings; `set` changes them, a timer writes them in the background."""

    changed = Signal(object)
    """Emitted with the new settings."""
    failed = Signal(object)
    """The error when the settings cannot be written; emitted only once."""

    def __init__(self, settings: Settings, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = self._written = settings
        self._runner = runner
        self._lock = Lock()
        self._reported = False
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self._start)

    @property
    def current(self) -> Settings:
        """The current settings."""
        return self._settings

    def set(self, settings: Settings) -> None:
        """Change the settings; nothing happens when they are the same."""
        if settings != self._settings:
            self._settings = settings
            self._timer.start()
            self.changed.emit(settings)

    def write(self) -> None:
        """Write changed settings now. Raises OutputNotWritable."""
        self._timer.stop()
        self._save()

    def _start(self) -> None:
        self._runner.start(Job(JobKind.SETTINGS, self._save, lambda _: None, self._report))

    def _save(self) -> None:
        from rim_editor import settings

        with self._lock:  # the last thread writes the newest
            newest = self._settings
            if newest != self._written:
                settings.save(newest)
                self._written = newest

    def _report(self, error: Exception) -> None:
        if not self._reported:
            self._reported = True
            self.failed.emit(error)
