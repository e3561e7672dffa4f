"""What all other systems share: the two calls, what chooses among their candidates, and the way from mask to matte."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.certainty import PresenceScale
from clipmat.devices import DeviceChoice
from clipmat.errors import BadExample, ImageNotSet
from clipmat.examples import Example
from clipmat.expression import clean_expression
from clipmat.pointing import Click, Pointing, PromptMethod, checked_pointing
from clipmat.predictor import Prediction, Predictor
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
        """The things in the image that the words name, each with its mask."""

    def _all_of(self, words: str) -> Candidate | None:
        """What the words name where nothing chooses among several: the surest."""
        return max(self._candidates(words), key=lambda one: one.score, default=None)

    def _soft(self, candidate: Candidate) -> NDArray[np.float32]:
        """The soft mask of a candidate, HxW in [0, 1]."""
        assert candidate.mask is not None
        return candidate.mask.astype(np.float32)

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Encode an image, HxWx3 uint8 sRGB, for the expressions to come. Raises BadImage; the former image stays."""
        started = time.perf_counter()
        check_image(image)
        with self._lock:
            with torch.inference_mode(), self._autocast():
                self._encode(image)
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

        Places, relations and colours choose among the candidates of the noun (`reading`, `choosing`). Points and a box
        alone are answered by our own weights. Raises ImageNotSet, BadExpression, BadPrompt, and BadExample: these
        systems know no examples.
        """
        if example is not None:
            raise BadExample(f"{self.name} knows no examples: choose 'compact', or describe the object in words")
        with self._lock:
            image = self._image_for("predict(expression)")
            pointing = checked_pointing(points, box, image.shape[1], image.shape[0])
            if pointing and not clean_expression(expression):
                return self._by_own(pointing, refine)
            return self._answer(image, checked_expression(expression), pointing, refine)

    def example(self, matte: NDArray[np.float32], expression: str = "", *, source: str = "") -> Example:
        """Raises BadExample: these systems know no examples."""
        raise BadExample(f"{self.name} makes no examples: choose 'compact' to find what is selected in other images")

    def refine(
        self, image: NDArray[np.uint8], matte: NDArray[np.float32], trimap: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """See `Predictor.refine`; it is our own refiner."""
        return self._own.refine(image, matte, trimap)

    def _image_for(self, call: str) -> NDArray[np.uint8]:
        if self._pixels is None:
            raise ImageNotSet(f"no image is set: call set_image(image) before {call}")
        return self._pixels

    def _answer(self, image: NDArray[np.uint8], words: str, pointing: Pointing, refine: bool) -> Prediction:
        """What the words name, or what of it is pointed at."""
        started = time.perf_counter()
        with torch.inference_mode(), self._autocast():
            reading = read(words)
            offered = self._candidates(reading.noun)
            if pointing:
                chosen = _pointed(offered, pointing)
            elif reading.chooses:
                chosen = choose(reading, self._candidates, image)
            else:
                chosen = self._all_of(reading.noun)
        if pointing and chosen is None:
            return self._by_own(pointing, refine)
        found = time.perf_counter()
        soft = np.zeros(image.shape[:2], np.float32) if chosen is None else self._soft(chosen)
        trimap = trimap_of_mask(soft)
        matte = np.where(trimap == 128, soft, (trimap == 255).astype(np.float32))
        if refine and (trimap == 128).any():
            matte = self._own.refine(image, matte, trimap)
        presence = 0.0 if chosen is None else chosen.score
        return Prediction(
            expression=words,
            matte=matte,
            trimap=trimap,
            presence=presence,
            certainty=_SCALE.certainty(presence, matte),
            timings={
                "image": self._image_ms,
                "text": 0.0,
                "matte": (found - started) * 1000,
                "refine": (time.perf_counter() - found) * 1000,
            },
            method=PromptMethod.WORDS_CHOSEN if pointing else PromptMethod.WORDS,
            note=PromptMethod.WORDS_CHOSEN.note if pointing else "",
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
        return replace(answer, note=f"What is pointed at was found by our own weights, not by {self.name}.")

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device, self._dtype, enabled=self._dtype != torch.float32)


def _pointed(offered: Sequence[Candidate], pointing: Pointing) -> Candidate | None:
    """The surest of the candidates that has every click on it, none beside it, and mostly fills the box."""
    fitting = [one for one in offered if one.mask is not None and _fits(one.mask, one, pointing)]
    return max(fitting, key=lambda one: one.score, default=None)


def _fits(mask: NDArray[np.bool_], candidate: Candidate, pointing: Pointing) -> bool:
    clicks = all(bool(mask[int(y), int(x)]) == keep for x, y, keep in pointing.points)
    if pointing.box is None:
        return clicks
    boxed = Candidate(pointing.box, 1.0, candidate.size)
    x0, y0, x1, y1 = pointing.box
    inside = mask[int(y0) : max(round(y1), int(y0) + 1), int(x0) : max(round(x1), int(x0) + 1)].sum()
    return clicks and boxed.gap(candidate) == 0 and 2 * int(inside) > int(mask.sum())
