"""Captions: what people wrote about a photograph, where a sentence surely speaks of one labelled thing in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from training.entity import Description, Entity
from training.relations import position_in

_LOOKS = (
    "small large big little tiny huge tall young old adult red green blue yellow purple pink black white orange brown "
    "gray grey beige wooden furry fluffy striped"
).split()
"""Words that may stand before the noun of a sentence; others could make another noun of it."""
_DEEDS = (
    "sits stands rides holds walks lies lays looks runs plays flies rests eats jumps wears drives poses swims carries "
    "sleeps climbs skis surfs skates"
).split()
_PLACES = "on in at by near under inside beneath along against".split()
_AFTER = (
    "a an the his her its their on in at by near under down up through over along around across off out into with to "
    "for from towards toward some"
).split()
"""What follows an -ing that is a deed: `riding a bike`; a noun does not (`a car parking lot`)."""
_RELATIVE = re.compile(" (?:that|who|which) (?=is )")
_ENDS = re.compile(r"[,;.:!?]| (?:and|while|as|but|who|that|which|with (?:another|other)|because|so|or) ")
_SENTENCE = re.compile(r"^(?:a|an|the|one|this|my) (?P<looks>(?:[a-z]+ ){0,2}?)(?P<noun>NOUN) (?P<deed>[a-z' -]+)$")


def descriptions(
    captions: Iterable[str], entities: Sequence[Entity], may_contain: Collection[str]
) -> tuple[tuple[Description, ...], ...]:
    """What the captions of a photograph surely say of each of the entities in it.

    Only whole sentences whose subject is a noun that fits one entity and surely nothing else, without positions, for
    these change when the photograph is mirrored or cut.
    """
    found: list[dict[Description, None]] = [{} for _ in entities]
    nouns: dict[str, list[int]] = {}
    for number, entity in enumerate(entities):
        for noun in {*entity.names, *entity.maybe}:
            nouns.setdefault(noun, []).append(number)
    alone = {
        noun: fitting[0]
        for noun, fitting in nouns.items()
        if len(fitting) == 1 and noun not in may_contain and noun in entities[fitting[0]].names
    }
    for caption in captions:
        text = _RELATIVE.sub(" ", " ".join(caption.lower().split()))
        text = _ENDS.split(text, maxsplit=1)[0].strip()
        for noun, number in alone.items():
            described = _described(text, noun) if f" {noun} " in text else None
            if described is not None:
                found[number][described] = None
    return tuple(tuple(each) for each in found)


def _described(text: str, noun: str) -> Description | None:
    match = re.match(_SENTENCE.pattern.replace("NOUN", re.escape(noun)), text)
    if match is None or position_in(text):
        return None
    looks, words = match["looks"].split(), match["deed"].split()
    if not set(looks) <= set(_LOOKS):
        return None
    if words[0] == "is":
        del words[0]
        return _whole(looks, noun, words, verb=False)
    return _whole(looks, noun, words, verb=words[0] in _DEEDS)


def _whole(looks: Sequence[str], noun: str, words: Sequence[str], *, verb: bool) -> Description | None:
    if len(words) < 2 or words[-1] in _AFTER or {"is", "are"} & set(words):  # cut off, or a sentence in a sentence
        return None
    doing = words[0].endswith("ing") and words[1] in _AFTER
    placed = words[0] in _PLACES or (words[0] in ("perched", "parked", "seated") and words[1] in _AFTER)
    if not (verb or doing or placed):
        return None
    return Description(" ".join([*looks, noun]), noun, " ".join(words), verb)
