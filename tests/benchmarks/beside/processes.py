"""Whole processes, measured from start to end: seconds, processor time, and the most memory. Linux only."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
_NOT_THE_USERS = ("OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE")


class TooMuch(Exception):
    """A process that needed more memory or time than it was given; the text says which."""


@dataclass(frozen=True)
class Spent:
    """What one process took."""

    seconds: float
    user: float
    """Seconds of processor time, of all threads together, without the system's."""
    mebibytes: float
    """The most that was resident at once."""

    def data(self) -> dict[str, float]:
        return {name: round(value, 2) for name, value in asdict(self).items()}


def user_environment() -> dict[str, str]:
    """The variables of a process as a user starts it: free in its threads, its modules compiled once, as pip does."""
    return {name: value for name, value in os.environ.items() if name not in _NOT_THE_USERS}


def run(command: Sequence[str], *, gibibytes: float | None = None, minutes: float = 10) -> tuple[Spent, str]:
    """Run `python -m COMMAND` and give what it took and what it printed. Raises TooMuch, RuntimeError.

    The caller must be small: what it holds counts for a process that it starts.
    """
    environment = user_environment()
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), environment.get("PYTHONPATH"))))

    def limited() -> None:
        size = int(gibibytes * 2**30) if gibibytes else resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_AS, (size, size))

    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=out, stderr=errors, preexec_fn=limited
        )
        killed = _wait(process, start + 60 * minutes)
        seconds = time.perf_counter() - start
        out.seek(0), errors.seek(0)
        said = errors.read()
        if killed is None:
            raise TooMuch(f"not done after {minutes:g} minutes")
        code, usage = killed
        if code != 0:
            if gibibytes and ("MemoryError" in said or "bad_alloc" in said):
                raise TooMuch(f"more than {gibibytes:g} GiB of memory")
            raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{said}")
        return Spent(seconds, usage.ru_utime, usage.ru_maxrss / 1024), out.read()


def _wait(process: subprocess.Popen[bytes], end: float) -> tuple[int, resource.struct_rusage] | None:
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage
        if time.perf_counter() > end:
            process.kill()
            process.wait()
            return None
        time.sleep(0.005)


def in_turns(
    commands: dict[str, Sequence[str]], rounds: int, tell: Callable[[str], None]
) -> dict[str, list[tuple[Spent, str]]]:
    """Each command once, then each once more, so that whatever else the machine does meets all alike."""
    found: dict[str, list[tuple[Spent, str]]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            found[name].append(run(command))
            spent = found[name][-1][0]
            tell(f"{number + 1}/{rounds} {name}: {spent.seconds:.1f} s, user {spent.user:.1f} s, "
                 f"{spent.mebibytes:.0f} MiB")  # fmt: skip
    return found


def least(spent: Sequence[Spent]) -> Spent:
    """The least of each number: whatever else a machine does only adds."""
    return Spent(min(s.seconds for s in spent), min(s.user for s in spent), min(s.mebibytes for s in spent))
