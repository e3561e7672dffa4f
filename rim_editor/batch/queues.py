"""Shared state of a pipeline's threads: queues between the stages, a memory budget, and the numbers of threads."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.1
"""How soon waiting threads notice that everything is to stop."""


@dataclass(frozen=True)
class ThreadCounts:
    """How many threads each stage has. Finding has one, because there is one model, and so has writing."""

    decode: int
    finish: int
    model_threads: int
    """With which a model on the CPU computes."""

    @classmethod
    def for_cores(cls, cores: int) -> ThreadCounts:
        """Counts for `cores` cores: half of them for the model, which suffers most from a busy core.

        Finishing takes as long as everything else together, and some of its threads wait: for the writer, or for
        the separation of colours, which does one image at a time.
        """
        model = max(1, cores // 2)
        return cls(decode=1 + cores // 8, finish=cores - model + 2, model_threads=model)

    @property
    def images(self) -> int:
        """How many images may be in flight: one for every thread, and one waiting for each stage."""
        return self.decode + self.finish + 5


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class StageQueue(Generic[T]):
    """Passes items from the threads of one stage to those of the next, in order, until all producers are done."""

    def __init__(self, producers: int, stopping: threading.Event) -> None:
        self._producers, self._stopping = producers, stopping
        self._changed = threading.Condition()
        self._items: deque[T] = deque()

    @property
    def exhausted(self) -> bool:
        """Whether the queue is empty and will stay so."""
        with self._changed:
            return not self._producers and not self._items

    def put(self, item: T) -> None:
        """Append an item. Never blocks: the budget bounds how many there can be."""
        with self._changed:
            self._items.append(item)
            self._changed.notify()

    def producer_done(self) -> None:
        """One of the producers will put nothing more."""
        with self._changed:
            self._producers -= 1
            self._changed.notify_all()

    def get(self, seconds: float) -> T | None:
        """The next item; None when none comes within so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or not self._producers, seconds)
            return self._items.popleft() if self._items else None

    def process_next(self, work: Callable[[T], None], idle: Callable[[], None] | None = None) -> bool:
        """Wait for the next item and pass it to `work`, calling `idle` now and then meanwhile.

        False when there are no more items or everything is to stop. Keeps no reference to the item.
        """
        while not self._stopping.is_set():
            item = self.get(_POLL_SECONDS)
            if item is not None:
                work(item)
                return True
            if self.exhausted:
                return False
            if idle is not None:
                idle()
        return False


class MegapixelBudget:
    """Admits so many images, and so many megapixels of them; a larger image has to be alone.

    `check` is called while a thread waits; an exception that it raises ends the waiting.
    """

    def __init__(self, images: int, megapixels: float, check: Callable[[], None]) -> None:
        self._images, self._megapixels, self._check = images, megapixels, check
        self._changed = threading.Condition()
        self._admitted = 0
        self._reserved: dict[int, float] = {}

    def admit(self) -> None:
        """Wait until one more image may be in flight."""
        self._wait(lambda: self._admitted < self._images, self._count)

    def reserve(self, index: int, megapixels: float) -> None:
        """Wait until an admitted image may be as large as it turned out to be."""

        def fits() -> bool:
            return not self._reserved or sum(self._reserved.values()) + megapixels <= self._megapixels

        def reserve() -> None:
            self._reserved[index] = megapixels

        self._wait(fits, reserve)

    def free_pixels(self, index: int) -> None:
        """The image holds no pixels any more."""
        with self._changed:
            self._reserved.pop(index, None)
            self._changed.notify_all()

    def release(self, index: int) -> None:
        """The image is no longer in flight."""
        with self._changed:
            self._reserved.pop(index, None)
            self._admitted -= 1
            self._changed.notify_all()

    def _count(self) -> None:
        self._admitted += 1

    def _wait(self, condition: Callable[[], bool], then: Callable[[], None]) -> None:
        while True:
            self._check()
            with self._changed:
                if self._changed.wait_for(condition, _POLL_SECONDS):
                    then()
                    return
