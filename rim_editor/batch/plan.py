"""Plan: which result is made of which image, named and checked before any work is done."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from clipmat import records
from clipmat.errors import UserError
from rim_editor.batch import naming, output_paths
from rim_editor.batch.inputs import Input, check_image_file
from rim_editor.batch.output_paths import ChosenOutput, OutputPaths
from rim_editor.batch.problems import Problem, ProblemKind
from rim_editor.batch.recipe import ExpressionTerm, IfExists, Recipe, checked_terms
from rim_editor.documents.edit_description import EditDescription, EditName
from rim_editor.errors import OutputNotWritable
from rim_editor.files import exporting
from rim_editor.files.formats import LAYERED_SUFFIXES

_SIDECAR = ".matte.png"


@dataclass(frozen=True)
class Item:
    """One image and the result that is made of it. Paths are absolute."""

    index: int
    """In `Plan.items`, from 0; names of results and texts for users count from 1."""
    source: Path
    """May be missing or unreadable; the work on it then fails with a message."""
    output: Path
    """Its folder may not exist yet."""
    sidecar: Path | None
    """Where the matte goes as a PNG of `Recipe.depth` bits, if anywhere."""
    expressions: tuple[ExpressionTerm, ...]
    edit: EditDescription
    content: exporting.Content
    row: int | None = None
    """Line of the manifest, from 1; None for an image that no manifest named."""
    skip: str = ""
    """Why the item is skipped, as text; '' when it is not."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are written for the item, the output first."""
        return (self.output,) if self.sidecar is None else (self.output, self.sidecar)


@dataclass(frozen=True)
class Plan:
    """All results of a batch, in order, and the problems with them."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    recipe: Recipe
    folder: Path
    """Where the results, the journal and the report go; absolute, may not exist yet."""
    bytes_needed: int = 0
    """Estimated from the sizes of the image files."""
    bytes_free: int = 0

    @property
    def fatal(self) -> bool:
        """Whether a problem must be remedied before anything is done."""
        return any(problem.fatal for problem in self.problems)

    @cached_property
    def digest(self) -> str:
        """64 hexadecimal digits that depend on items, recipe and folder, and not on the state of the disk."""
        data = self.to_json()
        work = {key: data[key] for key in ("items", "recipe", "folder")}
        return hashlib.sha256(json.dumps(work, sort_keys=True).encode("ascii")).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON data; an item leaves out what it has from the recipe."""
        usual = _usual_values(self.recipe)
        return {
            "folder": str(self.folder),
            "recipe": self.recipe.to_json(),
            "items": [_item_to_json(item, usual) for item in self.items],
            "problems": records.to_data(self.problems),
            "bytes_needed": self.bytes_needed,
            "bytes_free": self.bytes_free,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """The plan that `to_json` gave. Raises KeyError, TypeError, ValueError, BadOption when it is not one."""
        recipe = Recipe.from_json(data["recipe"])
        usual = _usual_values(recipe)
        items = ({**usual, **item, "index": number} for number, item in enumerate(data["items"]))
        plan = {**data, "recipe": recipe, "items": tuple(records.from_data(Item, item) for item in items)}
        return records.from_data(cls, plan)


def _usual_values(recipe: Recipe) -> dict[str, Any]:
    """The values that the JSON of an item leaves out."""
    shared = {"expressions": records.to_data(recipe.terms), "edit": recipe.edit.to_json()}
    return shared | {"content": recipe.content.value, "sidecar": None, "row": None, "skip": ""}


def _item_to_json(item: Item, usual: Mapping[str, Any]) -> dict[str, Any]:
    data = records.to_data(item) | {"edit": item.edit.to_json()}
    return {name: value for name, value in data.items() if name != "index" and value != usual.get(name, ...)}


def make_plan(
    inputs: Iterable[Input], recipe: Recipe, folder: Path, problems: Sequence[Problem] = (), *, first: int = 1
) -> Plan:
    """The plan for `recipe`, `inputs` and the `folder` of results; its problems follow the given ones.

    `first` is the {index} of the first image in templates. The disk is read and not changed. Every image has its item,
    in the order of `inputs`; work on missing or unreadable ones will fail. Outputs of items that are not skipped differ
    pairwise, however the disk treats case and accents, and none is an input.
    """
    return _Planner(recipe, Path(os.path.abspath(folder)), problems).plan(list(inputs), first)


class _Planner:
    def __init__(self, recipe: Recipe, folder: Path, problems: Sequence[Problem]) -> None:
        self.recipe, self.folder = recipe, folder
        self.template = naming.parse_template(recipe.template)
        self.problems = list(problems)
        self._texts = {problem.text for problem in problems}
        self._unreadable: set[Path] = set()

    def plan(self, inputs: list[Input], first: int) -> Plan:
        inputs = self._without_results(inputs)
        if not inputs and not any(problem.fatal for problem in self.problems):
            self._add(ProblemKind.NO_INPUT, "No images: name files, folders, patterns or a manifest.", fatal=True)
        self._check_expressions(inputs)
        sizes = [self._checked_size(each) for each in inputs]
        usual = self.recipe.edit
        edits = [usual if each.edit is None else each.edit.with_defaults(usual) for each in inputs]
        backgrounds = self._checked_backgrounds(inputs, edits)
        paths = OutputPaths(self.folder, self.recipe.exists, [*(each.path for each in inputs), *backgrounds])
        items: list[Item] = []
        needed = 0
        for number, (each, edit, size) in enumerate(zip(inputs, edits, sizes, strict=True), start=first):
            item = self._item(len(items), number, each, edit, paths)
            if item is not None:
                items.append(item)
                needed += 0 if item.skip else output_paths.estimated_bytes(each.path, size, item.output)
        self._check_outputs(items)
        free = output_paths.free_bytes(self.folder)
        if needed > free:
            need, left = output_paths.formatted_size(needed), output_paths.formatted_size(free)
            text = f"The results need about {need} and '{self.folder}' has {left} free"
            self._add(ProblemKind.SPACE, f"{text}: make room, or choose another folder.", self.folder)
        return Plan(tuple(items), tuple(self.problems), self.recipe, self.folder, needed, free)

    def _without_results(self, inputs: list[Input]) -> list[Input]:
        """Leave out images in the folder of the results if a folder above it was listed: they are former results."""
        here = os.path.join(self.folder, "")
        above = {root for root in {each.root for each in inputs} if not os.path.join(root, "").startswith(here)}
        kept = [each for each in inputs if not (each.listed and str(each.path).startswith(here) and each.root in above)]
        if len(kept) < len(inputs):
            text = f"Images in '{self.folder}', where the results go, are left out ({len(inputs) - len(kept)})."
            self._add(ProblemKind.LEFT_OUT, text, self.folder)
        return kept

    def _check_expressions(self, inputs: list[Input]) -> None:
        without = [each for each in inputs if each.expressions is None]
        try:
            if without or not (inputs or any(problem.fatal for problem in self.problems)):
                checked_terms(self.recipe.expressions, self.recipe.example)
        except UserError as error:
            row = without[0].row if without else None
            where = "" if row is None else f"Line {row} of the manifest: "
            self._add(ProblemKind.EXPRESSION, f"{where}{error}", row=row, fatal=True)

    def _checked_size(self, each: Input) -> int:
        size, problem = check_image_file(each.path, each.row)
        if problem is not None:
            self._unreadable.add(each.path)
            self._add_problem(problem)
        return size

    def _checked_backgrounds(self, inputs: list[Input], edits: list[EditDescription]) -> list[Path]:
        if not inputs or self.recipe.edit in edits:
            try:
                self.recipe.edit.read()
            except UserError as error:
                self._add(ProblemKind.OPTION, str(error), self.recipe.edit.background, fatal=True)
        backgrounds: dict[Path, None] = {}
        for each, edit in zip(inputs, edits, strict=True):
            path = edit.background
            if path is None or path in backgrounds:
                continue
            backgrounds[path] = None
            _, problem = check_image_file(path, each.row)
            if problem is not None and edit != self.recipe.edit:
                self._add_problem(problem)
        return [Path(os.path.abspath(path)) for path in backgrounds]

    def _item(self, index: int, number: int, each: Input, edit: EditDescription, paths: OutputPaths) -> Item | None:
        terms = self.recipe.terms if each.expressions is None else each.expressions
        parts, suffix = self._name(number, each, terms)
        if not parts:
            return None
        content = self.recipe.content
        if suffix != self.recipe.suffix and LAYERED_SUFFIXES & {suffix.lower(), self.recipe.suffix.lower()}:
            content = exporting.Content.LAYERS if suffix.lower() in LAYERED_SUFFIXES else exporting.Content.RESULT
        tails = (suffix, _SIDECAR) if self.recipe.sidecar else (suffix,)
        try:
            chosen = paths.choose(each.path, parts, tails, each.own)
        except NotADirectoryError as error:
            text = f"'{error.filename}' is a file, but results need a folder of that name: choose another."
            self._add_once(ProblemKind.NOT_WRITABLE, text, Path(error.filename), each.row)
            return None
        skip = self._check_name(each, chosen, parts[-1] + suffix)
        sidecar = chosen.files[1] if self.recipe.sidecar else None
        return Item(index, each.path, chosen.files[0], sidecar, terms, edit, content, each.row, skip)

    def _name(self, number: int, each: Input, terms: tuple[ExpressionTerm, ...]) -> tuple[tuple[str, ...], str]:
        """Names of folders and the stem, and the suffix; () when the row holds an impossible one."""
        if each.output is not None:
            try:
                *folders, name = naming.output_parts(each.output)
            except ValueError as error:
                text = f"Line {each.row} of the manifest: the output '{each.output}' {error}."
                self._add(ProblemKind.NAME, text, each.path, each.row, fatal=True)
                return (), ""
            stem, suffix = os.path.splitext(name)
            return (*folders, stem), suffix or self.recipe.suffix
        expression = naming.expression_text((term.combine, self.recipe.title(term)) for term in terms)
        stem, folder = each.path.stem, each.path.parent
        filled = self.template.filled(stem=stem, expression=expression, index=number, folder=folder.name)
        below: tuple[str, ...] = ()
        if self.recipe.keep_folders and folder.is_relative_to(each.root):
            below = folder.relative_to(each.root).parts
        return (*below, *filled), self.recipe.suffix

    def _check_name(self, each: Input, chosen: ChosenOutput, name: str) -> str:
        """Report a name that is taken, changed or refused; returns why the image is skipped, or ''."""
        output, kind, wanted = chosen.files[0], chosen.kind, chosen.wanted
        readable = each.path not in self._unreadable  # else that was reported, and nothing will have the name
        reason = naming.windows_problem(*output.relative_to(self.folder).parts)
        if reason and readable:
            self._add(ProblemKind.NAME, f"Windows refuses '{output}': {reason}.", each.path, each.row)
        if kind is None and output.name != name and readable:
            self._add(ProblemKind.NAME, f"'{name}' is too long: it becomes '{output}'.", each.path, each.row)
        if kind is None:
            return ""
        exists, text = self.recipe.exists, f"'{wanted}', the result of '{each.path}', {chosen.reason}"
        fatal = exists is IfExists.REFUSE
        if fatal:
            text += ": number, skip or overwrite such results, or choose another folder or template."
        elif exists is IfExists.SKIP:
            text += ": the image is skipped."
        elif output == wanted:
            text += ": it is replaced."
        else:
            text += f": it becomes '{output.name}'."
        self._add(kind, text, each.path, each.row, fatal=fatal)
        return text if exists is IfExists.SKIP else ""

    def _check_outputs(self, items: list[Item]) -> None:
        """Try each kind of output once: whether its format can hold it and its folder can be written to."""
        tried: set[tuple[str, exporting.Content, EditName, int | None]] = set()
        for item in {item.edit: item for item in reversed(items)}.values():
            self._try(item, item.edit.stand_in)
        for item in items:
            need = (item.output.suffix.lower(), item.content, item.edit.name, item.edit.depth)
            if need not in tried:
                tried.add(need)
                self._try(item, partial(self._check_format, item))
        for item in {output_paths.nearest_folder(item.output.parent): item for item in reversed(items)}.values():
            self._try(item, partial(output_paths.check_folder, item.output.parent))

    def _check_format(self, item: Item) -> None:
        exporting.check_format(item.output, self.recipe.request(item.content), item.edit.stand_in())

    def _try(self, item: Item, check: Callable[[], object]) -> None:
        try:
            check()
        except UserError as error:
            kind = ProblemKind.NOT_WRITABLE if isinstance(error, OutputNotWritable) else ProblemKind.OPTION
            self._add_once(kind, str(error), item.output, item.row)

    def _add_once(self, kind: ProblemKind, text: str, path: Path | None, row: int | None) -> None:
        if text not in self._texts:
            self._add(kind, text, path, row, fatal=True)

    def _add(
        self, kind: ProblemKind, text: str, path: Path | None = None, row: int | None = None, *, fatal: bool = False
    ) -> None:
        self._add_problem(Problem(kind, text, path, row, fatal))

    def _add_problem(self, problem: Problem) -> None:
        self._texts.add(problem.text)
        self.problems.append(problem)
