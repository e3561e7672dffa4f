"""The public API: `Predictor.load()`, then `set_image` once and `predict` many times."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat import weights as files
from clipmat.devices import choose_device
from clipmat.errors import BadImage, ExpressionTruncated, ImageNotSet, WeightsError
from clipmat.model import BACKGROUND, FOREGROUND, ClipMat, EncodedImage, MatteOutput
from clipmat.prompt import clean, in_singular
from clipmat.refiner import Refiner, refined
from clipmat.transforms import check_image, from_output, resized, to_input

COARSER = 6
"""How many times smaller than the crop the matte is that `Predictor.refine` starts from: more than MAX_STEP of the
refiner, so that a second step mends what the first one could not reach."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """The answer to one expression."""

    expression: str
    matte: NDArray[np.float32]
    """HxW float32 in [0, 1] at the image's own size; all zero when nothing matched."""
    trimap: NDArray[np.uint8]
    """HxW uint8: 0 background, 128 unknown, 255 foreground."""
    presence: float
    """0..1: how sure it is that the expression names something in the image."""
    present: bool
    """Whether the presence reaches the threshold that came with the weights, and the matte holds anything."""
    timings: Mapping[str, float]
    """Milliseconds: `image` (paid once per image), `text`, `matte`."""


class Predictor:
    """A loaded network that remembers one image.

    >>> predictor = Predictor.load()
    >>> predictor.set_image(image)                         # HxWx3 uint8 sRGB
    >>> predictor.predict("the dog on the left").matte     # HxW float32
    """

    def __init__(
        self, model: ClipMat, card: files.Card, *, weights: str = "", device: str = "auto", precision: str = "auto"
    ) -> None:
        choice = choose_device(device, precision)
        self.device, self.precision, self.device_reason = choice
        self.weights, self.card = weights, card
        self._dtype = choice.dtype
        self._model = model.to(choice.device).to(memory_format=torch.channels_last).eval()
        self._refiner: Refiner | None = getattr(self._model, "refiner", None)
        self._image: EncodedImage | None = None
        self._pixels: NDArray[np.uint8] = np.empty((0, 0, 3), np.uint8)
        self._image_ms = 0.0

    @classmethod
    def load(
        cls, weights: str | Path = "compact", device: str = "auto", precision: str = "auto", *, untrained: bool = False
    ) -> Predictor:
        """Load a variant by name or a weights file by path; `device` is auto, cuda, mps or cpu.

        Raises a ClipMatError whose text names the remedy: UnknownWeights, WeightsMissing, WeightsInvalid,
        DeviceUnavailable. `untrained=True` gives random weights, for tests and benchmarks only.
        """
        choose_device(device, precision)  # fail before the slow part
        model, card = files.untrained(str(weights)) if untrained else files.load(weights)
        return cls(model, card, weights=str(weights), device=device, precision=precision)

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Encode an image (HxWx3 uint8 sRGB) for the expressions to come. Raises BadImage.

        The array is kept, not copied: what is written into it later would be seen by the refiner.
        """
        started = time.perf_counter()
        pixels = to_input(image, self.card.config).to(self.device, memory_format=torch.channels_last)
        with torch.inference_mode(), self._autocast():
            encoded = self._model.encode_image(pixels)
        self._finish()
        self._image, self._pixels = encoded, image
        self._image_ms = (time.perf_counter() - started) * 1000

    def predict(self, expression: str, *, refine: bool = True) -> Prediction:
        """The matte of what the expression refers to, at the image's own size.

        The post-refiner follows the image's own pixels where the weights bring one, unless `refine` is False.
        Raises ImageNotSet before `set_image`, BadExpression when there is no word. Warns ExpressionTruncated
        with the words that did not fit. Costs the text tower, TSP and the semantic decoder only.
        """
        if self._image is None:
            raise ImageNotSet("no image is set: call set_image(image) before predict(expression)")
        expression = clean(expression)
        started = time.perf_counter()
        with torch.inference_mode(), self._autocast():
            tokens, dropped = self._model.tokenize([in_singular(expression, self.card.nouns)])
            if dropped[0]:
                warnings.warn(
                    f"the expression is too long; these words were not read: {dropped[0]}",
                    ExpressionTruncated,
                    stacklevel=2,
                )
            text, valid = self._model.encode_text(tokens.to(self.device))
            self._finish()
            read = time.perf_counter()
            out = self._model.decode(self._image, text, valid, hard=True)
        sides = (self._pixels.shape[0], self._pixels.shape[1])
        presence = float(out.presence_logits[0].sigmoid())
        labels = out.trimap_logits[0].argmax(dim=0).to(torch.uint8).cpu().numpy()
        matte, present = np.zeros(sides, np.float32), False
        if presence >= self.card.threshold:
            matte = self._at_full_size(out, refine)
            present = bool((matte > 0.5).any())
        if not present:
            matte, labels = np.zeros_like(matte), np.zeros_like(labels)
        return Prediction(
            expression=expression,
            matte=matte,
            trimap=_trimap(labels, sides),
            presence=presence,
            present=present,
            timings={
                "image": self._image_ms,
                "text": (read - started) * 1000,
                "matte": (time.perf_counter() - read) * 1000,
            },
        )

    def refine(
        self, image: NDArray[np.uint8], matte: NDArray[np.float32], trimap: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """The matte made anew, by the post-refiner, where `trimap` does not know; elsewhere it stays as it is.

        Crops of one place: `image` hxwx3 uint8 sRGB, `matte` hxw float32 in [0, 1], `trimap` hxw uint8 (0
        background, 128 unknown, 255 foreground). Returns hxw float32 in [0, 1], a new array. Needs no `set_image`
        and leaves the image that was set. What is known around the unknown region says which colours
        belong to which side: give the crop some of both. Raises BadImage when the three do not belong together,
        WeightsError when the weights bring no refiner.
        """
        check_image(image)
        size = (image.shape[0], image.shape[1])
        if matte.shape != size or trimap.shape != size or not np.isin(trimap, (0, 128, 255)).all():
            raise BadImage(
                f"an image {image.shape} needs a matte and a trimap of {size}, the trimap of 0, 128 and 255 only; "
                f"these are {matte.shape} and {trimap.shape}"
            )
        if self._refiner is None:
            raise WeightsError(
                f"the weights '{self.weights}' bring no refiner: choose 'compact', which do, or paint by hand"
            )
        unknown = trimap == 128
        if not unknown.any():
            return matte.copy()
        levels = (0, 128, 255)  # in the order of BACKGROUND, UNKNOWN, FOREGROUND
        small = (max(1, round(size[0] / COARSER)), max(1, round(size[1] / COARSER)))
        labels = resized(np.stack([trimap == level for level in levels], axis=2).astype(np.float32), small)
        coarse = resized(np.ascontiguousarray(matte, np.float32), small)
        with self._autocast():
            found = refined(self._refiner, image, coarse, np.ascontiguousarray(labels.transpose(2, 0, 1)))
        return np.where(unknown, found, matte).astype(np.float32)

    def _at_full_size(self, out: MatteOutput, refine: bool) -> NDArray[np.float32]:
        coarse = out.matte[0, 0].float().cpu().numpy()
        if self._refiner is None or not refine:
            return from_output(coarse, *self._pixels.shape[:2])
        with self._autocast():
            labels = out.trimap_logits[0].float().softmax(dim=0).cpu().numpy()
            return refined(self._refiner, self._pixels, coarse, labels)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device, self._dtype, enabled=self._dtype != torch.float32)

    def _finish(self) -> None:
        # GPUs answer before they are done; the timings should not.
        if self.device == "cuda":
            torch.cuda.synchronize()
        elif self.device == "mps":
            torch.mps.synchronize()


def _trimap(labels: NDArray[np.uint8], sides: tuple[int, int]) -> NDArray[np.uint8]:
    """Class labels at the network's size -> 0 / 128 / 255 at the image's; mixed pixels count as unknown."""
    levels = np.full(labels.shape, 128, np.uint8)
    levels[labels == BACKGROUND] = 0
    levels[labels == FOREGROUND] = 255
    grown = resized(levels, sides)
    return np.where((grown == 0) | (grown == 255), grown, 128).astype(np.uint8)
