"""What systems that know words share: what chooses among their candidates, and the way from mask to matte."""

from __future__ import annotations

import time
import warnings
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.certainty import Certainty, PresenceScale, shows_something
from clipmat.devices import DeviceChoice
from clipmat.errors import ExpressionTruncated
from clipmat.pointing import Pointing, PromptMethod
from clipmat.predictions import Prediction
from clipmat.predictor import Predictor
from clipmat.sentences.choosing import choose
from clipmat.sentences.reading import read
from clipmat.systems.bands import trimap_of_mask
from clipmat.systems.system import System

_SCALE = PresenceScale(unsure=0.25, sure=0.5)
"""What a score amounts to; nobody has calibrated these systems."""
_ANYTHING = "object"
"""What is looked for where the words name nothing: `the biggest one`."""


class WordSystem(System):
    """A system that finds candidates for words, each with a mask or a box, and the soft mask of each.

    Places, relations and colours choose among the candidates of the noun (`reading`, `choosing`).
    """

    def __init__(self, name: str, weights: str, choice: DeviceChoice, own: Predictor) -> None:
        super().__init__(name, weights, choice, own)
        self._known: dict[str, list[Candidate]] = {}

    @abstractmethod
    def _found(self, words: str) -> list[Candidate]:
        """The things in the image that the words name, each with its mask or its box."""

    def _all_of(self, words: str) -> Candidate | None:
        """What the words name where nothing chooses among several: the surest."""
        return max(self._candidates(words), key=lambda one: one.score, default=None)

    @abstractmethod
    def _soft(self, candidate: Candidate, pointing: Pointing) -> NDArray[np.float32]:
        """The soft mask of a candidate, HxW in [0, 1]; `pointing` is what was chosen by, if anything was pointed at."""

    def _soft_at(self, pointing: Pointing) -> NDArray[np.float32] | None:
        """The soft mask of what is pointed at, HxW in [0, 1]; None where the system does not know by points and box."""
        return None

    def _forget(self) -> None:
        super()._forget()
        self._known = {}

    def _answer(self, image: NDArray[np.uint8], words: str, pointing: Pointing, refine: bool) -> Prediction:
        """What the words name, what of it is pointed at, or that alone."""
        started = time.perf_counter()
        offered: list[Candidate] = []
        chosen, soft = None, None
        with torch.inference_mode(), self._autocast():
            if words:
                reading = read(words)
                offered = self._candidates(reading.noun)
                if pointing:
                    chosen = _pointed(offered, pointing)
                elif reading.chooses:
                    chosen = choose(reading, self._candidates, image)
                else:
                    chosen = self._all_of(reading.noun)
            if chosen is not None:
                soft = self._soft(chosen, pointing)
            elif pointing:
                soft = self._soft_at(pointing)
            else:
                soft = np.zeros(image.shape[:2], np.float32)
        if soft is None:
            return self._by_own(pointing, refine)
        found = time.perf_counter()
        trimap = trimap_of_mask(soft)
        matte = np.where(trimap == 128, soft, (trimap == 255).astype(np.float32))
        if refine and (trimap == 128).any():
            matte = self._own.refine(image, matte, trimap)
        presence, method = float(bool(pointing)), PromptMethod.POINTED if pointing else PromptMethod.WORDS
        if chosen is not None:
            presence, method = chosen.score, PromptMethod.WORDS_CHOSEN if pointing else PromptMethod.WORDS
        certainty = _SCALE.certainty(presence, matte)
        if pointing:  # somebody points at it
            certainty = Certainty.SURE if shows_something(matte) else Certainty.NONE
        return Prediction(
            expression=words,
            matte=matte,
            make_trimap=trimap.copy,
            presence=presence,
            certainty=certainty,
            timings={
                "image": self._image_ms,
                "text": 0.0,
                "matte": (found - started) * 1000,
                "refine": (time.perf_counter() - found) * 1000,
            },
            method=method,
            note=method.note,
            candidates=tuple(offered),
        )

    def _candidates(self, words: str) -> list[Candidate]:
        words = words or _ANYTHING
        if words not in self._known:
            self._known[words] = self._found(words)
        return self._known[words]


def warn_of_rest(tokenizer: Any, words: str, length: int) -> None:  # noqa: ANN401
    """Warn ExpressionTruncated with the words that do not fit into `length` tokens, two of which mark the ends."""
    rest = tokenizer(words, add_special_tokens=False)["input_ids"][length - 2 :]
    if rest:
        text = f"the expression is too long; these words were not read: {tokenizer.decode(rest)}"
        warnings.warn(text, ExpressionTruncated, stacklevel=2)


def _pointed(offered: Sequence[Candidate], pointing: Pointing) -> Candidate | None:
    """The surest of the candidates that has every click on it, none beside it, and is mostly in the box."""
    return max((one for one in offered if _fits(one, pointing)), key=lambda one: one.score, default=None)


def _fits(candidate: Candidate, pointing: Pointing) -> bool:
    # What is in its box may be beside it.
    exact = candidate.mask is not None
    clicks = all(candidate.has(x, y) == keep for x, y, keep in pointing.points if keep or exact)
    return clicks and (pointing.box is None or candidate.share_in(pointing.box) > 0.5)
