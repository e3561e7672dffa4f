"""Runs a batch on a thread of its own and reports to the window's thread at most twenty times a second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from rim_editor.batch import resuming, running
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.outcomes import Outcome
from rim_editor.batch.plan import Plan
from rim_editor.ui.qt_runner import as_user_error

if TYPE_CHECKING:
    from rim_editor.batch.progress import BatchProgress
    from rim_editor.batch.running import BatchSummary
    from rim_editor.matting import Matting

UPDATE_MS = 50
"""Milliseconds between two reports, at least."""


@dataclass(frozen=True)
class ProgressUpdate:
    """Progress since the last report."""

    progress: BatchProgress
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class BatchResult:
    """The result of a batch."""

    summary: BatchSummary | None
    """None when it could not start, or failed."""
    text: str = ""
    """The error with its remedy; '' for none."""


class BatchThread(QObject):
    """Runs one batch at a time. Call its methods on its own thread, on which its signals are emitted too."""

    progressed = Signal(object)
    """A `ProgressUpdate`; at most one every UPDATE_MS."""
    finished = Signal(object)
    """The `BatchResult` of the batch, after its last `progressed`."""
    _updated = Signal()

    def __init__(self, matting: Matting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._matting = matting
        self.control = BatchControl()
        """Pauses, resumes and cancels the running batch."""
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._outcomes: list[Outcome] = []
        self._newest: BatchProgress | None = None
        self._result: BatchResult | None = None
        self._idle = True
        self._interval = QTimer(self, singleShot=True, interval=UPDATE_MS)
        self._interval.timeout.connect(self._report)
        self._updated.connect(self._report, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        """Whether a batch was started for which `finished` was not emitted yet."""
        return self._thread is not None

    def start(self, plan: Plan) -> None:
        """Run this plan from its beginning. Raises RuntimeError while a batch is running."""

        self._start(lambda control: running.export(plan, self._matting, control, self._put))

    def resume(self, folder: Path) -> None:
        """Resume the batch whose journal is in `folder`. Raises RuntimeError while a batch is running.

        The first report has the outcomes of former runs too.
        """

        self._start(lambda control: resuming.resume(folder, self._matting, control, self._put, self._add))

    def wait(self, seconds: float) -> bool:
        """Wait for the thread to end; False when it has not. Call `control.cancel` first to end it soon."""
        if self._thread is not None:
            self._thread.join(seconds)
            return not self._thread.is_alive()
        return True

    def _start(self, batch: Callable[[BatchControl], BatchSummary]) -> None:
        if self.running:
            raise RuntimeError("a batch is running")
        self.control = control = BatchControl()
        self._outcomes, self._newest, self._result, self._idle = [], None, None, True
        self._thread = threading.Thread(target=lambda: self._run(batch, control), name="batch")
        self._thread.start()

    def _run(self, batch: Callable[[BatchControl], BatchSummary], control: BatchControl) -> None:
        try:
            summary = batch(control)
            result = BatchResult(summary, summary.text)
        except Exception as error:  # noqa: BLE001 - whatever it is, the user sees it
            result = BatchResult(None, str(as_user_error(error)))
        self._put(result=result)

    def _put(self, progress: BatchProgress | None = None, result: BatchResult | None = None) -> None:
        with self._lock:
            if progress is not None:
                self._newest = progress
                if progress.outcome is not None:
                    self._outcomes.append(progress.outcome)
            self._result = result
            first, self._idle = self._idle, False
        if first:
            with suppress(RuntimeError):  # the window is gone: there is nothing left to update
                self._updated.emit()

    def _add(self, outcome: Outcome) -> None:
        with self._lock:
            self._outcomes.append(outcome)

    def _report(self) -> None:
        if self._interval.isActive():
            return
        with self._lock:
            outcomes, newest, result = tuple(self._outcomes), self._newest, self._result
            self._outcomes, self._newest = [], None
            # The timer calls again after this update, so `_put` need not signal until then.
            self._idle = newest is None
        if newest is not None:
            self._interval.start()
            self.progressed.emit(ProgressUpdate(newest, outcomes))
        if result is not None and self._thread is not None:
            self._thread.join()
            self._thread = None
            self._interval.stop()
            self.finished.emit(result)
