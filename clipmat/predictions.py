"""What is answered to an expression, at once or as a draft, and what may compute its edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.certainty import Certainty
from clipmat.pointing import PromptMethod
from clipmat.refining import CropRefinements


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """The answer to one expression."""

    expression: str
    matte: NDArray[np.float32]
    """HxW float32 in [0, 1] at the image's own size: always the best that the network has, however uncertain."""
    make_trimap: Callable[[], NDArray[np.uint8]]
    """Makes `trimap`, which few ask for."""
    presence: float
    """0..1: the share of such expressions that name something in the image, as the scale of the weights states it; 1
    where somebody points without words."""
    certainty: Certainty
    """What that amounts to, by the two thresholds of the weights; NONE where the matte shows nothing."""
    timings: Mapping[str, float]
    """Milliseconds: `image` (paid once per image), `text`, `matte`, and `refine` for the post-refiner (0 without)."""
    method: PromptMethod = PromptMethod.WORDS
    """How the answer came of words, points and box."""
    note: str = ""
    """One line about how the answer came of points, box or example, where these weights do not know them; else ''."""
    candidates: tuple[Candidate, ...] = ()
    """What a system that finds instances chose from (`clipmat.systems`); our own network offers none."""

    @property
    def trimap(self) -> NDArray[np.uint8]:
        """HxW uint8: 0 background, 128 unknown, 255 foreground; made anew each time."""
        return self.make_trimap()


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A prediction whose matte may still get better."""

    prediction: Prediction
    refinement: CropRefinements | None
    """Computes the matte that `Predictor.predict` gives, on whichever thread; None where the prediction has it."""


class EdgeRefiner(Protocol):
    """Another network that computes edges in place of the post-refiner; see `clipmat.systems.vitmatte`."""

    @property
    def weights(self) -> str:
        """Its name, or the folder of its weights."""

    def alpha(self, image: NDArray[np.uint8], trimap: NDArray[np.uint8]) -> NDArray[np.float32]:
        """HxW in [0, 1] of an image, HxWx3 uint8 sRGB, where the trimap, HxW, is 128; 0 and 1 where it is 0 and 255."""
