"""Worker processes: how one begins, so that it obeys its parent and does not outlive it."""

from __future__ import annotations

import os
from multiprocessing import parent_process
from signal import SIG_IGN, SIGINT, signal
from threading import Thread

import cv2


def begin_worker() -> None:
    """Prepare this process to work for its parent, which alone answers an interrupt and decides when it ends."""
    signal(SIGINT, SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)


def _end_with_parent() -> None:
    # A parent that is killed ends nobody, and its successor does the same work.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
