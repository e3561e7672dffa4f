"""Judging of one input: a result or an error for users, within bounds of time and memory, and nothing on the side.

A subject is what is fuzzed: it makes its numbered inputs itself, each from a seed, so that any can be made again.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol

from clipmat.errors import UserError, UserFacingWarning

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Subject(Protocol):
    """Something that takes inputs from outside, with the bounds within which it has to deal with each of them."""

    seconds: float
    """Of the processor, of all threads."""
    growth: int
    """Bytes by which the resident memory may rise while it works."""

    def attempt(self, chance: Random) -> None:
        """Make the input of this seed and deal with it. Raises UserError where it is refused."""


@dataclass
class Tally:
    """What became of the inputs."""

    done: int = 0
    refused: int = 0
    slowest: float = 0.0
    most: int = 0
    findings: list[str] = field(default_factory=list)
    """One text each; the number of the input comes first."""


def chance_of(seed: int, kind: str, number: int) -> Random:
    """The random numbers that make an input."""
    return Random(f"{seed}/{kind}/{number}")


def judge(subject: Subject, kind: str, seed: int, number: int, tally: Tally) -> None:
    """Try one input and add to the tally what became of it."""
    before, start = _fresh_peak(), time.process_time()
    problem = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            subject.attempt(chance_of(seed, kind, number))
            tally.done += 1
        except UserError as error:
            tally.refused += 1
            if "\n" in str(error).strip() or not str(error).strip():
                problem = f"an error of several lines, or none: {error}"
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            problem = f"{type(error).__name__}: {error}\n" + "".join(traceback.format_tb(error.__traceback__)[-4:])
    seconds, growth = time.process_time() - start, max(0, _peak() - before)
    tally.slowest, tally.most = max(tally.slowest, seconds), max(tally.most, growth)
    for one in caught:
        if not issubclass(one.category, UserFacingWarning):
            problem = problem or f"a warning that is not for users: {one.category.__name__}: {one.message}"
    if not problem and seconds > subject.seconds:
        problem = f"{seconds:.1f} s, allowed are {subject.seconds:g}"
    if not problem and growth > subject.growth:
        problem = f"memory rose by {growth >> 20} MiB, allowed are {subject.growth >> 20}"
    if problem:
        tally.findings.append(f"{number}: {problem}")


def forbid(folder: Path) -> Callable[[], list[str]]:
    """From now on note programs that are started, connections, and files written outside of `folder`.

    Returns a function that gives what was noted since it was called last. It holds until the process ends.
    """
    noted: list[str] = []
    within = (str(folder), os.devnull, str(_CLEAR))

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn"):
            noted.append(f"a program was started: {arguments[:2]}")
        elif event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "urllib.Request"):
            noted.append(f"the network was used: {arguments[1:]}")
        elif event in ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "os.truncate"):
            places = arguments[:2] if event in ("os.rename", "os.link") else arguments[:1]
            opened = arguments[-1] if isinstance(arguments[-1], int) and arguments[-1] >= 0 else None
            if event != "os.truncate" and opened is not None:  # the name is relative to an open folder
                places = tuple(os.path.join(os.readlink(f"/proc/self/fd/{opened}"), os.fsdecode(one)) for one in places)
            noted.extend(f"{event} of {one!r}" for one in places if not _is_within(one, within))
        elif event == "open" and len(arguments) == 3 and isinstance(arguments[2], int):
            writes = arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            if writes and not isinstance(arguments[0], int) and not _is_within(arguments[0], within):
                noted.append(f"{arguments[0]!r} was opened to write")

    def since() -> list[str]:
        found = list(dict.fromkeys(noted))
        noted.clear()
        return found

    sys.addaudithook(hook)
    return since


def _is_within(path: object, within: tuple[str, ...]) -> bool:
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    full = os.path.abspath(str(path))
    return full.startswith(within) or "__pycache__" in full  # what Python and numba keep of the program itself


def _fresh_peak() -> int:
    """The resident memory now, from which on the peak is measured; 0 where the system does not tell."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        return 0
    return _value("VmRSS:")


def _peak() -> int:
    return _value("VmHWM:")


def _value(name: str) -> int:
    try:
        for line in _STATUS.read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
