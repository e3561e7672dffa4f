"""A batch at work on a thread of its own; the window's thread hears of it at most twenty times a second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from rim_editor.batch import running
from rim_editor.batch.outcomes import Outcome
from rim_editor.batch.plan import Plan
from rim_editor.batch.progress import BatchControl
from rim_editor.ui.qt_runner import as_user_error

if TYPE_CHECKING:
    from rim_editor.batch.progress import BatchProgress
    from rim_editor.batch.running import BatchSummary
    from rim_editor.matting import Matting

TELL_MS = 50


@dataclass(frozen=True)
class Told:
    """What has happened since the last time."""

    progress: BatchProgress
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Ended:
    """How a batch ended."""

    summary: BatchSummary | None
    """None when it could not begin, or broke off."""
    text: str = ""
    """What went wrong, and what to do; '' for nothing."""


class BatchWork(QObject):
    """Runs one batch after the other. Call its methods on the thread that it lives in, on which it tells as well."""

    told = Signal(object)
    """A `Told`; between two of them lie at least TELL_MS."""
    ended = Signal(object)
    """The `Ended` of the batch; nothing is told after it."""
    _came = Signal()

    def __init__(self, matting: Matting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._matting = matting
        self.control = BatchControl()
        """Pauses, resumes and cancels the batch at work."""
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._inbox: list[Outcome] = []
        self._newest: BatchProgress | None = None
        self._end: Ended | None = None
        self._heard = True
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(TELL_MS)
        self._quiet.timeout.connect(self._hear)
        self._came.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        """Whether a batch was started of which `ended` did not tell."""
        return self._thread is not None

    def start(self, plan: Plan) -> None:
        """Run this plan from its beginning. Raises RuntimeError while a batch is running."""

        self._start(lambda control: running.export(plan, self._matting, control, self._put))

    def resume(self, folder: Path) -> None:
        """Go on with what the journal in `folder` says. Raises RuntimeError while a batch is running."""

        self._start(lambda control: running.resume(folder, self._matting, control, self._put))

    def wait(self, seconds: float) -> bool:
        """Wait for the thread to end, which `control.cancel` hastens; False when it has not."""
        if self._thread is not None:
            self._thread.join(seconds)
            return not self._thread.is_alive()
        return True

    def _start(self, batch: Callable[[BatchControl], BatchSummary]) -> None:
        if self.running:
            raise RuntimeError("a batch is running")
        self.control = control = BatchControl()
        self._inbox, self._newest, self._end, self._heard = [], None, None, True
        self._thread = threading.Thread(target=lambda: self._run(batch, control), name="batch")
        self._thread.start()

    def _run(self, batch: Callable[[BatchControl], BatchSummary], control: BatchControl) -> None:
        try:
            summary = batch(control)
            ended = Ended(summary, summary.text)
        except Exception as error:  # noqa: BLE001 - whatever it is, the user is told
            ended = Ended(None, str(as_user_error(error)))
        self._put(ended=ended)

    def _put(self, progress: BatchProgress | None = None, ended: Ended | None = None) -> None:
        with self._lock:
            if progress is not None:
                self._newest = progress
                if progress.outcome is not None:
                    self._inbox.append(progress.outcome)
            self._end = ended
            first, self._heard = self._heard, False
        if first:
            with suppress(RuntimeError):  # the window is gone: nobody is left to be told
                self._came.emit()

    def _hear(self) -> None:
        if self._quiet.isActive():
            return
        with self._lock:
            outcomes, newest, ended = tuple(self._inbox), self._newest, self._end
            self._inbox, self._newest = [], None
            # Until the next look nobody need call: what comes meanwhile is found then.
            self._heard = newest is None
        if newest is not None:
            self._quiet.start()
            self.told.emit(Told(newest, outcomes))
        if ended is not None and self._thread is not None:
            self._thread.join()
            self._thread = None
            self._quiet.stop()
            self.ended.emit(ended)
