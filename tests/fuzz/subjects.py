"""What is fuzzed, by name: the class of each subject, and how many inputs one whole run has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.fuzz.judging import Subject


@dataclass(frozen=True)
class Kind:
    """One row of the table."""

    place: str
    """Module and class."""
    count: int
    """Inputs of a whole run."""
    shard: int
    """Inputs of one process."""
    patience: float
    """Seconds after which an input that is not done counts as hanging."""

    def made(self, folder: Path) -> Subject:
        """The subject, which may write into `folder` alone."""
        module, name = self.place.split(":")
        found: Callable[[Path], Any] = getattr(import_module(f"tests.fuzz.{module}"), name)
        return found(folder)


KINDS = {
    "images": Kind("images:Images", 10_000, 1_000, 60),
    "weights": Kind("weights:Weights", 100_000, 5_000, 60),
    "projects": Kind("records:Projects", 5_000, 1_000, 60),
    "records": Kind("records:Records", 10_000, 2_000, 60),
    "expressions": Kind("words:Expressions", 10_000, 1_000, 120),
    "names": Kind("words:FileNames", 500, 50, 120),
    "renders": Kind("commands:Renders", 3_000, 500, 60),
    "models": Kind("commands:ModelFolders", 3_000, 500, 60),
    "systems": Kind("systems:Systems", 3_000, 200, 120),
    "window": Kind("window:Sessions", 10, 2, 600),
}
