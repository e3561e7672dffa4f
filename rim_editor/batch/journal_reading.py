"""Reading a journal: what its lines say was planned and done. A last line that is not whole was never written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.plan import Plan
from rim_editor.errors import EditorError

Look = tuple[int, int]
"""What an image looked like without opening it: bytes, and nanoseconds of its last change."""
VERSION = 2
"""1, of RIM Editor 0.1.0, called some things otherwise."""


class NothingToResume(EditorError):
    """The folder holds no journal, or none that can be read."""


class OtherVersion(NothingToResume):
    """The journal was written by a version of RIM Editor that writes it differently."""


@dataclass
class Told:
    """What a journal says."""

    plan: Plan
    size: int
    """Bytes of whole lines."""
    ended: dict[int, State] = field(default_factory=dict)
    """How items ended, but for failures, which are tried again."""
    made: dict[int, Outcome] = field(default_factory=dict)
    """Of which a result was about to be renamed, or was; without thumbnails."""
    contents: set[str] = field(default_factory=set)
    """SHA-256 of all that was ever about to be renamed."""
    seen: dict[Path, Look] = field(default_factory=dict)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take in one event. Raises KeyError, TypeError, ValueError, EditorError when it is damaged."""
        match event["event"]:
            case "more":
                self.plan = joined(self.plan, Plan.from_json(event["plan"]))
                self.seen |= {Path(path): (size, time_ns) for path, size, time_ns in event["seen"]}
            case "made":
                outcome = replace(Outcome.from_json(event["outcome"]), thumbnail=None)
                if outcome.index in range(len(self.plan.items)):
                    self.made[outcome.index] = outcome
                    self.contents |= {outcome.sha256, outcome.sidecar_sha256} - {""}
            case "done" if event["index"] in self.made:
                self.ended[event["index"]] = State.DONE
            case "ended":
                index, state = event["outcome"]["index"], State(event["outcome"]["state"])
                self.ended[index] = state
                if state is State.FAILED:
                    del self.ended[index]


def read(path: Path) -> Told:
    """What the journal says. Raises NothingToResume, OtherVersion."""
    try:
        with path.open("rb") as file:
            first = file.readline()
        event = json.loads(first)
        version = event["version"]
        plan = Plan.from_json(event["plan"]) if version == VERSION else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EditorError) as error:
        text = f"'{path}' cannot be read ({error}): delete it and export again without --resume."
        raise NothingToResume(text) from error
    if plan is None:
        text = f"'{path}' was begun by another version of RIM Editor"
        raise OtherVersion(f"{text}: finish it with that version, or delete it and export again without --resume.")
    told = Told(plan, len(first))
    for offset, size, event in events(path):
        told.size = offset + size
        with suppress(KeyError, TypeError, ValueError, EditorError):  # a damaged line: its item is done again
            told.hear(event)
    # The folder may have another name now, and the results with it.
    told.plan = _moved(told.plan, path.parent)
    return told


def events(path: Path) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Where each whole line begins, how long it is, and what it says; what is no event is passed over."""
    offset = 0
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            with suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict):
                    yield offset, len(line), event
            offset += len(line)


def joined(plan: Plan, more: Plan) -> Plan:
    """The plan with the items and problems of another one of the same recipe and folder."""
    items = tuple(replace(item, index=len(plan.items) + number) for number, item in enumerate(more.items))
    return replace(plan, items=plan.items + items, problems=plan.problems + more.problems)


def _moved(plan: Plan, folder: Path) -> Plan:
    def there(path: Path) -> Path:
        return folder / path.relative_to(plan.folder) if path.is_relative_to(plan.folder) else path

    if plan.folder == folder:
        return plan
    items = tuple(
        replace(item, output=there(item.output), sidecar=None if item.sidecar is None else there(item.sidecar))
        for item in plan.items
    )
    return replace(plan, items=items, folder=folder)
