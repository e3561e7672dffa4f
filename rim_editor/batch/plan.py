"""Plan: which result is made of which image, named and checked before any work is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from rim_editor.batch.recipe import DescribedEdit, Recipe, Said, said_from_json, said_to_json
from rim_editor.exporting import Content


class ProblemKind(StrEnum):
    """What is amiss; each is told in words besides."""

    NO_INPUT = "no-input"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    LEFT_OUT = "left-out"
    """Files that are no images by their names, folders that are not entered, what was named twice."""
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
    """Something amiss with a plan; `text` says what, what becomes of it, and what to do."""

    kind: ProblemKind
    text: str
    path: Path | None = None
    row: int | None = None
    """Line of the manifest, from 1."""
    fatal: bool = False
    """Whether nothing may be begun before it is remedied."""

    def to_json(self) -> dict[str, Any]:
        """All of it in words and numbers."""
        path = None if self.path is None else str(self.path)
        return {"kind": self.kind.value, "text": self.text, "path": path, "row": self.row, "fatal": self.fatal}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Problem:
        """The problem that `to_json` gave."""
        path = None if data["path"] is None else Path(data["path"])
        return cls(ProblemKind(data["kind"]), data["text"], path, data["row"], data["fatal"])


@dataclass(frozen=True)
class Item:
    """One image, and the result that is made of it. Paths are absolute."""

    index: int
    """In `Plan.items`, from 0; names and people count from 1."""
    source: Path
    """May be missing or unreadable: the work on it fails then, and says so."""
    output: Path
    """Its folder may not be there yet."""
    sidecar: Path | None
    """Where the matte goes as a PNG of `Recipe.depth` bits; None: nowhere."""
    said: tuple[Said, ...]
    edit: DescribedEdit
    content: Content
    row: int | None = None
    """Line of the manifest, from 1; None for an image that no manifest named."""
    skip: str = ""
    """Why nothing is done, in words; '' when something is."""


@dataclass(frozen=True)
class Plan:
    """All results of a batch, in order, and what is amiss."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    recipe: Recipe
    folder: Path
    """Where the results, the journal and the report go; absolute, may not be there yet."""
    bytes_needed: int = 0
    """By an estimate from the sizes of the images' files."""
    bytes_free: int = 0

    @property
    def fatal(self) -> bool:
        """Whether something must be remedied before anything is done."""
        return any(problem.fatal for problem in self.problems)

    @cached_property
    def digest(self) -> str:
        """What is to be made of what and where, in 64 hexadecimal digits; what the disk looks like is not in it."""
        data = self.to_json()
        work = {key: data[key] for key in ("items", "recipe", "folder")}
        return hashlib.sha256(json.dumps(work, sort_keys=True).encode("ascii")).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """All of it in words and numbers; what an item has from the recipe is not said again."""
        return {
            "folder": str(self.folder),
            "recipe": self.recipe.to_json(),
            "items": [_item_to_json(item, self.recipe) for item in self.items],
            "problems": [problem.to_json() for problem in self.problems],
            "bytes_needed": self.bytes_needed,
            "bytes_free": self.bytes_free,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """The plan that `to_json` gave. Raises KeyError, TypeError, ValueError, BadOption when it is none."""
        recipe = Recipe.from_json(data["recipe"])
        items = tuple(_item_from_json(number, item, recipe) for number, item in enumerate(data["items"]))
        problems = tuple(map(Problem.from_json, data["problems"]))
        return cls(items, problems, recipe, Path(data["folder"]), data["bytes_needed"], data["bytes_free"])


def _item_to_json(item: Item, recipe: Recipe) -> dict[str, Any]:
    data: dict[str, Any] = {"source": str(item.source), "output": str(item.output)}
    if item.sidecar is not None:
        data["sidecar"] = str(item.sidecar)
    if item.said != recipe.said:
        data["said"] = said_to_json(item.said)
    if item.edit != recipe.edit:
        data["edit"] = item.edit.to_json()
    if item.content is not recipe.content:
        data["content"] = item.content.value
    if item.row is not None:
        data["row"] = item.row
    if item.skip:
        data["skip"] = item.skip
    return data


def _item_from_json(number: int, data: Mapping[str, Any], recipe: Recipe) -> Item:
    return Item(
        index=number,
        source=Path(data["source"]),
        output=Path(data["output"]),
        sidecar=Path(data["sidecar"]) if "sidecar" in data else None,
        said=said_from_json(data["said"]) if "said" in data else recipe.said,
        edit=DescribedEdit.from_json(data["edit"]) if "edit" in data else recipe.edit,
        content=Content(data.get("content", recipe.content)),
        row=data.get("row"),
        skip=data.get("skip", ""),
    )
