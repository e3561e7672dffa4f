"""The words of the expression engine: positions, colours that look alike, garments; and how people type them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

COLORS = ("red", "green", "blue", "yellow", "purple", "pink", "black", "white", "orange")
"""Colours that a negative may claim."""
CONFUSED = (
    {"gray", "black", "white"}, {"brown", "beige", "orange"}, {"red", "orange", "pink"},
    {"yellow", "orange", "beige"}, {"turquoise", "green", "blue"}, {"blue", "purple", "black"},
    {"pink", "purple"}, {"brown", "black"}, {"white", "beige"}, {"gray", "brown"}, {"gray", "blue"},
    {"gray", "beige"}, {"brown", "pink"}, {"brown", "green"}, {"brown", "red"}, {"gray", "purple", "pink"},
    {"pink", "beige"},
)  # fmt: skip
"""Colours that a viewer may take for one another."""
ALIKE = ({"bag", "purse", "wallet"}, {"glasses", "sunglasses"}, {"hat", "cape"})
"""Accessories that a viewer may take for one another, or that sources label either way."""
WEARABLE = {
    "dress", "coat", "blouse", "shirt", "skirt", "jeans", "sweater", "hat", "t-shirt", "blazer", "suit", "jacket",
    "shorts", "vest", "top", "pants", "scarf", "sweatshirt", "hoodie", "cardigan", "leggings", "boots", "stockings",
}  # fmt: skip
"""Garments whose colour describes a person."""
WORN_BY = ("in", "wearing", "with", "who wears", "dressed in")
WORN_BARE = {"sunglasses", "glasses", "hat", "scarf", "bag"}
"""Accessories that are named without a colour, and never dressed in."""
PUT_ON_BY = ("in", "wearing", "with", "who wears")
CARRIED = {"bag", "purse", "wallet"}
"""What people carry rather than wear."""
CARRIED_BY = ("with", "carrying", "who has", "with")
SEE_THROUGH = ("transparent", "see-through", "translucent")
MASS = {"clothing", "food", "body part", "clothes", "fruit and vegetable", "flora", "fauna", "people"}
"""Nouns that name no single thing."""
PLURAL = {
    "jeans",
    "shorts",
    "pants",
    "leggings",
    "boots",
    "stockings",
    "sunglasses",
    "glasses",
    "trousers",
    "hands",
    "shoes",
    "socks",
    "binoculars",
    "scissors",
    "headphones",
    "gloves",
    "sneakers",
    "goggles",
}
"""Nouns that take no 'a', and 'are'."""
ABSOLUTE: dict[str, tuple[str, ...]] = {
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
RELATIVE: dict[str, tuple[str, ...]] = {
    "left": ("to the left of", "left of", "on the left of", "at the left side of", "on the left side of"),
    "right": ("to the right of", "right of", "on the right of", "at the right side of", "on the right side of"),
    "top": ("above", "over", "higher than"),
    "bottom": ("below", "underneath", "under", "lower than"),
    "front": ("in front of", "before"),
    "behind": ("behind", "in back of"),
}
"""Relative positions, between two noun phrases."""


def is_plural(noun: str) -> bool:
    """Whether a noun takes 'are': `gray shorts`, `running shoes`."""
    return noun.split()[-1] in PLURAL


def choose(rng: np.random.Generator, options: Sequence[str]) -> str:
    """One of the options."""
    return options[int(rng.integers(len(options)))]


def as_typed(text: str, rng: np.random.Generator) -> str:
    """The text as people type it: capitals now and then, a slip of a finger rarely."""
    if rng.random() < 0.12:
        text = text.capitalize() if rng.random() < 0.7 else text.upper()
    words = text.split()
    long = [i for i, w in enumerate(words) if len(w) >= 5]
    if long and rng.random() < 0.06:
        i = long[int(rng.integers(len(long)))]
        word, at = words[i], int(rng.integers(1, len(words[i]) - 1))
        slips = (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
        words[i] = slips[int(rng.integers(len(slips)))]
    return " ".join(words)
