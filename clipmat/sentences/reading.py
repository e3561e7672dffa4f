"""Reads an expression: the noun phrase that a system finds, and the colours, places and relations that choose one.

`the second red cup from the left` asks a system for `cup`; the colour and the place then choose among what it finds
(`choosing`). What cannot be read stays whole, and the system gets it as it was typed. Pure text, no network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from clipmat.position_words import OPPOSITE
from clipmat.sentences.phrase_tagging import tagged
from clipmat.sentences.spelling import COLOURS, even


@dataclass(frozen=True, slots=True)
class Position:
    """Where something is among its rivals."""

    side: str
    """left, right, top, bottom, middle, front, behind, corner, big, small, tall or short."""
    rank: int = 0
    """0: towards that side. From 1 on: the first, second... counted from it."""
    loose: bool = False
    """Whether it may be a part of the name (`little girl`): it chooses only where nothing else does."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How something stands to something else."""

    kind: str
    """left, right, top, bottom, front, behind, near, on, with or between."""
    others: tuple[Reading, ...]
    """What it stands to: one thing, or two for `between`, where one plural may stand for both."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression, read."""

    noun: str
    """The noun phrase without article, places and the colours of the thing itself; '' for `the one`."""
    colours: tuple[str, ...] = ()
    """Basic names of the colours that are spoken of, as `clipmat.colour_names` has them."""
    places: tuple[Position, ...] = ()
    relations: tuple[Relation, ...] = ()
    understood: bool = True
    """False where the noun is the whole text, as it was typed."""

    @property
    def chooses(self) -> bool:
        """Whether it says more than a noun."""
        return bool(self.colours or self.places or self.relations)


_LOOSE = {
    "big": "big", "large": "big", "huge": "big", "small": "small", "little": "small", "tiny": "small", "tall": "tall",
}  # fmt: skip
_ARTICLES = {"the", "a", "an", "this", "that", "these", "those", "all", "any", "some"}
_NAMELESS = {"one", "ones"}
_COUNTS = {"two", "both", "three", "other"}
_SHADES = {"dark", "light", "bright", "pale", "deep"}
_OBJECT_COLOURS = {"orange", "cream"}
"""Colours that are a thing as well: the last word of a noun phrase is the thing."""
_DOING = re.compile(r"\b(?!wearing)\w+ing\b")
"""`the man in the beige jacket riding the red snowboard`: what comes after it has colours of its own."""
_WORN = re.compile(r"\b(?:in|inside|wearing|dressed in|who wears|that wears|made|full|of)\b")
_CLAUSE = re.compile(r"\b(?:who|that|which|where|whose)\b")
"""Begins what may be left out where the rest says enough, unless it denies something."""
_DENIED = frozenset("not no except but without than never nor".split())
_DESCRIBES = {"with", "in", "inside", "wearing", "dressed"}
_DONE = {"held", "worn", "seen", "hidden", "cut", "shown", "bent"}
"""A later clause that begins with one of these, or of those that end with -ed, describes what was named."""
_PEOPLE = {"man", "woman", "boy", "girl", "person", "guy", "lady", "kid", "child", "people"}
"""Who may be named again without an article: `second from the left, man in a dark jacket`."""
_MOST_RELATIONS = 12
"""`left of the man behind the bus ...`: nobody says more, and each is read within the one before."""
_LONGEST = 2000
"""Characters; nobody writes more, and each of many patterns goes through them all."""
_UNREAD = frozenset(
    "that which who whom whose what whatever where when why how not no except but without than or if always never is "
    "are was were do does did could would should will you i we he she they it my your our most least".split()
)
"""Words that a noun phrase does not have: with one of them left over, nothing was understood."""


def read(expression: str) -> Reading:
    """What an expression asks for. Where it cannot be read, the noun is the expression and nothing else is set."""
    text = tagged(even(expression)) if len(expression) <= _LONGEST else ""
    reading = _read(text) if text and text.count("@r_") <= _MOST_RELATIONS else None
    if reading is None or (not reading.chooses and _CLAUSE.search(text)):
        return Reading(" ".join(expression.split()), understood=False)
    return _named(reading)


def _named(reading: Reading) -> Reading:
    """The reading with `one in red` where only what it is like is told: `in red` alone would be red things."""
    noun = f"one {reading.noun}" if reading.noun.split(" ")[0] in _DESCRIBES else reading.noun
    relations = tuple(replace(each, others=tuple(map(_named, each.others))) for each in reading.relations)
    return replace(reading, noun=noun, relations=relations)


def _read(text: str) -> Reading | None:
    """The reading of a tagged text; None if words are left over that no noun phrase has."""
    whole: Reading | None = None
    for clause in text.split(" , "):
        part = _clause(clause.strip(" ,"))
        if part is None:
            return None
        whole = part if whole is None else _joined(whole, part, clause)
    return whole


def _joined(first: Reading, later: Reading, text: str) -> Reading:
    """`the big vehicle`, `the bus on the left`: what comes later says the same thing again, or describes it.

    It is named again where the `text` of the later clause begins as a noun phrase does.
    """
    start = text.split()[0] if text.split() else ""
    head = later.noun.split(" ")[0]
    done = head.endswith("ed") or head in _DONE
    counted = any(place.rank for place in first.places)  # by what was named first
    again = later.noun and (start in _ARTICLES or start in _PEOPLE) and not (done or counted or head in _DESCRIBES)
    if again or not first.noun:
        noun = later.noun or first.noun
    elif start.endswith("ing") or head in _DESCRIBES:
        noun = f"{first.noun} {later.noun}".strip()
    else:
        noun = first.noun
    return Reading(
        noun,
        tuple(dict.fromkeys(first.colours + later.colours)),
        tuple(dict.fromkeys(first.places + later.places)),
        first.relations + later.relations,
    )


def _clause(text: str) -> Reading | None:
    head, *chained = re.split(r"(@r_\w+)", text)
    reading = _noun_phrase(head)
    if reading is None:
        return None
    pairs = list(zip(chained[::2], chained[1::2], strict=True))
    for at, (mark, object_text) in enumerate(pairs):
        kind = mark.removeprefix("@r_")
        if kind in ("with", "on"):  # `the dog with the ball in the middle`: the dog is in the middle
            words, places = _without_places(object_text)
            own = _noun_phrase(f"x {places}")
            object_text = words
            if own is not None:
                reading = replace(reading, places=reading.places + own.places)
        elif at + 1 < len(pairs):  # `left of the man behind the bus`: the man is behind the bus
            object_text += "".join(map("".join, pairs[at + 1 :]))
        others = _others(object_text, kind)
        if others is None:
            return None
        if kind == "with":
            reading = replace(reading, noun=f"{reading.noun} with {' '.join(object_text.split())}".strip())
        reading = replace(reading, relations=(*reading.relations, Relation(kind, others)))
        if kind not in ("with", "on"):
            break
    return reading


def _others(text: str, kind: str) -> tuple[Reading, ...] | None:
    texts = re.split(r"\band\b", text) if kind == "between" else [text]
    readings = [_clause(each.strip()) for each in texts]
    known = tuple(each for each in readings if each is not None)
    return known if len(known) == len(texts) else None


def _without_places(text: str) -> tuple[str, str]:
    """The text without its marks, and the marks."""
    marks = re.findall(r"@\w_-?\w+", text)
    return " ".join(re.sub(r"@\w_-?\w+", " ", text).split()), " ".join(marks)


def _noun_phrase(text: str) -> Reading | None:
    """A noun phrase with marks of places, without relations; None if it holds words that no noun phrase has."""
    words, marks = _without_places(text)
    clause = _CLAUSE.search(words, 1)
    if clause and not _DENIED & set(words.split()):  # `the bus that is cut off @p_left`: what it does is left out
        words = words[: clause.start()]
    if _UNREAD & set(words.split()) - _ARTICLES:
        return None
    worn = _WORN.search(words)
    before, after = (words[: worn.start()], words[worn.start() :]) if worn else (words, "")
    doing = _DOING.search(before, 1)
    if doing and doing.end() < len(before.rstrip()):
        before, after = before[: doing.start()], f"{before[doing.start() :]}{after}"
    name: list[str] = []
    colours: list[str] = []
    loose: list[Position] = []
    parts = before.split()
    while parts and parts[0] in _ARTICLES | _COUNTS:
        parts.pop(0)
    for at, word in enumerate(parts):
        is_last = at == len(parts) - 1
        if word in COLOURS and not (is_last and word in _OBJECT_COLOURS):
            colours.append(COLOURS[word])
        elif word in _LOOSE and not is_last:
            loose.append(Position(_LOOSE[word], loose=True))
        elif (
            word not in _NAMELESS
            and not (word in _SHADES and not is_last and parts[at + 1] in COLOURS)
            and word != "and"
        ):
            name.append(word)
    colours += [COLOURS[word] for word in _DOING.split(after, maxsplit=1)[0].split() if word in COLOURS]
    noun = " ".join([*name, *after.split()])
    return Reading(noun, tuple(dict.fromkeys(colours)), (*_places(marks), *loose))


def _places(marks: str) -> tuple[Position, ...]:
    found = re.findall(r"@(\w)_(-?\w+)", marks)
    rank = next((int(value) for kind, value in found if kind == "n"), 0)
    sides = [(kind, value) for kind, value in found if kind != "n"]
    if rank and not any(side in OPPOSITE for _, side in sides):
        sides.append(("f", "left"))  # `the first bicycle`: as one reads
    places = []
    for kind, side in sides:
        if rank and side in OPPOSITE:
            counted = OPPOSITE[side] if rank < 0 and kind == "f" else side
            places.append(Position(counted, max(rank, 1)))
            rank = 0
        else:
            places.append(Position(side))
    return tuple(dict.fromkeys(places))
