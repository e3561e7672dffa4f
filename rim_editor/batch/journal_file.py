"""The file of a journal: its lock, the events on its lines, and the plan and progress that they add up to.

A last line that is incomplete counts as never written.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import FileIO
from pathlib import Path
from typing import Any

from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.plan import Plan
from rim_editor.errors import EditorError

NAME = ".rim-editor-batch.jsonl"
VERSION = 3
"""Since 3 outcomes have a certainty, and recipes `best_guess` and `at_least`; 1 (RIM Editor 0.1.0) has other keys."""
_READABLE = (2, VERSION)
FileState = tuple[int, int]
"""An image file without opening it: its size in bytes, and nanoseconds of its last change."""


class NothingToResume(EditorError):
    """The folder holds no journal, or none that can be read."""


class OtherJournalVersion(NothingToResume):
    """The journal was begun by a version of RIM Editor that writes it differently."""


@dataclass
class JournalContent:
    """The plan and progress that the events of a journal add up to."""

    plan: Plan
    size: int
    """Bytes of complete lines."""
    ended: dict[int, State] = field(default_factory=dict)
    """How items ended, except for failures, which are tried again."""
    made: dict[int, Outcome] = field(default_factory=dict)
    """Of items whose result was about to be renamed into place, or was; without thumbnails."""
    hashes: set[str] = field(default_factory=set)
    """SHA-256 of every file that was ever about to be renamed into place."""
    seen: dict[Path, FileState] = field(default_factory=dict)
    """Images that were added after the beginning, as they were then."""

    def apply(self, event: Mapping[str, Any]) -> None:
        """Add one event. Raises KeyError, TypeError, ValueError, EditorError when it is damaged."""
        match event["event"]:
            case "more":
                seen = {Path(path): (size, time_ns) for path, size, time_ns in event["seen"]}
                self.plan = extended(self.plan, _plan(event["plan"]))
                self.seen |= seen
            case "made":
                outcome = replace(Outcome.from_json(event["outcome"]), thumbnail=None)
                if outcome.index in range(len(self.plan.items)):
                    self.made[outcome.index] = outcome
                    self.hashes |= {outcome.sha256, outcome.sidecar_sha256} - {""}
            case "done" if event["index"] in self.made:
                self.ended[event["index"]] = State.DONE
            case "ended":
                index, state = event["outcome"]["index"], State(event["outcome"]["state"])
                if index not in range(len(self.plan.items)):
                    raise ValueError(f"there is no item {index}")
                self.ended[index] = state
                if state is State.FAILED:
                    del self.ended[index]


def has_begun(folder: Path) -> bool:
    """Whether there is a batch in `folder` that may be resumed."""
    return os.path.exists(folder / NAME) and os.path.getsize(folder / NAME) > 0


def read(path: Path) -> JournalContent:
    """The content of a journal. Raises NothingToResume, OtherJournalVersion."""
    try:
        with path.open("rb") as file:
            first = file.readline()
        if not first:
            raise NothingToResume(f"The batch in '{path.parent}' was stopped before it began: export without --resume.")
        event = json.loads(first)
        version = event["version"]
        plan = _plan(event["plan"]) if version in _READABLE else None
    except NothingToResume:
        raise
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError, EditorError) as error:
        text = f"'{path}' cannot be read ({error}): delete it and export again without --resume."
        raise NothingToResume(text) from error
    if plan is None:
        text = f"'{path}' was begun by another version of RIM Editor"
        raise OtherJournalVersion(f"{text}: finish it with that version, or delete it and export again.")
    content = JournalContent(plan, len(first))
    for offset, size, event in events(path):
        content.size = offset + size
        with suppress(KeyError, TypeError, ValueError, EditorError):  # a damaged line: its item is done again
            content.apply(event)
    # The folder may have been renamed since, and the results moved with it.
    content.plan = _moved(content.plan, path.parent)
    return content


def _plan(data: Mapping[str, Any]) -> Plan:
    """A plan as a journal has it; a journal from elsewhere cannot have anything written outside of its folder.

    Raises KeyError, TypeError, ValueError, EditorError.
    """
    plan = Plan.from_json(data)
    for path in (path for item in plan.items for path in item.files):
        if not Path(os.path.normpath(path)).is_relative_to(plan.folder) or "\0" in str(path):
            raise ValueError(f"'{path}' is not in the folder of the results")
    return plan


def events(path: Path) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """The offset of each complete line, its length, and its event; lines that hold no event are skipped."""
    offset = 0
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            with suppress(ValueError, RecursionError):
                event = json.loads(line)
                if isinstance(event, dict):
                    yield offset, len(line), event
            offset += len(line)


def extended(plan: Plan, more: Plan) -> Plan:
    """The plan with the items and problems of another one of the same recipe and folder."""
    items = tuple(replace(item, index=len(plan.items) + number) for number, item in enumerate(more.items))
    return replace(plan, items=plan.items + items, problems=plan.problems + more.problems)


def _moved(plan: Plan, folder: Path) -> Plan:
    def moved(path: Path) -> Path:
        return folder / path.relative_to(plan.folder) if path.is_relative_to(plan.folder) else path

    if plan.folder == folder:
        return plan
    items = tuple(
        replace(item, output=moved(item.output), sidecar=None if item.sidecar is None else moved(item.sidecar))
        for item in plan.items
    )
    return replace(plan, items=items, folder=folder)


# The journal itself is locked, so that no second file is left beside the results; the system releases the lock when
# the process dies, however it dies.
if sys.platform == "win32":
    import msvcrt

    def lock(file: FileIO) -> None:
        """Lock an open file until it is closed or the process dies. Raises BlockingIOError if another has it."""
        file.seek(1 << 40)  # far behind the content, which others may then still read
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from error

else:
    import fcntl

    def lock(file: FileIO) -> None:
        """Lock an open file until it is closed or the process dies. Raises BlockingIOError if another has it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a network drive without locks: nobody is kept out
            return
