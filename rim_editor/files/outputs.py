"""Outputs on the disk: refused before any work where they must not or cannot be written, and written whole."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from clipmat.files import whole_file
from rim_editor.errors import OutputExists, OutputNotWritable

_MOST_NUMBERS = 10_000


def check(path: Path, *, inputs: Iterable[Path], overwrite: bool) -> None:
    """Refuse an output that `write` could not or must not write, whatever its format; nothing is left on the disk.

    `inputs` are the files that it is made from; with `overwrite` an existing file may be replaced, an input too.
    Raises OutputExists, OutputNotWritable.
    """
    if os.path.isdir(path):
        raise OutputNotWritable(f"'{path}' is a folder: add a file name to it.")
    for source in inputs:
        if not overwrite and is_same_file(path, source):
            raise OutputExists(f"'{path}' is an input")
    if not overwrite and os.path.lexists(path):
        raise _exists(path)
    _try_to_write(path)


def write(path: Path, content: bytes | Callable[[BinaryIO], None], *, overwrite: bool = False) -> None:
    """Write a file that appears whole or not at all, into an existing folder; a former file is kept unless `overwrite`.

    `content` may write into the file itself. Raises OutputExists, OutputNotWritable, and what `content` raises.
    """
    try:
        with whole_file(path, overwrite=overwrite, make_folders=False) as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                content(file)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise not_writable(path, error) from error


def free_path(path: Path) -> Path:
    """`path`, or where that is taken the first free one of 'rose-2.png', 'rose-3.png' and so on."""
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, _MOST_NUMBERS))
    return next((one for one in (path, *numbered) if not os.path.exists(one)), path)


def is_same_file(path: Path, other: Path | str) -> bool:
    """Whether both paths lead to the same file; False when one of them cannot be reached."""
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):
        return False


def _exists(path: Path) -> OutputExists:
    return OutputExists(f"'{path}' exists already")


def _try_to_write(path: Path) -> None:
    # Only a trial gives the answer: root, read-only disks and network drives all report other permissions.
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        beside.open("xb").close()
        with suppress(FileNotFoundError):
            path.lstat()  # a name too long for the disk is refused here
    except OSError as error:
        raise not_writable(path, error) from error
    finally:
        with suppress(OSError):  # it was never created, and the error above says why
            beside.unlink()


def not_writable(path: Path, error: OSError) -> OutputNotWritable:
    """What to say of an output whose writing ended with `error`."""
    if isinstance(error, FileNotFoundError | NotADirectoryError) and not os.path.isdir(path.parent):
        return OutputNotWritable(f"'{path.parent}' is no folder: create it first, or choose another.")
    return OutputNotWritable(f"'{path}' cannot be written ({error.strerror}): choose another folder or make room.")
