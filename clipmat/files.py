"""Atomic writing of files, whole or not at all, for all three packages."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(
    path: Path,
    *,
    overwrite: bool = True,
    make_folders: bool = True,
    staging: Path | None = None,
    root: Path | None = None,
) -> Iterator[BinaryIO]:
    """A binary file to write into; `path` appears, or changes, when the block ends, and never in part.

    The content goes into a new file in the same folder, or in `staging`, a folder on the same disk; it is synced to
    the disk and renamed to `path`, and then the folder is synced where the system can do that. When the block or any
    of this raises, the former file stays as it was and the new one is deleted. Without `overwrite` a file that stands
    at `path` by then is an error; with `make_folders` the missing folders, `staging` too, are made, but never `root`,
    in which they are. Any number of threads and processes may write the same path at once: the last one wins.
    Raises OSError, FileExistsError among them, and whatever the block raises.
    """
    if make_folders:
        for folder in (path.parent, staging or path.parent):
            _make_folder(folder, root)
    # A name of its own for each writer, and a short one: a long name of the file must not grow beyond the limit.
    beside = (staging or path.parent) / f".{secrets.token_hex(8)}.part"
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if not overwrite and os.path.lexists(path):
            raise FileExistsError(17, "File exists", str(path))
        os.replace(beside, path)
        _sync_folder(path.parent)
    finally:
        with suppress(OSError):  # it was renamed or never created; an error above must not be hidden by another one
            beside.unlink()


def write_whole(
    path: Path,
    content: bytes | str,
    *,
    overwrite: bool = True,
    make_folders: bool = True,
    staging: Path | None = None,
    root: Path | None = None,
) -> None:
    """Write `content`, a text as UTF-8, as `whole_file` does. Raises OSError, FileExistsError among them."""
    with whole_file(path, overwrite=overwrite, make_folders=make_folders, staging=staging, root=root) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def _make_folder(folder: Path, root: Path | None) -> None:
    if root is None or not folder.is_relative_to(root):
        folder.mkdir(parents=True, exist_ok=True)
    elif folder != root:
        _make_folder(folder.parent, root)
        folder.mkdir(exist_ok=True)


def _sync_folder(folder: Path) -> None:
    # Without this the rename itself may be lost when the power fails. Windows cannot open a folder, and some network
    # drives cannot sync one: the file is whole either way.
    if os.name == "posix":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
