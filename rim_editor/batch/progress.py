"""Progress: how far a batch is, how fast it goes and how long it will take; and pausing, resuming and cancelling it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.plan import Item
from rim_editor.errors import EditorError

_WINDOW = 50


class BatchInterrupted(EditorError):
    """The batch cannot continue; finished images stay, and the rest can be resumed."""


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


@dataclass(frozen=True)
class BatchProgress:
    """How far a batch is."""

    done: int
    """Items that have an outcome, those of former runs included."""
    total: int
    outcome: Outcome | None
    """The newest one; None at the start."""
    images_per_second: float
    """Over the last fifty at most, without pauses; 0 while nothing is known."""
    seconds_left: float | None
    """None while nothing is known."""


class Throughput:
    """Measures how fast outcomes come; items that the plan skips do not count.

    `items` is how many are still to do; `clock` returns seconds and stands still during pauses.
    """

    def __init__(self, items: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._left, self._clock = items, clock
        self._times = deque([clock()], maxlen=_WINDOW + 1)

    def count(self, outcome: Outcome) -> None:
        """One more is done."""
        if outcome.state is not State.SKIPPED:
            self._left -= 1
            self._times.append(self._clock())

    @property
    def images_per_second(self) -> float:
        """Over the last fifty at most; 0 while nothing is known."""
        spent = self._times[-1] - self._times[0]
        return (len(self._times) - 1) / spent if spent > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None while nothing is known."""
        speed = self.images_per_second
        return self._left / speed if speed else None


def track_progress(
    items: Sequence[Item], total: int, control: BatchControl, outcomes: Generator[Outcome, None, None]
) -> Generator[BatchProgress, None, None]:
    """One progress at once, then one for each of the `outcomes` of `items`, the last ones of so many in `total`.

    `outcomes` is started after the first progress, and closed together with this generator.
    """
    done = total - len(items)
    speed = Throughput(sum(1 for item in items if not item.skip), lambda: time.monotonic() - control.paused_seconds)
    with closing(outcomes):
        yield BatchProgress(done, total, None, 0.0, None)
        for outcome in outcomes:
            done += 1
            speed.count(outcome)
            yield BatchProgress(done, total, outcome, speed.images_per_second, speed.seconds_left)
