"""Prefetching: the next items of a run are prepared, in threads or in processes, while the device computes."""

from __future__ import annotations

import io
import pickle
import platform
import time
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

import cv2
import torch
from torch import Tensor

from training import TrainingError
from training.worker_process import begin_worker

T = TypeVar("T")


class LoaderError(TrainingError):
    """Items cannot be prepared in processes of their own; the text says what to do."""


class Prefetcher(Generic[T]):
    """Prepares the next numbered items in threads while the last is used; order and results stay the same.

    With `processes` in as many of these instead: copies of this one as it is at the first `get`, so that nothing has to
    be sent to them. What they make comes back as bytes and not in shared memory, of which containers have little.
    """

    def __init__(
        self, make: Callable[[int], T], end: int, depth: int = 2, threads: int = 1, processes: int = 0
    ) -> None:
        """Raises LoaderError where processes cannot be copied: elsewhere than on Linux."""
        self._end, self._depth = end, depth
        self._pool: Executor
        if processes:
            if platform.system() != "Linux":  # macOS can copy them, but its own libraries do not bear it
                raise LoaderError("this system cannot copy processes: leave --workers out and raise --threads")
            cv2.setNumThreads(1)  # a copy has none of the threads of this process, and would wait for them
            self._pool = ProcessPoolExecutor(processes, get_context("fork"), _begin_loader, (make,))
        else:
            self._pool = ThreadPoolExecutor(threads, thread_name_prefix="prefetch")
        self._prepare: Callable[[int], Any] = _item_as_bytes if processes else make
        self._pending: dict[int, Future[Any]] = {}
        self.waited = 0.0
        """Total seconds that callers of `get` have waited."""

    def get(self, number: int) -> T:
        """The item with a number; starts preparing those after it, before `end`.

        Raises what preparing it raised, LoaderError when a process was killed.
        """
        began = time.perf_counter()
        wanted = range(number, max(number + 1, min(number + 1 + self._depth, self._end)))
        try:
            with warnings.catch_warnings():  # Python 3.12 warns of threads, which the copies do not use
                warnings.simplefilter("ignore", DeprecationWarning)
                self._pending = {n: self._pending.get(n) or self._pool.submit(self._prepare, n) for n in wanted}
            made = self._pending.pop(number).result()
        except BrokenProcessPool as error:
            raise LoaderError("a loader process was killed, perhaps for lack of memory: use fewer --workers") from error
        item: T = pickle.loads(made) if isinstance(made, bytes) else made
        self.waited += time.perf_counter() - began
        return item

    def close(self) -> None:
        """Cancel the items in preparation."""
        self._pool.shutdown(cancel_futures=True)
        self._pending = {}


_make: Callable[[int], object]
"""Of a loader process: set once, when it starts."""


def _begin_loader(make: Callable[[int], object]) -> None:
    global _make
    begin_worker()
    torch.set_num_threads(1)  # the copies of several would wait for each other
    _make = make


def _item_as_bytes(number: int) -> bytes:
    buffer = io.BytesIO()
    _TensorPickler(buffer, pickle.HIGHEST_PROTOCOL).dump(_make(number))
    return buffer.getvalue()


class _TensorPickler(pickle.Pickler):
    """Writes tensors as numpy arrays, several times as fast as torch's own way."""

    def reducer_override(self, obj: Any) -> Any:  # noqa: ANN401
        return (torch.from_numpy, (obj.numpy(),)) if isinstance(obj, Tensor) else NotImplemented
