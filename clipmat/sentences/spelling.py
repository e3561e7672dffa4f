"""The text of an expression made even: small letters, no punctuation but commas, slips of a finger mended.

Only words with which positions and colours are named are mended, and only from slips that leave their first letter: an
inner letter that is missing, doubled or changes places with its neighbour.
"""

from __future__ import annotations

import re
from functools import cache

from clipmat.position_words import POSITIONS

COLOURS = {
    "red": "red", "crimson": "red", "scarlet": "red", "maroon": "red", "orange": "orange", "yellow": "yellow",
    "golden": "yellow", "gold": "yellow", "green": "green", "blue": "blue",
    "navy": "blue", "turquoise": "turquoise", "teal": "turquoise", "cyan": "turquoise", "purple": "purple",
    "violet": "purple", "pink": "pink", "magenta": "pink", "brown": "brown", "beige": "beige", "tan": "beige",
    "cream": "beige", "black": "black", "gray": "gray", "grey": "gray", "silver": "gray", "white": "white",
}  # fmt: skip
"""The words for colours, and the basic name (`clipmat.colour_names`) that each stands for."""
_CHOOSING_WORDS = (
    "between beside next nearest closest furthest farthest biggest largest smallest bigger larger smaller tallest "
    "second third fourth fifth sixth image picture photo which from side camera little small large higher before with"
)
_KNOWN = frozenset(_CHOOSING_WORDS.split()) | POSITIONS.keys() | COLOURS.keys()
_OTHER_WORDS = {"font", "fist", "bellow", "lager", "thrid", "form", "tp"}
"""Words that are one slip away from one of ours and mean something else, or are handled apart."""
_SHORT = {"teh": "the", "hte": "the", "lfet": "left", "letf": "left", "rihgt": "right", "thrid": "third", "frm": "from"}
_SIDES = re.compile(r"\b(left|right|top|bottom|upper|lower|front|back|far)-(?=[a-z])")


def even(text: str) -> str:
    """The words of an expression with single spaces, and ` , ` where a clause ends."""
    text = text.lower().replace("’", "'").replace("@", " ")
    text = re.sub(r"#\s?(\d+)", r"number \1", text)
    text = _SIDES.sub(r"\1 ", text)
    text = re.sub(r"[.!?\"()\[\]:/]+", " ", text)
    text = re.sub(r"[,;]+", " , ", text)
    words = [_mended(word) for word in text.split()]
    return re.sub(r"\bform (?=(the )?(left|right|top|bottom|front|back)\b)", "from ", " ".join(words)).strip(" ,")


def _mended(word: str) -> str:
    if word in _KNOWN:
        return word
    if word in _SHORT:
        return _SHORT[word]
    return word if word in _OTHER_WORDS else _slips().get(word, word)


@cache
def _slips() -> dict[str, str]:
    """Each slip of a finger, and the word that it surely stands for."""
    found: dict[str, set[str]] = {}
    for word in sorted(_KNOWN):
        if len(word) < 5:
            continue
        for at in range(1, len(word)):
            swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
            for slip in (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], swapped):
                if slip not in _KNOWN and at < len(word) - (slip == word[:-1]):
                    found.setdefault(slip, set()).add(word)
    return {slip: words.pop() for slip, words in found.items() if len(words) == 1}
