"""Lists that people write for their images: keywords.csv, expressions.csv, and a text file next to an image."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from training.expressions import FORMS
from training.files.images import SUFFIXES
from training.files.labels import LayoutError, Words
from training.relations import position_in

KEYWORDS = "keywords.csv"
EXPRESSIONS = "expressions.csv"
_FORMS = (*FORMS, "free")
_ARTICLES = ("the", "a", "an")


class ListedExpression(NamedTuple):
    """One expression, and the keyword of what it refers to: empty where that is not known."""

    words: Words
    keyword: str


def read_list(path: Path, needed: Sequence[str], optional: Sequence[str] = ()) -> list[dict[str, str]]:
    """The lines of a CSV file by the names of its columns, white space around values removed.

    UTF-8, separated by commas or, as some spreadsheets write it, semicolons. Every name of `needed` and `optional` is
    in each line; what is missing is empty. Raises LayoutError naming the file, and the line where there is one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LayoutError(f"{path} is not UTF-8: save it as CSV in UTF-8") from error
    except OSError as error:
        raise LayoutError(f"{path} cannot be read: {error.strerror}") from error
    head = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=";" if ";" in head and "," not in head else ",", strict=True)
    wanted = ",".join([*needed, *(f"[{name}]" for name in optional)])
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
        if not set(needed) <= set(columns):
            raise LayoutError(f"{path}: the first line must name the columns {wanted}, it is '{head.strip()}'")
        lines = []
        for row in rows:
            if not any(value.strip() for value in row):
                continue
            if len(row) > len(columns):
                raise LayoutError(
                    f"{path}, line {rows.line_num} has {len(row)} values for {len(columns)} columns: put text that "
                    'holds a comma between "quotes"'
                )
            found = dict(zip(columns, (value.strip() for value in row), strict=False))
            lines.append({name: found.get(name, "") for name in (*needed, *optional)})
    except csv.Error as error:
        raise LayoutError(f"{path}, line {rows.line_num}: {error}") from error
    return lines


def listed_name(name: str) -> str:
    """The name of a file in a list, without an image's suffix and with slashes: 'masks/cup.png' is 'masks/cup'."""
    file = PurePath(name.replace("\\", "/"))
    return (file.with_suffix("") if file.suffix.lower() in SUFFIXES else file).as_posix()


def names_of(*files: PurePath) -> tuple[str, ...]:
    """The names that a list may give to an image that these files hold: their paths, and the stem that they share."""
    return (*(file.with_suffix("").as_posix() for file in files), files[0].stem)


def read_lists(folder: Path) -> dict[str, list[ListedExpression]]:
    """The expressions in the lists of a folder, by the names that `listed_name` gives its files.

    expressions.csv: file, expression and, if wanted, keyword and form; keywords.csv: file and keyword. Raises
    LayoutError naming the list and what is wrong with it.
    """
    found: dict[str, list[ListedExpression]] = defaultdict(list)
    path = folder / EXPRESSIONS
    if path.is_file():
        for line in read_list(path, ("file", "expression"), ("keyword", "form")):
            if not line["expression"]:
                raise LayoutError(f"{path}: a line of {line['file']} has no expression")
            if line["form"] not in ("", *_FORMS):
                raise LayoutError(
                    f"{path}: '{line['form']}' of {line['file']} is not a form: choose {', '.join(_FORMS)}"
                )
            found[listed_name(line["file"])].append(parse_expression(line["expression"], line["form"], line["keyword"]))
    path = folder / KEYWORDS
    if path.is_file():
        for line in read_list(path, ("file", "keyword"), ("synonyms", "kind")):
            if line["keyword"]:
                found[listed_name(line["file"])].append(
                    ListedExpression(Words(line["keyword"], "keyword"), line["keyword"])
                )
    return dict(found)


def read_text_file(image: Path) -> list[ListedExpression]:
    """The expressions in the text file next to an image, one a line, if there is one. Raises LayoutError."""
    path = image.with_suffix(".txt")
    if not path.is_file():
        return []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LayoutError(f"{path} cannot be read as UTF-8: {error}") from error
    return [parse_expression(line.strip()) for line in lines if line.strip()]


def parse_expression(text: str, form: str = "", keyword: str = "") -> ListedExpression:
    """An expression with what its list leaves out: one or two words without a position are a keyword, others free."""
    noun = " ".join(word for number, word in enumerate(text.lower().split()) if number or word not in _ARTICLES)
    relation = position_in(text)
    form = form or ("keyword" if len(noun.split()) <= 2 and not relation else "free")
    return ListedExpression(Words(text, form, relation), keyword or (noun if form == "keyword" else ""))
