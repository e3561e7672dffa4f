"""What all other systems share: the two calls, one image at a time, and our own weights beside them."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.devices import DeviceChoice
from clipmat.errors import BadExample, ImageNotSet
from clipmat.examples import Example
from clipmat.expression import MAIN_SUBJECT, clean_expression
from clipmat.pointing import Click, Pointing, checked_pointing
from clipmat.predictions import EdgeRefiner, Prediction
from clipmat.predictor import Predictor
from clipmat.prompt import checked_expression
from clipmat.systems.damages import at_work, finite
from clipmat.transforms import check_image


class System(ABC):
    """Another network behind the two calls of `Predictor`: `set_image` once, `predict` many times.

    Calls of several threads wait for each other; the image is the one that was set last, by whichever.
    """

    knows_words = True
    """Whether it takes expressions; without them it finds the main subject alone."""
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
        self._own_image_of: int | None = None
        self._image_ms = 0.0

    @abstractmethod
    def _encode(self, image: NDArray[np.uint8]) -> None:
        """Do what needs to be done once for an image, HxWx3 uint8 sRGB."""

    def _forget(self) -> None:
        """Drop what is known of the former image."""
        self._own_image_of = None

    @abstractmethod
    def _answer(self, image: NDArray[np.uint8], words: str, pointing: Pointing, refine: bool) -> Prediction:
        """What the words name, what of it is pointed at, or that alone; '' are no words. Called under the lock."""

    def _main_subject(self, image: NDArray[np.uint8], refine: bool) -> Prediction:
        """What the image, HxWx3, shows above all; our own weights find it where a system does not."""
        return self._by_own(Pointing(), refine)

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Encode an image, HxWx3 uint8 sRGB, for the expressions to come. Raises BadImage; the former image stays."""
        started = time.perf_counter()
        check_image(image)
        with self._lock:
            self._pixels = None  # if encoding fails, as where memory ends, no image is set
            with at_work(self.name, self.weights), torch.inference_mode(), self._autocast():
                self._encode(np.require(image, requirements=("C", "W")))  # torch warns of what cannot be written
            self._pixels = image
            self._forget()
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

        Our own weights answer points and a box where a system does not know them, and find the main subject where
        nothing is given and a system does not. Raises ImageNotSet, BadExpression, BadPrompt, and BadExample: these
        systems know no examples. Warns ExpressionTruncated with the words that did not fit.
        """
        if example is not None:
            raise BadExample(f"{self.name} knows no examples: choose 'compact', or describe the object in words")
        with self._lock:
            image = self._image_for("predict(expression)")
            pointing = checked_pointing(points, box, image.shape[1], image.shape[0])
            words = clean_expression(expression)
            if not pointing and (not expression.strip() or words == MAIN_SUBJECT):
                return self._main_subject(image, refine)
            if pointing:
                words = "" if words == MAIN_SUBJECT else words  # what is pointed at need not be it
            else:
                words = checked_expression(expression)
            with at_work(self.name, self.weights):
                answer = self._answer(image, words, pointing, refine)
            finite(answer.matte, self.name, self.weights)
            return answer

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
