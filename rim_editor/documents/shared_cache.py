"""SharedCache: the last values that were computed, for any number of threads, each value computed once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedCache(Generic[T]):
    """The last `limit` values that were asked for, by key; two threads that want the same one compute it once.

    (cachetools has this for methods, but ties the object to itself, so that its arrays wait for the collector.)
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._changed = threading.Condition()
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._pending: set[Hashable] = set()

    def peek(self, key: Hashable) -> T | None:
        """The value if it is there."""
        with self._changed:
            return self._values.get(key)

    def trim(self, kept: int = 0) -> None:
        """Forget all values but the last `kept`."""
        with self._changed:
            while len(self._values) > kept:
                self._values.popitem(last=False)

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value, computed if it is not there."""
        with self._changed:
            self._changed.wait_for(lambda: key not in self._pending)
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            self._pending.add(key)
        try:
            value = compute()
            with self._changed:
                self._values[key] = value
            self.trim(self._limit)
            return value
        finally:
            # If it failed, the next waiting thread tries itself.
            with self._changed:
                self._pending.discard(key)
                self._changed.notify_all()
