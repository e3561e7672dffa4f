"""Journal: what a batch planned and did, one line of JSON per event, so that nothing is lost or done twice.

The first line holds the plan. Before an output is renamed into place, a line says what it will be; so a file that is
found there after a crash is known to be complete and ours, or not.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rim_editor.batch import output_files
from rim_editor.batch.journal_file import (
    NAME,
    VERSION,
    FileState,
    JournalContent,
    NothingToResume,
    events,
    extended,
    lock,
    read,
)
from rim_editor.batch.outcomes import END_STATES, Group, Outcome, State
from rim_editor.batch.plan import Item, Plan
from rim_editor.errors import EditorError, OutputNotWritable

if TYPE_CHECKING:
    from types import TracebackType

_SYNC_SECONDS = 1.0


class FolderInUse(EditorError):
    """Another process exports into the folder."""


class Journal:
    """The journal of one batch, open for more events. Call it from one thread at a time.

    Every method that writes raises DiskFull and OutputNotWritable.
    """

    def __init__(self, path: Path, content: JournalContent, file: FileIO) -> None:
        self.path = path
        self.plan = content.plan
        """What is to be done, as far as it is known."""
        self.seen = content.seen
        """Images that were added after the beginning, as they were then; see `extend`."""
        self.own: frozenset[Path] = frozenset()
        """Files of unfinished items that this batch wrote itself and may therefore replace."""
        self._ended = content.ended
        self._doubtful = {index: made.presence or 0.0 for index, made in content.made.items() if _is_doubtful(made)}
        self._size = content.size
        self._file = file
        self._file.truncate(self._size)
        self._file.seek(self._size)
        self._synced, self._due = time.monotonic(), False

    @classmethod
    def begin(cls, plan: Plan) -> Journal:
        """A new journal for a plan of which nothing is done yet; makes the folder, replaces a former journal.

        The file is locked before anything in the folder changes, and never replaced by another one: of any number of
        processes that begin at the same moment one has the folder. Raises FolderInUse, DiskFull, OutputNotWritable.
        """
        path = plan.folder / NAME
        try:
            plan.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_writable(path, error) from error
        file = _open_locked(path, create=True)
        try:
            # Nobody else would remove what a killed run left here.
            output_files.remove_leftovers((path, *_files(plan)))
            with suppress(NothingToResume):
                output_files.remove_leftovers(_files(read(path).plan))
            journal = cls(path, JournalContent(plan, 0), file)
            first = {"event": "plan", "version": VERSION, "digest": plan.digest, "plan": plan.to_json()}
            journal._append(first, sync=True)
            return journal
        except BaseException:
            file.close()
            raise

    @classmethod
    def open(cls, path: Path) -> tuple[Journal, JournalContent]:
        """The journal at `path`, to go on with, and what it held; `resuming.reopened` compares that with the disk.

        Raises NothingToResume, FolderInUse, OutputNotWritable, and FileNotFoundError or NotADirectoryError.
        """
        file = _open_locked(path)
        try:
            content = read(path)
            return cls(path, content, file), content
        except BaseException:
            file.close()
            raise

    @property
    def in_place(self) -> bool:
        """Whether it is still where it was begun: its folder may be moved or deleted while the batch runs."""
        return os.path.exists(self.path)

    @property
    def counts(self) -> dict[State, int]:
        """How many items ended in which state so far."""
        return {state: sum(1 for one in self._ended.values() if one is state) for state in END_STATES}

    @property
    def doubtful(self) -> tuple[tuple[Item, float], ...]:
        """The items whose results are there and should be reviewed, with their presences, least certain first."""
        found = [(self.plan.items[i], p) for i, p in self._doubtful.items() if self._ended.get(i) is State.DONE]
        return tuple(sorted(found, key=lambda each: (each[1], each[0].index)))

    def has_ended(self, index: int) -> bool:
        """Whether an item needs no more work."""
        return index in self._ended

    def todo(self) -> tuple[Item, ...]:
        """The items that still need work, in their order."""
        return tuple(item for item in self.plan.items if item.index not in self._ended)

    def failed(self) -> tuple[Item, ...]:
        """The items that failed."""
        return tuple(self.plan.items[index] for index, state in self._ended.items() if state is State.FAILED)

    def outcomes(self) -> Iterator[Outcome]:
        """The last outcome of every item that has one, in order; read from the disk, one at a time."""
        lines: dict[int, tuple[int, int]] = {}
        for offset, size, event in events(self.path):
            with suppress(KeyError, ValueError):  # other events, and damaged lines, which `read` left out too
                lines[Outcome.from_json(event["outcome"]).index] = offset, size
        with self.path.open("rb") as file:
            for index in sorted(lines.keys() & self._ended.keys()):
                offset, size = lines[index]
                file.seek(offset)
                outcome = Outcome.from_json(json.loads(file.read(size))["outcome"])
                yield replace(outcome, state=self._ended[index])

    def extend(self, plan: Plan, seen: Mapping[Path, FileState]) -> None:
        """Add items of the same recipe and folder; `seen` holds the present states of their images."""
        states = [[str(path), *state] for path, state in seen.items()]
        self._append({"event": "more", "plan": plan.to_json(), "seen": states}, sync=True)
        self.plan = extended(self.plan, plan)
        self.seen |= seen

    def record_made(self, outcome: Outcome) -> None:
        """Record, safe on the disk, a result that is about to be renamed into place. Raises BatchInterrupted too."""
        if not self.in_place:
            raise output_files.folder_gone(self.path.parent)
        self._append({"event": "made", "outcome": outcome.to_json()}, sync=True)
        self._doubtful.pop(outcome.index, None)
        if _is_doubtful(outcome):
            self._doubtful[outcome.index] = outcome.presence or 0.0

    def record_ended(self, outcome: Outcome) -> None:
        """Record how an item ended; this is safe on the disk within a second or when the journal is closed."""
        if outcome.state is State.DONE:
            # `record_made` wrote all of it before the result was renamed.
            self._append({"event": "done", "index": outcome.index})
        else:
            self._append({"event": "ended", "outcome": outcome.to_json()})
        self._ended[outcome.index] = outcome.state

    def discard_outcome(self, index: int) -> None:
        """Count an item as not done, whatever was recorded of it."""
        self._ended.pop(index, None)

    def own_results(self, sources: Collection[Path]) -> dict[Path, tuple[Path, ...]]:
        """Of each image the files that this batch made last of it, where they are still as they were made.

        They are added to `own`: a new state of the image may replace them.
        """
        found: dict[Path, tuple[Path, ...]] = {}
        for outcome in self.outcomes() if sources else ():
            if outcome.source in sources and outcome.state is State.DONE and self.outputs_match(outcome):
                found[outcome.source] = self.plan.items[outcome.index].files
        self.own |= {path for files in found.values() for path in files}
        return found

    def outputs_match(self, outcome: Outcome, hashes: Collection[str] = ()) -> bool:
        """Whether an item's files still match its outcome; if not, those that this batch wrote are added to `own`.

        `hashes` are SHA-256 of files that it may have written before.
        """
        item = self.plan.items[outcome.index]
        found = {path: output_files.sha256(path) for path in item.files}
        if found[item.output] == outcome.sha256 and (
            item.sidecar is None or found[item.sidecar] == outcome.sidecar_sha256
        ):
            return True
        ours = {outcome.sha256, outcome.sidecar_sha256, *hashes} - {""}
        self.own |= {path for path, digest in found.items() if digest in ours}
        return False

    def sync(self) -> None:
        """Make what was recorded safe on the disk if it has waited for a second; call it when idle."""
        if self._due and time.monotonic() - self._synced >= _SYNC_SECONDS:
            self._fsync()

    def remove_leftovers(self) -> None:
        """Remove unfinished files of results that were not renamed; call it while nothing is being written."""
        output_files.remove_leftovers((self.path, *_files(self.plan)))

    def close(self) -> None:
        """Make everything safe on the disk, as far as there is room, and release the lock."""
        if self._file.closed:
            return
        try:
            self.remove_leftovers()
            if self._due:
                with suppress(output_files.DiskFull):  # what is not recorded is done again
                    self._fsync()
        finally:
            self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, event: dict[str, Any], *, sync: bool = False) -> None:
        line = _line(event)
        try:
            written = 0
            while written < len(line):
                written += self._file.write(line[written:])
        except OSError as error:
            # Half a line would spoil the next one.
            self._file.seek(self._size)
            self._file.truncate()
            raise _not_writable(self.path, error) from error
        self._size += len(line)
        self._due = True
        if sync:
            self._fsync()
        else:
            self.sync()

    def _fsync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _not_writable(self.path, error) from error
        self._synced, self._due = time.monotonic(), False


def _is_doubtful(outcome: Outcome) -> bool:
    return outcome.group is Group.REVIEW


def _line(event: dict[str, Any]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode("ascii") + b"\n"


def _open_locked(path: Path, *, create: bool = False) -> FileIO:
    """The journal open for writing, and locked until it is closed or the process dies.

    Raises FolderInUse, OutputNotWritable, and unless it is to be created FileNotFoundError or NotADirectoryError when
    there is none.
    """

    def opened(name: str, flags: int) -> int:
        # A link would have the journal written over what it leads to.
        return os.open(name, flags | (os.O_CREAT if create else 0) | getattr(os, "O_NOFOLLOW", 0), 0o666)

    try:
        file = FileIO(path, "r+b", opener=opened)
    except OSError as error:
        if not create and isinstance(error, FileNotFoundError | NotADirectoryError):
            raise
        raise _not_writable(path, error) from error
    try:
        lock(file)
    except BlockingIOError as error:
        file.close()
        text = f"A batch is being exported into '{path.parent}': wait for it, cancel it, or choose another folder."
        raise FolderInUse(text) from error
    return file


def _files(plan: Plan) -> Iterator[Path]:
    return (path for item in plan.items for path in item.files)


def _not_writable(path: Path, error: OSError) -> OutputNotWritable:
    text = f"'{path}' cannot be written ({error.strerror}): choose another folder."
    return output_files.disk_full(path, error) or OutputNotWritable(text)
