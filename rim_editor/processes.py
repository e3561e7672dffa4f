"""Processes: a unique name for this one, what asks it to stop, and whether the process of a name still runs."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

_TOLERANCE = 200
"""Hundredths of a second by which two processes may see the start of a third differently when the clock is set."""


@cache
def own_name() -> str:
    """This process as '<pid>-<when it started>', fit for a file name."""
    return f"{os.getpid()}-{_started(os.getpid())}"


@contextmanager
def on_stop_signals(
    handler: Callable[[int, object], None], names: Sequence[str] = ("SIGINT", "SIGTERM", "SIGHUP")
) -> Iterator[None]:
    """Inside, `handler` gets the signals that ask to stop: Ctrl+C, a service manager's, the end of the terminal.

    The last goes on being ignored where it was, as nohup has it; Ctrl+C does not, which a shell ignores for what it
    starts in the background, for somebody may still send it. For the main thread only.
    """
    there = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {each: signal.getsignal(each) for each in there}
    wanted = [each for each, former in before.items() if each.name != "SIGHUP" or former is not signal.SIG_IGN]
    for each in wanted:
        signal.signal(each, handler)
    try:
        yield
    finally:
        for each in wanted:
            signal.signal(each, before[each])


@contextmanager
def stop_signals_interrupt() -> Iterator[None]:
    """Inside, a service manager's signal and the end of the terminal interrupt as Ctrl+C does: nothing half is left."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with on_stop_signals(interrupt, ("SIGTERM", "SIGHUP")):
        yield


def is_name(text: str) -> bool:
    """Whether this has the form of the names of `own_name`, now or in RIM Editor 0.1.0."""
    return re.fullmatch(r"\d+-\w+", text) is not None


def is_running(name: str) -> bool:
    """Whether the process of this name runs; a later process with the same number does not count.

    Names of RIM Editor 0.1.0 hold the start in another form: of those the number alone counts.
    """
    pid, _, started = name.partition("-")
    now = _started(int(pid))
    return now is not None and (not started.isdecimal() or abs(now - int(started)) <= _TOLERANCE)


def _started(pid: int) -> int | None:
    """When a process started, in hundredths of a second since the system did; None when it does not run."""
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return round((process.create_time() - psutil.boot_time()) * 100)
    except psutil.AccessDenied:  # it belongs to another user, so it is not a window of this one
        return None
    except (psutil.NoSuchProcess, OverflowError, ValueError):
        return None
