"""Dealing: which worker gets which images, few at a time, so that those of a slow or lost one are done by others.

An image that was with a lost worker is under suspicion: it is tried once more, on a worker that has nothing else, so
that one that kills its workers is found and no other is blamed for it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from rim_editor.batch.plan import Item

TRIES = 2
"""How many workers an image may cost."""


class Dealer:
    """Knows where every image is that is not done. Workers are told apart by numbers."""

    def __init__(self, items: Iterable[Item], most: int) -> None:
        """`most` is how many images a worker may hold."""
        self._most = most
        self._waiting = deque(items)
        self._suspects: deque[Item] = deque()
        self._held: dict[int, dict[int, Item]] = {}
        self._lost: Counter[int] = Counter()

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return not self._left

    def join(self, worker: int) -> None:
        """Count with a worker, which need not be ready yet."""
        self._held[worker] = {}

    def deal(self, worker: int) -> tuple[Item, ...]:
        """What the worker is to do besides what it has: no more than its share of what is left."""
        held = self._held[worker]
        if any(index in self._lost for index in held):
            return ()
        if self._suspects and not held:
            dealt = [self._suspects.popleft()]
        else:
            share = -(-self._left // len(self._held))
            room = max(0, min(self._most, share) - len(held))
            dealt = [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]
        held.update((item.index, item) for item in dealt)
        return tuple(dealt)

    def ended(self, worker: int, index: int) -> None:
        """The worker has done with the image."""
        del self._held[worker][index]
        self._lost.pop(index, None)

    def lost(self, worker: int) -> tuple[Item, ...]:
        """The worker is gone, and its images are dealt again; those that are given up are returned."""
        given_up = []
        for index, item in self._held.pop(worker).items():
            self._lost[index] += 1
            if self._lost[index] < TRIES:
                self._suspects.append(item)
            else:
                given_up.append(item)
        return tuple(given_up)

    @property
    def _left(self) -> int:
        return len(self._waiting) + len(self._suspects) + sum(map(len, self._held.values()))
