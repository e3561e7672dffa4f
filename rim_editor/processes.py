"""Processes: a name for this one that no other ever has, and whether the one of a name still runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path


@cache
def own_name() -> str:
    """This process as '<pid>-<when it started>', fit for a file name."""
    return f"{os.getpid()}-{_started(os.getpid())}"


def is_name(text: str) -> bool:
    """Whether `own_name` could have said this."""
    return re.fullmatch(r"\d+-\w+", text) is not None


def alive(name: str) -> bool:
    """Whether the process of this name runs; another one that took its number over does not count."""
    pid, _, started = name.partition("-")
    return _started(int(pid)) == started


if sys.platform == "win32":

    def _started(pid: int) -> str | None:
        import ctypes
        from ctypes import wintypes

        kernel = ctypes.windll.kernel32
        kernel.OpenProcess.restype = wintypes.HANDLE
        handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if not handle:
            return None
        try:
            created, exited, in_kernel, in_user = (wintypes.FILETIME() for _ in range(4))
            times = [ctypes.byref(time) for time in (created, exited, in_kernel, in_user)]
            known = kernel.GetProcessTimes(wintypes.HANDLE(handle), *times)
        finally:
            kernel.CloseHandle(wintypes.HANDLE(handle))
        if not known or exited.dwLowDateTime or exited.dwHighDateTime:
            return None
        return f"{created.dwHighDateTime:x}x{created.dwLowDateTime:x}"

elif sys.platform == "linux":

    def _started(pid: int) -> str | None:
        try:
            status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        except OSError:
            return None
        fields = status.rpartition(")")[2].split()  # the program's name before it may hold anything
        return None if fields[0] in "ZX" else f"{boot[:8]}x{fields[19]}"

else:

    def _started(pid: int) -> str | None:
        asked = ["ps", "-o", "lstart=", "-p", str(pid)]
        told = subprocess.run(asked, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, check=False)
        return re.sub(r"\W", "", told.stdout) or None
