"""Fleet: the workers of one batch on a Ray cluster, from the side of the driver, who keeps the journal.

Each worker has one call to answer at any time; its answer tells news, and the next call takes orders along. A worker
that does not answer any more is replaced.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import rim_editor
from clipmat.errors import UserError
from rim_editor.batch import stages
from rim_editor.batch.cluster.cluster_errors import ClusterError, ClusterLost, GivenUp
from rim_editor.batch.cluster.dealing import TRIES, Dealer
from rim_editor.batch.cluster.worker import Introduction, Job, News, Orders, Worker
from rim_editor.batch.control import Control
from rim_editor.batch.journal import Journal, files_of
from rim_editor.batch.outcomes import Outcome
from rim_editor.batch.pipeline import Workers
from rim_editor.batch.plan import Item
from rim_editor.errors import EditorWarning, OutputNotWritable

if TYPE_CHECKING:
    from rim_editor.matting import Matting

START_SECONDS = 300.0
"""How long the first worker may take until it is ready: the cluster may have to start a machine for it."""
END_SECONDS = 10.0
"""How long workers may take to end what they are at when the batch is cancelled."""
_LOOK_SECONDS = 0.1
_STILLBORN = 3
"""How many workers in a row may die before they are ready."""
_START_BYTES = 128
_INSTALL = "install rim-editor[cluster] of the same version on all machines of the cluster"


@dataclass(frozen=True)
class Size:
    """How many workers there are, and what each of them has."""

    workers: int
    cores: int
    gpus: int


@dataclass(eq=False)
class _Hand:
    """A worker, as its driver sees it."""

    number: int
    actor: Any
    host: str = ""
    ready: bool = False
    made: dict[int, Outcome] = field(default_factory=dict)
    """What it may be renaming into place."""
    noted: set[int] = field(default_factory=set)
    """Of those, which it does not yet know to be in the journal."""


class Fleet:
    """Hires workers, keeps them busy, and lets them go. `ray` is the module, connected to a cluster."""

    def __init__(self, ray: Any, matting: Matting, journal: Journal, control: Control, size: Size) -> None:  # noqa: ANN401
        self._ray, self._journal, self._control, self._size = ray, journal, control, size
        with journal.path.open("rb") as file:
            start = file.read(_START_BYTES)
        self._job = Job(journal.plan.recipe, matting, size.cores, journal.path, start)
        self._dealer = Dealer((), 0)
        self._hands: set[_Hand] = set()
        self._calls: dict[Any, _Hand] = {}
        """Who owes which answer."""
        self._hired = self._stillborn = 0
        self._begun = False
        self._ready_at = 0.0

    def run(self, items: Sequence[Item]) -> Generator[Outcome, None, None]:
        """Do `items`; outcomes come as those of `pipeline.run`, and what it raises is raised, and ClusterLost.

        Raises ClusterError when no worker was ever ready.
        """
        for item in items:
            if item.skip:
                yield self._ended(stages.skipped(item))
        # One more than the worker works on, so that it need not wait for the next.
        work = [item for item in items if not item.skip]
        self._dealer = Dealer(work, Workers.of(self._size.cores).images + 1)
        try:
            for _ in range(min(self._size.workers, len(work))):
                self._hire()
            self._ready_at = time.monotonic()
            while not self._dealer.over and not self._control.cancelled:
                yield from self._step()
                self._check_ready()
        except (self._ray.exceptions.RayError, ConnectionError) as error:
            raise ClusterLost(f"The cluster does not answer ({_cause(error)}): go on with --resume.") from error
        finally:
            self._dismiss()

    def _hire(self) -> None:
        resources = {"num_cpus": self._size.cores, "num_gpus": self._size.gpus}
        hand = _Hand(self._hired, self._ray.remote(Worker).options(**resources, max_restarts=0).remote())
        self._hired += 1
        self._dealer.join(hand.number)
        self._hands.add(hand)
        self._calls[hand.actor.introduce.remote()] = hand

    def _step(self) -> list[Outcome]:
        """Wait a little for an answer, and do what follows from it."""
        outcomes: list[Outcome] = []
        for call in self._ray.wait(list(self._calls), timeout=_LOOK_SECONDS)[0]:
            hand = self._calls.pop(call)
            try:
                answer = self._ray.get(call)
            except self._ray.exceptions.RayTaskError as error:
                raise self._refusal(_cannot_work(error)) from error
            except self._ray.exceptions.RayError as error:
                outcomes += self._lost(hand, error)
            else:
                outcomes += self._heard(hand, answer)
        return outcomes

    def _check_ready(self) -> None:
        """Raises ClusterLost when there has been nobody to work for too long."""
        if any(hand.ready for hand in self._hands):
            self._ready_at = time.monotonic()
        elif time.monotonic() - self._ready_at > START_SECONDS:
            text = f"No worker is ready after {START_SECONDS / 60:.0f} minutes: see what keeps the cluster busy"
            raise ClusterLost(f"{text} ('ray status'), then go on with --resume.")

    def _heard(self, hand: _Hand, answer: Introduction | UserError | News | None) -> list[Outcome]:
        outcomes: list[Outcome] = []
        if isinstance(answer, Introduction):
            hand.host = answer.host
            if answer.version != rim_editor.__version__:
                text = f"'{answer.host}' has RIM Editor {answer.version}, and this machine {rim_editor.__version__}"
                raise self._refusal(ClusterError(f"{text}: install the same on all machines of the cluster."))
            self._calls[hand.actor.begin.remote(self._job)] = hand
            return outcomes
        if isinstance(answer, Exception):
            raise self._refusal(type(answer)(f"On '{hand.host}': {answer}"))
        if answer is None:
            hand.ready = self._begun = True
            self._stillborn = 0
        else:
            outcomes = self._noted(hand, answer)
            if answer.over:
                raise answer.broken or ClusterLost("A worker ended by itself: go on with --resume.")
        self._order(hand)
        return outcomes

    def _noted(self, hand: _Hand, news: News) -> list[Outcome]:
        for outcome in news.made:
            self._journal.made(outcome)
            hand.made[outcome.index] = outcome
            hand.noted.add(outcome.index)
        for outcome in news.ended:
            hand.made.pop(outcome.index, None)
            self._dealer.ended(hand.number, outcome.index)
        return [self._ended(outcome) for outcome in news.ended]

    def _order(self, hand: _Hand) -> None:
        items = self._dealer.deal(hand.number)
        files = {path for item in items for path in files_of(item)}
        self._call(hand, Orders(items, self._journal.own & files, frozenset(hand.noted), self._control.paused))

    def _call(self, hand: _Hand, orders: Orders) -> None:
        self._calls[hand.actor.exchange.remote(orders)] = hand
        hand.noted.clear()

    def _lost(self, hand: _Hand, error: Exception) -> list[Outcome]:
        """See what came of the images of a worker that is gone, and hire another."""
        self._let_go(hand)
        outcomes = []
        for outcome in hand.made.values():
            if self._journal.lies(outcome):
                self._dealer.ended(hand.number, outcome.index)
                outcomes.append(self._ended(outcome))
            else:
                # It may turn up yet, where a file system is slow to tell.
                files = files_of(self._journal.plan.items[outcome.index])
                self._journal.own |= {path for path in files if not os.path.lexists(path)}
        for item in self._dealer.lost(hand.number):
            text = f"'{item.source}' is given up: {TRIES} processes that worked on it died."
            died = GivenUp(f"{text} Scale the image down first, or leave it out.")
            outcomes.append(self._ended(stages.failed(item, died)))
        if not hand.ready:
            self._stillborn += 1
            if self._stillborn == _STILLBORN:
                text = f"Workers die before they are ready ({_cause(error)}): {_INSTALL}, or see its logs"
                raise ClusterLost(f"{text}; then go on with --resume.")
        if not self._dealer.over:
            self._hire()
            where = f" on '{hand.host}'" if hand.host else ""
            warnings.warn(f"A worker{where} was lost: another one goes on with its work.", EditorWarning, stacklevel=2)
        return outcomes

    def _ended(self, outcome: Outcome) -> Outcome:
        self._journal.ended(outcome)
        return outcome

    def _refusal(self, error: UserError) -> UserError:
        """What to raise when a worker cannot work: some may be done by then."""
        return ClusterLost(f"{error} Then go on with --resume.") if self._begun else error

    def _dismiss(self) -> None:
        """Let all workers end what they are at, if they have anything, and go."""
        try:
            # What is wrong with the cluster or the journal is told by whoever noticed it first.
            with suppress(self._ray.exceptions.RayError, ConnectionError, OutputNotWritable):
                if not self._dealer.over:
                    self._wind_up(time.monotonic() + END_SECONDS)
        finally:
            for hand in tuple(self._hands):
                self._let_go(hand)

    def _wind_up(self, deadline: float) -> None:
        calls = self._calls = {call: hand for call, hand in self._calls.items() if hand.ready}
        while calls and time.monotonic() < deadline:
            for call in self._ray.wait(list(calls), timeout=_LOOK_SECONDS)[0]:
                hand = calls.pop(call)
                with suppress(self._ray.exceptions.RayError):
                    news = self._ray.get(call)
                    for outcome in news.ended:
                        self._ended(outcome)
                    # What is made and not noted yet is not: it is not written then.
                    if not news.over:
                        self._call(hand, Orders(noted=frozenset(hand.noted), cancelled=True))

    def _let_go(self, hand: _Hand) -> None:
        self._hands.discard(hand)
        with suppress(self._ray.exceptions.RayError, ConnectionError):
            self._ray.kill(hand.actor)


def _cannot_work(error: Exception) -> ClusterError:
    return ClusterError(f"A worker cannot work ({_cause(error)}): {_INSTALL}.")


def _cause(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return " ".join(lines[-1].split())[:300] if lines else type(error).__name__
