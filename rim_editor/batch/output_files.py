"""Output files: a result appears whole or not at all, and leftovers of a killed process can be recognised."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from clipmat.files import write_whole
from rim_editor.errors import BatchInterrupted, OutputExists, OutputNotWritable
from rim_editor.files.outputs import is_same_file, not_writable

STAGING = ".rim-editor-batch.part"
"""A folder beside the results, in which a result is written before it is renamed; removed at the end of a batch."""

_FULL = (errno.ENOSPC, errno.EDQUOT)


class DiskFull(OutputNotWritable):
    """No room is left where the results go, so that every other item would fail too."""


def write(path: Path, content: bytes, overwrite: bool, source: Path | None = None, root: Path | None = None) -> None:
    """Write `content` to `path` through STAGING, which stays until `remove_leftovers`.

    Makes its folder, but not `root`, that of the batch; an existing file is kept unless `overwrite`, and `source`, the
    image of a result, always is. Raises OutputExists, OutputNotWritable, DiskFull, and BatchInterrupted without `root`.
    """
    if os.path.lexists(path) and (not overwrite or (source is not None and is_same_file(path, source))):
        raise OutputExists(f"'{path}' exists already")
    try:
        write_whole(path, content, staging=path.parent / STAGING, root=root)
    except OSError as error:
        if root is not None and not os.path.isdir(root):
            raise folder_gone(root) from error
        raise disk_full(path, error) or not_writable(path, error) from error


def folder_gone(folder: Path) -> BatchInterrupted:
    """What to raise when the folder of a batch is gone: results in a new one of its name would be in no journal."""
    return BatchInterrupted(f"'{folder}' was moved, deleted or closed: put it back, then continue with --resume.")


def remove_leftovers(outputs: Iterable[Path]) -> None:
    """Remove unfinished files of results that were to be written to `outputs`."""
    for folder in {path.parent for path in outputs}:
        shutil.rmtree(folder / STAGING, ignore_errors=True)


def disk_full(path: Path, error: BaseException | None) -> DiskFull | None:
    """A DiskFull if `error`, raised when `path` was written, means that there is no room."""
    if not isinstance(error, OSError) or error.errno not in _FULL:
        return None
    return DiskFull(f"The disk is full: make room for '{path.parent}', then continue with --resume.")


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits; '' when there is no such file, or a link in its place."""
    try:
        if os.path.islink(path):
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
