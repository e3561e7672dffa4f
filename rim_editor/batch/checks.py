"""Checks of a plan that look at the disk: images that are there, formats that hold, folders that take, room left."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from rim_editor import exporting, outputs
from rim_editor.batch.problems import ProblemKind
from rim_editor.batch.recipe import DescribedEdit
from rim_editor.errors import OutputNotWritable
from rim_editor.exporting import ExportRequest

_LOSSY = frozenset((".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".heic", ".heif", ".hif", ".avif", ".jp2", ".j2k"))
_GROWTH, _LAYERS = 4, 3
"""Of a photograph's file from lossy to lossless; of a file that holds four layers of it instead of one."""


def looked_at(path: Path) -> tuple[int, ProblemKind | None, str]:
    """The bytes of an image's file, and if it cannot be read as one why, in words."""
    try:
        state = os.stat(path)
    except FileNotFoundError:
        return 0, ProblemKind.MISSING, f"'{path}' does not exist: check the name and the folder."
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return 0, ProblemKind.UNREADABLE, f"'{path}' cannot be opened ({reason}): check its name and permissions."
    if stat.S_ISDIR(state.st_mode):
        return 0, ProblemKind.UNREADABLE, f"'{path}' is a folder: name an image file."
    if not stat.S_ISREG(state.st_mode):
        return 0, ProblemKind.UNREADABLE, f"'{path}' is no file: name an image file."
    if not state.st_size:
        return 0, ProblemKind.UNREADABLE, f"'{path}' is empty (0 bytes): copy or download it again."
    if not os.access(path, os.R_OK):
        return 0, ProblemKind.UNREADABLE, f"'{path}' cannot be opened (no permission): check its permissions."
    return state.st_size, None, ""


def bytes_needed(source: Path, size: int, output: Path) -> int:
    """About how many bytes the result of an image of `size` bytes has, rather too many than too few."""
    suffix = output.suffix.lower()
    if suffix in _LOSSY:
        return size
    growth = _GROWTH if source.suffix.lower() in _LOSSY else 1
    return size * growth * (_LAYERS if suffix == ".ora" else 1)


def bytes_free(folder: Path) -> int:
    """What the disk of a folder, which may not be there yet, has left."""
    return shutil.disk_usage(nearest_folder(folder)).free


def in_words(count: int) -> str:
    """A number of bytes, such as '1.2 GB'."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def nearest_folder(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def check_format(output: Path, request: ExportRequest, edit: DescribedEdit) -> None:
    """Refuse an output whose format cannot hold what `request` asks for of `edit`. Raises EditorError."""
    exporting.check_format(output, request, edit.stand_in())


def check_folder(folder: Path) -> None:
    """Refuse a folder that takes no file, or that cannot be made. Raises OutputNotWritable."""
    trial = nearest_folder(folder) / ".rim-editor-trial"
    try:
        outputs.check(trial, inputs=(), overwrite=True)
    except OutputNotWritable as error:
        raise OutputNotWritable(str(error).replace(str(trial), str(folder))) from error
