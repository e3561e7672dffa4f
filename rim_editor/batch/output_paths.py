"""Output paths: where results may go, so that no two are one file and none is an input; checks of the disk.

Nothing is changed on the disk.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from rim_editor.batch import naming
from rim_editor.batch.problems import ProblemKind
from rim_editor.batch.recipe import IfExists
from rim_editor.errors import OutputNotWritable
from rim_editor.files import outputs
from rim_editor.files.formats import LAYERED_SUFFIXES

_LOSSY = frozenset((".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".heic", ".heif", ".hif", ".avif", ".jp2", ".j2k"))
_GROWTH, _LAYERS = 4, 3
"""How much larger a photograph's file grows from lossy to lossless, and with four layers instead of one."""


@dataclass(frozen=True)
class ChosenOutput:
    """Where one result goes."""

    files: tuple[Path, ...]
    """The result, and its sidecar if there is one."""
    wanted: Path
    """Where the result would have gone, had its name been free."""
    kind: ProblemKind | None = None
    """COLLISION, IS_INPUT or EXISTS: why it was not free, or with IfExists.OVERWRITE what it replaces."""
    other: Path | None = None
    """The image whose result has the name, or the file that does."""

    @property
    def reason(self) -> str:
        """Why the name was not free, as the end of a sentence; '' when it was."""
        match self.kind:
            case ProblemKind.COLLISION:
                return f"is the result of '{self.other}' too"
            case ProblemKind.IS_INPUT:
                return "is an input"
            case ProblemKind.EXISTS:
                return "exists already" if self.other == self.wanted else f"is blocked by '{self.other}'"
        return ""


class OutputPaths:
    """Chooses free names in a folder, for one result after the other. Paths are absolute."""

    def __init__(self, folder: Path, exists: IfExists, inputs: Iterable[Path]) -> None:
        """`inputs` are files that no result may replace, not even through a link."""
        self._folder, self._exists = str(folder), exists
        self._real_folders: dict[str, str] = {}
        self._listings: dict[str, dict[str, bool]] = {}
        self._taken: dict[str, Path] = {}
        self._folders: set[str] = set()
        self._next: dict[str, int] = {}
        self._inputs: set[str] = set()
        for path in inputs:
            self._inputs.add(self._key(str(path)))
            if os.path.islink(path):
                self._inputs.add(self._key(os.path.realpath(path)))

    def choose(
        self, source: Path, parts: tuple[str, ...], tails: tuple[str, ...], own: Collection[Path] = ()
    ) -> ChosenOutput:
        """The output of `source`: `parts` are the names of folders and the stem, `tails` what follows the stem.

        `own` are files that were made of it before: unless results are numbered, the new one may replace them.
        A name that is not free is kept with IfExists.SKIP, otherwise numbered. Raises NotADirectoryError, which holds
        its name, when a folder of the result is a file.
        """
        folder = os.path.join(self._folder, *parts[:-1])
        self._enter(folder)
        files = self._files(folder, parts[-1], "", tails)
        wanted = files[0]
        kind, other = self._obstacle(files, own)
        if kind is None:
            if self._exists is IfExists.OVERWRITE:
                kind, other = self._replaced(files)
        elif self._exists is IfExists.SKIP:
            return ChosenOutput(tuple(map(Path, files)), Path(wanted), kind, other)
        else:
            start = self._key(wanted)
            for number in count(self._next.get(start, 2)):
                files = self._files(folder, parts[-1], f"-{number}", tails)
                if self._obstacle(files, own)[0] is None:
                    self._next[start] = number + 1
                    break
        self._taken |= dict.fromkeys(map(self._key, files), source)
        return ChosenOutput(tuple(map(Path, files)), Path(wanted), kind, other)

    def _files(self, folder: str, stem: str, number: str, tails: tuple[str, ...]) -> tuple[str, ...]:
        ends = [number + tail for tail in tails]
        fitted = naming.fitted(stem, *ends)
        return tuple(os.path.join(folder, fitted + end) for end in ends)

    def _obstacle(self, files: tuple[str, ...], own: Collection[Path]) -> tuple[ProblemKind | None, Path | None]:
        for file in files:
            key = self._key(file)
            if key in self._inputs:
                return ProblemKind.IS_INPUT, Path(file)
            if key in self._taken:
                return ProblemKind.COLLISION, self._taken[key]
            there = self._listing(file).get(naming.same_file_key(os.path.basename(file)))
            replaced = self._exists is IfExists.OVERWRITE or (Path(file) in own and self._exists is not IfExists.NUMBER)
            if key in self._folders or there or (there is False and not replaced):
                return ProblemKind.EXISTS, Path(file)
        return None, None

    def _replaced(self, files: tuple[str, ...]) -> tuple[ProblemKind | None, Path | None]:
        for file in files:
            if naming.same_file_key(os.path.basename(file)) in self._listing(file):
                return ProblemKind.EXISTS, Path(file)
        return None, None

    def _enter(self, folder: str) -> None:
        while (key := self._key(folder)) not in self._folders:
            if key in self._taken or (os.path.lexists(folder) and not os.path.isdir(folder)):
                raise NotADirectoryError(errno.ENOTDIR, "it is a file", folder)
            self._folders.add(key)
            folder = os.path.dirname(folder)

    def _key(self, path: str) -> str:
        folder, name = os.path.split(path)
        real = self._real_folders.get(folder)
        if real is None:
            try:
                real = os.path.realpath(folder)
            except (OSError, ValueError):  # no folder can have this name
                real = folder
            self._real_folders[folder] = real
        return naming.same_file_key(os.path.join(real, name))

    def _listing(self, file: str) -> dict[str, bool]:
        """The content of the file's folder: keys of names, and whether each is a folder itself."""
        folder = os.path.dirname(file)
        if folder not in self._listings:
            try:
                with os.scandir(folder) as listing:
                    self._listings[folder] = {
                        naming.same_file_key(entry.name): os.path.isdir(entry) for entry in listing
                    }
            except (OSError, ValueError):  # it does not exist yet, or is not readable; `check_folder` tries to write
                self._listings[folder] = {}
        return self._listings[folder]


def estimated_bytes(source: Path, size: int, output: Path) -> int:
    """About how many bytes the result of an image file of `size` bytes has; rather too many than too few."""
    suffix = output.suffix.lower()
    if suffix in _LOSSY:
        return size
    growth = _GROWTH if source.suffix.lower() in _LOSSY else 1
    return size * growth * (_LAYERS if suffix in LAYERED_SUFFIXES else 1)


def free_bytes(folder: Path) -> int:
    """The free space on the disk of a folder that may not exist yet."""
    return shutil.disk_usage(nearest_folder(folder)).free


def formatted_size(count: int) -> str:
    """A number of bytes as text, such as '1.2 GB'."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def nearest_folder(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    while not os.path.isdir(folder) and folder != folder.parent:
        folder = folder.parent
    return folder


def check_folder(folder: Path) -> None:
    """Refuse a folder that no file can be written to, or that cannot be made. Raises OutputNotWritable."""
    trial = nearest_folder(folder) / ".rim-editor-trial"
    try:
        outputs.check(trial, inputs=(), overwrite=True)
    except OutputNotWritable as error:
        raise OutputNotWritable(str(error).replace(str(trial), str(folder))) from error
