"""Phrases: a noun with an attribute, and which entities that surely or possibly names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from training.entity import Entity
from training.wording import (
    ALIKE,
    CARRIED,
    CARRIED_BY,
    CONFUSED,
    MASS,
    PUT_ON_BY,
    SEE_THROUGH,
    WEARABLE,
    WORN_BARE,
    WORN_BY,
    choose,
    is_plural,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun with an optional attribute, and which entities it surely or possibly names."""

    noun: str
    before: str
    after: str
    surely: Callable[[Entity], bool]
    possibly: Callable[[Entity], bool]


def _confusable(colour: str) -> set[str]:
    return set().union(*(group for group in CONFUSED if colour in group), {colour})


def _names(noun: str) -> tuple[Callable[[Entity], bool], Callable[[Entity], bool]]:
    return (lambda e: noun in e.names), (lambda e: noun in e.names or noun in e.maybe)


def plain(noun: str) -> Phrase:
    """The noun alone."""
    return Phrase(noun, "", "", *_names(noun))


def coloured(noun: str, colour: str) -> Phrase:
    """The noun with its main colour; of people only clothes and hair have one."""
    named, maybe = _names(noun)
    near = _confusable(colour)

    def surely(entity: Entity) -> bool:
        if not named(entity) or entity.kind == "human" or not entity.colours:
            return False
        return entity.colours[0].name == colour and entity.colours[0].share >= 0.4

    def possibly(entity: Entity) -> bool:
        shown = entity.kind == "human" or any(c.name in near and c.share >= 0.1 for c in entity.colours)
        return maybe(entity) and shown

    return Phrase(noun, colour, "", surely, possibly)


def see_through(noun: str, word: str) -> Phrase:
    """A transparent thing (RefMatte's attribute): `the transparent vase`; the others may be taken for one."""
    named, maybe = _names(noun)
    return Phrase(noun, word, "", lambda e: named(e) and e.transparent, maybe)


def wearing(noun: str, worn: Sequence[tuple[str, str]], rng: np.random.Generator) -> Phrase:
    """A person by garments (or hair) and their colours, an empty colour meaning any: `woman in a red dress`."""
    named, maybe = _names(noun)

    def surely(entity: Entity) -> bool:
        return named(entity) and all(_wears(entity, garment, colour) for garment, colour in worn)

    def possibly(entity: Entity) -> bool:
        return maybe(entity) and all(_may_wear(entity, garment, colour) for garment, colour in worn)

    things, definite = [], rng.random() < 0.4
    for garment, colour in worn:
        thing = f"{colour} {garment}".strip()
        bare = garment == "hair" or is_plural(garment)
        article = "" if bare else "the " if definite else "an " if thing[0] in "aeiou" else "a "
        things.append(article + thing)
    first = worn[0][0]
    verbs = CARRIED_BY if first in CARRIED else PUT_ON_BY if first in WORN_BARE else WORN_BY
    verb = "with" if first == "hair" else choose(rng, verbs)
    return Phrase(noun, "", f"{verb} {' and '.join(things)}", surely, possibly)


def _wears(entity: Entity, garment: str, colour: str) -> bool:
    return any(
        g.name == garment and g.share >= 0.03 and (not colour or (g.color == colour and g.purity >= 0.5))
        for g in entity.garments
    )


def _may_wear(entity: Entity, garment: str, colour: str) -> bool:
    if not entity.garments:
        return True  # nobody labelled what it wears
    near = _confusable(colour) if colour else set()
    alike = next((group for group in (WEARABLE, *ALIKE) if garment in group), {garment})
    same = [g for g in entity.garments if g.name in alike]
    return any(not colour or g.color in near or g.purity < 0.6 for g in same)


def noun_of(entity: Entity, rng: np.random.Generator) -> str:
    """Its keyword, or another noun that surely refers to it."""
    if rng.random() < 0.6:
        return entity.keyword
    return choose(rng, [name for name in entity.names if name not in MASS] or entity.names)


def phrase_of(entity: Entity, rng: np.random.Generator, bare: float = 0.4) -> Phrase:
    """A way to name the entity: its noun alone (with probability `bare`), its look, or what it wears."""
    noun = noun_of(entity, rng)
    if rng.random() >= bare:
        if entity.kind == "human":
            telling = WEARABLE | {"hair", "sunglasses", "bag"}
            worn = [g for g in entity.garments if g.share >= 0.03 and g.purity >= 0.5 and g.name in telling]
            if worn:
                garment = worn[int(rng.integers(len(worn)))]
                any_colour = garment.name != "hair" and (garment.name in WORN_BARE or rng.random() < 0.2)
                worn_things = [(garment.name, "" if any_colour else garment.color)]
                more = [g for g in worn if g.name in WEARABLE and g.name != garment.name]
                if more and garment.name in WEARABLE and rng.random() < 0.2:
                    worn_things.append((more[0].name, more[0].color))
                return wearing(noun, worn_things, rng)
        elif entity.transparent and rng.random() < 0.5:
            return see_through(noun, choose(rng, SEE_THROUGH))
        elif entity.colours and entity.colours[0].share >= 0.45:
            return coloured(noun, entity.colours[0].name)
    return plain(noun)


def with_article(rng: np.random.Generator, text: str, noun: str) -> str:
    """The text, whose noun decides, with an article or without."""
    draw = rng.random()
    if draw < 0.72:
        return f"the {text}"
    if draw < 0.78 and not is_plural(noun):
        return f"an {text}" if text[0] in "aeiou" else f"a {text}"
    return text


def phrase_text(phrase: Phrase, rng: np.random.Generator) -> str:
    """The phrase in words: `the red cup`, `cup that is red`, `a woman in a blue dress`."""
    noun, many = phrase.noun, is_plural(phrase.noun)
    if phrase.before and rng.random() < 0.25:
        clauses = ("which are", "that are", "that look") if many else ("which is", "that is", "that looks")
        return f"{with_article(rng, noun, noun)} {choose(rng, clauses)} {phrase.before}"
    return with_article(rng, " ".join(part for part in (phrase.before, noun, phrase.after) if part), noun)
