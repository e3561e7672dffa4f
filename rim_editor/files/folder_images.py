"""The image that follows another one in its folder, in the order of file managers."""

from __future__ import annotations

import os
import re
from pathlib import Path

from clipmat.image_files import READABLE_SUFFIXES


def next_image(path: Path, there: frozenset[Path] = frozenset(), ending: str = "") -> Path | None:
    """The image that follows `path` in its folder, as file managers sort, but for those that are `there` already.

    An image that is named after another one there, with this `ending`, is a result and left out. None after the last
    one. Raises OSError.
    """
    here = [one for one in path.parent.iterdir() if one.suffix.lower() in READABLE_SUFFIXES]
    stem, _, suffix = ending.rpartition(".")
    result = re.compile(rf"(.+){re.escape(stem)}(-[0-9]+)?\.{re.escape(suffix)}", re.DOTALL)
    stems = {one.stem for one in here} if stem else set()

    def follows(one: Path) -> bool:
        if one.name.startswith(".") or _order(one) <= _order(path) or one.absolute() in there:
            return False
        named = result.fullmatch(one.name)
        return (named is None or named[1] not in stems) and os.path.isfile(one)

    return min(filter(follows, here), key=_order, default=None)


def _order(path: Path) -> tuple[list[str | int], str]:
    """By name: numbers by their value, letters without regard to case."""
    pieces = re.split(r"([0-9]+)", path.stem.casefold())
    return [int(piece) if place % 2 else piece for place, piece in enumerate(pieces)], path.suffix.lower()
