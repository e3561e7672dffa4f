"""Lists that people write beside their pictures: CSV files with a header, one line a picture or expression."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path, PurePath

from training.files.images import SUFFIXES
from training.files.labels import LayoutError


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


def plain(name: str) -> str:
    """How a list names a file, without an image's suffix and with slashes: 'masks/cup.png' is 'masks/cup'."""
    file = PurePath(name.replace("\\", "/"))
    return (file.with_suffix("") if file.suffix.lower() in SUFFIXES else file).as_posix()


def names_of(*files: PurePath) -> tuple[str, ...]:
    """The plain names by which a list may call an image that lies in these files: their paths, and what they share."""
    return (*(file.with_suffix("").as_posix() for file in files), files[0].stem)
