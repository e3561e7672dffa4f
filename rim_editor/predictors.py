"""What the editor asks of a predictor, ours or another system's: protocols, which a fake in a test can have as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.certainty import Certainty
    from clipmat.examples import Example
    from clipmat.pointing import Click, Corners
    from clipmat.present_words import PresentWord
    from rim_editor.documents.unfinished_matte import RefinementLike


class PredictionLike(Protocol):
    """The part of a prediction that the editor uses; see `clipmat.predictions.Prediction`."""

    @property
    def matte(self) -> NDArray[np.float32]:
        """HxW in [0, 1]: the best that the model has, however uncertain."""

    @property
    def presence(self) -> float:
        """How sure the model is that the object is in the image, 0 to 1."""

    @property
    def certainty(self) -> Certainty:
        """What the presence amounts to, by the thresholds of the weights."""

    @property
    def note(self) -> str:
        """What the model could not do with points or box, in one line; '' without any."""

    @property
    def timings(self) -> Mapping[str, float]:
        """Milliseconds per step: image, text, matte."""


class PredictorLike(Protocol):
    """The part of a predictor that the editor uses; see `clipmat.predictor.Predictor`."""

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

    def predict(
        self,
        expression: str = "",
        *,
        points: Sequence[Click] = (),
        box: Corners | None = None,
        example: Example | None = None,
    ) -> PredictionLike:
        """Find what the expression names, or points, box or an example show, in the image that was set."""

    def example(self, matte: NDArray[np.float32], expression: str = "", *, source: str = "") -> Example:
        """What the matte selects in the image that was set, as an example; see `Matting.example`."""

    def refine(
        self, image: NDArray[np.uint8], matte: NDArray[np.float32], trimap: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """The matte, recomputed where the trimap is 128; see `Matting.refine`."""


@runtime_checkable
class KnowsWords(Protocol):
    """A predictor that can be asked for several nouns at once; not every one can."""

    def present_words(self, nouns: Sequence[str], stop: Callable[[], bool]) -> tuple[PresentWord, ...]:
        """See `clipmat.predictor.Predictor.present_words`."""


@runtime_checkable
class Unloadable(Protocol):
    """A predictor so large that it is not kept when nobody has asked it anything for a while."""

    @property
    def idle_seconds(self) -> float:
        """How long that is."""


class DraftLike(Protocol):
    """See `clipmat.predictions.Draft`."""

    @property
    def prediction(self) -> PredictionLike:
        """The prediction, with a draft of the matte."""

    @property
    def refinement(self) -> RefinementLike | None:
        """What finishes the matte; None where it is finished."""


@runtime_checkable
class DraftsFirst(Protocol):
    """A predictor that has a draft of a matte before its edges are refined; not every one has."""

    def draft(
        self,
        expression: str = "",
        *,
        points: Sequence[Click] = (),
        box: Corners | None = None,
        example: Example | None = None,
    ) -> DraftLike:
        """See `clipmat.predictor.Predictor.draft`."""
