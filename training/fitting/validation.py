"""Validation while training: mean IoU on held-out samples, and a few mattes to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import cv2
import numpy as np

from clipmat.model import ClipMat
from training.entity import Pixels
from training.metrics import iou
from training.samples import Sample
from training.scene import Alpha

_SIDE = 256


class Validation(NamedTuple):
    """The network's results on the held-out samples."""

    score: float
    """Mean IoU, 0..1."""
    panels: tuple[Pixels, ...]
    """Image, truth and matte side by side, HxWx3 uint8, always of the same samples."""


def validate(model: ClipMat, samples: Callable[[], Iterable[Sample]], panels: int = 4) -> Validation:
    """Matte every sample that refers to something through the public API, as a user would; the first give panels.

    The model is left in evaluation mode. Raises ValueError when there are no such samples.
    """
    from clipmat.devices import choose_device
    from clipmat.predictor import Predictor
    from clipmat.weights import UNCALIBRATED, ModelCard

    device = next(model.parameters()).device.type
    predictor = Predictor(model, ModelCard(model.config, UNCALIBRATED, "", ""), choose_device(device, "float32"))
    scores: list[float] = []
    drawn: list[Pixels] = []
    for sample in samples():
        if not sample.present:
            continue
        predictor.set_image(sample.image)
        matte = predictor.predict(sample.expression, refine=False).matte  # the refiner is trained by itself
        scores.append(iou(matte, sample.matte))
        if len(drawn) < panels:
            drawn.append(_panel(sample.image, sample.matte, matte))
    if not scores:
        raise ValueError("nothing is held out to validate on")
    return Validation(float(np.mean(scores)), tuple(drawn))


def _panel(image: Pixels, truth: Alpha, matte: Alpha) -> Pixels:
    scale = _SIDE / max(image.shape[:2])
    sides = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    planes = [image] + [cv2.cvtColor((a * 255 + 0.5).astype(np.uint8), cv2.COLOR_GRAY2RGB) for a in (truth, matte)]
    return np.hstack([np.asarray(cv2.resize(p, sides, interpolation=cv2.INTER_AREA), np.uint8) for p in planes])
