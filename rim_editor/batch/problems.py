"""Problems of a batch that are known before any work is done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class ProblemKind(StrEnum):
    """The kind of a problem; `Problem.text` describes it."""

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
    """Something wrong with a plan; `text` describes it, its consequence, and the remedy."""

    kind: ProblemKind
    text: str
    path: Path | None = None
    row: int | None = None
    """Line of the manifest, from 1."""
    fatal: bool = False
    """Whether nothing may begin before it is remedied."""
