"""Outcome: what became of one image of a batch."""

from __future__ import annotations

import base64
import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class State(StrEnum):
    """How the work on one image ended."""

    DONE = "done"
    NOTHING_MATCHED = "nothing-matched"
    """No object fits the expressions; nothing was written, and somebody should have a look."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """As the plan said, because its output was there."""


@dataclass(frozen=True)
class Outcome:
    """What became of one item of a plan."""

    index: int
    """Of the item in `Plan.items`, from 0."""
    source: Path
    output: Path
    """Where the result is, or would have been."""
    state: State
    text: str = ""
    """Why it was not done, or what to know of what was done (warnings); fit to be shown."""
    presence: float | None = None
    """0 to 1, as the model says it; None when it was not asked."""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    """decode, image, text, matte, edit, encode, write, as far as each was done."""
    sha256: str = ""
    """Of the output's content in hexadecimal; '' when nothing was written."""
    bytes: int = 0
    """Of the output."""
    sidecar_sha256: str = ""
    """Of the matte beside the output; '' when there is none."""
    sidecar_bytes: int = 0
    thumbnail: builtins.bytes | None = None
    """A small PNG or JPEG of the result."""

    def to_json(self) -> dict[str, Any]:
        """All of it in words and numbers, the thumbnail as base64."""
        return {
            "index": self.index,
            "source": str(self.source),
            "output": str(self.output),
            "state": self.state.value,
            "text": self.text,
            "presence": self.presence,
            "milliseconds": {step: round(value, 1) for step, value in self.milliseconds.items()},
            "sha256": self.sha256,
            "bytes": self.bytes,
            "sidecar_sha256": self.sidecar_sha256,
            "sidecar_bytes": self.sidecar_bytes,
            "thumbnail": None if self.thumbnail is None else base64.b64encode(self.thumbnail).decode("ascii"),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Outcome:
        """The outcome that `to_json` gave. Raises KeyError, TypeError, ValueError when it is none."""
        thumbnail = data["thumbnail"]
        return cls(
            **{
                **data,
                "source": Path(data["source"]),
                "output": Path(data["output"]),
                "state": State(data["state"]),
                "thumbnail": None if thumbnail is None else base64.b64decode(thumbnail),
            }
        )
