"""Words of position in free text: which they are, and what a mirror makes of them."""

from __future__ import annotations

import re

_WORDS = {
    "left": "left leftmost",
    "right": "right rightmost",
    "top": "top topmost upper uppermost above over",
    "bottom": "bottom lower lowest below beneath under underneath",
    "middle": "middle center centre central",
    "front": "front foreground",
    "behind": "behind back background",
    "corner": "corner",
}
_POSITIONS = {word: relation for relation, words in _WORDS.items() for word in words.split()}
_SIDES = re.compile(r"\b(left|right)(?=(?:most|hand|wards?)?\b)", re.IGNORECASE)
_OTHER = {"left": "right", "right": "left"}


def position(text: str) -> str:
    """The relation that the first word of position in a text names, empty when there is none."""
    words = re.findall(r"[a-z]+", text.lower())
    return next((_POSITIONS[word] for word in words if word in _POSITIONS), "")


def mirrored(text: str) -> str:
    """The text for the mirrored image: left and right change places, capitals stay where they are."""

    def other(found: re.Match[str]) -> str:
        word = found.group()
        swapped = _OTHER[word.lower()]
        return swapped.upper() if word.isupper() else swapped.capitalize() if word[0].isupper() else swapped

    return _SIDES.sub(other, text)
