"""Positions in words: when one surely holds in a scene (RIM section 3.2), how it is phrased, read and mirrored."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clipmat.position_words import OPPOSITE, POSITIONS
from training.scene import Scene

RELATIONS = tuple(OPPOSITE)
MARGIN = 0.12
"""Distance of centres, in sides of the scene, that makes 'left of' sure."""
ABSOLUTE_PHRASES: dict[str, tuple[str, ...]] = {
    "left": ("{np} on the left", "{np} on the left side", "the left {bare}", "the leftmost {bare}", "left {bare}",
             "{np} to the left", "{np} on the left of the image", "{np} at left", "{np} that is on the left"),
    "right": ("{np} on the right", "{np} on the right side", "the right {bare}", "the rightmost {bare}",
              "right {bare}", "{np} to the right", "{np} on the right of the image", "{np} at right",
              "{np} that is on the right"),
    "top": ("{np} at the top", "the top {bare}", "the upper {bare}",
            "{np} at the top of the picture", "{np} which is at the top", "the topmost {bare}"),
    "bottom": ("{np} at the bottom", "the bottom {bare}", "the lower {bare}",
               "{np} at the bottom of the picture", "{np} which is at the bottom"),
    "middle": ("{np} in the middle", "the middle {bare}", "{np} in the center", "the {bare} in the middle of the photo",
               "the central {bare}"),
    "biggest": ("the biggest {bare}", "the largest {bare}", "the big {bare}", "the bigger {bare}"),
    "smallest": ("the smallest {bare}", "the little {bare}", "the small {bare}", "the smaller {bare}"),
    "front": ("{np} in front", "the {bare} in the foreground", "the front {bare}", "{np} in the front"),
    "behind": ("{np} behind", "{np} in the back", "the {bare} at the back", "the {bare} behind"),
    "left edge": ("{np} at the left edge of the photo", "{np} at the leftmost edge of the picture"),
    "right edge": ("{np} at the right edge of the photo", "{np} at the rightmost edge of the picture"),
    "upper part": ("{np} in the upper part of the image",),
    "lower part": ("{np} in the lower part of the image",),
    "corner": ("{np} in the {v} {h} corner", "the {v} {h} {bare}", "{np} at the {v} {h}", "{np} in the {v} {h}"),
}  # fmt: skip
"""Absolute positions: {bare} is the noun with its attributes, {np} the same with an article."""
RELATIVE_PHRASES: dict[str, tuple[str, ...]] = {
    "left": ("to the left of", "left of", "on the left of", "at the left side of", "on the left side of"),
    "right": ("to the right of", "right of", "on the right of", "at the right side of", "on the right side of"),
    "top": ("above", "over", "higher than"),
    "bottom": ("below", "underneath", "under", "lower than"),
    "front": ("in front of", "before"),
    "behind": ("behind", "in back of"),
}
"""Relative positions, between two noun phrases."""
_SIDES = re.compile(r"\b(left|right)(?=(?:most|hand|wards?)?\b)", re.IGNORECASE)


def absolute_facts(scene: Scene, target: int, rivals: Sequence[int]) -> list[str]:
    """The position words that single the target out among its rivals (or, alone, that plainly hold)."""
    here = scene.placed[target]
    x, y = here.center
    others = [scene.placed[i] for i in rivals]
    if not others:
        facts = [("left edge", x < 0.3), ("right edge", x > 0.7), ("upper part", y < 0.4), ("lower part", y > 0.6)]
        facts += [("left", x < 0.36), ("right", x > 0.64), ("top", y < 0.36), ("bottom", y > 0.66),
                 ("middle", abs(x - 0.5) < 0.1)]  # fmt: skip
        return [name for name, holds in facts if holds]
    xs, ys = [o.center[0] for o in others], [o.center[1] for o in others]
    left, right = x <= min(xs) - MARGIN, x >= max(xs) + MARGIN
    top, bottom = y <= min(ys) - MARGIN, y >= max(ys) + MARGIN
    facts = [("left", left), ("right", right), ("top", top), ("bottom", bottom)]
    facts += [("left edge", left and x < 0.36), ("right edge", right and x > 0.64)]
    facts += [("upper part", top and y < 0.45), ("lower part", bottom and y > 0.55)]
    facts += [("corner", (left or right) and (top or bottom) and abs(x - 0.5) > 0.1 and abs(y - 0.5) > 0.1)]
    if len(others) >= 2:
        facts.append(("middle", min(xs) + MARGIN <= x <= max(xs) - MARGIN and
                      all(abs(o - 0.5) > abs(x - 0.5) + 0.08 for o in xs)))  # fmt: skip
    areas = [o.area for o in others]
    facts += [("biggest", here.area > 1.8 * max(areas)), ("smallest", here.area * 1.8 < min(areas))]
    if len(rivals) == 1:
        facts += [("front", rivals[0] in here.occludes), ("behind", target in others[0].occludes)]
    return [name for name, holds in facts if holds]


def holds(scene: Scene, relation: str, a: int, b: int, margin: float = MARGIN) -> bool:
    """Whether entity `a` of the scene stands in `relation` to entity `b`.

    Left, right, top and bottom by the centres of what is visible, at least `margin` apart (a negative margin asks
    whether it might be taken to hold); in front and behind by true occlusion.
    """
    first, second = scene.placed[a], scene.placed[b]
    dx, dy = first.center[0] - second.center[0], first.center[1] - second.center[1]
    return {
        "left": -dx > margin,
        "right": dx > margin,
        "top": -dy > margin,
        "bottom": dy > margin,
        "front": b in first.occludes,
        "behind": a in second.occludes,
    }[relation]


def position_in(text: str) -> str:
    """The position that the first position word of a text names, empty when there is none."""
    words = re.findall(r"[a-z]+", text.lower())
    return next((POSITIONS[word] for word in words if word in POSITIONS), "")


def mirrored(text: str) -> str:
    """The text for the mirrored image: left and right change places, capitals stay where they are."""

    def other(found: re.Match[str]) -> str:
        word = found.group()
        swapped = OPPOSITE[word.lower()]
        return swapped.upper() if word.isupper() else swapped.capitalize() if word[0].isupper() else swapped

    return _SIDES.sub(other, text)
