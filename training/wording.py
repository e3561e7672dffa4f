"""The words of the expression engine: colours that look alike, garments, plurals; and how people type them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

COLOURS = ("red", "green", "blue", "yellow", "purple", "pink", "black", "white", "orange")
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

OWN = ("my", "my", "our", "this", "that", "just the", "only the")
"""What people put before the noun of a thing in their own photograph."""
OWN_PEOPLE = ("this", "that", "just the", "only the")
"""The same before people, whom nobody owns."""
SOMEONE = ("someone", "somebody", "the one", "the person")


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
