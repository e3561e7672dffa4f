"""Judge predictions against the ground truth: the record of a sample that every table is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from clipmat.certainty import Certainty
from clipmat.errors import BadExpression, BadImage
from training import TrainingError
from training.expressions import NEGATIVE
from training.metrics import Region, conn, grad, iou, is_right_object, mad, mse, sad
from training.samples import Sample, trimap_labels
from training.scene import Alpha

if TYPE_CHECKING:
    from clipmat.predictions import Prediction
    from clipmat.predictor import Predictor
    from clipmat.systems.system import System

Measures = Mapping[str, Callable[[Alpha, Alpha], float | None]]
"""By name, a function of a matte and its truth; None where it is not defined. Lower is better."""
_PAPER = {"SAD": sad, "MSE": mse, "MAD": mad}
PAPER: Measures = MappingProxyType(_PAPER)
"""The measures of the paper's table (section 5.1)."""


def measures(grad_conn: bool = False, transition: bool = False) -> Measures:
    """The paper's measures, and on demand Grad and Conn (slow), and the paper's inside the transition alone.

    The transition is the soft band of the truth, grown by a hundredth of the image's longer side.
    """
    chosen = dict(PAPER)
    if grad_conn:
        chosen |= {"Grad": grad, "Conn": conn}
    if transition:
        chosen |= {f"{label} trans.": partial(_in_transition, whole) for label, whole in _PAPER.items()}
    return chosen


class EvaluationError(TrainingError):
    """What is measured, or what it is measured with, has a fault; the text names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Result:
    """One sample and how it was matted."""

    set: str
    """Where the sample is from: `photos/val_seen`."""
    image_id: str
    entity_id: str
    """Empty for a negative, as `category` is."""
    expression: str
    form: str
    """keyword, basic, absolute, relative, free or negative: an expression that fits nothing in the image."""
    relation: str
    """The position in the expression, empty without one."""
    kind: str
    """human, animal or object; empty where it is not known."""
    category: str
    rivals: int
    """Other entities of the image with the same keyword."""
    height: int
    """Pixels of the image, as `width`."""
    width: int
    area: float
    """Share of the image that the true matte takes, 0..1."""
    presence: float
    """0..1, as the scale of the weights states it."""
    certainty: Certainty
    """What that amounts to; the matte was measured whatever it is."""
    iou: float
    right: bool
    """On the referred object; for a negative, that the answer was not sure."""
    errors: Mapping[str, float]
    """By name, each measure that is defined for this sample; lower is better."""

    @property
    def negative(self) -> bool:
        """Whether the expression fits nothing in the image."""
        return self.form == NEGATIVE

    @property
    def sample(self) -> tuple[str | int | float, ...]:
        """All that was known before the matting: alike in two runs, and only there, for the same sample."""
        known = (self.set, self.image_id, self.entity_id, self.expression, self.form, self.relation, self.kind)
        return *known, self.category, self.rivals, self.height, self.width, round(self.area, 5)


def _in_transition(measure: Callable[[Alpha, Alpha, Region], float], matte: Alpha, truth: Alpha) -> float | None:
    region = trimap_labels(truth, max(1, round(max(truth.shape) / 100))) == 1
    return measure(matte, truth, region) if region.any() else None


def judge(name: str, sample: Sample, prediction: Prediction, measures: Measures = PAPER) -> Result:
    """Measure one prediction for a sample of the set `name`."""
    matte = prediction.matte
    found = {label: measure(matte, sample.matte) for label, measure in measures.items()}
    return Result(
        set=name,
        image_id=sample.image_id,
        entity_id=sample.entity_id,
        expression=sample.expression,
        form=sample.form,
        relation=sample.relation,
        kind=sample.kind,
        category=sample.category,
        rivals=sample.rivals,
        height=matte.shape[0],
        width=matte.shape[1],
        area=float(sample.matte.mean(dtype="float64")),
        presence=prediction.presence,
        certainty=prediction.certainty,
        iou=iou(matte, sample.matte),
        right=is_right_object(matte, sample.matte, sample.others)
        if sample.present
        else prediction.certainty is not Certainty.SURE,
        errors={label: value for label, value in found.items() if value is not None},
    )


def judge_sets(
    predictor: Predictor | System, sets: Mapping[str, Iterable[Sample]], measures: Measures = PAPER
) -> Iterator[tuple[Sample, Prediction, Result]]:
    """Matte every sample of every set through the public API; an image is encoded once for expressions in a row.

    A system that knows no words is asked for the main subject in place of every expression. Raises EvaluationError
    naming the sample that cannot be matted: nothing is skipped.
    """
    worded = getattr(predictor, "knows_words", True)
    for name, samples in sets.items():
        encoded = ""
        for sample in samples:
            try:
                if not sample.image_id or sample.image_id != encoded:
                    predictor.set_image(sample.image)
                    encoded = sample.image_id
                prediction = predictor.predict(sample.expression if worded else "")
            except (BadImage, BadExpression) as error:
                raise EvaluationError(f"{name}, image '{sample.image_id}', '{sample.expression}': {error}") from error
            yield sample, prediction, judge(name, sample, prediction, measures)
