"""Locks: a file that one process has for itself; the system lets go of it when the process dies, however it does."""

from __future__ import annotations

import sys
from io import FileIO

if sys.platform == "win32":
    import msvcrt

    def take(file: FileIO) -> None:
        """Lock an open file until it is closed or the process dies. Raises BlockingIOError when another has it."""

        file.seek(1 << 40)  # beyond all that is read: the lock of a byte keeps readers from it
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from error

else:
    import fcntl

    def take(file: FileIO) -> None:
        """Lock an open file until it is closed or the process dies. Raises BlockingIOError when another has it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a network drive without locks: nobody is kept out
            return
