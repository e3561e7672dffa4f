"""Between the threads of a pipeline: belts that hand things on, and a room that only so many images enter."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.1
"""How soon those who wait notice that all is to stop."""


class Belt(Generic[T]):
    """Hands things from some threads to others, in order, until its producers are done."""

    def __init__(self, producers: int, stopping: threading.Event) -> None:
        self._producers, self._stopping = producers, stopping
        self._changed = threading.Condition()
        self._things: deque[T] = deque()

    @property
    def drained(self) -> bool:
        """Whether nothing is on it and nothing will be."""
        with self._changed:
            return not self._producers and not self._things

    def put(self, thing: T) -> None:
        """Lay a thing on it; bounded by who lets things in, so this never waits."""
        with self._changed:
            self._things.append(thing)
            self._changed.notify()

    def producer_done(self) -> None:
        """One of the producers will put nothing more."""
        with self._changed:
            self._producers -= 1
            self._changed.notify_all()

    def take(self, seconds: float) -> T | None:
        """The next thing; None when there is none within so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._things or not self._producers, seconds)
            return self._things.popleft() if self._things else None

    def feed(self, work: Callable[[T], None], idle: Callable[[], None] | None = None) -> bool:
        """Wait for the next thing and give it to `work`, calling `idle` now and then meanwhile.

        False when there is none any more or all is to stop. What was given is not held when this returns.
        """
        while not self._stopping.is_set():
            thing = self.take(_LOOK_SECONDS)
            if thing is not None:
                work(thing)
                return True
            if self.drained:
                return False
            if idle is not None:
                idle()
        return False


class Room:
    """Lets in so many images, and so many megapixels of them; one that is larger than that has to be alone.

    `check` is called while somebody waits; what it raises ends the waiting.
    """

    def __init__(self, images: int, megapixels: float, check: Callable[[], None]) -> None:
        self._images, self._megapixels, self._check = images, megapixels, check
        self._changed = threading.Condition()
        self._inside = 0
        self._weights: dict[int, float] = {}

    def enter(self) -> None:
        """Wait for a place for one more image."""
        self._wait(lambda: self._inside < self._images, self._come)

    def weigh(self, index: int, megapixels: float) -> None:
        """Wait until an image that is inside may be as large as it turned out to be."""

        def fits() -> bool:
            return not self._weights or sum(self._weights.values()) + megapixels <= self._megapixels

        def note() -> None:
            self._weights[index] = megapixels

        self._wait(fits, note)

    def lighten(self, index: int) -> None:
        """The image holds no pixels any more."""
        with self._changed:
            self._weights.pop(index, None)
            self._changed.notify_all()

    def leave(self, index: int) -> None:
        """The image is gone."""
        with self._changed:
            self._weights.pop(index, None)
            self._inside -= 1
            self._changed.notify_all()

    def _come(self) -> None:
        self._inside += 1

    def _wait(self, may: Callable[[], bool], then: Callable[[], None]) -> None:
        while True:
            self._check()
            with self._changed:
                if self._changed.wait_for(may, _LOOK_SECONDS):
                    then()
                    return
