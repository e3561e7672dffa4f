"""Warnings of one thread, heard while others work: `catch_warnings` alone hears every thread's, or loses them."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TextIO

_lock = threading.Lock()
_open: list[AbstractContextManager[object]] = []
"""The filters of before, while anybody listens."""
_count = 0
_ears = threading.local()
_Listening = tuple[tuple[type[Warning], ...], list[str]]


@contextmanager
def collected_warnings(*categories: type[Warning]) -> Iterator[list[str]]:
    """A list that grows by the texts of warnings of these `categories` that this thread issues inside.

    They are shown nowhere else. Other warnings, and those of other threads, go where they went before. Any
    number of threads may listen at once.
    """
    texts: list[str] = []
    around = getattr(_ears, "listening", None)
    _begin(categories)
    _ears.listening = (categories, texts)
    try:
        yield texts
    finally:
        _ears.listening = around
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
                listening: _Listening | None = getattr(_ears, "listening", None)
                if listening is not None and issubclass(category, listening[0]):
                    listening[1].append(str(message))
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
