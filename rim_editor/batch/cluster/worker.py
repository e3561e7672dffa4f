"""The worker of a cluster: one process with the model in it, whose driver asks again and again what came of its images.

It knows nothing of Ray; its methods are called one at a time. The journal is the driver's: before a result is renamed
into place, the worker waits for the driver to say that the journal knows of it.
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
from rim_editor.batch.cluster.cluster_errors import ClusterError
from rim_editor.batch.control import Control
from rim_editor.batch.outcomes import Outcome
from rim_editor.batch.pipeline import Workers
from rim_editor.batch.plan import Item
from rim_editor.batch.recipe import Recipe

if TYPE_CHECKING:
    from rim_editor.matting import Matting

ANSWER_SECONDS = 0.25
"""How long a worker that has no news waits before it says so; what it is told has to wait for that."""
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Introduction:
    """Who a worker is."""

    version: str
    host: str
    process: int


@dataclass(frozen=True)
class Job:
    """What a worker needs to know beforehand."""

    recipe: Recipe
    matting: Matting
    cores: int
    journal: Path
    start: bytes
    """With which the journal begins, so that a worker knows that it sees the same file."""


@dataclass(frozen=True)
class Orders:
    """What a worker is to do from now on."""

    items: tuple[Item, ...] = ()
    """Besides those that it has."""
    own: frozenset[Path] = frozenset()
    """Existing files that they may replace."""
    noted: frozenset[int] = frozenset()
    """Items whose `made` is in the journal."""
    paused: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class News:
    """What happened at a worker since it was asked last."""

    made: tuple[Outcome, ...]
    """What is about to be renamed into place, once it is noted."""
    ended: tuple[Outcome, ...]
    over: bool
    """Whether the worker does nothing more."""
    broken: Exception | None
    """Why, if it was not told to end."""


class Worker:
    """Does the images that it is given, as a batch on one machine does."""

    def __init__(self) -> None:
        self._control = Control()
        self._courier = _Courier()

    def introduce(self) -> Introduction:
        """Who this is."""
        return Introduction(rim_editor.__version__, socket.gethostname(), os.getpid())

    def begin(self, job: Job) -> UserError | None:
        """Load the model, and be ready; what the user must remedy is returned."""
        try:
            _check_shared(job)
            job.matting.predictor(**asdict(job.recipe.model))
        except UserError as error:
            return error
        threading.Thread(target=self._work, args=(job,), name="cluster-worker", daemon=True).start()
        return None

    def exchange(self, orders: Orders) -> News:
        """Take orders, and tell the news, within ANSWER_SECONDS if there are none."""
        if orders.cancelled:
            self._control.cancel()
        elif orders.paused:
            self._control.pause()
        else:
            self._control.resume()
        self._courier.take(orders)
        return self._courier.news(ANSWER_SECONDS)

    def _work(self, job: Job) -> None:
        courier, broken = self._courier, None
        try:
            workers = Workers.of(job.cores)
            for _ in pipeline.work(courier, job.recipe, job.matting, courier, self._control, workers):
                pass
        except _Ended:
            pass
        except Exception as error:  # noqa: BLE001 - the driver is told
            broken = error
        courier.close(broken)


class _Ended(Exception):
    """The batch ended before a result was noted, which is not written then."""


class _Courier(Iterator[Item | None]):
    """Between the pipeline's threads and the driver: items come in, notes go out; None where there is no item yet."""

    def __init__(self) -> None:
        self.own: set[Path] = set()
        self._changed = threading.Condition()
        self._items: deque[Item] = deque()
        self._noted: set[int] = set()
        self._made: list[Outcome] = []
        self._outcomes: list[Outcome] = []
        self._cancelled = self._over = False
        self._broken: Exception | None = None

    def take(self, orders: Orders) -> None:
        """Hand on what the driver says."""
        with self._changed:
            self._items.extend(orders.items)
            self.own |= orders.own
            self._noted |= orders.noted
            self._cancelled = self._cancelled or orders.cancelled
            self._changed.notify_all()

    def news(self, seconds: float) -> News:
        """What happened since the last time; wait so long for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._made or self._outcomes or self._over, seconds)
            news = News(tuple(self._made), tuple(self._outcomes), self._over, self._broken)
            self._made, self._outcomes = [], []
        return news

    def close(self, broken: Exception | None) -> None:
        """Nothing more will happen."""
        with self._changed:
            self._over, self._broken = True, broken
            self._changed.notify_all()

    def __next__(self) -> Item | None:
        with self._changed:
            self._changed.wait_for(lambda: self._items, _LOOK_SECONDS)
            return self._items.popleft() if self._items else None

    def made(self, outcome: Outcome) -> None:
        """Tell the driver, and wait until it has noted that. Raises _Ended."""
        with self._changed:
            self._made.append(outcome)
            self._changed.notify_all()
            self._changed.wait_for(lambda: outcome.index in self._noted or self._cancelled)
            if outcome.index not in self._noted:
                raise _Ended
            self._noted.remove(outcome.index)

    def ended(self, outcome: Outcome) -> None:
        """Tell the driver."""
        with self._changed:
            self._outcomes.append(outcome)
            self._changed.notify_all()

    def sync(self) -> None:
        """The driver does that."""


def _check_shared(job: Job) -> None:
    """Raises ClusterError."""
    try:
        with job.journal.open("rb") as file:
            shared = file.read(len(job.start)) == job.start
    except OSError:
        shared = False
    if not shared:
        text = f"'{job.journal.parent}' is not the same folder there: choose one that all machines of the cluster share"
        raise ClusterError(f"{text}, and by the same path; images and backgrounds have to lie so too.")
