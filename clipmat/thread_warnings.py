"""Collecting the warnings of one thread while others run: `catch_warnings` alone mixes the threads."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

_lock = threading.Lock()
_open: list[AbstractContextManager[object]] = []
"""The filters that were active before collecting began."""
_count = 0
_this_thread = threading.local()


@dataclass(frozen=True, eq=False)
class _Collector:
    categories: tuple[type[Warning], ...]
    spared: tuple[type[Warning], ...]
    texts: list[str]
    around: _Collector | None
    """The one that this thread had before, which gets what this one does not take."""

    def takes(self, category: type[Warning]) -> bool:
        return issubclass(category, self.categories) and not issubclass(category, self.spared)


@contextmanager
def collected_warnings(*categories: type[Warning], spared: tuple[type[Warning], ...] = ()) -> Iterator[list[str]]:
    """A list that grows by the texts of warnings of these `categories`, but none `spared`, that this thread issues.

    They are shown nowhere else. Other warnings, and those of other threads, go where they went before, to a list
    around this one too. Any number of threads may collect at once.
    """
    collector = _Collector(categories, spared, [], getattr(_this_thread, "collector", None))
    _begin(categories, spared)
    _this_thread.collector = collector
    try:
        yield collector.texts
    finally:
        _this_thread.collector = collector.around
        _end()


def _begin(categories: tuple[type[Warning], ...], spared: tuple[type[Warning], ...]) -> None:
    global _count
    with _lock:
        if _count == 0:
            _open.append(warnings.catch_warnings())
            _open[-1].__enter__()
            usual = warnings.showwarning

            def show(
                message: Warning | str,
                category: type[Warning],
                filename: str,
                lineno: int,
                file: TextIO | None = None,
                line: str | None = None,
            ) -> None:
                collector: _Collector | None = getattr(_this_thread, "collector", None)
                while collector is not None and not collector.takes(category):
                    collector = collector.around
                if collector is not None:
                    collector.texts.append(str(message))
                else:
                    usual(message, category, filename, lineno, file, line)

            warnings.showwarning = show
        _count += 1
        actions = [_action(category) for category in spared]
        for category in categories:
            warnings.simplefilter("always", category)
        for category, action in zip(spared, actions, strict=True):
            warnings.simplefilter(action, category)


def _action(category: type[Warning]) -> Any:  # noqa: ANN401 - of the names that `simplefilter` takes
    """What is done with warnings of a category by the filters as they are."""
    for action, text, kind, module, _ in warnings.filters:
        if not text and not module and issubclass(category, kind):
            return action
    return "default"


def _end() -> None:
    global _count
    with _lock:
        _count -= 1
        if _count == 0:
            _open.pop().__exit__(None, None, None)
