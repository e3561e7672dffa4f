"""Questions to the model about a document: find what an expression names, refine an edge. Nothing is changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from clipmat.pointing import Pointing
from rim_editor.documents import answer_texts
from rim_editor.documents.document import Answer, Combine, Document, MatteControls, Patch, Stroke
from rim_editor.documents.unfinished_matte import RefinementLike, UnfinishedMatte
from rim_editor.translation import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.examples import Example
    from clipmat.present_words import PresentWord
    from rim_editor.documents.rendering import Renderer
    from rim_editor.matting import Matting
    from rim_editor.predictors import PredictionLike, PredictorLike


GENERAL_NOUNS = (
    "person", "man", "woman", "child", "animal", "dog", "cat", "horse", "bird", "flower", "plant", "car", "vehicle",
    "food", "fruit", "cup", "bottle", "ball", "bag", "chair",
)  # fmt: skip
"""Words that may stand for one that is not known: few, so that hardly any is sure by chance."""


@dataclass(frozen=True)
class ModelOptions:
    """Which model answers, and where it runs."""

    weights: str = "compact"
    device: str = "auto"
    precision: str = "auto"


@dataclass(frozen=True, eq=False)
class ModelQuestion:
    """What the model is asked for, and how the answer joins the matte."""

    expression: str
    """'' where points, a box or an example show the object without words."""
    combine: Combine
    pointing: Pointing = Pointing()
    replaces: Answer | None = None
    """The answer whose place the new one takes, when one more click makes it better."""
    example: Example | None = None
    """What was selected in another image."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not self.expression and not self.pointing and self.example is None

    @property
    def title(self) -> str:
        """What is asked for in words: the expression, or what the example is called; '' for points and a box alone."""
        return self.expression or ("" if self.example is None else self.example.title)

    @property
    def text(self) -> str:
        """The question, for the user: 'Looking for “the hat”'."""
        if self.title:
            return tr("Looking for “{words}”", words=self.title)
        return tr("Looking at {clicks}", clicks=answer_texts.pointed(self.pointing))


@dataclass(frozen=True, eq=False)
class ModelAnswer:
    """The answer to an expression."""

    prediction: PredictionLike
    predictor: PredictorLike
    milliseconds: float
    """Without loading the model."""
    refinement: RefinementLike | None = None
    """What finishes the matte, where the prediction has a draft of it."""

    @property
    def note(self) -> str:
        """How the answer came of points or box, where the weights do not know them; else ''."""
        return self.prediction.note

    def part(self, question: ModelQuestion) -> Answer:
        """The answer as a part of a matte; from here on its matte is read-only."""
        found, pointing = self.prediction, question.pointing
        matte = found.matte
        matte.setflags(write=False)
        if self.refinement is not None:  # the field knows what to do with it
            matte = cast("NDArray[np.float32]", UnfinishedMatte(matte, self.refinement))
        wordless = question.example is not None and not question.expression and not question.example.expression
        return Answer(
            question.title,
            question.combine,
            matte,
            float(found.presence),
            found.certainty,
            pointing.points,
            pointing.box,
            wordless,
        )


def find(
    matting: Matting, options: ModelOptions, document: Document, question: ModelQuestion, *, draft: bool = True
) -> ModelAnswer:
    """Find what the question means in the document's image; a `draft` first, if it can. Raises ClipMatError."""
    model = asdict(options)
    predictor = matting.predictor(**model)
    start = time.perf_counter()
    prompt = question.pointing
    pixels = document.source.pixels
    given: dict[str, Any] = {"points": prompt.points, "box": prompt.box, "example": question.example}
    refinement = None
    if draft:
        prediction, refinement = matting.draft(pixels, question.expression, **given, **model)
    else:
        prediction = matting.predict(pixels, question.expression, **given, **model)
    return ModelAnswer(prediction, predictor, (time.perf_counter() - start) * 1000, refinement)


def example(matting: Matting, options: ModelOptions, document: Document, renderer: Renderer) -> Example:
    """What the active layer selects in the document's image, as an example. Raises ClipMatError."""
    path = document.source.path
    answers = document.expressions
    return matting.example(
        document.source.pixels,
        renderer.matte(document),
        answers[0].words if len(answers) == 1 else "",
        source="" if path is None else path.name,
        **asdict(options),
    )


def present_words(
    matting: Matting, options: ModelOptions, image: NDArray[np.uint8], stop: Callable[[], bool]
) -> tuple[PresentWord, ...]:
    """The GENERAL_NOUNS of which the weights are sure in `image`, HxWx3 uint8; () once `stop` is true.

    Raises ClipMatError.
    """
    return matting.present_words(image, GENERAL_NOUNS, stop, **asdict(options))


def refine(
    matting: Matting, options: ModelOptions, document: Document, stroke: Stroke, renderer: Renderer
) -> Patch | None:
    """The patch that refines the edge under `stroke`; None where the stroke misses the image. Raises ClipMatError."""
    import numpy as np

    from rim_editor.documents import strokes

    matte = _matte_of_parts(document, renderer)
    box, trimap = strokes.trimap_of(matte, stroke)
    if not trimap.size:
        return None
    refined = matting.refine(
        np.ascontiguousarray(document.source.pixels[box]),
        np.ascontiguousarray(matte[box]),
        trimap,
        **asdict(options),
    )
    return strokes.refined_patch(matte, stroke, box, refined)


def _matte_of_parts(document: Document, renderer: Renderer) -> NDArray[np.float32]:
    import numpy as np

    from rim_editor.documents import mattes

    if document.source.alpha is None:
        return renderer.matte(document.changed(controls=MatteControls()))
    # A patch is a part: the alpha of the file would be in it twice.
    nothing = np.zeros(document.source.pixels.shape[:2], np.float32)
    return mattes.with_parts(nothing, document.parts, document.source.pixels)
