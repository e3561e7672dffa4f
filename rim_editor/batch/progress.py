"""Progress: how far a batch is, how fast it goes and how long it will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.plan import Item

_WINDOW = 50


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
