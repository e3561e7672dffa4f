"""Pausing, resuming and cancelling a batch while it runs, from any thread."""

from __future__ import annotations

import threading
import time


class BatchControl:
    """Pauses, resumes and cancels one batch, from any thread. Work on an image stops before its next step."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused_at: float | None = None
        self._paused_seconds = 0.0
        self._cancelled = False

    @property
    def paused(self) -> bool:
        """Whether the batch stands still until `resume` or `cancel`."""
        return self._paused_at is not None

    @property
    def cancelled(self) -> bool:
        """Whether the batch is to end; this cannot be undone."""
        return self._cancelled

    @property
    def paused_seconds(self) -> float:
        """How long it has been paused altogether."""
        with self._changed:
            now = 0.0 if self._paused_at is None else time.monotonic() - self._paused_at
            return self._paused_seconds + now

    def pause(self) -> None:
        """Let no further step begin."""
        with self._changed:
            if self._paused_at is None:
                self._paused_at = time.monotonic()

    def resume(self) -> None:
        """Continue after a pause."""
        with self._changed:
            self._end_pause()

    def cancel(self) -> None:
        """End the batch; finished images stay, and the rest can be resumed."""
        with self._changed:
            self._cancelled = True
            self._end_pause()

    def wait_while_paused(self, seconds: float) -> None:
        """Return when the pause ends, or after so many seconds; at once when there is none."""
        with self._changed:
            self._changed.wait_for(lambda: self._paused_at is None, seconds)

    def wait_cancelled(self, seconds: float) -> bool:
        """Wait until the batch is cancelled, at most so many seconds; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._cancelled, seconds)

    def _end_pause(self) -> None:
        if self._paused_at is not None:
            self._paused_seconds += time.monotonic() - self._paused_at
            self._paused_at = None
        self._changed.notify_all()
