"""A predictor that finds red things, without a model: 'maybe red' is unsure, 'red ghost' a guess; it remembers all.

Clicks come with a note, but those beside 'known' things.
"""

import warnings
from dataclasses import dataclass, field

import numpy as np
import pytest

from clipmat.certainty import Certainty
from clipmat.errors import BadExample, ExpressionTruncated, UnknownWeights
from clipmat.examples import example_of
from rim_editor import matting


@dataclass(frozen=True)
class FakePrediction:
    matte: np.ndarray
    presence: float
    certainty: Certainty
    timings: dict
    note: str = "These weights do not know clicks."


@dataclass
class RedPredictor:
    weights: str
    device: str
    device_reason: str = "no GPU was found"
    precision: str = "float32"
    images: list = field(default_factory=list)
    expressions: list = field(default_factory=list)
    examples: list = field(default_factory=list)
    prompts: list = field(default_factory=list)

    def set_image(self, image):
        self.images.append(image)

    def predict(self, expression="", *, points=(), box=None, example=None):
        self.expressions.append(expression)
        self.prompts.append((tuple(points), box))
        if example is not None:
            self.examples.append(example)
            expression = f"{expression} {example.words}"
        if len(expression.split()) > 20:
            warnings.warn("the expression is too long; not read: end", ExpressionTruncated, stacklevel=2)
        image = self.images[-1].astype(np.float32)
        redness = (image[..., 0] - np.maximum(image[..., 1], image[..., 2])) / 200
        present = "red" in expression or bool(points)
        matte = np.clip(redness, 0, 1) if present else np.zeros_like(redness)
        presence = 0.97 if present else 0.12
        certainty = Certainty.SURE if present else Certainty.NONE
        if "maybe" in expression:
            presence, certainty = 0.4, Certainty.UNSURE
        elif "ghost" in expression:
            presence, certainty = 0.03, Certainty.NONE
        note = "" if "known" in expression else FakePrediction.note
        return FakePrediction(matte, presence, certainty, {"image": 1.0, "text": 2.0, "matte": 3.0}, note)

    def example(self, matte, expression="", *, source=""):
        if not (matte > 0.5).any():
            raise BadExample("nothing is selected to make an example of")
        words = expression or "red"
        return example_of(np.ones((2, 3), np.float32), weights=self.weights, variant="compact", expression=expression,
                          words=words, source=source)  # fmt: skip


@pytest.fixture
def loaded(monkeypatch):
    """Every predictor that was loaded, in order; `auto` means cpu."""
    predictors = []

    def load(weights, device, precision):
        if weights == "unknown":
            raise UnknownWeights("'unknown' is no model and no file: choose compact, or see `rim-editor models`.")
        predictors.append(RedPredictor(weights, "cpu" if device == "auto" else device))
        return predictors[-1]

    monkeypatch.setattr(matting, "load_predictor", load)
    return predictors
