"""Licences of the pictures of packs, as stated: which are open, for training on these alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training.files.lists import read_list

LICENCES = "licences.csv"
"""Beside an index: the licences of its sources, in place of what the index says (source,licence)."""
_OPEN = re.compile(
    r"own|cc0([ -]1\.0)?|cc[ -]by(-sa)?([ -]\d\.\d)?|mit|apache-2\.0|bsd(-[23]-clause)?|public domain|odc-by|pddl"
    r"|united states government work"
)
_DOUBTS = ("not stated", "not listed", "not checked", "research", "non-commercial", "noncommercial", "credits")
"""Words of a note after a licence that take back what it says."""


def is_open(licence: str) -> bool:
    """Whether a licence as stated is open: CC0, CC BY, CC BY-SA, MIT, Apache, BSD, public domain, or `own`.

    What is in brackets or after a semicolon is a note, and one that states a doubt makes it not open. Pixabay's,
    Pexels' and Unsplash's terms are none, for they restrict what may be done; nor is one that is not stated.
    """
    name = re.split(r"[(;,]", licence, maxsplit=1)[0].strip().lower()
    return _OPEN.fullmatch(name) is not None and not any(doubt in licence.lower() for doubt in _DOUBTS)


def licence_filter(folder: Path) -> Callable[[dict[str, Any]], bool]:
    """Whether a row of a pack's index is of an openly licensed picture, by its licences.csv, else its own `license`.

    Raises LayoutError for a broken list.
    """
    path = folder / LICENCES
    lines = read_list(path, ("source", "licence")) if path.is_file() else []
    stated = {line["source"]: line["licence"] for line in lines}
    return lambda row: is_open(stated.get(row.get("source", ""), row.get("license", "")))
