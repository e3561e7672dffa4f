"""Manifests: a table of images in CSV or JSON lines, with the expressions and the edit of each, read and made."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

from clipmat import records
from clipmat.errors import UserError
from rim_editor.batch.problems import Problem, ProblemKind
from rim_editor.batch.recipe import ExpressionTerm, checked_terms, terms_from_json
from rim_editor.documents.document import Combine
from rim_editor.documents.edit_description import EditDescription, EditName
from rim_editor.errors import BadOption

SUFFIXES = (".csv", ".jsonl")
COLUMNS = ("image", "expression", "edit", "background", "output")
_Line = tuple[int | None, Mapping[str, Any] | str]
"""Its number from 1, and its cells by column, or what is wrong with it."""


@dataclass(frozen=True)
class ManifestRow:
    """One image of a manifest; None where the row leaves a cell empty."""

    number: int
    """Line of the manifest, from 1."""
    image: Path
    """Absolute."""
    expressions: tuple[ExpressionTerm, ...] | None
    edit: EditDescription | None
    output: str | None
    """Below the folder of the results, with '/' between folders; with or without suffix."""


def read(path: Path) -> tuple[list[ManifestRow], list[Problem]]:
    """The valid rows of a manifest, and fatal problems of the others.

    Images and backgrounds are named relative to its folder. CSV begins with a line of column names, one of them
    `image`, and has commas, semicolons or tabs between cells; JSON lines have one object per line. An
    `expression` in JSON, also in a cell, may be a list of texts or of {"expression", "combine"}, an `edit` an object
    {"name", "color", …}.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return [], [_damaged(path, None, "it is not in UTF-8: save it as 'CSV UTF-8'")]
    except OSError as error:
        return [], [_damaged(path, None, f"it cannot be read ({error.strerror}): check its name and permissions")]
    rows: list[ManifestRow] = []
    problems: list[Problem] = []
    unknown: dict[str, int | None] = {}
    for number, cells in _json_lines(text) if path.suffix.lower() == ".jsonl" else _csv_lines(text):
        if isinstance(cells, str):
            problems.append(_damaged(path, number, cells))
            continue
        for name in cells:
            if name not in COLUMNS:
                unknown.setdefault(name, number)
        try:
            rows.append(_row(number or 0, cells, path.absolute().parent))
        except UserError as error:
            problems.append(_damaged(path, number, str(error).removesuffix(".")))
    for name, number in unknown.items():
        text = f"The manifest '{path}' has a column '{name}', which is ignored: known are {', '.join(COLUMNS)}."
        problems.append(Problem(ProblemKind.MANIFEST, text, path, number))
    if not rows and not problems:
        problems.append(_damaged(path, None, "it has no rows: add one for each image"))
    return rows, problems


def content(path: Path, rows: Iterable[ManifestRow]) -> bytes:
    """The content of a manifest for `path`, CSV or JSON lines by its suffix, from which `read` makes the same rows.

    Images below its folder are named relative to it, others by their whole path. Raises BadOption for a name that CSV
    cannot hold.
    """
    folder = path.absolute().parent
    made = [_cells(row, folder) for row in rows]
    if path.suffix.lower() == ".jsonl":
        return "".join(f"{_json_line(cells)}\n" for cells in made).encode()
    texts = StringIO(newline="")
    writer = csv.DictWriter(texts, [name for name in COLUMNS if name == "image" or any(name in each for each in made)])
    writer.writeheader()
    for cells in made:
        writer.writerow({name: _cell_text(value) for name, value in cells.items()})
    try:
        return texts.getvalue().encode("utf-8-sig")  # Excel takes it for UTF-8 by its mark alone
    except UnicodeEncodeError as error:
        raise BadOption("A file's name is not in UTF-8, and CSV cannot hold it: save the list as .jsonl.") from error


def _json_line(cells: dict[str, Any]) -> str:
    line = json.dumps(cells, ensure_ascii=False)
    return line if _is_text(line) else json.dumps(cells)


def _is_text(line: str) -> bool:
    """Whether it can be encoded; names of files hold what is no UTF-8 as single surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in line)


def _cells(row: ManifestRow, folder: Path) -> dict[str, Any]:
    below = row.image.is_relative_to(folder)
    cells: dict[str, Any] = {"image": row.image.relative_to(folder).as_posix() if below else str(row.image)}
    if row.expressions is not None:
        terms = row.expressions
        plain = len(terms) == 1 and terms[0].combine is Combine.NEW
        cells["expression"] = terms[0].expression if plain else records.to_data(terms)
    if row.edit is not None:
        cells["edit"] = row.edit.to_json()
    if row.output is not None:
        cells["output"] = row.output
    return cells


def _cell_text(value: Any) -> str:  # noqa: ANN401 - of JSON
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _damaged(path: Path, number: int | None, reason: str) -> Problem:
    where = "" if number is None else f", line {number}"
    return Problem(ProblemKind.MANIFEST, f"The manifest '{path}'{where}: {reason}.", path, number, fatal=True)


def _csv_lines(text: str) -> Iterator[_Line]:
    header, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter, restval="", strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        if "image" not in names or len(set(names)) < len(names):
            text = f"its first line must name its columns, each once, 'image' among them ({', '.join(COLUMNS)})"
            yield None, text
            return
        reader.fieldnames = names
        for cells in reader:
            if None in cells:
                yield reader.line_num, "it has more cells than there are columns: quote texts that hold a comma"
            else:
                yield reader.line_num, {name: cell.strip() for name, cell in cells.items()}
    except csv.Error as error:
        yield reader.reader.line_num, f"it cannot be read as CSV ({error}): correct it and what follows"


def _json_lines(text: str) -> Iterator[_Line]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            cells = records.parsed(line)
        except ValueError as error:
            yield number, f'it is not JSON ({error}): write an object in one line, such as {{"image": "rose.jpg"}}'
            continue
        if isinstance(cells, dict):
            yield number, {name: value for name, value in cells.items() if value is not None}
        else:
            yield number, 'it is not a JSON object: write one such as {"image": "rose.jpg"}'


def _row(number: int, cells: Mapping[str, Any], folder: Path) -> ManifestRow:
    image = _file_name(cells, "image", folder)
    if image is None:
        raise BadOption("it names no image: add one, or delete the line")
    terms = checked_terms(terms_from_json(_listed(cells["expression"]))) if cells.get("expression") else None
    output = cells.get("output") or None
    if output is not None and not isinstance(output, str):
        raise BadOption(f"'{output}' is not the name of an output: write a text")
    return ManifestRow(number, image, terms, _edit(cells, folder), output)


def _listed(expression: object) -> object:
    """The list that a cell of CSV holds as JSON; anything else as it is."""
    if not isinstance(expression, str) or not expression.startswith("["):
        return expression
    try:
        return records.parsed(expression)
    except ValueError as error:
        raise BadOption(f"'{expression}' is not a list of expressions ({error}): write a text or JSON") from error


def _edit(cells: Mapping[str, Any], folder: Path) -> EditDescription | None:
    edit = cells.get("edit") or None
    background = _file_name(cells, "background", folder)
    if isinstance(edit, str) and edit.startswith("{"):  # a cell of CSV
        try:
            edit = records.parsed(edit)
        except ValueError as error:
            raise BadOption(f"'{edit}' is not an edit ({error}): write a name or a JSON object") from error
    if edit is None:
        return None if background is None else EditDescription(EditName.BACKGROUND, background=background)
    if not isinstance(edit, str | dict):
        raise BadOption(f"'{edit}' is not an edit: choose among {', '.join(EditName)}")
    edit = EditDescription.from_json({"name": edit} if isinstance(edit, str) else edit)
    if edit.background is not None:
        edit = replace(edit, background=_path(folder, edit.background))
    if background is None:
        return edit
    if edit.name is not EditName.BACKGROUND:
        raise BadOption(f"a background does not go with the edit '{edit.name}': leave one of them out")
    return replace(edit, background=background)


def _file_name(cells: Mapping[str, Any], column: str, folder: Path) -> Path | None:
    name = cells.get(column) or None
    if name is not None and not isinstance(name, str):
        raise BadOption(f"'{name}' is not the name of a file: write a text")
    return None if name is None else _path(folder, name)


def _path(folder: Path, name: str | Path) -> Path:
    return Path(os.path.normpath(folder / name))
