"""Collecting the warnings of one thread while others run: `catch_warnings` alone mixes the threads."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TextIO

_lock = threading.Lock()
_open: list[AbstractContextManager[object]] = []
"""The filters that were active before collecting began."""
_count = 0
_this_thread = threading.local()
_Collector = tuple[tuple[type[Warning], ...], list[str]]


@contextmanager
def collected_warnings(*categories: type[Warning]) -> Iterator[list[str]]:
    """A list that grows by the texts of warnings of these `categories` that this thread issues inside.

    They are shown nowhere else. Other warnings, and those of other threads, go where they went before. Any
    number of threads may collect at once.
    """
    texts: list[str] = []
    around = getattr(_this_thread, "collector", None)
    _begin(categories)
    _this_thread.collector = (categories, texts)
    try:
        yield texts
    finally:
        _this_thread.collector = around
        _end()


def _begin(categories: tuple[type[Warning], ...]) -> None:
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
                if collector is not None and issubclass(category, collector[0]):
                    collector[1].append(str(message))
                else:
                    usual(message, category, filename, lineno, file, line)

            warnings.showwarning = show
        _count += 1
        for category in categories:
            warnings.simplefilter("always", category)


def _end() -> None:
    global _count
    with _lock:
        _count -= 1
        if _count == 0:
            _open.pop().__exit__(None, None, None)
