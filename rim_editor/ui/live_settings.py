"""The settings while the window is up: changed at once, written a moment later beside the window."""

from __future__ import annotations

from threading import Lock

from PySide6.QtCore import QObject, QTimer, Signal

from rim_editor.events import JobKind
from rim_editor.jobs import Job, Runner
from rim_editor.settings import Settings

DELAY_MS = 1000


class Remembered(QObject):
    """Holds the settings; `set` changes them, `write` does not wait."""

    changed = Signal(object)
    """The settings are these now."""
    failed = Signal(object)
    """They cannot be written, and why; said once."""

    def __init__(self, settings: Settings, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = self._written = settings
        self._runner = runner
        self._lock = Lock()
        self._said = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._start)

    @property
    def now(self) -> Settings:
        """The settings as they are."""
        return self._settings

    def set(self, settings: Settings) -> None:
        """From now on these; nothing happens when they are the same."""
        if settings != self._settings:
            self._settings = settings
            self._timer.start()
            self.changed.emit(settings)

    def write(self) -> None:
        """Write what is not written yet, and wait for it. Raises OutputNotWritable."""
        self._timer.stop()
        self._save()

    def _start(self) -> None:
        self._runner.start(Job(JobKind.SETTINGS, self._save, lambda _: None, self._tell))

    def _save(self) -> None:
        from rim_editor import settings

        with self._lock:  # whoever comes last writes the newest
            newest = self._settings
            if newest != self._written:
                settings.save(newest)
                self._written = newest

    def _tell(self, error: Exception) -> None:
        if not self._said:
            self._said = True
            self.failed.emit(error)
