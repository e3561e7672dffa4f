"""Problems of a batch that are known before any work is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class ProblemKind(StrEnum):
    """What is wrong; `Problem.text` says it in words."""

    NO_INPUT = "no-input"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    LEFT_OUT = "left-out"
    """Files whose names are not those of images, folders that are not entered, inputs that were named twice."""
    MANIFEST = "manifest"
    EXPRESSION = "expression"
    OPTION = "option"
    COLLISION = "collision"
    """Two results would be one file."""
    IS_INPUT = "is-input"
    EXISTS = "exists"
    NAME = "name"
    NOT_WRITABLE = "not-writable"
    SPACE = "space"


@dataclass(frozen=True)
class Problem:
    """Something wrong with a plan; `text` says what, the consequence, and the remedy."""

    kind: ProblemKind
    text: str
    path: Path | None = None
    row: int | None = None
    """Line of the manifest, from 1."""
    fatal: bool = False
    """Whether nothing may begin before it is remedied."""

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON data."""
        path = None if self.path is None else str(self.path)
        return {"kind": self.kind.value, "text": self.text, "path": path, "row": self.row, "fatal": self.fatal}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Problem:
        """The problem that `to_json` gave."""
        path = None if data["path"] is None else Path(data["path"])
        return cls(ProblemKind(data["kind"]), data["text"], path, data["row"], data["fatal"])
