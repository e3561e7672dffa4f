"""Journal: what a batch planned and did, a line of JSON an event, so that nothing is lost and nothing is done twice.

The first line holds the plan. Before an output is renamed into place, a line says what it will be; so whatever is
found there after a crash is known to be whole and ours, or not. A last line that is not whole never happened.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rim_editor.batch import locks, placing
from rim_editor.batch.journal_reading import VERSION, Look, Told, events, joined, read
from rim_editor.batch.journal_reading import NothingToResume as NothingToResume
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.plan import Item, Plan
from rim_editor.errors import EditorError, OutputNotWritable

if TYPE_CHECKING:
    from types import TracebackType

NAME = ".rim-editor-batch.jsonl"
_SYNC_SECONDS = 1.0


class AtWork(EditorError):
    """Another process exports into the folder."""


class Journal:
    """The journal of one batch, open for more events. Call it from one thread at a time.

    Every method that writes raises DiskFull and OutputNotWritable.
    """

    def __init__(self, path: Path, told: Told, file: FileIO) -> None:
        self.path = path
        self.plan = told.plan
        """What is to be done, as far as it is known."""
        self.seen = told.seen
        """Images that were taken in after the beginning, and what they looked like; see `extend`."""
        self.own: frozenset[Path] = frozenset()
        """Files of unfinished items that this batch wrote itself, so that it may replace them."""
        self._ended = told.ended
        self._size = told.size
        self._file = file
        self._file.truncate(self._size)
        self._file.seek(self._size)
        self._synced, self._due = time.monotonic(), False

    @classmethod
    def begin(cls, plan: Plan) -> Journal:
        """A new journal of a plan of which nothing was done; the folder is made, a former journal replaced.

        Raises AtWork, DiskFull, OutputNotWritable.
        """
        path = plan.folder / NAME
        with suppress(FileNotFoundError, NotADirectoryError):
            _locked(path).close()
        # What a former run left is no business of the new one, but nobody else would clear it away.
        placing.clear((path, *_files(plan)))
        with suppress(NothingToResume):
            placing.clear(_files(read(path).plan))
        first = _line({"event": "plan", "version": VERSION, "digest": plan.digest, "plan": plan.to_json()})
        placing.place(path, first, overwrite=True)
        return cls(path, Told(plan, len(first)), _locked(path))

    @classmethod
    def resume(cls, folder: Path) -> Journal:
        """The journal that is in `folder`, to go on with; unfinished files of its former process are removed.

        Outputs that are there as the journal says are done; what failed is tried again.
        Raises NothingToResume, AtWork, DiskFull, OutputNotWritable.
        """
        path = Path(os.path.abspath(folder)) / NAME
        try:
            file = _locked(path)
        except (FileNotFoundError, NotADirectoryError) as error:
            text = f"There is nothing to go on with in '{folder}': leave --resume out, or name the folder of before."
            raise NothingToResume(text) from error
        try:
            told = read(path)
            placing.clear((path, *_files(told.plan)))
            journal = cls(path, told, file)
            journal._verify(told)
        except BaseException:
            file.close()
            raise
        return journal

    @property
    def counts(self) -> dict[State, int]:
        """How many items ended how, so far."""
        return {state: sum(1 for one in self._ended.values() if one is state) for state in State}

    def todo(self) -> tuple[Item, ...]:
        """The items that still need work, in their order."""
        return tuple(item for item in self.plan.items if item.index not in self._ended)

    def outcomes(self) -> Iterator[Outcome]:
        """The last outcome of every item that has one, in order; read from the disk, one at a time."""
        places: dict[int, tuple[int, int]] = {}
        for offset, size, event in events(self.path):
            if event.get("event") in ("made", "ended") and event["outcome"]["index"] in self._ended:
                places[event["outcome"]["index"]] = offset, size
        with self.path.open("rb") as file:
            for index in sorted(places):
                offset, size = places[index]
                file.seek(offset)
                yield Outcome.from_json(json.loads(file.read(size))["outcome"])

    def extend(self, plan: Plan, seen: Mapping[Path, Look]) -> None:
        """Take in more items, of the same recipe and folder; `seen` says what their images look like now."""
        looks = [[str(path), *look] for path, look in seen.items()]
        self._append({"event": "more", "plan": plan.to_json(), "seen": looks}, sync=True)
        self.plan = joined(self.plan, plan)
        self.seen |= seen

    def made(self, outcome: Outcome) -> None:
        """Note, safe on the disk, what is about to be renamed into place."""
        self._append({"event": "made", "outcome": outcome.to_json()}, sync=True)

    def ended(self, outcome: Outcome) -> None:
        """Note what became of an item; it is safe on the disk within a second or when the journal is closed."""
        if outcome.state is State.DONE:
            # All of it was said before the result was renamed.
            self._append({"event": "done", "index": outcome.index})
        else:
            self._append({"event": "ended", "outcome": outcome.to_json()})
        self._ended[outcome.index] = outcome.state

    def lies(self, outcome: Outcome, contents: Collection[str] = ()) -> bool:
        """Whether the files of an item lie there as `made` said; if not, those that this batch wrote are its `own`.

        `contents` are SHA-256 of what it may have written besides.
        """
        item = self.plan.items[outcome.index]
        found = {path: _sha256(path) for path in files_of(item)}
        if found[item.output] == outcome.sha256 and (
            item.sidecar is None or found[item.sidecar] == outcome.sidecar_sha256
        ):
            return True
        ours = {outcome.sha256, outcome.sidecar_sha256, *contents} - {""}
        self.own |= {path for path, digest in found.items() if digest in ours}
        return False

    def sync(self) -> None:
        """Make what was noted safe on the disk if it has waited for a second; call it when there is nothing to do."""
        if self._due and time.monotonic() - self._synced >= _SYNC_SECONDS:
            self._fsync()

    def clear(self) -> None:
        """Remove what is left of results that were not renamed; call it when nothing is being written."""
        placing.clear((self.path, *_files(self.plan)))

    def close(self) -> None:
        """Make all safe on the disk, and let others go on with it."""
        if self._file.closed:
            return
        try:
            self.clear()
            if self._due:
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

    def _verify(self, told: Told) -> None:
        """Take for done what lies there as it was made, and nothing else."""
        for index, outcome in told.made.items():
            if not self.lies(outcome, told.contents):
                self._ended.pop(index, None)
            elif index not in self._ended:
                self.ended(outcome)


def _line(event: dict[str, Any]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode("ascii") + b"\n"


def _locked(path: Path) -> FileIO:
    """The journal open for writing, and locked until it is closed or the process dies.

    Raises AtWork, OutputNotWritable, and FileNotFoundError or NotADirectoryError when there is none.
    """
    try:
        file = FileIO(path, "r+b")
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise _not_writable(path, error) from error
    try:
        locks.take(file)
    except BlockingIOError as error:
        file.close()
        text = f"An export into '{path.parent}' is at work: wait for it, cancel it, or choose another folder."
        raise AtWork(text) from error
    return file


def files_of(item: Item) -> tuple[Path, ...]:
    """What is written for an item, the output first."""
    return (item.output,) if item.sidecar is None else (item.output, item.sidecar)


def _files(plan: Plan) -> Iterator[Path]:
    return (path for item in plan.items for path in files_of(item))


def _sha256(path: Path) -> str:
    """'' when there is no such file."""
    try:
        if path.is_symlink():
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _not_writable(path: Path, error: OSError) -> OutputNotWritable:
    text = f"'{path}' cannot be written ({error.strerror}): choose another folder."
    return placing.disk_full(path, error) or OutputNotWritable(text)
