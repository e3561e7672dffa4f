"""Runs jobs on background threads: the newest job of a kind wins, and callbacks run on the window's thread."""

from __future__ import annotations

import logging
import sys
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import replace
from logging.handlers import RotatingFileHandler
from textwrap import shorten
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

from clipmat.errors import UserError
from rim_editor.editor.events import JobKind
from rim_editor.errors import OUT_OF_MEMORY, EditorError, is_out_of_memory
from rim_editor.translation import tr

if TYPE_CHECKING:
    from rim_editor.editor.jobs import Job, JobResult

_Key = tuple[JobKind, Hashable]
"""Kind and owner of a job."""

_STACK = 16 * 2**20  # macOS gives a thread 512 KiB, too little for torch
_LOG_BYTES = 2**20


class _Run:
    """A started job; once it is dropped, `job` is None, which also releases all that it refers to."""

    __slots__ = ("job", "result")

    def __init__(self, job: Job) -> None:
        self.job: Job | None = job
        self.result: JobResult | None = None


class QtRunner(QObject):
    """Runs jobs on threads and finishes them on the thread of the runner.

    Call its methods on that thread. A superseded or cancelled job never calls back, and does not run at all if it
    had not started. Jobs that use the model share one thread, so that torch is used on one thread only.
    Call `shutdown` before dropping the runner.
    """

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None, *, threads: int = 3) -> None:
        super().__init__(parent)
        self._newest: dict[_Key, _Run] = {}
        self._open = True
        self._model, self._others = _pool(1), _pool(threads)
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> frozenset[_Key]:
        """Kind and owner of the jobs that have not finished."""
        return frozenset(self._newest)

    def start(self, job: Job) -> None:
        """Run the job on a thread, then finish it here; an older job of its kind and owner is dropped.

        After `shutdown` nothing is run and nothing is called.
        """
        self.cancel(job.kind, job.owner)
        if not self._open:
            return
        run = _Run(job)
        self._newest[job.kind, job.owner] = run
        pool = self._model if job.uses_model else self._others
        pool.start(lambda: self._work(run))

    def cancel(self, kind: JobKind, owner: Hashable = None) -> None:
        """Drop the job of this kind and owner, if there is one: it calls nothing back."""
        run = self._newest.pop((kind, owner), None)
        if run is not None:
            run.job = None

    def cancel_all(self) -> None:
        """Drop every job."""
        for kind, owner in tuple(self._newest):
            self.cancel(kind, owner)

    def shutdown(self, seconds: float = 5.0) -> bool:
        """Drop every job and wait for those that are running, at most `seconds`; nothing starts any more.

        False when one is still running: then end the process without waiting for its threads.
        """
        self._open = False
        self.cancel_all()
        end = monotonic() + seconds
        idle = [pool.waitForDone(max(0, round((end - monotonic()) * 1000))) for pool in (self._model, self._others)]
        if not all(idle):
            _left_running.append(self)  # deleting a pool would wait for its threads
        return all(idle)

    def _work(self, run: _Run) -> None:
        job = run.job
        if job is None:
            return
        run.result = job.run()
        del job
        if run.job is not None:
            with suppress(RuntimeError):  # the window is gone
                self._ended.emit(run)

    @Slot(object)
    def _deliver(self, run: _Run) -> None:
        job, result = run.job, run.result
        if job is None or result is None or self._newest.get((job.kind, job.owner)) is not run:
            return
        del self._newest[job.kind, job.owner]
        if result.error is not None:
            result = replace(result, error=as_user_error(result.error))
        job.finish(result)


_left_running: list[QtRunner] = []


def _pool(threads: int) -> QThreadPool:
    pool = QThreadPool()
    pool.setMaxThreadCount(threads)
    pool.setStackSize(_STACK)
    pool.setExpiryTimeout(-1)
    return pool


def as_user_error(error: Exception) -> UserError:
    """The error to show for `error`: one that names its own remedy stays as it is.

    Running out of memory gets one; any other error is logged with its traceback, and the message names the log.
    """
    if isinstance(error, UserError):
        return error
    if is_out_of_memory(error):
        return EditorError(OUT_OF_MEMORY)
    text = shorten(str(error), 300, placeholder=" …") or type(error).__name__
    return EditorError(tr("Something went wrong: {text} (details are in {logged})", text=text, logged=_logged(error)))


def _logged(error: Exception) -> str:
    from rim_editor.settings import log_file

    path = log_file()
    record = logging.LogRecord(
        "rim_editor", logging.ERROR, "", 0, str(error), None, (type(error), error, error.__traceback__)
    )
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
        handler.setFormatter(formatter)
        handler.handle(record)
        handler.close()
    except OSError:
        print(formatter.format(record), file=sys.stderr)  # noqa: T201 - the log cannot be written
        return tr("the terminal")
    return str(path)
