"""For debugging: reports when the window's thread handles no events for longer than a frame."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from types import FrameType

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer

BUDGET_MS = 16.0
"""One frame at 60 Hz."""
SWITCH = "RIM_EDITOR_DEBUG_STALLS"

_BEAT_MS = 2
_KEPT = 1000
_HERE = str(Path(__file__).parents[1])


@dataclass(frozen=True)
class Stall:
    """A period in which the window's thread handled no events."""

    milliseconds: float
    event: str
    """The event that took longest, with its widget; '' if none did, as when another thread held the GIL."""
    where: str
    """The place in the editor's code, as file:line function; '' if unknown."""

    def __str__(self) -> str:
        at = f" at {self.where}" if self.where else ""
        return f"{self.milliseconds:.0f} ms: {self.event or 'no event, another thread held the GIL'}{at}"


def is_enabled() -> bool:
    """Whether the environment asks for the watch."""
    return os.environ.get(SWITCH, "") not in ("", "0")


def print_stall(stall: Stall) -> None:
    """Print a stall on stderr."""
    print(f"rim-editor: stall of {stall}", file=sys.stderr, flush=True)  # noqa: T201


class StallWatch(QObject):
    """Detects stalls of its own thread: its timer fires late when an event or another thread takes too long.

    `report` is called at the end of each; `stalls` keeps the last thousand. Call `stop` before dropping it.
    """

    def __init__(
        self, app: QCoreApplication, report: Callable[[Stall], None] | None = None, budget_ms: float = BUDGET_MS
    ) -> None:
        super().__init__()
        self.stalls: deque[Stall] = deque(maxlen=_KEPT)
        self._app = app
        self._report = report
        self._budget = budget_ms / 1000
        self._thread = threading.get_ident()
        self._seen: list[tuple[float, str]] = []
        self._where = ""
        self._beat = self._mark = perf_counter()
        self._running = threading.Event()
        self._running.set()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._timer.start(_BEAT_MS)
        app.installEventFilter(self)
        self._sampler = threading.Thread(target=self._sample, name="stalls", daemon=True)
        self._sampler.start()

    @property
    def longest(self) -> float:
        """Milliseconds of the longest stall; 0 without any."""
        return max((stall.milliseconds for stall in self.stalls), default=0.0)

    def restart(self) -> None:
        """Forget all stalls, including one in progress."""
        self.stalls.clear()
        self._begin()

    def stop(self) -> None:
        """Stop watching."""
        self._running.clear()
        self._sampler.join()  # or its end might destroy this object on a thread that is not Qt's
        self._timer.stop()
        self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Note the event that begins; every event is passed on."""
        if watched is not self._timer:
            self._mark = perf_counter()
            self._seen.append((self._mark, f"{event.type().name} of {_name(watched)}"))
        return False

    def _begin(self) -> None:
        self._seen.clear()
        self._where = ""
        self._beat = self._mark = perf_counter()

    def _on_beat(self) -> None:
        now = perf_counter()
        late = now - self._beat - _BEAT_MS / 1000
        if late > self._budget:
            stall = Stall(late * 1000, self._longest_event(now), self._where)
            self.stalls.append(stall)
            if self._report is not None:
                self._report(stall)
        self._begin()

    def _longest_event(self, now: float) -> str:
        marks = [*self._seen, (now, "")]
        spans = [(after - start, name) for (start, name), (after, _) in pairwise(marks)]
        span, name = max(spans, default=(0.0, ""))
        return name if span > self._budget / 4 else ""

    def _sample(self) -> None:
        # On a thread of its own, since a stalled thread cannot inspect itself.
        pause = threading.Event()
        while self._running.is_set():
            pause.wait(self._budget / 4)
            if perf_counter() - self._mark > self._budget / 2 and not self._where:
                self._where = _place(sys._current_frames().get(self._thread))


def _name(watched: QObject) -> str:
    kind = type(watched).__name__
    name = watched.objectName()
    return f"{name} ({kind})" if name else kind


def _place(frame: FrameType | None) -> str:
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(_HERE) and code.co_filename != __file__:
            return f"{Path(code.co_filename).relative_to(_HERE)}:{frame.f_lineno} {code.co_name}"
        frame = frame.f_back
    return ""
