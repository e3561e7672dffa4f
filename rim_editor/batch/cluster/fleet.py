"""Fleet: the workers of one batch on a Ray cluster, seen from the driver, which writes the journal.

Each worker has exactly one call to answer at any time: its answer is a report, and the next call takes instructions
along. A worker that is lost is replaced. Above 300 lines because scheduling and its one user are kept together.
"""

from __future__ import annotations

import os
import time
import warnings
from collections import Counter, deque
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import rim_editor
from clipmat.errors import UserError
from rim_editor.batch import stages
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.cluster import ClusterError, ClusterLost
from rim_editor.batch.cluster.worker import Instructions, Worker, WorkerInfo, WorkerReport, WorkerSetup
from rim_editor.batch.journal import Journal
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.plan import Item
from rim_editor.batch.queues import ThreadCounts
from rim_editor.errors import EditorError, EditorWarning, OutputNotWritable

if TYPE_CHECKING:
    from rim_editor.matting import Matting

START_SECONDS = 300.0
"""How long the first worker may take until it is ready: the cluster may have to start a machine for it."""
END_SECONDS = 10.0
"""How long workers may take to finish what they are writing when the batch is cancelled."""
TRIES = 2
"""How many workers an image may cost."""
_POLL_SECONDS = 0.1
_MOST_FAILED_STARTS = 3
"""How many workers in a row may die before they are ready."""
_START_BYTES = 128
_INSTALL = "install rim-editor[cluster] of the same version on all machines of the cluster"


@dataclass(frozen=True)
class FleetSize:
    """How many workers there are, and what each of them has."""

    workers: int
    cores: int
    gpus: int


class Scheduler:
    """Assigns images to workers, few at a time, so that those of a slow or lost worker are done by others.

    An image that was with a lost worker is a suspect: it is tried once more, on a worker that has nothing else, so
    that an image that kills its workers is found and no other is blamed for it. Workers have numbers.
    """

    def __init__(self, items: Iterable[Item], most: int) -> None:
        """`most` is how many images a worker may hold."""
        self._most = most
        self._waiting = deque(items)
        self._suspects: deque[Item] = deque()
        self._held: dict[int, dict[int, Item]] = {}
        self._losses: Counter[int] = Counter()

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return not self._left

    def add_worker(self, worker: int) -> None:
        """Reserve a share for a worker, which need not be ready yet."""
        self._held[worker] = {}

    def assign(self, worker: int) -> tuple[Item, ...]:
        """Further images for the worker: no more than its share of those left."""
        held = self._held[worker]
        if any(index in self._losses for index in held):
            return ()
        if self._suspects and not held:
            assigned = [self._suspects.popleft()]
        else:
            share = -(-self._left // len(self._held))
            room = max(0, min(self._most, share) - len(held))
            assigned = [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]
        held.update((item.index, item) for item in assigned)
        return tuple(assigned)

    def item_ended(self, worker: int, index: int) -> None:
        """The worker is done with the image."""
        del self._held[worker][index]
        self._losses.pop(index, None)

    def worker_lost(self, worker: int) -> tuple[Item, ...]:
        """The worker is gone and its images are assigned anew; returns those that have cost too many workers."""
        abandoned = []
        for index, item in self._held.pop(worker).items():
            self._losses[index] += 1
            if self._losses[index] < TRIES:
                self._suspects.append(item)
            else:
                abandoned.append(item)
        return tuple(abandoned)

    @property
    def _left(self) -> int:
        return len(self._waiting) + len(self._suspects) + sum(map(len, self._held.values()))


@dataclass(eq=False)
class _WorkerHandle:
    """A worker, as its driver sees it."""

    number: int
    actor: Any
    host: str = ""
    ready: bool = False
    made: dict[int, Outcome] = field(default_factory=dict)
    """Results that it may be renaming into place."""
    recorded: set[int] = field(default_factory=set)
    """Those of `made` of which it does not yet know that the journal holds them."""


class Fleet:
    """Starts workers, keeps them busy, and stops them. `ray` is the module, connected to a cluster."""

    def __init__(self, ray: Any, matting: Matting, journal: Journal, control: BatchControl, size: FleetSize) -> None:  # noqa: ANN401
        self._ray, self._journal, self._control, self._size = ray, journal, control, size
        with journal.path.open("rb") as file:
            start = file.read(_START_BYTES)
        self._setup = WorkerSetup(journal.plan.recipe, matting, size.cores, journal.path, start)
        self._scheduler = Scheduler((), 0)
        self._workers: set[_WorkerHandle] = set()
        self._calls: dict[Any, _WorkerHandle] = {}
        """The unanswered call of each worker."""
        self._started = self._failed_starts = 0
        self._begun = False
        self._ready_at = 0.0

    def run(self, items: Sequence[Item]) -> Generator[Outcome, None, None]:
        """Do `items`; outcomes come as from `pipeline.run`.

        Raises what `pipeline.run` raises, ClusterLost, and ClusterError when no worker was ever ready.
        """
        for item in items:
            if item.skip:
                yield self._record_ended(stages.skipped(item))
        # One more than a worker works on, so that it need not wait for the next.
        work = [item for item in items if not item.skip]
        self._scheduler = Scheduler(work, ThreadCounts.for_cores(self._size.cores).images + 1)
        try:
            for _ in range(min(self._size.workers, len(work))):
                self._start_worker()
            self._ready_at = time.monotonic()
            while not self._scheduler.finished and not self._control.cancelled:
                yield from self._step()
                self._check_ready()
        except (self._ray.exceptions.RayError, ConnectionError) as error:
            raise ClusterLost(f"The cluster does not answer ({_cause(error)}): continue with --resume.") from error
        finally:
            self._stop_workers()

    def _start_worker(self) -> None:
        resources = {"num_cpus": self._size.cores, "num_gpus": self._size.gpus}
        actor = self._ray.remote(Worker).options(**resources, max_restarts=0).remote()
        worker = _WorkerHandle(self._started, actor)
        self._started += 1
        self._scheduler.add_worker(worker.number)
        self._workers.add(worker)
        self._calls[actor.info.remote()] = worker

    def _step(self) -> list[Outcome]:
        """Wait briefly for answers, and act on them."""
        outcomes: list[Outcome] = []
        for call in self._ray.wait(list(self._calls), timeout=_POLL_SECONDS)[0]:
            worker = self._calls.pop(call)
            try:
                answer = self._ray.get(call)
            except self._ray.exceptions.RayTaskError as error:
                raise self._refusal(_cannot_work(error)) from error
            except self._ray.exceptions.RayError as error:
                outcomes += self._replace(worker, error)
            else:
                outcomes += self._handle(worker, answer)
        return outcomes

    def _check_ready(self) -> None:
        """Raises ClusterLost when no worker has been ready for too long."""
        if any(worker.ready for worker in self._workers):
            self._ready_at = time.monotonic()
        elif time.monotonic() - self._ready_at > START_SECONDS:
            text = f"No worker is ready after {START_SECONDS / 60:.0f} minutes: see what keeps the cluster busy"
            raise ClusterLost(f"{text} ('ray status'), then continue with --resume.")

    def _handle(self, worker: _WorkerHandle, answer: WorkerInfo | UserError | WorkerReport | None) -> list[Outcome]:
        outcomes: list[Outcome] = []
        if isinstance(answer, WorkerInfo):
            worker.host = answer.host
            if answer.version != rim_editor.__version__:
                text = f"'{answer.host}' has RIM Editor {answer.version}, and this machine {rim_editor.__version__}"
                raise self._refusal(ClusterError(f"{text}: install the same on all machines of the cluster."))
            self._calls[worker.actor.start.remote(self._setup)] = worker
            return outcomes
        if isinstance(answer, Exception):
            raise self._refusal(type(answer)(f"On '{worker.host}': {answer}"))
        if answer is None:
            worker.ready = self._begun = True
            self._failed_starts = 0
        else:
            outcomes = self._record(worker, answer)
            if answer.stopped:
                raise answer.error or ClusterLost("A worker stopped by itself: continue with --resume.")
        self._send_work(worker)
        return outcomes

    def _record(self, worker: _WorkerHandle, report: WorkerReport) -> list[Outcome]:
        for outcome in report.made:
            self._journal.record_made(outcome)
            worker.made[outcome.index] = outcome
            worker.recorded.add(outcome.index)
        for outcome in report.ended:
            worker.made.pop(outcome.index, None)
            self._scheduler.item_ended(worker.number, outcome.index)
        return [self._record_ended(outcome) for outcome in report.ended]

    def _send_work(self, worker: _WorkerHandle) -> None:
        items = self._scheduler.assign(worker.number)
        own = self._journal.own & {path for item in items for path in item.files}
        self._call(worker, Instructions(items, own, frozenset(worker.recorded), self._control.paused))

    def _call(self, worker: _WorkerHandle, instructions: Instructions) -> None:
        self._calls[worker.actor.exchange.remote(instructions)] = worker
        worker.recorded.clear()

    def _replace(self, worker: _WorkerHandle, error: Exception) -> list[Outcome]:
        """Find out which images a lost worker finished, and start another worker."""
        self._kill(worker)
        outcomes = []
        for outcome in worker.made.values():
            if self._journal.outputs_match(outcome):
                self._scheduler.item_ended(worker.number, outcome.index)
                outcomes.append(self._record_ended(replace(outcome, state=State.DONE)))
            else:
                # On a slow file system it may still appear.
                files = self._journal.plan.items[outcome.index].files
                self._journal.own |= {path for path in files if not os.path.lexists(path)}
        for item in self._scheduler.worker_lost(worker.number):
            text = f"'{item.source}' is given up: {TRIES} processes that worked on it died."
            died = EditorError(f"{text} Scale the image down first, or leave it out.")
            outcomes.append(self._record_ended(stages.failed(item, died)))
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts == _MOST_FAILED_STARTS:
                text = f"Workers die before they are ready ({_cause(error)}): {_INSTALL}, or see its logs"
                raise ClusterLost(f"{text}; then continue with --resume.")
        if not self._scheduler.finished:
            self._start_worker()
            where = f" on '{worker.host}'" if worker.host else ""
            warnings.warn(f"A worker{where} was lost: another one continues its work.", EditorWarning, stacklevel=2)
        return outcomes

    def _record_ended(self, outcome: Outcome) -> Outcome:
        self._journal.record_ended(outcome)
        return outcome

    def _refusal(self, error: UserError) -> UserError:
        """The error to raise when a worker cannot work: by then some images may be done."""
        return ClusterLost(f"{error} Then continue with --resume.") if self._begun else error

    def _stop_workers(self) -> None:
        """Let all workers finish what they are writing, and stop them."""
        try:
            # The first error of the cluster or the journal has been raised already.
            with suppress(self._ray.exceptions.RayError, ConnectionError, OutputNotWritable):
                if not self._scheduler.finished:
                    self._cancel_work(time.monotonic() + END_SECONDS)
        finally:
            for worker in tuple(self._workers):
                self._kill(worker)

    def _cancel_work(self, deadline: float) -> None:
        calls = self._calls = {call: worker for call, worker in self._calls.items() if worker.ready}
        while calls and time.monotonic() < deadline:
            for call in self._ray.wait(list(calls), timeout=_POLL_SECONDS)[0]:
                worker = calls.pop(call)
                with suppress(self._ray.exceptions.RayError):
                    report = self._ray.get(call)
                    for outcome in report.ended:
                        self._record_ended(outcome)
                    # What was made and is not recorded yet stays unrecorded, and is then not written.
                    if not report.stopped:
                        self._call(worker, Instructions(recorded=frozenset(worker.recorded), cancelled=True))

    def _kill(self, worker: _WorkerHandle) -> None:
        self._workers.discard(worker)
        with suppress(self._ray.exceptions.RayError, ConnectionError):
            self._ray.kill(worker.actor)


def _cannot_work(error: Exception) -> ClusterError:
    return ClusterError(f"A worker cannot work ({_cause(error)}): {_INSTALL}.")


def _cause(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return " ".join(lines[-1].split())[:300] if lines else type(error).__name__
