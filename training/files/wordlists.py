"""What people write of their images: expressions.csv and keywords.csv in a folder, or a text file beside an image."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from training.expressions import FORMS
from training.files.labels import LayoutError, Words
from training.files.lists import plain, read_list
from training.files.sources import KEYWORDS
from training.relations import position_in

EXPRESSIONS = "expressions.csv"
_FORMS = (*FORMS, "free")
_ARTICLES = ("the", "a", "an")


class Said(NamedTuple):
    """One expression, and the keyword of what it refers to: empty where that is not known."""

    words: Words
    keyword: str


def listed(folder: Path) -> dict[str, list[Said]]:
    """What the lists of a folder say, by the plain names of the files.

    expressions.csv: file, expression and, if wanted, keyword and form; keywords.csv: file and keyword. Raises
    LayoutError naming the list and what is wrong with it.
    """
    found: dict[str, list[Said]] = defaultdict(list)
    path = folder / EXPRESSIONS
    if path.is_file():
        for line in read_list(path, ("file", "expression"), ("keyword", "form")):
            if not line["expression"]:
                raise LayoutError(f"{path}: a line of {line['file']} has no expression")
            if line["form"] not in ("", *_FORMS):
                raise LayoutError(f"{path}: '{line['form']}' of {line['file']} is no form: choose {', '.join(_FORMS)}")
            found[plain(line["file"])].append(said(line["expression"], line["form"], line["keyword"]))
    path = folder / KEYWORDS
    if path.is_file():
        for line in read_list(path, ("file", "keyword"), ("synonyms", "kind")):
            if line["keyword"]:
                found[plain(line["file"])].append(Said(Words(line["keyword"], "keyword"), line["keyword"]))
    return dict(found)


def beside(image: Path) -> list[Said]:
    """What the text file of an image says, an expression a line; nothing when there is none. Raises LayoutError."""
    path = image.with_suffix(".txt")
    if not path.is_file():
        return []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LayoutError(f"{path} cannot be read as UTF-8: {error}") from error
    return [said(line.strip()) for line in lines if line.strip()]


def said(text: str, form: str = "", keyword: str = "") -> Said:
    """An expression, and what is not told of it: one or two words without a position are a keyword, others free."""
    noun = " ".join(word for number, word in enumerate(text.lower().split()) if number or word not in _ARTICLES)
    relation = position_in(text)
    form = form or ("keyword" if len(noun.split()) <= 2 and not relation else "free")
    return Said(Words(text, form, relation), keyword or (noun if form == "keyword" else ""))
