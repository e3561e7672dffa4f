"""Dense words: for the images of a batch, words and the places of each image that they fit.

One pass of the image encoder answers for all words at once, so an image teaches every noun of what is in it, and of
what is not. Where it is unknown whether a word fits, nothing counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from training.entity import Entity, Pixels
from training.phrases import Phrase, phrase_of, plain
from training.scene import Alpha, Scene

STRIDE = 4
"""Pixels of an image, along each side, for one of a mask."""
_THERE, _ABSENT = 4, 2
"""Words an image brings: of what is in it, and of what surely is not."""
_ATTRIBUTES = 0.35
"""Share of the former with a colour, a garment and the like."""


class WordMasks(NamedTuple):
    """Words, and where they fit in each image of a batch."""

    texts: tuple[str, ...]
    """U of them."""
    masks: Pixels
    """BxUx(H/4)x(W/4) uint8: how much of a place they cover, 0 to 255."""
    counts: Pixels
    """The same shape, 0 or 1: whether that is known."""


@dataclass(frozen=True)
class WordSource:
    """The nouns of a bank, rare ones more often than they occur."""

    nouns: tuple[str, ...]
    odds: NDArray[np.float64]

    @classmethod
    def of(cls, entities: Sequence[Entity]) -> WordSource:
        """Of entities with their names; at least one."""
        often = Counter(name for entity in entities for name in entity.names)
        odds = np.sqrt(np.array(list(often.values()), np.float64))
        return cls(tuple(often), odds / odds.sum())

    def masks(self, scenes: Sequence[Scene], count: int, rng: np.random.Generator) -> WordMasks:
        """`count` words for the scenes of a batch, which are all of one size (sides multiples of 4).

        Where there are not so many, the first is repeated and counts nowhere.
        """
        phrases: dict[str, Phrase] = {}
        for scene in scenes:
            for phrase in _of_scene(scene, rng):
                phrases.setdefault(_text(phrase), phrase)
        kept = [list(phrases)[i] for i in rng.permutation(len(phrases))[:count]]
        chosen = {text: phrases[text] for text in kept}
        for i in rng.choice(len(self.nouns), min(count, len(self.nouns)), replace=False, p=self.odds):
            if len(chosen) < count:
                chosen.setdefault(self.nouns[i], plain(self.nouns[i]))
        small = [[_small(placed.alpha) for placed in scene.placed] for scene in scenes]
        rows = [
            [_known(scene, alphas, phrase) for phrase in chosen.values()]
            for scene, alphas in zip(scenes, small, strict=True)
        ]
        masks = np.stack([[mask for mask, _ in row] for row in rows])
        counts = np.stack([[known for _, known in row] for row in rows])
        texts = tuple(chosen)
        missing = ((0, 0), (0, count - len(texts)), (0, 0), (0, 0))
        return WordMasks(texts + texts[:1] * (count - len(texts)), np.pad(masks, missing), np.pad(counts, missing))


def counts_of(scene: Scene | None, matte: Alpha, keyword: str) -> Pixels:
    """Where a match with the words of an expression is known, (H/4)x(W/4) uint8, 0 or 1.

    The match finds what the words mean, before a position chooses among several: those others do not count. An empty
    keyword stands for an expression that fits nothing.
    """
    everywhere = np.ones((matte.shape[0] // STRIDE, matte.shape[1] // STRIDE), np.uint8)
    if scene is None:
        return everywhere
    if not keyword:
        if scene.complete or scene.absent is not None:
            return everywhere
        return np.uint8(1) * (_union([_small(placed.alpha) for placed in scene.placed], everywhere.shape) > 127)
    phrase = plain(keyword)
    others = [
        _small(placed.alpha) for placed in scene.placed if placed.alpha is not matte and phrase.possibly(placed.entity)
    ]
    return np.uint8(1) * ((_union(others, everywhere.shape) < 64) | (_small(matte) > 127))


def _of_scene(scene: Scene, rng: np.random.Generator) -> list[Phrase]:
    found = []
    for _ in range(_THERE if scene.placed else 0):
        entity = scene.placed[int(rng.integers(len(scene.placed)))].entity
        if rng.random() < _ATTRIBUTES:
            found.append(phrase_of(entity, rng))
        else:
            found.append(plain(entity.names[int(rng.integers(len(entity.names)))]))
    if scene.absent:
        picks = rng.choice(len(scene.absent), min(_ABSENT, len(scene.absent)), replace=False)
        found += [plain(scene.absent[int(i)]) for i in picks]
    return found


def _text(phrase: Phrase) -> str:
    return " ".join(part for part in (phrase.before, phrase.noun, phrase.after) if part)


def _known(scene: Scene, alphas: Sequence[Pixels], phrase: Phrase) -> tuple[Pixels, Pixels]:
    """Where a phrase fits in a scene, and where that is known."""
    shape = (scene.image.shape[0] // STRIDE, scene.image.shape[1] // STRIDE)
    sure = [a for a, p in zip(alphas, scene.placed, strict=True) if phrase.surely(p.entity)]
    doubtful = [
        a
        for a, p in zip(alphas, scene.placed, strict=True)
        if phrase.possibly(p.entity) and not phrase.surely(p.entity)
    ]
    mask = _union(sure, shape)
    if _is_known(scene, phrase, there=bool(sure)):
        counts = np.ones(shape, np.uint8)
    else:
        counts = (_union(alphas, shape) > 127).astype(np.uint8)
    if doubtful:
        counts[(_union(doubtful, shape) > 64) & (mask < 128)] = 0
    return mask, counts


def _is_known(scene: Scene, phrase: Phrase, *, there: bool) -> bool:
    """Whether outside of what is labelled the phrase fits nothing."""
    if phrase.noun in scene.may_contain:
        return False
    return there or scene.complete or (scene.absent is not None and phrase.noun in scene.absent)


def _small(alpha: Alpha) -> Pixels:
    size = (alpha.shape[1] // STRIDE, alpha.shape[0] // STRIDE)
    return (cv2.resize(alpha, size, interpolation=cv2.INTER_AREA) * 255 + 0.5).astype(np.uint8)


def _union(masks: Sequence[Pixels], shape: tuple[int, ...]) -> Pixels:
    return np.asarray(np.maximum.reduce([np.zeros(shape, np.uint8), *masks]), np.uint8)
