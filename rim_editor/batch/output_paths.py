"""Places: where results may go, so that no two are one file and none is an input; nothing is changed on the disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rim_editor.batch import naming
from rim_editor.batch.problems import ProblemKind
from rim_editor.batch.recipe import Exists


@dataclass(frozen=True)
class Place:
    """Where one result goes."""

    files: tuple[Path, ...]
    """The result, and its sidecar if there is one."""
    wanted: Path
    """Where the result would have gone, had its name been free."""
    kind: ProblemKind | None = None
    """COLLISION, IS_INPUT or EXISTS: why it was not free, or with Exists.OVERWRITE what it replaces. None: it was."""
    other: Path | None = None
    """The image whose result has the name, or the file that does."""


class Places:
    """The free names in a folder for results, as results take them one by one. Paths are absolute."""

    def __init__(self, folder: Path, exists: Exists, inputs: Iterable[Path]) -> None:
        """`inputs` are files that no result may replace, whatever leads to them."""
        self._folder, self._exists = str(folder), exists
        self._real_folders: dict[str, str] = {}
        self._listings: dict[str, dict[str, bool]] = {}
        self._taken: dict[str, Path] = {}
        self._folders: set[str] = set()
        self._next: dict[str, int] = {}
        self._inputs: set[str] = set()
        for path in inputs:
            self._inputs.add(self._key(str(path)))
            if path.is_symlink():
                self._inputs.add(self._key(os.path.realpath(path)))

    def place(self, source: Path, parts: tuple[str, ...], tails: tuple[str, ...]) -> Place:
        """The place of the result of `source`: `parts` are names of folders and the stem, `tails` what follows it.

        With Exists.SKIP a name that is not free stays the place, else the next number is it. Raises
        NotADirectoryError, which names it, when a folder of the result is a file.
        """
        folder = os.path.join(self._folder, *parts[:-1])
        self._enter(folder)
        files = self._files(folder, parts[-1], "", tails)
        wanted = files[0]
        kind, other = self._obstacle(files)
        if kind is None:
            if self._exists is Exists.OVERWRITE:
                kind, other = self._replaced(files)
        elif self._exists is Exists.SKIP:
            return Place(tuple(map(Path, files)), Path(wanted), kind, other)
        else:
            start = self._key(wanted)
            for number in naming.numbers(self._next.get(start, 2)):
                files = self._files(folder, parts[-1], number, tails)
                if self._obstacle(files)[0] is None:
                    self._next[start] = int(number.removeprefix("-")) + 1
                    break
        self._taken |= dict.fromkeys(map(self._key, files), source)
        return Place(tuple(map(Path, files)), Path(wanted), kind, other)

    def _files(self, folder: str, stem: str, number: str, tails: tuple[str, ...]) -> tuple[str, ...]:
        ends = [number + tail for tail in tails]
        fitted = naming.fitted(stem, *ends)
        return tuple(os.path.join(folder, fitted + end) for end in ends)

    def _obstacle(self, files: tuple[str, ...]) -> tuple[ProblemKind | None, Path | None]:
        for file in files:
            key = self._key(file)
            if key in self._inputs:
                return ProblemKind.IS_INPUT, Path(file)
            if key in self._taken:
                return ProblemKind.COLLISION, self._taken[key]
            there = self._listing(file).get(naming.key(os.path.basename(file)))
            if key in self._folders or there or (there is False and self._exists is not Exists.OVERWRITE):
                return ProblemKind.EXISTS, Path(file)
        return None, None

    def _replaced(self, files: tuple[str, ...]) -> tuple[ProblemKind | None, Path | None]:
        for file in files:
            if naming.key(os.path.basename(file)) in self._listing(file):
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
            real = self._real_folders[folder] = os.path.realpath(folder)
        return naming.key(os.path.join(real, name))

    def _listing(self, file: str) -> dict[str, bool]:
        """What lies in the file's folder: keys of names, and whether each is a folder itself."""
        folder = os.path.dirname(file)
        if folder not in self._listings:
            try:
                with os.scandir(folder) as listing:
                    self._listings[folder] = {naming.key(entry.name): os.path.isdir(entry) for entry in listing}
            except OSError:  # not there yet, or closed to us: whether it can be written, others try
                self._listings[folder] = {}
        return self._listings[folder]
