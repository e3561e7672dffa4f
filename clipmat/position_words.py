"""The words that say where something is, and which position is the opposite of which.

`training/relations` decides what they mean in a composed scene and `sentences/choosing` among a system's candidates;
`sentences/phrase_tagging` finds them in whole phrases.
"""

from __future__ import annotations

OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top", "front": "behind", "behind": "front"}
"""`a` stands in a relation to `b` exactly when `b` stands in the opposite one to `a`."""
POSITIONS = {
    word: position
    for position, words in {
        "left": "left leftmost",
        "right": "right rightmost",
        "top": "top topmost upper uppermost above over",
        "bottom": "bottom lower lowest below beneath under underneath",
        "middle": "middle center centre central",
        "front": "front foreground",
        "behind": "behind back background",
        "corner": "corner",
    }.items()
    for word in words.split()
}
"""Each word, and the position that it names."""
