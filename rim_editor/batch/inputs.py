"""Inputs: the images that arguments name, as files, folders, patterns and manifests. Nothing is decoded."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clipmat.image_files import READABLE_SUFFIXES
from rim_editor.batch import manifests
from rim_editor.batch.problems import Problem, ProblemKind
from rim_editor.batch.recipe import ExpressionTerm
from rim_editor.documents.edit_description import EditDescription
from rim_editor.files.formats import PROJECT_SUFFIX


@dataclass(frozen=True)
class Input:
    """One image, and the values of its row in a manifest; None where the row leaves one out. Paths are absolute."""

    path: Path
    root: Path
    """The folder below which results keep the folders of their images."""
    row: int | None = None
    """Line of the manifest, from 1; None for an image that no manifest named."""
    expressions: tuple[ExpressionTerm, ...] | None = None
    edit: EditDescription | None = None
    output: str | None = None
    """Below the folder of the results, with '/' between folders; with or without suffix."""
    listed: bool = False
    """Whether it was found by a folder or pattern rather than named itself."""
    own: tuple[Path, ...] = ()
    """Files that were made of it before, and that its result may replace."""


def gather_inputs(arguments: Sequence[str | Path], recursive: bool = False) -> tuple[list[Input], list[Problem]]:
    """The images of files, folders, patterns ('photos/**/*.jpg') and manifests (.csv, .jsonl), and the problems.

    Folders are listed by name, links to folders entered once, hidden files left out. An image that is named twice
    counts once, except in rows of manifests, each of which is a result. Whether images can be read is not checked.
    """
    gatherer = _Gatherer(recursive)
    for argument in arguments:
        gatherer.add(str(argument))
    return gatherer.result()


def check_image_file(path: Path, row: int | None = None) -> tuple[int, Problem | None]:
    """The size of an image's file in bytes, and why it cannot be read as one; `row` is its line of the manifest."""

    def problem(text: str, kind: ProblemKind = ProblemKind.UNREADABLE) -> tuple[int, Problem]:
        return 0, Problem(kind, text, path, row)

    try:
        state = os.stat(path)
    except FileNotFoundError:
        return problem(f"'{path}' does not exist: check the name and the folder.", ProblemKind.MISSING)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return problem(f"'{path}' cannot be opened ({reason}): check its name and permissions.")
    if stat.S_ISDIR(state.st_mode):
        return problem(f"'{path}' is a folder: name an image file.")
    if not stat.S_ISREG(state.st_mode):
        return problem(f"'{path}' is not a file: name an image file.")
    if not state.st_size:
        return problem(f"'{path}' is empty (0 bytes): copy or download it again.")
    if not os.access(path, os.R_OK):
        return problem(f"'{path}' cannot be opened (no permission): check its permissions.")
    return state.st_size, None


class _Gatherer:
    def __init__(self, recursive: bool) -> None:
        self.recursive = recursive
        self.inputs: list[Input] = []
        self.problems: list[Problem] = []
        self.seen: set[str] = set()
        self.twice: list[str] = []

    def add(self, argument: str) -> None:
        path = os.path.abspath(argument)
        suffix = os.path.splitext(path)[1].lower()
        if os.path.isdir(path):
            self._add_folder(path)
        elif suffix in manifests.SUFFIXES and os.path.exists(path):
            self._add_manifest(Path(path))
        elif suffix == PROJECT_SUFFIX and os.path.lexists(path):
            text = f"'{argument}' is a project: name images, and it with --project, or use `rim-editor render` on it."
            self.problems.append(Problem(ProblemKind.LEFT_OUT, text, Path(path)))
        elif os.path.lexists(path):
            self._add((path,), os.path.dirname(path), listed=False)
        elif glob.has_magic(argument):
            self._add_pattern(argument)
        elif suffix in READABLE_SUFFIXES:  # the plan reports that it is missing, and the others are done
            self._add((path,), os.path.dirname(path), listed=False)
        else:
            text = f"'{argument}' does not exist: check the name and the folder."
            self.problems.append(Problem(ProblemKind.MISSING, text, Path(path), fatal=True))

    def result(self) -> tuple[list[Input], list[Problem]]:
        if self.twice:
            count = f"{len(self.twice)} images are" if len(self.twice) > 1 else f"'{self.twice[0]}' is"
            text = f"{count} named more than once, and done once."
            self.problems.append(Problem(ProblemKind.LEFT_OUT, text, Path(self.twice[0])))
        return self.inputs, self.problems

    def _add(self, paths: Iterable[str], root: str, *, listed: bool) -> None:
        below = Path(root)
        for path in paths:
            if path in self.seen:
                self.twice.append(path)
            else:
                self.seen.add(path)
                self.inputs.append(Input(Path(path), below, listed=listed))

    def _add_folder(self, folder: str) -> None:
        found: list[str] = []
        others, closed = self._list_folder(folder, found, set())
        if not found:
            text = f"'{folder}' holds no images."
            if closed:
                text = f"'{folder}' holds images only in its folders, if any: add --recursive."
            self.problems.append(Problem(ProblemKind.LEFT_OUT, text, Path(folder)))
        elif closed:
            text = f"The folders in '{folder}' are left out ({closed}): add --recursive to enter them."
            self.problems.append(Problem(ProblemKind.LEFT_OUT, text, Path(folder)))
        if others:
            text = f"Files in '{folder}' whose names are not those of images are left out ({others})."
            self.problems.append(Problem(ProblemKind.LEFT_OUT, text, Path(folder)))
        self._add(found, folder, listed=True)

    def _list_folder(self, folder: str, found: list[str], entered: set[tuple[int, int]]) -> tuple[int, int]:
        """Add to `found`; the numbers of other files, and of folders that were not entered."""
        others = closed = 0
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            try:
                state = os.stat(here)
                identity = (state.st_dev, state.st_ino)
                if identity in entered and state.st_ino:
                    continue
                entered.add(identity)
                with os.scandir(here) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                text = f"The folder '{here}' cannot be read ({error.strerror}): its images are left out."
                self.problems.append(Problem(ProblemKind.UNREADABLE, text, Path(here)))
                continue
            folders = []
            for entry in entries:
                if entry.name.startswith("."):  # macOS puts '._rose.jpg' beside 'rose.jpg'
                    continue
                if _is_folder(entry):
                    folders.append(entry.path)
                elif os.path.splitext(entry.name)[1].lower() in READABLE_SUFFIXES:
                    found.append(entry.path)
                else:
                    others += 1
            if self.recursive:
                waiting += reversed(folders)
            else:
                closed += len(folders)
        return others, closed

    def _add_pattern(self, pattern: str) -> None:
        full = os.path.abspath(pattern)
        root = full
        while glob.has_magic(root):
            root = os.path.dirname(root)
        matches = sorted(glob.glob(full, recursive=True))
        images = (path for path in matches if os.path.splitext(path)[1].lower() in READABLE_SUFFIXES)
        found = [path for path in images if not os.path.isdir(path)]
        if not found:
            text = f"Nothing matches '{pattern}': check the folder and the suffix."
            self.problems.append(Problem(ProblemKind.MISSING, text, fatal=True))
        self._add(found, root, listed=True)

    def _add_manifest(self, path: Path) -> None:
        rows, problems = manifests.read(path)
        self.problems += problems
        root = path.parent
        self.inputs += [Input(row.image, root, row.number, row.expressions, row.edit, row.output) for row in rows]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False
