"""What stack.xml of an OpenRaster file says of each layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree import ElementTree

_DEEPEST = 50
_FARTHEST = 1_000_000


@dataclass(frozen=True)
class StackEntry:
    """A layer as the file describes it, with what its stacks add."""

    name: str
    source: str
    x: int
    y: int
    opacity: float
    visible: bool
    locked: bool = False
    selected: bool = False


def stack_entries(root: ElementTree.Element) -> Iterator[StackEntry]:
    """The layers from top to bottom, stacks within stacks opened."""
    around = StackEntry("", "", 0, 0, 1.0, visible=True)
    waiting = [(child, around, 0) for child in reversed(root.findall("stack"))]
    while waiting:
        element, stack, depth = waiting.pop()
        shown = element.get("visibility", "visible") != "hidden"
        entry = StackEntry(
            name=element.get("name", "").strip()[:200],
            source=element.get("src", ""),
            x=stack.x + int(_number(element, "x", 0)),
            y=stack.y + int(_number(element, "y", 0)),
            opacity=stack.opacity * min(max(_number(element, "opacity", 1), 0.0), 1.0),
            visible=stack.visible and shown,
            locked=stack.locked or element.get("edit-locked") == "true",
            selected=element.get("selected") == "true",
        )
        if element.tag == "layer":
            yield entry
        elif element.tag == "stack" and depth < _DEEPEST:
            waiting += [(child, entry, depth + 1) for child in reversed(list(element))]


def _number(element: ElementTree.Element, name: str, usual: float) -> float:
    try:
        value = float(element.get(name, usual))
    except ValueError:
        return usual
    return min(max(value, -_FARTHEST), _FARTHEST) if math.isfinite(value) else usual
