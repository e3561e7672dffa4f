"""The options `--point X,Y[,-]` and `--box X0,Y0,X1,Y1` of the command line, read from their texts.

Pixels are those of the upright image, (0, 0) its upper left corner. Whether they are in the image is known once it is
read: see `clipmat.pointing.checked_pointing`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rim_editor.errors import BadOption

if TYPE_CHECKING:
    from clipmat.pointing import Click, Corners

_SIGNS = {"+": True, "-": False}


def read_point(text: str) -> Click:
    """'120,80' is on the object, '300,90,-' beside it. Raises BadOption."""
    parts = [part.strip() for part in text.split(",")]
    sign = parts.pop() if len(parts) == 3 else "+"
    numbers = _numbers(parts)
    if len(parts) != 2 or numbers is None or sign not in _SIGNS:
        raise BadOption(
            f"--point '{text}' is not a pixel: write x,y such as 120,80, or 120,80,- for what to leave out."
        )
    return numbers[0], numbers[1], _SIGNS[sign]


def read_box(text: str) -> Corners:
    """'10,20,300,200' is the box between these two corners. Raises BadOption."""
    parts = [part.strip() for part in text.split(",")]
    numbers = _numbers(parts)
    if len(parts) != 4 or numbers is None:
        raise BadOption(f"--box '{text}' is not a box: write two opposite corners, such as 10,20,300,200.")
    x0, y0, x1, y1 = numbers
    return x0, y0, x1, y1


def _numbers(parts: list[str]) -> list[float] | None:
    """The finite numbers that the parts are; None when one is not."""
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None
