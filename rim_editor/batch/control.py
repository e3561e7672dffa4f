"""Control: how whoever looks on pauses, resumes and cancels a batch, from any thread."""

from __future__ import annotations

import threading
import time


class Control:
    """The switch of one batch. Work that was begun on an image ends at its next step when it is thrown."""

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
        """Whether the batch is to end; that is for ever."""
        return self._cancelled

    @property
    def paused_seconds(self) -> float:
        """How long it has stood still altogether."""
        with self._changed:
            now = 0.0 if self._paused_at is None else time.monotonic() - self._paused_at
            return self._paused_seconds + now

    def pause(self) -> None:
        """Let no further step begin."""
        with self._changed:
            if self._paused_at is None:
                self._paused_at = time.monotonic()

    def resume(self) -> None:
        """Go on after a pause."""
        with self._changed:
            self._end_pause()

    def cancel(self) -> None:
        """End the batch; what is done stays, and the rest can be resumed."""
        with self._changed:
            self._cancelled = True
            self._end_pause()

    def wait(self, seconds: float) -> None:
        """Return when the pause ends, or after so many seconds; at once when there is none."""
        with self._changed:
            self._changed.wait_for(lambda: self._paused_at is None, seconds)

    def wait_cancelled(self, seconds: float) -> bool:
        """Wait until the batch is cancelled, so many seconds at most; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._cancelled, seconds)

    def _end_pause(self) -> None:
        if self._paused_at is not None:
            self._paused_seconds += time.monotonic() - self._paused_at
            self._paused_at = None
        self._changed.notify_all()
