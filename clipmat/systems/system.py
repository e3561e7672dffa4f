"""What all other systems share: the two calls, what chooses among their candidates, and the way from mask to matte."""

from __future__ import annotations

import threading
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.certainty import Certainty, PresenceScale, shows_something
from clipmat.devices import DeviceChoice
from clipmat.errors import BadExample, ExpressionTruncated, ImageNotSet
from clipmat.examples import Example
from clipmat.expression import MAIN_SUBJECT, clean_expression
from clipmat.pointing import Click, Pointing, PromptMethod, checked_pointing
from clipmat.predictions import EdgeRefiner, Prediction
from clipmat.predictor import Predictor
from clipmat.prompt import checked_expression
from clipmat.systems.bands import trimap_of_mask
from clipmat.systems.choosing import choose
from clipmat.systems.reading import read
from clipmat.transforms import check_image

_SCALE = PresenceScale(unsure=0.25, sure=0.5)
"""What a score amounts to; nobody has calibrated these systems."""
_ANYTHING = "object"
"""What is looked for where the words name nothing: `the biggest one`."""


class System(ABC):
    """Another network behind the two calls of `Predictor`: `set_image` once, `predict` many times.

    Calls of several threads wait for each other; the image is the one that was set last, by whichever.
    """

    idle_seconds = 600.0
    """How long nobody asks anything before its memory is better used by others; see `rim_editor.matting`."""

    def __init__(self, name: str, weights: str, choice: DeviceChoice, own: Predictor) -> None:
        """`own` are our weights, which compute the edges and answer whoever only points."""
        self.name, self.weights = name, weights
        self.device, self.precision, self.device_reason = choice
        self._dtype = choice.dtype
        self._lock = threading.Lock()
        self._own = own
        self._pixels: NDArray[np.uint8] | None = None
        self._known: dict[str, list[Candidate]] = {}
        self._own_image_of: int | None = None
        self._image_ms = 0.0

    @abstractmethod
    def _encode(self, image: NDArray[np.uint8]) -> None:
        """Do what needs to be done once for an image, HxWx3 uint8 sRGB."""

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

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Encode an image, HxWx3 uint8 sRGB, for the expressions to come. Raises BadImage; the former image stays."""
        started = time.perf_counter()
        check_image(image)
        with self._lock:
            self._pixels = None  # if encoding fails, as where memory ends, no image is set
            with torch.inference_mode(), self._autocast():
                self._encode(np.require(image, requirements=("C", "W")))  # torch warns of what cannot be written
            self._pixels, self._known, self._own_image_of = image, {}, None
            self._image_ms = (time.perf_counter() - started) * 1000

    def predict(
        self,
        expression: str = "",
        *,
        points: Sequence[Click] = (),
        box: Sequence[float] | None = None,
        example: Example | None = None,
        refine: bool = True,
    ) -> Prediction:
        """As `Predictor.predict`, with the candidates that were found.

        Places, relations and colours choose among the candidates of the noun (`reading`, `choosing`). Our own weights
        answer points and a box where a system does not know them, and find the main subject where nothing is given.
        Raises ImageNotSet, BadExpression, BadPrompt, and BadExample: these systems know no examples. Warns
        ExpressionTruncated with the words that did not fit.
        """
        if example is not None:
            raise BadExample(f"{self.name} knows no examples: choose 'compact', or describe the object in words")
        with self._lock:
            image = self._image_for("predict(expression)")
            pointing = checked_pointing(points, box, image.shape[1], image.shape[0])
            words = clean_expression(expression)
            if not pointing and (not expression.strip() or words == MAIN_SUBJECT):
                return self._by_own(pointing, refine)
            words = words if pointing else checked_expression(expression)
            return self._answer(image, words, pointing, refine)

    @property
    def edges(self) -> EdgeRefiner | None:
        """What computes edges in place of our refiner."""
        return self._own.edges

    def example(self, matte: NDArray[np.float32], expression: str = "", *, source: str = "") -> Example:
        """Raises BadExample: these systems know no examples."""
        raise BadExample(f"{self.name} makes no examples: choose 'compact' to find what is selected in other images")

    def refine(
        self, image: NDArray[np.uint8], matte: NDArray[np.float32], trimap: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """See `Predictor.refine`; it is our own refiner, or what takes its place."""
        return self._own.refine(image, matte, trimap)

    def _image_for(self, call: str) -> NDArray[np.uint8]:
        if self._pixels is None:
            raise ImageNotSet(f"no image is set: call set_image(image) before {call}")
        return self._pixels

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
            trimap=trimap,
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

    def _by_own(self, pointing: Pointing, refine: bool) -> Prediction:
        asked = threading.get_ident()  # our own weights keep one image for each thread
        if self._own_image_of != asked:
            self._own.set_image(self._image_for("predict(expression)"))
            self._own_image_of = asked
        answer = self._own.predict(points=pointing.points, box=pointing.box, refine=refine)
        found = "What is pointed at" if pointing else "The main subject"
        return replace(answer, note=f"{found} was found by our own weights, not by {self.name}.")

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device, self._dtype, enabled=self._dtype != torch.float32)


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
