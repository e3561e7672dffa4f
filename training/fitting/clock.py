"""The clock of a run that has minutes rather than steps, such as one on a GPU that is lent for a short time."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """How much of the time of a run has passed; a run that was stopped goes on with what was left."""

    def __init__(self, minutes: float, now: Callable[[], float] = time.monotonic) -> None:
        """It starts at once. `now` gives seconds from any beginning."""
        self.minutes, self._now, self._began = minutes, now, now()

    @property
    def seconds(self) -> float:
        """Seconds that have passed, those of `resume` included."""
        return self._now() - self._began

    @property
    def left(self) -> float:
        """Seconds that are left; 0 when the time is over."""
        return max(0.0, 60 * self.minutes - self.seconds)

    @property
    def share(self) -> float:
        """The share of the time that has passed, 0 to 1."""
        return min(1.0, self.seconds / (60 * self.minutes))

    def resume(self, seconds: float) -> None:
        """Count the seconds of a run that was stopped as well."""
        self._began -= seconds
