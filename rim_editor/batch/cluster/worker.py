"""The worker of a cluster: one process that holds the model and does the images that its driver sends.

It does not know of Ray; its methods are called one at a time. Only the driver writes the journal: before a result is
renamed into place, the worker waits for the driver to confirm that it is recorded.
"""

from __future__ import annotations

import os
import socket
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import rim_editor
from clipmat.errors import UserError
from rim_editor.batch import pipeline
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.cluster import ClusterError
from rim_editor.batch.outcomes import Outcome
from rim_editor.batch.plan import Item
from rim_editor.batch.queues import ThreadCounts
from rim_editor.batch.recipe import Recipe

if TYPE_CHECKING:
    from rim_editor.matting import Matting

ANSWER_SECONDS = 0.25
"""How long a worker waits before it sends an empty report; the next instructions have to wait for that."""
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class WorkerInfo:
    """Where a worker runs."""

    version: str
    host: str
    process: int


@dataclass(frozen=True)
class WorkerSetup:
    """The data that a worker needs before its first image."""

    recipe: Recipe
    matting: Matting
    cores: int
    journal: Path
    start: bytes
    """The first bytes of the journal, by which a worker checks that it sees the same file."""


@dataclass(frozen=True)
class Instructions:
    """The driver's instructions to a worker."""

    items: tuple[Item, ...] = ()
    """In addition to those that it has."""
    own: frozenset[Path] = frozenset()
    """Existing files that they may replace."""
    recorded: frozenset[int] = frozenset()
    """Items that the journal now holds as made, so that they may be renamed into place."""
    paused: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class WorkerReport:
    """The events in a worker since its last report."""

    made: tuple[Outcome, ...]
    """Results that will be renamed into place once they are recorded."""
    ended: tuple[Outcome, ...]
    stopped: bool
    """Whether the worker does nothing more."""
    error: Exception | None
    """Why it stopped, if it was not asked to."""


class Worker:
    """Does the images that it is sent, as a batch on one machine does."""

    def __init__(self) -> None:
        self._control = BatchControl()
        self._mailbox = _Mailbox()

    def info(self) -> WorkerInfo:
        """Where this worker runs."""
        return WorkerInfo(rim_editor.__version__, socket.gethostname(), os.getpid())

    def start(self, setup: WorkerSetup) -> UserError | None:
        """Load the model and wait for images; an error that the user must remedy is returned."""
        try:
            _check_shared(setup)
            setup.matting.predictor(**asdict(setup.recipe.model))
        except UserError as error:
            return error
        threading.Thread(target=self._work, args=(setup,), name="cluster-worker", daemon=True).start()
        return None

    def exchange(self, instructions: Instructions) -> WorkerReport:
        """Take instructions and report what happened; an empty report comes after ANSWER_SECONDS."""
        if instructions.cancelled:
            self._control.cancel()
        elif instructions.paused:
            self._control.pause()
        else:
            self._control.resume()
        self._mailbox.take(instructions)
        return self._mailbox.report(ANSWER_SECONDS)

    def _work(self, setup: WorkerSetup) -> None:
        mailbox, failure = self._mailbox, None
        try:
            threads = ThreadCounts.for_cores(setup.cores)
            folder = setup.journal.parent
            for _ in pipeline.run_items(mailbox, setup.recipe, setup.matting, mailbox, folder, self._control, threads):
                pass
        except _Cancelled:
            pass
        except Exception as error:  # noqa: BLE001 - the driver raises it
            failure = error
        mailbox.close(failure)


class _Cancelled(Exception):
    """The batch ended before a result was recorded, so that it is not written."""


class _Mailbox(Iterator[Item | None]):
    """Between the pipeline and the driver: yields the items that come, None while there is none; records outcomes."""

    def __init__(self) -> None:
        self.own: set[Path] = set()
        self._changed = threading.Condition()
        self._items: deque[Item] = deque()
        self._recorded: set[int] = set()
        self._made: list[Outcome] = []
        self._outcomes: list[Outcome] = []
        self._cancelled = self._stopped = False
        self._error: Exception | None = None

    def take(self, instructions: Instructions) -> None:
        """Pass the instructions on to the pipeline."""
        with self._changed:
            self._items.extend(instructions.items)
            self.own |= instructions.own
            self._recorded |= instructions.recorded
            self._cancelled = self._cancelled or instructions.cancelled
            self._changed.notify_all()

    def report(self, seconds: float) -> WorkerReport:
        """What happened since the last time; waits so long for something to happen."""
        with self._changed:
            self._changed.wait_for(lambda: self._made or self._outcomes or self._stopped, seconds)
            report = WorkerReport(tuple(self._made), tuple(self._outcomes), self._stopped, self._error)
            self._made, self._outcomes = [], []
        return report

    def close(self, error: Exception | None) -> None:
        """Nothing more will happen."""
        with self._changed:
            self._stopped, self._error = True, error
            self._changed.notify_all()

    def __next__(self) -> Item | None:
        with self._changed:
            self._changed.wait_for(lambda: self._items, _POLL_SECONDS)
            return self._items.popleft() if self._items else None

    def record_made(self, outcome: Outcome) -> None:
        """Send it to the driver, and wait until that has recorded it. Raises _Cancelled."""
        with self._changed:
            self._made.append(outcome)
            self._changed.notify_all()
            self._changed.wait_for(lambda: outcome.index in self._recorded or self._cancelled)
            if outcome.index not in self._recorded:
                raise _Cancelled
            self._recorded.remove(outcome.index)

    def record_ended(self, outcome: Outcome) -> None:
        """Send it to the driver."""
        with self._changed:
            self._outcomes.append(outcome)
            self._changed.notify_all()

    def sync(self) -> None:
        """The driver does that."""


def _check_shared(setup: WorkerSetup) -> None:
    """Raises ClusterError."""
    try:
        with setup.journal.open("rb") as file:
            shared = file.read(len(setup.start)) == setup.start
    except OSError:
        shared = False
    if not shared:
        text = f"'{setup.journal.parent}' is not the same folder there: choose one that all machines share"
        raise ClusterError(f"{text} under the same path, and share the images and backgrounds too.")
