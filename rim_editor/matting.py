"""The editor's door to the model, and the one importer of clipmat: lazy, cached, replaceable by a fake."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from clipmat.errors import ClipMatError, ExpressionTruncated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.weights import WeightsInfo as WeightsInfo

__all__ = [
    "ClipMatError", "ExpressionTruncated", "Matting", "PredictionLike", "PredictorLike", "catalogue", "fetch",
    "load_predictor",
]  # fmt: skip


class PredictionLike(Protocol):
    """What the editor reads of a prediction; see `clipmat.predictor.Prediction`."""

    @property
    def matte(self) -> NDArray[np.float32]:
        """HxW in [0, 1]; zeros when the object is not present."""

    @property
    def presence(self) -> float:
        """How sure the model is that the object is in the image, 0 to 1."""

    @property
    def present(self) -> bool:
        """Whether that is sure enough."""

    @property
    def timings(self) -> Mapping[str, float]:
        """Milliseconds per step: image, text, matte."""


class PredictorLike(Protocol):
    """What the editor asks of a predictor; see `clipmat.predictor.Predictor`."""

    @property
    def device(self) -> str:
        """cpu, cuda or mps."""

    @property
    def device_reason(self) -> str:
        """Why this device and not a faster one; may be empty."""

    @property
    def precision(self) -> str:
        """float32, bfloat16 or float16."""

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Read the image, HxWx3 uint8 sRGB, once for any number of expressions."""

    def predict(self, expression: str) -> PredictionLike:
        """Find what the expression names in the image that was set."""


def load_predictor(weights: str, device: str) -> PredictorLike:
    """The model itself; imports torch. Raises ClipMatError."""
    from clipmat.predictor import Predictor

    predictor: PredictorLike = Predictor.load(weights=weights, device=device)
    return predictor


def catalogue() -> tuple[WeightsInfo, ...]:
    """Every variant, where its weights are, and what is missing. Imports no torch."""
    from clipmat.weights import catalogue

    return catalogue()


def fetch(name: str, progress: Callable[[int, int | None], None] | None = None) -> Path:
    """Download the weights of a variant and verify them; `progress` hears (bytes so far, bytes or None).

    Raises ClipMatError; nothing is kept of a download that did not arrive whole.
    """
    from clipmat.weights import fetch

    return fetch(name, progress)


class Matting:
    """Keeps one model and the features of one image, so that the next expression costs only its own share.

    `load(weights, device)` makes the predictor; tests pass a fake. Calls from several threads wait for
    each other.
    """

    def __init__(self, load: Callable[[str, str], PredictorLike] | None = None) -> None:
        self._load = load or load_predictor
        self._lock = threading.Lock()
        self._loaded: tuple[str, str] | None = None
        self._predictor: PredictorLike | None = None
        self._image: NDArray[np.uint8] | None = None

    def predictor(self, weights: str, device: str) -> PredictorLike:
        """The model for these weights on this device, loaded once while both stay. Raises ClipMatError."""
        with self._lock:
            return self._predictor_for(weights, device)

    def predict(
        self, image: NDArray[np.uint8], expression: str, *, weights: str = "compact", device: str = "auto"
    ) -> PredictionLike:
        """Find what `expression` names in `image`, HxWx3 uint8 sRGB; the same array again is not read again.

        The array must not be changed in place between calls. Raises ClipMatError.
        """
        with self._lock:
            predictor = self._predictor_for(weights, device)
            if self._image is not image:
                self._image = None  # if reading it fails, the old image is gone as well
                predictor.set_image(image)
                self._image = image
            return predictor.predict(expression)

    def _predictor_for(self, weights: str, device: str) -> PredictorLike:
        if self._predictor is None or self._loaded != (weights, device):
            # Let go of the old model first: two at once may not fit the device.
            self._predictor, self._loaded, self._image = None, None, None
            self._predictor = self._load(weights, device)
            self._loaded = (weights, device)
        return self._predictor
